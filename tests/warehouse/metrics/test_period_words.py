"""What period words mean on given days, and which days they are compared with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from warehouse.focus.period import FiscalYear, Period
from warehouse.metrics.period_words import Clock, billing_months, compared, resolve

CLOCK = Clock(today=date(2026, 11, 19), complete=date(2026, 11, 17))
WHOLE = Period(date(2026, 1, 5), date(2026, 11, 19))


def days(start: str, end: str) -> Period:
    return Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("word", "start", "end"),
    [
        ("all", "2026-01-05", "2026-11-19"),
        ("today", "2026-11-19", "2026-11-20"),
        ("yesterday", "2026-11-18", "2026-11-19"),
        ("last_1_days", "2026-11-17", "2026-11-18"),
        ("last_30_days", "2026-10-19", "2026-11-18"),
        ("last_week", "2026-11-09", "2026-11-16"),
        ("last_month", "2026-10-01", "2026-11-01"),
        ("last_3_months", "2026-08-01", "2026-11-01"),
        ("month_to_date", "2026-11-01", "2026-11-18"),
        ("year_to_date", "2026-01-01", "2026-11-18"),
        ("2026-02", "2026-02-01", "2026-03-01"),
        ("2026-12", "2026-12-01", "2027-01-01"),
        ("2024-02-29..2024-02-29", "2024-02-29", "2024-03-01"),
    ],
)
def test_words(word: str, start: str, end: str) -> None:
    assert resolve(word, CLOCK, WHOLE) == days(start, end)


@pytest.mark.parametrize(
    ("word", "start", "end"),
    [
        ("fiscal_year_to_date", "2026-04-01", "2026-11-18"),
        ("last_fiscal_year", "2025-04-01", "2026-04-01"),
        ("fiscal_quarter_to_date", "2026-10-01", "2026-11-18"),
        ("last_fiscal_quarter", "2026-07-01", "2026-10-01"),
        ("FY2027", "2026-04-01", "2027-04-01"),
        ("FY2027-Q4", "2027-01-01", "2027-04-01"),
    ],
)
def test_fiscal_words(word: str, start: str, end: str) -> None:
    assert resolve(word, replace(CLOCK, fiscal=FiscalYear(4)), WHOLE) == days(start, end)


def test_a_fiscal_year_has_the_name_of_its_first_or_last_calendar_year() -> None:
    assert FiscalYear(10, "start").year(2026) == days("2026-10-01", "2027-10-01") == FiscalYear(10).year(2027)
    assert FiscalYear(1).year(2026) == FiscalYear(1, "start").year(2026) == days("2026-01-01", "2027-01-01")
    assert FiscalYear(12).quarter(date(2027, 2, 28)) == date(2026, 12, 1)


def test_a_fiscal_year_is_over_when_its_last_day_is_complete() -> None:
    april = FiscalYear(4)
    assert resolve("last_fiscal_year", Clock(date(2026, 4, 2), date(2026, 3, 31), april), WHOLE).end == date(2026, 4, 1)
    assert resolve("last_fiscal_year", Clock(date(2026, 4, 2), date(2026, 3, 30), april), WHOLE).end == date(2025, 4, 1)


def test_a_month_is_complete_when_its_last_day_is() -> None:
    clock = Clock(date(2026, 11, 2), date(2026, 10, 31))
    assert resolve("last_month", clock, WHOLE) == days("2026-10-01", "2026-11-01")
    assert resolve("month_to_date", clock, WHOLE) == days("2026-10-01", "2026-11-01")
    clock = Clock(date(2026, 11, 2), date(2026, 10, 30))
    assert resolve("last_month", clock, WHOLE) == days("2026-09-01", "2026-10-01")


def test_a_week_is_complete_when_its_sunday_is() -> None:
    clock = Clock(date(2026, 11, 16), date(2026, 11, 15))
    assert resolve("last_week", clock, WHOLE) == days("2026-11-09", "2026-11-16")


@pytest.mark.parametrize(
    ("word", "period_word", "period", "earlier", "months", "moved"),
    [
        ("previous", "last_30_days", ("2026-10-19", "2026-11-18"), ("2026-09-19", "2026-10-19"), 0, 30),
        ("previous", "last_week", ("2026-11-09", "2026-11-16"), ("2026-11-02", "2026-11-09"), 0, 7),
        ("previous", "month_to_date", ("2026-11-01", "2026-11-18"), ("2026-10-01", "2026-10-18"), 1, 0),
        ("previous", "month_to_date", ("2026-03-01", "2026-03-31"), ("2026-02-01", "2026-03-01"), 1, 0),
        ("previous", "last_month", ("2026-10-01", "2026-11-01"), ("2026-09-01", "2026-10-01"), 1, 0),
        ("previous", "last_3_months", ("2026-08-01", "2026-11-01"), ("2026-05-01", "2026-08-01"), 3, 0),
        ("previous", "year_to_date", ("2026-01-01", "2026-11-18"), ("2025-01-01", "2025-11-18"), 12, 0),
        ("previous", "fiscal_year_to_date", ("2026-04-01", "2026-11-18"), ("2025-04-01", "2025-11-18"), 12, 0),
        ("previous", "fiscal_quarter_to_date", ("2026-04-01", "2026-06-01"), ("2026-01-01", "2026-03-01"), 3, 0),
        ("previous", "2026-01-15..2026-01-20", ("2026-01-15", "2026-01-21"), ("2026-01-09", "2026-01-15"), 0, 6),
        ("year", "last_30_days", ("2026-10-19", "2026-11-18"), ("2025-10-19", "2025-11-18"), 12, 0),
        ("year", "2024-02", ("2024-02-01", "2024-03-01"), ("2023-02-01", "2023-03-01"), 12, 0),
        ("year", "x", ("2024-02-29", "2024-03-01"), ("2023-02-28", "2023-03-01"), 12, 0),
        ("2025-01-01..2025-01-31", "2026-09", ("2026-09-01", "2026-10-01"), ("2025-01-01", "2025-02-01"), 20, 0),
        ("2026-01-03..2026-01-04", "x", ("2026-01-10", "2026-01-12"), ("2026-01-03", "2026-01-05"), 0, 7),
    ],
)
def test_compared_like_for_like(
    word: str, period_word: str, period: tuple[str, str], earlier: tuple[str, str], months: int, moved: int
) -> None:
    found = compared(word, period_word, days(*period))
    assert found is not None
    assert (found.period, found.months, found.days) == (days(*earlier), months, moved)


def test_billing_periods_are_whole_months() -> None:
    assert billing_months(days("2026-10-19", "2026-11-18")) == days("2026-10-01", "2026-12-01")
    assert billing_months(days("2026-10-01", "2026-11-01")) == days("2026-10-01", "2026-11-01")
