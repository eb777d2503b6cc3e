"""Coverage and variants of tags: money by hand, over answers of the semantic layer."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from outlay.tagging import Tagging
from tests.warehouse.metrics.fake_store import NOW, Estate, FakeStore, Line
from warehouse.attribution import load_rules
from warehouse.metrics import Access, parse

ME = Access("me")
DIMS: list[dict[str, Any]] = [
    {"provider": "north", "tags": {"team": "checkout", "env": "prod"}},
    {"provider": "north", "tags": {"user:Team": "search", "env": "Production"}},
    {"provider": "south", "tags": {"env": "dev", "Env": "Dev"}},
    {"provider": "south", "tags": {}},
]
AMOUNTS = [("EUR", "30"), ("EUR", "10"), ("EUR", "-4"), ("USD", "5")]


@pytest.fixture
def tagging() -> Tagging:
    lines = [
        Line(day=date(2026, 9, 4), period="2026-09", dim=dim, currency=code, amounts={"effective_cost": amount})
        for dim, (code, amount) in enumerate(AMOUNTS)
    ]
    store: Any = FakeStore(Estate(tuple(lines), tuple(DIMS), ({},)))
    return Tagging(store, lambda: NOW)


def test_coverage_is_told_in_money_for_each_currency(tagging: Tagging) -> None:
    found = tagging.coverage(parse("period=2026-09"), ME, 20)
    told = {one.key: {money.currency: money for money in one.money} for one in found.keys}
    assert [one.key for one in found.keys] == ["env", "team", "user:Team", "Env"]
    team = told["team"]["EUR"]
    assert (team.covered, team.uncovered, team.percent, team.uncovered_a_month) == ("30", "6", "83.3", "6.08")
    assert (told["env"]["EUR"].covered, told["env"]["EUR"].uncovered) == ("36", "0")
    assert (told["env"]["USD"].covered, told["env"]["USD"].uncovered, told["env"]["USD"].percent) == ("0", "5", "0")
    assert [one.providers for one in found.keys] == [["north", "south"], ["north"], ["north"], ["south"]]
    assert not found.more
    assert tagging.coverage(parse("period=2026-09"), ME, 2).more


def test_coverage_keeps_to_the_question_and_to_what_may_be_seen(tagging: Tagging) -> None:
    found = tagging.coverage(parse("period=2026-09&where=provider:south&currency=EUR"), ME, 20)
    assert [(one.key, one.money[0].covered, one.money[0].uncovered) for one in found.keys] == [
        ("Env", "-4", "0"),
        ("env", "-4", "0"),
    ]
    assert found.keys[0].providers == ["south"]
    nothing = tagging.coverage(parse("period=2026-09"), Access("guest", everything=False), 20)
    assert nothing.keys == []


def test_variants_are_grouped_and_the_suggestion_merges_them(tagging: Tagging) -> None:
    found = tagging.variants(parse("period=2026-09"), ME, [])
    spelled = [(one.kind, one.key, [each.text for each in one.spellings]) for one in found.variants]
    assert spelled == [
        ("key", None, ["env", "Env"]),
        ("key", None, ["team", "user:Team"]),
        ("value", "env", ["prod", "Production"]),
    ]
    assert found.variants[0].spellings[0].money == {"EUR": "36"}
    rules = load_rules("", found.suggestion)
    keys = {key.key: key for key in rules.tag_keys}
    assert [alias.key for alias in keys["team"].aliases] == ["user:Team"]
    assert keys["env"].aliases == ()
    assert keys["env"].values == (("prod", ("Production",)),)


def test_nothing_to_merge_is_no_suggestion(tagging: Tagging) -> None:
    found = tagging.variants(parse("period=2026-09&where=tag.team:checkout"), ME, ["team"])
    assert (found.variants, found.suggestion) == ([], "")


def test_an_empty_install_has_no_tags() -> None:
    store: Any = FakeStore(Estate((), ({},), ({},)))
    found = Tagging(store, lambda: NOW).coverage(parse("period=all&where=service:nothing"), ME, 5)
    assert (found.keys, found.more) == ([], False)
