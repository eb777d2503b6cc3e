"""What a column of a document is called and holds, in every form of file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

Document = Mapping[str, Any]


def heading(column: Document) -> str:
    """The name of a column in a file, where nothing beside it says that its sums are divided by days."""
    return f"{column['name']}_per_day" if column.get("per") == "day" else str(column["name"])


def is_amount(column: Document) -> bool:
    return bool(column["kind"] == "measure")
