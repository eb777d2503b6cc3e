"""Periods: half-open spans of UTC days, and the names of billing periods."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Literal

import polars as pl

ZONE_REACH = timedelta(hours=14)
"""The zone furthest ahead of UTC. A provider's month begins at its own midnight; moved by this much, every one of
them (Pacific 08:00 UTC of the first, Line Islands 10:00 UTC of the day before) falls on the day it is named after."""


@dataclass(frozen=True, slots=True, order=True)
class Period:
    """UTC days from `start` up to but not including `end`."""

    start: date
    end: date

    def __post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"period ends before it starts: {self.start}..{self.end}")

    @property
    def days(self) -> int:
        return (self.end - self.start).days

    def __contains__(self, day: date) -> bool:
        return self.start <= day < self.end


@dataclass(frozen=True, slots=True)
class FiscalYear:
    """When the organisation's year begins, and whether the calendar year it starts or ends in gives it its name."""

    starts: int = 1
    """Month, 1 to 12."""
    named: Literal["start", "end"] = "end"

    def begin(self, day: date) -> date:
        """The first day of the fiscal year that `day` is in."""
        year = day.year if day.month >= self.starts else day.year - 1
        return date(year, self.starts, 1)

    def quarter(self, day: date) -> date:
        """The first day of the fiscal quarter that `day` is in."""
        begin = self.begin(day)
        return add_months(begin, ((day.year - begin.year) * 12 + day.month - begin.month) // 3 * 3)

    def year(self, name: int) -> Period:
        """The fiscal year of a name such as 2027."""
        begin = date(name - (self.named == "end" and self.starts > 1), self.starts, 1)
        return Period(begin, add_months(begin, 12))


CALENDAR_YEAR = FiscalYear()


def month(label: str) -> Period:
    """The calendar month of a label such as "2026-09". Raises ValueError."""
    start = datetime.strptime(label, "%Y-%m").replace(tzinfo=UTC).date()
    return Period(start, add_months(start, 1))


def add_months(day: date, months: int) -> date:
    """The first of the month that lies `months` after the month of `day`."""
    index = day.year * 12 + day.month - 1 + months
    return date(index // 12, index % 12 + 1, 1)


def period_label(start: datetime) -> str:
    """The name "YYYY-MM" of the billing period that begins at `start`."""
    return (start.astimezone(UTC) + ZONE_REACH).strftime("%Y-%m")


def period_label_expr(start: str) -> pl.Expr:
    """`period_label` over the frame column `start`."""
    return (pl.col(start) + ZONE_REACH).dt.strftime("%Y-%m")
