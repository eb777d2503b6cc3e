"""What a unit of a metric costs: an answer by day, divided by the values of those days. Ratios of sums only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Literal

from warehouse.focus import total
from warehouse.metrics.answer import Answer
from warehouse.metrics.percent import rate

Grain = Literal["day", "week", "month"]


@dataclass(frozen=True, slots=True)
class Ratio:
    """Of the days that have a value; `rate` has twelve digits, half-even, and is None without units."""

    first: date
    cost: Decimal
    units: Decimal
    rate: Decimal | None
    days: int
    """Days that have a value."""


@dataclass(frozen=True, slots=True)
class UnitCost:
    currency: str
    points: tuple[Ratio, ...]
    whole: Ratio


def per_unit(days: Answer, units: Mapping[date, Decimal], grain: Grain) -> list[UnitCost]:
    """For each currency of `days`, an answer of one measure by day. Days without a value are left out, cost and all."""
    if not units:
        return []
    measure = days.query.measures[0]
    cells = zip(days.rows["currency"], days.rows["day"], days.rows[measure], strict=True)
    cost = {(currency, day): amount or Decimal(0) for currency, day, amount in cells}
    found = []
    for currency in sorted(set(days.totals["currency"])):
        buckets: dict[date, list[tuple[Decimal, Decimal]]] = defaultdict(list)
        for day, value in sorted(units.items()):
            buckets[_bucket(day, grain)].append((cost.get((currency, day), Decimal(0)), value))
        points = tuple(_ratio(first, pairs) for first, pairs in buckets.items())
        whole = _ratio(min(units), [pair for pairs in buckets.values() for pair in pairs])
        found.append(UnitCost(currency, points, whole))
    return found


def _ratio(first: date, pairs: Sequence[tuple[Decimal, Decimal]]) -> Ratio:
    cost, units = total(cost for cost, _ in pairs), total(value for _, value in pairs)
    return Ratio(first, cost, units, rate(cost, units), len(pairs))


def _bucket(day: date, grain: Grain) -> date:
    if grain == "week":
        return day - timedelta(days=day.weekday())
    return day.replace(day=1) if grain == "month" else day
