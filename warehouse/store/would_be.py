"""Splits as other owners or other pools would make them, in temporary tables of one view: computed and thrown away."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Final

import polars as pl

from warehouse.store.database import Reader
from warehouse.store.series import Series
from warehouse.store.splits import COSTS, Owned, Sharing, made

_KEY: Final = "source, period, day, currency, provider, service, charge_category"
_MOVED: Final = f"""create or replace temp table would_move as
select l.source, l.period, l.day, l.currency, d.provider, d.service, d.charge_category, p.was, p.becomes,
    {", ".join(f"sum(l.{name}) as {name}" for name in COSTS)}, count(*) as rows
from lines l join would_pieces p on p.dim = l.dim and l.day >= p.valid_from and l.day < p.valid_to
join dims d on d.dim = l.dim group by all"""
_HELD: Final = "from would_move semi join would_hold using (period)"
_DAILY: Final = f"""(select {_KEY}, team, {", ".join(f"sum({name}) as {name}" for name in COSTS)}
from (select {_KEY}, team, {", ".join(COSTS)}, rows from daily
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
    environment), and `pieces` (dim, valid_from, valid_to, was, becomes) wherever the team is another."""

    owners: pl.DataFrame
    pieces: pl.DataFrame
    closed: Collection[str] = ()
    """Billing periods that stay as they are, but for the one that is asked about."""


class WouldBe:
    """Of one snapshot, made by `Snapshot.would_be`."""

    def __init__(self, reader: Reader, change: WouldOwn) -> None:
        self._reader, self._closed = reader, sorted(change.closed)
        with reader.working() as cursor:
            for name, frame in (("would_own", change.owners), ("would_pieces", change.pieces)):
                cursor.register("would", frame)
                cursor.execute(f"create or replace temp table {name} as from would")
                cursor.unregister("would")
            cursor.execute(_MOVED)
        self._changes = not change.owners.is_empty()

    def splits(self, period: str, sharing: Sharing, series: Series) -> pl.DataFrame:
        """What `sharing` makes of a billing period in the end."""
        if not self._changes:
            with self._reader.working() as cursor:
                return made(cursor, period, sharing, series)[1]
        with self._reader.working() as cursor:
            cursor.execute(
                "create or replace temp table would_hold as select distinct period from generations "
                "where period = $period or not list_contains($closed::varchar[], period)",
                {"period": period, "closed": self._closed},
            )
            return made(cursor, period, sharing, series, Owned(_DAILY, _OWNERS))[1]
