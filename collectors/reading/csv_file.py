"""CSV to frames of text.

The reader is Arrow's: it refuses a row that is too short or too long, where others fill it with nulls. When it
refuses, the file is read once more by Python's own reader, slowly, to say which row and why.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.csv as arrow_csv

from collectors.formats.contract import FormatError
from collectors.reading.limits import ReadLimits
from collectors.reading.unpack import Text

NULLS = ("", "NULL", "null")
"""Placeholders that mean "no value" in every source; a format adds its own."""

_BLOCK_BYTES = 16 << 20  # one batch; a record must fit into it
_BLOCK_BYTES_MIN = 2 << 20  # twice the longest line
_RESERVED_BYTES = 256 << 20  # the reader reserves a whole block for each column before it knows what it holds
_NAMES_SHOWN = 3


@dataclass(slots=True)
class CsvFile:
    """An open CSV file. Rows without any value, blank lines among them, come as rows of nulls."""

    text: Text
    columns: tuple[str, ...]
    limits: ReadLimits
    rows_total: int = 0  # unknown before the end
    bytes_done: int = 0

    @property
    def bytes_total(self) -> int:
        return self.text.size_bytes

    def batches(self) -> Iterator[pl.DataFrame]:
        """Everything as text, in the order of the file. Raises FormatError at the first row that is no row."""
        if self.text.odd_quotes:
            _find_open_quote(self.text.path)
        try:
            file = pa.OSFile(str(self.text.path))
            for batch in self._reader(file):
                frame = pl.from_arrow(batch)
                assert isinstance(frame, pl.DataFrame)
                self.bytes_done = file.tell()
                _check_cells(frame, self.limits)
                yield frame
        except pa.ArrowInvalid as error:
            raise self._explained(error) from error

    def _reader(self, file: pa.NativeFile) -> arrow_csv.CSVStreamingReader:
        return arrow_csv.open_csv(
            file,
            read_options=arrow_csv.ReadOptions(
                use_threads=False,  # the blocks keep the order of the file, and memory stays that of one block
                block_size=max(_BLOCK_BYTES_MIN, min(_BLOCK_BYTES, _RESERVED_BYTES // len(self.columns))),
                column_names=list(self.columns),
                skip_rows_after_names=1,
            ),
            parse_options=arrow_csv.ParseOptions(newlines_in_values=True, ignore_empty_lines=False),
            convert_options=arrow_csv.ConvertOptions(
                column_types={name: pa.string() for name in self.columns},
                null_values=list(NULLS),
                strings_can_be_null=True,
                quoted_strings_can_be_null=True,
            ),
        )

    def _explained(self, error: pa.ArrowInvalid) -> FormatError:
        width = len(self.columns)
        for row, cells in _records(self.text.path):
            if len(cells) != width:
                return FormatError(
                    f"this row has {len(cells)} cells where the header has {width}.",
                    row=row,
                    value=",".join(cells)[:80],
                    next_step="Export it again: a row is cut, or a comma stands in a cell without quotes.",
                )
        return FormatError(f"the rows cannot be read ({str(error)[:200]}).", next_step="Export it again.")


def open_csv(text: Text, limits: ReadLimits) -> CsvFile:
    """Read the header. Raises FormatError for a wrong delimiter, and for names that are missing or repeat."""
    header = next((cells for _, cells in _all_records(text.path)), [])
    columns = tuple(name.strip() for name in header)
    _check_delimiter(columns)
    if len(columns) > limits.columns:
        raise FormatError(f"there are {len(columns):,} columns; at most {limits.columns:,} are read.")
    nameless = [str(place) for place, name in enumerate(columns, 1) if not name]
    if nameless:
        raise FormatError(
            f"column {', '.join(nameless[:_NAMES_SHOWN])} has no name in the header.",
            next_step="Name it, or remove the comma at the end of the header.",
        )
    twice = sorted({name for name in columns if columns.count(name) > 1})
    if twice:
        raise FormatError(
            f"the header names a column twice: {', '.join(twice[:_NAMES_SHOWN])}.", next_step="Remove or rename one."
        )
    return CsvFile(text, columns, limits)


def _check_delimiter(columns: tuple[str, ...]) -> None:
    if len(columns) > 1:
        return
    found = next((mark for mark in (";", "\t", "|") if mark in columns[0]), None) if columns else None
    if found:
        shown = {"\t": "tab"}.get(found, f"'{found}'")
        raise FormatError(f"wrong delimiter: found {shown}, expected ','.", next_step="Export with commas.")
    if not columns:
        raise FormatError("there is no header.", next_step="Export with a header row.")
    raise FormatError(f"the header has one column only: {columns[0][:80]!r}.", next_step="Export with a header row.")


def _check_cells(frame: pl.DataFrame, limits: ReadLimits) -> None:
    # A record of several lines can hide a long cell from the check of lines.
    if frame.estimated_size() <= limits.cell_bytes:
        return
    longest = frame.select(pl.all().str.len_bytes().max()).row(0)
    for name, length in zip(frame.columns, longest, strict=True):
        if length is not None and length > limits.cell_bytes:
            raise FormatError(f"a cell is longer than {limits.cell_bytes:,} bytes.", column=name)


def _find_open_quote(path: Path) -> None:
    """Raise FormatError when a quote never closes; an odd quote inside an unquoted cell (5" disk) is text."""
    for _ in _records(path, strict=True):
        continue


def _all_records(path: Path, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    """(records with a value so far, cells) of every record, the header with 0."""
    csv.field_size_limit(_BLOCK_BYTES)
    with path.open(encoding="utf-8-sig", newline="") as file:
        row = -1
        reader = csv.reader(file, strict=strict)
        try:
            for cells in reader:
                row += any(cells)
                yield row, cells
        except UnicodeDecodeError as error:
            raise FormatError(
                f"the text after line {reader.line_num} is not UTF-8 ({error.reason}).", next_step="Save it as UTF-8."
            ) from error
        except csv.Error as error:
            raise FormatError(
                f"the quotes do not fit ({error}).",
                row=row + 1,
                next_step="Look for a quote in this row that is never closed.",
            ) from error


def _records(path: Path, *, strict: bool = False) -> Iterator[tuple[int, list[str]]]:
    records = _all_records(path, strict=strict)
    next(records, None)
    return ((row, cells) for row, cells in records if any(cells))
