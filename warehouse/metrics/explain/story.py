"""An explanation in three sentences, for a chat: the same words for the same numbers, in every currency."""

from __future__ import annotations

import re
from calendar import month_abbr, month_name
from collections.abc import Iterable
from datetime import date
from typing import Final

from warehouse.focus.money import SCALE
from warehouse.focus.period import Period, add_months
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.explain.causes import HANDED, LABELS
from warehouse.metrics.explain.parts import CurrencyParts, Explained, Group, Mover
from warehouse.metrics.freshness import DAY
from warehouse.metrics.tables import named

NAME_MAX: Final = 80
CAUSES_MAX: Final = 4
MOVERS_MAX: Final = 3
_CENT: Final = 10 ** (SCALE - 2)
_NOT_TEXT: Final = re.compile("[\x00-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]+")


def story(found: Explained, parts: CurrencyParts, floor: int) -> str:
    """What changed, which causes made it, and the largest movers."""
    return " ".join((_change(found, parts), _causes(parts, floor), _movers(parts, found.query.by, floor)))


def _change(found: Explained, parts: CurrencyParts) -> str:
    before, now = said_period(found.compare), said_period(found.period)
    spans = f"from {_money(parts.before)} in {before} to {_money(parts.now)} in {now}"
    what = f"{found.measure.label} in {parts.currency}"
    if not parts.change:
        return f"{what} did not change, {spans}."
    share = percent_text(parts.change, parts.before)
    return f"{what} {'rose' if parts.change > 0 else 'fell'} by {_money(abs(parts.change))}{share}, {spans}."


def percent_text(part: int, whole: int) -> str:
    """ " (+4.2 %)", or nothing where there is nothing to compare with."""
    if not whole:
        return ""
    tenths = (abs(part) * 1000 + abs(whole) // 2) // abs(whole)
    return f" ({'+' if part > 0 else '−'}{tenths // 10:,}.{tenths % 10} %)"


def _causes(parts: CurrencyParts, floor: int) -> str:
    ranked = sorted(parts.causes.items(), key=lambda item: -abs(item[1]))
    loud = [(name, amount) for name, amount in ranked if abs(amount) >= floor]
    if not loud:
        return f"No cause reaches the noise floor of {_money(floor)}."
    shown, left = loud[:CAUSES_MAX], sum(amount for _, amount in ranked) - sum(a for _, a in loud[:CAUSES_MAX])
    told = [f"{LABELS[name].lower()} {_signed(amount)}" for name, amount in shown]
    told += [f"everything else {_signed(left)}"] if len(ranked) > len(shown) else []
    return f"By cause: {', '.join(told)}."


def _movers(parts: CurrencyParts, by: tuple[str, ...], floor: int) -> str:
    loud = [mover for mover in parts.movers if abs(mover.amount) >= floor and not mover.folded]
    if not loud:
        return "Nothing single is above the noise floor."
    told = "; ".join(
        f"{said_name(name_of(mover))} ({_why(mover, by)}) {_signed(mover.amount)}" for mover in loud[:MOVERS_MAX]
    )
    return f"Largest: {told}."


def name_of(mover: Mover) -> str:
    """The resource, or what stands for lines without one: the service, and the account that tells it from others."""
    service = mover.service or mover.provider or "No service"
    if mover.folded:
        return f"Other resources of {service}"
    account = mover.labels["sub_account"] or mover.sub_account
    return mover.labels["resource"] or mover.resource or (f"{service} · {account}" if account else service)


def _why(mover: Mover, by: tuple[str, ...]) -> str:
    label = LABELS[mover.cause].lower()
    if mover.cause == "new" and mover.first_day:
        return f"{label} since {_day(mover.first_day)}"
    if mover.cause == "ended" and mover.last_day:
        return f"{label}, last on {_day(mover.last_day)}"
    return f"{label}, {label_of(mover.group, by)}" if mover.cause == HANDED and by else label


def said_name(text: str) -> str:
    """A name from a bill as one plain piece of text: its end tells long ones apart."""
    plain = _NOT_TEXT.sub(" ", text).strip()
    return plain if len(plain) <= NAME_MAX else "…" + plain[1 - NAME_MAX :]


def label_of(group: Group, by: Iterable[str]) -> str:
    """The group's values for people; what a missing one means is said by its dimension."""
    if group.rest:
        return "Other"
    told = zip(group.values, group.labels, by, strict=True)
    return " · ".join(said_name(label or value or _missing(name)) for value, label, name in told)


def _missing(dimension: str) -> str:
    if named(CATALOGUE, dimension).table == "owners":
        return "Unallocated"
    return "Untagged" if named(CATALOGUE, dimension).table == "tags" else "None"


def said_period(period: Period) -> str:
    """Both ends included: "October 2026", "1–17 Nov 2026", "28 Oct – 4 Nov 2026"."""
    if not period.days:
        return "no days"
    first, last = period.start, period.end - DAY
    if first.day == 1 and period.end == add_months(first, 1):
        return f"{month_name[first.month]} {first.year}"
    if first == last:
        return f"{_day(first)} {first.year}"
    if (first.year, first.month) == (last.year, last.month):
        return f"{first.day}–{_day(last)} {last.year}"
    return f"{_day(first)}{f' {first.year}' if first.year != last.year else ''} – {_day(last)} {last.year}"


def _day(day: date) -> str:
    return f"{day.day} {month_abbr[day.month]}"


def _money(units: int) -> str:
    """Two digits, half away from zero."""
    cents = (abs(units) + _CENT // 2) // _CENT
    return f"{'−' if units < 0 and cents else ''}{cents // 100:,}.{cents % 100:02}"


def _signed(units: int) -> str:
    return f"+{_money(units)}" if units > 0 else _money(units)
