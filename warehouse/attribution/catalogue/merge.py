"""A catalogue as it was seen on a day, laid over what was known: history is kept, nothing is overwritten."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import TypeVar

from warehouse.attribution.catalogue.document import Catalogue, Entity
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Team

Held = TypeVar("Held", Team, Entity)


@dataclass(frozen=True, slots=True)
class Seen:
    """All teams and entities there are; their days are not looked at."""

    teams: tuple[Team, ...] = ()
    entities: tuple[Entity, ...] = ()


def merge(before: Catalogue, seen: Seen, day: date) -> Catalogue:
    """What is known from `day` on.

    What is as it was goes on. What changed is two stretches that meet on the day. What is gone ends on the day. What
    was never known before holds from the beginning: its cost is often older than its entry. What is written down for
    a later day stays. Seen again, the same catalogue changes nothing.
    """
    return replace(
        before,
        teams=tuple(_merged(before.teams, seen.teams, day, (lambda team: team.key, _same_team))),
        entities=tuple(_merged(before.entities, seen.entities, day, (lambda entity: entity.ref, Entity.same))),
    )


def _same_team(one: Team, other: Team) -> bool:
    return replace(one, valid_from=DAY_MIN, valid_to=DAY_MAX) == replace(other, valid_from=DAY_MIN, valid_to=DAY_MAX)


def _merged(
    before: Sequence[Held],
    seen: Iterable[Held],
    day: date,
    by: tuple[Callable[[Held], str], Callable[[Held, Held], bool]],
) -> Iterator[Held]:
    key, same = by
    now = {key(one): one for one in seen}
    known = {key(one) for one in before}
    ends: dict[str, date] = dict.fromkeys(known, DAY_MAX)
    for one in before:
        if one.valid_from > day:
            ends[key(one)] = min(ends[key(one)], one.valid_from)
    going_on = set()
    for one in before:
        if one.valid_to <= day or one.valid_from > day:
            yield one
        elif key(one) in now and same(one, now[key(one)]):
            going_on.add(key(one))
            yield replace(one, valid_to=ends[key(one)])
        elif one.valid_from < day:
            yield replace(one, valid_to=day)
    for name, one in now.items():
        if name not in going_on:
            start = day if name in known else DAY_MIN
            yield replace(one, valid_from=start, valid_to=ends.get(name, DAY_MAX))
