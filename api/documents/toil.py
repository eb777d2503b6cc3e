"""Acts by hand, counted."""

from __future__ import annotations

from typing import Literal

from api.documents.problem import Document

ActKind = Literal["assign", "split", "ask", "exclude", "include", "dispute", "request", "answer", "offer", "publish"]


class ToilMonth(Document):
    """Acts by hand of one month (UTC), by kind; `percent` of them were done on behalf of a team, none when none."""

    month: str
    assign: int = 0
    split: int = 0
    ask: int = 0
    exclude: int = 0
    include: int = 0
    dispute: int = 0
    request: int = 0
    answer: int = 0
    offer: int = 0
    publish: int = 0
    total: int
    by_teams: int
    percent: str | None


class Toil(Document):
    """Oldest month first."""

    months: list[ToilMonth]
