"""Conformed lines to one canonical Parquet file per billing period, out of core, with sums and a digest.

Lines are taken in batches as the engine gives them, counted, and laid into buckets of one period and day. A bucket is
small enough to be sorted in memory; the buckets in order are the file.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.focus import COLUMNS, PROVENANCE, SCHEMA, period_label_expr

GROUP_ROWS = 131_072
_BATCH_ROWS = 32_768
_PENDING_ROWS = 120_000  # rows held in memory before they go to disk; up to 150 MiB of wide lines
_SLICE_ROWS = 150_000  # rows sorted at once
_BLOCK_ROWS = 50_000  # what a bucket too large to sort at once is divided by
_WIDE = Context(prec=76)
_MODULUS = 1 << 128
_COSTS = tuple(column.name for column in COLUMNS if column.kind == "money" and column.name.endswith("Cost"))
_ORDER = ["ChargePeriodStart", "x_SourceFile", "x_SourceRow", "_tie"]
_NEEDED = {*_COSTS, *PROVENANCE, *(column.name for column in COLUMNS if column.required), "x_Generated"}
_TEXTS = [name for name, dtype in SCHEMA.items() if dtype == pl.String]  # amounts seldom repeat
_ARROW = pl.DataFrame(schema=SCHEMA).to_arrow(compat_level=pl.CompatLevel.oldest()).schema


@dataclass(slots=True)
class PeriodTotals:
    """What is known of one period once its lines have passed."""

    rows: int = 0
    content: int = 0
    sums: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # (cost column, currency)
    billed: dict[tuple[str, str], Decimal] = field(default_factory=dict)  # (account, currency)
    kinds: dict[str, int] = field(default_factory=dict)
    times: dict[str, datetime] = field(default_factory=dict)
    buckets: dict[str, list[Path]] = field(default_factory=dict)

    @property
    def digest(self) -> str:
        """Equal for equal lines in any order, whatever file and row they came from."""
        return f"{self.content:032x}-{self.rows}"


@dataclass(slots=True)
class Lines:
    """All periods of a bundle while their lines pass."""

    work: Path
    periods: dict[str, PeriodTotals] = field(default_factory=dict)
    _pending: list[pl.DataFrame] = field(default_factory=list)
    _files: int = 0

    def take(self, lines: pl.LazyFrame, on_rows: Callable[[int], None]) -> None:
        """Run the frame to its end, once."""
        rows = 0

        def batch(frame: pl.DataFrame) -> None:
            nonlocal rows
            self._batch(frame)
            rows += len(frame)
            on_rows(rows)

        # A sink waits for its function; collect_batches would read on and hold what nobody has taken.
        lines.sink_batches(batch, chunk_size=_BATCH_ROWS, engine="streaming", maintain_order=False)
        if self._files:
            self._flush()

    def write(self, out: Path, period: str) -> Path:
        """The file of one period, sorted by charge start, then by where the rows came from."""
        path = out / f"{period}.parquet"
        with pq.ParquetWriter(path, _ARROW, compression="zstd", compression_level=1, use_dictionary=_TEXTS) as writer:
            for frame in self._sorted(period):
                writer.write_table(_full(frame), row_group_size=GROUP_ROWS)
        return path

    def _batch(self, batch: pl.DataFrame) -> None:
        hashes = row_hashes(batch)
        # Lines fill half of the columns; the others would cost as much as full ones until the file is written.
        batch = batch.select(name for name in SCHEMA if name in _NEEDED or batch[name].null_count() < len(batch))
        marked = batch.with_columns(
            pl.Series("_tie", [value & _TIE for value in hashes], dtype=pl.UInt64),
            period_label_expr("BillingPeriodStart").alias("_period"),
            pl.col("ChargePeriodStart").dt.strftime("%Y-%m-%d").alias("_day"),
            pl.Series("_at", range(len(batch)), dtype=pl.UInt32),
        )
        for (period,), part in marked.partition_by("_period", as_dict=True).items():
            totals = self.periods.setdefault(period, PeriodTotals())
            inside = hashes if len(part) == len(batch) else [hashes[at] for at in part["_at"]]
            totals.content = (totals.content + sum(inside)) % _MODULUS
            _count(totals, part)
        self._pending.append(marked.drop("_at"))
        if sum(map(len, self._pending)) >= _PENDING_ROWS:
            self._flush()

    def _flush(self) -> None:
        """All rows in memory to disk. All at once: a few rows left behind would keep the texts of their whole batch."""
        if not self._pending:
            return
        rows = pl.concat(self._pending, how="diagonal")
        self._pending.clear()
        for (period, day), bucket in rows.partition_by("_period", "_day", as_dict=True, include_key=False).items():
            path = self.work / f"bucket-{self._files:06d}.parquet"
            self._files += 1
            bucket.write_parquet(path, compression="lz4", statistics=False)
            self.periods[period].buckets.setdefault(day, []).append(path)

    def _sorted(self, period: str) -> Iterator[pl.DataFrame]:
        buckets = self.periods[period].buckets
        if not buckets:  # everything fits in memory
            own = [rows.filter(pl.col("_period") == period).drop("_period", "_day") for rows in self._pending]
            yield pl.concat(own, how="diagonal").sort(_ORDER)
            return
        rest: list[pl.DataFrame] = []
        for day in sorted(buckets):
            for part in _slices(buckets[day]):
                rest.append(part.sort(_ORDER))
                if sum(map(len, rest)) >= GROUP_ROWS:
                    yield pl.concat(rest, how="diagonal")
                    rest = []
        if rest:
            yield pl.concat(rest, how="diagonal")


def _full(frame: pl.DataFrame) -> pa.Table:
    """All columns of the schema, absent ones as nulls."""
    table = frame.select(name for name in SCHEMA if name in frame.columns).to_arrow(
        compat_level=pl.CompatLevel.oldest()
    )
    columns = [
        table.column(one.name).cast(one.type) if one.name in table.column_names else pa.nulls(len(frame), one.type)
        for one in _ARROW
    ]
    return pa.table(columns, schema=_ARROW)


def _slices(paths: list[Path]) -> Iterator[pl.DataFrame]:
    """The rows of a bucket in portions that can be sorted one after another."""
    lazy = pl.concat([pl.scan_parquet(path) for path in paths], how="diagonal")
    if lazy.select(pl.len()).collect().item() <= _SLICE_ROWS:
        yield lazy.collect(engine="streaming")
        return
    keys = [pl.col("ChargePeriodStart"), pl.col("x_SourceFile"), (pl.col("x_SourceRow") // _BLOCK_ROWS).alias("_block")]
    names = ["ChargePeriodStart", "x_SourceFile", "_block"]
    blocks = lazy.group_by(keys).agg(pl.len().alias("_rows")).collect().sort(names)
    slices = blocks.with_columns((pl.col("_rows").cum_sum() // _SLICE_ROWS).alias("_slice"))
    for wanted in slices.partition_by("_slice", maintain_order=True):
        own = wanted.select(names).lazy()
        matched = lazy.with_columns(keys[-1]).join(own, on=names, how="semi", nulls_equal=True)
        yield matched.drop("_block").collect(engine="streaming")


def _count(totals: PeriodTotals, part: pl.DataFrame) -> None:
    totals.rows += len(part)
    for currency, *amounts in _sums(part, ["BillingCurrency"], _COSTS):
        for name, amount in zip(_COSTS, amounts, strict=True):
            if amount is not None:
                _add(totals.sums, (name, currency), amount)
    for account, currency, amount in _sums(part, ["BillingAccountId", "BillingCurrency"], ("BilledCost",)):
        _add(totals.billed, (account, currency), amount)
    for reason, rows in part.group_by("x_Generated").len().rows():
        kind = f"generated:{reason}" if reason else "mapped"
        totals.kinds[kind] = totals.kinds.get(kind, 0) + rows
    _widen(totals.times, part)


def _sums(part: pl.DataFrame, keys: list[str], amounts: tuple[str, ...]) -> list[tuple[Any, ...]]:
    """Sums by key; by `Decimal` where 38 digits might not hold them."""
    biggest = part.select(pl.max_horizontal(pl.col(name).abs().max().cast(pl.Float64) for name in amounts)).item()
    if biggest is None or biggest * len(part) < _SAFE:
        present = [pl.when(pl.col(name).count() > 0).then(pl.col(name).sum()).alias(name) for name in amounts]
        return part.group_by(keys).agg(present).rows()
    groups: dict[tuple[str, ...], list[Decimal | None]] = {}
    for row in part.select(*keys, *amounts).iter_rows():
        sums = groups.setdefault(row[: len(keys)], [None] * len(amounts))
        for place, amount in enumerate(row[len(keys) :]):
            if amount is not None:
                sums[place] = _WIDE.add(sums[place] or Decimal(0), amount)
    return [(*key, *sums) for key, sums in groups.items()]


_SAFE = 1e19  # a bound on the size of a sum, not an amount


def _add(sums: dict[tuple[str, str], Decimal], key: tuple[str, str], amount: Decimal) -> None:
    sums[key] = _WIDE.add(sums.get(key, Decimal(0)), amount)


def _widen(times: dict[str, datetime], part: pl.DataFrame) -> None:
    found = part.select(
        pl.col("BillingPeriodStart").min().alias("period_start"),
        pl.col("ChargePeriodStart").min().alias("first_charge"),
        pl.col("BillingPeriodEnd").max().alias("period_end"),
        pl.col("ChargePeriodStart").max().alias("last_charge"),
        pl.col("ChargePeriodEnd").max().alias("last_end"),
    ).row(0, named=True)
    for name, instant in found.items():
        pick = min if name in ("period_start", "first_charge") else max
        times[name] = pick(times.get(name, instant), instant)


# The digest of a period is the sum, modulo 2^128, of BLAKE2b hashes of its rows: it does not depend on the order, the
# number of threads or the batches, and two equal rows count twice (an XOR would let them cancel out). A hash function
# of the engine would be faster, but engines change theirs between versions, and then every month looks new.
_CONTENT = [name for name in SCHEMA if name not in PROVENANCE]
_MARKS = {name: int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest()) for name in _CONTENT}
_TIE = (1 << 64) - 1


def row_hashes(lines: pl.DataFrame) -> list[int]:
    """128 bits for the content of each row.

    Only values that are there count, so that a column added to the schema changes nothing: a row is written as a
    number that says which columns it has (the sum of their marks), then the values of these in order.
    """
    nulls = {name: lines[name].null_count() for name in _CONTENT}
    filled = [name for name in _CONTENT if nulls[name] < len(lines)]
    everywhere = sum(_MARKS[name] for name in filled if not nulls[name]) & _TIE
    marks = [
        pl.col(name).is_not_null().cast(pl.UInt64) * pl.lit(_MARKS[name], pl.UInt64) for name in filled if nulls[name]
    ]
    which = sum(marks, pl.lit(everywhere, pl.UInt64))
    texts = lines.select(pl.concat_str([which, *map(_text, filled)], separator="\x1f", ignore_nulls=True)).to_series()
    blake, number = hashlib.blake2b, int.from_bytes
    return [number(blake(text, digest_size=16).digest()) for text in texts.cast(pl.Binary).to_list()]


def _text(name: str) -> pl.Expr:
    if isinstance(SCHEMA[name], pl.Datetime):
        return pl.col(name).dt.epoch("us").cast(pl.String)
    return pl.col(name).cast(pl.String)
