"""Restatements say what changed and why; colours stay with their value."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "warehouse" / "store"))
from made import NOW, bill, open_store, prepared, put

from api.protocols import ProblemError
from outlay.colours import slots
from outlay.restatements import restatements as page
from warehouse.metrics import QueryError


def restatements(store, source):
    return page(store, source, 100).restatements


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path)
    yield opened
    opened.close()


def test_a_restatement_names_the_money_and_the_cause(store):
    put(store, bill())
    assert restatements(store, None) == []
    usd = bill().filter(bill()["BillingCurrency"] == "USD")
    mended = prepared(store, usd)
    store.load([replace(mended, facts={**mended.facts, "cause": "mapping"})], actor="test", now=NOW, cause="mapping")
    (one,) = restatements(store, "north")
    assert (one.cause, one.period, one.rows_before, one.rows_after) == ("mapping", "2026-09", len(bill()), len(usd))
    change = {money.currency: money.billed_cost for money in one.change}
    assert change["USD"] == "0"
    assert change["EUR"] not in ("0", None)


def test_the_newest_restatements_are_shown_without_reading_the_others(store, monkeypatch):
    whole = bill(100)
    for rows in range(95, 100):
        put(store, whole.head(rows))
        put(store, whole.head(rows), source="south")
    every = restatements(store, None)
    assert [one.at for one in every] == sorted((one.at for one in every), reverse=True)
    lived = store.state.loads(state=("live", "superseded"))  # others shrank, and wait for a person
    assert len(every) == len(lived) - 2 > 3
    assert {(one.source, one.generation) for one in every} == {
        (load.source, load.generation)
        for source in ("north", "south")
        for load in sorted((one for one in lived if one.source == source), key=lambda one: one.generation)[1:]
    }
    read = []
    usual = store.state.loads

    def loads(**given):
        read.append(1 if isinstance(given["id"], str) else len(given["id"]))
        return usual(**given)

    monkeypatch.setattr(store.state, "loads", loads)
    for source in (None, "north"):
        wanted = [one for one in every if source in (None, one.source)]
        found, cursor = [], None
        while not found or cursor:
            one = page(store, source, 3, cursor)
            found += one.restatements
            cursor = one.next
        assert (found, max(read) <= 6) == (wanted, True)
    with pytest.raises(ProblemError, match="no such page"):
        page(store, None, 3, "elsewhere")


def test_a_colour_belongs_to_its_value(store):
    put(store, bill())
    first = slots(store, "service", NOW)
    assert sorted(first.values()) == list(range(1, len(first) + 1))
    put(store, bill(40, seed=9), source="south")
    later = slots(store, "service", NOW)
    assert {value: later[value] for value in first} == first


def test_an_unknown_dimension_is_refused(store):
    with pytest.raises(QueryError):
        slots(store, "servise", NOW)
