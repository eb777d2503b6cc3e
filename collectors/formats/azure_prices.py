"""List and contracted cost, quantities and unit prices of a cost export row.

Prices are per UnitOfMeasure ("10K"). Quantity is a number of those blocks or of single units: enterprise exports write
0.1351 of "10K" where others write 1351. The row's own arithmetic tells which: Quantity x price is the cost, or it is
the block size times too much. Where price and cost disagree (tiers, rounding), the cost is right and the price is
derived.
"""

from __future__ import annotations

from typing import Final

import polars as pl

from warehouse.focus import MONEY, QUANTITY

PRICED: Final = ("Usage", "Purchase")
NEAR: Final = 100  # price x quantity and cost that differ by at most a hundredth of the cost say the same
PRICE_MAX: Final = 10**7  # larger factors could make a product leave the 20 whole digits of an amount:
QUANTITY_MAX: Final = 10**12  # the cost stands in for it then
BLOCK_MAX: Final = 10**8
COST_MAX: Final = 10**10  # the same for cost / quantity, as a quantity may be as small as 1e-9
ONE: Final = pl.lit(1).cast(MONEY)

rate: Final = pl.when(pl.col("ExchangeRate") > 0).then(pl.col("ExchangeRate")).otherwise(ONE)
"""Pricing currency to billing currency; enterprise agreements price in the currency they bill."""


def with_costs(rows: pl.LazyFrame) -> pl.LazyFrame:
    """Adds `contracted` and `list` in the billing currency, never null; needs category, covered and block.

    Stage by stage: as one expression each price would be worked out a dozen times.
    """
    cost = pl.col("Cost")
    priced = pl.col("category").is_in(PRICED)
    unpriced = priced & pl.col("unit_price").is_null() & pl.col("list_price").is_null() & (cost != 0)
    return (
        rows.with_columns(
            unit_price=_price("UnitPrice"), list_price=_price("PayGPrice"), paid_price=_price("EffectivePrice")
        )
        .with_columns(
            by_price=_times_quantity("unit_price"),
            by_list=_times_quantity("list_price"),
            by_paid=_times_quantity("paid_price"),
        )
        .with_columns(in_blocks=(_near("by_paid") | _near("by_price")).fill_null(False) | (pl.col("block") == 1))
        .with_columns(by_price=_scaled("by_price"), by_list=_scaled("by_list"))
        .with_columns(
            contracted=pl.when(~priced | (~pl.col("covered") & _near("by_price")))
            .then(cost)
            .when(pl.col("covered"))
            .then(pl.coalesce("by_price", "by_list", cost))
            .otherwise(pl.coalesce("by_price", cost))
        )
        .with_columns(
            list=pl.when(~priced)
            .then(cost)
            .when(pl.col("PayGCost") != 0)
            .then(pl.col("PayGCost"))
            .when(pl.col("list_price") == pl.col("unit_price"))
            .then(pl.col("contracted"))
            .otherwise(pl.coalesce("by_list", "contracted")),
            x_PriceKnown=pl.when(unpriced & (pl.col("PayGCost").fill_null(0) == 0)).then(pl.lit("false")),
        )
    )


def quantities() -> dict[str, pl.Expr]:
    """PricingQuantity in blocks where 9 digits hold it exactly, else in single units like ConsumedQuantity."""
    quantity, block = pl.col("Quantity"), pl.col("block")
    has_price = pl.col("category").is_in(PRICED) & quantity.is_not_null()
    many = pl.col("in_blocks") & (block != 1) & (block < BLOCK_MAX) & (quantity.abs() < QUANTITY_MAX)
    units = pl.when(many).then(quantity) * pl.when(many).then(block)
    single = pl.coalesce(units, quantity)
    blocks = _fitted(pl.when(many).then(quantity).otherwise(quantity / block))
    exact = pl.when(many).then(blocks.cast(MONEY) == quantity).otherwise(blocks.cast(MONEY) * block == quantity)
    used = (pl.col("type") == "usage") & quantity.is_not_null()
    return {
        "PricingQuantity": pl.when(has_price).then(pl.when(exact).then(blocks).otherwise(_fitted(single))),
        "PricingUnit": pl.when(has_price).then(
            pl.when(exact & (block != 1))
            .then(pl.concat_str(block.cast(pl.Int64), "unit", separator=" "))
            .otherwise("unit")
        ),
        "ConsumedQuantity": pl.when(used).then(_fitted(single)),
        "ConsumedUnit": pl.when(used).then("unit"),
        # Digits that no column could keep stay as text among the native facts.
        "Quantity": pl.when(_fitted(quantity).cast(MONEY) != quantity).then(quantity),
        "exact_quantity": single,
    }


def unit_prices() -> dict[str, pl.Expr]:
    """Prices per PricingUnit, so that price x PricingQuantity is the cost; never negative, null on Tax and Credit."""
    priced = pl.col("category").is_in(PRICED)

    def derived(cost: str, price: str) -> pl.Expr:
        quantity, amount = pl.col("PricingQuantity").cast(MONEY), pl.col(cost)
        countable = (quantity != 0) & (amount.abs() < COST_MAX)
        quotient = pl.when(countable).then(amount) / pl.when(countable).then(quantity)
        found = pl.when(quantity == 0).then(pl.col(price).fill_null(0)).otherwise(quotient)
        return pl.when(priced).then(found)

    return {
        "ContractedUnitPrice": derived("contracted", "unit_price"),
        "ListUnitPrice": derived("list", "list_price"),
    }


def none_negative(name: str) -> pl.Expr:
    return pl.when(pl.col(name) >= 0).then(pl.col(name)).alias(name)


def _price(name: str) -> pl.Expr:
    """In the billing currency. 0 stands for unknown: the export writes it on reservation usage and marketplace rows."""
    price = pl.col(name)
    known = (price > 0) & (price < PRICE_MAX) & (rate < PRICE_MAX)
    return pl.when(known).then(price) * pl.when(known).then(rate)


def _times_quantity(name: str) -> pl.Expr:
    price, quantity = pl.col(name), pl.col("Quantity")
    known = (price < PRICE_MAX) & (quantity.abs() < QUANTITY_MAX)
    return pl.when(known).then(price) * pl.when(known).then(quantity)


def _scaled(name: str) -> pl.Expr:
    amount, cost = pl.col(name), pl.col("Cost")
    # A refund or a mirrored row may carry a positive quantity: its price then says nothing about its sign.
    opposite = ((amount > 0) & (cost < 0)) | ((amount < 0) & (cost > 0))
    fitting = pl.when(~opposite).then(amount)
    return pl.when(pl.col("in_blocks")).then(fitting).otherwise(fitting / pl.col("block"))


def _near(name: str) -> pl.Expr:
    cost = pl.col("Cost")
    return (cost != 0) & ((pl.col(name) - cost).abs() <= cost.abs() / pl.lit(NEAR).cast(MONEY))


def _fitted(amount: pl.Expr) -> pl.Expr:
    return amount.round(9).cast(QUANTITY)
