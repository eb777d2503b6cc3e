"""Tags and AdditionalInfo of Microsoft's cost exports: JSON that is often not quite JSON, mended.

The enterprise export writes the pairs without braces (`"env": "prod","org": "trey"`); keys repeat with a leading blank.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from typing import Any, Final

import polars as pl

# A quote inside a value is not always escaped, so a value ends where the next pair or the end begins.
PAIR: Final = re.compile(r'"(?P<key>[^"]*)"\s*:\s*"(?P<value>.*?)"\s*(?=,\s*"[^"]*"\s*:|,?\s*\}?\s*$)', re.DOTALL)


def tags(column: str) -> pl.Expr:
    """One flat JSON object of texts, keys sorted and stripped; null when there are none or nothing could be read."""
    return distinct(column, tags_text)


def info(column: str) -> pl.Expr:
    """The text as a JSON value: an object where it can be read as one, else one JSON string."""
    return distinct(column, info_text)


def distinct(column: str, mend: Callable[[str], str | None]) -> pl.Expr:
    """`mend` over the distinct texts of each batch: a few thousand of them stand on millions of rows."""

    def batch(texts: pl.Series) -> pl.Series:
        found = texts.drop_nulls().unique()
        mended = pl.Series([mend(text) for text in found], dtype=pl.String)
        return texts.replace_strict(found, mended, default=None, return_dtype=pl.String)

    return pl.col(column).map_batches(batch, return_dtype=pl.String, is_elementwise=True)


def tags_text(text: str) -> str | None:
    pairs = _pairs(text)
    kept: dict[str, str] = {}
    # Of one key written with and without blanks, the plain spelling counts: it sorts behind, so it is written last.
    for key, value in sorted(pairs, key=lambda pair: pair[0] == pair[0].strip()):
        kept[key.strip()] = _word(value)
    return _compact(dict(sorted(kept.items()))) if kept else None


def info_text(text: str) -> str | None:
    try:
        json.loads(_braced(text))
    except ValueError:
        pairs = _pairs(text)
        return _compact(dict(pairs)) if pairs else _compact(text)
    return _braced(text)


def _braced(text: str) -> str:
    own = text.strip()
    return own if own.startswith(("{", "[")) else "{" + own.rstrip(",") + "}"


def _pairs(text: str) -> list[tuple[str, Any]]:
    try:
        found = json.loads(_braced(text), object_pairs_hook=_Pairs, parse_float=str, parse_int=str)
    except ValueError:
        return [(match["key"], match["value"]) for match in PAIR.finditer(text)]
    return list(found) if isinstance(found, _Pairs) else []


class _Pairs(list[tuple[str, Any]]):
    """An object as its pairs, so that a repeated key is seen."""


def _word(value: Any) -> str:
    """A tag value is a text; a key without one counts as true, as FOCUS has it."""
    if isinstance(value, str):
        return value
    if value is None or value is True:
        return "true"
    return "false" if value is False else _compact(dict(value) if isinstance(value, _Pairs) else value)


def _compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
