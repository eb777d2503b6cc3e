"""Periods are half-open; billing periods keep their own name in every zone."""

from __future__ import annotations

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.focus import TIME, Period, add_months, month, period_label, period_label_expr

ZONES = ["UTC", "America/Los_Angeles", "Asia/Tokyo", "Pacific/Kiritimati", "Europe/Berlin", "Asia/Kolkata"]


@given(st.integers(2015, 2035), st.integers(1, 12), st.sampled_from(ZONES))
def test_a_month_that_begins_at_local_midnight_keeps_its_name(year, number, zone):
    start = datetime(year, number, 1, tzinfo=ZoneInfo(zone))
    assert period_label(start) == f"{year}-{number:02}"
    frame = pl.DataFrame({"start": [start.astimezone(UTC)]}, schema={"start": TIME})
    assert frame.select(period_label_expr("start")).item() == f"{year}-{number:02}"


def test_periods():
    period = month("2026-02")
    assert period == Period(date(2026, 2, 1), date(2026, 3, 1))
    assert period.days == 28
    assert date(2026, 2, 28) in period and date(2026, 3, 1) not in period
    with pytest.raises(ValueError, match="ends before"):
        Period(date(2026, 2, 2), date(2026, 2, 1))
    with pytest.raises(ValueError):
        month("2026-13")


@given(st.dates(date(1980, 1, 1), date(2100, 1, 1)), st.integers(-200, 200))
def test_months_add_up(day, count):
    there = add_months(day, count)
    assert there.day == 1
    assert add_months(there, -count) == day.replace(day=1)
