"""FOCUS out: every version, as CSV and Parquet, is the landed lines in that version's columns; 1.4 is without fault."""

from __future__ import annotations

import csv
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, answered, open_store, take, totals

from api.protocols import FocusOrder, ProblemError
from outlay.actions import Actions
from outlay.child import ChildLimits, Worker
from outlay.demo import bills
from outlay.ruling import POOLS
from warehouse.focus import total
from warehouse.metrics import Access, answer, parse
from warehouse.store import Store

ROOT = Path(__file__).parents[2]
MONTH = date(2026, 10, 1)
DAYS = "2026-10-28..2026-11-01"
"""Few enough to compare each cell; the fees and taxes of the month's end are among them."""
COUNTS = {"1.0": 43, "1.1": 50, "1.2": 57, "1.3": 65, "1.4": 65}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A month of the demo's four sources, by the way of every bill."""
    folder = tmp_path_factory.mktemp("export")
    opened = open_store(folder / "data")
    with Worker(ChildLimits()) as worker:
        for source in bills.SOURCES:
            written = folder / source.name
            written.mkdir()
            assert bills.write_month(written, source.name, MONTH, bills.SEED_DAY)
            take(opened, worker, written, source=source.name)
    yield opened
    opened.close()


@pytest.fixture(scope="module")
def landed(store: Store) -> list[dict[str, Any]]:
    """Landed rows of those days in the order of the export."""
    live = sorted(store.state.live().values(), key=lambda load: (load.period, load.source))
    start, end = datetime(2026, 10, 28, tzinfo=UTC), datetime(2026, 11, 2, tzinfo=UTC)
    parts = [pq.ParquetFile(path).read() for load in live for path in store.paths(load)]
    return [row for part in parts for row in part.to_pylist() if start <= row["ChargePeriodStart"] < end]


@pytest.fixture(scope="module")
def whole(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """All of it as FOCUS 1.4."""
    return export(store, tmp_path_factory.mktemp("whole"), "1.4", "csv", "all")


def columns(version: str) -> list[tuple[str, str]]:
    """(name, kind) of a version's columns, from the table of columns itself."""
    with (ROOT / "warehouse/focus/columns.csv").open(encoding="utf-8", newline="") as table:
        return [
            (row["name"], row["kind"])
            for row in csv.DictReader(table)
            if row["introduced"] and row["introduced"] <= version and not (row["removed"] and row["removed"] <= version)
        ]


def export(store: Store, folder: Path, version: str, kind: str, period: str = DAYS) -> Path:
    out = folder / f"focus-{version}.{kind}"
    Actions(store, lambda: NOW).export_focus(FocusOrder(version, period, kind), out)  # type: ignore[arg-type]
    return out


def expected(row: dict[str, Any], name: str) -> Any:
    """The landed value; a line that names no pricing currency is priced in the one it is billed in."""
    if name == "PricingCurrency":
        return row[name] or row["BillingCurrency"]
    if (
        name == "PricingCurrencyEffectiveCost"
        and row[name] is None
        and expected(row, "PricingCurrency") == row["BillingCurrency"]
    ):
        return row["EffectiveCost"]
    return row[name]


def read(value: str, kind: str) -> Any:
    if value == "":
        return None
    if kind in ("money", "quantity"):
        assert "e" not in value.lower()
        return Decimal(value)
    return datetime.strptime(value, "%Y-%m-%dT%H:%M:%SZ").replace(tzinfo=UTC) if kind == "time" else value


def test_a_whole_export_sums_to_what_is_answered(store: Store, whole: Path) -> None:
    with whole.open(encoding="utf-8", newline="") as source:
        rows = list(csv.DictReader(source))
    sums = {name: sum((Decimal(row[name]) for row in rows), Decimal(0)) for name in ("BilledCost", "EffectiveCost")}
    assert len(rows) == sum(load.facts["rows"] for load in store.state.live().values())
    questions = [totals(answered(store, source.name)) for source in bills.SOURCES]
    assert tuple(sums.values()) == tuple(map(sum, zip(*questions, strict=True)))


@pytest.mark.parametrize("version", COUNTS)
def test_both_files_are_the_projection_of_the_landed_lines(
    version: str, store: Store, landed: list[dict[str, Any]], tmp_path: Path
) -> None:
    wanted = columns(version)
    assert len(wanted) == COUNTS[version]
    typed = pq.ParquetFile(export(store, tmp_path, version, "parquet")).read()
    assert typed.column_names == [name for name, _ in wanted]
    assert typed.schema.metadata[b"FOCUS"] == version.encode()
    with export(store, tmp_path, version, "csv").open(encoding="utf-8", newline="") as source:
        rows = csv.DictReader(source)
        assert rows.fieldnames == typed.column_names
        text = list(rows)
    for name, kind in wanted:
        values = [expected(row, name) for row in landed]
        assert typed.column(name).to_pylist() == values, name
        assert [read(row[name], kind) for row in text] == values, name


def test_a_period_exports_the_charges_that_begin_in_it(store: Store, whole: Path, tmp_path: Path) -> None:
    found = pq.ParquetFile(export(store, tmp_path, "1.2", "parquet", "2026-10-05..2026-10-06")).read()
    days = {"2026-10-05", "2026-10-06"}
    assert {f"{start:%Y-%m-%d}" for start in found.column("ChargePeriodStart").to_pylist()} == days
    with whole.open(encoding="utf-8", newline="") as source:
        assert len(found) == sum(row["ChargePeriodStart"][:10] in days for row in csv.DictReader(source))


def test_an_unknown_version_is_refused_with_those_there_are(store: Store, tmp_path: Path) -> None:
    with pytest.raises(ProblemError, match=r"FOCUS 2\.0 is not known") as refused:
        export(store, tmp_path, "2.0", "csv")
    assert refused.value.nearest == tuple(COUNTS)


def test_the_demo_as_focus_1_4_has_no_violation(whole: Path) -> None:
    tool = Path(sys.executable).with_name("focus-toolkit")
    done = subprocess.run(
        [tool, "validate", whole, "--dataset", "cost-and-usage"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[:2000] + done.stderr[:500]
    assert "lint OK" in done.stdout


def test_what_focus_asks_beyond_its_validators(landed: list[dict[str, Any]]) -> None:
    """Periods in order, one category for a service, one SKU for a price: the validators do not look at these."""
    categories: dict[str, str] = {}
    skus: dict[str, str] = {}
    for row in landed:
        assert row["ChargePeriodStart"] < row["ChargePeriodEnd"]
        assert row["BillingPeriodStart"] <= row["ChargePeriodStart"] < row["BillingPeriodEnd"]
        assert categories.setdefault(row["ServiceName"], row["ServiceCategory"]) == row["ServiceCategory"]
        if row["SkuPriceId"]:
            assert skus.setdefault(row["SkuPriceId"], row["SkuId"]) == row["SkuId"]


ORG = "teams: [{key: platform, cost_centre: 1}, {key: shop}, {key: data}]\n"
RULES = """
dimensions:
  team:
    rules:
      - {id: compute, when: {column: service_category, equals: Compute}, value: shop}
      - {id: storage, when: {column: service_category, equals: [Storage, Databases]}, value: data}
      - {id: rest, when: {column: charge_category, equals: Usage}, value: platform}
"""
POOLS_TEXT = """
pools:
  - {id: rest, teams: [platform], split: proportional, fallback: [even], to: [shop, data]}
specials: {tax: {}}
adjustments: [{id: margin, percent: 3.7, against: platform, when: {column: charge_category, equals: Usage}}]
"""


@pytest.fixture(scope="module")
def by_team(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    store.publish(ORG, RULES, author="test", now=NOW, files={POOLS: POOLS_TEXT})
    out = tmp_path_factory.mktemp("teams") / "teams.parquet"
    Actions(store, lambda: NOW).export_focus(FocusOrder("1.4", DAYS, "parquet", shares=True), out)
    return out


def test_rows_with_teams_and_shares_add_up_to_the_answer(store: Store, by_team: Path) -> None:
    rows = pl.read_parquet(by_team)
    assert rows["x_Pool"].n_unique() > 3 and rows.columns[-3:] == ["x_Team", "x_Pool", "x_SharedWith"]
    costs = {"billed_cost": "BilledCost", "effective_cost": "EffectiveCost", "list_cost": "ListCost"}
    for by, column in (("team", "x_Team"), ("pool", "x_Pool"), ("service", "ServiceName")):
        found = answer(parse(f"by={by}&measures={','.join(costs)}&period={DAYS}"), Access("me"), store, NOW).rows
        sums = {(row[by], row["currency"]): [row[name] for name in costs] for row in found.iter_rows(named=True)}
        mine = {
            key: [total(part[name]) for name in costs.values()]
            for key, part in rows.group_by(column, "BillingCurrency")
        }
        assert {key: one for key, one in mine.items() if any(one)} == {
            key: one for key, one in sums.items() if any(one)
        }


def test_shares_as_focus_1_4_have_no_violation(by_team: Path) -> None:
    tool = Path(sys.executable).with_name("focus-toolkit")
    done = subprocess.run(
        [tool, "validate", by_team, "--dataset", "cost-and-usage"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout[:3000] + done.stderr[:500]
