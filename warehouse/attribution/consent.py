"""Whose consent a draft needs, and what becomes of a request for it: pure, from org, movement and answers.

A team decides about its own subtree, about cost without an owner, and about what others offer. The platform decides
about what no team owns, about what teams disagree on, and about what they leave unanswered.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Final, Literal

from warehouse.attribution.change import Change
from warehouse.attribution.model import Rule, Team
from warehouse.attribution.pools.model import Pool

PLATFORM: Final = ""
"""Stands among those that are asked for the platform team."""
State = Literal["open", "accepted", "refused", "published", "withdrawn", "escalated", "superseded"]
Closed = Literal["published", "withdrawn", "superseded"]
Need = Literal["takes", "gives", "unallocates", "rule", "pool", "documents", "later", "dispute"]
"""Why somebody is asked: takes its cost, gives it cost, leaves cost without an owner, changes its rule or a pool that
names it, changes what no team owns, decides days that no preview shows, disputes what no rule can say otherwise."""


@dataclass(frozen=True, slots=True)
class Moved:
    """Cost of one billing period that gets another owner; null is unallocated."""

    period: str
    was: str | None
    becomes: str | None
    offered: bool = False
    """Its owner has offered it to whoever wants it."""
    passed: bool = False
    """It goes to nobody, and pools give it to teams at once."""


@dataclass(frozen=True, slots=True)
class Share:
    """What pools have for one owner, in one billing period and currency; null is unallocated."""

    period: str
    owner: str | None
    rises: bool
    """Its total gets larger by them; or else its share gets smaller."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a draft does: rules that come and go, cost that moves, shares that change, pools that come and go, and what
    else is changed and belongs to no team (the organisation, tag keys, tables, adjustments, the catalogue)."""

    change: Change
    moved: Collection[Moved] = ()
    shared: Collection[Share] = ()
    pools: Collection[Pool] = ()
    repooled: bool = False
    """Other pools, or in another order."""
    documents: Collection[str] = ()
    passing: Collection[Rule] = ()
    """New rules for teams that leave to nobody what pools give to teams at once."""


@dataclass(frozen=True)
class Tree:
    """Teams with the days they are valid."""

    teams: tuple[Team, ...]

    @cached_property
    def _stretches(self) -> Mapping[str, list[Team]]:
        found: dict[str, list[Team]] = defaultdict(list)
        for team in sorted(self.teams, key=lambda team: team.valid_from):
            found[team.key].append(team)
        return found

    def known(self, key: str) -> bool:
        return key in self._stretches

    def on(self, key: str, day: date) -> Team | None:
        return next((one for one in self._stretches.get(key, ()) if one.valid_from <= day < one.valid_to), None)

    def chain(self, key: str, day: date) -> tuple[str, ...]:
        """The team and those above it on a day, nearest first; nothing where it does not exist."""
        found: list[str] = []
        team = self.on(key, day)
        while team is not None and team.key not in found:
            found.append(team.key)
            team = self.on(team.parent, day) if team.parent else None
        return tuple(found)

    def below(self, key: str, top: str, period: str) -> bool:
        """Whether `key` is `top` or below it on every day of a billing period on which it exists at all."""
        first = date.fromisoformat(f"{period}-01")
        end = (first + timedelta(days=32)).replace(day=1)
        days = {first, *(one.valid_from for one in self.teams if first < one.valid_from < end)}
        chains = [chain for day in days if (chain := self.chain(key, day))]
        return bool(chains) and all(top in chain for chain in chains)

    def heir(self, key: str, day: date) -> str | None:
        """Who answers for a team on a day: itself while it exists, else the nearest above it that does."""
        seen: set[str] = set()
        while key not in seen:
            seen.add(key)
            if self.on(key, day):
                return key
            stretches = self._stretches.get(key, [])
            parent = stretches[-1].parent if stretches else None
            if parent is None:
                return None
            key = parent
        return None


@dataclass(frozen=True, slots=True)
class Side:
    """What a team wants: on whose behalf, in which tree, today; and the last day that a preview shows."""

    team: str
    tree: Tree
    today: date
    shown_to: date


Asking = dict[str, set[Need]]
"""Who is asked, and why."""


def needed(side: Side, wanted: Wanted) -> Asking:
    """Who has to consent, PLATFORM among them, and why; nobody where the team may publish by itself."""
    asked: Asking = defaultdict(set)
    for one in wanted.moved:
        _ask_for_cost(side, one, asked)
    for share in wanted.shared:
        _ask_for_share(side, share, asked, repooled=wanted.repooled)
    for pool in wanted.pools:
        _ask_for_pool(side, pool, asked, seen=bool(wanted.shared))
    freed = [one.passed for one in wanted.moved if one.becomes is None]
    # A new rule that leaves cost to nobody, for pools to take, is judged by what moves; one that moves nothing is not.
    judged = [("team", rule) for rule in wanted.passing] if all(freed) else []
    for dimension, rule in (*wanted.change.gone, *wanted.change.come):
        owner = rule.value if dimension == "team" and side.tree.known(rule.value or "") else None
        if (dimension, rule) not in judged and (owner is None or not _own_today(side, owner)):
            asked[_answers(side, owner)].add("rule")
        if _later(side, rule):
            asked[PLATFORM].add("later")
    if wanted.documents:
        asked[PLATFORM].add("documents")
    return dict(asked)


def _ask_for_share(side: Side, one: Share, asked: Asking, *, repooled: bool) -> None:
    """Whose total rises is given cost. A smaller share is taken from a team by other pools only: who claims what nobody
    owns weighs more, and whom that relieves need not agree to it."""
    if one.owner is None:
        if one.rises:
            asked[PLATFORM].add("unallocates")
    elif (one.rises or repooled) and not side.tree.below(one.owner, side.team, one.period):
        asked[_answers(side, one.owner)].add("gives" if one.rises else "takes")


def _ask_for_pool(side: Side, pool: Pool, asked: Asking, *, seen: bool) -> None:
    """Those whom it names. What names nobody and as yet moves nothing will be found by nobody but the platform."""
    named = dict.fromkeys([*pool.teams, *pool.named()])
    for team in named:
        if not _own_today(side, team):
            asked[_answers(side, team)].add("pool")
    if not named and not seen:
        asked[PLATFORM].add("pool")
    if _later(side, pool):
        asked[PLATFORM].add("later")


def _ask_for_cost(side: Side, one: Moved, asked: Asking) -> None:
    if one.was is not None and not one.offered and not side.tree.below(one.was, side.team, one.period):
        asked[_answers(side, one.was)].add("takes")
    if one.becomes is None:
        if not one.passed:
            asked[PLATFORM].add("unallocates")
    elif not side.tree.below(one.becomes, side.team, one.period):
        asked[_answers(side, one.becomes)].add("gives")


def _own_today(side: Side, key: str) -> bool:
    heir = side.tree.heir(key, side.today)
    return heir is not None and side.team in side.tree.chain(heir, side.today)


def _answers(side: Side, key: str | None) -> str:
    """Who answers for a team today. What would come back to the one that asks, the platform answers."""
    heir = side.tree.heir(key, side.today) if key is not None else None
    return PLATFORM if heir is None or side.team in side.tree.chain(heir, side.today) else heir


def _later(side: Side, rule: Rule | Pool) -> bool:
    """A rule or pool that begins or ends behind what a preview shows can take cost unseen."""
    return side.shown_to < rule.valid_from or (rule.valid_to.year < 9999 and side.shown_to < rule.valid_to)


# what becomes of a request


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as far as its state depends on it. `answers`: who answered -> whether it consents."""

    asked: frozenset[str]
    deadline: datetime
    answers: Mapping[str, bool] = field(default_factory=dict)
    conflict: bool = False
    """Publishing found that it would take what nobody consented to."""
    closed: Closed | None = None


def state(request: Asked, now: datetime) -> State:
    if request.closed:
        return request.closed
    decided = request.answers.get(PLATFORM)
    if decided is not None:
        return "accepted" if decided else "refused"
    waiting = {one for one in request.asked if not request.answers.get(one)}
    if request.conflict or False in request.answers.values():
        return "escalated"
    if not waiting:
        return "accepted"
    return "escalated" if waiting == {PLATFORM} or now >= request.deadline else "open"


def may_answer(request: Asked, who: str, now: datetime) -> bool:
    """Teams once each, while nothing is decided; the platform when it is its turn."""
    found = state(request, now)
    if who == PLATFORM:
        return found == "escalated"
    return found in ("open", "escalated") and who in request.asked and who not in request.answers


def covers(request: Asked, wanted: Collection[str], now: datetime) -> bool:
    """Whether it may be published where these have to consent: all of them did, or the platform decided."""
    if state(request, now) != "accepted":
        return False
    return bool(request.answers.get(PLATFORM)) or all(request.answers.get(one) for one in wanted)
