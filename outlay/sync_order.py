"""What a run of a source is asked to do, what it answers, and what it may spend."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final, Literal

from collectors.meter import Charge, Meter, Price
from collectors.sources import SourceError
from collectors.sources.contract import SourceModule, Window
from warehouse.focus import add_months
from warehouse.store import Source
from warehouse.store import collecting as kept

SCHEDULE: Final = "schedule"
"""The actor of runs that nobody asked for."""
SETTLED_MONTHS: Final = 2
"""Months before the running one that change as a matter of course; what changes later is drift."""
MonthState = Literal["live", "unchanged", "held", "covered", "quarantined", "failed", "planned", "missing"]


@dataclass(frozen=True, slots=True)
class SyncOrder:
    """What to bring up to date. Months are labels; both ends count, none means the history that is configured."""

    actor: str
    start: str | None = None
    end: str | None = None
    full: bool = False
    """Fetch again what has not changed."""
    dry_run: bool = False
    """Only list."""

    @property
    def routine(self) -> bool:
        """Nobody asked: only months that may still change, and the others once a week."""
        return self.actor == SCHEDULE


@dataclass(frozen=True, slots=True)
class Month:
    """What became of one month in a run."""

    period: str
    state: MonthState
    cause: str | None = None
    objects: int = 0
    size_bytes: int = 0
    message: str | None = None
    next_step: str | None = None


@dataclass(frozen=True, slots=True)
class Synced:
    source: str
    state: Literal["done", "unchanged", "held"]
    months: tuple[Month, ...]
    spent: Mapping[str, int]
    cost: str
    """Of the calls of this run, in USD."""


def purse(
    collecting: kept.Collecting, source: kept.Configured, prices: Sequence[Price], clock: Callable[[], datetime]
) -> Meter:
    """The meter of one run, which knows what was spent today and writes down what is spent next."""
    today = f"{clock():%Y-%m-%d}"
    spent = {one.name: one.units for one in collecting.spent(source.name, today) if one.day == today}

    def write_down(charge: Charge) -> None:
        collecting.spend(kept.Spent(source.name, f"{clock():%Y-%m-%d}", charge.name, charge.units, charge.cost))

    return Meter(prices, spent, write_down)


def window_of(source: kept.Configured, order: SyncOrder, now: datetime) -> Window:
    """The months of a run. Raises SourceError for a label that is none."""
    this = now.date().replace(day=1)
    start = _first(order.start) if order.start else add_months(this, 1 - source.months)
    last = _first(order.end) if order.end else this
    if start > last:
        raise SourceError("configuration", f"{start:%Y-%m} is after {last:%Y-%m}.", next_step="Swap --from and --to.")
    return Window(start, add_months(last, 1), now)


def _first(label: str) -> date:
    if not re.fullmatch(r"\d{4}-(0[1-9]|1[0-2])", label):
        raise SourceError("configuration", f"{label[:20]!r} is no month.", next_step="Write a month as 2026-09.")
    return date(int(label[:4]), int(label[5:]), 1)


def source_of(source: kept.Configured, module: SourceModule, now: datetime) -> Source:
    """How a collected source stands among the others."""
    return Source(
        name=source.name,
        label=source.label,
        format=module.LABEL,
        kind="import",
        normal_lag_hours=module.NORMAL_LAG_HOURS,
        created_at=now.isoformat(),
    )
