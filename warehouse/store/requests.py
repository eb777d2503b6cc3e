"""Requests between teams with their answers, offers, and disputes. In the state file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import sqlalchemy as sa

from warehouse.store.state import State, metadata

requests = sa.Table(
    "requests",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("base", sa.Integer, nullable=False),
    sa.Column("texts", sa.JSON, nullable=False),
    sa.Column("effect", sa.JSON, nullable=False),
    sa.Column("asked", sa.JSON, nullable=False),
    sa.Column("reasons", sa.JSON, nullable=False),
    sa.Column("dispute", sa.String),
    sa.Column("created_at", sa.String, nullable=False, index=True),
    sa.Column("deadline", sa.String, nullable=False),
    sa.Column("conflict", sa.String),
    sa.Column("closed", sa.String),
    sa.Column("closed_at", sa.String),
    sa.Column("closed_by", sa.String),
    sa.Column("version", sa.Integer),
)
answered = sa.Table(
    "request_answers",
    metadata,
    sa.Column("request", sa.String, primary_key=True),
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("accepted", sa.Boolean, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)
offers = sa.Table(
    "offers",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("scope", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("until", sa.String),
    sa.Column("taken_back_at", sa.String),
    sa.Column("taken_back_by", sa.String),
)
disputes = sa.Table(
    "disputes",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("scope", sa.String, nullable=False),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("suggested", sa.String),
    sa.Column("query", sa.String, nullable=False),
    sa.Column("totals", sa.JSON, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("request", sa.String),
)
LISTED_MAX: Final = 500
"""Requests, and disputes, that are listed: the newest."""


@dataclass(frozen=True, slots=True)
class Request:
    """A draft that somebody has to consent to. Times are instants as the state file writes them."""

    id: str
    team: str
    """On whose behalf."""
    actor: str
    note: str
    base: int
    """The version it was written against."""
    texts: dict[str, Any]
    effect: dict[str, Any]
    """What it would move when it was made: movement, by_month, periods."""
    asked: list[str]
    reasons: dict[str, list[str]]
    created_at: str
    deadline: str
    dispute: str | None = None
    conflict: str | None = None
    closed: str | None = None
    closed_at: str | None = None
    closed_by: str | None = None
    version: int | None = None


@dataclass(frozen=True, slots=True)
class GivenAnswer:
    request: str
    team: str
    accepted: bool
    reason: str
    actor: str
    at: str


@dataclass(frozen=True, slots=True)
class Offer:
    """Cost that a team gives to whoever wants it: filters in the words of a query."""

    id: str
    team: str
    scope: str
    note: str
    actor: str
    created_at: str
    until: str | None = None
    """The first day on which it stands no more; null, as offers once were: until it is taken back."""
    taken_back_at: str | None = None
    taken_back_by: str | None = None


@dataclass(frozen=True, slots=True)
class Dispute:
    """Cost that a team says is not its own, with what it was when it said so."""

    id: str
    team: str
    scope: str
    reason: str
    suggested: str | None
    query: str
    totals: list[dict[str, str]]
    actor: str
    created_at: str
    request: str | None = None


class Requests:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def add(self, request: Request) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.insert(requests).values(asdict(request)))

    def change(self, request: str, **values: Any) -> bool:
        """Change one that is not closed; false when it is."""
        here = (requests.c.id == request) & requests.c.closed.is_(None)
        with self._engine.begin() as connection:
            return connection.execute(sa.update(requests).where(here).values(values)).rowcount > 0

    def all(self) -> list[Request]:
        """Newest first."""
        query = sa.select(requests).order_by(requests.c.created_at.desc(), requests.c.id).limit(LISTED_MAX)
        with self._engine.begin() as connection:
            return [Request(**row) for row in connection.execute(query).mappings()]

    def one(self, request: str) -> Request | None:
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(requests).where(requests.c.id == request)).mappings().first()
            return Request(**row) if row else None

    def answer(self, given: GivenAnswer) -> bool:
        """Keep an answer; false when that one has answered before."""
        here = (answered.c.request == given.request) & (answered.c.team == given.team)
        with self._engine.begin() as connection:
            if connection.execute(sa.select(answered.c.team).where(here)).first():
                return False
            connection.execute(sa.insert(answered).values(asdict(given)))
            return True

    def answers(self) -> Mapping[str, list[GivenAnswer]]:
        """By request, in the order they were given."""
        found: dict[str, list[GivenAnswer]] = {}
        with self._engine.begin() as connection:
            for row in connection.execute(sa.select(answered).order_by(answered.c.at)).mappings():
                found.setdefault(row["request"], []).append(GivenAnswer(**row))
        return found

    # offers

    def offer(self, offer: Offer) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.insert(offers).values(asdict(offer)))

    def offers(self) -> list[Offer]:
        """Those that nobody took back, the oldest first."""
        query = sa.select(offers).where(offers.c.taken_back_at.is_(None)).order_by(offers.c.created_at, offers.c.id)
        with self._engine.begin() as connection:
            return [Offer(**row) for row in connection.execute(query).mappings()]

    def take_back(self, offer: str, actor: str, at: str) -> None:
        here = (offers.c.id == offer) & offers.c.taken_back_at.is_(None)
        with self._engine.begin() as connection:
            connection.execute(sa.update(offers).where(here).values(taken_back_at=at, taken_back_by=actor))

    # disputes

    def dispute(self, dispute: Dispute) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.insert(disputes).values(asdict(dispute)))

    def disputes(self) -> list[Dispute]:
        """Newest first."""
        query = sa.select(disputes).order_by(disputes.c.created_at.desc(), disputes.c.id).limit(LISTED_MAX)
        with self._engine.begin() as connection:
            return [Dispute(**row) for row in connection.execute(query).mappings()]
