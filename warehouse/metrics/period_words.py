"""Period words: what they may be, and the days they stand for."""

from __future__ import annotations

import re
from calendar import monthrange
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from warehouse.focus.period import CALENDAR_YEAR, FiscalYear, Period, add_months

WORDS: Final = (
    "all", "today", "yesterday", "month_to_date", "last_week", "last_month", "year_to_date",
    "fiscal_year_to_date", "last_fiscal_year", "fiscal_quarter_to_date", "last_fiscal_quarter",
)  # fmt: skip
EXAMPLES: Final = (*WORDS, "last_7_days", "last_30_days", "last_90_days", "last_3_months", "last_12_months")
"""What a wrong word is compared with; the counts in them may be any number."""
DAYS_MAX: Final = 3_660
MONTHS_MAX: Final = 120
NEXT_STEP: Final = (
    f"Use one of {', '.join(WORDS)}, last_N_days, last_N_months, a month as 2026-09, a fiscal year or quarter as "
    "FY2027 or FY2027-Q3, or days as 2026-09-01..2026-09-30 (the last day is included)."
)
_FISCAL: Final = re.compile(r"FY(197[1-9]|19[89][0-9]|2[0-9]{3})(?:-Q([1-4]))?")
_COUNTED: Final = re.compile(r"last_([1-9][0-9]{0,4})_(days|months)")


@dataclass(frozen=True, slots=True)
class Clock:
    """What relative words are measured against: the UTC day of asking, and the last day whose data is complete."""

    today: date
    complete: date
    fiscal: FiscalYear = CALENDAR_YEAR


def problem(word: str) -> str | None:
    """Why `word` is no period, or None when it is one."""
    if word in WORDS or _month(word) or _FISCAL.fullmatch(word):
        return None
    if counted := _COUNTED.fullmatch(word):
        most = DAYS_MAX if counted[2] == "days" else MONTHS_MAX
        return None if int(counted[1]) <= most else f"{word!r} reaches further back than {most} {counted[2]}."
    first, dots, last = word.partition("..")
    start, end = day(first), day(last)
    if not dots or not start or not end:
        return f"There is no period {word!r}."
    return None if start <= end else f"The period {word!r} ends before it begins."


def is_written(word: str) -> bool:
    """Whether a right word says its first and its last day, so that it means the same for every question."""
    return ".." in word


def written(period: Period) -> str:
    """These days, at least one, as a question says them."""
    return f"{period.start}..{period.end - timedelta(days=1)}"


def day(text: str) -> date | None:
    if not re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) or not "1970" <= text[:4] <= "2999":
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def resolve(word: str, clock: Clock, whole: Period) -> Period:
    """The days of a period word. `whole` is what "all" stands for: every day that has data."""
    if word == "all":
        return whole
    if found := _month(word) or _range(word):
        return found
    if counted := _COUNTED.fullmatch(word):
        count = int(counted[1])
        if counted[2] == "days":
            return Period(clock.complete - timedelta(days=count - 1), clock.complete + timedelta(days=1))
        return _complete_months(clock.complete, count)
    if named := _FISCAL.fullmatch(word):
        return _fiscal(clock.fiscal.year(int(named[1])), named[2])
    return _named(word, clock)


def _named(word: str, clock: Clock) -> Period:
    after = clock.complete + timedelta(days=1)
    if "fiscal" in word:
        return _of_fiscal_calendar(word, clock, after)
    match word:
        case "today":
            return Period(clock.today, clock.today + timedelta(days=1))
        case "yesterday":
            return Period(clock.today - timedelta(days=1), clock.today)
        case "month_to_date":
            return Period(clock.complete.replace(day=1), after)
        case "year_to_date":
            return Period(clock.complete.replace(month=1, day=1), after)
        case "last_week":
            monday = after - timedelta(days=after.weekday())
            return Period(monday - timedelta(days=7), monday)
        case "last_month":
            return _complete_months(clock.complete, 1)
    raise ValueError(f"no period word: {word!r}")


def _of_fiscal_calendar(word: str, clock: Clock, after: date) -> Period:
    begins, months = (clock.fiscal.begin, 12) if "year" in word else (clock.fiscal.quarter, 3)
    if word.endswith("_to_date"):
        return Period(begins(clock.complete), after)
    return Period(add_months(begins(after), -months), begins(after))


def _fiscal(year: Period, quarter: str | None) -> Period:
    if quarter is None:
        return year
    begin = add_months(year.start, 3 * (int(quarter) - 1))
    return Period(begin, add_months(begin, 3))


def billing_months(period: Period) -> Period:
    """`period` widened to the whole months it touches."""
    if period.days == 0:
        return Period(period.start.replace(day=1), period.start.replace(day=1))
    return Period(period.start.replace(day=1), add_months(period.end - timedelta(days=1), 1))


@dataclass(frozen=True, slots=True)
class Comparison:
    """The earlier period, and how far its days move forward to lie on the days they are compared with."""

    period: Period
    months: int = 0
    days: int = 0


def compared(word: str, period_word: str, period: Period) -> Comparison | None:
    """Like for like: whole months with whole months, a running month with the same number of days before."""
    if word == "none":
        return None
    if word not in ("previous", "year"):
        earlier = resolve(word, Clock(period.start, period.start), period)
        if earlier.start.day == period.start.day == 1:
            return Comparison(earlier, months=_months_between(earlier.start, period.start))
        return Comparison(earlier, days=(period.start - earlier.start).days)
    if period_word == "fiscal_quarter_to_date" and word == "previous":
        return Comparison(Period(_back(period.start, 3), _back(period.end, 3)), months=3)
    if word == "year" or period_word in ("year_to_date", "fiscal_year_to_date"):
        return Comparison(Period(_back(period.start, 12), _back(period.end, 12)), months=12)
    if period.days and period.start.day == 1 and period.end.day == 1:
        months = _months_between(period.start, period.end)
        return Comparison(Period(add_months(period.start, -months), period.start), months=months)
    if period.start.day == 1 and period.days < monthrange(period.start.year, period.start.month)[1]:
        start = add_months(period.start, -1)
        return Comparison(Period(start, min(start + timedelta(days=period.days), period.start)), months=1)
    return Comparison(Period(period.start - timedelta(days=period.days), period.start), days=period.days)


def _back(when: date, months: int) -> date:
    first = add_months(when, -months)
    return first.replace(day=min(when.day, monthrange(first.year, first.month)[1]))


def _months_between(earlier: date, later: date) -> int:
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def _complete_months(complete: date, count: int) -> Period:
    end = (complete + timedelta(days=1)).replace(day=1)
    return Period(add_months(end, -count), end)


def _month(word: str) -> Period | None:
    start = day(word + "-01") if re.fullmatch(r"[0-9]{4}-[0-9]{2}", word) else None
    return Period(start, add_months(start, 1)) if start else None


def _range(word: str) -> Period | None:
    first, _, last = word.partition("..")
    start, end = day(first), day(last)
    return Period(start, end + timedelta(days=1)) if start and end else None
