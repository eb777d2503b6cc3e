"""Whose team is contradicted: other evidence than what the rule read, and never the word of the resource itself."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl

from warehouse.attribution import Estate, load_rules
from warehouse.attribution.contradict import OPINIONS, Decided, contradicted, opinions
from warehouse.attribution.inbox import Group
from warehouse.attribution.model import READABLE

READ = {"tagged": frozenset({"tag.team"})}
NONE = pl.DataFrame(schema=OPINIONS)
Charge = dict[str, Any]


def estate(charges: list[Charge]) -> tuple[pl.DataFrame, pl.DataFrame]:
    dims = pl.DataFrame(
        [[place, place, *(charge.get(name) for name in READABLE)] for place, charge in enumerate(charges)],
        schema={"dim": pl.Int64, "tag_set": pl.Int64, **dict.fromkeys(READABLE, pl.String)},
        orient="row",
    )
    tags = [(place, name[1:], value, name[1:]) for place, charge in enumerate(charges)
            for name, value in charge.items() if name.startswith("_")]  # fmt: skip
    schema = {"tag_set": pl.Int64, "key": pl.String, "value": pl.String, "raw": pl.String}
    return dims, pl.DataFrame(tags, schema=schema, orient="row")


def found(charges: list[Charge], said: pl.DataFrame = NONE) -> list[Group]:
    dims, tags = estate(charges)
    owned = pl.DataFrame([(place, charge["_team"]) for place, charge in enumerate(charges)],
                         schema={"dim": pl.Int64, "team": pl.String}, orient="row")  # fmt: skip
    asked = owned.with_columns(rule=pl.lit("tagged"))
    return contradicted(dims, tags, Decided(owned, asked, said, READ))


def of(team: str, count: int, word: str) -> list[Charge]:
    return [
        {"_team": team, "_app": word, "sub_account": team, "resource": f"{word}-{place}", "resource_name": f"{word}-1"}
        for place in range(count)
    ]


def test_what_everything_else_says_is_another_team_s_is_told_with_its_evidence():
    wrong = {
        "_team": "checkout",
        "_app": "index",
        "sub_account": "search",
        "resource": "odd",
        "resource_name": "index-9",
    }
    (group,) = found([*of("search", 9, "index"), *of("checkout", 9, "pay"), wrong])
    assert group.signature.columns == (("resource", "odd"),)
    assert group.dims == (18,)
    (first,) = group.suggestions
    assert first.team == "search"
    assert {(one.kind, one.text) for one in first.evidence} == {
        ("tag", "app=index"), ("name", "index"), ("account", "search"),
    }  # fmt: skip


def test_neither_what_the_rule_read_nor_the_resource_itself_is_evidence():
    lone = [{"_team": "checkout", "_app": "lone", "sub_account": "x", "resource": "lone", "charge_category": kind}
            for kind in ("Usage", "Tax", "Credit")]  # fmt: skip
    assert found([*of("search", 9, "index"), *of("checkout", 9, "pay"), *lone]) == []


def test_one_sign_alone_contradicts_nobody():
    near = {
        "_team": "checkout",
        "_app": "index",
        "sub_account": "checkout",
        "resource": "odd",
        "resource_name": "pay-9",
    }
    assert found([*of("search", 9, "index"), *of("checkout", 9, "pay"), near]) == []


def test_another_rule_adds_to_what_is_known_and_a_catalogue_says_it_alone():
    plain = [*of("search", 9, "index"), *of("checkout", 9, "pay")]
    charges = [*plain, {"_team": "checkout", "_app": "new", "sub_account": "z", "resource": "odd"}]

    def saying(kind: str) -> list[Group]:
        return found(charges, pl.DataFrame([(18, "search", kind, "by-app")], schema=OPINIONS, orient="row"))

    assert saying("rule") == []
    (group,) = saying("catalogue")
    assert [(one.kind, one.text) for one in group.suggestions[0].evidence] == [("catalogue", "by-app")]


def test_an_opinion_is_what_the_rules_say_without_the_layer_that_decided():
    text = """
dimensions:
  team:
    default: platform
    rules:
      - {id: tagged, from: tag.team}
      - {id: accounts, when: {column: sub_account, equals: search}, value: search}
    overrides:
      - {id: fixed, resource: odd, value: checkout}
"""
    rules = load_rules("teams: [{key: search}, {key: checkout}, {key: platform}]", text, {})
    dims, tags = estate([{"_team": "checkout", "sub_account": "search", "resource": "odd"}, {"_team": "checkout"}])
    asked = pl.DataFrame({"dim": [0, 1], "layer": ["tag", "tag"]})
    said = opinions(Estate(dims, tags), rules, asked, date(2026, 11, 1))
    assert said.rows() == [(0, "search", "rule", "accounts")], "neither an override nor the default is a second opinion"
