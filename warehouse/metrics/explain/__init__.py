"""Why two periods differ: `explain(query, access, store, now)`, and its document, table and sentences."""

from warehouse.metrics.explain.causes import CAUSES, Cause
from warehouse.metrics.explain.document import document
from warehouse.metrics.explain.explain import explain
from warehouse.metrics.explain.parts import Explained
from warehouse.metrics.explain.table import Parts
from warehouse.metrics.explain.wanted import FLOOR_USUAL, MOVERS_MAX, MOVERS_USUAL, Wanted

__all__ = [
    "CAUSES",
    "FLOOR_USUAL",
    "MOVERS_MAX",
    "MOVERS_USUAL",
    "Cause",
    "Explained",
    "Parts",
    "Wanted",
    "document",
    "explain",
]
