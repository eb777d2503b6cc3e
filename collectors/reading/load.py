"""A landed file to a frame of typed columns, out of core: bytes → batches of text → parts on disk → one lazy frame."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Protocol

import polars as pl

from collectors.formats.contract import FormatError, Kind, Money, RawFile, Time
from collectors.reading.csv_file import NULLS, open_csv
from collectors.reading.faults import Faults
from collectors.reading.json_file import open_json
from collectors.reading.limits import ReadLimits
from collectors.reading.numbers import decimals
from collectors.reading.parquet_file import open_parquet
from collectors.reading.sniff import sniff
from collectors.reading.times import MisreadError, TimeColumn
from collectors.reading.unpack import Text, plain_text, unpack
from warehouse.focus import MONEY, QUANTITY

NO_VALUE = ("None", "none", "NONE")
"""Words that stand for no value where a number or an instant belongs; in texts they may be values."""

_PART_ROWS = 60_000
_GROUP_ROWS = 16_384  # the engine reads whole groups ahead on every thread
EMPTY: Final = "there is a header and not one row."
"""The message of a file that holds nothing: in the first hours of a month that is no fault."""

OnRows = Callable[[int], None]
"""Told the rows read so far, once per batch."""


class Content(Protocol):
    """An open file of any kind."""

    @property
    def columns(self) -> tuple[str, ...]: ...
    @property
    def rows_total(self) -> int: ...
    @property
    def bytes_total(self) -> int: ...
    @property
    def bytes_done(self) -> int: ...

    def batches(self) -> Iterator[pl.DataFrame]: ...


@dataclass(frozen=True, slots=True)
class Opened:
    """A file whose columns are known and whose rows are not read yet."""

    name: str
    digest: str
    content: Content
    work: Path
    limits: ReadLimits


@dataclass(frozen=True, slots=True)
class Loaded:
    """A file as read, with what reading left aside."""

    file: RawFile
    cut: Mapping[str, Decimal]  # column -> sum of digits beyond its scale
    blank_rows: int  # lines without any value; they have no row number


def open_file(path: Path, name: str, digest: str, work: Path, limits: ReadLimits = ReadLimits()) -> Opened:  # noqa: B008
    """Look at a landed file; `work` is an empty folder of its own. Raises FormatError naming the file."""
    try:
        if path.stat().st_size > limits.packed_bytes:
            raise FormatError(f"it is larger than {limits.packed_bytes:,} bytes.")
        return Opened(name, digest, _content(path, work, limits), work, limits)
    except FormatError as error:
        raise error.in_file(name) from error


def _content(path: Path, work: Path, limits: ReadLimits) -> Content:
    kind = sniff(path)
    if kind == "parquet":
        return open_parquet(path, limits)
    text = plain_text(path, limits) if kind != "gzip" else unpack(path, work / "unpacked", limits)
    inside = sniff(text.path) if kind == "gzip" else kind
    if inside in ("gzip", "parquet"):
        raise FormatError(f"{inside} inside gzip is not read.", next_step="Send the inner file as it is.")
    return _open_text(text, inside == "json", work, limits)


def _open_text(text: Text, is_json: bool, work: Path, limits: ReadLimits) -> Content:
    return open_json(text, work, limits) if is_json else open_csv(text, limits)


def load(
    opened: Opened,
    mapping: Mapping[str, str],
    kinds: Mapping[str, Kind],
    *,
    manifest: Mapping[str, Any] | None = None,
    on_rows: OnRows | None = None,
) -> Loaded:
    """Read every row, with columns renamed by `mapping` and typed by `kinds`.

    Raises FormatError for the file as a whole: all values that cannot be read are named in `also`.
    """
    _check_names(opened, mapping)
    times = {name: TimeColumn(kind.formats) for name, kind in kinds.items() if isinstance(kind, Time)}
    while True:
        reading = _Reading(opened, mapping, kinds, times)
        try:
            reading.run(on_rows)
        except MisreadError:
            times = {name: column.again() for name, column in times.items()}
            continue
        except FormatError as error:
            raise error.in_file(opened.name) from error
        return reading.loaded(manifest)


def _check_names(opened: Opened, mapping: Mapping[str, str]) -> None:
    own: dict[str, str] = {}
    for raw in opened.content.columns:
        other = own.setdefault(mapping[raw], raw)
        if other != raw:
            raise FormatError(
                f"columns {other!r} and {raw!r} both mean {mapping[raw]}.", file=opened.name, next_step="Remove one."
            )


class _Reading:
    """One pass over a file."""

    def __init__(
        self, opened: Opened, mapping: Mapping[str, str], kinds: Mapping[str, Kind], times: dict[str, TimeColumn]
    ) -> None:
        self.opened = opened
        self.mapping = dict(mapping)
        self.kinds = kinds
        self.times = times
        self.faults = Faults(opened.name)
        self.cut: dict[str, Decimal] = {}
        self.rows = self.blank = 0
        self.parts: list[Path] = []

    def run(self, on_rows: OnRows | None) -> None:
        pending: list[pl.DataFrame] = []
        for batch in self.opened.content.batches():
            pending.append(self._typed(batch.rename(self.mapping)))
            if self.rows > self.opened.limits.rows:
                raise FormatError(f"it has more than {self.opened.limits.rows:,} rows.")
            if sum(map(len, pending)) >= _PART_ROWS:
                self._write(pending)
            if on_rows:
                on_rows(self.rows)
        self._write(pending)
        self.faults.check()
        if not self.rows:
            raise FormatError(EMPTY, next_step="Export a period that has charges.")

    def loaded(self, manifest: Mapping[str, Any] | None) -> Loaded:
        frame = pl.scan_parquet(self.parts)
        file = RawFile(self.opened.name, self.opened.digest, self.rows, frame, manifest)
        return Loaded(file, {name: cut for name, cut in self.cut.items() if cut}, self.blank)

    def _write(self, pending: list[pl.DataFrame]) -> None:
        if not sum(map(len, pending)):
            pending.clear()
            return
        path = self.opened.work / f"part-{len(self.parts):05d}.parquet"
        pl.concat(pending).write_parquet(path, compression="lz4", statistics=False, row_group_size=_GROUP_ROWS)
        self.parts.append(path)
        pending.clear()

    def _typed(self, batch: pl.DataFrame) -> pl.DataFrame:
        native = [
            _text(one) if one.name not in self.kinds else _unmarked(one) for one in batch if one.dtype != pl.String
        ]
        batch = batch.with_columns(_without(NULLS, _texts(batch)), *native)
        blank = batch.select(pl.all_horizontal(pl.all().is_null())).to_series()
        if blank.any():
            self.blank += int(blank.sum())
            batch = batch.filter(~blank)
        rows = pl.int_range(self.rows + 1, self.rows + len(batch) + 1, dtype=pl.Int64, eager=True)
        self.rows += len(batch)
        batch = batch.with_columns(_without(NO_VALUE, [name for name in _texts(batch) if name in self.kinds]))
        typed = [self._column(batch[name], rows) for name in batch.columns if name in self.kinds]
        source = pl.lit(self.opened.digest).alias("x_SourceFile")
        return batch.with_columns(*typed, source, rows.alias("x_SourceRow"))

    def _column(self, column: pl.Series, rows: pl.Series) -> pl.Series:
        kind = self.kinds[column.name]
        if isinstance(kind, Time):
            values, bad = self.times[column.name].read(column)
        else:
            read = decimals(column, (MONEY if isinstance(kind, Money) else QUANTITY).scale)
            values, bad = read.values, read.bad
            self.cut[column.name] = self.cut.get(column.name, Decimal(0)) + read.cut
        self.faults.note(column.name, kind, column, rows, bad)
        return values.alias(column.name)


def _texts(batch: pl.DataFrame) -> list[str]:
    return [name for name, dtype in batch.schema.items() if dtype == pl.String]


def _without(words: Collection[str], names: list[str]) -> pl.Expr:
    """These columns of text with nulls in place of the words, all at once: one by one takes longer than the rest."""
    texts = pl.col(names)
    return pl.when(~texts.is_in(list(words))).then(texts)


def _unmarked(column: pl.Series) -> pl.Series:
    """Text columns of Parquet without the placeholders; CSV and JSON have lost them already."""
    if not isinstance(column.dtype, pl.String | pl.Categorical | pl.Enum | pl.Binary):
        return column
    column = column.cast(pl.String)
    return column.set(column.is_in(NULLS), None)


def _text(column: pl.Series) -> pl.Series:
    """Any native column as text: instants in ISO 8601, numbers in their shortest exact form."""
    if column.dtype.is_temporal() and not isinstance(column.dtype, pl.Duration | pl.Time):
        if isinstance(column.dtype, pl.Date):
            return column.cast(pl.String)
        zoned = isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None
        utc = column.dt.convert_time_zone("UTC") if zoned else column
        return utc.dt.strftime("%Y-%m-%dT%H:%M:%S%.fZ")
    texts = _unmarked(column)
    return texts if texts.dtype == pl.String else texts.cast(pl.String)
