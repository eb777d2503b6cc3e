"""What drives a cost, told from FOCUS columns: `cost_drivers.csv`, in order, first match.

The table holds a regular expression per fact (case does not count, empty matches all): the charge category; bought,
used or unused for a commitment; service name, category and subcategory joined by "|"; usage type and meter joined by
"|" or, where a source has neither, the charge description; the unit in its normal spelling. docs/cost-drivers.md.
"""

from __future__ import annotations

import csv
from functools import cache
from importlib import resources
from typing import Final

import polars as pl

from warehouse.focus.units import normal_units

VERSION: Final = 1  # part of what a warehouse was built with: raise it when cost_drivers.csv changes
UNMAPPED: Final = "unmapped"
DRIVERS: Final = (
    "compute",
    "memory",
    "storage",
    "requests",
    "transfer_internet",
    "transfer_region",
    "transfer_zone",
    "nat",
    "cdn",
    "licence",
    "support",
    "tax",
    "commitment",
    "model_tokens",
    "credit",
    "other",
    UNMAPPED,
)
"""`other` is known and in none of these groups (addresses, keys, alarms); `unmapped` is what no rule recognised."""

FACTS: Final = ("charge", "commitment", "service", "text", "unit")
READ: Final = (
    "ChargeCategory",
    "ChargeDescription",
    "CommitmentDiscountId",
    "CommitmentDiscountStatus",
    "ConsumedUnit",
    "PricingUnit",
    "ServiceCategory",
    "ServiceName",
    "ServiceSubcategory",
    "SkuMeter",
    "x_UsageType",
)


def with_cost_driver(lines: pl.LazyFrame) -> pl.LazyFrame:
    """`lines` with x_CostDriver, one of DRIVERS on every line. Columns of READ may be absent."""
    present = lines.collect_schema().names()
    absent = [pl.lit(None, dtype=pl.String).alias(name) for name in READ if name not in present]
    driver = pl.struct(*_facts()).map_batches(_Known(), return_dtype=pl.String, is_elementwise=True)
    added = [name for name in READ if name not in present]
    return lines.with_columns(absent).with_columns(driver.alias("x_CostDriver")).drop(added)


def _facts() -> list[pl.Expr]:
    bought = (pl.col("ChargeCategory") == "Purchase") & pl.col("CommitmentDiscountId").is_not_null()
    named = pl.coalesce("x_UsageType", "SkuMeter").is_not_null()
    return [
        pl.col("ChargeCategory").alias("charge"),
        pl.when(bought).then(pl.lit("bought")).otherwise(pl.col("CommitmentDiscountStatus")).alias("commitment"),
        pl.concat_str("ServiceName", "ServiceCategory", "ServiceSubcategory", separator="|", ignore_nulls=True).alias(
            "service"
        ),
        pl.when(named)
        .then(pl.concat_str("x_UsageType", "SkuMeter", separator="|", ignore_nulls=True))
        .otherwise("ChargeDescription")
        .alias("text"),
        pl.coalesce("ConsumedUnit", "PricingUnit").alias("unit"),
    ]


class _Known:
    """Drivers by combination of facts. Bills repeat few combinations on many lines; each is judged once per load."""

    def __init__(self) -> None:
        self.seen = pl.DataFrame(schema=dict.fromkeys((*FACTS, "driver"), pl.String))

    def __call__(self, rows: pl.Series) -> pl.Series:
        facts = rows.struct.unnest()
        seen = self.seen  # two threads may judge the same combination; neither sees half a table
        new = facts.unique().join(seen, on=FACTS, how="anti", nulls_equal=True)
        if len(new):
            seen = self.seen = pl.concat([seen, new.with_columns(driver=_judged(new))]).unique(FACTS)
        return facts.join(seen, on=FACTS, how="left", nulls_equal=True, maintain_order="left")["driver"]


def _judged(facts: pl.DataFrame) -> pl.Series:
    units = normal_units(facts["unit"])
    normal = facts.with_columns(pl.col("unit").replace(units["spelling"], units["unit"]))
    return normal.select(pl.coalesce(*_rules(), pl.lit(UNMAPPED))).to_series()


@cache
def _rules() -> tuple[pl.Expr, ...]:
    text = resources.files(__package__).joinpath("cost_drivers.csv").read_text(encoding="utf-8")
    return tuple(_rule(row) for row in csv.DictReader(text.splitlines()))


def _rule(row: dict[str, str]) -> pl.Expr:
    tests = [pl.col(fact).fill_null("").str.contains(f"(?i){row[fact]}") for fact in FACTS if row[fact]]
    return pl.when(pl.all_horizontal(tests)).then(pl.lit(row["driver"]))
