"""What is known of a collected source without asking anybody: its spending and caps, its columns, its credentials."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any

from pydantic import ValidationError

from api.documents import collecting as doc
from collectors.meter import Price
from collectors.secret import Secret
from collectors.sources import named
from collectors.sources.contract import SourceModule
from warehouse.focus import plain, total
from warehouse.store import Load, Store
from warehouse.store.collecting import Collecting, Configured, Spent


def spending(state: Collecting, source: str, now: datetime, days: int | None) -> doc.Spending:
    """By UTC day, oldest first; days without a call are left out. What is collected no more has no caps."""
    since = f"{now.date() - timedelta(days=days - 1)}" if days else ""
    spent = state.spent(source, since)
    found = next((one for one in state.configured() if one.name == source), None)
    return doc.Spending(
        source=source,
        days=[_day(day, list(here)) for day, here in groupby(spent, key=lambda one: one.day)],
        caps=[
            doc.Cap(name=one.name, unit_cost=plain(one.unit_cost), run_max=one.run_max, day_max=one.day_max)
            for one in (_prices(found) if found else ())
        ],
        cost=_money(one.cost for one in spent),
    )


def _prices(source: Configured) -> Sequence[Price]:
    module = named(source.kind)
    try:
        return module.prices(module.Settings.model_validate(dict(source.settings)))
    except ValidationError:
        return ()


def _day(day: str, spent: Sequence[Spent]) -> doc.SpentDay:
    each = [doc.Spent(name=one.name, units=one.units, cost=plain(one.cost)) for one in spent]
    return doc.SpentDay(day=date.fromisoformat(day), spent=each, cost=_money(one.cost for one in spent))


def _money(amounts: Iterable[Decimal]) -> str:
    return plain(total(amounts))


def credential_end(module: SourceModule, settings: Mapping[str, Any]) -> datetime | None:
    """The earliest end that a credential of these settings tells; nobody is asked for it."""
    try:
        read = module.Settings.model_validate(dict(settings))
    except ValidationError:
        return None
    found = [value.ends() for _, value in read if isinstance(value, Secret)]
    return min((end for end in found if end), default=None)


def schema_drift(store: Store, source: str) -> doc.SchemaDrift:
    """Each generation against the one before it; the first of a month against the month before."""
    lived = [load for load in store.state.loads(source=source) if load.state in ("live", "superseded")]
    lived.sort(key=lambda load: (load.period, load.generation))
    found: list[doc.SchemaChange] = []
    before: Load | None = None
    for load in lived:
        if before is not None and (change := _change(store, before, load)):
            found.append(change)
        before = load if load.facts.get("schema") else before
    return doc.SchemaDrift(source=source, changes=sorted(found, key=lambda one: one.at, reverse=True))


def _change(store: Store, before: Load, after: Load) -> doc.SchemaChange | None:
    names = [load.facts.get("schema") for load in (before, after)]
    if None in names or names[0] == names[1]:
        return None
    was, will = (set(store.state.recall(f"schema {name}") or ()) for name in names)
    return doc.SchemaChange(
        at=datetime.fromisoformat(after.created_at),
        period=after.period,
        generation=after.generation,
        format=", ".join(after.facts.get("formats", [])) or None,
        appeared=sorted(will - was),
        vanished=sorted(was - will),
        columns=len(will),
    )
