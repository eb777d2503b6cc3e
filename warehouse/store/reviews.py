"""Which team was reviewed in which ISO week, by whom. In the state file."""

from __future__ import annotations

from dataclasses import asdict, dataclass

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from warehouse.store.state import State, metadata

reviewed = sa.Table(
    "reviews",
    metadata,
    sa.Column("team", sa.String, primary_key=True),
    sa.Column("week", sa.String, primary_key=True),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("at", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Review:
    team: str
    week: str
    """ISO 8601, as "2026-W47"."""
    actor: str
    at: str


class Reviews:
    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def of(self, team: str) -> list[Review]:
        """Newest week first."""
        query = sa.select(reviewed).where(reviewed.c.team == team).order_by(reviewed.c.week.desc())
        with self._engine.begin() as connection:
            return [Review(**row) for row in connection.execute(query).mappings()]

    def add(self, review: Review) -> None:
        """Who reviewed a week first stays."""
        with self._engine.begin() as connection:
            connection.execute(insert(reviewed).values(asdict(review)).on_conflict_do_nothing())
