"""The four costs, the quantity and the prices of an AWS line, by the kind of line item it is."""

from __future__ import annotations

from typing import Final, NamedTuple

import polars as pl

from collectors.formats.aws_maps import by_distinct, looked_up
from collectors.formats.aws_measure import FEES
from collectors.formats.aws_services import SUPPORT_CODES, SUPPORT_PREFIX
from warehouse.focus import MONEY, QUANTITY
from warehouse.focus.units import normal_unit


class Shape(NamedTuple):
    category: str
    frequency: str
    pricing: str | None


SHAPES: Final = {
    "usage": Shape("Usage", "Usage-Based", "Standard"),  # Dynamic on the spot market
    "sp_covered": Shape("Usage", "Usage-Based", "Committed"),
    "sp_fee": Shape("Purchase", "Recurring", "Standard"),
    "sp_upfront": Shape("Purchase", "One-Time", "Standard"),
    "ri_covered": Shape("Usage", "Usage-Based", "Committed"),
    "ri_fee": Shape("Purchase", "Recurring", "Standard"),
    "ri_upfront": Shape("Purchase", "One-Time", "Standard"),
    "fee": Shape("Purchase", "One-Time", "Standard"),  # Recurring when it says that it is monthly
    "tax": Shape("Tax", "One-Time", None),
    "credit": Shape("Credit", "One-Time", None),
    "refund": Shape("Usage", "One-Time", "Standard"),  # the category of what is refunded
    "discount": Shape("Adjustment", "One-Time", None),
    "unknown": Shape("Adjustment", "One-Time", None),
}
USED: Final = ("usage", "sp_covered", "ri_covered")
PURCHASES: Final = (*FEES, "fee")
# A division whose quotient has more than twenty digits before the point would not fit.
_DIVISIBLE: Final = 10**11
_BY_THE_HOUR: Final = r"(?:Box|Spot|Host|Instance|Node|Multi-AZ|Dedicated|Reserved)Usage|Unused(?:Box|Ded)"
_MONTHLY: Final = r"(?i)monthly|per month|/month|recurring"

_ZERO = pl.lit(0, MONEY)
_KIND = pl.col("kind")
_GROSS = pl.col("line_item_unblended_cost")
_USAGE_TYPE = pl.col("line_item_usage_type")
IS_SUPPORT = (
    pl.col("line_item_product_code").str.starts_with(SUPPORT_PREFIX)
    | pl.col("line_item_product_code").is_in(list(SUPPORT_CODES))
).fill_null(False)


def category() -> pl.Expr:
    """ChargeCategory; of a refund, that of what is refunded."""
    committed = pl.any_horizontal(
        pl.col("savings_plan_savings_plan_a_r_n", "reservation_reservation_a_r_n").is_not_null()
    )
    refunded = (
        pl.when(pl.col("line_item_tax_type").is_not_null())
        .then(pl.lit("Tax"))
        .when(committed | IS_SUPPORT | _USAGE_TYPE.is_null())
        .then(pl.lit("Purchase"))
        .otherwise(pl.lit("Usage"))
    )
    return pl.when(_KIND == "refund").then(refunded).otherwise(_of_shape(0))


def frequency() -> pl.Expr:
    """ChargeFrequency."""
    text = pl.concat_str(_USAGE_TYPE, "line_item_line_item_description", separator=" ", ignore_nulls=True)
    monthly = (_KIND == "fee") & (IS_SUPPORT | text.str.contains(_MONTHLY))
    return pl.when(monthly).then(pl.lit("Recurring")).otherwise(_of_shape(1))


def pricing_category() -> pl.Expr:
    """PricingCategory. Expects ChargeCategory."""
    on_spot = _USAGE_TYPE.str.contains("SpotUsage", literal=True) | (pl.col("product_marketoption") == "Spot")
    return (
        pl.when((_KIND == "usage") & on_spot)
        .then(pl.lit("Dynamic"))
        .when(pl.col("ChargeCategory") != "Tax")
        .then(_of_shape(2))
    )


def _of_shape(place: int) -> pl.Expr:
    return looked_up(_KIND, {name: shape[place] for name, shape in SHAPES.items()})


def quantities() -> list[pl.Expr]:
    """`quantity` and `unit` of what has a price: usage, and purchases, which are at least one of something."""
    used = pl.col("line_item_usage_amount")
    bought = pl.when(used != 0).then(used).otherwise(pl.lit(1, QUANTITY))
    quantity = pl.when(_KIND.is_in(PURCHASES)).then(bought).when(_KIND.is_in(USED)).then(used)
    guessed = pl.when(_USAGE_TYPE.str.contains(_BY_THE_HOUR)).then(pl.lit("Hours")).otherwise(pl.lit("Units"))
    return [quantity.alias("quantity"), pl.coalesce(aws_units(pl.col("pricing_unit")), guessed).alias("unit")]


def aws_units(unit: pl.Expr) -> pl.Expr:
    """Price units in one spelling: Hrs is Hours, GB-Mo is GB-Months, "1K tokens" is "1000 Tokens"."""

    def normal(text: str) -> str:
        name, block = normal_unit(text)
        return name if block == 1 else f"{block:.0f} {name}"

    return by_distinct(unit, normal)


def costs() -> list[pl.Expr]:
    """BilledCost, EffectiveCost, ListCost, ContractedCost. Expects `amount` and `is_net`."""
    amount, public = pl.col("amount"), pl.col("pricing_public_on_demand_cost")
    by_plan = _net_or("savings_plan_net_savings_plan_effective_cost", "savings_plan_savings_plan_effective_cost")
    by_reservation = _net_or("reservation_net_effective_cost", "reservation_effective_cost")
    spread = (_KIND.is_in(["sp_fee", "sp_upfront"]) & pl.col("amortises_savings_plans")) | (
        _KIND.is_in(["ri_fee", "ri_upfront"]) & pl.col("amortises_reservations")
    )
    effective = _by_kind(
        amount,
        sp_covered=pl.coalesce(by_plan, _ZERO),
        ri_covered=pl.coalesce(by_reservation, amount),
        **dict.fromkeys(FEES, pl.when(spread).then(_ZERO).otherwise(amount)),
    )
    # Under a reservation neither price at contract rate nor gross amount is told; the public price is the nearest.
    without_reservation = pl.coalesce(public, by_reservation, amount)
    contracted = _by_kind(amount, sp_covered=_GROSS, ri_covered=without_reservation)
    listed = _by_kind(
        amount,
        discount=_ZERO,
        ri_covered=without_reservation,
        **dict.fromkeys(["usage", "sp_covered"], pl.coalesce(public, _GROSS)),
        **dict.fromkeys(PURCHASES, _GROSS),
    )
    return [
        _by_kind(amount, sp_covered=_ZERO).alias("BilledCost"),
        effective.alias("EffectiveCost"),
        listed.alias("ListCost"),
        contracted.alias("ContractedCost"),
    ]


def prices() -> list[pl.Expr]:
    """Quantities and unit prices. Expects the costs, `quantity` and `unit`."""
    quantity, unit = pl.col("quantity"), pl.when(pl.col("quantity").is_not_null()).then("unit")
    consumed = _KIND.is_in(USED)
    rate = _net_or("line_item_net_unblended_rate", "line_item_unblended_rate")
    return [
        quantity.alias("PricingQuantity"),
        unit.alias("PricingUnit"),
        pl.when(consumed).then(quantity).alias("ConsumedQuantity"),
        pl.when(consumed).then(unit).alias("ConsumedUnit"),
        _unit_price("ListCost", pl.col("pricing_public_on_demand_rate")).alias("ListUnitPrice"),
        _unit_price("ContractedCost", rate).alias("ContractedUnitPrice"),
    ]


def _unit_price(cost: str, rate: pl.Expr) -> pl.Expr:
    # Tiers and rounding make the source's rate and cost disagree; the cost is what is owed. A rate stands only where
    # there is nothing to divide by.
    cents = pl.when(pl.col(cost).abs() < _DIVISIBLE).then(cost)
    price = pl.coalesce(cents / pl.when(pl.col("quantity") != 0).then("quantity"), rate)
    return pl.when(pl.col("quantity").is_not_null() & (price >= 0)).then(price)


def _by_kind(otherwise: pl.Expr, **costs_by_kind: pl.Expr) -> pl.Expr:
    chosen = otherwise
    for name, cost in costs_by_kind.items():
        chosen = pl.when(_KIND.eq(name)).then(cost).otherwise(chosen)
    return chosen


def _net_or(net: str, gross: str) -> pl.Expr:
    return pl.coalesce(pl.when(pl.col("is_net")).then(net), gross)


def idle() -> list[pl.Expr]:
    """`idle_*`: what a recurring fee of a commitment paid for and nobody used."""
    upfront = "reservation_{}unused_amortized_upfront_fee_for_billing_period"
    recurring = "reservation_{}unused_recurring_fee"
    reservation = pl.sum_horizontal(
        pl.coalesce(_net_or(name.format("net_"), name.format("")), _ZERO) for name in (upfront, recurring)
    )
    plan = pl.col("savings_plan_total_commitment_to_date") - pl.col("savings_plan_used_commitment")
    is_reservation = (_KIND == "ri_fee") & pl.col("amortises_reservations")
    is_plan = (_KIND == "sp_fee") & pl.col("amortises_savings_plans")
    of_reservation = pl.col("reservation_unused_quantity")
    quantity = pl.when(is_plan).then(plan.cast(QUANTITY)).when(is_reservation).then(of_reservation)
    unit = pl.when(is_plan).then("line_item_currency_code").when(of_reservation.is_not_null()).then("unit")
    return [
        pl.when(is_reservation).then(reservation).when(is_plan).then(plan).alias("idle_cost"),
        quantity.alias("idle_quantity"),
        unit.alias("idle_unit"),
        pl.when(is_plan)
        .then(quantity)
        .when(flexible())
        .then("reservation_unused_normalized_unit_quantity")
        .otherwise(quantity)
        .alias("idle_commitment_quantity"),
    ]


def flexible() -> pl.Expr:
    """Whether a reservation covers any size of its family, so that its quantity counts normalised hours."""
    factor = pl.col("line_item_normalization_factor")
    return (factor.is_not_null() & (factor != "NA") & (pl.col("line_item_normalized_usage_amount") > 0)).fill_null(
        False
    )
