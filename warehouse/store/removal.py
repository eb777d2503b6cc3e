"""Sources on their way out: hidden ones are in no answer and can come back, erased ones leave nothing behind.

What is wanted is recorded first, in one transaction of state; the start finishes what a process left half done.
While a source stands here its live generations are none: `State.live` and `State.history` leave it out.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Literal

import duckdb
import sqlalchemy as sa

from warehouse.store.collecting import collected, configured, runs
from warehouse.store.state import State, history, instant, live, loads, metadata, removals, sources

Removal = Literal["kept", "hidden", "erasing"]
TABLES: Final = ("generations", "lines", "daily", "monthly_dims", "splits")
"""Of the warehouse: whatever names a source."""

periods = sa.Table(
    "periods",
    metadata,
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("closed_at", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """A billing period ("YYYY-MM") whose figures were handed out."""

    period: str
    closed_at: str
    actor: str


class Periods:
    """Which billing periods are closed. A period that is not listed is open."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def closed(self) -> dict[str, ClosedPeriod]:
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(periods).order_by(periods.c.period)).mappings()
            return {row["period"]: ClosedPeriod(**row) for row in rows}

    def close(self, period: str, actor: str, now: datetime) -> None:
        """A period that is closed already keeps who closed it, and when."""
        if period in self.closed():
            return
        with self._engine.begin() as connection:
            connection.execute(sa.insert(periods).values(period=period, closed_at=instant(now), actor=actor))

    def open(self, period: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(periods).where(periods.c.period == period))


class Removals:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def states(self) -> dict[str, str]:
        """Source -> hidden or erasing."""
        with self._engine.begin() as connection:
            return {row.source: row.state for row in connection.execute(sa.select(removals))}

    def begin(self, source: str, wanted: Removal, actor: str, now: datetime) -> None:
        """Collect the source no more, and record what is to become of its lines."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(configured).where(configured.c.name == source))
            connection.execute(sa.update(sources).where(sources.c.name == source).values(active=False))
            connection.execute(sa.delete(removals).where(removals.c.source == source))
            if wanted != "kept":
                row = {"source": source, "state": wanted, "actor": actor, "since": instant(now)}
                connection.execute(sa.insert(removals).values(row))

    def came_back(self, source: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(removals).where(removals.c.source == source))

    def erased(self, source: str) -> None:
        """Forget all that the state file knows of a source, but what collecting it cost: caps count by the day."""
        with self._engine.begin() as connection:
            for table in (loads, live, history, collected, runs, removals):
                connection.execute(sa.delete(table).where(table.c.source == source))
            for named in (sources, configured):
                connection.execute(sa.delete(named).where(named.c.name == source))

    def hidden_loads(self, source: str) -> list[Any]:
        """Rows of the loads that were live when the source was hidden."""
        query = sa.select(loads).join(live, live.c.load == loads.c.id).where(live.c.source == source)
        with self._engine.begin() as connection:
            return [dict(row) for row in connection.execute(query.order_by(loads.c.period)).mappings()]


def drop_lines(cursor: duckdb.DuckDBPyConnection, names: Iterable[str]) -> int:
    """Take the lines of sources and all made of them out of the warehouse; answers how many lines."""
    rows = 0
    for name in names:
        key = {"source": name}
        rows += int(cursor.execute("select count(*) from lines where source = $source", key).fetchall()[0][0])
        for table in TABLES:
            cursor.execute(f"delete from {table} where source = $source", key)
    return rows
