"""Filters of a question in the words of rules, as far as rules have words for them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from api.protocols import Help, ProblemError
from warehouse.attribution.model import READABLE, TAG, All, AnyOf, Check, Condition, Not
from warehouse.metrics import Filter, parse


def filters_of(scope: str) -> tuple[Filter, ...]:
    """The filters of a scope, `where=service:Compute&where=region:north`. Raises a fault for anything else in it."""
    words = [word for word in scope.split("&") if word]
    if any(not word.startswith("where=") for word in words):
        raise ProblemError("caller", "invalid", "A scope has filters only.", Help("scope", (), "where=service:Compute"))
    return parse("&".join(words)).where


def readable(dimension: str) -> bool:
    return dimension in READABLE or dimension.startswith(TAG)


def condition_of(filters: Iterable[Filter]) -> Condition | None:
    """What rules ask to find the same cost; None where they cannot, or where nothing would be asked."""
    wanted = list(filters)
    if not wanted or not all(readable(one.dimension) for one in wanted):
        return None
    return All(tuple(map(_condition, wanted)))


def _condition(one: Filter) -> Condition:
    parts: list[Condition] = []
    for kind, operator in (("is", "equals"), ("contains", "contains")):
        if texts := tuple(value.text for value in one.values if value.kind == kind):
            parts.append(Check(one.dimension, operator, texts))
    if any(value.kind == "none" for value in one.values):
        parts.append(Check(one.dimension, "missing"))
    found = parts[0] if len(parts) == 1 else AnyOf(tuple(parts))
    return Not(found) if one.exclude else found


def as_written(condition: Condition) -> dict[str, Any]:
    """The condition in the words of the document."""
    if isinstance(condition, Not):
        return {"not": as_written(condition.part)}
    if isinstance(condition, All):
        return _joined("all", condition.parts)
    if isinstance(condition, AnyOf):
        return _joined("any", condition.parts)
    if condition.operator == "missing":
        return {"column": condition.column, "missing": str(condition.missing).lower()}
    texts = condition.operands
    return {"column": condition.column, condition.operator: texts[0] if len(texts) == 1 else list(texts)}


def _joined(word: str, parts: Sequence[Condition]) -> dict[str, Any]:
    return as_written(parts[0]) if len(parts) == 1 else {word: [as_written(part) for part in parts]}
