"""Lists of documents as files, in the three forms that answers have.

A field is a column. A document inside is columns with its name before them, a list of texts is one cell, a list of
money is a row for each currency, and so is the list named as `per`. Lists of anything else are left to the JSON.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from types import UnionType
from typing import Any, Union, get_args, get_origin

import polars as pl
from pydantic import BaseModel

from api.files import facts, write
from api.questions import Content, is_long
from api.services import Services
from api.writing import How, Written
from warehouse.focus import MONEY, plain

AMOUNTS = frozenset({
    "after", "amount", "before", "before_tax", "billed_cost", "change", "contracted_cost", "cost", "covered",
    "difference", "effective_cost", "expected", "fixed", "gone", "list_cost", "open", "shared", "stored", "subtree",
    "then", "total", "uncovered", "uncovered_a_month",
})  # fmt: skip
"""Fields of decimal text that are money; the currency stands beside them."""
BATCH_ROWS = 20_000


@dataclass(frozen=True, slots=True)
class Listing:
    """What a file lists: `find` is asked when it is written. `per`: the list of which every item is a row."""

    name: str
    row: type[BaseModel]
    find: Callable[[], Sequence[BaseModel]]
    per: str | None = None

    def writer(self, use: Services) -> Callable[[Path, How], Written]:
        def write_listing(path: Path, how: How) -> Written:
            name = f"outlay-{self.name}-{use.hour():%Y-%m-%d}"
            content = content_of_list(self, use)
            return write(content, path, name, how), facts(content.about)

        return write_listing


def content_of_list(listing: Listing, use: Services) -> Content:
    """The list as the content of a file."""
    kinds = _kinds(listing.row, listing.per)
    rows = [row for found in listing.find() for row in _rows(found, listing.per)]
    columns = {name: [_cell(row.get(name), kind) for row in rows] for name, kind in kinds.items()}
    dtypes = {name: pl.Int64 if kind == "count" else pl.String for name, kind in kinds.items()}
    frame = pl.DataFrame(columns, schema=dtypes)
    amounts = [name for name, kind in kinds.items() if kind == "amount"]
    long = frozenset(name for name in amounts if is_long(frame[name]))
    frame = frame.with_columns(_money(frame[name]) for name in amounts)
    frames = (frame.slice(start, BATCH_ROWS) for start in range(0, max(1, len(frame)), BATCH_ROWS))
    return Content("List", _about(listing.name, kinds, use), len(frame), frames, _texts, long)


def every(page: Callable[[str | None], Any], field: str) -> Sequence[BaseModel]:
    """What all pages have under this field; `page` takes the cursor."""
    found: list[BaseModel] = []
    cursor = None
    while True:
        got = page(cursor)
        found += getattr(got, field)
        cursor = got.next
        if cursor is None:
            return found


def _money(texts: pl.Series) -> pl.Series:
    """Raises for what is no amount, which would be an empty cell."""
    return pl.Series(texts.name, [None if text is None else Decimal(text) for text in texts], MONEY)


def _about(name: str, kinds: Mapping[str, str], use: Services) -> dict[str, Any]:
    units = {"amount": ("measure", "currency"), "count": ("measure", "count"), "text": ("dimension", None)}
    with use.store.read() as snapshot:
        generations, version = snapshot.generations, snapshot.rules_version
    return {
        "query": name,
        "period": {"start": None, "end": None},
        "basis": None,
        "columns": [{"name": column, "kind": units[kind][0], "unit": units[kind][1]} for column, kind in kinds.items()],
        "totals": [],
        "data_to": {},
        "known_on": None,
        "generations": generations,
        "rules_version": version,
        "warnings": [],
    }


def _texts(frame: pl.DataFrame) -> list[dict[str, Any]]:
    amounts = [name for name, dtype in frame.schema.items() if isinstance(dtype, pl.Decimal)]
    return [
        row | {name: plain(row[name]) for name in amounts if row[name] is not None}
        for row in frame.iter_rows(named=True)
    ]


def _cell(value: Any, kind: str) -> Any:
    if kind == "count" or value is None:
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    return "; ".join(map(_joined, value)) if isinstance(value, list) else str(value)


def _joined(value: Any) -> str:
    return "=".join(str(part) for part in value.values()) if isinstance(value, dict) else str(value)


# --- the columns of a kind of document -------------------------------------------------------------


def _kinds(row: type[BaseModel], per: str | None) -> dict[str, str]:
    """Column -> text, count or amount."""
    found: dict[str, str] = {}
    rows = _expanded(row, per)
    for name, field in row.model_fields.items():
        inner = _inner(field.annotation)
        if name != rows and _document(inner) and not _is_list(field.annotation):
            found |= {f"{name}_{key}": kind for key, kind in _kinds(inner, None).items() if key != "currency"}
        elif name != rows and (not _document(inner) or _is_pair(inner)) and get_origin(inner) is not dict:
            found[name] = _kind(name, inner, listed=_is_list(field.annotation))
    if rows:
        more = _inner(row.model_fields[rows].annotation)
        kinds = _kinds(more, None) if _document(more) else {"currency": "text", rows: "amount"}
        found |= {_apart(key, rows, row): kind for key, kind in kinds.items()}
    return found


def _rows(found: BaseModel, per: str | None) -> Iterator[dict[str, Any]]:
    row = type(found)
    rows = _expanded(row, per)
    document = found.model_dump(mode="json")
    base: dict[str, Any] = {}
    for name, value in document.items():
        if isinstance(value, dict) and name != rows:
            base |= {f"{name}_{key}": inner for key, inner in value.items()}
        elif name != rows:
            base[name] = value
    several = document[rows] if rows else None
    if isinstance(several, dict):
        several = [{"currency": currency, rows: amount} for currency, amount in several.items()]
    for item in several or [{}]:
        yield base | {_apart(key, rows or "", row): value for key, value in item.items()}


def _apart(key: str, rows: str, row: type[BaseModel]) -> str:
    """A field that both the document and its items have is told apart by the list's name."""
    return f"{rows}_{key}" if key in row.model_fields and key != rows else key


def _expanded(row: type[BaseModel], per: str | None) -> str | None:
    """The list of which every item is a row: the one that is asked for, else the first of money."""
    if per:
        return per
    for name, field in row.model_fields.items():
        inner = _inner(field.annotation)
        money = _document(inner) and _is_list(field.annotation) and "currency" in inner.model_fields
        if money or (get_origin(inner) is dict and name in AMOUNTS):
            return name
    return None


def _kind(name: str, inner: Any, *, listed: bool) -> str:
    if listed or inner is bool:
        return "text"
    if inner is int:
        return "count"
    return "amount" if name in AMOUNTS and inner is str else "text"


def _inner(annotation: Any) -> Any:
    """What is left without null, and without the list around it."""
    if get_origin(annotation) in (Union, UnionType):
        return _inner(next(part for part in get_args(annotation) if part is not type(None)))
    return _inner(get_args(annotation)[0]) if _is_list(annotation) else annotation


def _is_list(annotation: Any) -> bool:
    if get_origin(annotation) in (Union, UnionType):
        return any(_is_list(part) for part in get_args(annotation))
    return get_origin(annotation) is list


def _document(inner: Any) -> bool:
    return isinstance(inner, type) and issubclass(inner, BaseModel)


def _is_pair(inner: Any) -> bool:
    """A name and a value: one cell holds several, as name=value."""
    return _document(inner) and len(inner.model_fields) == 2
