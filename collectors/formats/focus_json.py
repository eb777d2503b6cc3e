"""JSON inside cells, brought to one text form so that equal facts compare equal."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any

import polars as pl

from collectors.formats.contract import FormatError

TAGS_PER_LINE = 200
"""Clouds allow 50 to 64; allocation adds some."""
TAG_KEY_BYTES = 512
TAG_VALUE_BYTES = 64 << 10

_OWN_PREFIX = "user:"  # one cloud marks the customer's own keys with it in this export and nowhere else


class _Number(str):
    """A number as written."""

    __slots__ = ()


def flat_object(column: str, rows: pl.Series) -> pl.Series:
    """Tags: one object of texts, keys trimmed and sorted. Takes structs of (text, file, row)."""
    return _by_distinct(column, rows, _flat)


def canonical(column: str, rows: pl.Series) -> pl.Series:
    """Any JSON with sorted keys and without blanks, numbers as written; text that is no JSON becomes a JSON string."""
    return _by_distinct(column, rows, _any)


def _by_distinct(column: str, rows: pl.Series, rewrite: Callable[[str], str | None]) -> pl.Series:
    texts = rows.struct.field(column)
    distinct = texts.drop_nulls().unique()
    written = []
    for text in distinct.to_list():
        try:
            written.append(rewrite(text))
        except ValueError as error:
            raise _fault(column, rows, text, str(error)).through_engine() from error
    return texts.replace_strict(distinct, pl.Series(written, dtype=pl.String), default=None, return_dtype=pl.String)


def _fault(column: str, rows: pl.Series, text: str, why: str) -> FormatError:
    first = rows.filter(rows.struct.field(column) == text)[0]
    return FormatError(
        f"{text[:80]!r} is not a set of tags ({why}).",
        file=first["x_SourceFile"],
        row=first["x_SourceRow"],
        column=column,
        value=text[:200],
        next_step='Write tags as a JSON object such as {"team": "web"}.',
    )


def _flat(text: str) -> str | None:
    found = json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=_Pairs)
    if isinstance(found, str) and not isinstance(found, _Number):  # JSON written into JSON, once too often
        found = json.loads(found, parse_float=_Number, parse_int=_Number, object_pairs_hook=_Pairs)
    if found is None:
        return None
    tags: dict[str, str] = {}
    for key, value in _pairs(found):
        key = key.strip()
        if key.startswith(_OWN_PREFIX) and len(key) > len(_OWN_PREFIX):
            key = key.removeprefix(_OWN_PREFIX)
        value = _value(value)
        if value or key not in tags:  # of a repeated key the last value that says something
            tags[key] = value
    _check(tags)
    return json.dumps(tags, ensure_ascii=False, sort_keys=True, separators=(",", ":")) if tags else None


def _pairs(found: Any) -> Iterable[tuple[str, Any]]:
    """(key, value) of an object, or of a list of objects with key and value."""
    if isinstance(found, _Pairs):
        return found.items
    if isinstance(found, list) and all(isinstance(one, _Pairs) for one in found):
        entries = [{key.casefold(): value for key, value in one.items} for one in found]
        if all(isinstance(entry.get("key"), str) for entry in entries):
            return [(entry["key"], entry.get("value")) for entry in entries]
    raise ValueError("neither an object nor a list of key and value")


class _Pairs:
    """An object with its keys as written, repeated ones too."""

    def __init__(self, items: list[tuple[str, Any]]) -> None:
        self.items = items


def _value(value: Any) -> str:
    if isinstance(value, str):
        return str(value)
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return _written(value)


def _check(tags: dict[str, str]) -> None:
    if len(tags) > TAGS_PER_LINE:
        raise ValueError(f"more than {TAGS_PER_LINE} tags on one row")
    for key, value in tags.items():
        if len(key.encode()) > TAG_KEY_BYTES or len(value.encode()) > TAG_VALUE_BYTES:
            raise ValueError(f"a key above {TAG_KEY_BYTES} or a value above {TAG_VALUE_BYTES:,} bytes")


def _any(text: str) -> str:
    try:
        found = json.loads(text, parse_float=_Number, parse_int=_Number, object_pairs_hook=_Pairs)
    except ValueError:
        return json.dumps(text, ensure_ascii=False)
    return _written(found)


def _written(value: Any) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, _Pairs):
        inner = sorted(dict(value.items).items())
        return "{" + ",".join(f"{json.dumps(key, ensure_ascii=False)}:{_written(one)}" for key, one in inner) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
