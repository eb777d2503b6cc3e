"""A server of a data folder under a clock of its own, that can be stopped, or lose its power at any moment."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from api.documents import collecting as doc
from api.protocols import ProblemError
from outlay.actions import Actions
from outlay.jobs import JobRunner
from outlay.ruling import RulesInForce
from outlay.schedule import Schedule
from outlay.sync import Sync, sync
from outlay.sync_order import Synced
from tests.outlay.sync.providers import Said
from warehouse.store import Store

JOB_SECONDS = 60.0


class PowerCutError(BaseException):
    """From here on nothing is written any more."""


class Watch:
    """Stands before every run of every server: who collects what at this moment. Twice at once is an overlap."""

    def __init__(self) -> None:
        self.now: Counter[str] = Counter()
        self.overlaps: list[str] = []
        self._lock = threading.Lock()

    def sync(self, running: Sync) -> Synced:
        name = running.source.name
        with self._lock:
            self.now[name] += 1
            if self.now[name] > 1:
                self.overlaps.append(name)
        try:
            return sync(running)
        finally:
            with self._lock:
                self.now[name] -= 1


class Server:
    """As `outlay serve` puts it together, except for HTTP. Raises InUseError when another one has the folder."""

    def __init__(self, folder: Path, clock: Callable[[], datetime]) -> None:
        self.store = Store(folder, RulesInForce, now=clock())
        self.left: int | None = None
        self.dead = False
        sa.event.listen(self.store.state.engine, "before_cursor_execute", self._written)
        self.actions = Actions(self.store, clock)
        self.collecting = self.actions.collecting
        self.collecting.state.interrupt_runs(clock())
        self.jobs = JobRunner(clock)
        self.schedule = Schedule(self.collecting.paces, self._start, clock)

    def cut_after(self, statements: int) -> None:
        """Lose power with so many more statements to the state file: a moment anywhere in a run."""
        self.left = statements

    def _written(self, *_: Any) -> None:
        if self.dead:
            raise PowerCutError
        if self.left is not None and threading.current_thread().name.startswith("job"):
            self.left -= 1
            if self.left < 0:
                self.dead = True
                raise PowerCutError

    def _start(self, source: str) -> None:
        if self.collecting.under_way(source, self.jobs) is None:
            self.jobs.start("sync", lambda report: self._sync(source, report), actor="schedule", source=source)

    def _sync(self, source: str, report: Any) -> doc.SyncResult:
        return self.collecting.sync(source, doc.SyncRequest(), "schedule", report)

    def tick(self) -> None:
        """What is due runs, twice asked for and pressed by hand as well, until all is quiet."""
        with contextlib.suppress(PowerCutError):
            if started := self.schedule.tick():
                with contextlib.suppress(ProblemError):
                    self._start(started[0])
                self.schedule.tick()
        end = time.monotonic() + JOB_SECONDS
        while not self.jobs.idle:
            assert time.monotonic() < end, "a job hangs"
            time.sleep(0.02)

    def totals(self) -> Said:
        with self.store.read() as snapshot:
            rows = snapshot.frame(
                """select billing_account, sub_account, period, sum(billed_cost) as cost
                from lines join dims using (dim) group by all"""
            )
        return {(billing, sub, period): Decimal(cost) for billing, sub, period, cost in rows.iter_rows()}

    def stop(self) -> None:
        self.jobs.close()
        self.store.close()
