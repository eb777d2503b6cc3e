"""Requests between teams with their answers, offers, and disputes. In the state file."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Generic, TypeVar

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
    sa.Column("up_to", sa.String),
    sa.Column("currency", sa.String),
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
PLATFORM: Final = ""
"""Whose answer it is that decides."""


_over = sa.case(
    (
        requests.c.closed.is_not(None)
        | sa.exists(
            sa.select(answered.c.request).where(
                answered.c.request == requests.c.id, answered.c.team == PLATFORM, answered.c.accepted.is_(False)
            )
        ),
        1,
    ),
    else_=0,
)
"""Closed, or refused for good: nobody has to do anything any more."""


@dataclass(frozen=True, slots=True)
class After:
    """The last of a page: what comes next stands behind it."""

    ended: int
    created_at: str
    id: str


Kept = TypeVar("Kept")


@dataclass(frozen=True, slots=True)
class Page(Generic[Kept]):
    rows: list[Kept]
    next: After | None
    """Null where these are the last."""


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
    """What it would move when it was made: periods, movement, by_month, by_service, by_pool, by_resource."""
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
    up_to: str | None = None
    """Decimal text: what one claim may cost a month, in `currency`; null without a limit."""
    currency: str | None = None


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

    def page(self, limit: int, team: str | None = None, after: After | None = None) -> Page[Request]:
        """Those first that are not ended, of these the newest; without their texts. With a team, those that it made or
        is asked about. `after`: where the page before ended."""
        query = sa.select(*(one for one in requests.c if one.name != "texts"), _over.label("ended"))
        if team is not None:
            named = sa.func.json_each(requests.c.asked).table_valued("value")
            query = query.where((requests.c.team == team) | sa.exists(sa.select(named.c.value)
                                .where(named.c.value == team)))  # fmt: skip
        if after is not None:
            query = query.where(
                (_over > after.ended) | ((_over == after.ended) & older(requests.c.created_at, requests.c.id, after))
            )
        query = query.order_by(_over, requests.c.created_at.desc(), requests.c.id).limit(limit + 1)
        with self._engine.begin() as connection:
            rows = [dict(row) for row in connection.execute(query).mappings()]
        ended = [row.pop("ended") for row in rows]
        found = [Request(**row, texts={}) for row in rows[:limit]]
        last = After(ended[limit - 1], found[-1].created_at, found[-1].id) if len(rows) > limit else None
        return Page(found, last)

    def standing(self) -> list[Request]:
        """Those that are not ended, without their texts and effect."""
        return self._light(_over == 0)

    def some(self, ids: Collection[str]) -> list[Request]:
        """Without their texts and effect."""
        return self._light(requests.c.id.in_(ids))

    def _light(self, which: sa.ColumnElement[bool]) -> list[Request]:
        query = sa.select(*(one for one in requests.c if one.name not in ("texts", "effect"))).where(which)
        with self._engine.begin() as connection:
            return [Request(**row, texts={}, effect={}) for row in connection.execute(query).mappings()]

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

    def answers(self, ids: Collection[str]) -> Mapping[str, list[GivenAnswer]]:
        """To these requests, in the order they were given."""
        found: dict[str, list[GivenAnswer]] = {}
        query = sa.select(answered).where(answered.c.request.in_(ids)).order_by(answered.c.at)
        with self._engine.begin() as connection:
            for row in connection.execute(query).mappings():
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

    def disputes(self, limit: int, team: str | None = None, after: After | None = None) -> Page[Dispute]:
        """Newest first; with a team, those that it raised or that name it."""
        query = sa.select(disputes).order_by(disputes.c.created_at.desc(), disputes.c.id).limit(limit + 1)
        if team is not None:
            query = query.where((disputes.c.team == team) | (disputes.c.suggested == team))
        if after is not None:
            query = query.where(older(disputes.c.created_at, disputes.c.id, after))
        with self._engine.begin() as connection:
            found = [Dispute(**row) for row in connection.execute(query).mappings()]
        return Page(found[:limit], After(0, found[limit - 1].created_at, found[limit - 1].id)
                    if len(found) > limit else None)  # fmt: skip


def older(at: sa.Column[str], own: sa.Column[str], after: After) -> sa.ColumnElement[bool]:
    """Behind the last of a page, where the newest stand first."""
    return (at < after.created_at) | ((at == after.created_at) & (own > after.id))
