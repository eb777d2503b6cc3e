"""A catalogue as text: which form is it in, and what does it say?"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import yaml

from collectors.catalogue.backstage import snapshot
from collectors.catalogue.contract import CatalogueError, EntityKind, Owned, Snapshot, TeamSeen

BYTES_MAX: Final = 32 << 20
ENTITIES_MAX: Final = 20_000
ALIASES: Final = "An anchor or alias is not read: write the value where it is meant."
TABLE: Final[Mapping[str, str]] = {
    "kind": "team, component, system or resource; component when empty",
    "name": "what rules and tags call it",
    "title": "what people call it",
    "owner": "key of the team it belongs to",
    "parent": "of a team: the key of the team above",
    "system": "name of the system it is part of",
    "cost_centre": "of a team: where finance books its cost",
}
"""The columns of a catalogue as a table; `name` is needed."""


class _Loader(yaml.SafeLoader):
    """Plain YAML: no aliases, which could unfold without end."""

    def compose_node(self, parent: Any, index: Any) -> Any:
        if self.check_event(yaml.AliasEvent):
            mark = self.peek_event().start_mark  # type: ignore[no-untyped-call]
            raise yaml.MarkedYAMLError(problem=ALIASES, problem_mark=mark)
        return super().compose_node(parent, index)


def read_text(text: str, name: str) -> Snapshot:
    """Backstage entities as YAML or JSON, or a table as CSV. Raises CatalogueError with the place and the next step."""
    if len(text) > BYTES_MAX:
        raise CatalogueError(f"more than {BYTES_MAX >> 20} MiB", name, "Give it in several files.")
    found = _table(text, name) if name.lower().endswith(".csv") else snapshot(_documents(text, name), name)
    if len(found.entities) > ENTITIES_MAX:
        raise CatalogueError(f"more than {ENTITIES_MAX:,} entities", name, "Leave out what has no cost.")
    return found


def _documents(text: str, name: str) -> Iterator[Any]:
    """Every entity: one to a document, a list of them, or the `items` of a service's answer."""
    for document in _parsed(text, name):
        if isinstance(document, Mapping) and isinstance(document.get("items"), list):
            yield from document["items"]
        elif isinstance(document, list):
            yield from document
        elif document is not None:
            yield document


def _parsed(text: str, name: str) -> list[Any]:
    try:
        if name.lower().endswith(".json"):
            return [json.loads(text)]
        return list(yaml.load_all(text, Loader=_Loader))
    except json.JSONDecodeError as error:
        raise CatalogueError(error.msg, f"{name}:{error.lineno}:{error.colno}", "Mend the JSON there.") from None
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark
        place = f"{name}:{mark.line + 1}:{mark.column + 1}" if mark else name
        raise CatalogueError(str(error.problem or error.context), place, "Mend the YAML there.") from None
    except (yaml.YAMLError, RecursionError) as error:
        raise CatalogueError(type(error).__name__, name, "It has to be YAML, JSON or CSV.") from None


def _table(text: str, name: str) -> Snapshot:
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""), strict=True)
    columns = reader.fieldnames or []
    if "name" not in columns or (unknown := sorted(set(columns) - set(TABLE))):
        problem = f"unknown column {unknown[0][:50]!r}" if "name" in columns else "no column called name"
        raise CatalogueError(problem, f"{name}:1", f"Columns are {', '.join(TABLE)}.")
    teams: list[TeamSeen] = []
    entities: list[Owned] = []
    try:
        for row in reader:
            _row({key: (value or "").strip() or None for key, value in row.items() if key is not None},
                 f"{name}:{reader.line_num}", (teams, entities))  # fmt: skip
    except csv.Error as error:
        raise CatalogueError(str(error), f"{name}:{reader.line_num}", "Mend the CSV there.") from None
    return Snapshot(tuple(teams), tuple(entities))


def _row(cells: Mapping[str, str | None], place: str, into: tuple[list[TeamSeen], list[Owned]]) -> None:
    kind, name = (cells.get("kind") or "component").lower(), cells.get("name")
    if name is None:
        raise CatalogueError("no name", place, "Give every row a name.")
    if kind == "team":
        title, centre = cells.get("title") or name, cells.get("cost_centre")
        into[0].append(TeamSeen(name, title, cells.get("parent"), centre, place=place))
        return
    kinds: Mapping[str, EntityKind] = {"component": "component", "system": "system", "resource": "resource"}
    if kind not in kinds:
        raise CatalogueError(f"unknown kind {kind[:50]!r}", place, f"Use {TABLE['kind']}.")
    ref = f"{kind}:default/{''.join('-' if one in ' :/' else one for one in name.lower())}"
    said = cells.get("title"), cells.get("owner"), cells.get("system")
    into[1].append(Owned(ref, kinds[kind], name, *said, place=place))
