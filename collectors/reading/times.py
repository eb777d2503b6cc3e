"""Text to instants. Billing files repeat few instants on many rows, so each distinct text is read once."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import UTC, datetime

import polars as pl

from warehouse.focus import TIME

ISO = "iso"
"""The default format of a Time column: see `collectors.formats.Time`."""

_ISO = re.compile(
    r"(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2})(?::(\d{2})(\.\d{1,9})?)?\s?(Z|z|UTC|[+-]\d{2}(?::?\d{2})?)?)?", re.ASCII
)


def parser(form: str) -> Callable[[str], datetime | None]:
    """A function from text to an instant in UTC, or None where the text is not of this form."""
    return _iso if form == ISO else lambda text: _strptime(text, form)


def _iso(text: str) -> datetime | None:
    found = _ISO.fullmatch(text)
    if not found:
        return None
    day, minute, second, fraction, zone = found.groups()
    if zone in (None, "z", "Z", "UTC"):
        zone = "+00:00"
    micros = (fraction or "").ljust(7, "0")[:7] if fraction else ""
    try:
        instant = datetime.fromisoformat(f"{day}T{minute or '00:00'}:{second or '00'}{micros}{zone}")
        return instant.astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def _strptime(text: str, form: str) -> datetime | None:
    try:
        instant = datetime.strptime(text, form)  # noqa: DTZ007 (a missing zone is UTC, set below)
        return (instant if instant.tzinfo else instant.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


class MisreadError(Exception):
    """A time format chosen by earlier batches does not fit a later one, and another may: read the file anew."""


class TimeColumn:
    """One column through all batches, read by the first of `formats` that fits every value.

    The first batch with a value chooses. A later batch that fits only another format raises MisreadError, with the
    choice already moved on, so that a file is read at most once per format.
    """

    def __init__(self, formats: tuple[str, ...]) -> None:
        self.formats = formats or (ISO,)
        self._chosen = False
        self._known: dict[str, datetime | None] = {}

    def again(self) -> TimeColumn:
        """The same column before the first batch, without the formats that did not fit."""
        return TimeColumn(self.formats)

    def read(self, column: pl.Series) -> tuple[pl.Series, pl.Series]:
        """(instants, mask of values that are none). Native times and dates are taken as they are."""
        if column.dtype.is_temporal():
            return native(column), pl.repeat(False, len(column), dtype=pl.Boolean, eager=True)
        texts = column.cast(pl.String)
        distinct = texts.drop_nulls().unique().to_list()
        if distinct:
            self._choose(distinct)
        instants = pl.Series([self._instant(text) for text in distinct], dtype=TIME)
        values = texts.replace_strict(
            pl.Series(distinct, dtype=pl.String), instants, default=None, return_dtype=instants.dtype
        )
        return values, texts.is_not_null() & values.is_null()

    def _choose(self, distinct: list[str]) -> None:
        for place, form in enumerate(self.formats):
            read = parser(form) if place else self._instant
            if all(read(text) is not None for text in distinct):
                self._move_to(place)
                break
        self._chosen = True

    def _move_to(self, place: int) -> None:
        if not place:
            return
        self.formats = self.formats[place:]
        self._known.clear()
        if self._chosen:
            raise MisreadError

    def _instant(self, text: str) -> datetime | None:
        if text not in self._known:
            self._known[text] = parser(self.formats[0])(text)
        return self._known[text]


def native(column: pl.Series) -> pl.Series:
    """A column of dates or date-times as instants; without a zone it is UTC."""
    if isinstance(column.dtype, pl.Datetime) and column.dtype.time_zone is not None:
        return column.dt.convert_time_zone("UTC").cast(TIME)
    return column.cast(pl.Datetime("us")).dt.replace_time_zone("UTC")
