"""How much of a month has no owner, against the limit, and in the months before: answers to questions about cost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

from api import documents as doc
from outlay.held import Held
from warehouse.attribution import Assertion
from warehouse.attribution.contradict import FIRM
from warehouse.focus import plain
from warehouse.focus.period import add_months
from warehouse.metrics import Access, CostQuery, Filter, Match, answer
from warehouse.metrics.percent import percent

EXCLUDED: Final = "excluded"
"""The dimension of the rules whose values are reasons to leave cost unallocated."""
READER: Final = "inbox"
MONTHS: Final = 13
LIMIT_PERCENT: Final = Decimal(5)
"""Where the rules assert none for teams: what most who allocate cost call allocated."""
NOBODY: Final = Filter("team", (Match("none"),))
WEAK: Final = ("default", "name")
"""The layers of doubtful cost."""
BY: Final[dict[doc.InboxKind, tuple[str, ...]]] = {
    "unallocated": (), "doubtful": ("team", "layer"), "contradicted": ("team", "rule"), "excluded": (EXCLUDED,),
}  # fmt: skip
"""What tells apart cost of one group: who has it, and why it is asked about."""


def question(kind: doc.InboxKind, month: str, knows_excluded: bool) -> CostQuery:
    """`knows_excluded`: whether the rules have the dimension; without it nothing is excluded.

    What may be contradicted is all that rules gave to a team; which of it is, no question says.
    """
    if kind == "doubtful":
        return CostQuery(where=(_of(WEAK),), period=month)
    if kind == "contradicted":
        return CostQuery(where=(replace(NOBODY, exclude=True), replace(_of(FIRM), exclude=True)), period=month)
    where = [NOBODY]
    if knows_excluded:
        where.append(Filter(EXCLUDED, (Match("none"),), exclude=kind == "excluded"))
    return CostQuery(where=tuple(where), period=month)


def _of(layers: Sequence[str]) -> Filter:
    return Filter("layer", tuple(Match("is", layer) for layer in layers))


def open_cost(store: Held, query: CostQuery, now: datetime) -> list[doc.EffectiveCost]:
    rows = answer(query, Access(READER), store, now).totals
    amounts = zip(rows["currency"], rows["effective_cost"], strict=True)
    return [doc.EffectiveCost(currency=code, effective_cost=plain(amount)) for code, amount in sorted(amounts)]


def shares(store: Held, month: str, assertions: Sequence[Assertion], now: datetime) -> list[doc.InboxShare]:
    """In each currency with cost in the month."""
    first = add_months(date.fromisoformat(f"{month}-01"), 1 - MONTHS)
    months = [f"{add_months(first, place):%Y-%m}" for place in range(MONTHS)]
    last = add_months(first, MONTHS) - timedelta(days=1)
    span = f"{first}..{last}"
    where = question("unallocated", month, EXCLUDED in store.dimensions).where
    whole = _by_month(store, CostQuery(grain="month", period=span), now)
    nobody = _by_month(store, CostQuery(where=where, grain="month", period=span), now)
    found = []
    for currency in sorted({code for code, label in whole if label == month}):
        parts = [_percent(nobody, whole, currency, label) for label in months]
        now_percent, limit = parts[-1] or Decimal(0), _limit(assertions, currency)
        trend = [doc.InboxMonth(month=label, percent=None if part is None else plain(part))
                 for label, part in zip(months, parts, strict=True)]  # fmt: skip
        found.append(
            doc.InboxShare(
                currency=currency, percent=plain(now_percent), limit=plain(limit), over=now_percent >= limit,
                trend=trend,
            )
        )  # fmt: skip
    return found


def _percent(
    nobody: dict[tuple[str, str], Decimal], whole: dict[tuple[str, str], Decimal], currency: str, month: str
) -> Decimal | None:
    return percent(nobody.get((currency, month), Decimal(0)), whole.get((currency, month)))


def _by_month(store: Held, query: CostQuery, now: datetime) -> dict[tuple[str, str], Decimal]:
    rows = answer(query, Access(READER), store, now).rows
    cells = zip(rows["currency"], rows["month"], rows["effective_cost"], strict=True)
    return {(currency, str(month)[:7]): amount for currency, month, amount in cells}


def _limit(assertions: Sequence[Assertion], currency: str) -> Decimal:
    """The strictest that the rules assert."""
    stated = [
        one.limit
        for one in assertions
        if (one.measure, one.dimension) == ("unallocated_percent_below", "team") and one.currency in (None, currency)
    ]
    return min(stated, default=LIMIT_PERCENT)
