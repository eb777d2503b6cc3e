"""What a catalogue has, in a form of ours. Whose days these are is not known here: it is what is so now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Literal

EntityKind = Literal["component", "system", "resource"]


class CatalogueError(Exception):
    """A catalogue that cannot be read. Names the file and the place in it, and says what to do."""

    kind = "caller"
    slug = "catalogue"

    def __init__(self, message: str, place: str, next_step: str) -> None:
        super().__init__(f"{place}: {message}")
        self.message = f"{place}: {message}"
        self.field: str | None = None
        self.nearest: tuple[str, ...] = ()
        self.next_step = next_step
        self.status: int | None = None


@dataclass(frozen=True, slots=True)
class TeamSeen:
    key: str
    name: str
    parent: str | None = None
    cost_centre: str | None = None
    aliases: tuple[str, ...] = ()
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Owned:
    """An application, a system or a resource. `owner` is a team's key; `when` a condition in the words of rules."""

    ref: str
    """kind:namespace/name, in small letters."""
    kind: EntityKind
    name: str
    title: str | None = None
    owner: str | None = None
    system: str | None = None
    when: Any = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Snapshot:
    """`warnings` are sentences about what was left out, and why."""

    teams: tuple[TeamSeen, ...] = ()
    entities: tuple[Owned, ...] = ()
    warnings: tuple[str, ...] = ()

    def __add__(self, other: Snapshot) -> Snapshot:
        return Snapshot(self.teams + other.teams, self.entities + other.entities, self.warnings + other.warnings)

    def check(self) -> None:
        """Raises CatalogueError where two places say different things of the same team or entity."""
        _once((f"team {team.key}", team) for team in self.teams)
        _once((one.ref, one) for one in self.entities)


def _once(named: Iterable[tuple[str, TeamSeen | Owned]]) -> None:
    first: dict[str, TeamSeen | Owned] = {}
    for name, one in named:
        before = first.setdefault(name, one)
        if before != one:
            step = "Keep the one that is right; nothing was imported."
            raise CatalogueError(f"{name} a second time, and not as in {before.place}", one.place, step)
