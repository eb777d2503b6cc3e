"""What changed after it had been live: consecutive generations of a scope, compared by what was recorded of them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from decimal import Decimal

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.documents import money
from warehouse.focus import plain, total
from warehouse.store import COSTS, Load, Store


def restatements(store: Store, source: str | None, limit: int, cursor: str | None = None) -> doc.Restatements:
    """A page, the newest first; one entry for each generation that took another's place. The cursor is a load's id."""
    if cursor is not None and not store.state.loads(id=cursor):
        raise ProblemError("caller", "invalid", "There is no such page.", Help(field="cursor", status=422))
    pairs = store.state.replaced(source, limit + 1, cursor)
    shown = pairs[:limit]
    loads = {load.id: load for load in store.state.loads(id={load for pair in shown for load in pair})}
    found = [_restatement(loads[before], loads[after]) for before, after in shown]
    return doc.Restatements(restatements=found, next=shown[-1][1] if len(pairs) > limit else None)


def _restatement(before: Load, after: Load) -> doc.Restatement:
    return doc.Restatement(
        at=datetime.fromisoformat(after.created_at),
        source=after.source,
        period=after.period,
        cause=str(after.facts.get("cause", "new data")),
        generation=after.generation,
        load=after.id,
        rows_before=int(before.facts["rows"]),
        rows_after=int(after.facts["rows"]),
        change=_change(money(before.facts["sums"]), money(after.facts["sums"])),
    )


def _change(before: Sequence[doc.Money], after: Sequence[doc.Money]) -> list[doc.Money]:
    """After minus before, per currency."""
    was, will = ({one.currency: one for one in several} for several in (before, after))
    return [
        doc.Money(
            currency=currency,
            **{name: _difference(was.get(currency), will.get(currency), name) for name in COSTS},
        )
        for currency in sorted({*was, *will})
    ]


def _difference(was: doc.Money | None, will: doc.Money | None, name: str) -> str:
    amounts = [Decimal(getattr(one, name) or 0) if one else Decimal(0) for one in (was, will)]
    return plain(total([amounts[1], amounts[0].copy_negate()]))
