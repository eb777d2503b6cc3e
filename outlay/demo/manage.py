"""Loading the demo: newest months first, through the path that every bill takes."""

from __future__ import annotations

import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from datetime import date, datetime
from typing import Final

from pydantic import BaseModel

from api import documents as doc
from api.protocols import ImportOrder, Progress
from outlay import documents
from outlay.child import ChildLimits, Worker
from outlay.demo import bills, guide, metrics
from outlay.pipeline import import_files
from outlay.rule_files import TAGS
from outlay.ruling import NO_ORG, NO_RULES
from warehouse.focus import add_months
from warehouse.store import ConflictError, Source, Store
from warehouse.store.series import Series

MONTHS: Final = 14
FIRST_MONTHS: Final = 3
"""Served before the others are loaded."""
AUTHOR: Final = "demo"


class MonthProgress:
    """Progress of one of many imports: it can be cancelled, and leaves the counting to the whole."""

    def __init__(self, whole: Progress) -> None:
        self.check = whole.check

    def stage(self, stage: doc.Stage, message: str | None = None) -> None: ...

    def source(self, source: str) -> None: ...

    def rows(self, done: int, total: int | None = None) -> None: ...

    def size(self, done_bytes: int, total_bytes: int | None = None) -> None: ...

    def objects(self, done: int, total: int | None = None) -> None: ...

    def partial(self, result: BaseModel) -> None: ...


class Demo:
    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._store = store
        self._clock = clock
        self._alone = threading.Lock()
        self._leave = threading.Event()
        self.loading = False

    def present(self) -> bool:
        return any(source.kind == "demo" for source in self._store.state.sources())

    @contextmanager
    def halted(self) -> Iterator[None]:
        """Loading ends after the bill it is at, and does not begin: what is removed inside does not come back."""
        self._leave.set()
        with self._alone:
            yield

    def load(self, actor: str, progress: Progress) -> doc.DemoLoaded:
        """Write and load the bills of every month, newest first; months that are live already are left alone."""
        with self._alone:
            self._leave.clear()
            return self._load(progress)

    def _load(self, progress: Progress) -> doc.DemoLoaded:
        now = self._clock()
        self.loading = True
        try:
            self._publish_rules(now)
            self._put_sources(now)
            newest = now.date().replace(day=1)
            self._put_metrics(add_months(newest, 1 - MONTHS), now)
            self._store.state.keep("demo_today", now.date().isoformat())
            loads = 0
            with Worker(ChildLimits()) as worker:
                for back in range(MONTHS):
                    if self._leave.is_set():
                        break
                    month = add_months(newest, -back)
                    progress.stage("normalise", f"Loading {month:%B %Y}, {back + 1} of {MONTHS} months")
                    progress.objects(back, MONTHS)
                    loads += self._load_month(worker, month, now.date(), MonthProgress(progress))
        finally:
            self.loading = False
        sources = [source.name for source in bills.SOURCES]
        live = [load for (name, _), load in self._store.state.live().items() if name in sources]
        return doc.DemoLoaded(
            state="live" if loads else "unchanged",
            rows=sum(load.facts["rows"] for load in live),
            sources=sources,
            totals=documents.add_money(documents.money(load.facts["sums"]) for load in live),
        )

    def _load_month(self, worker: Worker, month: date, today: date, progress: Progress) -> int:
        """Load one month of every source; answers how many loads changed something."""
        scratch = self._store.landing.scratch(f"demo-{month:%Y-%m}")
        changed = 0
        try:
            for source in bills.SOURCES:
                if self._leave.is_set():
                    break
                folder = scratch / source.name
                folder.mkdir()
                if not bills.write_month(folder, source.name, month, today):
                    continue
                order = ImportOrder((folder,), source.name, None, AUTHOR)
                done = import_files(self._store, order, progress, self._clock(), worker.run)
                changed += sum(load.state == "live" for load in done.loads)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)
        return changed

    def _put_sources(self, now: datetime) -> None:
        for source in bills.SOURCES:
            self._store.put_source(
                Source(
                    name=source.name,
                    label=source.label,
                    format=source.format,
                    kind="demo",
                    normal_lag_hours=source.normal_lag_hours,
                    created_at=now.isoformat(),
                )
            )

    def _publish_rules(self, now: datetime) -> None:
        if self._store.state.documents() is None:
            files = {TAGS: bills.tag_policies()}
            self._store.publish(bills.org_text(), bills.rules_text(), author=AUTHOR, now=now, files=files)

    def _put_metrics(self, first: date, now: datetime) -> None:
        """What somebody else counts under the same name stays theirs."""
        kept = Series(self._store.state)
        taken = kept.names(besides=metrics.SOURCE)
        kept.put([point for point in metrics.points(first, now.date()) if point.name not in taken], now)

    def forget_rules(self) -> None:
        """Take the demo's rules out of force, unless somebody has changed them since; and forget what it counted."""
        self._store.forget_series(metrics.SOURCE, now=self._clock())
        found = self._store.state.documents()
        if found and found["author"] == AUTHOR:
            with suppress(ConflictError):  # somebody changes them right now: they stay
                self._store.publish(NO_ORG, NO_RULES, author=AUTHOR, now=self._clock(), over=found["version"])

    def guide(self) -> doc.DemoGuide:
        """What to look at: one sentence per planted event, with the address that proves it."""
        if not self.present():
            return doc.DemoGuide(present=False)
        today = date.fromisoformat(self._store.state.recall("demo_today"))
        return doc.DemoGuide(
            present=True,
            loading=self.loading,
            sources=[source.name for source in bills.SOURCES],
            items=guide.items(today),
        )
