"""A real month, anonymised: every amount against a count of its own, made with csv and Decimal alone."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from tests.collectors.formats.aws_cases import check_laws, lines, normalised, read


@pytest.fixture(scope="module")
def report(shared_data: Path) -> Path:
    return shared_data / "aws" / "cur_legacy_2023-11.csv"


@pytest.fixture(scope="module")
def found(report: Path, tmp_path_factory: pytest.TempPathFactory) -> pl.DataFrame:
    result = normalised("aws-cur", read(report, "aws-cur", tmp_path_factory.mktemp("work")))
    loaded = lines(result)
    check_laws(result, loaded, 1_281)
    assert result.warnings == ()
    return loaded


def independent(report: Path) -> dict[tuple[str, str], tuple[Decimal, Decimal]]:
    """(service, account) -> (unblended cost, public cost of usage and billed cost of tax)."""
    sums: dict[tuple[str, str], list[Decimal]] = defaultdict(lambda: [Decimal(0), Decimal(0)])
    with report.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            both = sums[row["product/ProductName"], row["lineItem/UsageAccountId"]]
            unblended = Decimal(row["lineItem/UnblendedCost"])
            is_tax = row["lineItem/LineItemType"] == "Tax"
            both[0] += unblended
            both[1] += unblended if is_tax else Decimal(row["pricing/publicOnDemandCost"] or "0")
    return {key: (billed, listed) for key, (billed, listed) in sums.items()}


def test_every_row_has_its_line(found: pl.DataFrame) -> None:
    assert len(found) == 1_281
    assert sorted(found["x_SourceRow"]) == list(range(1, 1_282))
    assert dict(found.group_by("ChargeCategory").len().rows()) == {"Usage": 1_269, "Tax": 12}


def test_sums_are_those_of_the_file(found: pl.DataFrame) -> None:
    assert found["BilledCost"].sum() == found["EffectiveCost"].sum() == Decimal("1.68230869740")
    usage = found.filter(ChargeCategory="Usage")
    assert usage["ListCost"].sum() == Decimal("3.35617269490")


def test_sums_by_service_and_account_are_those_of_the_file(found: pl.DataFrame, report: Path) -> None:
    sums = found.group_by("ServiceName", "SubAccountId").agg(pl.col("BilledCost", "EffectiveCost", "ListCost").sum())
    assert {row[:2]: (row[2], row[4]) for row in sums.rows()} == independent(report)
    assert sums["BilledCost"].equals(sums["EffectiveCost"])


def test_units_are_spelled_one_way(found: pl.DataFrame) -> None:
    units = set(found["PricingUnit"].drop_nulls())
    assert {"GB-Months", "Requests", "Object-Months", "GB"} <= units
    assert not units & {"GB-Mo", "Obj-Month", "Request", "API Request", "Hrs"}
