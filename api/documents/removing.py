"""Sources on their way out, and billing periods that are closed."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.documents.loads import Money
from api.documents.problem import Document

RemovalWay = Literal["keep", "hide", "erase"]


class RemovalMonth(Document):
    """A billing period that the source has lines of; `totals` are the answer to `query` of `RemovalEffect`."""

    period: str
    closed: bool
    totals: list[Money] = Field(default_factory=list)


class RemovalEffect(Document):
    """What removing a source would do: said before it is done."""

    source: str
    query: str  # the question whose answer the totals are
    months: list[RemovalMonth]
    totals: list[Money] = Field(default_factory=list)
    closed: list[str] = Field(default_factory=list)  # closed billing periods that depend on it
    may_erase: bool = True
    sentences: dict[RemovalWay, str] = Field(default_factory=dict)  # what happens and what cannot be undone


class PeriodState(Document):
    """A billing period; closed ones are not changed by removing a source."""

    period: str
    closed: bool
    closed_at: datetime | None = None
    actor: str | None = None
    sources: list[str] = Field(default_factory=list)


class PeriodStates(Document):
    periods: list[PeriodState]


class PeriodChange(Document):
    closed: bool
