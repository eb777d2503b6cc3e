"""The invented company of the demo: its teams, what they run, and the events planted in their bills.

Everything follows from the given day: the same day makes the same bills. Amounts are exact decimals.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from warehouse.focus import add_months

TEAMS: Final = ("checkout", "search", "catalogue", "data", "mobile", "platform")
GROWTH_EPOCH: Final = date(2025, 1, 1)


@dataclass(frozen=True, slots=True)
class Resource:
    """Something that is billed each day. `kind` is a row of its provider's price table."""

    id: str
    kind: str
    account: str
    team: str | None
    application: str | None
    environment: str
    project: str | None = None
    first: date = date.min
    last: date = date.max
    """Last day it is billed."""
    scale: Decimal = Decimal(1)


@dataclass(frozen=True, slots=True)
class Events:
    """When the planted events happen, seen from the day of the demo."""

    today: date

    @property
    def spike(self) -> tuple[date, date]:
        """First and last day of the traffic spike."""
        return self.today - timedelta(days=13), self.today - timedelta(days=9)

    @property
    def price_change(self) -> date:
        return add_months(self.today.replace(day=1), -2)

    @property
    def machines_ended(self) -> date:
        """From this day on the disks of the re-indexing project are attached to nothing."""
        return self.today - timedelta(days=34)

    @property
    def lab_forgotten(self) -> date:
        return self.today - timedelta(days=120)

    @property
    def drift(self) -> date:
        return self.today - timedelta(days=42)

    @property
    def commitment(self) -> date:
        return add_months(self.today.replace(day=1), -3)

    @property
    def credit_month(self) -> date:
        return add_months(self.today.replace(day=1), -1)

    @property
    def late_to(self) -> date:
        """Last day the late source has delivered."""
        return self.today - timedelta(days=6)


def wobble(key: str, day: date) -> Decimal:
    """A factor from 0.85 to 1.15 that depends on the key and the day alone."""
    noise = zlib.crc32(f"{key} {day}".encode()) % 3_001
    return Decimal(8_500 + noise) / 10_000


def wave(team: str | None, day: date) -> Decimal:
    """A factor of the team's own for each week: launches, holidays, campaigns."""
    return wobble(f"{team} week", day - timedelta(days=day.weekday()))


def season(day: date) -> Decimal:
    """Weekends are quieter; the company grows by a hundredth a month."""
    weekend = Decimal("0.72") if day.weekday() >= 5 else Decimal(1)
    months = (day.year - GROWTH_EPOCH.year) * 12 + day.month - GROWTH_EPOCH.month
    return weekend * (Decimal(1) + Decimal(months) / 100)


def days(month: date, until: date) -> list[date]:
    """The days of a month up to and including `until`."""
    end = min(add_months(month, 1), until + timedelta(days=1))
    return [month + timedelta(days=i) for i in range(max(0, (end - month).days))]


def hex_id(prefix: str, key: str, length: int = 17) -> str:
    """An identifier as providers make them, the same for the same key."""
    text = "".join(f"{zlib.crc32(f'{key}{i}'.encode()):08x}" for i in range(3))
    return f"{prefix}{text[:length]}"


def quantised(value: Decimal, digits: int = 6) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-digits))
