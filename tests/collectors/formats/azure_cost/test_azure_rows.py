"""Every kind of row of section 2.3 of the mapping, with the FOCUS row it must become beside it."""

from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from collectors.formats import azure_cost
from warehouse.focus import SCHEMA, conform, plain

HERE = Path(__file__).parent


def expected(name: str) -> list[dict[str, str]]:
    with (HERE / name).open(encoding="utf-8", newline="") as table:
        return list(csv.DictReader(table))


def shown(value: Any) -> str:
    return "" if value is None else plain(value) if isinstance(value, Decimal) else str(value)


@pytest.mark.parametrize("family", ["ea", "mca"])
def test_rows(family: str, read: Any) -> None:
    files = [read(HERE / f"{family}_{kind}.csv").file for kind in ("amortized", "actual")]
    result = azure_cost.normalise(files, {})
    lines = conform(result.lines).collect()
    names = {file.digest: file.name for file in files}
    got = {(names[row["x_SourceFile"]], str(row["x_SourceRow"])): row for row in lines.iter_rows(named=True)}
    wanted = expected(f"{family}_expected.csv")
    assert got.keys() == {(row["file"], row["row"]) for row in wanted}
    for row in wanted:
        case, place = row.pop("case"), (row.pop("file"), row.pop("row"))
        assert {column: shown(got[place][column]) for column in row} == row, case
    # The law: what is billed is the cost of the actual export, every row has a line or is left out by name.
    actual = files[1].frame.select(pl.col("Cost").sum()).collect().item()
    assert lines["BilledCost"].sum() == actual == result.control.collect()["BilledCost"].sum()
    left_out = result.left_out.collect()
    assert sum(file.rows for file in files) == len(lines) + left_out["rows"].sum()
    assert set(left_out["kind"]) == {"skipped"}
    prices = lines.filter(pl.col("ListUnitPrice").is_not_null(), pl.col("PricingQuantity") != 0)
    for cost, price in (("ListCost", "ListUnitPrice"), ("ContractedCost", "ContractedUnitPrice")):
        product = pl.col(price) * pl.col("PricingQuantity").cast(SCHEMA["ListCost"])
        assert prices.filter((product - pl.col(cost)).abs() > Decimal("1e-12")).is_empty()
    assert (
        lines.filter(pl.col("SkuPriceId").is_not_null())
        .group_by("SkuPriceId")
        .agg(pl.col("SkuId").n_unique())["SkuId"]
        .max()
        == 1
    )


def test_unknown_services_are_named_once(read: Any) -> None:
    files = [read(HERE / f"ea_{kind}.csv").file for kind in ("amortized", "actual")]
    (warning,) = azure_cost.normalise(files, {}).warnings
    assert warning == "Azure services of unknown category, counted as Other: Example.Unknown, Firewall Pro."
