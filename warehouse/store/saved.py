"""What people keep beside the money: views, stars, annotations, subscriptions, settings. In the state file."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final, Literal

import sqlalchemy as sa

from warehouse.focus.period import FiscalYear
from warehouse.store.state import State, metadata

Visibility = Literal["me", "team", "all"]
EVERYBODY: Final = ""
"""Whose settings hold for the whole organisation."""

views = sa.Table(
    "views",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("page", sa.String, nullable=False),
    sa.Column("query", sa.Text, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("visibility", sa.String, nullable=False),
    sa.Column("team", sa.String),
    sa.Column("revision", sa.Integer, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
stars = sa.Table(
    "stars",
    metadata,
    sa.Column("actor", sa.String, primary_key=True),
    sa.Column("view", sa.String, primary_key=True),
)
annotated = sa.Table(
    "annotations",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("key", sa.String, unique=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("start", sa.String, nullable=False, index=True),
    sa.Column("end", sa.String, nullable=False),
    sa.Column("text", sa.String, nullable=False),
    sa.Column("link", sa.String),
    sa.Column("scope", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("visibility", sa.String, nullable=False),
    sa.Column("team", sa.String),
    sa.Column("resolved_at", sa.String),
    sa.Column("changed_at", sa.String, nullable=False),
)
subscriptions = sa.Table(
    "subscriptions",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("view", sa.String, nullable=False, index=True),
    sa.Column("channel", sa.String, nullable=False),
    sa.Column("target", sa.String, nullable=False),
    sa.Column("every", sa.String, nullable=False),
    sa.Column("owner", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
preferences = sa.Table(
    "preferences",
    metadata,
    sa.Column("actor", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class View:
    """An address somebody gave a name."""

    id: str
    name: str
    page: str
    """Path of the page, such as "/explore"."""
    query: str
    """Its query string, view words included."""
    owner: str
    visibility: Visibility
    team: str | None
    """Whose view it is when the team may see it."""
    revision: int
    """Counts its changes, from 1: who changes it says which one was read."""
    changed_at: str


@dataclass(frozen=True, slots=True)
class Annotation:
    """What happened, on which days, to whose cost."""

    id: str
    key: str | None
    """What a pipeline calls it: said again it is replaced, not doubled."""
    kind: str
    start: str
    end: str
    """First day (UTC) after it; the day after `start` for a point."""
    text: str
    link: str | None
    scope: str
    """Filters in the words of a query, `where=team:search`; empty for the whole estate."""
    owner: str
    visibility: Visibility
    team: str | None
    resolved_at: str | None
    changed_at: str


@dataclass(frozen=True, slots=True)
class Subscription:
    """A view that is to be sent regularly. Who sends it reads this list."""

    id: str
    view: str
    channel: str
    target: str
    every: str
    owner: str
    changed_at: str


class Saved:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    # views

    def views(self) -> list[View]:
        """By name."""
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(views).order_by(sa.func.lower(views.c.name), views.c.id)).mappings()
            return [View(**row) for row in rows]

    def put_view(self, view: View, read: int) -> bool:
        """Store a view whose revision `read` (0: none) is the one that stands; false when another does."""
        with self._engine.begin() as connection:
            stands = connection.execute(sa.select(views.c.revision).where(views.c.id == view.id)).scalar()
            if (stands or 0) != read:
                return False
            connection.execute(sa.delete(views).where(views.c.id == view.id))
            connection.execute(sa.insert(views).values(asdict(view)))
            return True

    def drop_view(self, view: str) -> None:
        """Forget it, its stars and its subscriptions."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(views).where(views.c.id == view))
            connection.execute(sa.delete(stars).where(stars.c.view == view))
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.view == view))

    def stars(self, actor: str) -> set[str]:
        with self._engine.begin() as connection:
            return set(connection.execute(sa.select(stars.c.view).where(stars.c.actor == actor)).scalars())

    def star(self, actor: str, view: str, *, starred: bool) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(stars).where((stars.c.actor == actor) & (stars.c.view == view)))
            if starred:
                connection.execute(sa.insert(stars).values(actor=actor, view=view))

    # annotations

    def annotations(self, start: str, end: str) -> list[Annotation]:
        """Those that touch the days from `start` to before `end`, oldest first."""
        query = sa.select(annotated).where((annotated.c.start < end) & (annotated.c.end > start))
        with self._engine.begin() as connection:
            rows = connection.execute(query.order_by(annotated.c.start, annotated.c.id)).mappings()
            return [Annotation(**row) for row in rows]

    def annotation(self, annotation: str) -> Annotation | None:
        return self._annotation(annotated.c.id == annotation)

    def annotation_of(self, key: str) -> Annotation | None:
        """The one that a pipeline calls by this key."""
        return self._annotation(annotated.c.key == key)

    def _annotation(self, here: sa.ColumnElement[bool]) -> Annotation | None:
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(annotated).where(here)).mappings().first()
            return Annotation(**row) if row else None

    def put_annotation(self, annotation: Annotation) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(annotated).where(annotated.c.id == annotation.id))
            connection.execute(sa.insert(annotated).values(asdict(annotation)))

    def drop_annotation(self, annotation: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(annotated).where(annotated.c.id == annotation))

    # subscriptions

    def subscriptions(self) -> list[Subscription]:
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(subscriptions).order_by(subscriptions.c.changed_at)).mappings()
            return [Subscription(**row) for row in rows]

    def put_subscription(self, subscription: Subscription) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.id == subscription.id))
            connection.execute(sa.insert(subscriptions).values(asdict(subscription)))

    def drop_subscription(self, subscription: str) -> None:
        with self._engine.begin() as connection:
            connection.execute(sa.delete(subscriptions).where(subscriptions.c.id == subscription))

    # settings

    def preferences(self, actor: str) -> dict[str, Any]:
        query = sa.select(preferences.c.name, preferences.c.value).where(preferences.c.actor == actor)
        with self._engine.begin() as connection:
            return {row.name: row.value for row in connection.execute(query)}

    def fiscal(self) -> FiscalYear:
        """The fiscal calendar in force."""
        said = self.preferences(EVERYBODY)
        return FiscalYear(said.get("fiscal_year_starts", 1), said.get("fiscal_year_named", "end"))

    def prefer(self, actor: str, values: Mapping[str, Any]) -> None:
        """Set what is named; null sets it back."""
        with self._engine.begin() as connection:
            for name, value in values.items():
                here = (preferences.c.actor == actor) & (preferences.c.name == name)
                connection.execute(sa.delete(preferences).where(here))
                if value is not None:
                    connection.execute(sa.insert(preferences).values(actor=actor, name=name, value=value))
