"""How many days a sum is of, so that ranges of unequal length can be held against each other."""

from __future__ import annotations

from collections import Counter
from collections.abc import Hashable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from warehouse.focus import MONEY
from warehouse.focus.period import Period, add_months
from warehouse.metrics.compile import Span
from warehouse.metrics.percent import quotient
from warehouse.metrics.query import CostQuery

PER_DAY_DIGITS: Final = 18
"""Digits behind the point of a value per day, rounded half-even."""
_DAY: Final = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Days:
    """Days of one span: of all of it, and of each bucket of the grain that they lie on."""

    whole: int
    buckets: Mapping[Hashable, int]

    def divide(self, sums: pl.Series, frame: pl.DataFrame) -> pl.Series:
        """Each sum divided by the days of its row; None where no day of the span lies on the row's bucket."""
        if "bucket" in frame.columns:
            counts = [self.buckets.get(bucket, 0) for bucket in frame["bucket"]]
        else:
            counts = [self.whole] * len(frame)
        found = [per_day(amount, days) for amount, days in zip(sums, counts, strict=True)]
        try:
            return pl.Series(sums.name, found, MONEY, strict=True)
        except (pl.exceptions.ComputeError, pl.exceptions.InvalidOperationError, OverflowError) as error:
            raise OverflowError("a value per day needs more than 38 digits") from error


def per_day(amount: Decimal | None, days: int) -> Decimal | None:
    """An exact sum spread evenly over its days."""
    return None if amount is None or days == 0 else quotient(amount, Decimal(days), PER_DAY_DIGITS)


def days_of(query: CostQuery, period: Period, span: Span) -> Days:
    """The days of `period`, each on the bucket that `compile` puts its lines on when it moves them by `span`."""
    counts: Counter[Hashable] = Counter()
    day = period.start
    while query.grain != "none" and day < period.end:
        counts[_bucket(query, day, span)] += 1
        day += _DAY
    return Days(period.days, counts)


def _bucket(query: CostQuery, day: date, span: Span) -> Hashable:
    billing = query.basis == "billing"
    moved = _moved(day.replace(day=1) if billing else day, span)
    if billing:
        return f"{moved:%Y-%m}"
    if query.grain == "week":
        return moved - timedelta(days=moved.weekday())
    return moved.replace(day=1) if query.grain == "month" else moved


def _moved(day: date, span: Span) -> date:
    """As the database adds months: the 31st lands on the last day of a shorter month."""
    if span.months:
        first = add_months(day, span.months)
        day = min(first.replace(day=1) + timedelta(days=day.day - 1), add_months(first, 1) - _DAY)
    return day + timedelta(days=span.days)
