"""What teams were asked about cost without an owner, a row for each group, and their answers. In the state file."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from typing import Literal

import sqlalchemy as sa

from warehouse.store.requests import After, Page, older
from warehouse.store.state import State, metadata

Answer = Literal["ours", "not_ours", "settled"]

questions = sa.Table(
    "questions",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("group", sa.String, nullable=False, index=True),
    sa.Column("signature", sa.JSON, nullable=False),
    sa.Column("team", sa.String, nullable=False),
    sa.Column("on_behalf", sa.String),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("asked_at", sa.String, nullable=False),
    sa.Column("answer", sa.String),
    sa.Column("reason", sa.String, nullable=False),
    sa.Column("answered_by", sa.String),
    sa.Column("answered_at", sa.String),
    sa.Column("request", sa.String),
    sa.Column("kind", sa.String, nullable=False, server_default="unallocated"),
)


@dataclass(frozen=True, slots=True)
class Question:
    """Whether a group is of a team. Times are instants as the state file writes them."""

    id: str
    group: str
    """Of its signature: the same every month."""
    signature: list[list[str]]
    team: str
    on_behalf: str | None
    """Of which team it was asked; null for the platform."""
    actor: str
    asked_at: str
    answer: Answer | None = None
    reason: str = ""
    answered_by: str | None = None
    answered_at: str | None = None
    request: str | None = None
    """By which the team claims it."""
    kind: str = "unallocated"
    """The list of the inbox that it stood in."""


@dataclass(frozen=True, slots=True)
class Answered:
    answer: Answer
    answered_by: str
    answered_at: str
    reason: str = ""
    request: str | None = None


class Questions:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def add(self, asked: Sequence[Question]) -> None:
        with self._engine.begin() as connection:
            for one in asked:
                connection.execute(sa.insert(questions).values(asdict(one)))

    def all(self, team: str | None = None, groups: Collection[str] = ()) -> list[Question]:
        """Newest first; of a team, about some groups, or every one."""
        return self._read(_listed(team, groups))

    def page(self, limit: int, team: str | None, groups: Collection[str], after: After | None) -> Page[Question]:
        query = _listed(team, groups).limit(limit + 1)
        if after is not None:
            query = query.where(older(questions.c.asked_at, questions.c.id, after))
        found = self._read(query)
        last = found[limit - 1] if len(found) > limit else None
        return Page(found[:limit], After(0, last.asked_at, last.id) if last else None)

    def about(self, groups: Collection[str]) -> list[Question]:
        """Oldest first."""
        return self._read(sa.select(questions).where(questions.c.group.in_(groups)).order_by(questions.c.asked_at))

    def some(self, ids: Collection[str]) -> list[Question]:
        return self._read(sa.select(questions).where(questions.c.id.in_(ids)))

    def answer(self, ids: Collection[str], given: Answered, fallen: Collection[str] = ()) -> int:
        """Of those that nobody has answered yet, or by one of the requests `fallen`; how many they were."""
        here = questions.c.id.in_(ids) & (questions.c.answer.is_(None) | questions.c.request.in_(fallen))
        with self._engine.begin() as connection:
            return connection.execute(sa.update(questions).where(here).values(asdict(given))).rowcount

    def _read(self, query: sa.Select[tuple[object, ...]]) -> list[Question]:
        with self._engine.begin() as connection:
            return [Question(**row) for row in connection.execute(query).mappings()]


def _listed(team: str | None, groups: Collection[str]) -> sa.Select[tuple[object, ...]]:
    query = sa.select(questions).order_by(questions.c.asked_at.desc(), questions.c.id)
    query = query.where(questions.c.group.in_(groups)) if groups else query
    return query if team is None else query.where(questions.c.team == team)
