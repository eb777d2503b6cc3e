"""Lines as files and as documents: projections of the landed canonical Parquet to a FOCUS version."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.focus import Column, Period, plain, version_columns

ROWS_PER_BATCH: Final = 50_000
TEXT_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


@dataclass(frozen=True, slots=True)
class FocusExport:
    """What to write: a FOCUS version, charge days, and the landed files that hold them."""

    version: str
    period: Period
    paths: tuple[Path, ...]
    """In the order they are written."""


def write_parquet(order: FocusExport, out: Path) -> int:
    """Write typed Parquet: exact decimals, UTC timestamps, JSON columns as text. Answers the number of rows."""
    columns = version_columns(order.version)
    fields = [pa.field(column.name, _arrow(column)) for column in columns]
    rows = 0
    with pq.ParquetWriter(out, pa.schema(fields, metadata={"FOCUS": order.version}), compression="zstd") as writer:
        for frame in _frames(order, columns):
            writer.write_table(frame.to_arrow().cast(pa.schema(fields)))
            rows += len(frame)
    return rows


def write_csv(order: FocusExport, out: Path) -> int:
    """Write RFC 4180 CSV: plain decimals, ISO times, empty for null. Answers the number of rows."""
    columns = version_columns(order.version)
    rows = 0
    with out.open("w", encoding="utf-8", newline="") as target:
        writer = csv.writer(target, lineterminator="\r\n")
        writer.writerow([column.name for column in columns])
        for frame in _frames(order, columns):
            for row in frame.iter_rows():
                writer.writerow([_text(value) for value in row])
            rows += len(frame)
    return rows


def row_count(path: Path) -> int:
    """Rows of a landed file, from its footer."""
    return int(pq.ParquetFile(path).metadata.num_rows)


def line(path: Path, row: int) -> dict[str, Any] | None:
    """One canonical row with all its columns, by its number in the landed file; null past the end."""
    frame = pl.scan_parquet(path).slice(row, 1).collect()
    return dict(frame.row(0, named=True)) if len(frame) else None


def line_of(paths: Sequence[Path], row: int) -> dict[str, Any] | None:
    """The same by its number in files that follow each other."""
    for path in paths:
        rows = row_count(path)
        if row < rows:
            return line(path, row)
        row -= rows
    return None


def _frames(order: FocusExport, columns: Sequence[Column]) -> Iterator[pl.DataFrame]:
    start, end = (datetime.combine(day, datetime.min.time(), UTC) for day in (order.period.start, order.period.end))
    names = [column.name for column in columns]
    needed = sorted({*names, "ChargePeriodStart", "BillingCurrency", "EffectiveCost"})
    for path in order.paths:
        for batch in pq.ParquetFile(path).iter_batches(ROWS_PER_BATCH, columns=needed):
            frame = pl.DataFrame(pl.from_arrow(batch))
            inside = frame.filter(pl.col("ChargePeriodStart").is_between(start, end, closed="left"))
            if len(inside):
                yield (inside.with_columns(**_pricing_currency()) if "PricingCurrency" in names else inside).select(
                    names
                )


def _pricing_currency() -> dict[str, pl.Expr]:
    """FOCUS wants both of every row; lines that name no pricing currency are priced in the one they are billed in."""
    currency = pl.coalesce("PricingCurrency", "BillingCurrency")
    own = pl.when(currency == pl.col("BillingCurrency")).then("EffectiveCost")
    return {
        "PricingCurrency": currency,
        "PricingCurrencyEffectiveCost": pl.coalesce("PricingCurrencyEffectiveCost", own),
    }


def _arrow(column: Column) -> pa.DataType:
    if column.kind == "money":
        return pa.decimal128(38, 18)
    if column.kind == "quantity":
        return pa.decimal128(38, 9)
    return pa.timestamp("us", tz="UTC") if column.kind == "time" else pa.large_string()


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, datetime):
        return value.strftime(TEXT_TIME)
    return value if isinstance(value, str) else json.dumps(value, default=str)
