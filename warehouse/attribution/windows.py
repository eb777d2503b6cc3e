"""From the claims on a line to who owns it on which days. Plain Python, run once per distinct set of claims."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import pairwise
from typing import Final, NamedTuple

from warehouse.attribution.model import DAY_MAX, DAY_MIN, NOBODY, Rule, Team, shorten

NO_RULE: Final = "no_rule"


@dataclass(frozen=True, slots=True)
class Claim:
    """What one rule answers: the value, or the reason why its answer is none."""

    rule: Rule
    value: str | None
    reason: str | None = None
    layer: str = ""
    """Of the evidence it was read from; that of its rule when empty."""

    @property
    def told(self) -> str:
        return self.layer or self.rule.layer()


class Why(NamedTuple):
    rule: str | None
    """The id of the rule that answered, or of the first whose answer was no team of that day."""
    layer: str
    reason: str | None

    def __str__(self) -> str:
        return json.dumps(self._asdict(), ensure_ascii=False, separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Span:
    """One dimension's answer for the days [start, end)."""

    start: date
    end: date
    why: Why
    value: str | None = None
    cost_centre: str | None = None


class Calendar:
    """Which teams exist on which days. Without teams, every value is valid always: the other dimensions are free."""

    def __init__(self, teams: Iterable[Team] | None) -> None:
        self._free = teams is None
        self._stretches: dict[str, list[Team]] = defaultdict(list)
        for team in teams or ():
            self._stretches[team.key].append(team)

    def team(self, key: str, day: date) -> Team | None:
        return next((team for team in self._stretches[key] if team.valid_from <= day < team.valid_to), None)

    def valid(self, value: str, day: date) -> bool:
        return self._free or self.team(value, day) is not None

    def cost_centre(self, value: str | None, day: date) -> str | None:
        team = None if self._free or value is None else self.team(value, day)
        return None if team is None else team.cost_centre

    def always(self, value: str) -> bool:
        """Whether the value is valid on every day without a gap."""
        if self._free:
            return True
        day = DAY_MIN
        for team in sorted(self._stretches[value], key=lambda team: team.valid_from):
            if team.valid_from > day:
                return False
            day = team.valid_to
        return day == DAY_MAX

    def cuts(self, value: str) -> set[date]:
        """The days on which something about the value changes."""
        return {day for team in self._stretches[value] for day in (team.valid_from, team.valid_to)}


def settles(claim: Claim, calendar: Calendar) -> bool:
    """Whether no later rule can matter any more, on no day."""
    if claim.rule.windowed:
        return False
    return claim.rule.stops or (claim.value is not None and calendar.always(claim.value))


def spans(claims: Sequence[Claim], default: str | None, calendar: Calendar) -> tuple[Span, ...]:
    """The answers of one dimension, covering every day; `claims` are in the order of the rules."""
    cuts = {DAY_MIN, DAY_MAX}
    for claim in claims:
        cuts |= {claim.rule.valid_from, claim.rule.valid_to}
        if claim.value is not None:
            cuts |= calendar.cuts(claim.value)
    if default is not None:
        cuts |= calendar.cuts(default)
    days = sorted(cuts)
    found = []
    for start, end in pairwise(days):
        value, why = _answer(claims, default, calendar, start)
        found.append(Span(start, end, why, value, calendar.cost_centre(value, start)))
    return _joined(found)


def _answer(claims: Sequence[Claim], default: str | None, calendar: Calendar, day: date) -> tuple[str | None, Why]:
    failed: tuple[str, str | None] | None = None
    for claim in claims:
        if not claim.rule.valid_from <= day < claim.rule.valid_to:
            continue
        reason = claim.reason
        if claim.value is not None:
            if calendar.valid(claim.value, day):
                return claim.value, Why(claim.rule.id, claim.told, None)
            reason = not_valid(claim.value)
        if claim.rule.stops:
            return None, Why(claim.rule.id, "unallocated", reason)
        failed = failed or (claim.rule.id, reason)
    rule, told = failed or (None, None)
    if default is not None:
        if calendar.valid(default, day):
            return default, Why(None, "default", told)
        told = told or not_valid(default)
    return None, Why(rule, "unallocated", told or NO_RULE)


def not_valid(team: str) -> str:
    return "nobody" if team == NOBODY else f"team_not_valid:{team}"


def unknown(value: str) -> str:
    return f"unknown_team:{shorten(value)}"


def _joined(found: list[Span]) -> tuple[Span, ...]:
    """Neighbours that say the same become one."""
    joined: list[Span] = []
    for span in found:
        last = joined[-1] if joined else None
        if last and (last.value, last.why, last.cost_centre) == (span.value, span.why, span.cost_centre):
            joined[-1] = replace(last, end=span.end)
        else:
            joined.append(span)
    return tuple(joined)


def overlay(answers: Mapping[str, tuple[Span, ...]]) -> list[tuple[date, date, dict[str, Span]]]:
    """All dimensions on one calendar: windows that are disjoint and cover every day."""
    days = sorted({day for line in answers.values() for span in line for day in (span.start, span.end)})
    rows = []
    places = dict.fromkeys(answers, 0)
    for start, end in pairwise(days):
        for name, line in answers.items():
            if line[places[name]].end <= start:
                places[name] += 1
        rows.append((start, end, {name: line[places[name]] for name, line in answers.items()}))
    return rows
