"""What one of two periods has not got yet: days after a source's last, and monthly charges of a month not over."""

from __future__ import annotations

from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta

from warehouse.focus.period import add_months
from warehouse.metrics.answer import Asked
from warehouse.metrics.compile import Span
from warehouse.metrics.freshness import DAY


@dataclass(frozen=True, slots=True)
class Cut:
    """From these days on (before, now) a source is late in one of the periods, so neither is compared."""

    source: str
    label: str
    days: tuple[date, date]


def cuts(asked: Asked) -> list[Cut]:
    """One for each source whose data ends inside either period, at the same distance from the start of both."""
    now, before = asked.spans
    found = []
    for source in asked.fresh.sources:
        if source.data_to is None or not (now.period and before.period):
            continue
        after = source.data_to + DAY
        starts = []
        if after < before.period.end:
            starts.append((after, moved(after, before, forward=True)))
        if after < now.period.end:
            starts.append((moved(after, before, forward=False), after))
        if starts:
            found.append(Cut(source.source, source.label, min(starts)))
    return found


def moved(day: date, span: Span, *, forward: bool) -> date:
    """The day of the other period that lies beside `day`, by the months or days that `span` is moved."""
    if not span.months:
        return day + timedelta(days=span.days if forward else -span.days)
    first = add_months(day, span.months if forward else -span.months)
    return first.replace(day=min(day.day, monthrange(first.year, first.month)[1]))


def unbilled_side(asked: Asked) -> int | None:
    """The later period (0 before, 1 now) when its last month is not over by the data: monthly charges may follow."""
    now, before = (span.period for span in asked.spans)
    if now is None or before is None or asked.query.basis == "billing" or now.end == before.end:
        return None
    later = now if now.end > before.end else before
    if asked.fresh.clock.complete + DAY >= add_months(later.end - DAY, 1):
        return None
    return 1 if later == now else 0
