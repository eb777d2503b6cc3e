"""The start check and the rebuild: state says what must be live, landed files say what it was."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import structlog

from warehouse.store.database import Database
from warehouse.store.faults import MixedUpError, StoreError
from warehouse.store.history import Historian, unrecorded
from warehouse.store.landing import Landing
from warehouse.store.loads import scope_of
from warehouse.store.publish import publish, put_version
from warehouse.store.removal import Removals, drop_lines
from warehouse.store.series import Series
from warehouse.store.splits import put_splits
from warehouse.store.state import Load, State
from warehouse.store.swap import Own, swap

log = structlog.get_logger(__name__)

FILE = "warehouse.duckdb"


class Recovery:
    """Brings a data folder's warehouse to what its state file says. Used while nobody reads."""

    def __init__(self, folder: Path, landing: Landing, state: State, own: Own, now: datetime) -> None:
        self._folder, self._landing, self._state, self._own, self._now = folder, landing, state, own, now
        self.notes: list[str] = []

    def open_checked(self) -> Database:
        """Open the warehouse and repair it; `notes` tells people what was repaired.

        A file that cannot be opened is set aside and rebuilt. Raises MixedUpError when the warehouse knows a
        generation that state does not: then two data folders were mixed.
        """
        database = self._open()
        found = generations(database)
        known = self._state.generations()
        strange = [key for key, number in found.items() if (*key, number) not in known]
        if strange:
            database.close()
            raise MixedUpError(
                f"the warehouse holds {strange[0][0]} {strange[0][1]}, of which the state file knows nothing",
                "restore warehouse and state from the same backup, or move warehouse.duckdb away to rebuild it",
            )
        self._drop_removed(database, {source for source, _ in found})
        self._finish_landed(database, found)
        live = self._state.live()
        lost = [load for key, load in live.items() if found.get(key) != load.generation]
        if lost:
            log.error("lost_generations", scopes=[f"{load.source} {load.period}" for load in lost])
            self.notes.append(f"{len(lost)} billing periods were missing from the warehouse and were loaded again.")
        for load in lost:
            with database.transaction() as cursor:
                swap(cursor, scope_of(load, self.paths(load)), self._own, _went_live(load))
        self._catch_up_rules(database, {load.period for load in lost})
        return database

    def _open(self) -> Database:
        path = self._folder / FILE
        try:
            return Database(path, self._landing.folder)
        except (duckdb.Error, MixedUpError) as error:
            log.error("warehouse_set_aside", reason=str(error))
            aside = path.with_name(f"warehouse.broken-{self._now:%Y%m%dT%H%M%S}.duckdb")
            for end in ("", ".wal"):
                if Path(f"{path}{end}").exists():
                    Path(f"{path}{end}").replace(f"{aside}{end}")
            self.notes.append(f"The warehouse file was set aside and is rebuilt: {error}")
            return Database(path, self._landing.folder)

    def _drop_removed(self, database: Database, found: set[str]) -> None:
        """Sources that were to leave when the process ended."""
        if leaving := sorted(found & set(Removals(self._state).states())):
            with database.transaction() as cursor:
                drop_lines(cursor, leaving)
                drop_unused_owners(cursor, None)

    def _finish_landed(self, database: Database, found: dict[tuple[str, str], int]) -> None:
        """Loads that were landed when the process ended: record those that committed, repeat the others."""
        batches: dict[str, list[Load]] = {}
        for load in self._state.loads(state="landed"):
            batches.setdefault(load.batch, []).append(load)
        newest = {key: load.generation for key, load in self._state.live().items()}
        for batch in reversed(batches.values()):
            if any(newest.get((load.source, load.period), 0) > load.generation for load in batch):
                self._state.set_loads([load.id for load in batch], "failed", self._now, "Newer lines came first.")
                continue
            committed = all(found.get((load.source, load.period)) == load.generation for load in batch)
            rows = self._committed(database, batch) if committed else self._swap(database, batch)
            found.update({(load.source, load.period): load.generation for load in batch})
            self._state.go_live(batch, rows, self._now)
            self.notes.append(f"An interrupted load of {batch[0].source} was completed.")

    def _committed(self, database: Database, batch: Sequence[Load]) -> list[dict[str, object]]:
        """What there is to record of a batch whose transaction was the last thing the process did."""
        since = generations(database, "epoch_us(loaded_at)")
        moments = [datetime.fromtimestamp(since[load.source, load.period] / 1e6, UTC) for load in batch]
        return unrecorded(self._landing, self._state, list(zip(batch, moments, strict=True)))

    def _swap(self, database: Database, batch: Sequence[Load]) -> list[dict[str, object]]:
        with database.transaction() as cursor:
            historian = Historian(cursor, self._landing, self._state, "new data", self._now)
            for load in batch:
                historian.keep(load.source, load.period)
                swap(cursor, scope_of(load, self.paths(load)), self._own, self._now)
            historian.share({load.period for load in batch}, self._own)
        historian.record_splits()
        return historian.rows

    def _catch_up_rules(self, database: Database, lost: set[str]) -> None:
        """The process may have ended between publishing rules, or values of series, and recording it: state decides."""
        with database.transaction() as cursor:
            (version, by_series), *_ = cursor.execute(
                "select rules_version, series_version from meta, split_state"
            ).fetchall()
            historian = Historian(cursor, self._landing, self._state, "rules", self._now)
            if version != self._own.rules_version:
                publish(cursor, historian, self._own)
            elif by_series != Series(self._state).version():
                historian.share(None, self._own)
            elif lost:
                put_splits(cursor, lost, self._own, Series(self._state))
        historian.record_splits()

    def paths(self, load: Load) -> list[Path]:
        """The landed files of a load. Raises StoreError naming the one that is missing."""
        found = [self._landing.focus(load.source, load.period, part) for part in load.facts["parts"]]
        for path in found:
            if not path.exists():
                raise StoreError(
                    f"the landed file of {load.source} {load.period} is missing: {path.name}",
                    "restore the landing folder from the backup, or import the original files again",
                )
        return found

    def build(self, on_load: Callable[[int, int], None] | None = None) -> tuple[Path, int]:
        """A new warehouse file from the landed files of all live loads: (its path, number of scopes)."""
        path = self._folder / "warehouse.building.duckdb"
        _remove(path)
        database = Database(path, self._landing.folder)
        try:
            live = sorted(self._state.live().values(), key=lambda load: (load.period, load.source), reverse=True)
            for done, load in enumerate(live):
                with database.transaction() as cursor:
                    swap(cursor, scope_of(load, self.paths(load)), self._own, _went_live(load))
                if on_load:
                    on_load(done + 1, len(live))
            with database.transaction() as cursor:
                put_version(cursor, self._own)
                put_splits(cursor, None, self._own, Series(self._state))
        finally:
            database.close()
        return path, len(live)


def _went_live(load: Load) -> datetime:
    """A repeated swap keeps the moment of the first, or "as known on" would answer wrongly."""
    return datetime.fromisoformat(load.changed_at)


def exchange(fresh: Path, path: Path) -> None:
    """Put a closed new warehouse file in the place of a closed old one."""
    Path(f"{path}.wal").unlink(missing_ok=True)
    fresh.replace(path)


def generations(database: Database, value: str = "generation") -> dict[tuple[str, str], int]:
    """(source, period) -> the generation that the warehouse holds, or another whole number of it."""
    with database.transaction() as cursor:
        rows = cursor.execute(f"select source, period, {value} from generations").fetchall()
    return {(source, period): int(number) for source, period, number in rows}


def drop_unused_owners(cursor: duckdb.DuckDBPyConnection, periods: Sequence[str] | None) -> None:
    """Forget owners of dims that no line of the period has any more; null: every period."""
    cursor.execute(
        """delete from owners where (period = any($periods) or $everywhere) and not exists
        (select 1 from monthly_dims m where m.period = owners.period and m.dim = owners.dim)""",
        {"periods": list(periods or []), "everywhere": periods is None},
    )


def _remove(path: Path) -> None:
    for end in ("", ".wal"):
        Path(f"{path}{end}").unlink(missing_ok=True)
    shutil.rmtree(path.with_suffix(".tmp"), ignore_errors=True)
