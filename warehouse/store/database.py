"""The DuckDB connection: opened locked down, private to the store, one cursor for each request."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any, Final

import duckdb
import polars as pl

from warehouse.store.faults import MixedUpError, QueryTimeoutError, TooLargeError
from warehouse.store.stopping import stoppable

SCHEMA_VERSION: Final = 4
STATEMENT_LIMIT_MS: Final = 15 * 60 * 1000
"""No statement of ours may run longer; questions have a shorter limit of their own."""
QUESTION_LIMIT_SECONDS: Final = 30.0
LOG_LIMIT_BYTES: Final = 64 << 20
"""DuckDB folds its log into the file by itself well below this, unless readers keep it from it."""


def memory_limit_mb() -> int:
    """What DuckDB may use: half of the machine, at most 2 GiB; past that it spills to disk."""
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // (1 << 20)
    return max(256, min(2048, total // 2))


class Database:
    """The warehouse file. Nothing outside `warehouse.store` holds this object or its cursors.

    No file API may touch the path while it is open: closing any descriptor of it would drop DuckDB's lock.
    """

    def __init__(self, path: Path, allowed: Path) -> None:
        if tuple(int(part) for part in duckdb.__version__.split(".")[:2]) < (2, 0):
            raise MixedUpError(f"DuckDB {duckdb.__version__} loses data after a crash", "install duckdb 2.0 or newer")
        self.path = path
        temporary = path.with_suffix(".tmp")
        self._connection = duckdb.connect(
            str(path),
            config={
                "memory_limit": f"{memory_limit_mb()}MB",
                "temp_directory": str(temporary),
                "preserve_insertion_order": "false",
            },
        )
        try:
            self._lock_down(allowed)
            self._prepare_schema()
        except BaseException:
            self._connection.close()  # or the next one to open the path would share this instance
            raise

    def _lock_down(self, allowed: Path) -> None:
        folder = str(allowed.resolve()).replace("'", "''") + "/"
        for statement in (
            "set global TimeZone = 'UTC'",
            f"set global max_execution_time = {STATEMENT_LIMIT_MS}",
            "set global python_enable_replacements = false",
            "set global autoload_known_extensions = false",
            "set global autoinstall_known_extensions = false",
            "set global allow_community_extensions = false",
            "set global allow_persistent_secrets = false",
            f"set global allowed_directories = ['{folder}']",
            "set global enable_external_access = false",
            "set global lock_configuration = true",
        ):
            self._connection.execute(statement)

    def _prepare_schema(self) -> None:
        names = {row[0] for row in self._connection.execute("select table_name from duckdb_tables()").fetchall()}
        if "meta" in names:
            version = self._connection.execute("select schema_version from meta").fetchall()[0][0]
            if version != SCHEMA_VERSION:
                raise MixedUpError(f"the warehouse has schema {version}, this program needs {SCHEMA_VERSION}")
            return
        script = files("warehouse.store").joinpath("schema.sql").read_text(encoding="utf-8")
        cursor = self._connection.cursor()
        cursor.execute("begin transaction")
        cursor.execute(script)
        cursor.execute("insert into meta values (?, 0, [], [])", [SCHEMA_VERSION])
        cursor.execute("commit")
        cursor.close()

    @contextlib.contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A cursor inside one transaction: committed at the end, rolled back on any exception."""
        cursor = self._connection.cursor()
        try:
            cursor.execute("begin transaction")
            try:
                yield cursor
            except BaseException:
                with contextlib.suppress(duckdb.Error):
                    cursor.execute("rollback")
                raise
            cursor.execute("commit")
        finally:
            cursor.close()

    def checkpoint_when_large(self) -> None:
        """Fold the log into the file once it is large. A commit is safe in the log; a checkpoint after every small
        load would write more than the load did.
        """
        with contextlib.suppress(FileNotFoundError):
            if Path(f"{self.path}.wal").stat().st_size > LOG_LIMIT_BYTES:
                self.checkpoint()

    def checkpoint(self) -> None:
        """Fold the log into the file. Best effort: busy readers make it fail though nothing is wrong."""
        with contextlib.suppress(duckdb.Error):
            self._connection.cursor().execute("checkpoint")

    def close(self) -> None:
        self._connection.close()


class Reader:
    """One consistent view of the warehouse, on its own cursor, until it is closed."""

    def __init__(self, database: Database, limit_seconds: float = QUESTION_LIMIT_SECONDS) -> None:
        self._cursor = database._connection.cursor()
        self._cursor.execute("begin transaction read only")
        self._limit = limit_seconds

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        """The result of one statement; decimals stay decimals. Raises QueryTimeoutError past the limit and
        TooLargeError when a sum overflows.
        """
        with self.working() as cursor:
            result: pl.DataFrame = cursor.sql(sql, params=parameters or {}).pl()
            return result

    @contextlib.contextmanager
    def working(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """The cursor for several statements, which may fill temporary tables; its faults are those of `frame`."""
        timer = threading.Timer(self._limit, self._cursor.interrupt)
        timer.daemon = True
        timer.start()
        try:
            with stoppable(self._cursor.interrupt):
                yield self._cursor
        except duckdb.InterruptException as error:
            raise QueryTimeoutError(
                f"the question took longer than {self._limit:.0f} s", "ask for a shorter period or fewer groups"
            ) from error
        except duckdb.OutOfRangeException as error:
            raise TooLargeError(
                "a sum needs more than 38 digits", "ask for a shorter period, or look for an absurd amount in the bills"
            ) from error
        finally:
            timer.cancel()

    def row(self, sql: str) -> tuple[Any, ...]:
        """The only row of a statement that is over at once."""
        found: list[tuple[Any, ...]] = self._cursor.execute(sql).fetchall()
        return found[0]

    def interrupt(self) -> None:
        """Stop the statement that runs now; its caller gets QueryTimeoutError."""
        self._cursor.interrupt()

    def close(self) -> None:
        with contextlib.suppress(duckdb.Error):
            self._cursor.execute("rollback")
        self._cursor.close()
