"""The organisation as it was on a day, with the cost of every team and of all that is below it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from urllib.parse import quote

from api import documents as doc
from outlay.rulebook import Rulebook
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Team
from warehouse.metrics import Access, CostQuery, Filter, answer, parse
from warehouse.metrics.query import Match
from warehouse.store import Store

Costs = list[doc.EffectiveCost]


class OrgTrees:
    """One per server. Whose a charge is follows its own day; the tree says how the teams stood to each other."""

    def __init__(self, store: Store, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._clock = store, rulebook, clock

    def tree(self, at: date | None, period: str, actor: str) -> doc.OrgTree:
        """Teams of the day, parents first. Raises QueryError for a bad period."""
        day = at or self._clock().date()
        asked = parse(f"period={quote(period)}")
        teams = [team for team in self._rulebook.in_force().rules.teams if team.valid_from <= day < team.valid_to]
        own = self._by_team(asked, actor)
        below = _below(teams)
        return doc.OrgTree(
            at=day,
            period=period,
            teams=[
                doc.OrgTeam(
                    **{name: getattr(team, name) for name in ("key", "name", "parent", "cost_centre")},
                    depth=depth,
                    valid_from=None if team.valid_from == DAY_MIN else team.valid_from,
                    valid_to=None if team.valid_to == DAY_MAX else team.valid_to,
                    cost=own.get(team.key, []),
                    teams=sorted(below[team.key]),
                    subtree=self._of(asked, below[team.key], actor)
                    if len(below[team.key]) > 1
                    else own.get(team.key, []),
                )
                for team, depth in _ordered(teams)
            ],
            others=[
                doc.OtherTeam(team=name, cost=cost) for name, cost in own.items() if name is None or name not in below
            ],
        )

    def _by_team(self, asked: CostQuery, actor: str) -> Mapping[str | None, Costs]:
        found: dict[str | None, Costs] = {}
        for row in answer(replace(asked, by=("team",)), Access(actor), self._store, self._clock()).document()["rows"]:
            found.setdefault(row["team"], []).append(_money(row))
        return found

    def _of(self, asked: CostQuery, teams: Iterable[str], actor: str) -> Costs:
        where = (Filter("team", tuple(Match("is", team) for team in sorted(teams))),)
        rows = answer(replace(asked, where=where), Access(actor), self._store, self._clock()).document()["rows"]
        return [_money(row) for row in rows]


def _money(row: Mapping[str, str]) -> doc.EffectiveCost:
    return doc.EffectiveCost(currency=row["currency"], effective_cost=row["effective_cost"])


def _below(teams: Sequence[Team]) -> dict[str, set[str]]:
    """Each team -> itself and all below it. The rules have no cycles."""
    parents = {team.key: team.parent for team in teams}
    below = {key: {key} for key in parents}
    for key in parents:
        above = parents[key]
        while above in below:
            below[above].add(key)
            above = parents[above]
    return below


def _ordered(teams: Sequence[Team]) -> list[tuple[Team, int]]:
    """Parents before their children, by name, with how deep they stand."""
    known = {team.key for team in teams}
    children: dict[str | None, list[Team]] = {}
    for team in sorted(teams, key=lambda team: (team.name.lower(), team.key)):
        children.setdefault(team.parent if team.parent in known else None, []).append(team)
    found: list[tuple[Team, int]] = []
    waiting = [(team, 0) for team in reversed(children.get(None, []))]
    while waiting:
        team, depth = waiting.pop()
        found.append((team, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(team.key, []))]
    return found
