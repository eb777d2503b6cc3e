"""What a unit of a team's metrics costs: the metrics whose label `team` means it, under its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from api.documents.units import UnitCost as UnitCostDocument
from api.documents.units import UnitCosts as UnitCostsDocument
from api.documents.units import UnitPoint
from outlay.rulebook import Rulebook
from warehouse.attribution.pools import team_of
from warehouse.attribution.pools.weights import label_of
from warehouse.focus import Period, plain
from warehouse.metrics import Access, CostQuery, Filter, Match, answer
from warehouse.metrics.percent import percent
from warehouse.metrics.unit_cost import Grain, Ratio, UnitCost, per_unit
from warehouse.store import Store
from warehouse.store.series import Known, Series

TEAM: Final = "team"
DAY: Final = timedelta(days=1)
Values = dict[str, dict[date, Decimal]]


@dataclass(frozen=True, slots=True)
class Own:
    """The metrics of a team, and the labels that mean it."""

    known: dict[str, Known]
    labels: frozenset[str]


class UnitCosts:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime], rulebook: Rulebook) -> None:
        self._store, self._clock, self._rulebook = store, clock, rulebook

    def of_team(self, team: str, query: CostQuery, access: Access) -> UnitCostsDocument:
        """In the days, first cost measure and filters of `query`, by its grain; about the team whatever it says of
        teams."""
        measure = next((name for name in query.measures if name.endswith("_cost")), "effective_cost")
        grain: Grain = "day" if query.grain == "none" else query.grain
        where = (*(one for one in query.where if one.dimension != TEAM), Filter(TEAM, (Match("is", team),)))
        asked = replace(query, measures=(measure,), by=(), where=where, grain="none", top=None, sort=(),
                        limit=None, cursor=None)  # fmt: skip
        own = self._own(team)
        found: list[UnitCostDocument] = []
        if own.known:
            whole = answer(asked, access, self._store, self._clock())
            now = self._costs(own, asked, access, (whole.period, grain))
            before = self._costs(own, asked, access, (whole.compare, grain)) if whole.compare else {}
            for key, cost in sorted(now.items()):
                earlier = before.get(key)
                found.append(_document(own.known[key[0]], cost, earlier.whole if earlier else None, whole.period))
        return UnitCostsDocument(team=team, measure=measure, grain=grain, series=found)

    def _own(self, team: str) -> Own:
        series = Series(self._store.state)
        pairs = pl.DataFrame(series.labelled(), schema={"name": pl.String, "labels": pl.String}, orient="row")
        meant = team_of(label_of(pairs["labels"], TEAM), self._rulebook.in_force().rules.teams)
        mine = pairs.filter(meant == team)
        names = set(mine["name"])
        known = {one.name: one for one in series.known() if one.name in names} if names else {}
        return Own(known, frozenset(mine["labels"]))

    def _costs(
        self, own: Own, query: CostQuery, access: Access, shown: tuple[Period, Grain]
    ) -> dict[tuple[str, str], UnitCost]:
        """By metric and currency."""
        period, grain = shown
        values = self._values(own, period)
        if not values:
            return {}
        span = f"{period.start}..{period.end - DAY}"
        days = answer(replace(query, grain="day", period=span, compare="none"), access, self._store, self._clock())
        return {(name, one.currency): one for name, units in values.items() for one in per_unit(days, units, grain)}

    def _values(self, own: Own, period: Period) -> Values:
        """Of each metric that has values of the team: day to value, whatever else they are labelled with."""
        rows = Series(self._store.state).values(list(own.known), period.start, period.end - DAY, own.labels)
        sums = rows.group_by("series", "day").agg(pl.col("value").sum()).sort("series", "day")
        found: Values = {}
        for name, day, value in sums.iter_rows():
            found.setdefault(name, {})[day] = value
        return found


def _document(known: Known, cost: UnitCost, before: Ratio | None, period: Period) -> UnitCostDocument:
    whole = cost.whole
    earlier = before.rate if before else None
    changed = None if whole.rate is None or earlier is None else whole.rate - earlier
    return UnitCostDocument(
        name=known.name,
        unit=known.unit or known.name,
        currency=cost.currency,
        points=[
            UnitPoint(first=one.first, cost=plain(one.cost), units=plain(one.units), rate=_text(one.rate))
            for one in cost.points
        ],
        cost=plain(whole.cost),
        units=plain(whole.units),
        rate=_text(whole.rate),
        previous_rate=_text(earlier),
        change_percent=_text(percent(changed, earlier)),
        days_without=period.days - whole.days,
    )


def _text(value: Decimal | None) -> str | None:
    return None if value is None else plain(value)
