"""Facts beside bills: taken from landed files into the inventory, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, cast

from api import documents as doc
from collectors.sources.contract import FactsModule, SourceModule
from warehouse.focus import plain
from warehouse.store import Store
from warehouse.store.collecting import Collected


def known_from_now_on(
    store: Store, module: SourceModule, parts: Sequence[Collected], now: datetime
) -> tuple[bool, str | None]:
    """Whether the facts of these parts differ from those before, and what could not be asked."""
    changed = False
    notes: list[str] = []
    for part in parts:
        found = cast(FactsModule, module).facts([store.landing.raw(file["digest"]) for file in part.files])
        facts = {(one.kind, one.key): one.values for one in found.facts}
        changed |= store.inventory.put(part.source, f"{part.period}/{part.key}", facts, now)
        notes += found.notes
    return changed, " ".join(notes) or None


def accounts(store: Store) -> list[doc.Account]:
    """As they are now, in the order of their ids."""
    frame = store.inventory.accounts()
    rows = frame.filter(frame["valid_to"].is_null()).iter_rows(named=True)
    return [doc.Account(**{**row, "tags": _tags(row["tags"])}) for row in rows]


def _tags(pairs: Sequence[dict[str, str]] | None) -> dict[str, str] | None:
    return None if pairs is None else {pair["key"]: pair["value"] for pair in pairs}


def invoices(store: Store) -> list[doc.Invoice]:
    """As the providers state them now, newest period first."""
    found: list[doc.Invoice] = []
    for row in store.inventory.invoices().iter_rows(named=True):
        money: dict[str, Any] = {
            name: None if row[name] is None else plain(row[name]) for name in ("total", "before_tax")
        }
        found.append(doc.Invoice(**{**row, **money}))
    return found
