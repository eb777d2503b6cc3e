"""The questions of the pages, and how to ask one with and without the rollups."""

from __future__ import annotations

from typing import Any
from unittest.mock import patch

from benchmarks.site import NOW
from warehouse.metrics import CATALOGUE, Access, CostQuery, parse
from warehouse.metrics import compile as compile_query
from warehouse.metrics.answer import resolved
from warehouse.store import Snapshot

EVERYTHING = Access("benchmark")

OVERVIEW = (
    "measures=effective_cost&period=month_to_date&compare=previous",
    "measures=effective_cost&period=last_week&compare=previous",
    "measures=effective_cost,share&by=team&period=month_to_date&compare=previous",
    "measures=effective_cost&by=team,service&period=month_to_date&compare=previous",
    "measures=effective_cost&by=service&period=last_30_days&grain=day&top=8&incomplete=include",
)
DASHBOARD = "measures=effective_cost&by=team&period=all&grain=month"
EXPLAINED = "measures=effective_cost&by=team&period=2025-12&compare=previous"
EXPLAINED_HALF = "measures=effective_cost&by=team&period=2025-07-01..2025-12-31&compare=previous"
RESOURCES = "measures=effective_cost&by=resource&period=2025-06"


def question(text: str) -> CostQuery:
    return parse(text)


def statement(reader: Snapshot, text: str, fact: str | None = None) -> tuple[str, dict[str, Any]]:
    """SQL of a question; `fact` makes it use that table instead of the smallest that can answer."""
    asked = resolved(parse(text), EVERYTHING, reader, NOW)
    if fact is None:
        return compile_query(asked.limited, CATALOGUE, asked.spans)
    with patch("warehouse.metrics.compile.fact_for", return_value=fact):
        return compile_query(asked.limited, CATALOGUE, asked.spans)
