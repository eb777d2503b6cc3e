"""What a file format module is given and what it hands back."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

import polars as pl


class FormatError(Exception):
    """A file that cannot be loaded as it is: what is wrong, where, and what its sender can do about it.

    `row` is the 1-based data row (the header is not counted; a quoted line break does not start a row).
    """

    def __init__(
        self,
        message: str,
        *,
        file: str | None = None,
        row: int | None = None,
        column: str | None = None,
        value: str | None = None,
        next_step: str | None = None,
        also: tuple[FormatError, ...] = (),
    ) -> None:
        super().__init__(message)
        self.also = also  # every single fault, where the message speaks of several
        self.message = message
        self.file = file
        self.row = row
        self.column = column
        self.value = value
        self.next_step = next_step
        self._wire: str | None = None
        if message.startswith(_WIRE):
            self._unpack(message)

    def __str__(self) -> str:
        if self._wire is not None:
            return self._wire
        where = [self.file] if self.file else []
        where += [f"row {self.row}"] if self.row is not None else []
        where += [f"column {self.column}"] if self.column else []
        head = f"{', '.join(where)}: " if where else ""
        # The message quotes the value where it helps; repeating it here would print it twice.
        tail = f" {self.next_step}" if self.next_step else ""
        return f"{head}{self.message}{tail}"

    def in_file(self, file: str) -> FormatError:
        """The same fault with the file named, for readers that were not told the name."""
        return FormatError(self.message, also=self.also, **{**self.facts(), "file": self.file or file})

    def through_engine(self) -> FormatError:
        """The same fault, to be raised by a function that Polars calls.

        Polars makes a new exception of the same type from the text alone; this one's text carries all facts.
        """
        copy = FormatError(self.message, also=self.also, **self.facts())
        copy._wire = f"{_WIRE}{json.dumps({'message': self.message, **self.facts()})}{_WIRE}"
        return copy

    def _unpack(self, text: str) -> None:
        for name, value in json.loads(text.split(_WIRE)[1]).items():
            setattr(self, name, value)

    def facts(self) -> dict[str, Any]:
        """Everything but the message, by argument name: for problem documents."""
        return {name: getattr(self, name) for name in ("file", "row", "column", "value", "next_step")}

    def __reduce__(self) -> tuple[Callable[..., FormatError], tuple[Any, ...]]:
        return _again, (self.message, {**self.facts(), "also": self.also})


_WIRE = "\x1e"


def _again(message: str, facts: Mapping[str, Any]) -> FormatError:
    return FormatError(message, **facts)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount: read exactly to 18 places; what lies beyond is cut half-even and kept as a residue."""


@dataclass(frozen=True, slots=True)
class Quantity:
    """An amount of something: read exactly to 9 places; what lies beyond is cut half-even and kept as a residue."""


@dataclass(frozen=True, slots=True, init=False)
class Time:
    """An instant, read by the first of `formats` that fits every value of the column; without a zone it is UTC.

    No formats means ISO 8601 as exports write it: `T` or a space, seconds and their fraction optional, `Z`, an
    offset or nothing, or the day alone.
    """

    formats: tuple[str, ...]

    def __init__(self, *formats: str) -> None:
        object.__setattr__(self, "formats", formats)


Kind = Money | Quantity | Time


@dataclass(frozen=True, slots=True)
class RawFile:
    """One file as read: text taken apart and typed, nothing interpreted."""

    name: str  # as its sender named it: evidence and a hint, never a decision
    digest: str  # SHA-256 of the bytes received
    rows: int  # data rows, blank lines not counted
    # Columns renamed by recognise() and typed by kinds(): Money -> Decimal(38, 18), Quantity -> Decimal(38, 9),
    # Time -> Datetime("us", "UTC"), all else String; then x_SourceFile and x_SourceRow. "", "NULL" and "null" are
    # nulls already. Structs of JSON and Parquet are flattened with dots (service.id); lists and maps are JSON text.
    frame: pl.LazyFrame
    manifest: Mapping[str, Any] | None = None  # facts of the bundle and of this file's entry in it, merged


@dataclass(frozen=True, slots=True)
class Normalised:
    """What a format makes of its files. Four frames that must add up; `outlay.child` checks that they do."""

    lines: pl.LazyFrame  # a FOCUS frame before conform, with x_Generated, x_SourceFile, x_SourceRow
    # Columns kind ("folded" or "skipped"), reason, rows (Int64): raw rows that have no line of their own.
    left_out: pl.LazyFrame
    # Columns BillingAccountId, BillingCurrency, period ("YYYY-MM"), BilledCost: the source's own invoice measure,
    # summed from raw columns and never from `lines`, so that a mistake in the mapping shows.
    control: pl.LazyFrame
    warnings: tuple[str, ...] = ()  # sentences that every answer touching this load carries


def nothing_left_out() -> pl.LazyFrame:
    """`left_out` of a format that gives every raw row its own line."""
    return pl.LazyFrame(schema={"kind": pl.String, "reason": pl.String, "rows": pl.Int64})


class Format(Protocol):
    """A module of collectors/formats. It is registered by lying in the folder and having NAME."""

    NAME: str  # the word in --format and in the docs
    LABEL: str
    VERSION: int  # part of a generation's identity: raise it when the mapping changes
    EXPECTED: tuple[str, ...]  # tell-tale columns, named when a file is of no known format

    def recognise(self, columns: Sequence[str]) -> dict[str, str] | None:
        """Raw header to own column name for every raw column, or None when this is not ours; by header set alone."""
        ...

    def kinds(self, names: Sequence[str]) -> dict[str, Kind]:
        """Own column name to how its text is read; an absent name stays text."""
        ...

    def normalise(self, files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
        """Raw files of one bundle to FOCUS lines. Pure and lazy."""
        ...


@dataclass(frozen=True, slots=True)
class FoundFile:
    """A file lying under a path somebody asked to import."""

    path: Path  # where it lies
    name: str  # its name below the listed folder, with forward slashes
    size_bytes: int


@dataclass(frozen=True, slots=True)
class BundleFile:
    """A file of a bundle."""

    path: Path
    name: str
    facts: Mapping[str, Any] | None = None  # what the manifest says of this file alone: size, rows, kind of data


@dataclass(frozen=True, slots=True)
class Bundle:
    """Files that are read and normalised together, because only together they mean something."""

    files: tuple[BundleFile, ...]
    format_name: str | None = None  # None: recognised from content
    period: str | None = None  # billing period label, when the manifest names one
    manifest: Mapping[str, Any] | None = None  # facts of the whole bundle; plain JSON values


class Manifests(Protocol):
    """A module of collectors/manifests. It is registered by lying in the folder and having `find`."""

    def find(self, listing: Sequence[FoundFile]) -> list[Bundle]:
        """The bundles that manifests in this listing describe, each manifest file itself left out of `files`.

        Raises FormatError when a manifest lists a file that the listing lacks: part of a month is not a month.
        A manifest file names itself in Bundle.manifest["manifest_names"], so that it is not imported as data.
        """
        ...
