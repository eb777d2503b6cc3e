"""After a fatal error DuckDB answers nothing any more: open everything again, or let the supervisor restart us."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Callable, Iterator
from typing import Final

import duckdb
import structlog

from warehouse.store.faults import StoreError

log = structlog.get_logger(__name__)

APART_SECONDS: Final = 600.0
"""A second fatal error sooner than this after the first is not bad luck."""
EXIT_CODE: Final = 70
"""EX_SOFTWARE of sysexits: a supervisor starts us again."""


class FatalError(StoreError):
    """The database failed; it was opened again, and what was asked did not happen."""

    slug = "database_failed"


class Fatal:
    """Watches for fatal errors of one data folder. `reopen` closes every handle, opens the file again and checks it."""

    def __init__(self, reopen: Callable[[], None], leave: Callable[[int], object] = os._exit) -> None:
        self._reopen = reopen
        self._leave = leave
        self._last: float | None = None

    @contextlib.contextmanager
    def watched(self) -> Iterator[None]:
        """Turn a fatal error inside into FatalError, after the database works again."""
        try:
            yield
        except duckdb.FatalException as error:
            log.error("database_failed", reason=str(error))
            now = time.monotonic()
            if self._last is not None and now - self._last < APART_SECONDS:
                self._leave(EXIT_CODE)
            self._last = now
            self._reopen()
            raise FatalError("the database failed and was opened again", "try again") from error
