"""Measuring: processor seconds of a whole process with its children, peak memory of all of them, fair alternation."""

from __future__ import annotations

import multiprocessing
import resource
import statistics
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from multiprocessing.connection import Connection
from typing import Any

import psutil

SAMPLE_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Sample:
    """One run. Processor seconds count all threads and finished children."""

    value: Any
    cpu: float
    wall: float
    peak_bytes: int = 0


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the table: what was promised and what was found. `limit` null: reported without a promise."""

    promise: str
    found: float
    limit: float | None
    unit: str
    floor: str
    spread: tuple[float, float] | None = None
    runs: int = 1
    at_least: bool = False
    note: str = ""

    @property
    def verdict(self) -> str:
        if self.limit is None:
            return ""
        kept = self.found >= self.limit if self.at_least else self.found <= self.limit
        return "kept" if kept else "missed"


def cpu_seconds() -> float:
    """Of this process and of its children that have ended."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(one.ru_utime + one.ru_stime for one in used)


def timed(work: Callable[[], Any]) -> Sample:
    """Run here and now."""
    cpu, wall = cpu_seconds(), time.perf_counter()
    value = work()
    return Sample(value, cpu_seconds() - cpu, time.perf_counter() - wall)


def alone(work: Callable[..., Any], *arguments: Any) -> Sample:
    """Run in a fresh process, whose start and imports are not counted; its children are.

    Work that prepares something first answers a `Sample` of what counts.
    """
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_answer, args=(theirs, work, arguments))
    process.start()
    theirs.close()
    peak = 0
    try:
        while not ours.poll(SAMPLE_SECONDS):
            peak = max(peak, _memory(process.pid or 0))
            if not process.is_alive() and not ours.poll(0):
                raise RuntimeError(f"{work.__name__} ended with exit code {process.exitcode}")
        sample = ours.recv()
    finally:
        process.join()
    if isinstance(sample, str):
        raise RuntimeError(sample)
    return Sample(sample.value, sample.cpu, sample.wall, max(peak, sample.peak_bytes))


def _answer(pipe: Connection, work: Callable[..., Any], arguments: tuple[Any, ...]) -> None:
    try:
        sample = timed(lambda: work(*arguments))
    except Exception as error:
        pipe.send(f"{work.__name__}: {type(error).__name__}: {error}")
        return
    pipe.send(sample.value if isinstance(sample.value, Sample) else sample)


def _memory(pid: int) -> int:
    """Proportional memory of a process and all below it: pages that several map are counted once."""
    total = 0
    try:
        processes = [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]
    except psutil.Error:
        return 0
    for process in processes:
        try:
            total += process.memory_full_info().pss
        except (psutil.Error, OSError):
            continue
    return total


def alternating(runs: int, *works: Callable[[], Any], clock: str = "cpu") -> list[list[float]]:
    """Seconds of each work, run in turns after one warm-up of each."""
    for work in works:
        work()
    found: list[list[float]] = [[] for _ in works]
    for _ in range(runs):
        for seconds, work in zip(found, works, strict=True):
            seconds.append(getattr(timed(work), clock))
    return found


def ratio(above: Sequence[float], below: Sequence[float]) -> tuple[float, tuple[float, float]]:
    """Median of the ratios pair by pair, and the smallest and largest of them."""
    pairs = [one / max(other, 1e-9) for one, other in zip(above, below, strict=True)]
    return statistics.median(pairs), (min(pairs), max(pairs))


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
