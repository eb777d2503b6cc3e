"""Exact division of amounts by weights: integers of 1e-18, the largest remainder gets what is left over.

`amount × weight // total` would need more than the 128 bits that columns have. With amount = q × total + r it is
q × weight + r × weight // total, and both products fit while the total is at most WHOLE_MAX.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import polars as pl
import pyarrow as pa

from warehouse.focus.money import SCALE

WEIGHT_DIGITS: Final = 9
WHOLE_MAX: Final = 10**18
"""Of the weights of one group, as integers. Its square fits in 128 bits with room to spare."""
UNITS: Final = pl.Int128


def units(amounts: pl.Series) -> pl.Series:
    """Amounts as whole numbers of 1e-18."""
    return amounts.cast(pl.Decimal(38, SCALE)).to_physical().cast(UNITS).alias(amounts.name)


def amounts(whole: pl.Series) -> pl.Series:
    """Whole numbers of 1e-18 as amounts; the bits stay, only the point moves."""
    array = whole.cast(pl.Decimal(38, 0)).to_arrow()
    moved = pa.Array.from_buffers(pa.decimal128(38, SCALE), len(array), array.buffers(), offset=array.offset)
    return pl.Series(whole.name, pl.from_arrow(moved), dtype=pl.Decimal(38, SCALE))


def scaled(weights: pl.DataFrame, group: Sequence[str]) -> pl.DataFrame:
    """`weights` with `weight` (integers of 1e-9, not negative) cut so that no group's sum is above WHOLE_MAX.

    Where a group would be left without weight by its cut, it had none to speak of: one part in 1e18.
    """
    whole = pl.col("weight").sum().over(group, mapping_strategy="group_to_rows") if group else pl.col("weight").sum()
    cut = pl.lit(1, UNITS)
    for power in range(1, 21):
        limit = WHOLE_MAX * 10 ** (power - 1)
        cut = pl.when(whole > pl.lit(limit, UNITS)).then(pl.lit(10**power, UNITS)).otherwise(cut)
    return weights.with_columns(weight=pl.col("weight") // cut)


def divide(pairs: pl.DataFrame, measures: Sequence[str]) -> pl.DataFrame:
    """`pairs` with each of `measures`, whole numbers of 1e-18 of the group, replaced by the pair's part of it.

    Rows stand by `group` (a number), and within a group in the order that breaks ties. `weight` are integers, not
    negative, with a positive sum of at most WHOLE_MAX in each group. Parts of a group make its amount exactly; those of
    a negative amount are the negative parts of its opposite.
    """
    frame = pairs.with_columns(pl.col("weight").sum().over("group").alias("=whole"))
    whole, weight, zero = pl.col("=whole"), pl.col("weight"), pl.lit(0, UNITS)
    size = {name: pl.col(name).abs() for name in measures}
    product = {name: size[name] % whole * weight for name in measures}
    frame = frame.with_columns(
        *((size[name] // whole * weight + product[name] // whole).alias(f"={name}") for name in measures),
        *((zero - product[name] % whole).alias(f"-{name}") for name in measures),
    )
    frame = frame.with_columns(
        *((size[name] - pl.col(f"={name}").sum().over("group")).alias(f"+{name}") for name in measures),
        *(pl.col(f"-{name}").rank("ordinal").over("group").cast(UNITS) for name in measures),
    )
    part = {name: pl.col(f"={name}") + (pl.col(f"-{name}") <= pl.col(f"+{name}")).cast(UNITS) for name in measures}
    return frame.with_columns(
        pl.when(pl.col(name) < 0).then(zero - part[name]).otherwise(part[name]).alias(name) for name in measures
    ).select(pairs.columns)
