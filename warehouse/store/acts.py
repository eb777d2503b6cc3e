"""What people did by hand so that cost has its owner, one row for each act. In the state file."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Final

import sqlalchemy as sa

from warehouse.store.state import State, metadata

KINDS: Final = ("assign", "split", "ask", "exclude", "include", "dispute", "request", "answer", "offer", "publish")

acts = sa.Table(
    "acts",
    metadata,
    sa.Column("id", sa.Integer, primary_key=True),
    sa.Column("at", sa.String, nullable=False, index=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("team", sa.String),
    sa.Column("about", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Act:
    at: str
    kind: str
    """One of KINDS."""
    actor: str
    team: str | None
    """On whose behalf; null for the platform."""
    about: str = ""
    """What it was done to, for whoever looks it up: an id, a version."""


class Acts:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def add(self, act: Act) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.insert(acts).values(asdict(act)))

    def monthly(self) -> list[tuple[str, str, str | None, int]]:
        """(month "YYYY-MM" in UTC, kind, team, how many), oldest month first."""
        month = sa.func.substr(acts.c.at, 1, 7).label("month")
        query = sa.select(month, acts.c.kind, acts.c.team, sa.func.count()).group_by(month, acts.c.kind, acts.c.team)
        with self._engine.begin() as connection:
            return [(row[0], row[1], row[2], int(row[3])) for row in connection.execute(query.order_by(month))]
