"""Stopping what a thread asks of the warehouse from another thread."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator
from contextvars import ContextVar

import duckdb


class Stopping:
    """Whoever heeds it has the statement that runs stopped: it fails as one that took too long does."""

    def __init__(self) -> None:
        self._running: list[Callable[[], None]] = []
        self._stopped = False
        self._lock = threading.Lock()

    @contextlib.contextmanager
    def heeded(self) -> Iterator[None]:
        """By all that this thread asks meanwhile."""
        before = _HEEDED.set(self)
        try:
            yield
        finally:
            _HEEDED.reset(before)

    def stop(self) -> None:
        with self._lock:
            self._stopped = True
            for interrupt in self._running:
                interrupt()

    @contextlib.contextmanager
    def around(self, interrupt: Callable[[], None]) -> Iterator[None]:
        with self._lock:
            if self._stopped:
                raise duckdb.InterruptException("stopped before it began")
            self._running.append(interrupt)
        try:
            yield
        finally:
            with self._lock:
                self._running.remove(interrupt)


_HEEDED: ContextVar[Stopping | None] = ContextVar("heeded", default=None)


def stoppable(interrupt: Callable[[], None]) -> contextlib.AbstractContextManager[None]:
    """Around a statement that `interrupt` stops."""
    heeded = _HEEDED.get()
    return heeded.around(interrupt) if heeded else contextlib.nullcontext()
