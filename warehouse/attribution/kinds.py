"""The kinds of value a document may hold: each reads a node, and says itself in JSON Schema.

One list, two faces: what the loader accepts and what the published schema allows cannot drift apart.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple, Protocol

from warehouse.attribution.document import Faults, Mark, Node
from warehouse.attribution.fold import blank


class Spot(NamedTuple):
    """A value and where it was written."""

    value: Any
    mark: Mark


@dataclass(frozen=True, slots=True)
class Record:
    """A mapping that was read: the fields that were there and right."""

    mark: Mark
    fields: Mapping[str, Spot]

    def get(self, name: str, default: Any = None) -> Any:
        spot = self.fields.get(name)
        return default if spot is None else spot.value

    def at(self, name: str) -> Mark:
        spot = self.fields.get(name)
        return self.mark if spot is None else spot.mark


class Kind(Protocol):
    def read(self, node: Node, faults: Faults) -> Any:
        """The value, or None after reporting a fault."""

    def schema(self) -> dict[str, Any]: ...


@dataclass(frozen=True, slots=True)
class Text:
    """Not blank, at most `longest` characters; the number and truth values of YAML count as the text written."""

    longest: int = 1_000
    pattern: str | None = None
    described: str = "text"

    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind != "text" or node.empty or blank(node.text):
            faults.add(node.mark, f"{node.called} here", self.described)
        elif len(node.text) > self.longest:
            faults.add(node.mark, f"text of {len(node.text)} characters", f"at most {self.longest}")
        elif self.pattern is not None and not re.fullmatch(self.pattern, node.text):
            faults.add(node.mark, f"{node.called} here", self.described)
        else:
            return Spot(node.text, node.mark)
        return None

    def schema(self) -> dict[str, Any]:
        if self.pattern is None:
            return {"type": ["string", "number", "boolean"], "minLength": 1, "maxLength": self.longest}
        return {"type": ["string", "number"], "maxLength": self.longest, "pattern": f"^(?:{self.pattern})$"}


@dataclass(frozen=True, slots=True)
class Word:
    """One of a few words."""

    words: tuple[str, ...]

    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind == "text" and node.text in self.words:
            return Spot(node.text, node.mark)
        if node.kind == "text" and not node.empty:
            faults.unknown(node.mark, "word", node.text, self.words)
        else:
            faults.add(node.mark, f"{node.called} here", " or ".join(self.words))
        return None

    def schema(self) -> dict[str, Any]:
        words: list[Any] = list(self.words)
        return {"enum": words + [int(word) for word in words if word.isdigit()]}


@dataclass(frozen=True, slots=True)
class Truth:
    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind == "text" and node.text.lower() in ("true", "false"):
            return Spot(node.text.lower() == "true", node.mark)
        faults.add(node.mark, f"{node.called} here", "true or false")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "boolean"}


@dataclass(frozen=True, slots=True)
class Day:
    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind == "text" and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", node.text):
            try:
                return Spot(date.fromisoformat(node.text), node.mark)
            except ValueError:
                pass
        faults.add(node.mark, f"{node.called} here", "a day, YYYY-MM-DD")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "string", "format": "date", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$"}


@dataclass(frozen=True, slots=True)
class Number:
    """A decimal, not negative."""

    def read(self, node: Node, faults: Faults) -> Spot | None:
        if node.kind == "text" and re.fullmatch(r"[0-9]{1,9}(\.[0-9]{1,9})?", node.text):
            return Spot(Decimal(node.text), node.mark)
        faults.add(node.mark, f"{node.called} here", "a number such as 5 or 0.5")
        return None

    def schema(self) -> dict[str, Any]:
        return {"type": "number", "minimum": 0}


@dataclass(frozen=True, slots=True)
class Either:
    """A text, or a mapping for those that need more said."""

    text: Text
    fields: Fields

    def read(self, node: Node, faults: Faults) -> Spot | Record | None:
        return self.fields.read(node, faults) if node.kind == "mapping" else self.text.read(node, faults)

    def schema(self) -> dict[str, Any]:
        return {"anyOf": [self.text.schema(), self.fields.schema()]}


@dataclass(frozen=True, slots=True)
class Many:
    """A list; with `or_one`, a single value stands for a list of one."""

    of: Kind
    longest: int
    or_one: bool = False
    shortest: int = 0

    def read(self, node: Node, faults: Faults) -> tuple[Any, ...] | None:
        if node.kind != "list" and self.or_one:
            one = self.of.read(node, faults)
            return None if one is None else (one,)
        if node.kind != "list" and not (node.empty and self.shortest == 0):
            faults.add(node.mark, f"{node.called} here", "a list")
        elif not self.shortest <= len(node.items) <= self.longest:
            faults.add(node.mark, f"a list of {len(node.items)}", f"{self.shortest} to {self.longest} entries")
        else:
            read = [self.of.read(item, faults) for item in node.items]
            return tuple(item for item in read if item is not None)
        return None

    def schema(self) -> dict[str, Any]:
        many = {"type": "array", "items": self.of.schema(), "minItems": self.shortest, "maxItems": self.longest}
        return {"anyOf": [self.of.schema(), many]} if self.or_one else many


@dataclass(frozen=True, slots=True)
class Named:
    """A mapping whose names are free: (name and place, value) pairs in the order written."""

    of: Kind
    longest: int
    names: Text = Text()

    def read(self, node: Node, faults: Faults) -> tuple[tuple[Spot, Any], ...] | None:
        if node.kind != "mapping" and not node.empty:
            faults.add(node.mark, f"{node.called} here", "a mapping of names to values")
            return None
        if len(node.pairs) > self.longest:
            faults.add(node.mark, f"{len(node.pairs)} entries", f"at most {self.longest}")
            return None
        read = [(self.names.read(key, faults), self.of.read(value, faults)) for key, value in node.pairs]
        return tuple((name, value) for name, value in read if name is not None and value is not None)

    def schema(self) -> dict[str, Any]:
        pattern = {"pattern": f"^(?:{self.names.pattern})$"} if self.names.pattern else {}
        return {
            "type": "object",
            "propertyNames": {"minLength": 1, "maxLength": self.names.longest} | pattern,
            "additionalProperties": self.of.schema(),
            "maxProperties": self.longest,
        }


@dataclass(frozen=True, slots=True)
class Raw:
    """Left as a node: a condition, which is read once the tag keys are known."""

    reference: str

    def read(self, node: Node, faults: Faults) -> Node:
        return node

    def schema(self) -> dict[str, Any]:
        return {"$ref": self.reference}


@dataclass(frozen=True, slots=True)
class Field:
    kind: Kind
    meaning: str
    required: bool = False


@dataclass(frozen=True, slots=True)
class Fields:
    """A mapping with known names. `one_of`: exactly one of these must be there."""

    known: Mapping[str, Field]
    one_of: tuple[str, ...] = ()

    def read(self, node: Node, faults: Faults) -> Record | None:
        if node.kind != "mapping" and not node.empty:
            faults.add(node.mark, f"{node.called} here", f"a mapping with {', '.join(self.known)}")
            return None
        written = {key.text for key, _ in node.pairs}
        for name, field in self.known.items():
            if field.required and name not in written:
                faults.add(node.mark, f'"{name}" is missing', field.meaning)
        chosen = [name for name in self.one_of if name in written]
        if self.one_of and len(chosen) != 1:
            found = " and ".join(chosen) + " together" if chosen else "something is missing"
            faults.add(node.mark, found, "exactly one of " + ", ".join(self.one_of))
        fields: dict[str, Spot] = {}
        for key, value in node.pairs:
            if key.text not in self.known:
                faults.unknown(key.mark, "name", key.text, self.known)
                continue
            read = self.known[key.text].kind.read(value, faults)
            if read is not None:
                fields[key.text] = read if isinstance(read, Spot) else Spot(read, value.mark)
        return Record(node.mark, fields)

    def schema(self) -> dict[str, Any]:
        properties = {name: {"description": field.meaning} | field.kind.schema() for name, field in self.known.items()}
        required = [name for name, field in self.known.items() if field.required]
        schema: dict[str, Any] = {"type": "object", "additionalProperties": False, "properties": properties}
        if required:
            schema["required"] = required
        if self.one_of:
            schema["oneOf"] = [{"required": [name]} for name in self.one_of]
        return schema
