"""Campaigns that put a tag in order: what was asked of whom, and the resources each began with. In the state file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from typing import Any, Final, Literal

import sqlalchemy as sa

from warehouse.store.state import State, instant, metadata

campaigns = sa.Table(
    "campaigns",
    metadata,
    sa.Column("id", sa.String, primary_key=True),
    sa.Column("name", sa.String, nullable=False),
    sa.Column("key", sa.String, nullable=False),
    sa.Column("teams", sa.JSON, nullable=False),
    sa.Column("policy", sa.String),
    sa.Column("due", sa.String, nullable=False),
    sa.Column("note", sa.String, nullable=False),
    sa.Column("start", sa.String, nullable=False),
    sa.Column("end", sa.String, nullable=False),
    sa.Column("left_out", sa.Integer, nullable=False),
    sa.Column("created_by", sa.String, nullable=False),
    sa.Column("created_at", sa.String, nullable=False),
    sa.Column("closed_by", sa.String),
    sa.Column("closed_at", sa.String),
    sa.Column("resources", sa.Integer, nullable=False),
    sa.Column("cost", sa.JSON, nullable=False),
    sa.Column("progress", sa.JSON),
)
resources = sa.Table(
    "campaign_resources",
    metadata,
    sa.Column("campaign", sa.String, primary_key=True),
    sa.Column("place", sa.Integer, primary_key=True),
    sa.Column("team", sa.String),
    sa.Column("provider", sa.String),
    sa.Column("sub_account", sa.String),
    sa.Column("region", sa.String),
    sa.Column("service", sa.String),
    sa.Column("resource", sa.String, nullable=False),
    sa.Column("fault", sa.String, nullable=False),
    sa.Column("value", sa.String),
    sa.Column("suggested", sa.String),
    sa.Column("evidence", sa.String, nullable=False),
    sa.Column("cost", sa.JSON, nullable=False),
    sa.Column("closed_as", sa.String),
)
_NOT_LISTED: Final = ("campaign", "place", "closed_as")


@dataclass(frozen=True, slots=True)
class Campaign:
    """A tag key to be put in order by some teams until a day."""

    id: str
    name: str
    key: str
    teams: Sequence[str | None]
    """None: what nobody owns."""
    policy: str | None
    """Whose allowed values count; without one any value will do."""
    due: str
    note: str
    start: str
    end: str
    """The charge days its money is of, half-open: the last ones before it began."""
    left_out: int
    """Resources beyond the limit, the cheapest."""
    resources: int
    cost: Mapping[str, str]
    """Of all its resources together."""
    created_by: str
    created_at: str
    closed_by: str | None = None
    closed_at: str | None = None


@dataclass(frozen=True, slots=True)
class CampaignResource:
    """One resource as it was when the campaign began."""

    team: str | None
    provider: str | None
    sub_account: str | None
    region: str | None
    service: str | None
    resource: str
    fault: Literal["missing", "not_allowed"]
    value: str | None
    suggested: str | None
    evidence: str
    """Why this value is suggested, or why none is."""
    cost: Mapping[str, str]
    """Currency -> exact amount of the campaign's days."""


@dataclass(frozen=True, slots=True)
class Closed:
    """How a campaign stood on the day it was closed: its progress as a document, and the state of each resource."""

    progress: Mapping[str, Any]
    states: Sequence[str]


_SHOWN: Final = [campaigns.c[one.name] for one in fields(Campaign)]


class Campaigns:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._engine = state.engine

    def all(self) -> list[Campaign]:
        """Open ones first, then the newest."""
        query = sa.select(*_SHOWN).order_by(campaigns.c.closed_at.is_not(None), campaigns.c.created_at.desc())
        with self._engine.begin() as connection:
            return [Campaign(**row) for row in connection.execute(query).mappings()]

    def get(self, campaign: str) -> Campaign | None:
        with self._engine.begin() as connection:
            row = connection.execute(sa.select(*_SHOWN).where(campaigns.c.id == campaign)).mappings().first()
        return Campaign(**row) if row else None

    def resources(self, campaign: str) -> list[CampaignResource]:
        """The dearest first, as they were kept."""
        query = sa.select(resources).where(resources.c.campaign == campaign).order_by(resources.c.place)
        with self._engine.begin() as connection:
            rows: list[dict[str, Any]] = [dict(row) for row in connection.execute(query).mappings()]
        return [CampaignResource(**{name: row[name] for name in row if name not in _NOT_LISTED}) for row in rows]

    def add(self, campaign: Campaign, found: Sequence[CampaignResource]) -> None:
        rows = [{"campaign": campaign.id, "place": place, **asdict(one)} for place, one in enumerate(found)]
        with self._engine.begin() as connection:
            connection.execute(sa.insert(campaigns).values(asdict(campaign)))
            if rows:
                connection.execute(sa.insert(resources), rows)

    def close(self, campaign: str, closed: Closed, actor: str, now: datetime) -> bool:
        """Whether it was open until now. How it stands is kept with it."""
        here = (campaigns.c.id == campaign) & campaigns.c.closed_at.is_(None)
        return self._put(here, {"closed_by": actor, "closed_at": instant(now)}, campaign, closed)

    def keep(self, campaign: str, closed: Closed) -> None:
        """How one that is closed stood then, where that was not kept."""
        self._put((campaigns.c.id == campaign) & campaigns.c.progress.is_(None), {}, campaign, closed)

    def _put(self, here: sa.ColumnElement[bool], values: Mapping[str, Any], campaign: str, closed: Closed) -> bool:
        one = (resources.c.campaign == campaign) & (resources.c.place == sa.bindparam("at"))
        put = sa.update(campaigns).where(here).values({**values, "progress": closed.progress})
        with self._engine.begin() as connection:
            if not connection.execute(put).rowcount:
                return False
            states = [{"at": place, "as": state} for place, state in enumerate(closed.states)]
            if states:
                connection.execute(sa.update(resources).where(one).values(closed_as=sa.bindparam("as")), states)
            return True

    def closed(self, campaign: str) -> Closed | None:
        """How it stood when it was closed; null while it is open, and where this was not kept."""
        states = sa.select(resources.c.closed_as).where(resources.c.campaign == campaign).order_by(resources.c.place)
        with self._engine.begin() as connection:
            progress = connection.execute(sa.select(campaigns.c.progress).where(campaigns.c.id == campaign)).scalar()
            return None if progress is None else Closed(progress, list(connection.execute(states).scalars()))
