"""Ownership from the catalogue: as a layer, with history, over the days."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution import RulesError, attribute, load_rules
from warehouse.attribution.catalogue import Catalogue, Entity, Seen, load_catalogue, merge, written
from warehouse.attribution.model import DAY_MAX, DAY_MIN, READABLE, Team

ORG = "teams: [{key: checkout}, {key: search}]"
CATALOGUE = """
teams: [{key: payments, parent: checkout}]
entities:
  - {ref: component:default/shop-web, name: shop-web, owner: checkout, system: shop, valid_to: 2026-06-01}
  - {ref: component:default/shop-web, name: shop-web, owner: payments, system: shop, valid_from: 2026-06-01}
  - ref: component:default/indexer
    name: indexer
    owner: search
    when: {any: [{column: sub_account, equals: "4711"}, {column: tag.job, prefix: idx}]}
  - {ref: system:default/shop, kind: system, name: shop, owner: checkout}
"""
MAY, JUNE = date(2026, 5, 31), date(2026, 6, 1)


def owner(day: date, rules: str = "", catalogue: str = CATALOGUE, **charge: Any) -> dict[str, Any]:
    """What `day` says of a charge with these columns; those with an underscore in front are tags."""
    tags = {name[1:]: value for name, value in charge.items() if name.startswith("_")}
    dims = pl.DataFrame({"dim": [1], "tag_set": [1]}).with_columns(
        pl.lit(charge.get(name), pl.String).alias(name) for name in READABLE
    )
    tag_sets = pl.DataFrame(
        {"tag_set": [1] * len(tags), "key": list(tags), "value": list(tags.values())},
        schema={"tag_set": pl.Int64, "key": pl.String, "value": pl.String},
    ).with_columns(raw=pl.col("key"))
    rules_ = load_rules(ORG, rules, {"catalogue.yaml": catalogue})
    found = attribute(dims, tag_sets, rules_).filter(pl.col("valid_from") <= day, pl.col("valid_to") > day)
    (row,) = found.iter_rows(named=True)
    return row


class TestLayer:
    def test_a_tag_names_the_entity_and_the_day_its_owner(self) -> None:
        before, after = owner(MAY, _component="shop-web"), owner(JUNE, _component="shop-web")
        assert (before["application"], before["team"], after["team"]) == ("shop-web", "checkout", "payments")
        assert '"layer":"catalogue"' in before["why"].replace(" ", "")

    def test_a_condition_names_it_too(self) -> None:
        for charge in ({"sub_account": "4711"}, {"_job": "idx-7"}):
            found = owner(JUNE, **charge)
            assert (found["application"], found["team"]) == ("indexer", "search")

    def test_the_system_is_a_dimension(self) -> None:
        rules = load_rules(ORG, "", {"catalogue.yaml": CATALOGUE})
        assert rules.extra == ("system",)
        assert owner(JUNE, _component="shop-web")["extra"] == '{"system":"shop"}'

    def test_what_a_rule_calls_an_application_has_its_owner(self) -> None:
        rules = "dimensions: {application: {rules: [{id: web, when: {column: region, equals: x}, value: shop-web}]}}"
        assert owner(MAY, rules, region="x")["team"] == "checkout"

    def test_rules_that_read_the_team_make_no_circle(self) -> None:
        rules = "dimensions: {application: {rules: [{id: a, when: {column: team, equals: search}, value: other}]}}"
        found = owner(MAY, rules, _component="shop-web")
        assert (found["team"], found["application"]) == ("checkout", "shop-web")

    @pytest.mark.parametrize(
        ("precedence", "team"), [("", "search"), ("[catalogue]", "checkout"), ("[rule, catalogue]", "search")]
    )
    def test_asked_where_the_precedence_has_it(self, precedence: str, team: str) -> None:
        order = f"precedence: {precedence}, " if precedence else ""
        rules = f"dimensions: {{team: {{{order}rules: [{{id: all, value: search}}]}}}}"
        assert owner(MAY, rules, _component="shop-web")["team"] == team

    def test_a_name_that_two_entities_have_is_nobodys_until_it_is_whole(self) -> None:
        catalogue = """entities:
        - {ref: component:a/api, name: api, owner: checkout}
        - {ref: component:b/api, name: api, owner: search}"""
        assert owner(MAY, catalogue=catalogue, _component="api")["team"] is None
        assert owner(MAY, catalogue=catalogue, _component="b/api")["team"] == "search"

    def test_an_owner_who_left_leaves_it_unallocated_with_the_reason(self) -> None:
        catalogue = """
        teams: [{key: gone, valid_to: 2026-06-01}]
        entities: [{ref: component:default/old, name: old, owner: gone}]"""
        assert owner(MAY, catalogue=catalogue, _component="old")["team"] == "gone"
        left = owner(JUNE, catalogue=catalogue, _component="old")
        assert left["team"] is None and "team_not_valid:gone" in left["why"]

    def test_org_knows_its_teams_better(self) -> None:
        rules = load_rules(
            "teams: [{key: search, name: Search and Find}]", "", {"catalogue.yaml": "teams: [{key: search, name: S}]"}
        )
        assert [team.name for team in rules.teams] == ["Search and Find"]


class TestDocument:
    def test_the_same_catalogue_is_the_same_text(self) -> None:
        found = load_catalogue(CATALOGUE, ["checkout"])
        again = load_catalogue(written(found), ["checkout"])
        assert len(again.entities) == len(found.entities) and again.teams == found.teams
        assert written(again) == written(found)

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("entities: [{ref: shop, name: shop}]", "kind:namespace/name"),
            ("entities: [{ref: component:default/a}]", "name"),
            ("names: [colour]", "unknown column"),
            ("entities: [{ref: component:d/a, name: a, when: {column: team, equals: x}}]", "unknown column"),
            ("entities: [{ref: component:d/a, name: a}, {ref: component:d/a, name: b}]", "second time"),
            ("entities: [{ref: component:d/a, name: a, valid_from: 2026-02-01, valid_to: 2026-01-01}]", "window"),
            ("teams: [{key: a, parent: b}]", "unknown team"),
        ],
    )
    def test_faults_have_a_place(self, text: str, problem: str) -> None:
        with pytest.raises(RulesError) as caught:
            load_rules("", "", {"catalogue.yaml": text})
        (fault, *_) = caught.value.faults
        assert fault.file == "catalogue.yaml" and fault.line == 1
        assert problem in str(fault)


def entity(
    owner: str, ref: str = "component:default/a", *, valid_from: date = DAY_MIN, valid_to: date = DAY_MAX
) -> Entity:
    return Entity(ref, "a", owner=owner, valid_from=valid_from, valid_to=valid_to)


class TestMerge:
    def test_a_reorganisation_keeps_history(self) -> None:
        before = merge(Catalogue(), Seen(entities=(entity("one"),)), MAY)
        after = merge(before, Seen(entities=(entity("two"),)), JUNE)
        assert before.entities == (entity("one"),)
        assert after.entities == (entity("one", valid_to=JUNE), entity("two", valid_from=JUNE))

    def test_what_is_gone_ends_and_what_comes_back_begins(self) -> None:
        gone = merge(Catalogue(entities=(entity("one"),)), Seen(), MAY)
        assert gone.entities == (entity("one", valid_to=MAY),)
        assert merge(gone, Seen(entities=(entity("one"),)), JUNE).entities == (
            entity("one", valid_to=MAY),
            entity("one", valid_from=JUNE),
        )

    def test_a_plan_for_later_stays(self) -> None:
        plan = entity("two", valid_from=JUNE)
        before = Catalogue(entities=(entity("one", valid_to=JUNE), plan))
        assert merge(before, Seen(entities=(entity("one"),)), MAY) == before

    def test_a_team_that_moves_has_two_parents_one_after_the_other(self) -> None:
        before = Catalogue(teams=(Team("a", "A", parent="x"),))
        after = merge(before, Seen(teams=(Team("a", "A", parent="y"),)), JUNE)
        assert [(team.parent, team.valid_from, team.valid_to) for team in after.teams] == [
            ("x", DAY_MIN, JUNE),
            ("y", JUNE, DAY_MAX),
        ]

    @given(
        st.lists(
            st.dictionaries(st.sampled_from("abc"), st.sampled_from(("one", "two")), max_size=3), min_size=1, max_size=6
        )
    )
    def test_each_day_is_as_it_was_seen(self, seen: list[dict[str, str]]) -> None:
        """Whatever comes later: the newest day is as seen, earlier days are never touched, and again is nothing."""
        catalogue = Catalogue()
        for place, owners in enumerate(seen):
            day = date(2026, 1, 1 + place)
            now = Seen(entities=tuple(entity(who, f"component:default/{ref}") for ref, who in owners.items()))
            earlier = {one: _owners(catalogue, date(2026, 1, 1 + one)) for one in range(place)}
            catalogue = merge(catalogue, now, day)
            assert merge(catalogue, now, day) == catalogue
            assert _owners(catalogue, day) == owners
            for one, were in earlier.items():
                after = _owners(catalogue, date(2026, 1, 1 + one))
                assert {ref: who for ref, who in after.items() if ref in were} == were
            load_catalogue(written(catalogue))


def _owners(catalogue: Catalogue, day: date) -> dict[str, str | None]:
    return {one.ref.partition("/")[2]: one.owner for one in catalogue.at(day)}
