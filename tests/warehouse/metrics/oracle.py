"""What a question means, as a plain loop over plain lines: the judge of every SQL that is compiled."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, timedelta
from decimal import Context, Decimal
from typing import Any

from tests.warehouse.metrics.fake_store import Estate, Line
from warehouse.metrics import CostQuery, Filter

WIDE = Context(prec=100)
Group = tuple[str | None, ...]
UNITS = {"consumed_quantity": "consumed_unit", "pricing_quantity": "pricing_unit"}


def passes(estate: Estate, line: Line, item: Filter) -> bool:
    value = estate.value(line, item.dimension)
    found = False
    for match in item.values:
        if match.kind == "none":
            found = found or value is None
        elif value is not None:
            found = found or (value == match.text if match.kind == "is" else match.text in value)
    return found != item.exclude


def bucket(query: CostQuery, line: Line) -> str | None:
    if query.grain == "none":
        return None
    if query.basis == "billing":
        return line.period
    starts: Mapping[str, Callable[[date], date]] = {
        "day": lambda day: day,
        "week": lambda day: day - timedelta(days=day.weekday()),
        "month": lambda day: day.replace(day=1),
    }
    return starts[query.grain](line.day).isoformat()


def within(query: CostQuery, line: Line, start: date, end: date) -> bool:
    if query.basis == "billing":
        return f"{start:%Y-%m}" <= line.period < f"{end:%Y-%m}"
    return start <= line.day < end


def sums(estate: Estate, query: CostQuery, start: date, end: date) -> dict[Group, dict[str, Decimal | None]]:
    """(bucket, groups.., currency, units..) -> measure -> sum; a sum of nothing but missing values is missing."""
    units = [UNITS[name] for name in query.measures if name in UNITS]
    found: dict[Group, dict[str, Decimal | None]] = {}
    for line in estate.lines:
        if not within(query, line, start, end) or not all(passes(estate, line, item) for item in query.where):
            continue
        if query.currency and line.currency not in query.currency:
            continue
        groups = (estate.value(line, name) for name in query.by)
        key = (bucket(query, line), *groups, line.currency, *(estate.value(line, unit) for unit in units))
        totals = found.setdefault(key, dict.fromkeys(query.measures))
        for name in query.measures:
            amount = line.amounts.get(name)
            if amount is not None:
                totals[name] = WIDE.add(totals[name] or Decimal(0), amount)
    return found


def answered(document: Mapping[str, Any], query: CostQuery) -> dict[Group, dict[str, Decimal | None]]:
    """A document in the shape of `sums`. Every group stands there once."""
    units = [UNITS[name] for name in query.measures if name in UNITS]
    found: dict[Group, dict[str, Decimal | None]] = {}
    for row in document["rows"]:
        when = None if query.grain == "none" else row[query.grain]
        key = (when, *(row[name] for name in query.by), row["currency"], *(row[unit] for unit in units))
        assert key not in found
        found[key] = {name: None if row[name] is None else Decimal(row[name]) for name in query.measures}
    return found


def added(groups: Mapping[Group, Mapping[str, Decimal | None]], measure: str) -> dict[str | None, Decimal]:
    """Per currency, whatever the groups; the currency is the last key when no unit is asked for."""
    found: dict[str | None, Decimal] = {}
    for key, amounts in groups.items():
        found[key[-1]] = WIDE.add(found.get(key[-1], Decimal(0)), amounts[measure] or Decimal(0))
    return found


def total(document: Mapping[str, Any], measure: str) -> dict[str | None, Decimal]:
    return {row["currency"]: Decimal(row[measure] or 0) for row in document["totals"]}
