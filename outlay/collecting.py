"""Sources that are collected: set up, tried, run, paused, and what the pages show of them. No page calls a provider."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import ValidationError

from api.documents import collecting as doc
from api.protocols import Help, Jobs, ProblemError, Progress, not_found
from collectors.expiry import warned
from collectors.sources import SourceError, named, sources
from collectors.sources.contract import SourceModule
from outlay import collecting_facts, inventory
from outlay.collecting_facts import credential_end
from outlay.schedule import BREAKING, Pace, next_run
from outlay.sync import Sync, sync
from outlay.sync_order import Month, SyncOrder, purse, source_of, window_of
from warehouse.focus import plain, total
from warehouse.store import Store
from warehouse.store.collecting import Collecting, Configured, Run

RUNS_SHOWN: Final = 10
UNFINISHED: Final = ("queued", "running")
PACE_RUNS: Final = 8
"""The breaker looks at the newest three that ended by themselves; what a person cancelled lies between them."""
TRYING: Final = "(test)"
"""The name that calls of a connection test are written down under; no source can have it."""


class Collectors:
    """Implements `api.source_protocols.Collects`. One per server; every method may be called from any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self.store = store
        self.clock = clock
        self.state = Collecting(store.state)
        self._running: set[str] = set()
        self._lock = threading.Lock()

    def adopt(self, wanted: Sequence[Configured]) -> None:
        """Bring in force what the configuration file says, and call runs interrupted that a process left behind."""
        now, before = self.clock(), {one.name: one for one in self.state.configured()}
        self.state.interrupt_runs(now)
        names = {one.name for one in wanted}
        for name, one in before.items():
            if one.origin == "file" and name not in names:
                self.state.forget(name, data=False)
        for one in wanted:
            self._put(one, before.get(one.name))

    def _put(self, wanted: Configured, before: Configured | None) -> None:
        """A source that did not change keeps its pause and its breaker."""
        same = ("kind", "settings", "label", "months", "interval_hours", "origin")
        if before is None or any(getattr(before, name) != getattr(wanted, name) for name in same):
            self.state.put(wanted, self.clock())
        if wanted.name not in {one.name for one in self.store.state.sources()}:
            self.store.put_source(source_of(wanted, named(wanted.kind), self.clock()))

    # setting up

    def kinds(self) -> Sequence[doc.CollectorKind]:
        return [_kind(module) for module in sources().values()]

    def configure(self, source: str, wanted: doc.CollectorSettings, actor: str) -> doc.Collector:
        before = self._found(source)
        if before is not None and before.origin == "file":
            raise ProblemError("caller", "conflict", f"{source} is set in outlay.yaml.", Help(next_step=_IN_FILE))
        holding = {one.name for one in self.store.state.sources() if one.active or one.name in self._leaving()}
        if before is None and source in holding:
            step = "Choose another name, or remove that source first."
            raise ProblemError("caller", "conflict", f"{source} holds imported files.", Help(next_step=step))
        validated(wanted)
        self._put(
            Configured(
                source, wanted.kind, wanted.settings, wanted.label or source, wanted.months, wanted.interval_hours
            ),
            before,
        )
        return self.known(source)

    def _leaving(self) -> Mapping[str, str]:
        return self.store.removals.states()

    def pause(self, source: str, *, paused: bool) -> doc.Collector:
        self.known(source)
        self.state.pause(source, paused=paused, now=self.clock())
        return self.known(source)

    def permit_removal(self, source: str) -> None:
        """Raises a conflict for a source that the next start would collect again."""
        found = self._found(source)
        if found is not None and found.origin == "file":
            text = f"{source} is set in outlay.yaml and would be collected again."
            raise ProblemError("caller", "conflict", text, Help(next_step=_IN_FILE))

    def not_by_hand(self, source: str) -> None:
        """Raises a conflict for a source whose months are fetched: what is imported into them would be lost again."""
        if self._found(source) is not None:
            text = f"{source} is collected; files imported into it would be replaced by what it fetches."
            raise ProblemError("caller", "conflict", text, Help(next_step="Import them under another name: --source."))

    # running

    def under_way(self, source: str, jobs: Jobs) -> str | None:
        found = (job for job in jobs.list() if job.kind == "sync" and job.source == source)
        return next((job.id for job in found if job.state in UNFINISHED), None)

    def sync(self, source: str, order: doc.SyncRequest, actor: str, progress: Progress) -> doc.SyncResult:
        found = self._required(source)
        asked = SyncOrder(actor, order.start, order.end, order.full, order.dry_run)
        with self.alone(source):
            running = Sync(self.store, found, asked, progress, self.clock)
            running.told = lambda months: progress.partial(_synced(source, "done", months))
            done = sync(running)
        whole = _synced(source, done.state, done.months)
        return whole.model_copy(update={"spent": dict(done.spent), "cost": done.cost})

    @contextlib.contextmanager
    def alone(self, source: str) -> Iterator[None]:
        with self._lock:
            if source in self._running:
                raise ProblemError("caller", "conflict", f"{source} is being collected already.")
            self._running.add(source)
        try:
            yield
        finally:
            with self._lock:
                self._running.discard(source)

    def check(self, source: str, progress: Progress) -> doc.SourceTest:
        found = self._required(source)
        wanted = doc.CollectorSettings(kind=found.kind, settings=dict(found.settings), months=found.months)
        return self._tried(wanted, source, progress)

    def test(self, wanted: doc.CollectorSettings, progress: Progress) -> doc.SourceTest:
        return self._tried(wanted, TRYING, progress)

    def _tried(self, wanted: doc.CollectorSettings, name: str, progress: Progress) -> doc.SourceTest:
        module, settings = validated(wanted)
        source = Configured(name, wanted.kind, wanted.settings, name, wanted.months)
        meter = purse(self.state, source, module.prices(settings), self.clock)
        window = window_of(source, SyncOrder("check"), self.clock())
        lines: list[doc.SourceCheck] = []
        progress.stage("fetch", f"Trying {module.LABEL}")
        if ending := warned(credential_end(module, wanted.settings), self.clock()):
            lines.append(doc.SourceCheck(name="identity", state="warn", message=ending, line="Renew it in time."))
        try:
            for one in module.check(settings, window, meter):
                progress.check()
                lines.append(doc.SourceCheck(**{name: getattr(one, name) for name in one.__slots__}))
                progress.partial(doc.SourceTest(checks=list(lines)))
        except SourceError as error:
            line = error.line or error.next_step
            lines.append(doc.SourceCheck(name="identity", state="fail", message=error.message, line=line))
        finally:
            meter.settle()
        fine = bool(lines) and not any(one.state == "fail" and one.required for one in lines)
        return doc.SourceTest(ok=fine, checks=lines)

    # what the pages and the schedule see

    def accounts(self) -> Sequence[doc.Account]:
        return inventory.accounts(self.store)

    def invoices(self) -> Sequence[doc.Invoice]:
        return inventory.invoices(self.store)

    def budgets(self) -> Sequence[doc.SourceBudget]:
        return inventory.budgets(self.store)

    def paces(self) -> list[Pace]:
        return [self._pace(one, self.state.runs(one.name, PACE_RUNS)) for one in self.state.configured()]

    def _pace(self, source: Configured, runs: Sequence[Run]) -> Pace:
        ended = [run for run in runs if run.ended_at and run.state != "cancelled"]
        failures = 0
        for run in ended:
            if run.failure not in BREAKING or run.started_at < source.changed_at:
                break
            failures += 1
        last = next((run for run in runs if run.ended_at), None)
        return Pace(
            name=source.name,
            interval_hours=source.interval_hours or named(source.kind).INTERVAL_HOURS,
            paused=source.paused,
            running=source.name in self._running,
            changed_at=_moment(source.changed_at),
            last_ended=_moment(last.ended_at) if last else None,
            last_state=last.state if last else None,
            last_failure=last.failure if last else None,
            failures=failures,
        )

    def shown(self) -> dict[str, doc.Collector]:
        """Source -> how it is collected."""
        return {one.name: self._document(one) for one in self.state.configured()}

    def known(self, source: str) -> doc.Collector:
        return self._document(self._required(source))

    def _found(self, source: str) -> Configured | None:
        return next((one for one in self.state.configured() if one.name == source), None)

    def _required(self, source: str) -> Configured:
        found = self._found(source)
        if found is None:
            raise not_found("collected source", source, "List them: outlay sources.")
        return found

    def _document(self, source: Configured) -> doc.Collector:
        module, now = named(source.kind), self.clock()
        runs = self.state.runs(source.name)
        pace = self._pace(source, runs)
        spent = self.state.spent(source.name, f"{now:%Y-%m}-01")
        names = sorted({one.name for one in spent})
        fine = [run for run in runs if run.ended_at and run.state in ("done", "unchanged", "held")]
        return doc.Collector(
            kind=source.kind,
            label=source.label,
            grade=module.GRADE,
            origin=source.origin,
            settings=dict(source.settings),
            months=source.months,
            interval_hours=pace.interval_hours,
            paused=source.paused,
            running=pace.running,
            breaker_open=pace.breaker_open,
            next_run_at=next_run(pace),
            last_success_at=_moment(fine[0].ended_at) if fine else None,
            runs=[_run(run) for run in runs[:RUNS_SHOWN]],
            spent_month=[
                doc.Spent(
                    name=name,
                    units=sum(one.units for one in spent if one.name == name),
                    cost=_money(one.cost for one in spent if one.name == name),
                )
                for name in names
            ],
            cost_month=_money(one.cost for one in spent),
            cost_today=_money(one.cost for one in spent if one.day == f"{now:%Y-%m-%d}"),
            credential_ends_at=credential_end(module, source.settings),
        )

    def spending(self, source: str, days: int | None) -> doc.Spending:
        return collecting_facts.spending(self.state, source, self.clock(), days)

    def schema(self, source: str) -> doc.SchemaDrift:
        return collecting_facts.schema_drift(self.store, source)


_IN_FILE: Final = "Change it there and restart the server."


def validated(wanted: doc.CollectorSettings) -> tuple[SourceModule, Any]:
    """The module and its settings, or every fault at once; what was given is not repeated."""
    module = named(wanted.kind)
    try:
        return module, module.Settings.model_validate(wanted.settings)
    except ValidationError as error:
        raise SettingsError(error) from None


class SettingsError(ProblemError):
    """Settings that are wrong: each with its field."""

    def __init__(self, error: ValidationError) -> None:
        self.faults = [
            {"field": ".".join(map(str, fault["loc"])), "message": fault["msg"].removeprefix("Value error, ")}
            for fault in error.errors(include_input=False, include_url=False, include_context=False)
        ]
        text = "; ".join(f"{fault['field']}: {fault['message']}" for fault in self.faults)
        super().__init__("caller", "invalid", f"{text}.", Help(field=self.faults[0]["field"], status=422))


def _kind(module: SourceModule) -> doc.CollectorKind:
    return doc.CollectorKind(
        kind=module.NAME,
        label=module.LABEL,
        grade=module.GRADE,
        settings=module.Settings.model_json_schema(),
        permissions=[
            doc.CollectorPermission(**{**{n: getattr(one, n) for n in one.__slots__}, "actions": list(one.actions)})
            for one in module.PERMISSIONS
        ],
        normal_lag_hours=module.NORMAL_LAG_HOURS,
        interval_hours=module.INTERVAL_HOURS,
    )


def _synced(source: str, state: Any, months: Sequence[Month]) -> doc.SyncResult:
    """How far a run is, or how it ended."""
    shown = [doc.SyncMonth(**{name: getattr(one, name) for name in one.__slots__}) for one in months]
    return doc.SyncResult(state=state, source=source, months=shown)


def _run(run: Run) -> doc.CollectorRun:
    return doc.CollectorRun(
        id=run.id,
        state=run.state,
        actor=run.actor,
        started_at=datetime.fromisoformat(run.started_at),
        ended_at=_moment(run.ended_at),
        failure=run.failure,
        message=run.message,
        next_step=run.next_step,
        months=[dict(month) for month in run.months],
    )


def _money(amounts: Iterator[Decimal] | Any) -> str:
    return plain(total(amounts))


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None
