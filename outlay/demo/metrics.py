"""What the demo's teams count: orders and searches by day, so that their unit costs are seen."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from typing import Final, NamedTuple

from outlay.demo.estate import quantised, season, wave, wobble
from warehouse.store.series import Point

SOURCE: Final = "demo"


class Metric(NamedTuple):
    name: str
    unit: str
    team: str
    per_day: Decimal


METRICS: Final = (
    Metric("orders", "order", "checkout", Decimal(18_400)),
    Metric("searches", "search", "search", Decimal(1_250_000)),
)


def points(first: date, today: date) -> Iterator[Point]:
    """Whole numbers from `first` to yesterday; busier with the traffic of the team, and a little each year."""
    for metric in METRICS:
        day = first
        while day < today:
            value = metric.per_day * season(day) * wave(metric.team, day) * wobble(metric.name, day)
            yield Point(metric.name, {"team": metric.team}, day, quantised(value, 0), metric.unit, SOURCE)
            day += timedelta(days=1)
