"""The published JSON Schema of `pools.yaml`, from the same fields the loader reads.

`schema.json` beside this file is its output, for editors; `python -m warehouse.attribution.pools.schema` writes it
again. What a schema cannot say (known teams, circles, percentages that make 100) the loader says.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

from warehouse.attribution.model import ACCOUNT_TAG, READABLE, TAG
from warehouse.attribution.pools.grammar import POOLS
from warehouse.attribution.pools.model import ITEMS, OWNED
from warehouse.attribution.schema import schema as rules_schema

FILE: Final = Path(__file__).with_name("schema.json")


def schema() -> dict[str, Any]:
    tags = [{"type": "string", "pattern": f"^{prefix.replace('.', '[.]')}."} for prefix in (TAG, ACCOUNT_TAG)]
    column = {
        "description": "a column pools can read, tag.KEY or account_tag.KEY",
        "anyOf": [{"enum": sorted({*READABLE, *ITEMS, *OWNED})}, *tags],
    }
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Outlay shared cost: pools.yaml",
        **POOLS.schema(),
        "$defs": {"condition": rules_schema()["$defs"]["condition"], "column": column},
    }


def text() -> str:
    return json.dumps(schema(), indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    FILE.write_text(text(), encoding="utf-8")
