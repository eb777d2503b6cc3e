"""Which colour a value has: given once, by its cost when it was first seen, and kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from warehouse.metrics import Access, CostQuery, answer
from warehouse.store import Store

SLOTS: Final = 24
"""Eight colours, each solid, hatched and dotted. Whatever comes after is grey."""
DAYS: Final = 90


def slots(store: Store, dimension: str, now: datetime) -> dict[str, int]:
    """Value -> slot from 1 to 24. Raises QueryError when there is no such dimension."""
    name = f"colours {dimension}"
    kept: dict[str, int] = store.state.recall(name) or {}
    if len(kept) >= SLOTS:
        return kept
    query = CostQuery(measures=("effective_cost",), by=(dimension,), period=f"last_{DAYS}_days", limit=SLOTS)
    ranked = [row[dimension] for row in answer(query, Access("colours"), store, now).document()["rows"]]
    fresh = [value for value in dict.fromkeys(ranked) if value is not None and value not in kept]
    free = [slot for slot in range(1, SLOTS + 1) if slot not in kept.values()]
    if fresh:
        kept = {**kept, **dict(zip(fresh, free, strict=False))}
        store.state.keep(name, kept)
    return kept
