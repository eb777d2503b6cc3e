"""Charges that follow others, as built-in pools: they take direct lines only and come before all pools.

The benefit of a commitment needs none: effective cost is with the line that used it. Here is what is left over.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Final

from warehouse.attribution.conditions import Reader
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import All, AnyOf, Check, Condition, Not
from warehouse.attribution.pools.model import Basis, Pool

CREDITS: Final = "special.credits"
COMMITMENTS: Final = "special.commitments"
TAX: Final = "special.tax"
SUPPORT: Final = "special.support"

_TAX_LINE: Final = Check("charge_category", "equals", ("Tax",))
_UNUSED: Final = Check("commitment_status", "equals", ("Unused",))
_CREDIT_LINE: Final = Check("charge_category", "equals", ("Credit", "Adjustment"))
_CORRECTION: Final = Check("charge_class", "equals", ("Correction",))
_GIVEN_BACK: Final = All((Check("resource", "missing"), AnyOf((_CREDIT_LINE, _CORRECTION)), Not(_TAX_LINE)))
_ACCOUNT: Final = ("provider", "billing_account")
_SKU: Final = ("billing_account", "sku")


def specials(record: Record | None, reader: Reader, team: Callable[[Spot], str]) -> list[Pool]:
    """The pools behind the `specials` of a document, in the order in which they take lines."""
    if record is None:
        return []
    found = []
    if back := record.get("credits"):
        basis = Basis(charge_categories=("Usage", "Purchase"), grain="month", partition=_parts(back, reader, _SKU))
        found.append(_follows(CREDITS, "Credits and corrections", _GIVEN_BACK, basis, back))
    if commitments := record.get("commitments"):
        unused = commitments.fields.get("unused")
        if unused:
            found.append(
                Pool(
                    id=COMMITMENTS,
                    name="Unused commitments",
                    method="fixed",
                    when=_UNUSED,
                    percents=((team(unused), Decimal(100)),),
                    special=True,
                )
            )
    if tax := record.get("tax"):
        basis = Basis(
            "billed_cost", ("Usage", "Purchase", "Credit", "Adjustment"), partition=_parts(tax, reader, _ACCOUNT)
        )
        found.append(_follows(TAX, "Tax", _TAX_LINE, basis, tax))
    if (support := record.get("support")) and "when" in support.fields:
        condition = reader.read(support.get("when"))
        basis = Basis(partition=_parts(support, reader, _ACCOUNT))
        if condition:
            found.append(_follows(SUPPORT, "Support", condition, basis, support))
    return found


def _parts(record: Record, reader: Reader, usual: tuple[str, ...]) -> tuple[str, ...]:
    for spot in record.get("partition", ()):
        reader.check_column(spot.value, spot.mark)
    return tuple(spot.value for spot in record.get("partition", ())) or usual


def _follows(name: str, label: str, when: Condition, basis: Basis, record: Record) -> Pool:
    fallback = tuple(spot.value for spot in record.get("fallback", ())) or ("unpartitioned", "keep")
    return Pool(
        id=name,
        name=label,
        method="proportional",
        when=when,
        basis=basis,
        fallback=fallback,
        special=True,
        line=record.mark.line,
    )
