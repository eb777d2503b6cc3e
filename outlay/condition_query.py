"""A condition of the documents in the words of questions, where it can be said in them."""

from __future__ import annotations

from warehouse.attribution.model import All, Check, Condition, Not
from warehouse.metrics import CATALOGUE, Filter, Match


def filters_of(condition: Condition | None) -> list[Filter] | None:
    """The filters that let in what the condition holds for; None where no single question says it."""
    filters = []
    for part in condition.parts if isinstance(condition, All) else (condition,):
        if part is None:
            continue
        excluded, check = isinstance(part, Not), part.part if isinstance(part, Not) else part
        if not isinstance(check, Check) or check.operator not in ("equals", "contains", "missing"):
            return None
        if CATALOGUE.dimension(check.column) is None:
            return None
        kinds = {"equals": "is", "contains": "contains"}
        found = tuple(Match(kinds[check.operator], text) for text in check.operands) or (Match("none"),)  # type: ignore[arg-type]
        filters.append(Filter(check.column, found, excluded != (check.operator == "missing" and not check.missing)))
    return filters
