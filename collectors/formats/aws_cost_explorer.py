"""Answers of AWS Cost Explorer, as landed: one JSON line for each group of each day. Summary grade.

Two passes that together are the whole, and share no cent: usage by account and service, all else by account and
record type. There is no resource, price or quantity; list and contracted cost stand in and are marked as not known.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

import polars as pl

from collectors.formats.contract import Kind, Money, Normalised, RawFile, Time
from collectors.formats.left_to_others import REASON, counted_elsewhere
from warehouse.focus import MONEY, period_label_expr

NAME: Final = "aws-cost-explorer"
LABEL: Final = "AWS Cost Explorer (summary)"
VERSION: Final = 1
EXPECTED: Final = ("Pass", "Payer", "LinkedAccount", "Key", "TimePeriod.Start", "Metrics.UnblendedCost.Amount")

SERVICES: Final = "services"
RECORDS: Final = "records"
USAGE_RECORDS: Final = ("Usage", "DiscountedUsage", "SavingsPlanCoveredUsage", "SavingsPlanNegation")
"""Record types that are usage, in the words of the service. Negations take back what plans cover, in the same sums."""

_AMOUNTS: Final = ("UnblendedCost", "AmortizedCost", "NetUnblendedCost", "NetAmortizedCost")
_CATEGORIES: Final = {
    "credit": "Credit",
    "tax": "Tax",
    "recurring": "Purchase",
    "recurringreservationfee": "Purchase",
    "rifee": "Purchase",
    "savingsplanrecurringfee": "Purchase",
    "savingsplanupfrontfee": "Purchase",
    "upfront": "Purchase",
    "upfrontreservationfee": "Purchase",
    "fee": "Purchase",
    "supportfee": "Usage",
    "support": "Usage",
}
_ONCE: Final = ("savingsplanupfrontfee", "upfront", "upfrontreservationfee", "fee")
_KNOWN_ADJUSTMENTS: Final = frozenset(
    {
        "bundleddiscount",
        "discount",
        "distributordiscount",
        "edpdiscount",
        "enterprisediscountprogramdiscount",
        "otherout-of-cyclecharges",
        "privateratediscount",
        "refund",
        "solutionproviderprogramdiscount",
    }
)
_ZERO_REASON: Final = "nothing was charged"


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    return {column: column for column in columns} if set(EXPECTED) <= set(columns) else None


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    found: dict[str, Kind] = {name: Money() for name in names if name.endswith(".Amount")}
    return found | {"TimePeriod.Start": Time("%Y-%m-%d"), "TimePeriod.End": Time("%Y-%m-%d")}


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    rows = pl.concat([_read(file.frame) for file in files])
    # Whoever has negotiated discounts sees them in net amounts only; all of a load is measured in one way.
    net = bool(rows.select((pl.col("NetUnblendedCost") != 0).any()).collect().item())
    prefix = "Net" if net else ""
    rows = rows.with_columns(billed=pl.col(f"{prefix}UnblendedCost"), effective=pl.col(f"{prefix}AmortizedCost"))
    reason = (
        pl.when(counted_elsewhere(settings, "payer", "account"))
        .then(pl.lit(REASON))
        .when((pl.col("billed") == 0) & (pl.col("effective") == 0))
        .then(pl.lit(_ZERO_REASON))
    )
    rows = rows.with_columns(reason=reason)
    left_out = (
        rows.filter(pl.col("reason").is_not_null())
        .group_by("reason")
        .agg(rows=pl.len().cast(pl.Int64))
        .select(pl.lit("skipped").alias("kind"), "reason", "rows")
    )
    kept = rows.filter(pl.col("reason").is_null())
    control = kept.group_by(
        BillingAccountId="payer", BillingCurrency="currency", period=period_label_expr("start")
    ).agg(BilledCost=pl.col("billed").sum())  # fmt: skip
    return Normalised(_lines(kept), left_out, control, tuple(_warnings(kept)))


def _read(frame: pl.LazyFrame) -> pl.LazyFrame:
    present = set(frame.collect_schema().names())
    zero = pl.lit(0).cast(MONEY)
    amounts = {
        name: (pl.col(f"Metrics.{name}.Amount").fill_null(zero) if f"Metrics.{name}.Amount" in present else zero)
        for name in _AMOUNTS
    }
    named = pl.col("AccountName") if "AccountName" in present else pl.lit(None, dtype=pl.String)
    return frame.select(
        "x_SourceFile",
        "x_SourceRow",
        step="Pass",
        payer="Payer",
        account="LinkedAccount",
        account_name=named,
        key="Key",
        start="TimePeriod.Start",
        end="TimePeriod.End",
        estimated=pl.col("Estimated") if "Estimated" in present else pl.lit(None, dtype=pl.String),
        currency=pl.col("Metrics.UnblendedCost.Unit"),
        **amounts,
    )


def _lines(rows: pl.LazyFrame) -> pl.LazyFrame:
    usage = pl.col("step") == SERVICES
    word = pl.col("key").str.to_lowercase().str.replace_all(r"[\s_]", "")
    category = pl.when(usage).then(pl.lit("Usage")).otherwise(
        word.replace_strict(_CATEGORIES, default="Adjustment", return_dtype=pl.String)
    )  # fmt: skip
    metered = category == "Usage"
    support = ~usage & word.is_in(["supportfee", "support"])
    month = pl.col("start").dt.truncate("1mo")
    once, regular = pl.lit("One-Time"), pl.lit("Recurring")
    # What usage would have cost is not told; what was billed stands in.
    usual = pl.when(metered).then("effective").otherwise("billed")
    parties = ("ProviderName", "PublisherName", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName")
    other = pl.when(support).then(pl.lit("Management and Governance")).otherwise(pl.lit("Other"))
    lesser = pl.when(support).then(pl.lit("Support")).otherwise(pl.lit("Other (Other)"))
    return rows.select(
        **{name: pl.lit("AWS") for name in parties},
        BillingAccountId="payer",
        BillingAccountType=pl.lit("Payer"),
        SubAccountId="account",
        SubAccountName="account_name",
        SubAccountType=pl.lit("Account"),
        BillingPeriodStart=month,
        BillingPeriodEnd=month.dt.offset_by("1mo"),
        ChargePeriodStart="start",
        ChargePeriodEnd="end",
        BillingCurrency="currency",
        PricingCurrency="currency",
        BilledCost="billed",
        EffectiveCost="effective",
        ListCost=usual,
        ContractedCost=usual,
        ChargeCategory=category,
        ChargeClass=pl.when(word == "refund").then(pl.lit("Correction")),
        ChargeDescription="key",
        ChargeFrequency=pl.when(metered)
        .then(pl.lit("Usage-Based"))
        .when((category == "Purchase") & ~word.is_in(_ONCE))
        .then(regular)
        .otherwise(once),
        ServiceName="key",
        ServiceCategory=pl.when(usage).then(_fact("service_category", "Other")).otherwise(other),
        ServiceSubcategory=pl.when(usage).then(_fact("service_subcategory", "Other (Other)")).otherwise(lesser),
        x_LineItemType=pl.when(usage).then(pl.lit("Usage")).otherwise("key"),
        x_PriceKnown=pl.lit("false"),
        x_Generated=pl.lit(None, dtype=pl.String),
        x_SourceFile="x_SourceFile",
        x_SourceRow="x_SourceRow",
    )


@cache
def _services() -> tuple[dict[str, str], ...]:
    text = resources.files(__package__).joinpath("data/aws_service_names.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _fact(fact: str, missing: str) -> pl.Expr:
    table = {row["service_name"]: row[fact] for row in _services()}
    return pl.col("key").replace_strict(table, default=missing, return_dtype=pl.String)


def _warnings(rows: pl.LazyFrame) -> list[str]:
    found = rows.select("step", "key", "estimated", "payer").unique().collect()
    payers = ", ".join(sorted(set(found["payer"])))
    texts = [f"AWS account {payers}: daily totals of Cost Explorer, without resources, prices and quantities."]
    words = {*_CATEGORIES, *_KNOWN_ADJUSTMENTS}
    records = set(found.filter(pl.col("step") == RECORDS)["key"])
    unknown = sorted(key for key in records if "".join(key.casefold().split()).replace("_", "") not in words)
    if unknown:
        texts.append(f"Unknown record types of Cost Explorer count as adjustments: {', '.join(unknown[:8])}.")
    if (found["estimated"] == "true").any():
        texts.append(f"AWS account {payers}: the newest days are estimates of Cost Explorer.")
    return texts
