"""Which amount of a report is the invoice: looked at once per payer and month, before any line is made.

A report shows discounts in one of two shapes: as negative rows of their own, or folded into every row, with a net
column (or a `discount` map) beside the gross one. Adding both takes the discount twice, adding neither hides it, so
one measure is chosen for all rows of a payer's month, and both shapes must tell the same total.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Final, Literal

import polars as pl

from collectors.formats.aws_maps import looked_up
from collectors.formats.contract import FormatError
from warehouse.focus import MONEY, period_label, plain

ROUNDING: Final = Decimal("2e-10")
"""How far the gross and net amounts of one row may drift apart: each is written to ten digits."""

Shape = Literal["unblended", "net", "map"]
Scope = tuple[str | None, datetime | None]  # payer, start of its billing period

FEES: Final = ("sp_fee", "sp_upfront", "ri_fee", "ri_upfront")
FOLDED: Final = {"sp_negation": "savings plan negation, cancelled against the usage the plan covers"}
SKIPPED: Final = {"split": "split cost allocation, repeats cost that its parent row carries"}

_KINDS: Final = {
    "Usage": "usage",
    "SavingsPlanCoveredUsage": "sp_covered",
    "SavingsPlanNegation": "sp_negation",
    "SavingsPlanRecurringFee": "sp_fee",
    "SavingsPlanUpfrontFee": "sp_upfront",
    "DiscountedUsage": "ri_covered",
    "RIFee": "ri_fee",
    "Fee": "fee",
    "Tax": "tax",
    "Credit": "credit",
    "Refund": "refund",
    "SplitLineItem": "split",
}
# The name of every discount ends so: EdpDiscount, PrivateRateDiscount, BundledDiscount, RiVolumeDiscount, SppDiscount,
# DistributorDiscount, Discount. A new programme will be no exception.
_DISCOUNT_SUFFIX: Final = "Discount"


def kind() -> pl.Expr:
    """What a row is, as one word; "unknown" for a line item type that nobody told us about."""
    item = pl.col("line_item_line_item_type")
    has_reservation = pl.col("reservation_reservation_a_r_n").is_not_null()
    known = looked_up(item, _KINDS, default="unknown")
    return (
        pl.when(pl.col("split_line_item_parent_resource_id").is_not_null())
        .then(pl.lit("split"))
        .when(item.str.ends_with(_DISCOUNT_SUFFIX))
        .then(pl.lit("discount"))
        .when((item == "Fee") & has_reservation)
        .then(pl.lit("ri_upfront"))
        .otherwise(known.fill_null("unknown"))
    )


# What each shape makes of one row. A discount row in a net report has no net amount: it is already in the others.
_GROSS = pl.col("line_item_unblended_cost")
_NET = pl.coalesce(
    "line_item_net_unblended_cost", pl.when(pl.col("kind") == "discount").then(pl.lit(0, MONEY)).otherwise(_GROSS)
)
_MAPPED = _GROSS + pl.col("discount_total_discount").fill_null(pl.lit(0, MONEY))
_AMOUNTS: Final[Mapping[Shape, pl.Expr]] = {"unblended": _GROSS, "net": _NET, "map": _MAPPED}


@dataclass(frozen=True, slots=True)
class Survey:
    """What a look over all rows found: totals by payer, currency, month, kind and service; and the shapes chosen."""

    groups: pl.DataFrame
    shapes: Mapping[Scope, Shape]

    def amount(self) -> pl.Expr:
        """The invoice amount of a row of the native frame with its kind."""
        chosen = _AMOUNTS["unblended"]
        for shape in ("net", "map"):
            chosen = pl.when(self.has_shape(shape)).then(_AMOUNTS[shape]).otherwise(chosen)
        return chosen

    def has_shape(self, *shapes: Shape) -> pl.Expr:
        """Whether a row belongs to a payer's month of one of these shapes."""
        scopes = [scope for scope, shape in self.shapes.items() if shape in shapes]
        if not scopes or len(scopes) == len(self.shapes):
            return pl.lit(bool(scopes))
        return pl.any_horizontal(_belongs(scope) for scope in scopes)

    def control(self) -> pl.LazyFrame:
        """The invoice measure per payer, currency and period, from the raw columns alone."""
        start = pl.col("bill_billing_period_start_date")
        rows = self.groups.filter(~pl.col("kind").is_in(list(SKIPPED)))
        amount = pl.when(self.has_shape("net")).then("net").when(self.has_shape("map")).then("map")
        return (
            rows.lazy()
            .group_by(
                pl.col("bill_payer_account_id").alias("BillingAccountId"),
                pl.col("line_item_currency_code").alias("BillingCurrency"),
                start.map_elements(period_label, return_dtype=pl.String).alias("period"),
            )
            .agg(
                amount.otherwise("unblended").sum().alias("BilledCost"),
                (~pl.col("kind").is_in(list(FOLDED))).any().alias("has_lines"),
            )
            # Negations that cancel to nothing leave neither a line nor an amount to control.
            .filter(pl.col("has_lines") | (pl.col("BilledCost") != 0))
            .drop("has_lines")
            .sort("BillingAccountId", "BillingCurrency", "period")
        )

    def left_out(self) -> pl.LazyFrame:
        """Raw rows without a line of their own, by reason."""
        reasons = {**FOLDED, **SKIPPED}
        return (
            self.groups.lazy()
            .filter(pl.col("kind").is_in(list(reasons)))
            .group_by(
                pl.when(pl.col("kind").is_in(list(FOLDED))).then(pl.lit("folded")).otherwise(pl.lit("skipped")),
                pl.col("kind").replace_strict(reasons, return_dtype=pl.String).alias("reason"),
            )
            .agg(pl.col("rows").sum().cast(pl.Int64))
            .rename({"literal": "kind"})
            .sort("kind", "reason")
        )


def survey(rows: pl.LazyFrame, service: pl.Expr) -> Survey:
    """Look over the native frame with its kind, once. Raises FormatError where gross and net tell two totals."""
    groups = (
        rows.group_by(
            "bill_payer_account_id",
            "bill_billing_period_start_date",
            "line_item_currency_code",
            "kind",
            "line_item_line_item_type",
            "line_item_product_code",
            "bill_billing_entity",
            "amortises_reservations",
            "amortises_savings_plans",
            service.alias("service"),
        )
        .agg(
            pl.len().alias("rows"),
            _GROSS.sum().alias("unblended"),
            _NET.sum().alias("net"),
            _MAPPED.sum().alias("map"),
            pl.col("line_item_net_unblended_cost").count().alias("net_rows"),
        )
        .collect(engine="streaming")
    )
    return Survey(groups, {scope: _shape(scope, part) for scope, part in _scopes(groups)})


def _scopes(groups: pl.DataFrame) -> Iterable[tuple[Scope, pl.DataFrame]]:
    billed = groups.filter(~pl.col("kind").is_in(list(SKIPPED)))
    keys = ["bill_payer_account_id", "bill_billing_period_start_date"]
    for values, part in billed.partition_by(keys, as_dict=True).items():
        payer, start = values
        yield (payer, start), part


def _belongs(scope: Scope) -> pl.Expr:
    payer, start = scope
    same_payer = pl.col("bill_payer_account_id").eq_missing(pl.lit(payer, pl.String))
    return same_payer & pl.col("bill_billing_period_start_date").eq_missing(pl.lit(start))


def _shape(scope: Scope, part: pl.DataFrame) -> Shape:
    discounts = part.filter(kind="discount")
    in_map = (part["map"] != part["unblended"]).any()
    if part["net_rows"].sum():
        for currency in part["line_item_currency_code"].unique():
            _check_net(scope, currency, part.filter(pl.col("line_item_currency_code").eq_missing(pl.lit(currency))))
        return "net"
    if in_map and discounts.is_empty():
        return "map"
    if in_map:
        raise _refusal(
            scope,
            "takes its discounts twice: as rows of their own and in the discount column.",
            {"discount rows": _total(discounts, "unblended"), "discount column": _discount(part)},
        )
    return "unblended"


def _check_net(scope: Scope, currency: str | None, part: pl.DataFrame) -> None:
    gross, net, discount = _total(part, "unblended"), _total(part, "net"), _discount(part)
    slack = ROUNDING * int(part["rows"].sum())
    # Without discount rows the column is what lies between gross and net; its sign is not documented.
    if min(abs(net - gross), abs(net - gross - discount), abs(net - gross + discount)) > slack:
        raise _refusal(
            scope,
            f"tells two totals in {currency}: net cost is not unblended cost less the discounts.",
            {"net": net, "unblended, discount rows in": gross, "discount column": discount},
        )


def _discount(part: pl.DataFrame) -> Decimal:
    return _total(part, "map") - _total(part, "unblended")


def _total(part: pl.DataFrame, column: str) -> Decimal:
    return part.select(pl.col(column).sum()).item() or Decimal(0)


def _refusal(scope: Scope, what: str, amounts: Mapping[str, Decimal]) -> FormatError:
    payer, start = scope
    label = period_label(start) if start else "no period"
    shown = ", ".join(f"{name} {plain(amount)}" for name, amount in amounts.items())
    return FormatError(
        f"the report of payer {payer} for {label} {what} Found: {shown}.",
        column="line_item_net_unblended_cost",
        next_step="Export the month again with all its rows and columns; a filtered export cannot be checked.",
    )
