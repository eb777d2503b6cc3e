"""Google Cloud billing export to BigQuery, standard and detailed, as CSV, JSON lines or Parquet, to FOCUS lines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats.contract import Kind, Money, Normalised, Quantity, RawFile, Time, nothing_left_out
from collectors.formats.gcp_arrays import AMOUNT, check_credits, credits_of, json_text, tags_of
from collectors.formats.gcp_commitments import Amortised, amortise
from collectors.formats.gcp_rules import FEE_SKU, PACIFIC, ROW, ZERO, costs, focus_columns, native_facts, promotions
from warehouse.focus import MONEY, QUANTITY, TIME

NAME: Final = "gcp-billing"
LABEL: Final = "Google Cloud billing export (standard or detailed)"
VERSION: Final = 1
EXPECTED: Final = ("billing_account_id", "sku.id", "usage_start_time", "cost", "currency", "invoice.month")

AMOUNTS: Final = ("cost", "cost_at_list", "price.effective_price", "currency_conversion_rate")
AMOUNTS_OF_USE: Final = ("usage.amount", "usage.amount_in_pricing_units", "price.tier_start_amount")
TIMES: Final = ("usage_start_time", "usage_end_time", "export_time")
ARRAYS: Final = ("credits", "labels", "tags", "project.labels", "system_labels")
TEXTS: Final = (
    "adjustment_info.description",
    "adjustment_info.id",
    "adjustment_info.mode",
    "adjustment_info.type",
    "billing_account_id",
    "consumption_model.description",
    "consumption_model.id",
    "cost_type",
    "currency",
    "invoice.month",
    "location.location",
    "location.region",
    "location.zone",
    "project.id",
    "project.name",
    "resource.global_name",
    "resource.name",
    "seller_name",
    "service.description",
    "service.id",
    "sku.description",
    "sku.id",
    "subscription.instance_id",
    "transaction_type",
    "usage.pricing_unit",
    "usage.unit",
)
DTYPES: Final[dict[str, pl.DataType]] = (
    dict.fromkeys(AMOUNTS, MONEY)
    | dict.fromkeys(AMOUNTS_OF_USE, QUANTITY)
    | dict.fromkeys(TIMES, TIME)
    | dict.fromkeys((*ARRAYS, *TEXTS), pl.String())
)
"""What is read by name. Older exports lack some, which then are null; other columns are kept in x_Native."""


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    """Own names are the dotted native ones in lower case."""
    own = {column: column.lstrip("\ufeff").strip().casefold() for column in columns}
    return own if set(EXPECTED) <= set(own.values()) else None


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    """How the text of each known column is read."""
    kind: dict[str, Kind] = {name: Money() for name in AMOUNTS}
    kind |= {name: Quantity() for name in AMOUNTS_OF_USE} | {name: Time() for name in TIMES}
    return {name: kind[name] for name in names if name in kind}


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    """Every raw row becomes one line; promotions and unused commitments become lines of their own."""
    for file in files:
        check_credits(_with_arrays(file).filter(pl.col("credits").is_not_null()), file.name)
    spread = _amortised(_read(files, _commitment_rows()))
    unused = _mapped(_read(files, pl.col("sku.description").str.contains(FEE_SKU)), spread)
    unused = unused.join(spread.unused.lazy(), on=ROW, how="inner", maintain_order="left")
    granted = _mapped(_read(files, pl.col("credits").str.contains("PROMOTION", literal=True)), spread)
    parts = [_mapped(_read(files), spread).drop("x_promotions"), promotions(granted), _unused_lines(unused)]
    lines = pl.concat(parts, how="diagonal").drop("x_file")
    warnings = (_warning(spread.left),) if spread.left else ()
    return Normalised(lines, nothing_left_out(), _control(files), warnings)


def _mapped(raw: pl.LazyFrame, spread: Amortised) -> pl.LazyFrame:
    rows = costs(raw).join(spread.shares.lazy(), on=ROW, how="left", maintain_order="left")
    return rows.select(*ROW, "x_SourceFile", "x_promotions", **focus_columns())


def _commitment_rows() -> pl.Expr:
    covered = pl.col("credits").str.contains("COMMITTED_USAGE_DISCOUNT", literal=True)
    return covered.fill_null(False) | pl.col("sku.description").str.contains(FEE_SKU).fill_null(False)


def _read(files: Sequence[RawFile], which: pl.Expr | None = None) -> pl.LazyFrame:
    """The rows of all files, or those that a cheap test on the raw text picks, with their arrays taken apart.

    x_file is the place of a file in the bundle: with the row it is a key, even when one file came twice.
    """
    parts = []
    for place, file in enumerate(files):
        rows = _with_arrays(file) if which is None else _with_arrays(file).filter(which)
        native = native_facts([name for name in file.frame.collect_schema().names() if name not in DTYPES])
        part = rows.select(
            *DTYPES,
            "x_SourceFile",
            "x_SourceRow",
            x_file=pl.lit(place, dtype=pl.Int64),
            x_credits=credits_of("credits"),
            x_tags=tags_of("labels", "tags", "project.labels", file.name),
            x_native=native,
        )
        parts.append(part)
    return pl.concat(parts, how="vertical")


def _with_arrays(file: RawFile) -> pl.LazyFrame:
    """A file with every known column and its credits as JSON text."""
    schema = file.frame.collect_schema()
    absent = {name: pl.lit(None, dtype=dtype) for name, dtype in DTYPES.items() if name not in schema}
    return file.frame.with_columns(**absent).with_columns(json_text("credits"))


def _amortised(raw: pl.LazyFrame) -> Amortised:
    """The fees and covered rows are few and are needed whole; this reads them ahead of the rest."""
    rows = (
        costs(raw)
        .filter(pl.col("x_fee") | pl.col("x_covered_by").is_not_null())
        .select(
            *ROW,
            account="billing_account_id",
            currency="currency",
            month="invoice.month",
            commitment="x_commitment",
            fee="x_fee",
            spend="x_spend",
            region="x_region",
            start="usage_start_time",
            end="usage_end_time",
            billed="x_billed",
            credit=ZERO - pl.col("x_commitment_credit"),
            cost="cost",
            rate=pl.coalesce(
                "currency_conversion_rate", pl.when(pl.col("currency") == "USD").then(pl.lit(1, dtype=MONEY))
            ),
            quantity="usage.amount_in_pricing_units",
            unit="usage.pricing_unit",
        )
    )
    return amortise(rows.collect())


def _unused_lines(fees: pl.LazyFrame) -> pl.LazyFrame:
    """What the usage of an hour left of a commitment: no invoice amount, the rest of the fee as effective cost."""
    return fees.with_columns(
        pl.lit("Usage").alias("ChargeCategory"),
        pl.lit("Unused").alias("CommitmentDiscountStatus"),
        pl.lit("Usage-Based").alias("ChargeFrequency"),
        pl.lit("Committed").alias("PricingCategory"),
        *(ZERO.alias(name) for name in ("BilledCost", "ListCost", "ContractedCost")),
        *(ZERO.alias(name) for name in ("ListUnitPrice", "ContractedUnitPrice")),
        pl.col("x_unused").alias("EffectiveCost"),
        *(pl.col("x_idle").alias(name) for name in ("PricingQuantity", "CommitmentDiscountQuantity")),
        pl.lit(None, dtype=pl.String).alias("x_Credits"),
        pl.lit("unused_commitment").alias("x_Generated"),
    ).drop("x_promotions", "x_unused", "x_idle")


def _control(files: Sequence[RawFile]) -> pl.LazyFrame:
    """Cost and every credit amount, found in the raw text and not through the decoded arrays that the lines use."""
    parts = []
    for file in files:
        names = file.frame.collect_schema().names()
        credit = json_text("credits").str.extract_all(AMOUNT) if "credits" in names else pl.lit([], pl.List(pl.String))
        amount = pl.element().str.extract(AMOUNT).cast(MONEY)
        local = pl.col("usage_start_time").dt.convert_time_zone(PACIFIC).dt.strftime("%Y%m")
        month = pl.coalesce(pl.col("invoice.month"), local)
        parts.append(
            file.frame.select(
                BillingAccountId="billing_account_id",
                BillingCurrency="currency",
                period=month.str.slice(0, 4) + "-" + month.str.slice(4),
                BilledCost=pl.col("cost") + credit.list.eval(amount).list.sum().fill_null(0),
            )
        )
    keys = ["BillingAccountId", "BillingCurrency", "period"]
    return pl.concat(parts).group_by(keys, maintain_order=True).agg(pl.col("BilledCost").sum())


def _warning(commitments: Sequence[str]) -> str:
    shown = ", ".join(commitments[:5]) + (" and others" if len(commitments) > 5 else "")
    return (
        f"The fees of {len(commitments)} Google Cloud commitments could not be spread over the usage they cover "
        f"({shown}): there the effective cost is the billed cost. Totals are the same either way."
    )
