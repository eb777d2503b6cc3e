"""Amounts of money: exact decimal text in, exact decimal text out, and shares that add up."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_EVEN, Context, Decimal
from importlib.resources import files
from typing import Final

SCALE: Final = 18
"""Digits kept behind the point of an amount."""
AMOUNT_PATTERN: Final = r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?"
"""What a source may write for an amount; matched against the whole text, ASCII only."""

_WIDE = Context(prec=1_200)
_QUANTUM = Decimal(1).scaleb(-SCALE)
_LIMIT = Decimal(10) ** (38 - SCALE)


def _read_currencies() -> dict[str, int]:
    text = files("warehouse.focus").joinpath("currencies.csv").read_text(encoding="utf-8")
    return {row["code"]: int(row["digits"]) for row in csv.DictReader(text.splitlines())}


CURRENCIES: Final = _read_currencies()
"""ISO 4217 code -> digits of its minor unit."""


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in one currency. Adding two currencies raises ValueError."""

    amount: Decimal
    currency: str

    def __post_init__(self) -> None:
        if self.currency not in CURRENCIES:
            raise ValueError(f"unknown currency {self.currency!r}: expected an ISO 4217 code such as EUR")

    def __add__(self, other: Money) -> Money:
        if other.currency != self.currency:
            raise ValueError(f"cannot add {other.currency} to {self.currency}")
        return Money(_WIDE.add(self.amount, other.amount), self.currency)

    def __str__(self) -> str:
        return f"{plain(self.amount)} {self.currency}"


def exact(text: str) -> tuple[Decimal, Decimal]:
    """(amount at 18 digits, what was cut off), so that both add up to the number written; half-even.

    Raises ValueError when the text is no plain number or needs more than 20 digits before the point.
    """
    if not re.fullmatch(AMOUNT_PATTERN, text):
        raise ValueError(f"not an amount: {text[:40]!r}")
    written = Decimal(text)
    kept = written.quantize(_QUANTUM, rounding=ROUND_HALF_EVEN, context=_WIDE)
    if kept.copy_abs() >= _LIMIT:
        raise ValueError(f"amount too large: {text[:40]!r}")
    return kept, _WIDE.subtract(written, kept)


def plain(amount: Decimal) -> str:
    """Decimal text without exponent, trailing zeros or negative zero: "1.23", "0", "-0.000000000000000001"."""
    text = format(amount, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text in ("-0", "") else text


def total(amounts: Iterable[Decimal]) -> Decimal:
    """The exact sum. The built-in `sum` rounds to 28 digits, which is not enough for money at 18 places."""
    result = Decimal(0)
    for amount in amounts:
        result = _WIDE.add(result, amount)
    return result


def split(amount: Decimal, weights: Sequence[int]) -> list[Decimal]:
    """Divide `amount` by integer `weights` so that the parts add up to it exactly.

    Largest remainder at the last of the 18 digits (Hamilton's method), ties to the first; a negative amount gives
    negative parts. Raises ValueError on a negative weight or when no weight is positive.
    """
    whole = sum(weights)
    if whole <= 0 or any(weight < 0 for weight in weights):
        raise ValueError("weights must not be negative and at least one must be positive")
    sign = -1 if amount < 0 else 1
    units = int(amount.copy_abs().scaleb(SCALE, context=_WIDE))
    parts = [units * weight // whole for weight in weights]
    rest = units - sum(parts)
    by_remainder = sorted(range(len(weights)), key=lambda i: (-(units * weights[i] % whole), i))
    for index in by_remainder[:rest]:
        parts[index] += 1
    return [Decimal(sign * part).scaleb(-SCALE, context=_WIDE) for part in parts]
