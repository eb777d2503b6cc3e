"""Decimals: what is written is what is kept plus what was cut, to the last digit."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Context, Decimal
from functools import reduce

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from collectors.reading.numbers import decimals

EXACT = Context(prec=1_200)


def total(amounts: Iterable[Decimal]) -> Decimal:
    return reduce(EXACT.add, amounts, Decimal(0))


numbers = st.builds(
    lambda sign, whole, fraction, power: f"{sign}{whole}{'.' + fraction if fraction else ''}{power}",
    st.sampled_from(["", "+", "-"]),
    st.integers(0, 10**9).map(str),
    st.text("0123456789", max_size=45),
    st.one_of(st.just(""), st.integers(-45, 9).map(lambda power: f"e{power}"), st.just("E+2")),
)


@pytest.mark.parametrize("scale", [9, 18])
@given(st.lists(numbers, min_size=1, max_size=30))
def test_kept_and_cut_make_what_was_written(scale: int, texts: list[str]) -> None:
    read = decimals(pl.Series(texts), scale)
    assert not read.bad.any()
    quantum = Decimal(1).scaleb(-scale)
    for text, kept in zip(texts, read.values.to_list(), strict=True):
        assert abs(Decimal(text) - kept) <= quantum / 2
    assert EXACT.add(total(read.values.to_list()), read.cut) == total(map(Decimal, texts))


@given(st.lists(st.floats(-1e12, 1e12), min_size=1, max_size=30))
def test_doubles_go_through_their_shortest_text(values: list[float]) -> None:
    read = decimals(pl.Series(values, dtype=pl.Float64), 18)
    assert EXACT.add(total(read.values.to_list()), read.cut) == total(Decimal(repr(value)) for value in values)


def test_halves_go_to_the_even_digit() -> None:
    texts = ["0.0000000000000000005", "0.0000000000000000015", "-0.0000000000000000025"]
    assert decimals(pl.Series(texts), 18).values.to_list() == [Decimal(0), Decimal("2e-18"), Decimal("-2e-18")]


@pytest.mark.parametrize(
    "text", [".5", "5.", " 5", "5 ", "1_000", "NaN", "inf", "0x10", "1e", "１", "1e400", "123456789012345678901", "--1"]
)
def test_refuses_what_is_no_number_or_too_large(text: str) -> None:
    assert decimals(pl.Series(["1", text, None]), 18).bad.to_list() == [False, True, False]


def test_native_decimals_and_integers() -> None:
    fine = pl.Series([Decimal("1.23456789012345678901")], dtype=pl.Decimal(38, 20))
    read = decimals(fine, 18)
    assert (read.values[0], read.cut) == (Decimal("1.234567890123456789"), Decimal("0.00000000000000000001"))
    assert decimals(pl.Series([3, None]), 18).values.to_list() == [Decimal(3), None]
    assert decimals(pl.Series([float("nan"), 0.1]), 18).bad.to_list() == [True, False]
