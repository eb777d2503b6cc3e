"""What to look at in the demo: one sentence per planted event, and the address of the slice that proves it.

The amounts come from what the bills were written with, not from an answer, so that a test can compare the two.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache

from api.documents import GuideItem
from outlay.demo import aws, gcp
from outlay.demo.estate import Events
from warehouse.focus import add_months, plain, total


@lru_cache(maxsize=4)
def items(today: date) -> list[GuideItem]:
    """Seven sentences for the demo of this day."""
    events = Events(today)
    return [
        _spike(events),
        _price(events),
        _disks(events),
        _lab(events),
        _drift(events),
        _commitment(events),
        _credit(events),
        _late(events),
    ]


def _item(key: str, words: tuple[str, str], query: str, amount: Decimal) -> GuideItem:
    title, sentence = words
    return GuideItem(
        key=key,
        title=title,
        sentence=sentence.format(amount=_shown(amount)),
        address=f"/explore?{query}",
        query=query,
        amounts={"effective_cost": plain(amount)},
    )


def _shown(amount: Decimal) -> str:
    return f"{amount.quantize(Decimal('0.01')):,} USD".replace("-", "\N{MINUS SIGN}")


def _span(first: date, last: date) -> str:
    return f"{first}..{last}"


def _day(day: date) -> str:
    return f"{day.day} {day:%B}"


def _months(first: date, last: date) -> Iterable[date]:
    month = first.replace(day=1)
    while month <= last:
        yield month
        month = add_months(month, 1)


def _aws(events: Events, first: date, last: date) -> Sequence[aws.Charge]:
    return [charge for month in _months(first, last) for charge in aws.charges(month, events)
            if first <= charge.day <= last]  # fmt: skip


def _spike(events: Events) -> GuideItem:
    first, last = events.spike
    amount = total(
        charge.cost
        for charge in _aws(events, first, last)
        if charge.resource.team and charge.resource.team.lower() == "checkout" and "gateway" in charge.resource.kind
    )
    sentence = f"From {_day(first)} to {_day(last)} Checkout sent six times its usual traffic through NAT: {{amount}}."
    query = f"measures=effective_cost&by=team&period={_span(first, last)}&where=cost_driver:nat&where=team:checkout"
    return _beside_before(_item("spike", ("Traffic spike", sentence), query, amount))


def _beside_before(item: GuideItem) -> GuideItem:
    """Lead to the slice beside the days before it: the sentence says how much more that is."""
    return item.model_copy(update={"address": f"{item.address}&compare=previous"})


def _price(events: Events) -> GuideItem:
    month = events.price_change
    amount = total(charge.cost for charge in gcp.charges(month, events) if charge.resource.kind == "query")
    before, after = gcp.QUERY_PRICES
    sentence = (
        f"BigQuery analysis costs {after} instead of {before} USD per TiB since {_day(month)}; "
        f"in {month:%B} that made {{amount}}."
    )
    query = f"measures=effective_cost&by=service&period={month:%Y-%m}&where=service:BigQuery"
    return _beside_before(_item("price", ("Price change", sentence), query, amount))


def _disks(events: Events) -> GuideItem:
    first, last = events.machines_ended, events.today - timedelta(days=1)
    amount = total(c.cost for c in _aws(events, first, last) if c.resource.project == "search-reindex")
    sentence = (
        f"The machines of search-reindex ended on {_day(first)}; its 14 unattached disks have cost {{amount}} since."
    )
    query = f"measures=effective_cost&by=resource&period={_span(first, last)}&where=tag.project:search-reindex"
    return _item("disks", ("Unattached disks", sentence), query, amount)


def _lab(events: Events) -> GuideItem:
    first, last = events.today - timedelta(days=30), events.today - timedelta(days=1)
    amount = total(c.cost for c in _aws(events, first, last) if c.resource.project == "network-lab")
    sentence = "Nine idle addresses and two idle gateways of a forgotten lab cost {amount} in the last 30 days."
    query = f"measures=effective_cost&by=resource&period={_span(first, last)}&where=tag.project:network-lab"
    return _item("idle", ("Idle addresses and gateways", sentence), query, amount)


def _drift(events: Events) -> GuideItem:
    first, last = events.drift, events.today - timedelta(days=1)
    amount = total(
        charge.cost + charge.discount
        for month in _months(first, last)
        for charge in gcp.charges(month, events)
        if first <= charge.day <= last and gcp.label(charge.resource, charge.day, events) == "mobil"
    )
    sentence = (
        f"Since {_day(first)} a pipeline writes the label team=mobil, which is no team: {{amount}} have no owner."
    )
    query = f"measures=effective_cost&by=tag.team&period={_span(first, last)}&where=team:(none)&where=tag.team:mobil"
    return _item("drift", ("Tag drift", sentence), query, amount)


def _commitment(events: Events) -> GuideItem:
    month = events.commitment
    used, committed = aws.plan_day()
    count = (add_months(month, 1) - month).days
    sentence = (
        f"A savings plan of {plain(committed)} USD a day began on {_day(month)}; "
        f"{plain(committed - used)} USD a day of it nobody uses: {{amount}} in {month:%B}."
    )
    amount = (committed - used) * count
    query = (
        f"measures=effective_cost&by=charge_category&period={month:%Y-%m}&where=commitment:~demo&where=resource:(none)"
        "&grain=month"
    )
    return _item("commitment", ("New commitment", sentence), query, amount)


def _credit(events: Events) -> GuideItem:
    month = events.credit_month
    sentence = f"A credit for {month:%B} arrived after the month had ended: {{amount}}."
    query = f"measures=effective_cost&by=provider&period={month:%Y-%m}&where=charge_category:Credit"
    return _item("credit", ("Credit after month end", sentence), query, gcp.CREDIT)


def _late(events: Events) -> GuideItem:
    days = (events.today - events.late_to).days
    return GuideItem(
        key="late",
        title="A late source",
        sentence=f"Azure has delivered nothing for {days} days; its data ends on {_day(events.late_to)}.",
        address="/data",
    )
