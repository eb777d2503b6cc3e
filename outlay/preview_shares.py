"""What pools would make of a draft: shares of the billing periods that it touches, against those in force.

Those in force are answers of `warehouse.metrics`, those of the draft what its pools divide.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import polars as pl

from outlay.ruling import RulesInForce
from outlay.sharing import Received
from warehouse.attribution.pools.divide import UNITS, amounts, units
from warehouse.focus.period import Period
from warehouse.metrics.pool_shares import received_shares
from warehouse.store import Snapshot, WouldOwn
from warehouse.store.series import Series

KEY: Final = ("period", "currency", "service", "pool", "was", "becomes")
_FROM_TO: Final = {"from_team": "was", "team": "becomes"}


@dataclass(frozen=True, slots=True)
class Shares:
    """`owners` of the dims that are decided again and `pieces` of them whose team changes, as `WouldOwn` has them.
    `moved` are the billing periods with any such line, `recast` those whose pools would be others; `periods` those of
    the preview, `days` those that count."""

    draft: RulesInForce
    owners: pl.DataFrame
    pieces: pl.DataFrame
    moved: Collection[str]
    recast: Collection[str]
    periods: list[str]
    closed: Collection[str]
    days: Period | None


def share_moves(snapshot: Snapshot, asked: Shares, series: Series) -> pl.DataFrame:
    """KEY and amount: what a pool takes from `was` and gives to `becomes` beyond what it gives now (negative: less)."""
    touched = _touched(asked)
    before = received_shares(snapshot, touched, asked.days).rename(_FROM_TO)
    parts = [before.with_columns(amount=pl.lit(0, UNITS) - units(before["effective_cost"])).select(*KEY, "amount")]
    if asked.draft.sharing and touched:
        would = snapshot.would_be(WouldOwn(asked.owners, asked.pieces, asked.closed))
        sharing = Received(asked.draft.pools, asked.days)
        after = would.splits(touched, sharing, series)
        parts += [one.rename({**_FROM_TO, "effective_cost": "amount"}).select(*KEY, "amount") for one in after]
    sums = pl.concat(parts).group_by(KEY).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    return sums.with_columns(amounts(sums["amount"])).sort(KEY, nulls_last=True)


def _touched(asked: Shares) -> list[str]:
    """Other pools touch their period; other owners those with a line that moves, or whose shares read further."""
    sharing = asked.draft.sharing
    wide = (
        sharing is not None
        and not asked.owners.is_empty()
        and bool(sharing.owned or (sharing.corrects and not asked.pieces.is_empty()))
    )
    near = asked.moved if sharing else ()
    return [period for period in asked.periods if wide or period in asked.recast or period in near]
