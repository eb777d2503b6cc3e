from __future__ import annotations

import csv
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from collectors.cost_drivers import DRIVERS, READ, with_cost_driver

CASES = list(
    csv.DictReader((Path(__file__).parent / "cost_drivers_cases.csv").read_text(encoding="utf-8").splitlines())
)


def lines(cases: list[dict[str, str]]) -> pl.LazyFrame:
    rows = [{name: case.get(name) or None for name in READ} for case in cases]
    for row, case in zip(rows, cases, strict=True):
        row["ConsumedUnit"] = case["unit"] or None
        row["CommitmentDiscountId"] = "plan-1" if case["commitment"] else None
        row["CommitmentDiscountStatus"] = {"used": "Used", "unused": "Unused"}.get(case["commitment"])
    return pl.LazyFrame(rows, schema=dict.fromkeys(READ, pl.String()))


def test_every_case_has_its_driver() -> None:
    found = with_cost_driver(lines(CASES)).collect()["x_CostDriver"]
    wrong = [(case, driver) for case, driver in zip(CASES, found, strict=True) if case["driver"] != driver]
    assert wrong == []


@pytest.mark.parametrize("cloud", ["aws", "azure", "gcp"])
def test_every_driver_has_a_case_in_every_cloud(cloud: str) -> None:
    assert {case["driver"] for case in CASES if case["cloud"] == cloud} == set(DRIVERS) - {"unmapped"}


def test_the_table_names_known_drivers_only() -> None:
    table = Path(__file__).parents[2] / "collectors" / "cost_drivers.csv"
    rows = list(csv.DictReader(table.read_text(encoding="utf-8").splitlines()))
    assert {row["driver"] for row in rows} == set(DRIVERS) - {"unmapped"}
    assert all(set(row) == set(rows[0]) and None not in row.values() for row in rows)


def test_the_description_speaks_where_a_source_has_neither_usage_type_nor_meter() -> None:
    described = pl.LazyFrame(
        {
            "ChargeCategory": ["Usage", "Usage"],
            "ChargeDescription": ["$0.045 per NAT Gateway Hour", "$0.045 per NAT Gateway Hour"],
            "SkuMeter": [None, "BoxUsage:m5.large"],
        }
    )
    result = with_cost_driver(described)
    assert result.collect_schema().names() == ["ChargeCategory", "ChargeDescription", "SkuMeter", "x_CostDriver"]
    assert result.collect()["x_CostDriver"].to_list() == ["nat", "compute"]


def test_lines_keep_their_number_order_and_money_in_any_engine() -> None:
    many = pl.concat([lines(CASES)] * 500).with_row_index("n").with_columns(BilledCost=pl.lit(Decimal("0.1")))
    whole, streamed = with_cost_driver(many).collect(), with_cost_driver(many).collect(engine="streaming")
    assert whole.equals(streamed.sort("n"))
    assert whole["n"].to_list() == list(range(len(CASES) * 500))
    assert whole["x_CostDriver"].null_count() == 0


def test_a_real_bill_is_mapped_in_full(shared_data: Path) -> None:
    bill = pl.scan_csv(shared_data / "aws" / "cur_legacy_2023-11.csv", infer_schema=False).select(
        pl.when(pl.col("lineItem/LineItemType") == "Tax")
        .then(pl.lit("Tax"))
        .otherwise(pl.lit("Usage"))
        .alias("ChargeCategory"),
        pl.col("lineItem/UsageType").alias("x_UsageType"),
        pl.col("lineItem/ProductCode").alias("ServiceName"),
        pl.col("pricing/unit").alias("PricingUnit"),
    )
    drivers = with_cost_driver(bill).collect()["x_CostDriver"].value_counts()
    assert dict(drivers.iter_rows()) == {
        "other": 22,
        "requests": 650,
        "storage": 151,
        "tax": 12,
        "transfer_internet": 49,
        "transfer_region": 389,
        "transfer_zone": 8,
    }  # fmt: skip
