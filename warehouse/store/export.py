"""Lines as files and as documents: projections of the landed canonical Parquet to a FOCUS version."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal
from itertools import chain
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.focus import COST_COLUMNS, Column, Period, plain, version_columns
from warehouse.store.swap import COSTS

ROWS_PER_BATCH: Final = 50_000
TEXT_TIME: Final = "%Y-%m-%dT%H:%M:%SZ"


class ByTeam(Protocol):
    """Who has the lines of a source and billing period, and their shares of shared cost."""

    def teams(self, source: str, period: str) -> pl.DataFrame:
        """line_no, team."""
        ...

    def of(self, source: str, period: str) -> pl.DataFrame:
        """line_no, team, other_team, pool and the four costs; a line may have several, or none."""
        ...


@dataclass(frozen=True, slots=True)
class Landed:
    """The landed files of a source and billing period, in the order that numbers their lines."""

    source: str
    period: str
    paths: tuple[Path, ...]


@dataclass(frozen=True, slots=True)
class FocusExport:
    """What to write: a FOCUS version, charge days, and the landed files that hold them, in the order of writing.

    With `by_team` every row says whose it is, and rows of shared cost stand behind the lines they are of. `told` hears
    how many landed rows of how many are read; it may raise.
    """

    version: str
    period: Period
    landed: tuple[Landed, ...]
    by_team: ByTeam | None = None
    told: Callable[[int, int], None] = lambda _done, _total: None


TEAM_COLUMNS: Final = ("x_Team", "x_Pool", "x_SharedWith")
_NOT_SHARED: Final = (
    "ConsumedQuantity", "ConsumedUnit", "PricingQuantity", "PricingUnit", "ListUnitPrice", "ContractedUnitPrice",
    "PricingCurrencyListUnitPrice", "PricingCurrencyContractedUnitPrice", "PricingCurrencyEffectiveCost", "SkuId",
    "SkuMeter", "SkuPriceId", "SkuPriceDetails",
)  # fmt: skip
"""What a share has none of: only costs are shared."""


def _columns(order: FocusExport) -> tuple[Column, ...]:
    columns = version_columns(order.version)
    text = next(column for column in columns if column.kind == "text")
    more = TEAM_COLUMNS if order.by_team else ()
    return (*columns, *(replace(text, name=name, required=False, allowed=()) for name in more))


def write_parquet(order: FocusExport, out: Path) -> int:
    """Write typed Parquet: exact decimals, UTC timestamps, JSON columns as text. Answers the number of rows."""
    columns = _columns(order)
    fields = [pa.field(column.name, _arrow(column)) for column in columns]
    rows = 0
    with pq.ParquetWriter(out, pa.schema(fields, metadata={"FOCUS": order.version}), compression="zstd") as writer:
        for frame in _frames(order, columns):
            writer.write_table(frame.to_arrow().cast(pa.schema(fields)))
            rows += len(frame)
    return rows


def write_csv(order: FocusExport, out: Path) -> int:
    """Write RFC 4180 CSV: plain decimals, ISO times, empty for null. Answers the number of rows."""
    columns = _columns(order)
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
    names = [column.name for column in columns]
    landed = {column.name for column in columns if column.name not in TEAM_COLUMNS}
    needed = sorted({*landed, "ChargePeriodStart", "BillingCurrency", *COST_COLUMNS})
    done, total = 0, sum(row_count(path) for load in order.landed for path in load.paths)
    for load in order.landed:
        owned = _Owned(order.by_team, load) if order.by_team else None
        row = 0
        parts = (pq.ParquetFile(path).iter_batches(ROWS_PER_BATCH, columns=needed) for path in load.paths)
        for batch in chain.from_iterable(parts):
            frame = pl.DataFrame(pl.from_arrow(batch)).with_row_index("=line", row)
            row += len(frame)
            done += len(frame)
            order.told(done, total)
            inside = frame.filter(_within(order.period))
            if len(inside):
                inside = owned.with_shares(inside) if owned else inside
                found = inside.with_columns(**_pricing_currency()) if "PricingCurrency" in names else inside
                yield found.select(names)


def _within(period: Period) -> pl.Expr:
    start, end = (datetime.combine(day, datetime.min.time(), UTC) for day in (period.start, period.end))
    return pl.col("ChargePeriodStart").is_between(start, end, closed="left")


class _Owned:
    """Of one load: each line with its team, and its shares behind it."""

    def __init__(self, by_team: ByTeam, load: Landed) -> None:
        line = pl.col("line_no").cast(pl.UInt32).alias("=line")
        self._teams = by_team.teams(load.source, load.period).select(line, x_Team="team")
        shares = by_team.of(load.source, load.period)
        costs = {f"={name}": cost for name, cost in zip(COST_COLUMNS, COSTS, strict=True)}
        self._shares = shares.select(line, **costs, x_Team="team", x_Pool="pool", x_SharedWith="other_team")

    def with_shares(self, lines: pl.DataFrame) -> pl.DataFrame:
        direct = lines.join(self._teams, on="=line", how="left", maintain_order="left")
        direct = direct.with_columns(x_Pool=pl.lit(None, pl.String), x_SharedWith=pl.lit(None, pl.String))
        shared = lines.join(self._shares, on="=line", how="inner", maintain_order="left_right")
        none = [name for name in _NOT_SHARED if name in lines.columns]
        shared = shared.with_columns(
            *(pl.col(f"={name}").alias(name) for name in COST_COLUMNS),
            *(pl.lit(None, lines.schema[name]).alias(name) for name in none),
            **({"AllocatedMethodId": pl.col("x_Pool")} if "AllocatedMethodId" in lines.columns else {}),
        )
        return pl.concat([direct, shared.select(direct.columns)])


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
