"""What cannot be rebuilt: loads, the list of live generations, published rules. A small SQLite file.

The list of live generations stands here, outside the warehouse, because a warehouse that lost its log looks healthy;
only a list kept elsewhere notices.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import sqlalchemy as sa
from alembic import command
from alembic.config import Config

from warehouse.store.faults import ConflictError

metadata = sa.MetaData()
Texts = Mapping[str, str]
"""Name -> text."""

sources = sa.Table(
    "sources",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("format", sa.String, nullable=False),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("active", sa.Boolean, nullable=False),
    sa.Column("normal_lag_hours", sa.Integer, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
)
loads = sa.Table(
    "loads",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("batch", sa.String, nullable=False, index=True),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("period", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("identity", sa.String, nullable=False),
    sa.Column("content", sa.String, nullable=False),
    sa.Column("facts", sa.JSON, nullable=False),
    sa.Column("reason", sa.String),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
live = sa.Table(
    "live",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("generation", sa.Integer, nullable=False),
    sa.Column("load", sa.String, nullable=False),
    sa.Column("since", sa.String, nullable=False),
)
history = sa.Table(
    "history",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("generation", sa.Integer, primary_key=True),
    sa.Column("rules_version", sa.Integer, primary_key=True),
    sa.Column("known_from", sa.String, nullable=False),
    sa.Column("known_to", sa.String, nullable=False),
    sa.Column("cause", sa.String, nullable=False),
    sa.Column("path", sa.String, nullable=False),
)
removals = sa.Table(
    "removals",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("since", sa.String, nullable=False),
)
documents = sa.Table(
    "documents",
    metadata,
    sa.Column("version", sa.Integer, primary_key=True),
    sa.Column("org", sa.Text, nullable=False),
    sa.Column("rules", sa.Text, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("author", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("in_force", sa.Boolean, nullable=False),
)
kept = sa.Table(
    "kept",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("value", sa.JSON, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Source:
    """A configured account of a provider, or a place files are imported to."""

    name: str
    label: str
    format: str
    kind: str
    """import or demo."""
    active: bool = True
    normal_lag_hours: int = 48
    """How long after the end of a day its costs usually arrive."""
    created_at: str = ""
    scheduled: bool = True
    """Collected, or demo. Told when sources are read, and not kept with them."""


@dataclass(frozen=True, slots=True)
class Load:
    """One attempt to bring a scope (source, billing period) up to date."""

    id: str
    batch: str
    """Loads of one batch go live together or not at all."""
    source: str
    period: str
    state: str
    generation: int
    identity: str
    """Digest of raw files, normaliser version and settings."""
    content: str
    """Digest of the canonical rows."""
    facts: dict[str, Any] = field(default_factory=dict)
    """parts, files, counts, sums, warnings: what the load brought and from what."""
    reason: str | None = None
    actor: str = "local"
    created_at: str = ""
    changed_at: str = ""


def instant(moment: datetime) -> str:
    """Fixed-width UTC text, so that it sorts as time does."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


class State:
    """The SQLite file; every method is one transaction."""

    def __init__(self, path: Path) -> None:
        self.engine = sa.create_engine(f"sqlite:///{path}", connect_args={"timeout": 30})
        sa.event.listen(self.engine, "connect", _durable)
        _migrate(self.engine)

    def close(self) -> None:
        self.engine.dispose()

    # sources

    def put_source(self, source: Source) -> None:
        """Add a source, or replace what is known of it."""
        if any(replace(source, scheduled=known.scheduled) == known for known in self.sources()):
            return
        row = {column.name: getattr(source, column.name) for column in sources.c}
        with self.engine.begin() as connection:
            connection.execute(sa.delete(sources).where(sources.c.name == source.name))
            connection.execute(sa.insert(sources).values(row))

    def sources(self) -> list[Source]:
        collected = sa.table("configured", sa.column("name"))
        scheduled = (sources.c.kind != "import") | sa.exists().where(collected.c.name == sources.c.name)
        query = sa.select(sources, scheduled.label("scheduled"))
        with self.engine.begin() as connection:
            rows = connection.execute(query.order_by(sources.c.name)).mappings()
            return [Source(**{**row, "scheduled": bool(row["scheduled"])}) for row in rows]

    # loads

    def add_loads(self, new: Sequence[Load]) -> None:
        rows = [{name: getattr(load, name) for name in load.__slots__} for load in new]
        if rows:
            with self.engine.begin() as connection:
                connection.execute(sa.insert(loads), rows)

    def set_loads(self, ids: Sequence[str], state: str, now: datetime, reason: str | None = None) -> None:
        if not ids:
            return
        change: dict[str, Any] = {"state": state, "changed_at": instant(now)}
        if reason is not None:
            change["reason"] = reason
        with self.engine.begin() as connection:
            connection.execute(sa.update(loads).where(loads.c.id.in_(ids)).values(change))

    def renumber(self, generations: Mapping[str, int]) -> None:
        """Give loads (by id) a new generation number: one that was held is newer than what went live meanwhile."""
        with self.engine.begin() as connection:
            for load, generation in generations.items():
                connection.execute(sa.update(loads).where(loads.c.id == load).values(generation=generation))

    def loads(self, limit: int | None = None, **equals: str | Collection[str]) -> list[Load]:
        """Loads whose columns equal the given values, or one of several, newest first."""
        query = (
            sa.select(loads)
            .order_by(loads.c.created_at.desc(), loads.c.period.desc(), loads.c.source, loads.c.id)
            .limit(limit)
        )
        for name, value in equals.items():
            query = query.where(loads.c[name] == value if isinstance(value, str) else loads.c[name].in_(value))
        with self.engine.begin() as connection:
            return [Load(**row) for row in connection.execute(query).mappings()]

    def generations(self) -> set[tuple[str, str, int]]:
        """(source, period, generation) of every load, without the facts of thousands of them."""
        with self.engine.begin() as connection:
            rows = connection.execute(sa.select(loads.c.source, loads.c.period, loads.c.generation))
            return {(source, period, generation) for source, period, generation in rows}

    def outlines(self, source: str) -> list[tuple[str, str, str]]:
        """(id, period, state) of every load of a source, newest first, without the facts."""
        query = sa.select(loads.c.id, loads.c.period, loads.c.state).where(loads.c.source == source)
        with self.engine.begin() as connection:
            rows = connection.execute(query.order_by(loads.c.created_at.desc(), loads.c.id.desc()))
            return [(load, period, state) for load, period, state in rows]

    def replaced(self, source: str | None, limit: int, after: str | None = None) -> list[tuple[str, str]]:
        """(load that was live, load that took its place), by id, the newest changes first, without the facts.

        `after` goes on behind the change that this load made.
        """
        lived = sa.and_(
            loads.c.state.in_(("live", "superseded")), sa.true() if source is None else loads.c.source == source
        )
        scope = (loads.c.source, loads.c.period)
        was = sa.func.lag(loads.c.id).over(partition_by=scope, order_by=loads.c.generation).label("was")
        pairs = sa.select(was, loads.c.id, loads.c.created_at).where(lived).subquery()
        newest = (pairs.c.created_at.desc(), pairs.c.id.desc())
        query = sa.select(pairs.c.was, pairs.c.id).where(pairs.c.was.is_not(None)).order_by(*newest).limit(limit)
        if after is not None:
            moment = sa.select(loads.c.created_at).where(loads.c.id == after).scalar_subquery()
            query = query.where(sa.tuple_(pairs.c.created_at, pairs.c.id) < sa.tuple_(moment, sa.literal(after)))
        with self.engine.begin() as connection:
            return [(before, after) for before, after in connection.execute(query)]

    def next_generation(self) -> int:
        """A number no generation had before."""
        with self.engine.begin() as connection:
            found = connection.execute(sa.select(kept.c.value).where(kept.c.name == "generation")).scalar()
            number = int(found or 0) + 1
            _keep(connection, "generation", number)
            return number

    def live(self) -> dict[tuple[str, str], Load]:
        """The load behind each live scope; none of a source that is hidden or on its way out."""
        query = sa.select(loads).join(live, live.c.load == loads.c.id).where(_present(live))
        with self.engine.begin() as connection:
            rows = [Load(**row) for row in connection.execute(query).mappings()]
        return {(row.source, row.period): row for row in rows}

    def go_live(self, batch: Sequence[Load], kept_rows: Sequence[dict[str, Any]], now: datetime) -> None:
        """Record that the loads of a batch are live and what they superseded."""
        moment = instant(now)
        with self.engine.begin() as connection:
            for load in batch:
                here = (live.c.source == load.source) & (live.c.period == load.period)
                previous = connection.execute(sa.select(live.c.load).where(here)).scalar()
                if previous and previous != load.id:
                    change = {"state": "superseded", "changed_at": moment}
                    connection.execute(sa.update(loads).where(loads.c.id == previous).values(change))
                connection.execute(sa.delete(live).where(here))
                connection.execute(
                    sa.insert(live).values(
                        source=load.source, period=load.period, generation=load.generation, load=load.id, since=moment
                    )
                )
                connection.execute(
                    sa.update(loads).where(loads.c.id == load.id).values(state="live", changed_at=moment)
                )
            _add_history(connection, kept_rows)

    # history of superseded answers

    def add_history(self, rows: Sequence[dict[str, Any]]) -> None:
        with self.engine.begin() as connection:
            _add_history(connection, rows)

    def history(self) -> list[dict[str, Any]]:
        with self.engine.begin() as connection:
            return [dict(row) for row in connection.execute(sa.select(history).where(_present(history))).mappings()]

    # documents in force

    def add_documents(self, texts: Mapping[str, Any], author: str, now: datetime) -> int:
        """Store a version (org, rules, files) that is not yet in force; answers its number."""
        with self.engine.begin() as connection:
            version = int(connection.execute(sa.select(sa.func.max(documents.c.version))).scalar() or 0) + 1
            row = {**texts, "version": version, "author": author, "created_at": instant(now)}
            connection.execute(sa.insert(documents).values(**row, in_force=False))
            return version

    def put_in_force(self, version: int) -> None:
        with self.engine.begin() as connection:
            connection.execute(sa.update(documents).values(in_force=documents.c.version == version))

    def documents(self, version: int | None = None) -> dict[str, Any] | None:
        """A version of the documents; the one in force when none is named."""
        query = sa.select(documents).where(
            documents.c.in_force.is_(True) if version is None else documents.c.version == version
        )
        with self.engine.begin() as connection:
            row = connection.execute(query).mappings().first()
            return dict(row) if row else None

    def check_in_force(self, version: int | None) -> None:
        """Raise ConflictError when another version (0: none) is in force; None is any."""
        stands = (self.documents() or {}).get("version", 0)
        if version not in (None, stands):
            raise ConflictError(f"Version {stands} of the rules was published meanwhile.", "Publish it once more.")

    def versions(self) -> list[dict[str, Any]]:
        wanted = (documents.c.version, documents.c.author, documents.c.created_at, documents.c.in_force)
        query = sa.select(*wanted).order_by(documents.c.version)
        with self.engine.begin() as connection:
            return [dict(row) for row in connection.execute(query).mappings()]

    # anything small

    def keep(self, name: str, value: Any) -> None:
        with self.engine.begin() as connection:
            _keep(connection, name, value)

    def recall(self, name: str) -> Any:
        with self.engine.begin() as connection:
            return connection.execute(sa.select(kept.c.value).where(kept.c.name == name)).scalar()


def _present(table: sa.Table) -> sa.ColumnElement[bool]:
    return table.c.source.not_in(sa.select(removals.c.source))


def _durable(connection: Any, _record: Any) -> None:
    cursor = connection.cursor()
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")
    cursor.close()


def _migrate(engine: sa.Engine) -> None:
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations").replace("%", "%%"))
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "head")


def _keep(connection: sa.Connection, name: str, value: Any) -> None:
    connection.execute(sa.delete(kept).where(kept.c.name == name))
    connection.execute(sa.insert(kept).values(name=name, value=value))


def _add_history(connection: sa.Connection, rows: Sequence[dict[str, Any]]) -> None:
    for row in rows:
        same = sa.and_(*(history.c[key] == row[key] for key in ("source", "period", "generation", "rules_version")))
        connection.execute(sa.delete(history).where(same))
        connection.execute(sa.insert(history).values(row))
