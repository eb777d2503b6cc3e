"""Dimensions that rules name: asked about by their own name, as the built-in ones are."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from tests.warehouse.metrics.fake_store import NOW, OPEN, Estate, FakeStore, Line
from warehouse.attribution.grammar import RESERVED
from warehouse.attribution.model import READABLE
from warehouse.metrics import CATALOGUE, Access, QueryError, Search, answer, parse, values
from warehouse.metrics.catalogue import RULED
from warehouse.metrics.query import GRAINS

ME = Access("me")
PERIOD = "period=2026-10"


@pytest.fixture
def store():
    day = date(2026, 10, 3)
    lines = [Line(day=day, dim=dim, amounts={"effective_cost": amount}) for dim, amount in enumerate("124")]
    owners = {0: ((*OPEN, {"division": "Retail"}),), 1: ((*OPEN, {"division": "Research"}),)}
    return FakeStore(Estate(dims=[{"service": "a"}] * 3, items=[{}], lines=lines, owners=owners))


def asked(text, store):
    catalogue = replace(CATALOGUE, ruled=store.dimensions)
    return answer(parse(text, catalogue), ME, store, NOW)


def test_a_ruled_dimension_groups_and_filters(store):
    found = asked(f"by=division&{PERIOD}&sort=division", store).document()
    assert [(row["division"], row["effective_cost"]) for row in found["rows"]] == [
        ("Research", "2"),
        ("Retail", "1"),
        (None, "4"),
    ]
    assert found["columns"][0] == {"name": "division", "label": "Division", "kind": "dimension"}
    assert asked(f"where=division:Retail&{PERIOD}", store).document()["totals"][0]["effective_cost"] == "1"
    assert asked(f"where=-division:Retail&{PERIOD}", store).document()["totals"][0]["effective_cost"] == "6"


def test_its_values_complete_a_filter(store):
    found = values(Search("division", "re"), parse(PERIOD), ME, store, NOW)
    assert [entry["value"] for entry in found["values"]] == ["Research", "Retail"]


def test_a_name_that_no_rule_has_is_refused_with_the_nearest(store):
    with pytest.raises(QueryError) as caught:
        asked(f"by=divison&{PERIOD}", store)
    assert caught.value.nearest == ("division",)
    with pytest.raises(QueryError):
        parse(f"by=division&{PERIOD}")
    query = replace(parse(PERIOD), by=("divison",))
    with pytest.raises(QueryError) as caught:
        answer(query, ME, store, NOW)
    assert caught.value.nearest == ("division",)
    with pytest.raises(QueryError) as caught:
        values(Search("divison"), parse(PERIOD), ME, store, NOW)
    assert caught.value.nearest == ("division",)


def test_no_dimension_of_rules_can_be_called_as_a_word_of_questions():
    words = {*CATALOGUE.measure_names, *CATALOGUE.dimension_names, *GRAINS, "currency", "tag"}
    words |= {item.name for item in CATALOGUE.unit_dimensions}
    assert words - RESERVED - set(READABLE) == {"team", "application", "environment", "none"}
    assert all(RULED.fullmatch(name) for name in ("division", "a1", "x" * 40))
    assert not any(RULED.fullmatch(name) for name in ("x" * 41, "Division", "1a", "a'b", "a\n", ""))
