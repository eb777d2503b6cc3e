"""Adjustments of prices: a percentage on top of costs that are not billed, or prices in their place, against a team
that has the opposite."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Final

import polars as pl

from warehouse.attribution.pools.divide import UNITS, WEIGHT_DIGITS, units
from warehouse.attribution.pools.model import COSTS, Adjustment

HUNDRED: Final = 100 * 10**WEIGHT_DIGITS
QUANTITY_MAX: Final = 10**22
"""In units of 1e-9: times the largest rate it fits in 128 bits."""


def adjusted(one: Adjustment, lines: pl.DataFrame, key: Sequence[str]) -> pl.DataFrame:
    """What each team has more, as if it had received it from the team that the adjustment is against.

    The percentage is of the sum of a daily key, in whole units of 1e-18, cut towards zero. Prices are times the
    quantity, exactly, less the cost there is. Raises OverflowError where that needs more digits than there are.
    """
    chosen = lines.filter(
        pl.col("day").is_between(one.valid_from, one.valid_to, closed="left") & pl.col("team").ne_missing(one.against)
    )
    if one.when is not None:
        chosen = chosen.filter(pl.col(f"adjust:{one.id}"))
    whole = chosen.with_columns(units(chosen[name]) for name in COSTS)
    if one.rates:
        whole = _priced(whole, one)
    if one.percents:
        whole = whole.join(_table(one, one.percents), on=f"part:{one.by}", how="inner")
    else:
        rate = int((one.percent or Decimal(100)).scaleb(WEIGHT_DIGITS))
        whole = whole.with_columns(rate=pl.lit(rate, UNITS))
    sums = whole.group_by(*key, "team", "rate").agg(pl.col(COSTS).sum())
    changed = [_percent(name) if name in one.measures else pl.lit(0, UNITS).alias(name) for name in COSTS]
    return sums.select(
        *key,
        "team",
        *changed,
        from_team=pl.lit(one.against),
        pool=pl.lit(one.id),
        step=pl.lit(0, pl.Int32),
    ).select(*key, "team", "from_team", "pool", "step", *COSTS)


def _priced(lines: pl.DataFrame, one: Adjustment) -> pl.DataFrame:
    """Costs of lines with a rate replaced by what they differ from quantity times rate."""
    rates = _table(one, one.rates)
    found = lines.filter(pl.col("quantity").is_not_null()).join(rates, on=f"part:{one.by}", how="inner")
    quantity = found["quantity"].cast(pl.Decimal(38, WEIGHT_DIGITS)).to_physical().cast(UNITS)
    if found.height and (quantity.abs().max() or 0) > QUANTITY_MAX:  # type: ignore[operator]
        raise OverflowError(f"a quantity of {one.id} is too large for a rate")
    priced = found.with_columns(quantity.alias("quantity"))
    return priced.with_columns(
        (pl.col("quantity") * pl.col("rate") - pl.col(name)).alias(name) for name in one.measures
    ).drop("rate")


def _table(one: Adjustment, rows: Sequence[tuple[str, Decimal]]) -> pl.DataFrame:
    """What is said of each value of `by`, as `rate` in units of 1e-9."""
    column = f"part:{one.by}"
    return pl.DataFrame(
        {column: [name for name, _ in rows], "rate": [int(rate.scaleb(WEIGHT_DIGITS)) for _, rate in rows]},
        schema={column: pl.String, "rate": UNITS},
    )


def _percent(name: str) -> pl.Expr:
    size, hundred, share = pl.col(name).abs(), pl.lit(HUNDRED, UNITS), pl.col("rate").abs()
    part = size // hundred * share + size % hundred * share // hundred
    negative = (pl.col(name) < 0) != (pl.col("rate") < 0)
    return pl.when(negative).then(pl.lit(0, UNITS) - part).otherwise(part).alias(name)
