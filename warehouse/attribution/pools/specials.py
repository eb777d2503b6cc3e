"""Charges that follow others, as built-in pools: they take direct lines only and come before all pools.

The benefit of a commitment needs none: effective cost is with the line that used it. Here is what is left over.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from typing import Final

from warehouse.attribution.conditions import Reader
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import All, AnyOf, Check, Condition, Not
from warehouse.attribution.pools.model import Basis, Pool

CREDITS: Final = "special.credits"
RESOURCE_CREDITS: Final = "special.resource_credits"
COMMITMENTS: Final = "special.commitments"
TAX: Final = "special.tax"
SUPPORT: Final = "special.support"

_TAX_LINE: Final = Check("charge_category", "equals", ("Tax",))
_UNUSED: Final = Check("commitment_status", "equals", ("Unused",))
_CREDIT_LINE: Final = Check("charge_category", "equals", ("Credit", "Adjustment"))
_CORRECTION: Final = Check("charge_class", "equals", ("Correction",))
_NO_RESOURCE: Final = Check("resource", "missing")
_BACK: Final = (AnyOf((_CREDIT_LINE, _CORRECTION)), Not(_TAX_LINE))
_GIVEN_BACK: Final = All((_NO_RESOURCE, *_BACK))
_OF_A_RESOURCE: Final = All((Not(_NO_RESOURCE), *_BACK))
_ACCOUNT: Final = ("provider", "billing_account")
_SKU: Final = ("billing_account", "sku")
_RESOURCE: Final = ("provider", "sub_account", "resource")


def specials(record: Record | None, reader: Reader, team: Callable[[Spot], str]) -> list[Pool]:
    """The pools behind the `specials` of a document, in the order in which they take lines."""
    if record is None:
        return []
    found = []
    if back := record.get("credits"):
        basis = Basis(charge_categories=("Usage", "Purchase"), grain="month", partition=_parts(back, reader, _SKU))
        named = _follows(
            RESOURCE_CREDITS, "Credits of a resource", _OF_A_RESOURCE, replace(basis, partition=_RESOURCE), back
        )
        found.append(replace(named, unallocated=True, fallback=(), rest=CREDITS))
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
