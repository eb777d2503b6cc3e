"""What each AWS line item means: native rows to FOCUS lines, the same for every kind of report.

Covered usage carries its share of the commitment, the fee carries none, and what a fee bought and nobody used becomes
a line of its own, so that effective cost adds up to what was billed. `docs/formats/aws-cur.md` has the table.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl

from collectors.formats import aws_costs, aws_fields
from collectors.formats.aws_maps import looked_up
from collectors.formats.aws_measure import FOLDED, SKIPPED, Survey, kind, survey
from collectors.formats.aws_services import categories, category
from collectors.formats.contract import Normalised
from warehouse.focus import MONEY

_ZERO = pl.lit(0, MONEY)
_KIND = pl.col("kind")
_SHOWN: Final = 8  # names in one warning; the rest is counted


def normalise(native: Sequence[pl.LazyFrame]) -> Normalised:
    """FOCUS lines of the native frames (`aws_columns.native`) of one load."""
    rows = pl.concat(native).with_columns(kind().alias("kind"))
    found = survey(rows, aws_fields.service())
    rows = rows.with_columns(
        found.amount().alias("amount"),
        found.has_shape("net").alias("is_net"),
        aws_fields.service().alias("ServiceName"),
    )
    # Collected here because they are few, and because Polars keeps in memory whatever two branches of a plan share.
    generated = [one.collect(engine="streaming").lazy() for one in (_idle_commitments(_mapped(rows)), _residuals(rows))]
    lines = pl.concat([_mapped(rows), *generated], how="diagonal").drop("^idle_.*$")
    return Normalised(_categorised(lines, found), found.left_out(), found.control(), tuple(_warnings(found)))


def _mapped(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One line per row that has one; the fees with their `idle_*`."""
    own = rows.filter(~_KIND.is_in([*FOLDED, *SKIPPED]))
    staged = own.with_columns(aws_costs.category().alias("ChargeCategory"), *aws_costs.quantities())
    return staged.with_columns(aws_costs.costs()).select(
        "ServiceName",
        "ChargeCategory",
        "BilledCost",
        "EffectiveCost",
        "ListCost",
        "ContractedCost",
        *aws_costs.prices(),
        *aws_costs.idle(),
        *aws_fields.billing(),
        *aws_fields.parties(),
        *aws_fields.charge(),
        *aws_fields.commitment(),
        *aws_fields.place(),
        *aws_fields.facts(),
        pl.lit(None, pl.String).alias("x_Generated"),
        "x_SourceFile",
        "x_SourceRow",
    )


def _idle_commitments(mapped: pl.LazyFrame) -> pl.LazyFrame:
    """A line of usage for the part of each recurring fee that nobody used: it costs, and it is nobody's list price."""
    is_plan = pl.col("CommitmentDiscountCategory") == "Spend"
    name = pl.when(is_plan).then(pl.lit("savings plan")).otherwise(pl.lit("reservation"))
    none = pl.lit(None)
    return mapped.filter(pl.col("idle_cost") > 0).with_columns(
        pl.lit("Usage").alias("ChargeCategory"),
        pl.lit("Usage-Based").alias("ChargeFrequency"),
        pl.lit("Committed").alias("PricingCategory"),
        pl.lit("Unused").alias("CommitmentDiscountStatus"),
        pl.format("Unused part of {}: {}", name, "ChargeDescription").alias("ChargeDescription"),
        _ZERO.alias("BilledCost"),
        pl.col("idle_cost").alias("EffectiveCost"),
        _ZERO.alias("ListCost"),
        _ZERO.alias("ContractedCost"),
        _ZERO.alias("ListUnitPrice"),
        _ZERO.alias("ContractedUnitPrice"),
        pl.col("idle_quantity").alias("PricingQuantity"),
        pl.col("idle_unit").alias("PricingUnit"),
        none.cast(pl.Decimal(38, 9)).alias("ConsumedQuantity"),
        none.cast(pl.String).alias("ConsumedUnit"),
        pl.col("idle_commitment_quantity").alias("CommitmentDiscountQuantity"),
        pl.when(pl.col("idle_commitment_quantity").is_not_null())
        .then("CommitmentDiscountUnit")
        .alias("CommitmentDiscountUnit"),
        pl.format("unused {}", name).alias("x_Generated"),
    )


def _residuals(rows: pl.LazyFrame) -> pl.LazyFrame:
    """One adjustment per plan and period whose negations do not cancel the usage they pair with."""
    paired = rows.filter(_KIND.is_in(["sp_covered", "sp_negation"]))
    keys = [*aws_fields.billing(), pl.col("savings_plan_savings_plan_a_r_n").alias("CommitmentDiscountId")]
    left = pl.col("left")
    plan = pl.col("CommitmentDiscountId")
    sums = paired.group_by(keys).agg(
        pl.col("amount").sum().alias("left"),
        pl.col("ServiceName").min(),
        pl.coalesce("bill_invoicing_entity", "line_item_legal_entity", pl.lit(aws_fields.ISSUER))
        .min()
        .alias("InvoiceIssuerName"),
        pl.col("bill_invoice_id").min().alias("InvoiceId"),
        pl.col("x_SourceFile").min(),
    )
    return sums.filter(left != 0).select(
        pl.exclude("left"),
        *[left.alias(name) for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")],
        pl.col("BillingPeriodStart").alias("ChargePeriodStart"),
        pl.col("BillingPeriodEnd").alias("ChargePeriodEnd"),
        pl.lit("Adjustment").alias("ChargeCategory"),
        pl.lit("One-Time").alias("ChargeFrequency"),
        pl.when(plan.is_not_null()).then(pl.lit("Spend")).alias("CommitmentDiscountCategory"),
        pl.when(plan.is_not_null()).then(pl.lit("Savings Plan")).alias("CommitmentDiscountType"),
        pl.lit("Covered usage and its savings plan negation do not cancel").alias("ChargeDescription"),
        pl.lit(aws_fields.SELLER).alias("ProviderName"),
        pl.lit(aws_fields.SELLER).alias("ServiceProviderName"),
        pl.lit(aws_fields.SELLER).alias("HostProviderName"),
        pl.col("InvoiceIssuerName").alias("PublisherName"),
        pl.lit("savings plan residual").alias("x_Generated"),
    )


def _categorised(lines: pl.LazyFrame, found: Survey) -> pl.LazyFrame:
    by_name = categories(found.groups.select("line_item_product_code", "service").unique().rows())
    name = pl.col("ServiceName")
    return lines.with_columns(
        looked_up(name, {one: its.name for one, its in by_name.items()}).alias("ServiceCategory"),
        looked_up(name, {one: its.subcategory for one, its in by_name.items()}).alias("ServiceSubcategory"),
    )


def _warnings(found: Survey) -> list[str]:
    groups = found.groups
    said = []
    unknown = groups.filter(kind="unknown")
    if not unknown.is_empty():
        types = _listed(unknown["line_item_line_item_type"].fill_null("(empty)").to_list())
        said.append(f"{unknown['rows'].sum()} rows of unknown line item types count as adjustments: {types}.")
    for flag, what, kinds in (
        ("amortises_reservations", "reservations", ["ri_covered", "ri_fee", "ri_upfront"]),
        ("amortises_savings_plans", "savings plans", ["sp_covered", "sp_fee", "sp_upfront"]),
    ):
        if not groups.filter(~pl.col(flag) & pl.col("kind").is_in(kinds)).is_empty():
            said.append(f"The file has no effective cost of {what}: their fees count when billed and are not spread.")
    own = groups.filter((pl.col("bill_billing_entity") != aws_fields.MARKETPLACE).fill_null(True))
    services = own.select("line_item_product_code", "service").drop_nulls().unique().sort("service")
    strange = [name for code, name in services.iter_rows() if category(code, name) is None]
    if strange:
        said.append(f"Services of unknown category count as Other: {_listed(strange)}.")
    return said


def _listed(names: Sequence[str]) -> str:
    distinct = sorted(set(names))
    more = f" and {len(distinct) - _SHOWN} more" if len(distinct) > _SHOWN else ""
    return ", ".join(distinct[:_SHOWN]) + more
