"""JSON lines to frames of text: objects flattened with dots, arrays as JSON text, numbers as they were written."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import polars as pl

from collectors.formats.contract import FormatError
from collectors.reading.csv_file import NULLS
from collectors.reading.limits import ReadLimits
from collectors.reading.unpack import Text

_BATCH_ROWS = 50_000
_DEPTH_MAX = 20  # real exports nest three deep


class _Number(str):
    """A number as written. A binary float would lose digits beyond the seventeenth."""

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


def _objects(path: Path) -> Iterator[dict[str, Any]]:
    decoder = json.JSONDecoder(parse_float=_Number, parse_int=_Number, object_pairs_hook=_without_repeats)
    row = 0
    with path.open(encoding="utf-8-sig") as file:
        try:
            for line in file:
                if not line.strip():
                    continue
                row += 1
                value = decoder.decode(line)
                if not isinstance(value, dict):
                    raise FormatError("this line is no JSON object.", row=row, value=line[:80])
                yield value
        except UnicodeDecodeError as error:
            raise FormatError("the text is not UTF-8.", row=row + 1, next_step="Save it as UTF-8.") from error
        except (json.JSONDecodeError, RecursionError) as error:
            raise FormatError(
                f"this line is not JSON ({error}).", row=row, value=line[:80], next_step="Export one object per line."
            ) from error


def _without_repeats(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        twice = next(key for i, (key, _) in enumerate(pairs) if key in dict(pairs[:i]))
        raise FormatError(f"a line has the key {twice!r} twice.", next_step="Export it again.")
    return found


def _flatten(value: dict[str, Any], prefix: str, out: dict[str, str | None], depth: int) -> None:
    if depth > _DEPTH_MAX:
        raise FormatError(f"objects nest deeper than {_DEPTH_MAX}.")
    for key, inner in value.items():
        if isinstance(inner, dict):
            _flatten(inner, f"{prefix}{key}.", out, depth + 1)
        elif isinstance(inner, list):
            out[prefix + key] = _written(inner)
        elif isinstance(inner, bool):
            out[prefix + key] = "true" if inner else "false"
        else:
            out[prefix + key] = None if inner is None or inner in NULLS else str(inner)


def _written(value: Any) -> str:
    """JSON text with every number as it was."""
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return "{" + ",".join(f"{json.dumps(k, ensure_ascii=False)}:{_written(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(_written, value)) + "]"
    return json.dumps(value, ensure_ascii=False)
