"""What was known before: daily rows of superseded generations and rules versions, kept for ever."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any, Final

import duckdb

from warehouse.store.landing import Landing
from warehouse.store.removal import Periods
from warehouse.store.series import Series
from warehouse.store.split_history import SplitKeeper
from warehouse.store.splits import Sharer, correcting, periods_of, put_splits
from warehouse.store.state import Load, State, instant

_KEY: Final = ("source", "period", "generation", "rules_version")


def known_since(state: State) -> dict[tuple[str, str], str]:
    """(source, period) -> the moment from which what is live of it has been known."""
    since = {(load.source, load.period): load.changed_at for load in state.live().values()}
    for row in state.history():
        key = (row["source"], row["period"])
        since[key] = max(since.get(key, ""), row["known_to"])
    return since


def unrecorded(landing: Landing, state: State, went_live: Sequence[tuple[Load, datetime]]) -> list[dict[str, Any]]:
    """Rows for `State.add_history` of what loads superseded whose commit was the last thing a process did.

    The daily rows of the old generation lie in their files, written before the commit. `went_live`: when it was.
    """
    live, since = state.live(), known_since(state)
    known = {tuple(row[name] for name in _KEY) for row in state.history()}
    rows = []
    for load, moment in went_live:
        before = live.get((load.source, load.period))
        if before is None or before.id == load.id:
            continue
        for path in landing.histories(load.source, load.period, before.generation):
            key = (load.source, load.period, before.generation, int(path.stem.partition("-")[2]))
            if key in known:
                continue
            rows.append(
                {
                    **dict(zip(_KEY, key, strict=True)),
                    "known_from": since.get((load.source, load.period), ""),
                    "known_to": instant(moment),
                    "cause": str(load.facts.get("cause", "new data")),
                    "path": str(path.relative_to(landing.folder)),
                }
            )
    return rows


class Historian:
    """Writes what a transaction supersedes to files; `rows` is what state has to record after the commit."""

    def __init__(
        self, cursor: duckdb.DuckDBPyConnection, landing: Landing, state: State, cause: str, now: datetime
    ) -> None:
        self._cursor, self._landing, self._cause, self._moment = cursor, landing, cause, instant(now)
        self._since = known_since(state)
        self.rows: list[dict[str, Any]] = []
        self._state, self._splits = state, SplitKeeper(cursor, landing, self._moment)

    def share(self, periods: Iterable[str] | None, own: Sharer) -> None:
        """Make the splits of billing periods anew, and keep those that change; null: of all that are open. Open periods
        that correct one of them follow it."""
        closed = Periods(self._state).closed()
        if periods is None:
            wanted = {period for period in periods_of(self._cursor) if period not in closed}
        else:
            given = set(periods)
            wanted = given | {period for period in correcting(self._cursor, given, own) if period not in closed}
        put_splits(self._cursor, wanted, own, Series(self._state), self._splits.keep)

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
            f"""copy (select * from daily where source = $source and period = $period)
            to '{target}' (format parquet)""",
            {"source": source, "period": period},
        )
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
