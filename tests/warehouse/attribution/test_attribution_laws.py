"""What must hold for any teams, rules and bills: one owner per dim and day, and the one that brute force finds."""

from __future__ import annotations

import json
from datetime import date, timedelta
from itertools import pairwise

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.warehouse.attribution import brute_force
from tests.warehouse.attribution.estates import CONDITIONS, DAYS, ORDER, estates, rule_books
from warehouse.attribution import Estate, attribute, changes, dated_tags, explain, inherited_tags, normal_tags, touched

ASKED = sorted({date.min, date(9999, 12, 30), *DAYS, *(day - timedelta(days=1) for day in DAYS)})


def owners_of(estate):
    return attribute(estate.dims_frame(), estate.tags_frame(), estate.loaded(), estate.accounts_frame())


def on(owners, dim, day):
    """The one owner of a dim on a day."""
    rows = [row for row in owners if row["dim"] == dim and row["valid_from"] <= day < row["valid_to"]]
    assert len(rows) == 1
    return rows[0]


def same_answers(left, right, dims):
    """Equal on every day; windows may be cut differently."""
    lefts, rights = left.to_dicts(), right.to_dicts()
    for dim in dims:
        for day in ASKED:
            one, other = on(lefts, dim["dim"], day), on(rights, dim["dim"], day)
            for name in ("team", "application", "environment", "cost_centre", "extra", "why"):
                assert one[name] == other[name]


@given(estates())
def test_it_agrees_with_brute_force(estate):
    owners = owners_of(estate).to_dicts()
    for dim in estate.dims:
        for day in ASKED:
            found = on(owners, dim["dim"], day)
            found = found | {name: json.loads(found[name]) for name in ("extra", "why")}
            expected = brute_force.owner(dim, estate, day)
            assert {name: found[name] for name in expected} == expected


@given(estates())
def test_windows_of_a_dim_are_disjoint_and_cover_every_day(estate):
    owners = owners_of(estate)
    assert owners.null_count().select("dim", "valid_from", "valid_to", "why").row(0) == (0, 0, 0, 0)
    for dim in estate.dims:
        days = owners.filter(pl.col("dim") == dim["dim"]).select("valid_from", "valid_to").rows()
        assert days[0][0] == date.min
        assert days[-1][1] == date.max
        assert all(before[1] == after[0] for before, after in pairwise(days))
    assert owners["dim"].n_unique() == len(estate.dims)


@given(estates(), st.randoms(use_true_random=False))
def test_the_order_of_dims_and_tags_does_not_matter(estate, random):
    dims, tags, accounts = estate.dims_frame(), estate.tags_frame(), estate.accounts_frame()
    rules = estate.loaded()
    shuffled = dims[random.sample(range(dims.height), dims.height)]
    mixed = tags[random.sample(range(tags.height), tags.height)]
    assert_frame_equal(attribute(dims, tags, rules, accounts), attribute(shuffled, mixed, rules, accounts))


@given(estates(), CONDITIONS)
def test_a_rule_outside_its_window_does_nothing(estate, condition):
    before = owners_of(estate)
    section = estate.rules["dimensions"]["team"]
    entry = {"id": "early", "when": condition, "value": "data", "valid_from": date(1999, 1, 1)}
    section["rules"] = [{**entry, "valid_to": date(2000, 1, 1)}, *section["rules"]]
    same_answers(before, owners_of(estate), estate.dims)


@given(estates(), CONDITIONS, st.integers(0, 5))
def test_a_rule_that_never_matches_changes_nothing(estate, condition, place):
    before = owners_of(estate)
    never = {"all": [condition, {"not": condition}]}
    estate.rules["dimensions"]["team"]["rules"].insert(place, {"id": "never", "when": never, "value": "data"})
    same_answers(before, owners_of(estate), estate.dims)  # dated tags that it reads cut windows once more


@given(estates(), st.randoms(use_true_random=False))
def test_the_order_of_teams_does_not_matter(estate, random):
    before = owners_of(estate)
    estate.org["teams"] = random.sample(estate.org["teams"], len(estate.org["teams"]))
    assert_frame_equal(before, owners_of(estate))


@given(estates(), st.sampled_from(ASKED))
def test_normal_tags_agree_with_brute_force(estate, day):
    found = normal_tags(estate.tags_frame(), estate.loaded(), day)
    by_set = {number: {} for number in estate.tag_sets}
    for number, key, value in found.rows():
        assert key not in by_set[number]
        by_set[number][key] = value
    expected = {number: brute_force.normal_tags(tags, estate.rules, day) for number, tags in estate.tag_sets.items()}
    assert by_set == expected


@settings(max_examples=settings().max_examples // 6)
@given(estates())
def test_dated_tags_are_those_of_each_day(estate):
    found = dated_tags(estate.tags_frame(), estate.loaded())
    for day in ASKED:
        then = found.filter(pl.col("valid_from") <= day, pl.col("valid_to") > day).select("tag_set", "key", "value")
        assert_frame_equal(then, normal_tags(estate.tags_frame(), estate.loaded(), day), check_row_order=False)


@given(estates(), st.sampled_from(ASKED))
def test_the_explanation_names_the_rule_that_answered(estate, day):
    rules = estate.loaded()
    owners = owners_of(estate).to_dicts()
    for dim in estate.dims:
        inherited = inherited_tags(estate.accounts_frame(), dim, rules, day)
        assert inherited == brute_force.inherited_tags(dim, estate.accounts, estate.rules, day)
        tags = estate.tag_sets.get(dim["tag_set"], {})
        told = explain(dim, tags, rules, day=day, account_tags=inherited)
        found = on(owners, dim["dim"], day)
        found = found | json.loads(found["extra"])
        assert told.cost_centre == found["cost_centre"]
        why = json.loads(found["why"])
        for answer in told.answers:
            assert answer.value == found[answer.dimension]
            assert {"rule": answer.rule, "layer": answer.layer, "reason": answer.reason} == why[answer.dimension]


@settings(max_examples=settings().max_examples // 6)
@given(estates(), rule_books(), st.data())
def test_only_what_a_change_touches_is_decided_otherwise(estate, other, data):
    """Incremental equals full: dims that are not touched answer as before, and the touched ones as if alone."""
    old = estate.loaded()
    name = data.draw(st.sampled_from(ORDER))
    section, second = estate.rules["dimensions"][name], other["dimensions"][name]
    rules = [*section["rules"]]
    for rule in second["rules"][:2]:
        rules.insert(data.draw(st.integers(0, len(rules))), {**rule, "id": f"new-{rule['id']}"})
    section["rules"] = [rule for rule in rules if data.draw(st.integers(0, 5))]
    new = estate.loaded()
    whole = Estate(estate.dims_frame(), estate.tags_frame(), estate.accounts_frame())
    dims = touched(whole, changes(old, new), new)
    part = whole.only(dims)
    before, after = (attribute(whole.dims, whole.tag_sets, rules, whole.accounts) for rules in (old, new))
    rest = [dim for dim in estate.dims if dim["dim"] not in dims.to_list()]
    same_answers(before, after, rest)
    alone = attribute(part.dims, part.tag_sets, new, part.accounts)
    same_answers(alone, after, [dim for dim in estate.dims if dim["dim"] in dims.to_list()])
