"""When sources are collected. Due times are computed from what is recorded, never from a scheduler's memory.

The scheduler only wakes `due` each minute, in UTC. After downtime a source runs once, not once for each time missed.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import structlog
from apscheduler.executors.pool import ThreadPoolExecutor
from apscheduler.schedulers.background import BackgroundScheduler

TICK_MINUTES: Final = 1
JITTER_PERCENT: Final = 10
"""Of the interval, to either side, stable for a name: sources that were added together do not stay together."""
BREAKER_FAILURES: Final = 3
BREAKER_HOURS: Final = 24
"""An open breaker lets one run a day through: what is mended outside is noticed without anybody's help."""
BREAKING: Final = frozenset({"configuration", "data"})
"""Failures that trying again does not mend."""

log = structlog.get_logger("outlay.schedule")


@dataclass(frozen=True, slots=True)
class Pace:
    """What decides when a source runs next. Times are UTC."""

    name: str
    interval_hours: int
    paused: bool = False
    running: bool = False
    changed_at: datetime | None = None  # settings given or changed, or gone on after a pause
    last_ended: datetime | None = None
    last_state: str | None = None
    last_failure: str | None = None
    failures: int = 0  # runs in a row that ended in a breaking failure, since the last change

    @property
    def breaker_open(self) -> bool:
        return self.failures >= BREAKER_FAILURES


def due(paces: Sequence[Pace], now: datetime) -> list[str]:
    """Names of the sources that should run now, those that waited longest first."""
    waiting = [(when, pace.name) for pace in paces if (when := next_run(pace)) is not None and when <= now]
    return [name for _, name in sorted(waiting)]


def next_run(pace: Pace) -> datetime | None:
    """When a source runs next; in the past when it is late. None while it is paused or runs."""
    if pace.paused or pace.running:
        return None
    if pace.last_ended is None or (pace.changed_at is not None and pace.changed_at > pace.last_ended):
        return pace.changed_at or datetime.min.replace(tzinfo=UTC)
    if pace.last_state == "interrupted":
        return pace.last_ended
    hours = BREAKER_HOURS if pace.breaker_open else pace.interval_hours
    usual = pace.last_ended + timedelta(hours=hours) * jitter(pace.name)
    if pace.last_failure == "budget":
        midnight = pace.last_ended.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
        return max(usual, midnight)
    return usual


def jitter(name: str) -> float:
    """0.9 to 1.1, the same for a name in every process."""
    share = int.from_bytes(hashlib.sha256(name.encode()).digest()[:8], "big") / 2**64
    return 1 + (2 * share - 1) * JITTER_PERCENT / 100


class Schedule:
    """Wakes `start` for each source that is due, and `sweep` each minute. One per server."""

    def __init__(
        self,
        paces: Callable[[], Sequence[Pace]],
        start: Callable[[str], object],
        now: Callable[[], datetime],
        sweep: Callable[[], object] = lambda: None,
    ) -> None:
        self._sweep = sweep
        self._paces, self._start_one, self._now = paces, start, now
        self._scheduler = BackgroundScheduler(
            timezone=UTC,
            executors={"default": ThreadPoolExecutor(1)},
            # The default grace of a second would drop ticks of a busy machine.
            job_defaults={"coalesce": True, "max_instances": 1, "misfire_grace_time": None},
        )

    def start(self) -> None:
        self._scheduler.add_job(self.tick, "interval", minutes=TICK_MINUTES, next_run_time=datetime.now(UTC))
        self._scheduler.add_job(self._sweep, "interval", minutes=TICK_MINUTES)
        self._scheduler.start()

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)

    def tick(self) -> list[str]:
        """Start what is due; one source that cannot be started does not keep the others."""
        started = []
        for name in due(self._paces(), self._now()):
            try:
                self._start_one(name)
                started.append(name)
            except Exception:
                log.exception("source_not_started", source=name)
        return started
