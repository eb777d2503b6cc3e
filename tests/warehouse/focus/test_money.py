"""Amounts keep every digit; shares and sums are exact."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.focus import CURRENCIES, Money, exact, plain, split, total

WRITTEN = st.from_regex(r"[+-]?[0-9]{1,15}(\.[0-9]{1,25})?([eE][+-]?[0-9])?", fullmatch=True)


@given(WRITTEN)
def test_what_is_kept_and_what_is_cut_make_what_was_written(text):
    kept, residue = exact(text)
    assert total([kept, residue]) == Decimal(text)
    assert abs(residue) <= Decimal("5e-19")


@pytest.mark.parametrize(
    "text", ["", " 1", "1 ", "1,000", "NaN", "inf", "0x1", "1e", "1.", ".5", "--1", "１", "1_0", "1e9999", "12 USD"]
)
def test_anything_but_a_plain_number_is_refused(text):
    with pytest.raises(ValueError, match="amount"):
        exact(text)


def test_an_amount_that_does_not_fit_is_refused():
    assert exact("99999999999999999999.999999999999999999")[1] == 0
    with pytest.raises(ValueError, match="too large"):
        exact("100000000000000000000")


@given(st.decimals(allow_nan=False, allow_infinity=False, places=18, min_value=-(10**18), max_value=10**18))
def test_plain_text_reads_back(amount):
    text = plain(amount)
    assert Decimal(text) == amount
    assert "E" not in text and text != "-0"


def test_sums_are_not_rounded_to_28_digits():
    large, small = Decimal("9999999999999999999"), Decimal("1e-18")
    assert total([large, small, -large]) == small


@given(
    st.decimals(places=18, min_value=-(10**12), max_value=10**12),
    st.lists(st.integers(0, 10**12), min_size=1, max_size=8).filter(any),
)
def test_shares_add_up_and_follow_their_weights(amount, weights):
    parts = split(amount, weights)
    assert total(parts) == amount
    for part, weight in zip(parts, weights, strict=True):
        assert abs(part - amount * weight / sum(weights)) <= Decimal("1.001e-18") + abs(amount) * Decimal("1e-27")
        assert weight or not part


@pytest.mark.parametrize("weights", [[], [0, 0], [1, -1]])
def test_weights_that_mean_nothing_are_refused(weights):
    with pytest.raises(ValueError, match="weights"):
        split(Decimal(1), weights)


def test_currencies_are_never_added_together():
    assert str(Money(Decimal("1.50"), "EUR") + Money(Decimal("0.5"), "EUR")) == "2 EUR"
    with pytest.raises(ValueError, match="cannot add USD to EUR"):
        Money(Decimal(1), "EUR") + Money(Decimal(1), "USD")
    with pytest.raises(ValueError, match="unknown currency"):
        Money(Decimal(1), "XXY")
    assert CURRENCIES["JPY"] == 0 and CURRENCIES["KWD"] == 3
