"""One view of the store for several questions: what a load commits meanwhile is in none of their answers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from warehouse.store import Snapshot


class Held:
    """As questions want the store, for as long as the view is open."""

    def __init__(self, snapshot: Snapshot) -> None:
        self._snapshot = snapshot
        self.dimensions = snapshot.dimensions

    @contextmanager
    def read(self) -> Iterator[Snapshot]:
        yield self._snapshot
