"""Reading billing files in a spawned child process, so that a hostile or broken file cannot hurt the server.

    result = run_child(task, ChildLimits(), on_progress)      # a fresh child: uploads, collected files
    with Worker(ChildLimits()) as worker:                     # one child for many tasks: files of our own making
        result = worker.run(task, on_progress)

Both raise ChildError when the child cannot finish; its message is for the person who sent the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any


@dataclass(frozen=True, slots=True)
class TaskFile:
    """A raw file as landed, with what is known of it."""

    path: Path
    name: str  # as its sender named it
    digest: str  # SHA-256 of its bytes
    facts: Mapping[str, Any] | None = None  # its entry in the manifest


@dataclass(frozen=True, slots=True)
class ChildTask:
    """One bundle to read. Everything in it is picklable."""

    files: tuple[TaskFile, ...]
    out: Path  # an existing empty folder; receives <period>.parquet
    format_name: str | None = None  # None: recognised from content
    settings: Mapping[str, str] = field(default_factory=dict)
    manifest: Mapping[str, Any] | None = None  # facts of the bundle


@dataclass(frozen=True, slots=True)
class ChildLimits:
    """What a child may use before it is stopped."""

    memory_bytes: int = 2 << 30
    cpu_seconds: int = 15 * 60
    wall_seconds: int = 15 * 60


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a child is. Totals are 0 while they are unknown."""

    stage: str  # "fetch" never; "normalise" or "verify"
    rows_done: int
    rows_total: int
    bytes_done: int
    bytes_total: int


@dataclass(frozen=True, slots=True)
class PeriodResult:
    """One billing period of a bundle, lying in `path`."""

    period: str  # "YYYY-MM"
    path: Path
    rows: int
    content: str  # digest of the rows as a multiset, without where they came from; hex
    sums: Mapping[str, Mapping[str, Decimal]]  # money column -> currency -> sum
    period_start: datetime  # earliest BillingPeriodStart
    period_end: datetime  # latest BillingPeriodEnd
    first_charge: datetime  # earliest ChargePeriodStart
    last_charge: datetime  # latest ChargePeriodStart
    last_end: datetime  # latest ChargePeriodEnd
    kinds: Mapping[str, int]  # "mapped", "generated:<reason>" -> rows


@dataclass(frozen=True, slots=True)
class ChildResult:
    """What became of a bundle: received = mapped + folded + skipped, stored = mapped + generated."""

    format_name: str
    version: int  # of the normaliser
    periods: tuple[PeriodResult, ...]
    received: int
    mapped: int
    folded: Mapping[str, int]  # reason -> raw rows
    skipped: Mapping[str, int]
    generated: Mapping[str, int]
    residues: Mapping[str, Decimal]  # "file: column" -> sum of what lay beyond the scale
    warnings: tuple[str, ...]
    blank_lines: int = 0  # lines without any content, which are no rows


class ChildError(Exception):
    """The bundle was not read. `faults` has one record per fault where there are several."""

    def __init__(
        self, message: str, *, faults: tuple[Mapping[str, Any], ...] = (), next_step: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.faults = faults
        self.next_step = next_step


class ChildStopped(ChildError):
    """The child ended without an answer: stopped by a limit, or aborted by a native fault."""


OnProgress = Callable[[Progress], None]


def run_child(task: ChildTask, limits: ChildLimits, on_progress: OnProgress | None = None) -> ChildResult:
    """Read one bundle in a fresh child and wait for it.

    An exception raised by `on_progress` stops the child and passes through: that is how a job is cancelled.
    """
    with Worker(limits) as worker:
        return worker.run(task, on_progress)


class Worker:
    """One child that reads many bundles, one after another, each within the limits."""

    def __init__(self, limits: ChildLimits) -> None:
        self.limits = limits

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        return None

    def run(self, task: ChildTask, on_progress: OnProgress | None = None) -> ChildResult:
        raise ChildError("reading is being built")
