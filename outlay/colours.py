"""Which colour a value has: given once, by its cost when it was first seen, and kept."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from warehouse.metrics import Access, CostQuery, answer
from warehouse.store import Store

SLOTS: Final = 24
"""Eight colours, each solid, hatched and dotted. Whatever comes after is grey."""
DAYS: Final = 90


def rebalanced(store: Store, dimension: str, now: datetime) -> dict[str, int]:
    """The slots given anew, by the cost of now: for when what was dear once has left the clearest colours to nobody."""
    fresh = _given(store, dimension, now, {})
    store.state.keep(_name(dimension), fresh)
    return fresh


def slots(store: Store, dimension: str, now: datetime) -> dict[str, int]:
    """Value -> slot from 1 to 24. Raises QueryError when there is no such dimension."""
    kept: dict[str, int] = store.state.recall(_name(dimension)) or {}
    if len(kept) >= SLOTS:
        return kept
    found = _given(store, dimension, now, kept)
    if found != kept:
        store.state.keep(_name(dimension), found)
    return found


def _name(dimension: str) -> str:
    return f"colours {dimension}"


def _given(store: Store, dimension: str, now: datetime, kept: dict[str, int]) -> dict[str, int]:
    """What is kept, and the dearest of those without a slot on the free ones."""
    query = CostQuery(measures=("effective_cost",), by=(dimension,), period=f"last_{DAYS}_days", limit=SLOTS)
    ranked = [row[dimension] for row in answer(query, Access("colours"), store, now).document()["rows"]]
    fresh = [value for value in dict.fromkeys(ranked) if value is not None and value not in kept]
    free = [slot for slot in range(1, SLOTS + 1) if slot not in kept.values()]
    return {**kept, **dict(zip(fresh, free, strict=False))}
