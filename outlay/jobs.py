"""Long work in a few threads: states, progress, cancelling. Kept in memory; `on_change` is told every move.

A job is asked to stop and stops at its next `check`; a job that never checks runs to its end. A load that was swapped
in is live whatever becomes of its job.
"""

from __future__ import annotations

import contextlib
import threading
import time
import uuid
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Final, Literal

import structlog
from pydantic import BaseModel

from api import documents as doc
from api.errors import problem_of
from api.protocols import Help, JobCancelledError, ProblemError, Work
from outlay.logs import redacted

RUNNING_MAX: Final = 2  # two loads at once; more only fight for the disk and the one writer
READING_MAX: Final = 2
"""Files made of answers at once: they only read, so they need not wait for loads."""
READING: Final = frozenset({"export"})
QUEUED_MAX: Final = 100
KEPT_MAX: Final = 200  # ended jobs to look back at
FORETOLD_AFTER: Final = 20
"""The time left is foretold from a twentieth on: before that, getting ready is most of what was measured."""
NOTIFY_SECONDS: Final = 0.05

MOVES: Final[Mapping[doc.JobState, frozenset[doc.JobState]]] = {
    "queued": frozenset({"running", "cancelled", "interrupted"}),
    "running": frozenset(
        {"done", "unchanged", "held", "quarantined", "needs_attention", "failed", "interrupted", "cancelled"}
    ),
    "done": frozenset(),
    "unchanged": frozenset(),
    "held": frozenset(),
    "quarantined": frozenset(),
    "needs_attention": frozenset(),
    "failed": frozenset(),
    "interrupted": frozenset(),
    "cancelled": frozenset(),
}
"""State -> states it may move to; those that lead nowhere are ends."""
ENDS_NAMED_BY_RESULT: Final = ("unchanged", "held", "quarantined")

log = structlog.get_logger("outlay.jobs")


@dataclass(frozen=True, slots=True)
class Limits:
    running_max: int = RUNNING_MAX
    queued_max: int = QUEUED_MAX
    kept_max: int = KEPT_MAX


@dataclass(slots=True)
class _Job:
    document: doc.Job
    work: Work | None
    actor: str
    watchers: list[Callable[[], None]] = field(default_factory=list)
    stop: threading.Event = field(default_factory=threading.Event)


class JobRunner:
    """Implements `api.protocols.Jobs`. Every method may be called from any thread."""

    def __init__(
        self,
        now: Callable[[], datetime],
        *,
        on_change: Callable[[doc.Job, str], None] | None = None,
        limits: Limits = Limits(),
    ) -> None:
        """`on_change(document, actor)` is called after every move of a job's state, from the job's thread."""
        self._now = now
        self._on_change = on_change
        self._limits = limits
        self._jobs: dict[str, _Job] = {}
        self._lock = threading.RLock()
        self._pool = ThreadPoolExecutor(limits.running_max, thread_name_prefix="job")
        self._readers = ThreadPoolExecutor(READING_MAX, thread_name_prefix="reading-job")
        self._closed = False

    def start(self, kind: str, work: Work, *, actor: str, source: str | None = None) -> str:
        with self._lock:
            waiting = sum(job.document.state == "queued" for job in self._jobs.values())
            if self._closed or waiting >= self._limits.queued_max:
                reason = "The server is stopping." if self._closed else f"{waiting} jobs wait already."
                raise ProblemError("caller", "queue_full", reason, Help(next_step="Try again later."))
            document = doc.Job(
                id=uuid.uuid4().hex, kind=kind, state="queued", source=source, created_at=self._now()
            )  # fmt: skip
            job = self._jobs[document.id] = _Job(document, work, actor)
            self._forget_oldest()
        self._tell(job)
        (self._readers if kind in READING else self._pool).submit(self._run, job)
        return document.id

    def get(self, job_id: str) -> doc.Job | None:
        job = self._jobs.get(job_id)
        return job.document if job else None

    def list(self) -> Sequence[doc.Job]:
        with self._lock:
            return [job.document for job in reversed(self._jobs.values())]

    def cancel(self, job_id: str) -> doc.Job | None:
        job = self._jobs.get(job_id)
        if job is None:
            return None
        job.stop.set()
        if stop := getattr(job.work, "stop", None):
            stop()
        with self._lock:
            if job.document.state == "queued":
                if abandon := getattr(job.work, "abandon", None):
                    abandon()
                self._move(job, "cancelled")
        return job.document

    @contextlib.contextmanager
    def watch(self, job_id: str, changed: Callable[[], None]) -> Iterator[None]:
        job = self._jobs.get(job_id)
        if job is None:
            yield
            return
        job.watchers.append(changed)
        try:
            yield
        finally:
            job.watchers.remove(changed)

    @property
    def idle(self) -> bool:
        return all(not MOVES[document.state] for document in self.list())

    def close(self, wait_seconds: float = 20.0) -> None:
        """Ask all jobs to stop, wait, and call those that have not stopped interrupted."""
        with self._lock:
            self._closed = True
            for job_id in list(self._jobs):
                self.cancel(job_id)
        end = time.monotonic() + wait_seconds
        while not self.idle and time.monotonic() < end:
            time.sleep(0.02)
        with self._lock:
            for job in self._jobs.values():
                if MOVES[job.document.state]:
                    self._move(job, "interrupted")
        for pool in (self._pool, self._readers):
            pool.shutdown(wait=False, cancel_futures=True)

    # inside a job's thread

    def _run(self, job: _Job) -> None:
        with self._lock:
            if job.document.state != "queued" or job.work is None:
                return
            self._move(job, "running")
        structlog.contextvars.bind_contextvars(job=job.document.id)
        try:
            result = job.work(Report(self, job))
        except JobCancelledError:
            self._end(job, "cancelled", message="Cancelled.")
        except BaseException as error:  # a native library's panic is no Exception; a worker must survive it
            log.exception("job_failed", kind=job.document.kind)
            self._end(job, _end_of(error), error=_problem(error, job.document.id))
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
        else:
            document = result.model_dump(mode="json")
            named: doc.JobState = document.get("state", "done")
            self._end(job, named if named in ENDS_NAMED_BY_RESULT else "done", result=document)
        finally:
            structlog.contextvars.clear_contextvars()
            job.work = None  # what the work holds may be large

    def _end(self, job: _Job, state: doc.JobState, **facts: object) -> None:
        with self._lock:
            if MOVES[job.document.state]:
                self._move(job, state, **facts)

    def _move(self, job: _Job, state: doc.JobState, **facts: object) -> None:
        """The only place where a job changes its state."""
        before = job.document.state
        if state not in MOVES[before]:
            raise RuntimeError(f"job {job.document.id} is {before}, it cannot become {state}")
        ended = None if MOVES[state] else self._now()
        job.document = job.document.model_copy(update={"state": state, "ended_at": ended, **facts})
        log.info("job", id=job.document.id, kind=job.document.kind, state=state, source=job.document.source)
        self._tell(job)

    def _tell(self, job: _Job) -> None:
        if self._on_change:
            try:
                self._on_change(job.document, job.actor)
            except Exception:
                log.exception("job_not_recorded", id=job.document.id)
        self.notify(job)

    def notify(self, job: _Job) -> None:
        for watcher in list(job.watchers):
            watcher()

    def _forget_oldest(self) -> None:
        ended = [job_id for job_id, job in self._jobs.items() if not MOVES[job.document.state]]
        for job_id in ended[: max(0, len(ended) - self._limits.kept_max)]:
            del self._jobs[job_id]


@dataclass(frozen=True, slots=True)
class _Count:
    done: int = 0
    total: int | None = None


class Report:
    """Implements `api.protocols.Progress` for one job; used by one thread at a time."""

    def __init__(self, runner: JobRunner, job: _Job) -> None:
        self._runner = runner
        self._job = job
        self._rows = _Count()
        self._bytes = _Count()
        self._objects = _Count()
        self._since = self._notified = time.monotonic()

    def stage(self, stage: doc.Stage, message: str | None = None) -> None:
        again = stage == self._job.document.stage
        if not again:
            self._rows, self._bytes, self._objects, self._since = _Count(), _Count(), _Count(), time.monotonic()
        if message or not again:  # what is read or fetched stays said while it goes on
            self._set(force=True, stage=stage, message=redacted(message) if message else None)

    def source(self, source: str) -> None:
        self._set(force=True, source=source)

    def rows(self, done: int, total: int | None = None) -> None:
        self._rows = replace(self._rows, done=done, total=total or self._rows.total)
        self._set()

    def size(self, done_bytes: int, total_bytes: int | None = None) -> None:
        self._bytes = replace(self._bytes, done=done_bytes, total=total_bytes or self._bytes.total)
        self._set()

    def objects(self, done: int, total: int | None = None) -> None:
        self._objects = replace(self._objects, done=done, total=total or self._objects.total)
        self._set()

    def partial(self, result: BaseModel) -> None:
        self._set(force=True, result=result.model_dump(mode="json"))

    def check(self) -> None:
        if self._job.stop.is_set():
            raise JobCancelledError

    def _set(self, *, force: bool = False, **facts: object) -> None:
        document = self._job.document.model_copy(update={"progress": self._progress(), **facts})
        with self._runner._lock:
            if not MOVES[self._job.document.state]:
                return
            self._job.document = document
        now = time.monotonic()
        if force or now - self._notified >= NOTIFY_SECONDS:
            self._notified = now
            self._runner.notify(self._job)

    def _progress(self) -> doc.JobProgress:
        seconds = max(time.monotonic() - self._since, 0.001)
        counts = (self._rows, self._bytes, self._objects)
        count = next((one for one in counts if one.total), self._rows)
        speed = count.done / seconds
        known = count.total and speed and count.done * FORETOLD_AFTER >= count.total
        left = round((count.total - count.done) / speed) if count.total and known else None
        return doc.JobProgress(
            rows_done=self._rows.done or None,
            rows_total=self._rows.total,
            bytes_done=self._bytes.done or None,
            bytes_total=self._bytes.total,
            objects_done=self._objects.done or None,
            objects_total=self._objects.total,
            rows_per_second=round(self._rows.done / seconds) if self._rows.done else None,
            seconds_left=max(left, 0) if left is not None else None,
        )


def _end_of(error: BaseException) -> Literal["needs_attention", "quarantined", "failed"]:
    """Whoever must act decides where a failed job ends: files with the sender, settings with the operator."""
    if getattr(error, "slug", None) == "quarantined":
        return "quarantined"
    return "needs_attention" if getattr(error, "kind", "us") in ("operator", "provider") else "failed"


def _problem(error: BaseException, job_id: str) -> doc.ProblemDocument:
    document = problem_of(error, job_id)
    next_step = redacted(document.next_step) if document.next_step else None
    return document.model_copy(update={"detail": redacted(document.detail), "next_step": next_step})
