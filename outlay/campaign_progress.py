"""How far a campaign got: its money at the start, by what later bills say of each of its resources."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api.documents.campaigns import CampaignMoney, CampaignMonth, CampaignOwner
from warehouse.attribution.policies import TagPolicy
from warehouse.focus import add_months, plain, total
from warehouse.metrics.freshness import DAY
from warehouse.metrics.percent import percent
from warehouse.metrics.tag_states import NAMED_MAX, Asker, tag_states_on, within
from warehouse.store.campaigns import CampaignResource

MONTHS_MAX: Final = 24
MONTH_DAYS: Final = 31
ROWS_MAX: Final = 100_000
"""Of one question, a row for each resource and day: beyond it months are asked in several."""
STATES: Final = ("open", "fixed", "gone")
Named = tuple[CampaignResource, str]
"""A resource, and which of STATES it is in."""


def ends(start: date, end: date) -> list[date]:
    """The days after the last ones looked at: of each month from `start` on, and of the one that `end` is in."""
    found, at = [], add_months(start.replace(day=1), 1)
    while at < end:
        found.append(at)
        at = add_months(at, 1)
    return [*found, end][-MONTHS_MAX:]


def states(
    policy: TagPolicy, resources: Sequence[CampaignResource], ends_: Sequence[date], asker: Asker
) -> Iterator[list[str]]:
    """Before each of these days: of each resource in turn, as the bills of the days before show it.

    All of it is one question, or as few as keep each answer below ROWS_MAX.
    """
    if not resources:
        yield from ([] for _ in ends_)
        return
    where = within(
        [one.provider for one in resources], [one.sub_account for one in resources], [one.resource for one in resources]
    )
    few = len(resources) <= NAMED_MAX
    at_once = max(1, ROWS_MAX // (MONTH_DAYS * len(resources))) if few else 1
    for first in range(0, len(ends_), at_once):
        for found in tag_states_on(policy, where, ends_[first : first + at_once], asker):
            yield _of_each(found, resources)


def _of_each(found: pl.DataFrame, resources: Sequence[CampaignResource]) -> list[str]:
    names = ("provider", "sub_account", "resource", "state")
    now: dict[Any, str | None] = {
        (one, two, three): state for one, two, three, state in found.select(names).iter_rows()
    }
    return [_state(now.get((one.provider, one.sub_account, one.resource))) for one in resources]


def _state(told: str | None) -> str:
    """What is not billed has no state, and neither has what its policy no longer asks of."""
    return "gone" if told is None else "fixed" if told == "compliant" else "open"


def month(end: date, named: Sequence[Named]) -> CampaignMonth:
    last = end - DAY
    teams = sorted({one.team for one, _ in named}, key=lambda team: (team is None, team or ""))
    return CampaignMonth(
        month=f"{last:%Y-%m}",
        to=last,
        money=money(named),
        owners=[owner(team, [pair for pair in named if pair[0].team == team]) for team in teams],
    )


def owner(team: str | None, named: Sequence[Named]) -> CampaignOwner:
    counts = {state: sum(one == state for _, one in named) for state in STATES}
    return CampaignOwner(team=team, resources=len(named), money=money(named), **counts)


def money(named: Iterable[Named]) -> list[CampaignMoney]:
    """By currency; the parts add up to the cost, to the last digit."""
    parts: dict[str, dict[str, list[Decimal]]] = {}
    for one, state in named:
        for currency, amount in one.cost.items():
            parts.setdefault(currency, {state: [] for state in STATES})[state].append(Decimal(amount))
    return [_money(currency, {state: total(amounts) for state, amounts in found.items()})
            for currency, found in sorted(parts.items())]  # fmt: skip


def _money(currency: str, parts: Mapping[str, Decimal]) -> CampaignMoney:
    whole = total(parts.values())
    share = percent(total([parts["fixed"], parts["gone"]]), whole)
    return CampaignMoney(
        currency=currency,
        cost=plain(whole),
        percent=None if share is None else plain(share),
        **{state: plain(amount) for state, amount in parts.items()},
    )
