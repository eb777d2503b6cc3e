"""Answers kept until the data, the rules, the sources or the hour change. Bounded; shared by threads."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Hashable
from concurrent.futures import Future
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final

from warehouse.metrics.answer import Answer, answer
from warehouse.metrics.freshness import Access, Readable, Store
from warehouse.metrics.query import CostQuery

ENTRIES_MAX: Final = 512
CELLS_MAX: Final = 2_000_000
"""Of all kept answers together: some hundred megabytes at the very most."""
ANSWER_CELLS_MAX: Final = CELLS_MAX // 8
"""A larger answer is not kept: it would push out a dashboard's worth of small ones."""


def version_of(reader: Readable, now: datetime) -> tuple[Hashable, ...]:
    """What an answer stands on beside the question and who asks. Lateness and period words turn on whole hours."""
    hour = now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
    sources = tuple(
        (item.source, item.label, item.active, item.scheduled, item.normal_lag_hours) for item in reader.sources
    )
    return reader.generations, reader.rules_version, sources, reader.names.version, reader.fiscal, hour


@dataclass(slots=True)
class AnswerCache:
    """Least recently used answers go first when there are too many or they are too large together.

    A question that is being answered is not answered twice: right after a load, when nothing is kept, everybody asks
    the same ones at once. Whoever asks meanwhile gets the same answer, or the same error.
    """

    entries_max: int = ENTRIES_MAX
    cells_max: int = CELLS_MAX
    _kept: OrderedDict[Hashable, Answer] = field(default_factory=OrderedDict)
    _asked: dict[Hashable, Future[Answer]] = field(default_factory=dict)
    _cells: int = 0
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def answer(self, query: CostQuery, access: Access, store: Store, now: datetime) -> Answer:
        """As `metrics.answer`, from memory where nothing changed."""
        with store.read() as reader:
            version = version_of(reader, now)
        key = (version, access, query)
        with self._lock:
            if key in self._kept:
                self._kept.move_to_end(key)
                return self._kept[key]
            asked = self._asked.get(key)
            if asked is None:
                self._asked[key] = mine = Future[Answer]()
        if asked is not None:
            return asked.result()
        try:
            found = answer(query, access, store, now)
            # A load may have gone live in between: then the answer is newer than its key, and right, but not kept.
            if (found.generations, found.rules_version) == version[:2]:
                self._keep(key, found)
            mine.set_result(found)
        except BaseException as error:
            mine.set_exception(error)
            raise
        finally:
            with self._lock:
                del self._asked[key]
        return found

    def _keep(self, key: Hashable, found: Answer) -> None:
        if _cells(found) > min(ANSWER_CELLS_MAX, self.cells_max):
            return
        with self._lock:
            old = self._kept.pop(key, None)
            self._cells += _cells(found) - (_cells(old) if old else 0)
            self._kept[key] = found
            while len(self._kept) > self.entries_max or self._cells > self.cells_max:
                self._cells -= _cells(self._kept.popitem(last=False)[1])


def _cells(kept: Answer) -> int:
    return kept.rows.height * kept.rows.width + kept.totals.height * kept.totals.width
