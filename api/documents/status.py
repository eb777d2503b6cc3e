"""The demo, upkeep, and what every page shows."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.documents.loads import Money
from api.documents.problem import Document


class GuideItem(Document):
    """One planted event: a sentence, and the address of the slice that proves it."""

    key: str
    title: str
    sentence: str
    address: str  # path and query inside the web application, as "/explore?by=service&period=..."
    query: str | None = None  # the question whose answer holds the number in the sentence
    amounts: dict[str, str] = Field(default_factory=dict)  # the numbers of the sentence, by name


class DemoGuide(Document):
    present: bool
    loading: bool = False
    sources: list[str] = Field(default_factory=list)
    items: list[GuideItem] = Field(default_factory=list)


class DemoLoaded(Document):
    state: Literal["live", "unchanged"]
    rows: int = 0
    sources: list[str] = Field(default_factory=list)
    totals: list[Money] = Field(default_factory=list)


class Rebuilt(Document):
    periods: int
    rows: int
    totals: list[Money] = Field(default_factory=list)
    changed: list[str] = Field(default_factory=list)  # "source period", with renormalise only


class CheckItem(Document):
    """One invariant, checked now."""

    name: str
    ok: bool
    message: str
    next_step: str | None = None


class CheckReport(Document):
    ok: bool
    checks: list[CheckItem]


class Readiness(Document):
    ready: bool
    checks: list[CheckItem] = Field(default_factory=list)


class Status(Document):
    """What the shell of the web application shows on every page."""

    version: str = ""  # this and the next are filled by the API
    address: str | None = None
    ready: bool = True
    today: date | None = None  # UTC
    empty: bool = True  # no source holds a line
    demo: bool = False
    demo_loading: bool = False
    generations: str | None = None
    rules_version: int = 0
    rules_writable: bool = True
    proposal_available: bool = False
    data_to: dict[str, date | None] = Field(default_factory=dict)
    first_day: date | None = None
    currencies: list[str] = Field(default_factory=list)
    sources: int = 0
    late: list[str] = Field(default_factory=list)
    held: int = 0
    quarantined: int = 0
    needs_attention: int = 0
    jobs_running: int = 0
    notes: list[str] = Field(default_factory=list)
