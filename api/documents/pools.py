"""Shared cost: the document of pools, who got which share and why, and values of metrics."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.documents.problem import Document
from api.documents.rules import RuleFault
from api.documents.saved import Text


class PoolsText(Document):
    """pools.yaml as text, comments and all."""

    text: str


class PoolShown(Document):
    """A pool of the version in force, in the order in which cost flows."""

    id: str
    name: str
    kind: Literal["pool", "special", "adjustment"]
    split: str | None = None
    note: str | None = None
    teams: list[str] = Field(default_factory=list)  # whose cost it takes
    to: list[str] = Field(default_factory=list)  # who gets it, by name; empty: every team that weighs
    fallback: list[str] = Field(default_factory=list)
    lines: str | None = None  # a query of the lines it takes, those of pools before it included; null: not one query
    line: int | None = None


class PoolsDocument(PoolsText):
    version: int
    pools: list[PoolShown] = Field(default_factory=list)
    periods: list[str] = Field(default_factory=list)  # billing periods with shares, newest first
    writable: bool = True


class PoolsCheck(Document):
    valid: bool
    faults: list[RuleFault] = Field(default_factory=list)


class PoolShare(Document):
    """What one team weighed and got. `kept`: it stayed with whoever had it. A null team is unallocated."""

    team: str | None
    kept: bool
    weight: str
    percent: str  # one digit; those of a group make 100
    billed_cost: str
    effective_cost: str
    list_cost: str
    contracted_cost: str


class PoolGroup(Document):
    """Weights of one bucket of time, partition and currency. `part` is a JSON object of column -> value, or empty."""

    pool: str
    step: int
    bucket: str
    part: str
    currency: str
    fallback: str | None
    shares: list[PoolShare]


class PoolMoved(Document):
    """What was taken and what was received: `conserved` when they are equal to the last digit."""

    pool: str
    currency: str
    given: dict[str, str]
    received: dict[str, str]
    conserved: bool


class PoolShares(Document):
    period: str
    pool: str | None
    groups: list[PoolGroup]
    moved: list[PoolMoved]
    generations: str
    rules_version: int


class SeriesPoint(Document):
    """A value of one UTC day."""

    name: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9_.-]{0,99}$")
    day: date
    value: str | int = Field(description="decimal text, at most 20 digits before the point and 9 behind it")
    labels: dict[str, str] = Field(default_factory=dict, max_length=20)
    unit: str | None = Field(default=None, max_length=40)


class SeriesUpload(Document):
    """Points, or a CSV text with the columns name, day, value and unit; every other column is a label."""

    points: list[SeriesPoint] = Field(default_factory=list, max_length=100_000)
    csv: str | None = Field(default=None, max_length=20_000_000)
    name: Text | None = None  # of the file: what is wrong in it is said with it


class SeriesTaken(Document):
    points: int
    series: list[str]


class SeriesKnown(Document):
    name: str
    unit: str | None
    points: int
    first_day: date
    last_day: date
    unknown: list[str] = Field(default_factory=list)  # values of its label `team` that name no team
