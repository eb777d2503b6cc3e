"""Loading a FOCUS Parquet month end to end costs at most six times `CREATE TABLE AS` of the same file."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path

import duckdb

from benchmarks.measure import Row, Sample, alone, ratio, timed
from benchmarks.site import Site, differences, load, open_store, sums_of
from benchmarks.steps import measured_steps

LIMIT = 6.0
PROJECTION_LIMIT = 1.5


def measure(site: Site) -> list[Row]:
    lines = site.tier.month_lines
    rows = []
    for amounts in ("decimal", "double"):
        bill = site.focus_month(lines, amounts)
        loads, floors = [], []
        for _ in range(site.tier.load_runs):
            floors.append(alone(create_table_as, bill))
            loads.append(alone(load, site.data("month"), bill))
        found, spread = ratio([one.cpu for one in loads], [one.cpu for one in floors])
        note = f"{sum(one.cpu for one in loads) / len(loads) / lines * 1e6:.1f} CPU µs a line"
        rows.append(
            Row(f"load a FOCUS Parquet month, {amounts}s, {lines:,} lines", found, LIMIT, "x CPU",
                "CREATE TABLE AS", spread, len(loads), note=note)
        )  # fmt: skip
        if amounts == "decimal":
            site.kept["month"] = (bill, loads, floors)
            rows.append(_totals(site, bill))
    bill, _, floors = site.kept["month"]
    return [*rows, *_steps(site, bill, min(one.cpu for one in floors))]


def _totals(site: Site, bill: Path) -> Row:
    store = open_store(site.folder / "data-month")
    try:
        wrong = differences(store, {"2025-01": sums_of(bill)})
    finally:
        store.close()
    return Row("totals of the loaded month that differ at 1e-18", wrong, 0, "sums", "sums of the file")


def _steps(site: Site, bill: Path, floor: float) -> list[Row]:
    sample = alone(measured_steps, site.data("steps"), bill)
    rows = [
        Row(f"  step: {name}", seconds / floor, None, "x CPU", "CREATE TABLE AS")
        for name, seconds in sample.value.items()
    ]
    projection = sample.value["map to FOCUS lines and conform"] / floor
    return [*rows, Row("the projection alone", projection, PROJECTION_LIMIT, "x CPU", "CREATE TABLE AS")]


def create_table_as(bill: Path) -> Sample:
    """The floor: a plain copy of a file into a table, as text where the file is text."""
    folder = Path(tempfile.mkdtemp())
    connection = duckdb.connect(str(folder / "floor.duckdb"), config={"preserve_insertion_order": "false"})
    connection.execute("set enable_progress_bar = false")
    reader = "read_parquet($path)" if bill.suffix == ".parquet" else "read_csv($path, all_varchar = true)"

    def copy() -> None:
        connection.execute(f"create table bill as from {reader}", {"path": str(bill)})
        connection.close()

    try:
        return timed(copy)
    finally:
        shutil.rmtree(folder)
