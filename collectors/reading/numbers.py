"""Text to exact decimals, many at a time.

Polars casts decimal text exactly while its digits fit the scale, exponents included, and rounds half to even where
they do not. What it cut is measured by a second cast at a finer scale; the few numbers that are finer still go through
`Decimal` one by one.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal

import polars as pl

from warehouse.focus import AMOUNT_PATTERN

_WIDE = Context(prec=1_200)
_PRECISION = 38
_FINE = (36, 24)  # doubles below 100 have at most 36 places when above 1e-19, doubles below 10^14 at most 24


@dataclass(frozen=True, slots=True)
class Decimals:
    """A column as read: written values = values + cut, exactly."""

    values: pl.Series
    cut: Decimal  # sum of what lay beyond the scale
    bad: pl.Series  # mask: no number, or one that does not fit


def decimals(column: pl.Series, scale: int) -> Decimals:
    """Read a column of text, numbers or decimals at `scale` places. NaN and infinity are bad."""
    target = pl.Decimal(_PRECISION, scale)
    if _fits(column.dtype, scale):
        return Decimals(column.cast(target), Decimal(0), _never(column))
    texts = column.cast(pl.String)
    values = texts.cast(target, strict=False)
    bad = texts.is_not_null() & values.is_null()
    if not column.dtype.is_numeric():  # numbers were written by Polars and need no second look
        bad = bad | ~texts.str.contains(f"^(?:{AMOUNT_PATTERN})$").fill_null(True)
    finer = _finer(texts, scale) & ~bad
    if not finer.any():
        return Decimals(values, Decimal(0), bad)
    return Decimals(*_rounded(texts, values, finer.arg_true(), scale), bad)


def _fits(dtype: pl.DataType, scale: int) -> bool:
    """Every value of this native type is exact at the scale."""
    if isinstance(dtype, pl.Decimal):
        return dtype.scale <= scale and dtype.precision - dtype.scale <= _PRECISION - scale
    return dtype.is_integer()


def _never(column: pl.Series) -> pl.Series:
    return pl.repeat(False, len(column), dtype=pl.Boolean, eager=True)


def _places(texts: pl.Series) -> pl.Series:
    """Digits behind the point once the exponent is worked out."""
    point = texts.str.find(".", literal=True)
    places = (texts.str.len_bytes() - point - 1).cast(pl.Int32).fill_null(0)
    powers = texts.str.contains("[eE]").fill_null(False)
    if not powers.any():
        return places
    some = texts.filter(powers)
    written = some.str.extract(r"\.([0-9]+)").str.len_bytes().cast(pl.Int32).fill_null(0)
    power = some.str.extract("[eE]([+-]?[0-9]+)").cast(pl.Int32).fill_null(0)
    return places.scatter(powers.arg_true(), written - power)


def _finer(texts: pl.Series, scale: int) -> pl.Series:
    """Which texts have digits beyond the scale."""
    suspects = (texts.str.len_bytes() > scale + 2) | texts.str.contains("[eE]")  # two for "0."
    if not suspects.any():
        return _never(texts)
    return suspects.fill_null(False) & (_places(texts) > scale).fill_null(False)


def _rounded(texts: pl.Series, values: pl.Series, at: pl.Series, scale: int) -> tuple[pl.Series, Decimal]:
    """(values, sum of what was cut) where the rows `at` have digits beyond the scale."""
    texts, kept = texts.gather(at), values.gather(at)
    places = _places(texts)
    left = pl.repeat(True, len(texts), dtype=pl.Boolean, eager=True)
    cut = Decimal(0)
    for fine in _FINE:
        reading = texts.cast(pl.Decimal(_PRECISION, fine), strict=False)
        exact = left & (places <= fine) & reading.is_not_null()
        rest = reading.filter(exact) - kept.filter(exact).cast(pl.Decimal(_PRECISION, fine))
        cut = _WIDE.add(cut, Decimal(str(rest.sum() or 0)))
        left = left & ~exact
    if left.any():
        one_by_one, more = _one_by_one(texts.filter(left).to_list(), scale)
        values = values.scatter(at.filter(left), one_by_one)
        cut = _WIDE.add(cut, more)
    return values, cut


def _one_by_one(texts: list[str], scale: int) -> tuple[pl.Series, Decimal]:
    quantum = Decimal(1).scaleb(-scale)
    kept, cut = [], Decimal(0)
    for text in texts:
        written = Decimal(text)
        kept.append(written.quantize(quantum, rounding=ROUND_HALF_EVEN, context=_WIDE))
        cut = _WIDE.add(cut, _WIDE.subtract(written, kept[-1]))
    return pl.Series(kept, dtype=pl.Decimal(_PRECISION, scale)), cut
