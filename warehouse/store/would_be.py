"""Splits as other owners or other pools would make them, in temporary tables of one view: computed and thrown away."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Final

import duckdb
import polars as pl

from warehouse.store.database import Reader
from warehouse.store.series import Series
from warehouse.store.splits import COSTS, IN_FORCE, Owned, Sharing, made, made_together, reads_more

ROWS_AT_ONCE: Final = 250_000
"""Of the daily rollup: a period has an overhead that is saved, and memory is needed for each row and team."""
_KEY: Final = "source, period, day, currency, provider, service, charge_category"
_MOVED: Final = f"""create or replace temp table would_move as
select l.source, l.period, l.day, l.currency, d.provider, d.service, d.charge_category, p.was, p.becomes,
    {", ".join(f"sum(l.{name}) as {name}" for name in COSTS)}, count(*) as rows
from lines l join would_pieces p on p.dim = l.dim and l.day >= p.valid_from and l.day < p.valid_to {{same}}
join dims d on d.dim = l.dim group by all"""
_TOUCHED: Final = """create or replace temp table would_touch as
select period, was as team from would_move union select period, becomes from would_move"""
_HELD: Final = "from would_move semi join would_hold using (period)"
_MOVING: Final = (
    "(select 1 from would_touch t where t.period = daily.period and t.team is not distinct from daily.team)"
)
_DAILY: Final = f"""(select {_KEY}, team, {", ".join(COSTS)}, rows from daily where not exists {_MOVING}
union all select {_KEY}, team, {", ".join(f"sum({name}) as {name}" for name in COSTS)}, sum(rows)
from (select {_KEY}, team, {", ".join(COSTS)}, rows from daily where exists {_MOVING}
    union all select {_KEY}, becomes, {", ".join(COSTS)}, rows {_HELD}
    union all select {_KEY}, was, {", ".join(f"-{name}" for name in COSTS)}, -rows {_HELD})
group by {_KEY}, team having sum(rows) > 0)"""
"""A team that would have no line left is not there, as it would not be after publishing."""
_OWNER: Final = "dim, valid_from, valid_to, team, application, environment"
_OWNERS: Final = f"""(select period, {_OWNER} from owners join owner_values using (owner)
    anti join (select period, dim from would_hold cross join (select distinct dim from would_own)) using (period, dim)
    union all select period, {_OWNER} from would_own cross join would_hold)"""


@dataclass(frozen=True, slots=True)
class WouldOwn:
    """What other rules would decide: `owners` of some dims (dim, valid_from, valid_to, team, application,
    environment), and `pieces` (dim, valid_from, valid_to, was, becomes) wherever the team is another; with a `period`
    where that is not so in all of them."""

    owners: pl.DataFrame
    pieces: pl.DataFrame
    closed: Collection[str] = ()
    """Billing periods that stay as they are, but for those that are asked about."""


class WouldBe:
    """Of one snapshot, made by `Snapshot.would_be`."""

    def __init__(self, reader: Reader, change: WouldOwn) -> None:
        self._reader, self._closed = reader, sorted(change.closed)
        with reader.working() as cursor:
            for name, frame in (("would_own", change.owners), ("would_pieces", change.pieces)):
                cursor.register("would", frame)
                cursor.execute(f"create or replace temp table {name} as from would")
                cursor.unregister("would")
            cursor.execute(_MOVED.format(same="and p.period = l.period" if "period" in change.pieces.columns else ""))
            cursor.execute(_TOUCHED)
        self._changes = not change.owners.is_empty()

    def splits(
        self, periods: Collection[str], sharing: Sharing, series: Series
    ) -> Iterator[tuple[pl.DataFrame, pl.DataFrame]]:
        """What `sharing` makes of billing periods in the end, all with their `period`."""
        with self._reader.working() as cursor:
            alone = [period for period in periods if reads_more(cursor, period, sharing)]
            batches = _batches(cursor, set(periods).difference(alone))
        for period in alone:
            with self._reader.working() as cursor:
                first, second = made(cursor, period, sharing, series, self._owned(cursor, [period]))
                yield first.with_columns(period=pl.lit(period)), second.with_columns(period=pl.lit(period))
        for batch in batches:
            with self._reader.working() as cursor:
                yield made_together(cursor, batch, sharing, self._owned(cursor, batch))

    def _owned(self, cursor: duckdb.DuckDBPyConnection, periods: list[str]) -> Owned:
        if not self._changes:
            return IN_FORCE
        cursor.execute(
            "create or replace temp table would_hold as select distinct period from generations "
            "where list_contains($asked::varchar[], period) or not list_contains($closed::varchar[], period)",
            {"asked": periods, "closed": self._closed},
        )
        return Owned(_DAILY, _OWNERS)


def _batches(cursor: duckdb.DuckDBPyConnection, periods: Collection[str]) -> list[list[str]]:
    """Each of as many billing periods as memory is sure to hold, and at least of one."""
    counted = cursor.execute("select period, count(*) from daily group by period order by period").fetchall()
    found: list[list[str]] = []
    room = 0
    for period, rows in counted:
        if period not in periods:
            continue
        if not found or rows > room:
            found.append([])
            room = ROWS_AT_ONCE
        found[-1].append(period)
        room -= rows
    return found
