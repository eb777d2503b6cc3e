"""Why one cell costs more or less than before, as whole units of 1e-18 that add up to the difference.

A cell is what one resource (or group of lines without one) paid for one product in one unit. Its formulas, and where
they come from, are in docs/explain.md; nothing here rounds but `apportioned`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Final

Effects = Mapping[str, Fraction]


@dataclass(frozen=True, slots=True)
class Cause:
    name: str
    label: str
    doc: str


CAUSES: Final = (
    Cause("new", "New", "Resources, or groups of lines without one, that cost nothing in the period before."),
    Cause("ended", "Ended", "Resources, or groups of lines without one, that cost nothing any more."),
    Cause("usage", "Usage", "More or less of the same, at the price before."),
    Cause("rate", "Price", "Another price for the same, at the usage now."),
    Cause("mix", "Mix", "A resource uses another product or unit, or the bill gives no quantity to divide by."),
    Cause("commitment", "Commitment coverage", "More or less is covered by commitments, or they lie idle."),
    Cause("credit", "Credits", "Charges of the category credit."),
    Cause("refund", "Refunds and corrections", "Adjustments, and corrections of earlier bills."),
    Cause("tax", "Tax", "Charges of the category tax."),
    Cause("currency", "Billing currency", "The same resource is billed in another currency; nothing is converted."),
    Cause("attribution", "Attribution", "The same resource has another owner or tag than before."),
    Cause("shared", "Shared cost", "Shares of shared cost that pools give and take."),
    Cause("late", "Late data", "Days and monthly charges that one of the periods has not got yet."),
)  # fmt: skip
NAMES: Final = tuple(cause.name for cause in CAUSES)
LABELS: Final = {cause.name: cause.label for cause in CAUSES}
HANDED: Final = "attribution"
WHOLE: Final = ("tax", "credit", "refund", "commitment", "shared", "late")
"""Kinds of cells that are one cause, whatever their quantities."""


@dataclass(frozen=True, slots=True)
class Side:
    """Sums of one period in units of 1e-18 (cost) and 1e-9 (quantity): at usual prices, and under a commitment.

    `counted` says that every line with a cost has a quantity.
    """

    cost: int = 0
    quantity: int = 0
    covered_cost: int = 0
    covered_quantity: int = 0
    counted: bool = True

    @property
    def total(self) -> int:
        return self.cost + self.covered_cost

    @property
    def used(self) -> int:
        return self.quantity + self.covered_quantity

    @property
    def priced(self) -> bool:
        """Whether cost divided by quantity is a price, of each part."""
        parts = ((self.cost, self.quantity), (self.covered_cost, self.covered_quantity))
        return self.counted and self.used > 0 and all(q > 0 or (q == 0 and not cost) for cost, q in parts)


@dataclass(frozen=True, slots=True)
class Presence:
    """Where a resource has cost or usage."""

    before: bool
    now: bool
    currency_changed: bool = False
    unbilled: bool = False
    """Absent in the later period only because its monthly charges come when the month is over."""


@dataclass(frozen=True, slots=True)
class Cell:
    """`before` and `now` are of the group alone; the whole ones of every owner of the same resource and product."""

    kind: str
    before: int
    now: int
    whole_before: Side
    whole_now: Side
    presence: Presence
    shared: bool = True
    """Whether all groups go with the sum of the cell, so that each has a share of it from 0 to 1."""


def parts_of(cell: Cell) -> dict[str, int]:
    """Cause -> part of `now - before`, without parts of nothing."""
    change = cell.now - cell.before
    if not change:
        return {}
    single = _single(cell)
    if single:
        return {single: change}
    found = apportioned(_effects(cell), change)
    return {name: part for name, part in found.items() if part}


def _single(cell: Cell) -> str | None:
    """The one cause of a cell that is not divided."""
    here = cell.presence
    if cell.kind in WHOLE:
        return "late" if here.unbilled else cell.kind
    if here.before != here.now:
        if here.unbilled:
            return "late"
        if here.currency_changed:
            return "currency"
        return "new" if here.now else "ended"
    return None if _has_shares(cell) else "mix"


def _has_shares(cell: Cell) -> bool:
    """Whether the group has all of it, or in each period a share of it."""
    before, now = cell.whole_before.total, cell.whole_now.total
    return (cell.before, cell.now) == (before, now) or (cell.shared and before != 0 and now != 0)


def _effects(cell: Cell) -> dict[str, Fraction]:
    """The effects on the whole, by the share that the group had, and what changed hands."""
    before, now = cell.whole_before, cell.whole_now
    effects = effects_of(before, now)
    if (cell.before, cell.now) == (before.total, now.total):
        return effects
    had, has = Fraction(cell.before, before.total), Fraction(cell.now, now.total)
    return {**{name: had * effect for name, effect in effects.items()}, HANDED: (has - had) * now.total}


def effects_of(before: Side, now: Side) -> dict[str, Fraction]:
    """Usage at the price before, price at the usage now, and the move between usual and committed prices."""
    if not (before.priced and now.priced):
        return {"mix": Fraction(now.total - before.total)}
    usage = Fraction(before.total * (now.used - before.used), before.used)
    if not (before.covered_quantity or now.covered_quantity):
        return {"usage": usage, "rate": now.total - before.total - usage}
    usual_price = _price(before.cost, before.quantity, now.cost, now.quantity)
    covered_price = _price(before.covered_cost, before.covered_quantity, now.covered_cost, now.covered_quantity)
    moved = now.used * (Fraction(now.covered_quantity, now.used) - Fraction(before.covered_quantity, before.used))
    coverage = moved * (covered_price - usual_price)
    return {"usage": usage, "commitment": coverage, "rate": now.total - before.total - usage - coverage}


def _price(cost_before: int, quantity_before: int, cost_now: int, quantity_now: int) -> Fraction:
    """The price before; what was not used before had the price that it has now."""
    if quantity_before:
        return Fraction(cost_before, quantity_before)
    return Fraction(cost_now, quantity_now) if quantity_now else Fraction(0)


def apportioned(effects: Effects, change: int) -> dict[str, int]:
    """Fractions that add up to `change`, as whole numbers that do.

    What changed hands is rounded to the nearest, half-even, so that giver and taker have the same; the others by
    largest remainder, ties in the order of CAUSES.
    """
    parts = {name: effect.numerator // effect.denominator for name, effect in effects.items()}
    if HANDED in effects:
        parts[HANDED] = round(effects[HANDED])
    rest = change - sum(parts.values())
    if abs(rest) > len(parts):
        raise ArithmeticError("effects do not add up to the change")
    others = [name for name in parts if name != HANDED] or list(parts)
    by_remainder = sorted(others, key=lambda name: (parts[name] - effects[name], NAMES.index(name)))
    for name in by_remainder[:rest] if rest > 0 else by_remainder[rest:] if rest else ():
        parts[name] += 1 if rest > 0 else -1
    return parts


def total_of(parts: Sequence[Mapping[str, int]]) -> dict[str, int]:
    """Cause -> sum, in the order of CAUSES, without causes that have no part."""
    sums = {name: sum(part.get(name, 0) for part in parts) for name in NAMES}
    return {name: amount for name, amount in sums.items() if amount}
