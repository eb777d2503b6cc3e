"""Secrets that were given to the pages, as sealed text: the store keeps them and cannot read them."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import datetime

import sqlalchemy as sa

from warehouse.store.state import State, instant, metadata

secrets = sa.Table(
    "secrets",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("key_id", sa.String, nullable=False),
    sa.Column("sealed", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Sealed:
    """One secret under its name; `key_id` names the key that opens it."""

    name: str
    key_id: str
    sealed: str
    actor: str
    changed_at: str = ""


class SealedSecrets:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def all(self) -> dict[str, Sealed]:
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(secrets).order_by(secrets.c.name)).mappings()
            return {row["name"]: Sealed(**row) for row in rows}

    def put(self, one: Sealed, now: datetime) -> None:
        """Writing again is rotation: the earlier value is gone."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(secrets).where(secrets.c.name == one.name))
            connection.execute(sa.insert(secrets).values({**asdict(one), "changed_at": instant(now)}))

    def forget(self, name: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(secrets).where(secrets.c.name == name))
