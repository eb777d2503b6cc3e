"""`catalogue.yaml`: teams and entities with the days on which they were so. Imports write it; people may, too."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

import yaml

from warehouse.attribution.conditions import Columns, Reader
from warehouse.attribution.document import Faults, Mark, Node, RulesError, read_document
from warehouse.attribution.grammar import COLUMNS, CONDITION, FROM, LABEL, TEAM, TEAM_KEY, TEAMS_MAX, TO, VERSION
from warehouse.attribution.kinds import Field, Fields, Many, Raw, Record, Text, Word
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Condition, TagKey, Team
from warehouse.attribution.org import read_teams, window

CATALOGUE_FILE: Final = "catalogue.yaml"
"""Its name among the files that are published with the rules."""
FIRST: Final = ("tag.component", "tag.app", "tag.application", "tag.service")
"""Where an entity is named, unless the catalogue says otherwise."""
ENTITIES_MAX: Final = 20_000
KINDS: Final = ("component", "system", "resource")
REF: Final = re.compile(r"[a-z]+:[^\s/:]+/[^\s/:]+")

ENTITY: Final = Fields(
    {
        "ref": Field(Text(300, REF.pattern, "kind:namespace/name"), "what the catalogue calls it", required=True),
        "kind": Field(Word(KINDS), "component when absent: what people call an application"),
        "name": Field(LABEL, "what tags call it and answers show", required=True),
        "title": Field(LABEL, "what people call it; the name when absent"),
        "owner": Field(TEAM_KEY, "key of the team it belongs to"),
        "system": Field(LABEL, "name of the system it is part of"),
        "when": Field(Raw(CONDITION), "which cost is its own; beside what names it"),
        "valid_from": FROM,
        "valid_to": TO,
    }
)
DOCUMENT: Final = Fields(
    {
        "version": VERSION,
        "names": Field(COLUMNS, "the columns and tags that name an entity, the first with a value counts"),
        "teams": Field(Many(TEAM, TEAMS_MAX), "teams that org.yaml does not have"),
        "entities": Field(Many(ENTITY, ENTITIES_MAX), "applications and systems, in any order"),
    }
)


@dataclass(frozen=True, slots=True)
class Entity:
    """One stretch of an entity's life; one that changed its owner has several."""

    ref: str
    name: str
    kind: str = "component"
    title: str | None = None
    owner: str | None = None
    system: str | None = None
    when: Condition | None = None
    text: Any = None
    """The condition as written: mappings, lists and text."""
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX

    def same(self, other: Entity) -> bool:
        """Apart from its days."""
        return all(getattr(self, name) == getattr(other, name) for name in SAID)


SAID: Final = ("ref", "name", "kind", "title", "owner", "system", "text")


@dataclass(frozen=True, slots=True)
class Catalogue:
    names: tuple[str, ...] = FIRST
    teams: tuple[Team, ...] = ()
    entities: tuple[Entity, ...] = ()

    def at(self, day: date) -> tuple[Entity, ...]:
        """The entities there were on a day."""
        return tuple(entity for entity in self.entities if entity.valid_from <= day < entity.valid_to)


def load_catalogue(text: str, teams: Iterable[str] = (), tag_keys: Iterable[TagKey] = ()) -> Catalogue:
    """The catalogue of a text; an empty one has nothing. Raises RulesError with every fault.

    `teams` are the keys that `org.yaml` has: they may be above those of the catalogue.
    An owner may be no team of that day: people leave, and what they owned is then unallocated with that reason.
    """
    faults = Faults(CATALOGUE_FILE)
    document = DOCUMENT.read(read_document(text, faults) or Node("mapping", Mark(1, 1)), faults)
    found = _read(document, Reader(Columns(tag_keys, ()), faults), teams) if document else Catalogue()
    if faults.found:
        raise RulesError(faults.listed())
    return found


def _read(document: Record, reader: Reader, teams: Iterable[str]) -> Catalogue:
    faults = reader.faults
    for spot in document.get("names", ()):
        reader.columns.check(spot.value, spot.mark, faults)
    names = tuple(spot.value for spot in document.get("names", ())) or FIRST
    entities = tuple(_entity(record, reader, faults) for record in document.get("entities", ()) if record)
    _check_days(entities, document, faults)
    return Catalogue(names, read_teams(document, faults, teams), entities)


def _entity(record: Record, reader: Reader, faults: Faults) -> Entity:
    node = record.get("when")
    return Entity(
        **{name: record.get(name) for name in ("ref", "name", "title", "owner", "system")},
        kind=record.get("kind", "component"),
        when=None if node is None else reader.read(node),
        text=None if node is None else _plain(node),
        **window(record, faults),
    )


def _check_days(entities: Iterable[Entity], document: Record, faults: Faults) -> None:
    ends: dict[str, date] = {}
    records = [record for record in document.get("entities", ()) if record]
    pairs = zip(entities, records, strict=True)
    for entity, record in sorted(pairs, key=lambda pair: (str(pair[0].ref), pair[0].valid_from)):
        if ends.get(entity.ref, DAY_MIN) > entity.valid_from:
            faults.add(record.at("ref"), f'"{entity.ref}" a second time for the same days', "days apart")
        ends[entity.ref] = entity.valid_to


def _plain(node: Node) -> Any:
    if node.kind == "mapping":
        return {name.text: _plain(value) for name, value in node.pairs}
    return [_plain(item) for item in node.items] if node.kind == "list" else node.text


def written(catalogue: Catalogue) -> str:
    """The document of a catalogue: the same one, the same text."""
    document: dict[str, Any] = {"version": "1"}
    if catalogue.names != FIRST:
        document["names"] = list(catalogue.names)
    document["teams"] = [_team(team) for team in sorted(catalogue.teams, key=lambda team: (team.key, team.valid_from))]
    entities = sorted(catalogue.entities, key=lambda entity: (entity.ref, entity.valid_from))
    document["entities"] = [_written(entity) for entity in entities]
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=120))


class _Dumper(yaml.SafeDumper):
    """No anchors, which the reader refuses: a value is written where it is meant."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


def _team(team: Team) -> Mapping[str, Any]:
    said: dict[str, Any] = {"key": team.key, "name": team.name, "parent": team.parent, "cost_centre": team.cost_centre}
    return _present(said | {"aliases": list(team.aliases)} | _days(team))


def _written(entity: Entity) -> Mapping[str, Any]:
    said = {name: getattr(entity, name) for name in SAID[:-1]}
    return _present(said | {"when": entity.text} | _days(entity))


def _days(held: Team | Entity) -> dict[str, str | None]:
    return {
        "valid_from": held.valid_from.isoformat() if held.valid_from > DAY_MIN else None,
        "valid_to": held.valid_to.isoformat() if held.valid_to < DAY_MAX else None,
    }


def _present(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in fields.items() if value not in (None, [], "")}
