"""What pools would make of a draft: shares of the billing periods that it touches, against those in force.

Those in force are answers of `warehouse.metrics`, those of the draft what its pools divide.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import polars as pl

from outlay.ruling import RulesInForce
from outlay.sharing import Received
from warehouse.attribution.pools.divide import UNITS, amounts, units
from warehouse.focus.period import Period
from warehouse.metrics.pool_shares import received_shares
from warehouse.store import Snapshot, WouldOwn
from warehouse.store.series import Series

KEY: Final = ("period", "currency", "service", "pool", "was", "becomes")
TAKEN: Final = {
    **dict.fromkeys(("period", "currency", "pool", "was"), pl.String()),
    "amount": UNITS(),
    "before": UNITS(),
    "lines": pl.Int64(),
}
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


class ShareMoves(NamedTuple):
    moves: pl.DataFrame
    """KEY and amount: what a pool takes from `was` and gives to `becomes` beyond what it gives now (negative: less)."""

    taken: pl.DataFrame
    """TAKEN, of the billing periods that are touched: what a pool would take from `was` altogether, what it takes now,
    and how many lines it would take."""


def share_moves(snapshot: Snapshot, asked: Shares, series: Series) -> ShareMoves:
    touched = _touched(asked)
    found = received_shares(snapshot, touched, asked.days).rename(_FROM_TO)
    before = found.select(*KEY, amount=units(found["effective_cost"]))
    sums = [before.select(*KEY, amount=pl.lit(0, UNITS) - pl.col("amount"))]
    lines = []
    if asked.draft.sharing and touched:
        would = snapshot.would_be(WouldOwn(asked.owners, asked.pieces, asked.closed))
        for taken, received in would.splits(touched, Received(asked.draft.pools, asked.days), series):
            sums.append(received.rename({**_FROM_TO, "effective_cost": "amount"}).select(*KEY, "amount"))
            lines.append(taken.select("period", "currency", "pool", was="team", lines="rows"))
    changed = pl.concat(sums).group_by(KEY).agg(pl.col("amount").sum()).filter(pl.col("amount") != 0)
    moves = changed.with_columns(amounts(changed["amount"])).sort(KEY, nulls_last=True)
    return ShareMoves(moves, _taken(before, sums[1:], lines))


def _taken(before: pl.DataFrame, after: Sequence[pl.DataFrame], lines: Sequence[pl.DataFrame]) -> pl.DataFrame:
    of = [name for name, kind in TAKEN.items() if kind == pl.String]
    parts = [before.select(*of, before="amount"), *(part.select(*of, "amount") for part in after), *lines]
    every = pl.concat([pl.DataFrame(schema=TAKEN), *parts], how="diagonal")
    return every.group_by(of).agg(pl.col("amount", "before", "lines").sum())


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
