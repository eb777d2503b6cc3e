"""Reading billing files in a spawned child process, so that a hostile or broken file cannot hurt the server.

    result = run_child(task, ChildLimits(), on_progress)      # a fresh child: uploads, collected files
    with Worker(ChildLimits()) as worker:                     # one child for many tasks: files of our own making
        result = worker.run(task, on_progress)

Both raise ChildError when the child cannot finish; its message is for the person who sent the file.
"""

from __future__ import annotations

import contextlib
import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
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
    columns: tuple[str, ...] = ()  # of the raw files, in order of their names


class ChildError(Exception):
    """The bundle was not read. `faults` has one record per fault where there are several.

    `kinds` is file name -> format, when each file is of a known format and they differ.
    """

    kinds: Mapping[str, str] | None = None

    def __init__(
        self, message: str, *, faults: tuple[Mapping[str, Any], ...] = (), next_step: str | None = None
    ) -> None:
        super().__init__(message)
        self.message = message
        self.faults = faults
        self.next_step = next_step


class ChildStoppedError(ChildError):
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
        self.network = ""  # how the network was cut: see outlay.child_sandbox.confine
        self._folder = tempfile.TemporaryDirectory(prefix="outlay-child-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None

    def __enter__(self) -> Worker:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._end()
        self._folder.cleanup()

    def run(self, task: ChildTask, on_progress: OnProgress | None = None) -> ChildResult:
        """Read one bundle. After an error the next task gets a new child."""
        process = self._process or self._start()
        try:
            assert process.stdin is not None
            process.stdin.write(json.dumps(_written(task)).encode() + b"\n")
            process.stdin.flush()
            result = self._listen(process, on_progress)
        except BrokenPipeError:
            raise self._stopped(process) from None
        except BaseException:
            self._end()
            raise
        if result.get("event") == "refused":
            faults = tuple(result.get("faults", ()))
            error = ChildError(str(result["message"]), faults=faults, next_step=result.get("next_step"))
            error.kinds = result.get("kinds")
            raise error
        return _result(result["result"])

    def _start(self) -> subprocess.Popen[bytes]:
        # A fresh interpreter, not a fork: the parent holds the warehouse, and its descriptors must stay its own.
        code = (
            f"import sys; sys.path[:] = {sys.path!r}; from outlay.child_main import main; "
            f"main({self.limits.memory_bytes}, {self.limits.cpu_seconds})"
        )
        with self._errors.open("wb") as errors:
            self._process = subprocess.Popen(  # noqa: S603 (our own interpreter and our own text)
                [sys.executable, "-I", "-c", code],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                cwd=self._folder.name,
                env=_environment(self._folder.name),
                start_new_session=True,
            )
        return self._process

    @property
    def _errors(self) -> Path:
        return Path(self._folder.name) / "errors"

    def _listen(self, process: subprocess.Popen[bytes], on_progress: OnProgress | None) -> dict[str, Any]:
        deadline = time.monotonic() + self.limits.wall_seconds
        for line in self._lines(process, deadline):
            event = json.loads(line)
            if event["event"] == "ready":
                self.network = event["network"]
            elif event["event"] == "progress":
                if on_progress:
                    on_progress(Progress(**event["progress"]))
            else:
                answer: dict[str, Any] = event
                return answer
        raise self._stopped(process)

    def _lines(self, process: subprocess.Popen[bytes], deadline: float) -> Iterator[bytes]:
        assert process.stdout is not None
        pending = b""
        with selectors.DefaultSelector() as selector:
            selector.register(process.stdout, selectors.EVENT_READ)
            while True:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    self._end()
                    raise ChildStoppedError(
                        f"reading took longer than {self.limits.wall_seconds} seconds and was stopped.",
                        next_step="Split the file, or export fewer days in one file.",
                    )
                chunk = os.read(process.stdout.fileno(), 1 << 16)
                if not chunk:
                    return
                *lines, pending = (pending + chunk).split(b"\n")
                if len(pending) > _EVENT_BYTES_MAX:
                    raise ChildStoppedError("the reader answered without end and was stopped.")
                yield from lines

    def _stopped(self, process: subprocess.Popen[bytes]) -> ChildStoppedError:
        code = process.wait()
        said = self._errors.read_bytes()[-_SAID_BYTES:].decode("utf-8", "replace").strip()
        self._end()
        return _explained(code, said, self.limits)

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(timeout=_GRACE_SECONDS if process.poll() is not None else 0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


_EVENT_BYTES_MAX = 16 << 20  # a result with thousands of periods or faults stays far below
_SAID_BYTES = 2_000
_GRACE_SECONDS = 5
_SIGNALS = {"SIGXCPU": "used more processor time than allowed", "SIGKILL": "was killed", "SIGABRT": "aborted"}


def _environment(folder: str) -> dict[str, str]:
    """Nothing of ours: no credentials, no proxies. Only what bounds the libraries."""
    return {
        "LANG": "C.UTF-8",
        "TZ": "UTC",
        "HOME": folder,
        "TMPDIR": folder,
        "POLARS_TEMP_DIR": folder,
        "POLARS_MAX_THREADS": str(min(os.cpu_count() or 1, 4)),  # each thread holds a batch of its own
        "ARROW_DEFAULT_MEMORY_POOL": "system",  # gives memory back, where the pools keep it against the limit
        "MALLOC_ARENA_MAX": "2",
        # The same for Polars: it would keep freed address space, which counts as used.
        "_RJEM_MALLOC_CONF": "retain:false,dirty_decay_ms:500,muzzy_decay_ms:0",
        "MALLOC_MMAP_THRESHOLD_": str(1 << 18),  # freed blocks go back at once, not into a heap with holes
        "MALLOC_TRIM_THRESHOLD_": str(1 << 18),
        "PYTHONDONTWRITEBYTECODE": "1",
    }


def _explained(code: int, said: str, limits: ChildLimits) -> ChildStoppedError:
    last = said.splitlines()[-1][:300] if said else ""
    memory = "memory" in said.lower() or "MemoryError" in said
    how = _SIGNALS.get(signal.Signals(-code).name, f"ended by {signal.Signals(-code).name}") if code < 0 else "failed"
    if memory:
        how = f"needed more than {limits.memory_bytes >> 20} MiB of memory"
    detail = f" It said: {last}" if last else ""
    return ChildStoppedError(
        f"the file made the reader stop: it {how} (exit code {code}).{detail}",
        next_step="Check that the file opens elsewhere; split it when it is very large. Nothing of it was loaded.",
    )


def _written(task: ChildTask) -> dict[str, Any]:
    files = [
        {"path": str(file.path.absolute()), "name": file.name, "digest": file.digest, "facts": _plain(file.facts)}
        for file in task.files
    ]
    return {
        "files": files,
        "out": str(task.out.absolute()),
        "format_name": task.format_name,
        "settings": dict(task.settings),
        "manifest": _plain(task.manifest),
    }


def _plain(facts: Mapping[str, Any] | None) -> dict[str, Any] | None:
    return None if facts is None else dict(facts)


def _result(found: Mapping[str, Any]) -> ChildResult:
    return ChildResult(
        format_name=found["format_name"],
        version=found["version"],
        periods=tuple(_period(one) for one in found["periods"]),
        received=found["received"],
        mapped=found["mapped"],
        folded=found["folded"],
        skipped=found["skipped"],
        generated=found["generated"],
        residues={name: Decimal(amount) for name, amount in found["residues"].items()},
        warnings=tuple(found["warnings"]),
        blank_lines=found["blank_lines"],
        columns=tuple(found["columns"]),
    )


def _period(found: Mapping[str, Any]) -> PeriodResult:
    times = ("period_start", "period_end", "first_charge", "last_charge", "last_end")
    return PeriodResult(
        period=found["period"],
        path=Path(found["path"]),
        rows=found["rows"],
        content=found["content"],
        sums={
            column: {currency: Decimal(amount) for currency, amount in by_currency.items()}
            for column, by_currency in found["sums"].items()
        },
        kinds=found["kinds"],
        **{name: datetime.fromisoformat(found[name]) for name in times},
    )
