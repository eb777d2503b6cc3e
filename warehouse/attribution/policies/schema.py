"""The published JSON Schema of `tags.yaml`, from the same fields the loader reads.

`schema.json` beside this file is its output, for editors; `python -m warehouse.attribution.policies.schema` writes it
again. What a schema cannot say (one reading per key, tables that are there) the loader says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from warehouse.attribution.grammar import DIMENSION_NAME
from warehouse.attribution.model import TAG
from warehouse.attribution.policies.grammar import POLICIES
from warehouse.attribution.policies.model import SCOPED
from warehouse.attribution.schema import schema as rules_schema

FILE: Final = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    column = {
        "description": "a dimension of questions, or tag.KEY",
        "anyOf": [
            {"enum": sorted(SCOPED)},
            {"type": "string", "pattern": f"^{TAG.replace('.', '[.]')}."},
            {"type": "string", "pattern": f"^(?:{DIMENSION_NAME.pattern})$"},
        ],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Outlay tag policies: tags.yaml",
        **POLICIES.schema(),
        "$defs": {"condition": rules_schema()["$defs"]["condition"], "column": column},
    }


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
