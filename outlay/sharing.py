"""Pools as the store wants them: which columns they read, and pure functions of one billing period."""

from __future__ import annotations

import polars as pl

from warehouse.attribution.model import prefix_of
from warehouse.attribution.pools import Pools, cells, pieces, reads, received, share, takers
from warehouse.attribution.pools.model import COSTS
from warehouse.attribution.pools.specials import CREDITS
from warehouse.focus.period import Period


class Sharing:
    """Implements `warehouse.store.splits.Sharing` for one version of the documents."""

    def __init__(self, pools: Pools, rules_version: int) -> None:
        self.pools = pools
        self.rules_version = rules_version
        found = reads(pools)
        plain = [name for name in found.dims if not prefix_of(name)]
        self.dims = (*plain, *(["tag_set"] if len(plain) < len(found.dims) else []))
        self.items, self.owned, self.daily, self.series = found.items, found.owned, found.daily, pools.series
        self.rated = pools.rated
        self.costs: tuple[str, ...] = COSTS
        self.counted = False
        self.corrects = any(pool.id == CREDITS for pool in pools.ordered)

    def cells(self, combinations: pl.DataFrame, tag_sets: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
        return cells(combinations, tag_sets, self.pools)

    def takers(self, facts: pl.DataFrame) -> pl.DataFrame:
        return takers(facts, self.pools)

    def share(
        self, lines: pl.DataFrame, facts: pl.DataFrame, series: pl.DataFrame, reference: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        shared = share(lines, facts, self.pools, series, reference)
        return shared.weights, shared.splits

    def pieces(self, lines: pl.DataFrame, facts: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
        return pieces(lines, facts, self.pools, weights)


class Received(Sharing):
    """What a preview asks for: how many lines pools take, in the place of weights, and sums of effective cost that
    teams receive on some days, or on all; whole numbers of 1e-18."""

    def __init__(self, pools: Pools, days: Period | None = None) -> None:
        super().__init__(pools, 0)
        self.counted = True
        self._days = days
        read = {"effective_cost", *(pool.basis.measure for pool in pools.ordered)}
        self.costs = COSTS if pools.adjustments else tuple(sorted(read))

    def share(
        self, lines: pl.DataFrame, facts: pl.DataFrame, series: pl.DataFrame, reference: pl.DataFrame | None
    ) -> tuple[pl.DataFrame, pl.DataFrame]:
        return received(lines, facts, self.pools, series, reference, days=self._days)
