"""Classic committed use discounts, amortised: the fee of each hour spread over the usage that it covered.

The export bills the fee and, on the covered usage, an offsetting credit. Per commitment, region and hour, the part of
the fee that was used goes to the covered rows in proportion to their credits, and what utilisation leaves over to one
Unused row. Sums are conserved to the last of the 18 digits; nothing here divides a number that is not an integer.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from warehouse.focus import MONEY, QUANTITY

COMMITMENT: Final = ["account", "currency", "month", "commitment"]  # a month is replaced alone, so it closes alone
GROUP: Final = [*COMMITMENT, "place", "hour"]
ROW: Final = ["x_file", "x_SourceRow"]
UNITS_MAX: Final = 8 * 10**28  # times the base of `multiplied` still inside Int128; 80 billion of any currency
NEARLY_ALL: Final = 10**6  # a use within one millionth of the commitment is all of it: quantities come from floats
ONE_HOUR: Final = pl.duration(hours=1)


@dataclass(frozen=True, slots=True)
class Amortised:
    """What to add to EffectiveCost, by row, and the Unused rows to make. The two sum to zero."""

    shares: pl.DataFrame  # ROW, x_share: minus the fee on fee rows, a part of it on covered rows; x_covered: quantity
    unused: pl.DataFrame  # ROW of the fee row it derives from, x_unused, x_idle (in the fee's pricing unit)
    left: tuple[str, ...]  # commitments whose fee could not be spread: their EffectiveCost stays BilledCost


def amortise(rows: pl.DataFrame) -> Amortised:
    """Spread the fees among `rows`: the fee rows and the covered usage rows of one load.

    Columns: ROW, COMMITMENT, fee (Boolean), spend (Boolean: committed in money), region, start, end, billed (after
    credits), credit (positive, of the commitment), cost, rate (USD to billing currency), quantity and unit (pricing).
    A commitment is spread only when every one of its rows tells enough; otherwise none of its rows is touched.
    """
    rows = _measured(_placed(rows.sort(ROW)))
    groups = _groups(rows)
    lost = pl.concat(part.filter(~pl.col("sound")).select(COMMITMENT) for part in (rows, groups)).unique()
    groups = groups.join(lost, on=COMMITMENT, how="anti", nulls_equal=True)
    # When covered usage names a commitment that has no fee here, a fee without usage may be the one it belongs to.
    if len(lost.join(rows.filter("fee"), on=COMMITMENT, how="anti", nulls_equal=True)):
        covered = groups.filter(pl.col("credit") > 0).select(COMMITMENT).unique()
        idle = groups.join(covered, on=COMMITMENT, how="anti").select(COMMITMENT).unique()
        groups, lost = groups.join(idle, on=COMMITMENT, how="anti"), pl.concat([lost, idle])
    groups = _divided(groups)
    names = lost["commitment"].fill_null("without a name").unique().sort()
    return Amortised(_shares(rows, groups), _unused(rows, groups), tuple(names))


def _placed(rows: pl.DataFrame) -> pl.DataFrame:
    """Amounts as whole numbers of their last digit, the hour and place to match by, and whether a row tells enough."""
    whole = [pl.col(name).to_physical().fill_null(0) for name in ("billed", "credit", "cost", "rate", "quantity")]
    global_fee = (pl.col("fee") & pl.col("region").is_null()).any().over(COMMITMENT)
    rows = rows.with_columns(
        *whole,
        place=pl.when(global_fee).then(pl.lit("")).otherwise(pl.col("region").fill_null("")),
        hour=pl.col("start").dt.truncate("1h"),
    )
    within_hour = pl.col("end") <= pl.col("hour") + ONE_HOUR
    fee = (pl.col("billed") >= 0) & (pl.col("quantity") > 0) & (~pl.col("spend") | (pl.col("rate") > 0))
    covered = (pl.col("credit") > 0) & (pl.col("spend") | ((pl.col("cost") > 0) & (pl.col("quantity") > 0)))
    small = pl.max_horizontal("billed", "credit", "cost", "rate", "quantity") < UNITS_MAX
    sound = pl.col("commitment").is_not_null() & within_hour & small & pl.when("fee").then(fee).otherwise(covered)
    return rows.with_columns(sound=sound.fill_null(False))


def _measured(rows: pl.DataFrame) -> pl.DataFrame:
    """`bought` and `used`: of a fee row what it commits to, of a covered row what its credit stands for.

    Money for a spend commitment (its fee is quoted per dollar and hour, so the quantity is dollars), else quantity.
    """
    by_fee, by_use = pl.col("sound") & pl.col("fee"), pl.col("sound") & ~pl.col("fee")
    spent, zero, one = pl.col("spend"), _lit(0), _lit(1)
    factors = rows.select(
        amount=pl.when(pl.col("sound") & ~(spent & ~pl.col("fee"))).then("quantity").otherwise(zero),
        by=pl.when(by_fee & spent).then("rate").when(by_use).then(pl.min_horizontal("credit", "cost")).otherwise(one),
        over=pl.when(by_fee & spent).then(_lit(10**9)).when(by_use & ~spent).then("cost").otherwise(one),
    )
    result, _ = multiplied(*(factors[name] for name in ("amount", "by", "over")))
    return rows.with_columns(result.alias("measure")).with_columns(
        bought=pl.when(by_fee).then("measure").otherwise(zero),
        used=pl.when(by_use & spent).then("credit").when(by_use).then("measure").otherwise(zero),
        covered=pl.when(by_use & ~spent).then("measure"),
    )


def _groups(rows: pl.DataFrame) -> pl.DataFrame:
    """One row per commitment, place and hour: fee, credit, what was bought and used, and whether it can be divided."""
    one_kind = (pl.col("spend").n_unique() == 1) & (pl.col("spend").all() | (pl.col("unit").n_unique() == 1))
    totals = [pl.col(name).sum() for name in ("credit", "bought", "used")]
    fee = pl.col("billed").filter("fee").sum()
    sums = rows.group_by(GROUP, maintain_order=True).agg(
        *totals, fee=fee, quantity=pl.col("quantity").filter("fee").sum(), fees=pl.col("fee").sum(), sound=one_kind
    )
    small = pl.max_horizontal("credit", "bought", "used", "fee", "quantity") < UNITS_MAX
    return sums.with_columns(sound=pl.col("sound") & (pl.col("fees") > 0) & (pl.col("bought") > 0) & small)


def _divided(groups: pl.DataFrame) -> pl.DataFrame:
    """`spread`, `unused` (money) and `idle` (quantity) of each group."""
    slack = _lit(NEARLY_ALL)
    all_of_it = pl.col("used") >= pl.col("bought") - pl.col("bought") // slack
    groups = groups.with_columns(used=pl.when(all_of_it).then("bought").otherwise("used"))
    spread, _ = multiplied(groups["fee"], groups["used"], groups["bought"])
    busy, _ = multiplied(groups["quantity"], groups["used"], groups["bought"])
    return groups.with_columns(
        spread=spread, unused=groups["fee"] - spread, idle=groups["quantity"] - busy, whole=groups["credit"]
    )


def _shares(rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    """Largest remainder: each covered row gets its floor, the first by remainder one digit more."""
    within = rows.join(groups.select(*GROUP, "spread", "whole"), on=GROUP, how="inner", maintain_order="left")
    fees = within.filter("fee").select(*ROW, x_share=_lit(0) - pl.col("billed"), x_covered=None)
    covered = within.filter(~pl.col("fee"))
    floor, rest = multiplied(covered["spread"], covered["credit"], covered["whole"])
    covered = covered.with_columns(floor=floor, rest=rest)
    missing = pl.col("spread") - pl.col("floor").sum().over(GROUP)
    first = pl.col("rest").rank("ordinal", descending=True).over(GROUP).cast(pl.Int128) <= missing
    parts = covered.select(*ROW, x_share=pl.col("floor") + first.cast(pl.Int128), x_covered="covered")
    return pl.concat([fees.cast({"x_covered": pl.Int128}), parts]).select(
        *ROW, _decimal("x_share", MONEY), _decimal("x_covered", QUANTITY)
    )


def _unused(rows: pl.DataFrame, groups: pl.DataFrame) -> pl.DataFrame:
    first = rows.filter("fee").group_by(GROUP, maintain_order=True).agg(pl.col(ROW).first())
    idle = groups.filter(pl.col("unused") > 0).join(first, on=GROUP, how="inner", maintain_order="left")
    return idle.select(*ROW, _decimal("unused", MONEY).alias("x_unused"), _decimal("idle", QUANTITY).alias("x_idle"))


def multiplied(amount: pl.Series, by: pl.Series, over: pl.Series) -> tuple[pl.Series, pl.Series]:
    """floor(amount x by / over) and its remainder, exactly, where the product would not fit Int128: long division.

    None may be negative; `over` must be positive; `by` and `over` must be below UNITS_MAX.
    """
    base = _int(10**9)
    quotient, rest = amount * _int(0), amount * _int(0)
    for power in (36, 27, 18, 9, 0):
        step = rest * base + amount // _int(10**power) % base * by
        quotient, rest = quotient * base + step // over, step % over
    return quotient, rest


def _int(value: int) -> pl.Series:
    return pl.Series([value], dtype=pl.Int128)


def _lit(value: int) -> pl.Expr:
    return pl.lit(value, dtype=pl.Int128)


def _decimal(name: str, dtype: pl.Decimal) -> pl.Expr:
    """A whole number of last digits as the decimal it stands for."""
    last_digit = pl.lit(Decimal(1).scaleb(-dtype.scale), dtype=dtype)
    return (pl.col(name).cast(pl.Decimal(38, 0)) * last_digit).cast(dtype).alias(name)
