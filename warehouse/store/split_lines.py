"""Shares by line: what pools that are in force make of the lines of one billing period, in one view."""

from __future__ import annotations

from typing import Any, Final

import polars as pl

from warehouse.store.database import Reader
from warehouse.store.splits import COSTS, IN_FORCE, OWNED, Celled, Sharing, celled

LINES_AT_ONCE: Final = 20_000
"""Each may be divided among every team."""
KEY: Final = ("source", "day", "currency", "provider", "service", "charge_category")
SHARE: Final = ("pool", "step", "team", "from_team")


class SplitLines:
    """Made by `Snapshot.split_lines`. Fills a temporary table of its view."""

    def __init__(self, reader: Reader, period: str, sharing: Sharing) -> None:
        self._reader, self._period, self._sharing = reader, period, sharing
        with reader.working() as cursor:
            self._cells: Celled = celled(cursor, [period], sharing)
        self._weights = reader.frame("from pool_weights where period = $period", {"period": period})

    def pieces(self, shares: pl.DataFrame) -> pl.DataFrame:
        """split, row_key, line_no and COSTS in whole numbers of 1e-18, of shares (split, KEY, SHARE): the parts of the
        lines that a share is of. Their sum differs from the share by what division leaves over."""
        lines = self._lines(shares, "l.rowid as row_key, l.line_no", "").sort("source", "line_no")
        found = [self._pieces(part, shares, "row_key", "line_no") for part in lines.iter_slices(LINES_AT_ONCE)]
        return pl.concat(found) if found else self._pieces(lines, shares, "row_key", "line_no")

    def counts(self, shares: pl.DataFrame) -> pl.DataFrame:
        """split, rows: of how many lines each share is, where it is of any."""
        lines = self._lines(shares, "count(*) as rows", "group by all")
        return self._pieces(lines, shares, "rows").group_by("split").agg(pl.col("rows").sum())

    def _pieces(self, lines: pl.DataFrame, shares: pl.DataFrame, *told: str) -> pl.DataFrame:
        found = self._sharing.pieces(lines, self._cells.facts, self._weights)
        placed = found.hstack(lines.select(*KEY, *told)[found["row"]])
        wanted = shares.select("split", *KEY, *SHARE)
        joined = placed.join(wanted, on=[*KEY, *SHARE], how="inner", nulls_equal=True)
        return joined.select("split", *told, *COSTS)

    def _lines(self, shares: pl.DataFrame, told: str, tail: str) -> pl.DataFrame:
        """Lines of the keys of shares, or, with a `tail`, sums of those that are alike."""
        wide = "sum(l.{0}) as {0}" if tail else "l.{0}"
        numbers = [wide.format(name) for name in COSTS]
        if self._sharing.rated:
            numbers.append(wide.format("pricing_quantity").partition(" as ")[0] + " as quantity")
            numbers.append("l.pricing_quantity is null as unmetered")
        sql = f"""select l.source, l.day, l.currency, d.provider, d.service, d.charge_category, v.team, c.cell, {told},
            {", ".join(numbers)}
        from lines l {self._cells.items} join {IN_FORCE.owners} v on {OWNED} join dims d on d.dim = l.dim
        {self._cells.join}
        where l.period = $period and l.day between $first and $last and list_contains($sources, l.source) {tail}"""
        given: dict[str, Any] = {
            "period": self._period,
            "first": shares["day"].min(),
            "last": shares["day"].max(),
            "sources": shares["source"].unique().to_list(),
        }
        found = self._reader.frame(sql, given)
        return found.join(shares.select(KEY).unique(), on=KEY, how="semi", nulls_equal=True)
