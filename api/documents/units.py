"""Unit cost: what one unit of a team's metrics costs."""

from __future__ import annotations

from datetime import date
from typing import Literal

from api.documents.problem import Document


class UnitPoint(Document):
    """A day, or the first day of a week or month; of its days that have a value."""

    first: date
    cost: str
    units: str
    rate: str | None  # cost of one unit; null without units


class UnitCost(Document):
    """A metric in one currency."""

    name: str
    unit: str  # what is counted; the metric's name where it says none
    currency: str
    points: list[UnitPoint]
    cost: str
    units: str
    rate: str | None  # of the whole period
    previous_rate: str | None  # of the days compared with
    change_percent: str | None
    days_without: int  # days of the period without a value; neither their cost nor their units count


class UnitCosts(Document):
    """Empty where no metric has values that are labelled with the team."""

    team: str
    measure: str
    grain: Literal["day", "week", "month"]
    series: list[UnitCost]
