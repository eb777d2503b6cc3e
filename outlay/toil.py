"""Toil, measured: how often people act by hand so that cost has its owner, and how often teams do it themselves."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from datetime import datetime
from fractions import Fraction

from api import documents as doc
from warehouse.store import Store
from warehouse.store.acts import KINDS, Act, Acts
from warehouse.store.state import instant


class Toil:
    """One per server. `clock` answers the present UTC time. Every method may be called from any thread."""

    def __init__(self, store: Store, clock: Callable[[], datetime]) -> None:
        self._acts, self._clock = Acts(store.state), clock

    def record(self, kind: doc.ActKind, actor: str, team: str | None = None, about: str = "") -> None:
        """Count one act by hand. `team`: on whose behalf, null for the platform; `about`: what it was done to."""
        self._acts.add(Act(instant(self._clock()), kind, actor, team, about))

    def report(self) -> doc.Toil:
        """Month by month, oldest first, from the first with an act to the present one."""
        counted: dict[str, Counter[tuple[str, bool]]] = {}
        for month, kind, team, number in self._acts.monthly():
            counted.setdefault(month, Counter())[kind, team is not None] += number
        found = [_month(month, counted.get(month, Counter())) for month in _months(counted, self._clock())]
        return doc.Toil(months=found)


def _months(counted: dict[str, Counter[tuple[str, bool]]], now: datetime) -> list[str]:
    if not counted:
        return []
    year, month = (int(part) for part in min(counted).split("-"))
    first, last = year * 12 + month - 1, now.year * 12 + now.month - 1
    through = [f"{place // 12:04}-{place % 12 + 1:02}" for place in range(first, last + 1)]
    return sorted({*through, *counted})


def _month(month: str, counts: Counter[tuple[str, bool]]) -> doc.ToilMonth:
    total, by_teams = counts.total(), sum(number for (_, team), number in counts.items() if team)
    kinds = {kind: counts[kind, True] + counts[kind, False] for kind in KINDS}
    # Whole percent, rounded down: not everything is done by teams while one act was not.
    percent = str(int(Fraction(by_teams * 100, total))) if total else None
    return doc.ToilMonth(month=month, total=total, by_teams=by_teams, percent=percent, **kinds)
