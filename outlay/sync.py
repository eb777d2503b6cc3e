"""Bringing one source up to date: what changed is fetched, verified, kept, and loaded a month at a time, newest first.

list     parts of each month with their change tokens       SourceModule.parts
fetch    parts whose token changed, to scratch              SourceModule.fetch
keep     every file by its digest, then the token           Landing.receive, Collecting.put_part
load     all parts of a month, one transaction              outlay.pipeline, Store.load

A process that ends anywhere leaves a month as it was or as it is now. What was kept is not fetched again. A month or
part that is missing from a listing stays as it is: a listing never removes anything.
"""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any, Final, Literal

import structlog

from api.protocols import ImportOrder, JobCancelledError, Progress
from collectors.meter import Meter
from collectors.reading import EMPTY
from collectors.sources import SourceError, named
from collectors.sources.contract import Fetching, Part, SourceModule, Window
from outlay.counting import Asked, alone, settle
from outlay.inventory import known_from_now_on
from outlay.landed import Desk, apart, once_each, read
from outlay.looking import Look
from outlay.own_disk import on_our_disk, storage
from outlay.pipeline import Run, Steps
from outlay.refusal import REFUSALS, refused
from outlay.sync_order import SETTLED_MONTHS, Month, MonthState, Synced, SyncOrder, purse, source_of
from warehouse.focus import add_months
from warehouse.store import DISK, Load, Prepared, Store
from warehouse.store import collecting as kept
from warehouse.store.state import instant

FETCH_SECONDS: Final = 60 * 60.0
"""Of one part; then the next run tries."""
HEADROOM: Final = 2
"""Free disk wanted, as a multiple of what is fetched: it lies there as received and as canonical lines."""
FAILURES_MAX: Final = 3
"""Months that may fail before a run gives up; the next one tries again."""
UNSETTLED: Final = frozenset({"fetched", "covered"})
"""Outcomes that are tried again without fetching: not yet loaded, or another source counted then."""
NO_LINE_YET: Final = "The files hold no line yet."
STOPPING: Final = frozenset({"budget", "storage", "bug"})

log = structlog.get_logger("outlay.sync")


@dataclass(frozen=True, slots=True)
class Loaded:
    """The loads of a month, and what there is to say beside."""

    loads: list[Load]
    note: str | None


@dataclass(slots=True)
class Sync:
    """One run of one source. Use `sync`."""

    store: Store
    source: kept.Configured
    order: SyncOrder
    progress: Progress
    clock: Callable[[], datetime]
    run: Run | None = None
    """Stands for the child process in tests."""
    module: SourceModule = field(init=False)
    settings: Any = field(init=False)
    meter: Meter = field(init=False)
    collecting: kept.Collecting = field(init=False)
    known: dict[tuple[str, str], kept.Collected] = field(init=False)
    told: Callable[[Sequence[Month]], None] = lambda months: None
    """Hears the months so far after each of them."""
    months: list[Month] = field(default_factory=list)
    failures: list[SourceError] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.collecting = kept.Collecting(self.store.state)
        self.module = named(self.source.kind)
        self.settings = self.module.Settings.model_validate(dict(self.source.settings))
        with on_our_disk():
            self.meter = purse(self.collecting, self.source, self.module.prices(self.settings), self.clock)
            self.known = self.collecting.parts(self.source.name)
        self.meter.on_wait = self.progress.check

    def all(self) -> Synced:
        self.progress.source(self.source.name)
        self.progress.stage("fetch", f"Looking for what is new at {self.source.label}")
        look = Look(self.store, self.source, self.module)
        window = look.window(self.order, self.known.values(), self.clock())
        listed = self._listed(window)
        if not self.order.dry_run:
            if look.moved:
                self._retire(listed)
            look.listed(window, self.clock())
        for period, parts in listed.items():
            self.progress.check()
            self._tried(period, parts)
        for period in sorted({p for p, _ in self.known if window.holds(p)} - set(listed), reverse=True):
            text = "The source lists this month no longer; what was loaded stays."
            self.months.append(Month(period, "missing", message=text))
        if self.failures:
            raise self._summed()
        if not self.order.dry_run:
            look.done(window, self.clock())
        states = {month.state for month in self.months}
        state: Any = "held" if "held" in states else "done" if states & {"live", "planned"} else "unchanged"
        return Synced(self.source.name, state, tuple(self.months), self.meter.spent, str(self.meter.cost))

    def _listed(self, window: Window) -> dict[str, list[Part]]:
        """Period -> parts, newest first. Raises SourceError rather than take nothing for an answer."""
        found: dict[str, list[Part]] = {}
        for part in self.module.parts(self.settings, window, self.meter):
            self.progress.check()
            if part.period == "" or window.holds(part.period):
                found.setdefault(part.period, []).append(part)
        if not found and any(window.holds(period) or not period for period, _ in self.known):
            raise SourceError(
                "data",
                "The source lists nothing, although it did before. What was loaded stays.",
                next_step="Check whether the export was moved, renamed or emptied.",
            )
        if not found and not self.known:
            raise SourceError(
                "configuration",
                "There is no bill at this place for the months asked for.",
                next_step="Check place and prefix; a new export delivers its first files within a day.",
            )
        return dict(sorted(found.items(), reverse=True))

    def _retire(self, listed: Mapping[str, Sequence[Part]]) -> None:
        """Since the settings changed: parts of a listed month that they no longer mean are not part of it any more."""
        for period, parts in listed.items():
            gone = {key for found, key in self.known if found == period} - {part.key for part in parts}
            for key in gone:
                self.collecting.drop_part(self.source.name, period, key)
                del self.known[period, key]
            if gone:
                self._outcome(period, "fetched")

    def _tried(self, period: str, parts: Sequence[Part]) -> None:
        """A month, whose failure does not stop the others, up to a limit."""
        try:
            self.months.append(self._month(period, parts))
            self.told(self.months)
        except (SourceError, *DISK) as error:
            failure = error if isinstance(error, SourceError) else storage(error)
            log.warning("month_failed", source=self.source.name, period=period, failure=failure.failure)
            state: MonthState = "quarantined" if failure.failure == "data" else "failed"
            self.months.append(Month(period, state, message=failure.message, next_step=failure.next_step))
            self.failures.append(failure)
            if failure.failure in STOPPING or len(self.failures) >= FAILURES_MAX:
                raise self._summed() from error

    def _summed(self) -> SourceError:
        """The first failure, and how far the run came all the same."""
        first = self.failures[0]
        failed = [month.period or "the files" for month in self.months if month.state in ("failed", "quarantined")]
        fine = sum(month.state in ("live", "unchanged", "held", "covered") for month in self.months)
        text = f"{', '.join(failed)}: {first.message}" + (f" {fine} other months are up to date." if fine else "")
        return SourceError(first.failure, text, next_step=first.next_step, missing=first.missing, line=first.line)

    def _month(self, period: str, parts: Sequence[Part]) -> Month:
        fresh = [part for part in parts if self.order.full or self._changed(part)]
        before = [one for (found, _), one in self.known.items() if found == period]
        size = sum(part.size_bytes or 0 for part in fresh)
        month = Month(period, "unchanged", objects=sum(part.objects or 0 for part in fresh), size_bytes=size)
        if not fresh and not any(one.outcome in UNSETTLED for one in before):
            refused_before = any(one.outcome == "quarantined" for one in before)
            text = "These very files were refused before; newer ones are awaited."
            return replace(month, state="quarantined", message=text) if refused_before else month
        if self.order.dry_run:
            return replace(month, state="planned")
        drift = self._settled(period) and any(one.outcome in ("live", "unchanged") for one in before)
        for part in fresh:
            self._fetch(part)
        files = [file for part in fresh for file in self.known[part.period, part.key].files]
        size = sum(int(file["size_bytes"]) for file in files)
        return replace(self._loaded(period, "drift" if drift else "new data"), objects=len(files), size_bytes=size)

    def _changed(self, part: Part) -> bool:
        known = self.known.get((part.period, part.key))
        if known is None or known.token != part.token:
            return True
        # What is to be read again may have been cleared away by a person or a restored backup.
        return known.outcome in UNSETTLED and not all(self._raw(file).is_file() for file in known.files)

    def _raw(self, file: Mapping[str, Any]) -> Path:
        return self.store.landing.raw(file["digest"])

    def _settled(self, period: str) -> bool:
        if any(one.final for (found, _), one in self.known.items() if found == period):
            return True
        return bool(period) and period < f"{add_months(self.clock().date().replace(day=1), -SETTLED_MONTHS):%Y-%m}"

    def _fetch(self, part: Part) -> None:
        """The files of a part, verified by its module, kept by their digests; then the token."""
        self._room(part)
        scratch = self.store.landing.scratch(uuid.uuid4().hex)
        deadline = time.monotonic() + FETCH_SECONDS

        def on_progress(step: Fetching) -> None:
            self.progress.check()
            self.progress.size(step.bytes_done, step.bytes_total or part.size_bytes)
            self.progress.objects(step.objects_done, step.objects_total or part.objects)
            if time.monotonic() > deadline:
                raise SourceError("transient", f"Fetching took longer than {FETCH_SECONDS / 60:.0f} minutes.")

        try:
            self.progress.stage("fetch", f"Fetching {part.period} of {self.source.label}")
            data = self.module.fetch(self.settings, part, scratch, self.meter, on_progress)
            if not data or not all(path.is_file() and path.stat().st_size for path in data):
                raise SourceError("data", f"The source answered with no data for {part.period or part.key}.")
            files = []
            for path in sorted(path for path in scratch.rglob("*") if path.is_file()):
                self.progress.check()
                digest, size = self.store.landing.receive(path)
                files.append({"name": path.relative_to(scratch).as_posix(), "digest": digest, "size_bytes": size})
        finally:
            self.store.landing.drop_scratch(scratch.name)
        one = kept.Collected(
            self.source.name, part.period, part.key, part.token, "fetched", files, part.format_name, part.final
        )
        self.collecting.put_part(one, self.clock())
        self.known[part.period, part.key] = one
        self.meter.settle()

    def _room(self, part: Part) -> None:
        free = shutil.disk_usage(self.store.folder).free
        if part.size_bytes and free < HEADROOM * part.size_bytes:
            raise SourceError(
                "budget",
                f"{part.period} needs {HEADROOM * part.size_bytes >> 20} MiB of free disk; {free >> 20} MiB are free.",
                next_step="Free space on the disk of the data folder; it goes on with the next run.",
            )

    def _loaded(self, period: str, cause: Literal["drift", "new data"]) -> Month:
        """All parts of the month that are known, listed today or not, as one transaction."""
        parts = [one for (found, _), one in sorted(self.known.items()) if found == period]
        if self.module.GRADE == "facts":
            changed, note = known_from_now_on(self.store, self.module, parts, self.clock())
            self._outcome(period, "live" if changed else "unchanged")
            return Month(period, "live" if changed else "unchanged", message=note)
        scratch = self.store.landing.scratch(uuid.uuid4().hex)
        try:
            done = self._load(period, parts, scratch, cause)
        except REFUSALS as error:
            if getattr(error, "message", "") == EMPTY and (self.source.name, period) not in self.store.state.live():
                self._outcome(period, "unchanged")
                return Month(period, "unchanged", message=NO_LINE_YET)
            self._outcome(period, "quarantined")
            order = ImportOrder(tuple(Path(f["name"]) for p in parts for f in p.files), self.source.name, None,
                                self.order.actor)  # fmt: skip
            refused(self.store, order, error, self.clock())
            step = getattr(error, "next_step", None)
            raise SourceError("data", f"The files were refused: {error}", next_step=step) from error
        finally:
            self.store.landing.drop_scratch(scratch.name)
        states = {load.state for load in done.loads}
        elsewhere = "covered" if done.note and not done.loads else "unchanged"
        state: Any = next((word for word in ("held", "live") if word in states), elsewhere)
        self._outcome(period, state)
        reason = next((load.reason for load in done.loads if load.state == "held"), None)
        text = reason or done.note or (None if done.loads else NO_LINE_YET)
        return Month(period, state, cause=cause if state == "live" else None, message=text)

    def _load(self, period: str, parts: Sequence[kept.Collected], scratch: Path, cause: Any) -> Loaded:
        """All of it in one transaction, with the summaries that stand back for it; each account counted once."""
        desk = Desk(self.store, self.progress, self.run)
        steps = Steps(self.progress, self.clock())
        steps.stage("normalise", f"Reading {period or 'all months'} of {self.source.label}")
        found = read(desk, parts, scratch / "read")
        steps.stage("verify", "Checking that every row and every cent is accounted for")
        strange = sorted({one.period for one in found.prepared} - {period}) if period else []
        if strange:
            self._outcome(period, "quarantined")
            raise SourceError(
                "data",
                f"The files of {period} hold lines of {', '.join(strange)}; nothing of them was loaded.",
                next_step="Deliver each billing period by itself, or import the files by hand.",
            )
        once_each(found.prepared)
        if getattr(self.module, "EXPORTS_APART", False):
            apart(found)
        self._announce(found.formats)
        with alone(self.progress):
            settled = settle(desk, Asked(self.source.name, self.module.GRADE, tuple(parts)), found, scratch)
            self.progress.check()
            if not settled.prepared:
                return Loaded([], settled.note)
            text = f"Putting the new lines of {period or 'all months'} in the place of the old ones"
            steps.stage("swap", text)
            why: Any = "coverage" if settled.yielding else cause
            ready = [self._told(one, why, steps) for one in settled.prepared]
            loads = self.store.load(ready, actor=self.order.actor, now=self.clock(), cause=why)
            self._stood_back(loads)
        return Loaded([load for load in loads if load.source == self.source.name], settled.note)

    def _told(self, one: Prepared, cause: str, steps: Steps) -> Prepared:
        """What the page of a load shows beside its files. A month of another source keeps its own steps."""
        more = {"steps": steps.document()} if one.source == self.source.name else {}
        return replace(one, facts={**one.facts, **more, "cause": cause})

    def _stood_back(self, loads: Sequence[Load]) -> None:
        """Whole months of other sources that count no more: they are looked at again when they run."""
        for load in loads:
            if load.source != self.source.name and load.state == "live" and not load.facts["rows"]:
                self.collecting.set_outcome(load.source, load.period, "covered")

    def _outcome(self, period: str, outcome: kept.Outcome) -> None:
        self.collecting.set_outcome(self.source.name, period, outcome)
        for key, one in self.known.items():
            if key[0] == period:
                self.known[key] = replace(one, outcome=outcome)

    def _announce(self, formats: Sequence[str]) -> None:
        source = source_of(self.source, self.module, self.clock())
        self.store.put_source(replace(source, format=", ".join(formats)))


def sync(running: Sync) -> Synced:
    """Run it, and write down how it went, whatever happens."""
    started = kept.Run(uuid.uuid4().hex, running.source.name, running.order.actor, "running", instant(running.clock()))
    if running.order.dry_run:
        try:
            return running.all()
        finally:
            running.meter.settle()
    with on_our_disk():
        running.collecting.start_run(started)
    try:
        done = running.all()
    except JobCancelledError:
        _ended(running, started, "cancelled", None)
        raise
    except BaseException as error:
        failure = error if isinstance(error, SourceError) else storage(error) if isinstance(error, DISK) else None
        with contextlib.suppress(*DISK):  # then the next run finds this one open, and calls it interrupted
            _ended(running, started, "failed", failure or SourceError("bug", "Outlay met a fault of its own."))
        if failure is not None and failure is not error:
            raise failure from error
        raise
    with on_our_disk():
        _ended(running, started, done.state, None)
    return done


def _ended(running: Sync, started: kept.Run, state: kept.RunState, failure: SourceError | None) -> None:
    running.meter.settle()
    months = [
        {"period": m.period, "state": m.state, "cause": m.cause, "size_bytes": m.size_bytes} for m in running.months
    ]
    ended = replace(
        started,
        state=state,
        ended_at=instant(running.clock()),
        failure=failure.failure if failure else None,
        message=failure.message if failure else None,
        next_step=failure.next_step if failure else None,
        months=months,
    )
    running.collecting.end_run(ended)
