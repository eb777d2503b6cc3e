"""What was known before: daily rows of superseded generations and rules versions, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

import duckdb

from warehouse.store.landing import Landing
from warehouse.store.series import Series
from warehouse.store.split_history import SplitKeeper
from warehouse.store.splits import Sharing, put_splits
from warehouse.store.state import State, instant


class Historian:
    """Writes what a transaction supersedes to files; `rows` is what state has to record after the commit."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, landing: Landing, state: State, cause: str, now: datetime
    ) -> None:
        self._cursor, self._landing, self._cause, self._moment = cursor, landing, cause, instant(now)
        self._since: dict[tuple[str, str], str] = {
            (load.source, load.period): load.changed_at for load in state.live().values()
        }
        for row in state.history():
            key = (row["source"], row["period"])
            self._since[key] = max(self._since.get(key, ""), row["known_to"])
        self.rows: list[dict[str, Any]] = []
        self._state, self._splits = state, SplitKeeper(cursor, landing, self._moment)

    def share(self, periods: Iterable[str] | None, sharing: Sharing | None) -> None:
        """Make the splits of billing periods (null: of all) anew, and keep those that change."""
        put_splits(self._cursor, periods, sharing, Series(self._state), self._splits.keep)

    def record_splits(self) -> None:
        """After the commit."""
        self._splits.record(self._state)

    def keep(self, source: str, period: str) -> None:
        """Write the scope's daily rows, if it has a generation, before they are replaced."""
        found = self._cursor.execute(
            "select generation, rules_version from generations where source = $source and period = $period",
            {"source": source, "period": period},
        ).fetchall()
        if not found:
            return
        generation, version = found[0]
        path = self._landing.history(source, period, generation, version)
        target = str(path).replace("'", "''")
        self._cursor.execute(
            "create or replace temp table superseded as from daily where source = $source and period = $period",
            {"source": source, "period": period},
        )
        self._cursor.execute(f"copy superseded to '{target}' (format parquet)")
        self.rows.append(
            {
                "source": source,
                "period": period,
                "generation": generation,
                "rules_version": version,
                "known_from": self._since.get((source, period), ""),
                "known_to": self._moment,
                "cause": self._cause,
                "path": str(path.relative_to(self._landing.folder)),
            }
        )
