"""Loads between reading and going live: what was prepared, what a person has to look at, what may happen next."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from warehouse.focus import COST_COLUMNS, plain
from warehouse.store.faults import ConflictError
from warehouse.store.state import Load
from warehouse.store.swap import Scope

SHRINK_LIMIT_PERCENT: Final = 30
"""A scope that would lose more than this share of its rows or its cost waits for a person."""

MOVES: Final[Mapping[str, frozenset[str]]] = {
    "landed": frozenset({"live", "held", "failed"}),
    "held": frozenset({"landed", "rejected"}),
    "live": frozenset({"superseded"}),
    "superseded": frozenset(),
    "unchanged": frozenset(),
    "rejected": frozenset(),
    "quarantined": frozenset(),
    "failed": frozenset(),
}
"""State of a load -> states it may move to."""


def check_move(load: Load, to: str) -> None:
    """Raise ConflictError unless the load may move to this state."""
    if to not in MOVES[load.state]:
        raise ConflictError(f"load {load.id} is {load.state}, it cannot become {to}")


@dataclass(frozen=True, slots=True)
class Prepared:
    """The lines of one scope, read and verified by the child, not yet landed."""

    source: str
    period: str
    identity: str
    parts: tuple[tuple[str, Path], ...]
    """(content digest, canonical file in the load's scratch folder), in the order that numbers the lines."""
    rows: int
    sums: Mapping[str, Mapping[str, Decimal]]
    """Cost column -> currency -> sum."""
    period_start: datetime
    period_end: datetime
    warnings: tuple[str, ...] = ()
    facts: Mapping[str, Any] = field(default_factory=dict)
    """What the load's page shows: files, counts, control totals. Plain JSON values."""

    @property
    def content(self) -> str:
        """Digest of the rows, whatever part they stand in the order of."""
        contents = sorted(content for content, _ in self.parts)
        return contents[0] if len(contents) == 1 else hashlib.sha256("\n".join(contents).encode()).hexdigest()


def identity(digests: Sequence[str], normaliser: str, version: int, settings: Mapping[str, str]) -> str:
    """Names what would come out: the same raw files, normaliser and settings make the same generation."""
    text = json.dumps([sorted(digests), normaliser, version, sorted(settings.items())])
    return hashlib.sha256(text.encode()).hexdigest()


def facts_of(prepared: Prepared) -> dict[str, Any]:
    """What state keeps of a load, enough to land and swap it again."""
    return {
        **prepared.facts,
        "parts": [content for content, _ in prepared.parts],
        "rows": prepared.rows,
        "sums": {
            name: {currency: plain(amount) for currency, amount in by_currency.items()}
            for name, by_currency in prepared.sums.items()
        },
        "period_start": prepared.period_start.isoformat(),
        "period_end": prepared.period_end.isoformat(),
        "warnings": list(prepared.warnings),
    }


def scope_of(load: Load, paths: Sequence[Path]) -> Scope:
    """The scope that a recorded load brings, from its landed files."""
    facts = load.facts
    return Scope(
        source=load.source,
        period=load.period,
        generation=load.generation,
        content=load.content,
        paths=tuple(paths),
        rows=int(facts["rows"]),
        sums={
            name: {currency: Decimal(text) for currency, text in facts["sums"].get(name, {}).items()}
            for name in COST_COLUMNS
        },
        period_start=datetime.fromisoformat(facts["period_start"]),
        period_end=datetime.fromisoformat(facts["period_end"]),
        warnings=tuple(facts["warnings"]),
    )


def whole(facts: Mapping[str, Any]) -> dict[str, Any]:
    """Rows and sums of what a source delivered, what another source counts of it included."""
    found: Mapping[str, Any] = facts.get("whole") or facts
    return {"rows": found["rows"], "sums": found["sums"]}


def held_reasons(loads: Sequence[Load], live: Mapping[tuple[str, str], Load]) -> dict[str, str]:
    """Load id -> why a person should look at it before it replaces what is live."""
    found = {}
    for load in loads:
        current = live.get((load.source, load.period))
        if reason := held_reason(current.facts if current else None, load.facts):
            found[load.id] = reason
    return found


def held_reason(before: Mapping[str, Any] | None, after: Mapping[str, Any]) -> str | None:
    """Why a load should wait: the sentence for people, or null. Both are `facts` of loads of one scope.

    What was delivered is compared: leaving out what another source counts is no loss.
    """
    if before is None:
        return None
    old, new = whole(before), whole(after)
    shrunk = []
    if _shrinks(Decimal(old["rows"]), Decimal(new["rows"])):
        shrunk.append(f"rows would fall from {old['rows']} to {new['rows']}")
    for currency, text in old["sums"].get("BilledCost", {}).items():
        was, will = Decimal(text), Decimal(new["sums"].get("BilledCost", {}).get(currency, "0"))
        if _shrinks(was, will):
            shrunk.append(f"billed cost would fall from {plain(was)} to {plain(will)} {currency}")
    return f"{' and '.join(shrunk)}, by more than {SHRINK_LIMIT_PERCENT} %" if shrunk else None


def _shrinks(before: Decimal, after: Decimal) -> bool:
    return after.copy_abs() * 100 < before.copy_abs() * (100 - SHRINK_LIMIT_PERCENT)
