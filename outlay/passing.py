"""Cost that is nobody's only for a moment: rules take it from everybody, and pools give it to teams at once."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.attribution import Estate, Rule, matches
from warehouse.attribution.model import ALWAYS, READABLE, TagKey, checks, prefix_of
from warehouse.attribution.pools import Pools

REMAINDERS: Final = Decimal("0.000001")
"""Below this a share differs by what is left over in divisions: a unit of 1e-18 each, and weights of 9 digits."""
_SCOPE: Final = ("period", "currency")


def taken_from_nobody(estate: Estate, pools: Pools, tag_keys: Iterable[TagKey]) -> pl.Series:
    """The dims of which pools take what has no team, as far as bills say which these are."""
    asked = [
        Rule(pool.id, ALWAYS if pool.when is None else pool.when)
        for pool in pools.ordered
        if pool.unallocated and _on_bills(pool.when)
    ]
    dims = estate.dims["dim"]
    return pl.concat(matches(estate, asked, tag_keys)).unique() if asked else dims.clear()


def _on_bills(when: Any) -> bool:
    return when is None or all(check.column in READABLE or prefix_of(check.column) == "tag." for check in checks(when))


def with_passed(moved: pl.DataFrame, estate: Estate, pools: Pools, tag_keys: Iterable[TagKey]) -> pl.DataFrame:
    """`moved` (rows of `Moves`) with `passed`: goes to nobody, and pools give all of that to teams.

    All of it in a billing period and currency, or none: what pools keep of it stays without an owner.
    """
    lost = moved.filter(pl.col("pool").is_null(), pl.col("becomes").is_null())
    if lost.is_empty():
        return moved.with_columns(passed=pl.lit(value=False))
    taken = taken_from_nobody(estate, pools, tag_keys).to_frame("dim").with_columns(taken=pl.lit(value=True))
    found = moved.join(taken, on="dim", how="left", maintain_order="left")
    into = pl.col("pool").is_null() & pl.col("becomes").is_null() & pl.col("taken").fill_null(value=False)
    shared, amount = pl.col("pool").is_not_null(), pl.col("amount")
    sums = found.group_by(_SCOPE).agg(
        into=amount.filter(into).sum(),
        given=amount.filter(shared & pl.col("was").is_null()).sum(),
        kept=amount.filter(shared & pl.col("becomes").is_null()).sum(),
    )
    left = pl.col("into") + pl.col("kept") - pl.col("given")
    # Pools may give more than that, of what was nobody's before; credits are negative.
    whole = sums.filter(pl.when(pl.col("into") < 0).then(left.neg()).otherwise(left) <= REMAINDERS)
    whole = whole.select(*_SCOPE, whole=pl.lit(value=True))
    found = found.join(whole, on=_SCOPE, how="left", maintain_order="left")
    return found.with_columns(passed=into & pl.col("whole").fill_null(value=False)).drop("taken", "whole")
