"""Trying again what may pass: at most five tries, full jitter, and never sooner than the provider asked for."""

from __future__ import annotations

import email.utils
import random
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TypeVar

import stamina
from stamina.instrumentation import set_on_retry_hooks

from collectors.sources.failures import SourceError

set_on_retry_hooks([])  # its log lines quote exceptions, which may quote signed addresses

T = TypeVar("T")

TRIES: Final = 5
FIRST_SECONDS: Final = 2.0
LONGEST_SECONDS: Final = 120.0
WHOLE_SECONDS: Final = 30 * 60.0
"""Of all tries of one call; then the next run of the schedule tries."""
_SLICE_SECONDS: Final = 1.0  # of a wait, so that cancelling is heard


@dataclass(slots=True)
class Retry:
    """How calls are tried again. `on_wait` hears each second of a wait (seconds left) and may raise to cancel."""

    on_wait: Callable[[float], None] = lambda _left: None
    sleep: Callable[[float], None] = time.sleep
    clock: Callable[[], float] = time.monotonic
    jitter: random.Random = field(default_factory=random.Random)
    first_seconds: float = FIRST_SECONDS

    def call(self, work: Callable[[], T]) -> T:
        """The answer of `work`. It raises SourceError; only "transient" ones are tried again, with their wait."""
        started = self.clock()
        tries = 0

        def again(error: Exception) -> bool | float:
            nonlocal tries
            tries += 1
            if not isinstance(error, SourceError) or error.failure != "transient" or tries >= TRIES:
                return False
            wait = self._wait(tries, error.wait_seconds)
            if self.clock() - started + wait > WHOLE_SECONDS:
                return False
            self._rest(wait)
            return 0.0

        for attempt in stamina.retry_context(on=again, attempts=TRIES, timeout=None):
            with attempt:
                return work()
        raise AssertionError("unreachable")

    def _wait(self, tries: int, asked: float | None) -> float:
        most = min(LONGEST_SECONDS, self.first_seconds * 2 ** (tries - 1))
        return max(self.jitter.uniform(0, most), asked or 0.0)

    def _rest(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            self.on_wait(left)
            self.sleep(min(left, _SLICE_SECONDS))
            left -= _SLICE_SECONDS
        self.on_wait(0.0)


def asked_wait(headers: Mapping[str, str], now: datetime) -> float | None:
    """The longest wait that any header asks for, in seconds; None when none does.

    Retry-After in seconds or as a date, its variants in milliseconds, and what management APIs call theirs:
    every header that ends in "retry-after" counts, whatever stands before it.
    """
    found = []
    for name, value in headers.items():
        key = name.casefold()
        if key.endswith(("retry-after", "retry-after-ms")):
            seconds = _seconds(value, now)
            if seconds is not None:
                found.append(seconds / 1000 if key.endswith("-ms") else seconds)
    return max(found) if found else None


def _seconds(value: str, now: datetime) -> float | None:
    text = value.strip()
    try:
        return max(0.0, float(text))
    except ValueError:
        pass
    try:
        moment = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    zoned = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return max(0.0, (zoned - now).total_seconds())
