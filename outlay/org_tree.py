"""The organisation on a day and its cost: as charges are owned, as that day would own them, or as a draft would."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Literal
from urllib.parse import quote

from api import documents as doc
from outlay import documents
from outlay.draft_money import READER, Totals, months_query, owners_of, reorganised, together
from outlay.movement import periods
from outlay.rulebook import Rulebook
from outlay.ruling import RulesInForce
from warehouse.attribution import RulesError
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Team
from warehouse.focus import plain
from warehouse.metrics import Access, CostQuery, answer, days_written, parse
from warehouse.store import Store

Costs = list[doc.EffectiveCost]
Owned = Literal["then", "now", "proposed"]


@dataclass(frozen=True, slots=True)
class _Asked:
    """What a tree is of: `query` says whose days, `then` and `cost` what each team has of them."""

    day: date
    owned: Owned
    query: CostQuery
    then: Totals
    cost: Totals


class OrgTrees:
    """One per server. The tree says how the teams stood to each other on a day."""

    def __init__(self, store: Store, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._clock = store, rulebook, clock

    def tree(self, at: date | None, owned: Literal["then", "now"], period: str | None, actor: str) -> doc.OrgTree:
        """Of a period, or of the months of a preview. Raises QueryError for a bad one."""
        day, query = at or self._clock().date(), self._query(period)
        rules = self._rulebook.in_force()
        if owned == "now":
            return self._as_of(rules.as_of(day), query, day, "now")
        then = owners_of(self._store, query, Access(actor), self._clock())
        return _tree(rules, _Asked(day, "then", query, then, then))

    def proposed(self, draft: doc.OrgDraft) -> doc.OrgTree:
        """A draft as it is read on its day. Wrong documents are answered with their faults.

        Raises QueryError for a bad period.
        """
        day, query = draft.at or self._clock().date(), self._query(draft.period)
        try:
            rules = self._rulebook.draft(draft)
        except RulesError as error:
            none = _tree(RulesInForce(None), _Asked(day, "proposed", query, {}, {}))
            return none.model_copy(update={"valid": False, "faults": documents.rule_faults(error)})
        return self._as_of(rules.as_of(day), query, day, "proposed")

    def rows(self, tree: doc.OrgTree) -> list[doc.OrgTreeRow]:
        return rows_of(tree)

    def _as_of(self, rules: RulesInForce, query: CostQuery, day: date, owned: Owned) -> doc.OrgTree:
        found = reorganised(self._store, rules, self._rulebook.in_force(), query, self._clock())
        return _tree(rules, _Asked(day, owned, query, found.before, found.after))

    def _query(self, period: str | None) -> CostQuery:
        """Its days written out: of one team alone, whose bills may be late, the same word can mean others."""
        if period:
            query = parse(f"period={quote(period)}")
            return replace(query, period=days_written(answer(query, Access(READER), self._store, self._clock())))
        with self._store.read() as snapshot:
            labels = periods(snapshot)
        return months_query(labels or [f"{self._clock():%Y-%m}"])


def rows_of(tree: doc.OrgTree) -> list[doc.OrgTreeRow]:
    """As a table, teams in the order of the tree, then the others; a line for each currency."""
    about = {"owned": tree.owned, "at": tree.at, "period": tree.period}
    found = []
    for team in tree.teams:
        facts = {name: getattr(team, name) for name in ("name", "parent", "depth", "cost_centre")}
        found += _lines(team.key, facts, (team.then, team.cost, team.subtree), about)
    for other in tree.others:
        nothing = dict.fromkeys(("name", "parent", "depth", "cost_centre"))
        found += _lines(other.team, nothing, (other.then, other.cost, other.cost), about)
    return found


def _lines(
    team: str | None, facts: Mapping[str, object], costs: tuple[Costs, Costs, Costs], about: Mapping[str, object]
) -> list[doc.OrgTreeRow]:
    sides = [{one.currency: one.effective_cost for one in side} for side in costs]
    currencies = sorted({currency for side in sides for currency in side})
    return [
        doc.OrgTreeRow.model_validate(
            {"team": team, **facts, "currency": currency, **about}
            | {name: side.get(currency, "0") for name, side in zip(("then", "cost", "subtree"), sides, strict=True)}
        )
        for currency in currencies
    ]


def _tree(rules: RulesInForce, asked: _Asked) -> doc.OrgTree:
    teams = [team for team in rules.rules.teams if team.valid_from <= asked.day < team.valid_to]
    below = _below(teams)
    others = sorted({owner for owner, _ in (*asked.then, *asked.cost) if owner not in below}, key=lambda key: key or "")
    return doc.OrgTree(
        at=asked.day,
        owned=asked.owned,
        period=asked.query.period,
        basis=asked.query.basis,
        teams=[_team(team, depth, below[team.key], asked) for team, depth in _ordered(teams)],
        others=[
            doc.OtherTeam(team=owner, cost=_of(asked.cost, [owner]), then=_of(asked.then, [owner])) for owner in others
        ],
        totals=_of(asked.cost, {owner for owner, _ in asked.cost}),
    )


def _team(team: Team, depth: int, below: Collection[str], asked: _Asked) -> doc.OrgTeam:
    return doc.OrgTeam(
        **{name: getattr(team, name) for name in ("key", "name", "parent", "cost_centre")},
        depth=depth,
        valid_from=None if team.valid_from == DAY_MIN else team.valid_from,
        valid_to=None if team.valid_to == DAY_MAX else team.valid_to,
        cost=_of(asked.cost, [team.key]),
        then=_of(asked.then, [team.key]),
        teams=sorted(below),
        subtree=_of(asked.cost, below),
    )


def _of(totals: Totals, owners: Collection[str | None]) -> Costs:
    found = together(totals, owners)
    return [doc.EffectiveCost(currency=currency, effective_cost=plain(amount)) for currency, amount in found.items()]


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
