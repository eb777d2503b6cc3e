"""Many readers, or one who exchanges the file under them."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Iterator


class Gate:
    """Readers pass while it is open; `closed` waits until they have left and keeps new ones waiting."""

    def __init__(self) -> None:
        self._condition = threading.Condition()
        self._inside = 0
        self._closing = False

    @contextlib.contextmanager
    def passing(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._closing)
            self._inside += 1
        try:
            yield
        finally:
            with self._condition:
                self._inside -= 1
                self._condition.notify_all()

    @contextlib.contextmanager
    def closed(self) -> Iterator[None]:
        with self._condition:
            self._condition.wait_for(lambda: not self._closing)
            self._closing = True
            self._condition.wait_for(lambda: self._inside == 0)
        try:
            yield
        finally:
            with self._condition:
                self._closing = False
                self._condition.notify_all()
