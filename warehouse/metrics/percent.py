"""Ratios of exact amounts, rounded half-even: percent to one digit, rates to twelve, values per day to eighteen."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Final

from warehouse.metrics.catalogue import PERCENT_DIGITS, RATE_DIGITS

_WIDE: Final = Context(prec=120, rounding=ROUND_HALF_EVEN)
_PERCENT: Final = Decimal(1).scaleb(-PERCENT_DIGITS)


def percent(part: Decimal | None, whole: Decimal | None) -> Decimal | None:
    """`part` in percent of the size of `whole`: the sign is that of the part. None when there is no whole."""
    if part is None or not whole:
        return None
    return _rounded(_WIDE.divide(_WIDE.multiply(part, Decimal(100)), abs(whole)), _PERCENT)


def rate(cost: Decimal | None, quantity: Decimal | None) -> Decimal | None:
    """Cost of one unit; None without a quantity."""
    return None if cost is None or not quantity else quotient(cost, quantity, RATE_DIGITS)


def quotient(amount: Decimal, by: Decimal, digits: int) -> Decimal:
    """`amount` divided once, rounded half-even to so many digits behind the point."""
    return _rounded(_WIDE.divide(amount, by), Decimal(1).scaleb(-digits))


def _rounded(value: Decimal, quantum: Decimal) -> Decimal:
    rounded = value.quantize(quantum, context=_WIDE)
    return rounded if rounded else Decimal(0).quantize(quantum)
