"""What pools and adjustments make of single lines: the steps of their billing period again, by the weights it had."""

from __future__ import annotations

from typing import ClassVar, Final

import polars as pl

from warehouse.attribution.pools.divide import UNITS
from warehouse.attribution.pools.model import COSTS, Pool, Pools
from warehouse.attribution.pools.share import KEY, Run
from warehouse.attribution.pools.weights import GROUP, SERIES, WEIGHTS

PIECES: Final = {
    "row": pl.UInt32(),
    "pool": pl.String(),
    "step": pl.Int32(),
    "team": pl.String(),
    "from_team": pl.String(),
    **dict.fromkeys(COSTS, UNITS()),
}


def pieces(lines: pl.DataFrame, facts: pl.DataFrame, pools: Pools, weights: pl.DataFrame) -> pl.DataFrame:
    """PIECES: of each line, by its row, what teams receive from others, in whole numbers of 1e-18.

    `lines` and `facts` as `share` takes them, of some lines of a billing period; `weights` are its POOL_WEIGHTS. Summed
    over all lines of a daily key they differ from its splits by what division leaves over. Which pieces there are
    depends on the day, currency, team and cell of a line, and on whether it has a quantity: never on its amounts.
    """
    moved = _ByLine(lines, facts, pools, weights).through(COSTS).moved
    if not moved:
        return pl.DataFrame(schema=PIECES)
    by = ("key", "pool", "step", "team", "from_team")
    found = pl.concat([part.select(*by, *COSTS) for part in moved]).group_by(by).agg(pl.col(COSTS).sum())
    return found.rename({"key": "row"}).cast(PIECES)  # type: ignore[arg-type]


class _ByLine(Run):
    """Each line is a key of its own."""

    records: ClassVar[bool] = False

    def __init__(self, lines: pl.DataFrame, facts: pl.DataFrame, pools: Pools, weights: pl.DataFrame) -> None:
        super().__init__(lines, facts, pools, pl.DataFrame(schema=SERIES), None)
        whole = weights["weight"].cast(pl.Decimal(38, 9)).to_physical().cast(UNITS)
        self._known = weights.with_columns(whole.alias("weight")).filter(pl.col("weight") > 0)

    def numbered(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        keys = lines.select(KEY).with_row_index("key")
        return keys, keys["key"]

    def weighed(self, pool: Pool, wanted: pl.DataFrame) -> pl.DataFrame:
        known = self._known.filter(pl.col("pool") == pool.id).select(*WEIGHTS)
        return known.join(wanted, on=GROUP, how="semi", nulls_equal=True)
