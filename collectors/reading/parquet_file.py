"""Parquet to frames, structs flattened with dots, lists and maps as JSON text."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from collectors.formats.contract import FormatError
from collectors.reading.limits import ReadLimits

_BATCH_ROWS = 65_536
_AGAIN = "Fetch or upload the file again."


@dataclass(slots=True)
class ParquetFile:
    """An open Parquet file."""

    file: pq.ParquetFile
    columns: tuple[str, ...]
    rows_total: int
    bytes_total: int
    rows_done: int = 0

    @property
    def bytes_done(self) -> int:
        """By rows; the reader does not say how far it is in the file."""
        return self.bytes_total * self.rows_done // max(self.rows_total, 1)

    def batches(self) -> Iterator[pl.DataFrame]:
        """Native types, nested ones taken apart. Every page is decoded; page checksums are verified where written."""
        self.rows_done = 0
        try:
            for batch in self.file.iter_batches(batch_size=_BATCH_ROWS, use_threads=False):
                self.rows_done += len(batch)
                yield flat(pa.Table.from_batches([batch]))
        except (pa.ArrowException, OSError, pl.exceptions.PolarsError) as error:
            raise FormatError(f"a page of the Parquet file is damaged ({_short(error)}).", next_step=_AGAIN) from error


def open_parquet(path: Path, limits: ReadLimits) -> ParquetFile:
    """Read the footer. Raises FormatError for one that is damaged or that promises too much."""
    try:
        # No memory map: pages of a mapped file that fail to load end the process instead of raising.
        # No reading ahead: it would keep all bytes of the file in memory as long as it is open.
        file = pq.ParquetFile(
            path, page_checksum_verification=True, memory_map=False, buffer_size=1 << 20, pre_buffer=False
        )
        names = [name for field in file.schema_arrow for name in _flat_names(field, "")]
    except (pa.ArrowException, OSError) as error:
        raise FormatError(
            f"the footer of the Parquet file is cut or damaged ({_short(error)}).", next_step=_AGAIN
        ) from error
    meta = file.metadata
    unpacked = sum(meta.row_group(i).total_byte_size for i in range(meta.num_row_groups))
    packed = path.stat().st_size
    if unpacked > limits.ratio_free_bytes and unpacked > packed * limits.parquet_ratio:
        raise FormatError(f"it unpacks to more than {limits.parquet_ratio:,} times its size.")
    if meta.num_rows > limits.rows:
        raise FormatError(f"it has {meta.num_rows:,} rows; at most {limits.rows:,} are read.")
    if len(names) > limits.columns:
        raise FormatError(f"there are {len(names):,} columns; at most {limits.columns:,} are read.")
    twice = sorted({name for name in names if names.count(name) > 1})
    if twice:
        raise FormatError(f"a column occurs twice: {', '.join(twice[:3])}.", next_step="Remove or rename one.")
    return ParquetFile(file, tuple(names), meta.num_rows, packed)


def _short(error: Exception) -> str:
    return str(error).splitlines()[0][:200] if str(error) else type(error).__name__


def _flat_names(field: pa.Field, prefix: str) -> Iterator[str]:
    if pa.types.is_struct(field.type):
        for inner in field.type:
            yield from _flat_names(inner, f"{prefix}{field.name}.")
    else:
        yield f"{prefix}{field.name}"


def flat(table: pa.Table) -> pl.DataFrame:
    """The table without nested columns."""
    while any(pa.types.is_struct(field.type) for field in table.schema):
        table = table.flatten()
    nested = {
        name: table.column(name) for name in table.column_names if pa.types.is_nested(table.schema.field(name).type)
    }
    frame = pl.from_arrow(table.drop_columns(list(nested)) if nested else table)
    assert isinstance(frame, pl.DataFrame)
    texts = [_json_texts(column).alias(name) for name, column in nested.items()]
    return frame.with_columns(texts).select(table.column_names)


def _json_texts(column: pa.ChunkedArray) -> pl.Series:
    if pa.types.is_map(column.type) and _is_plain(column.type):
        return (
            pl.concat([_map_texts(chunk) for chunk in column.chunks])
            if column.num_chunks
            else pl.Series([], dtype=pl.String)
        )
    is_map = pa.types.is_map(column.type)
    known: dict[str, str] = {}
    texts = [None if value is None else _json_text(value, is_map, known) for value in column.to_pylist()]
    return pl.Series(texts, dtype=pl.String)


def _is_plain(kind: pa.MapType) -> bool:
    types = pa.types
    of_text = any(test(kind.key_type) for test in (types.is_string, types.is_large_string))
    scalar = (types.is_string, types.is_large_string, types.is_floating, types.is_decimal)
    return of_text and any(test(kind.item_type) for test in scalar)


def _map_texts(chunk: pa.MapArray) -> pl.Series:
    """A map of texts or numbers as JSON objects, all rows at once."""
    keys, items = pl.Series(chunk.keys, dtype=pl.String), pl.Series(chunk.items)
    values = _quoted(items) if items.dtype == pl.String else items.cast(pl.String)
    pairs = pl.select(pl.concat_str(_quoted(keys), pl.lit(":"), values.fill_null("null"))).to_series()
    lists = pa.LargeListArray.from_arrays(chunk.offsets.cast(pa.int64()), pairs.to_arrow())
    texts = pl.Series(lists).list.join(",")
    present = pl.Series(chunk.is_valid())
    return pl.select(pl.when(present).then(pl.concat_str(pl.lit("{"), texts, pl.lit("}")))).to_series()


def _quoted(texts: pl.Series) -> pl.Series:
    """JSON strings. Few texts hold what JSON escapes; only those are written one by one."""
    quoted = '"' + texts + '"'
    special = texts.str.contains(r'["\\\x00-\x1f]').fill_null(False)
    if not special.any():
        return quoted
    return quoted.set(special, None).fill_null(
        pl.Series(
            [json.dumps(text, ensure_ascii=False) if odd else None for text, odd in zip(texts, special, strict=True)]
        )
    )


def _json_text(value: Any, is_map: bool, known: dict[str, str]) -> str:
    # Tags repeat on thousands of rows: a look-up is cheaper than writing JSON again.
    key = repr(value)
    if key not in known:
        known[key] = json.dumps(
            dict(value) if is_map else value, ensure_ascii=False, separators=(",", ":"), default=_plain
        )
    return known[key]


def _plain(value: Any) -> Any:
    if isinstance(value, Decimal):
        return str(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.decode("utf-8")
    raise TypeError(f"a value of type {type(value).__name__} inside a list or map")
