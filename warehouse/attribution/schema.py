"""The published JSON Schema of `rules.yaml` and `org.yaml`, from the same fields the loader reads.

`schema.json` beside this file is its output, for editors; `python -m warehouse.attribution.schema` writes it again.
What a schema cannot say (known teams, unique ids, one reading per tag key) the loader says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from warehouse.attribution.grammar import CHECK, CONDITION, DIMENSION_NAME, ORG, PARTS_MAX, RESERVED, RULES
from warehouse.attribution.model import ACCOUNT_TAG, READABLE, TAG

FILE: Final = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    """One schema for both documents: `teams` makes it an org document, anything else a rules document."""
    rules = RULES.schema()
    rules["properties"]["dimensions"]["propertyNames"]["not"] = {"enum": sorted(RESERVED | set(READABLE))}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Outlay attribution: org.yaml and rules.yaml",
        "oneOf": [{"$ref": "#/$defs/rules"}, {"$ref": "#/$defs/org"}],
        "$defs": {
            "org": ORG.schema() | {"required": ["teams"]},
            "rules": rules,
            "condition": _condition(),
            "column": _column(),
        },
    }


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


def _condition() -> dict[str, Any]:
    condition = {"$ref": CONDITION}
    parts = {"type": "array", "items": condition, "minItems": 1, "maxItems": PARTS_MAX}
    check = CHECK.schema()
    check["properties"]["column"] = {"$ref": "#/$defs/column"}
    groups = [_single("all", parts), _single("any", parts), _single("not", condition)]
    return {"oneOf": [check, *groups]}


def _single(name: str, value: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": {name: value}, "required": [name], "additionalProperties": False}


def _column() -> dict[str, Any]:
    readable = {"enum": list(READABLE)}
    prefixed = [f"^{prefix.replace('.', '[.]')}." for prefix in (TAG, ACCOUNT_TAG)]
    named = [{"type": "string", "pattern": pattern} for pattern in prefixed]
    dimension = {"type": "string", "pattern": f"^(?:{DIMENSION_NAME.pattern})$", "not": {"enum": sorted(RESERVED)}}
    return {
        "description": "a column rules can read, tag.KEY, account_tag.KEY or a dimension",
        "anyOf": [readable, *named, dimension],
    }


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
