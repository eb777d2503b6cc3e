"""Questions put to the real store: totals are those of the bill, and the past is what was live then."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from tests.warehouse.store.made import NOW, bill, open_store, put
from warehouse.metrics import Access, QueryError, Search, answer, lines, parse, values
from warehouse.metrics.explain import explain
from warehouse.store import Store

BILL = bill(60)
ME = Access("tester")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data", now=NOW)
    put(opened, BILL)
    yield opened
    opened.close()


def ask(store: Store, text: str) -> dict[str, Any]:
    return answer(parse(text), ME, store, NOW + timedelta(days=3)).document()


def billed(frame: pl.DataFrame) -> dict[str, Decimal]:
    return dict(frame.group_by("BillingCurrency").agg(pl.col("BilledCost").sum()).iter_rows())


def totals(document: dict[str, Any]) -> dict[str, Decimal]:
    return {row["currency"]: Decimal(row["billed_cost"]) for row in document["totals"]}


@pytest.mark.parametrize("by", ["service", "team", "resource,tag.team", "provider,cost_driver", "source,region"])
def test_totals_are_those_of_the_bill(store: Store, by: str) -> None:
    for basis in ("charge", "billing"):
        assert totals(ask(store, f"measures=billed_cost&by={by}&period=all&basis={basis}")) == billed(BILL)


def test_lines_and_values_of_the_bill(store: Store) -> None:
    page = lines(parse("measures=billed_cost&period=all&limit=1000"), ME, store, NOW)
    assert sum(Decimal(row["billed_cost"]) for row in page["rows"]) == BILL["BilledCost"].sum()
    found = values(Search("service"), parse("period=all"), ME, store, NOW)
    assert {entry["value"] for entry in found["values"]} == set(BILL["ServiceName"])
    keys = values(Search("tag"), parse("period=all"), ME, store, NOW)
    assert {entry["value"] for entry in keys["values"]} == {"team", "env"}


def test_the_past_is_what_was_live_then(store: Store) -> None:
    later = BILL.with_columns(ServiceName=pl.lit("Renamed")).head(55)
    assert put(store, later, now=NOW + timedelta(days=2)) == ["live"]
    text = "measures=billed_cost&by=service&period=all"
    assert totals(ask(store, text)) == billed(later)
    then = ask(store, f"{text}&known_on={NOW:%Y-%m-%d}")
    assert totals(then) == billed(BILL)
    assert {row["service"] for row in then["rows"]} == set(BILL["ServiceName"])
    assert totals(ask(store, f"{text}&known_on={NOW + timedelta(days=2):%Y-%m-%d}")) == billed(later)
    with pytest.raises(QueryError, match="Nothing was known"):
        ask(store, f"{text}&known_on=2026-11-19")


def test_lines_and_explanations_of_the_past_are_answered_until_it_changes(store: Store) -> None:
    now = NOW + timedelta(days=3)
    then = f"&known_on={NOW:%Y-%m-%d}"
    text = "measures=billed_cost&by=resource&period=2026-09-15..2026-09-28&compare=previous"
    kept = [explain(parse(text + word), ME, store, now).currencies for word in ("", then)]
    assert kept[0] == kept[1] and kept[0]
    assert lines(parse(text + then), ME, store, now)["rows"] == lines(parse(text), ME, store, now)["rows"] != []
    assert ask(store, text + then)["rows"] == ask(store, text)["rows"]
    assert ask(store, text + then)["detail_kept"]
    (source, *_) = ask(store, "by=source&period=all")["rows"]
    assert put(store, BILL.head(55), now=NOW + timedelta(days=2)) == ["live"]
    assert not ask(store, f"measures=billed_cost&period=2026-09{then}")["detail_kept"]
    for refused in (partial(explain, parse(text + then)), partial(lines, parse(text + then))):
        with pytest.raises(QueryError, match="changed after") as told:
            refused(ME, store, now)
        assert told.value.slug == "not_retained"
    elsewhere = f"measures=billed_cost&period=2026-09&where=-source:{source['source']}{then}"
    assert ask(store, elsewhere)["detail_kept"]
    assert lines(parse(f"measures=billed_cost&period=2020-01{then}"), ME, store, now)["rows"] == []
