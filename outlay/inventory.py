"""Facts beside bills: taken from landed files into the inventory, and shown."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final, cast

import polars as pl

from api import documents as doc
from collectors.sources.contract import FactsModule, SourceModule
from outlay.ruling import RulesInForce
from warehouse.focus import plain
from warehouse.store import Store
from warehouse.store.collecting import Collected

FACTS: Final = "account tags"
"""The author of a version that says the same about other facts."""


def known_from_now_on(
    store: Store, module: SourceModule, parts: Sequence[Collected], now: datetime
) -> tuple[bool, str | None]:
    """Whether the facts of these parts differ from those before, and what could not be asked."""
    changed = False
    notes: list[str] = []
    before = read_of_accounts(store)
    for part in parts:
        found = cast(FactsModule, module).facts([store.landing.raw(file["digest"]) for file in part.files])
        facts = {(one.kind, one.key): one.values for one in found.facts}
        changed |= store.inventory.put(part.source, f"{part.period}/{part.key}", facts, now)
        notes += found.notes
    own_anew(store, before, now)
    return changed, " ".join(notes) or None


def read_of_accounts(store: Store) -> pl.DataFrame | None:
    """The tags of accounts that the rules in force read; null when they read none."""
    return store.own.accounts() if isinstance(store.own, RulesInForce) else None


def own_anew(store: Store, before: pl.DataFrame | None, now: datetime) -> None:
    """Where tags of accounts differ from `before`, put the rules in force as a new version: every owner, answer and
    history then says by what it was decided."""
    after = read_of_accounts(store)
    if before is None or after is None or before.equals(after):
        return
    found = store.state.documents()
    assert found is not None
    store.publish(found["org"], found["rules"], files=found["files"], author=FACTS, now=now)


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
