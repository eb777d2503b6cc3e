"""The teams of `org.yaml`, checked: keys, names, parents and the days of each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from warehouse.attribution.document import Faults, Mark
from warehouse.attribution.fold import squash
from warehouse.attribution.kinds import Record
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Team


def window(record: Record, faults: Faults) -> dict[str, Any]:
    start, end = record.get("valid_from", DAY_MIN), record.get("valid_to", DAY_MAX)
    if start >= end:
        faults.add(
            record.at("valid_to"),
            f"a window from {start} to {end}",
            "valid_to after valid_from; it is the first day out",
        )
    return {"valid_from": start, "valid_to": end}


def read_teams(org: Record, faults: Faults, others: Iterable[str] = ()) -> tuple[Team, ...]:
    """`others` are keys of teams elsewhere, which may be above these."""
    records: tuple[Record, ...] = tuple(record for record in org.get("teams", ()) if record.get("key"))
    teams = tuple(
        Team(
            key=record.get("key"),
            name=record.get("name") or record.get("key"),
            parent=record.get("parent"),
            cost_centre=record.get("cost_centre"),
            aliases=tuple(spot.value for spot in record.get("aliases", ())),
            **window(record, faults),
        )
        for record in records
    )
    _check_windows(teams, records, faults)
    _check_names(teams, records, faults)
    _check_parents(teams, records, faults, {team.key for team in teams} | set(others))
    return teams


def _check_windows(teams: Iterable[Team], records: Iterable[Record], faults: Faults) -> None:
    stretches: dict[str, list[tuple[Team, Mark]]] = defaultdict(list)
    for team, record in zip(teams, records, strict=True):
        for other, mark in stretches[team.key]:
            if team.valid_from < other.valid_to and other.valid_from < team.valid_to:
                problem = f'team "{team.key}" a second time for the same days'
                faults.add(record.at("key"), problem, f"days apart from line {mark.line}")
                break
        stretches[team.key].append((team, record.at("key")))


def _check_names(teams: Iterable[Team], records: Iterable[Record], faults: Faults) -> None:
    """A key or alias must lead to one team, also when case, blanks, `_` and `-` are left out of account."""
    spots = [
        (team.key, spot)
        for team, record in zip(teams, records, strict=True)
        for spot in (record.fields["key"], *record.get("aliases", ()))
    ]
    owners: dict[str, tuple[str, Mark]] = {}
    for (key, spot), word in zip(spots, squash(spot.value for _, spot in spots), strict=True):
        known, mark = owners.setdefault(word, (key, spot.mark))
        if not word:
            faults.add(spot.mark, f'"{spot.value[:60]}" names nothing', "a letter or digit in it")
        elif known != key:
            problem = f'"{spot.value[:60]}" would mean the teams "{known}" and "{key}"'
            faults.add(spot.mark, problem, f"names that differ in more than case, blanks, _ and - (line {mark.line})")


def _check_parents(teams: tuple[Team, ...], records: Iterable[Record], faults: Faults, keys: set[str]) -> None:
    parents: dict[str, set[str]] = defaultdict(set)
    for team, record in zip(teams, records, strict=True):
        if team.parent is None:
            continue
        if team.parent not in keys:
            faults.unknown(record.at("parent"), "team", team.parent, keys)
            continue
        parents[team.key].add(team.parent)
        if _above(team.parent, parents, team.key):
            faults.add(record.at("parent"), f'"{team.key}" above itself', "a parent that is not below it")
            parents[team.key].discard(team.parent)


def _above(start: str, parents: dict[str, set[str]], wanted: str) -> bool:
    """Whether `wanted` is `start` or above it, on any day: a tree that turns over has to take new keys."""
    seen, waiting = set(), [start]
    while waiting:
        key = waiting.pop()
        if key == wanted:
            return True
        if key not in seen:
            seen.add(key)
            waiting.extend(parents.get(key, ()))
    return False
