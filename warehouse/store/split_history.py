"""Splits that were in force before: they change with every source of their billing period, so they have files of
their own beside the daily rows."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import duckdb
import sqlalchemy as sa

from warehouse.store.landing import Landing
from warehouse.store.state import State, metadata

split_history = sa.Table(
    "split_history",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("known_to", sa.String, primary_key=True),
    sa.Column("known_from", sa.String, nullable=False),
    sa.Column("path", sa.String, nullable=False),
)


class SplitKeeper:
    """Writes the splits that a transaction supersedes; `record` tells state after the commit."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection, landing: Landing, moment: str) -> None:
        self._cursor, self._landing, self._moment = cursor, landing, moment
        self._rows: list[dict[str, Any]] = []

    def keep(self, source: str, period: str) -> None:
        """Write the scope's splits before they change; of none, that there were none."""
        key = {"source": source, "period": period}
        theirs = "from splits where source = $source and period = $period"
        path = ""
        if self._cursor.execute(f"select 1 {theirs} limit 1", key).fetchall():
            place = self._landing.split_history(source, period, self._moment)
            target = str(place).replace("'", "''")
            self._cursor.execute(f"copy (select * {theirs}) to '{target}' (format parquet)", key)
            path = str(place.relative_to(self._landing.folder))
        self._rows.append({**key, "known_to": self._moment, "path": path})

    def record(self, state: State) -> None:
        """What was superseded held since the change before it."""
        with state.engine.begin() as connection:
            for row in self._rows:
                same = (split_history.c.source == row["source"]) & (split_history.c.period == row["period"])
                last = sa.select(sa.func.max(split_history.c.known_to)).where(same)
                since = connection.execute(last.where(split_history.c.known_to < row["known_to"])).scalar()
                connection.execute(sa.delete(split_history).where(same, split_history.c.known_to == row["known_to"]))
                connection.execute(sa.insert(split_history).values(**row, known_from=since or ""))


def past(state: State) -> tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]:
    """What was in force before: daily rows, and splits, whose `path` is empty where there were none."""
    with state.engine.begin() as connection:
        splits = [dict(row) for row in connection.execute(sa.select(split_history)).mappings()]
    return state.history(), splits
