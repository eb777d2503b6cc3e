"""JSON lines to frames of text: objects flattened with dots, arrays as JSON text.

Numbers keep every digit: up to 17 through a double and its shortest text, longer ones as they were written.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import polars as pl

from collectors.formats.contract import FormatError
from collectors.reading.csv_file import NULLS
from collectors.reading.limits import ReadLimits
from collectors.reading.unpack import Text

_BATCH_ROWS = 50_000
_DEPTH_MAX = 20  # real exports nest three deep


class _Number(str):
    """A number as written."""

    __slots__ = ()


@dataclass(slots=True)
class JsonFile:
    """JSON lines, taken apart once into `parts` because only the whole file says which columns there are."""

    parts: tuple[Path, ...]
    columns: tuple[str, ...]
    rows_total: int
    bytes_total: int
    bytes_done: int = 0

    def batches(self) -> Iterator[pl.DataFrame]:
        """Everything as text; a key that a line lacks is null."""
        for number, part in enumerate(self.parts, 1):
            self.bytes_done = self.bytes_total * number // len(self.parts)
            frame = pl.read_parquet(part)
            absent = [pl.lit(None, dtype=pl.String).alias(name) for name in self.columns if name not in frame.columns]
            yield frame.with_columns(absent).select(self.columns)


def open_json(text: Text, work: Path, limits: ReadLimits) -> JsonFile:
    """Parse every line. Raises FormatError with the row of the first line that is no JSON object."""
    names: dict[str, None] = {}
    parts: list[Path] = []
    rows: list[dict[str, str | None]] = []
    total = 0

    def flush() -> None:
        schema = dict.fromkeys({name: None for row in rows for name in row}, pl.String())
        path = work / f"json-{len(parts):05d}.parquet"
        pl.DataFrame(rows, schema=schema, orient="row").write_parquet(path, compression="lz4", statistics=False)
        parts.append(path)
        rows.clear()

    for row in _objects(text.path):
        flat: dict[str, str | None] = {}
        _flatten(row, "", flat, 0)
        names.update(dict.fromkeys(flat))
        rows.append(flat)
        total += 1
        if len(names) > limits.columns:
            raise FormatError(f"there are more than {limits.columns:,} columns.", row=total)
        if len(rows) == _BATCH_ROWS:
            flush()
    if rows:
        flush()
    return JsonFile(tuple(parts), tuple(names), total, text.size_bytes)


_LONG = re.compile(rb"[0-9][0-9.]{18}")
"""A run that may be a number of more digits than a double keeps; in an id it only costs the slower parser."""

_slow = json.JSONDecoder(parse_float=_Number, parse_int=_Number)


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    row = 0
    with path.open("rb") as file:
        for line in file:
            text = line.removeprefix(b"\xef\xbb\xbf").strip()
            if not text:
                continue
            row += 1
            try:
                value = _slow.decode(text.decode()) if _LONG.search(text) else orjson.loads(text)
            except (ValueError, RecursionError) as error:
                raise FormatError(
                    f"this line is not JSON ({error}).",
                    row=row,
                    value=text[:80].decode("utf-8", "replace"),
                    next_step="Export one object per line, in UTF-8.",
                ) from error
            if not isinstance(value, dict):
                raise FormatError("this line is no JSON object.", row=row, next_step="Export one object per line.")
            yield value


def _flatten(value: dict[str, Any], prefix: str, out: dict[str, str | None], depth: int) -> None:
    if depth > _DEPTH_MAX:
        raise FormatError(f"objects nest deeper than {_DEPTH_MAX}.")
    for key, inner in value.items():
        kind = type(inner)
        if kind is str:
            out[prefix + key] = inner if inner not in NULLS else None
        elif kind is dict:
            _flatten(inner, f"{prefix}{key}.", out, depth + 1)
        elif kind is list:
            out[prefix + key] = _written(inner)
        elif kind is bool:
            out[prefix + key] = "true" if inner else "false"
        else:
            out[prefix + key] = None if inner is None else str(inner)


def _written(value: Any) -> str:
    """JSON text; numbers of the slow parser as they were."""
    try:
        return orjson.dumps(value, option=orjson.OPT_PASSTHROUGH_SUBCLASS).decode()
    except TypeError:  # one of them is inside
        pass
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{_written(key)}:{_written(one)}" for key, one in value.items()) + "}"
    return "[" + ",".join(map(_written, value)) + "]"
