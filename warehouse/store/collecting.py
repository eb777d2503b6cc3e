"""What collecting remembers beside the loads: configured sources, change tokens, runs, spending. In the state file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, Literal

import sqlalchemy as sa
from sqlalchemy.dialects.sqlite import insert

from warehouse.store.state import State, instant, metadata

Outcome = Literal["fetched", "live", "unchanged", "held", "covered", "quarantined"]
RunState = Literal["running", "done", "unchanged", "held", "failed", "cancelled", "interrupted"]
RUNS_KEPT: Final = 200
"""Of one source: seven weeks at four a day."""

configured = sa.Table(
    "configured",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("kind", sa.String, nullable=False),
    sa.Column("settings", sa.JSON, nullable=False),
    sa.Column("label", sa.String, nullable=False),
    sa.Column("months", sa.Integer, nullable=False),
    sa.Column("interval_hours", sa.Integer),
    sa.Column("paused", sa.Boolean, nullable=False),
    sa.Column("origin", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
collected = sa.Table(
    "collected",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("period", sa.String, primary_key=True),
    sa.Column("key", sa.String, primary_key=True),
    sa.Column("token", sa.String, nullable=False),
    sa.Column("outcome", sa.String, nullable=False),
    sa.Column("files", sa.JSON, nullable=False),
    sa.Column("format", sa.String),
    sa.Column("final", sa.Boolean, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)
runs = sa.Table(
    "runs",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("source", sa.String, nullable=False, index=True),
    sa.Column("actor", sa.String, nullable=False),
    sa.Column("state", sa.String, nullable=False),
    sa.Column("failure", sa.String),
    sa.Column("message", sa.String),
    sa.Column("next_step", sa.String),
    sa.Column("months", sa.JSON, nullable=False),
    sa.Column("started_at", sa.String, nullable=False),
    sa.Column("ended_at", sa.String),
)
spending = sa.Table(
    "spending",
    metadata,
    sa.Column("source", sa.String, primary_key=True),
    sa.Column("day", sa.String, primary_key=True),
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("units", sa.Integer, nullable=False),
    sa.Column("cost", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Configured:
    """A source that is collected. `settings` are as a person gave them: secrets are references."""

    name: str
    kind: str
    settings: Mapping[str, Any]
    label: str
    months: int = 14
    """How many months back history is wanted, the running one included."""
    interval_hours: int | None = None
    """Null: what its kind says."""
    paused: bool = False
    origin: Literal["file", "api"] = "api"
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class Collected:
    """A part of a month as it lies in landing: what came under this token, and what became of it."""

    source: str
    period: str
    key: str
    token: str
    outcome: Outcome
    files: Sequence[Mapping[str, Any]]
    """name (below the part's folder), digest, size_bytes: of every file, manifests included."""
    format: str | None
    final: bool
    changed_at: str = ""


@dataclass(frozen=True, slots=True)
class Run:
    """One attempt to bring a source up to date."""

    id: str
    source: str
    actor: str
    state: RunState
    started_at: str
    ended_at: str | None = None
    failure: str | None = None
    message: str | None = None
    next_step: str | None = None
    months: Sequence[Mapping[str, Any]] = field(default_factory=tuple)


@dataclass(frozen=True, slots=True)
class Spent:
    """Units and USD of one kind of call on one UTC day."""

    source: str
    day: str
    name: str
    units: int
    cost: Decimal


class Collecting:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    # what is configured

    def put(self, source: Configured, now: datetime) -> None:
        """Add a source or change its settings; a change closes its breaker."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(configured).where(configured.c.name == source.name))
            row = {**asdict(source), "settings": dict(source.settings), "changed_at": instant(now)}
            connection.execute(sa.insert(configured).values(row))

    def pause(self, name: str, *, paused: bool, now: datetime) -> None:
        """Going on counts as a change: it closes the breaker."""
        change = {"paused": paused} if paused else {"paused": False, "changed_at": instant(now)}
        with self._engine.begin() as connection:
            connection.execute(sa.update(configured).where(configured.c.name == name).values(change))

    def configured(self) -> list[Configured]:
        with self._engine.begin() as connection:
            rows = connection.execute(sa.select(configured).order_by(configured.c.name)).mappings()
            return [Configured(**row) for row in rows]

    def forget(self, name: str, *, data: bool) -> None:
        """Collect a source no more; `data` forgets its tokens too, for its lines are gone. Spending stays known."""
        with self._engine.begin() as connection:
            connection.execute(sa.delete(configured).where(configured.c.name == name))
            if data:
                connection.execute(sa.delete(collected).where(collected.c.source == name))
                connection.execute(sa.delete(runs).where(runs.c.source == name))

    # parts

    def parts(self, source: str) -> dict[tuple[str, str], Collected]:
        """(period, key) -> what lies in landing of it."""
        query = sa.select(collected).where(collected.c.source == source)
        with self._engine.begin() as connection:
            found = [Collected(**row) for row in connection.execute(query).mappings()]
        return {(one.period, one.key): one for one in found}

    def digests(self) -> set[str]:
        """Raw files that a later run may read again without fetching them."""
        with self._engine.begin() as connection:
            found = connection.execute(sa.select(collected.c.files)).scalars()
            return {file["digest"] for files in found for file in files}

    def put_part(self, part: Collected, now: datetime) -> None:
        here = sa.and_(*(collected.c[name] == getattr(part, name) for name in ("source", "period", "key")))
        with self._engine.begin() as connection:
            connection.execute(sa.delete(collected).where(here))
            row = {**asdict(part), "files": list(part.files), "changed_at": instant(now)}
            connection.execute(sa.insert(collected).values(row))

    def drop_part(self, source: str, period: str, key: str) -> None:
        """Forget that a part belongs to its month; its files stay while a load refers to them."""
        here = (collected.c.source == source) & (collected.c.period == period) & (collected.c.key == key)
        with self._engine.begin() as connection:
            connection.execute(sa.delete(collected).where(here))

    def set_outcome(self, source: str, period: str, outcome: Outcome) -> None:
        """What became of all parts of a month."""
        here = (collected.c.source == source) & (collected.c.period == period)
        with self._engine.begin() as connection:
            connection.execute(sa.update(collected).where(here).values(outcome=outcome))

    # runs

    def start_run(self, run: Run) -> None:
        """Its predecessor, if it could not write down how it ended, was interrupted."""
        open_still = (runs.c.source == run.source) & (runs.c.state == "running")
        ended = {"state": "interrupted", "ended_at": run.started_at, "message": "It could not be finished."}
        with self._engine.begin() as connection:
            connection.execute(sa.update(runs).where(open_still).values(ended))
            connection.execute(sa.insert(runs).values({**asdict(run), "months": list(run.months)}))
            old = sa.select(runs.c.id).where(runs.c.source == run.source)
            old = old.order_by(runs.c.started_at.desc(), runs.c.id).offset(RUNS_KEPT)
            connection.execute(sa.delete(runs).where(runs.c.id.in_(old)))

    def end_run(self, run: Run) -> None:
        row = {**asdict(run), "months": list(run.months)}
        with self._engine.begin() as connection:
            connection.execute(sa.update(runs).where(runs.c.id == run.id).values(row))

    def runs(self, source: str, limit: int = 20) -> list[Run]:
        """Newest first."""
        query = sa.select(runs).where(runs.c.source == source)
        query = query.order_by(runs.c.started_at.desc(), runs.c.id).limit(limit)
        with self._engine.begin() as connection:
            return [Run(**row) for row in connection.execute(query).mappings()]

    def interrupt_runs(self, now: datetime) -> int:
        """Runs that a process left behind when it ended; called at start."""
        change = {"state": "interrupted", "ended_at": instant(now), "message": "The process ended meanwhile."}
        with self._engine.begin() as connection:
            done = connection.execute(sa.update(runs).where(runs.c.state == "running").values(change))
            return int(done.rowcount)

    # spending

    def spend(self, spent: Spent) -> None:
        """Add units to those of the day; free ones, which stand before every call, in one statement."""
        if not spent.cost:
            added = insert(spending).values({**asdict(spent), "cost": "0"})
            counted = added.on_conflict_do_update(set_={"units": spending.c.units + added.excluded.units})
            with self._engine.begin() as connection:
                connection.execute(counted)
            return
        here = sa.and_(*(spending.c[name] == getattr(spent, name) for name in ("source", "day", "name")))
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(spending.c.units, spending.c.cost).where(here)).first()
            connection.execute(sa.delete(spending).where(here))
            units, cost = (int(row[0]), Decimal(row[1])) if row else (0, Decimal(0))
            whole = {**asdict(spent), "units": units + spent.units, "cost": str(cost + spent.cost)}
            connection.execute(sa.insert(spending).values(whole))

    def spent(self, source: str, since: str) -> list[Spent]:
        """Of the days from `since` ("YYYY-MM-DD") on."""
        query = sa.select(spending).where((spending.c.source == source) & (spending.c.day >= since))
        with self._engine.begin() as connection:
            rows = connection.execute(query.order_by(spending.c.day, spending.c.name)).mappings()
            return [Spent(**{**row, "cost": Decimal(row["cost"])}) for row in rows]
