"""The organisation's own catalogue: teams, applications and systems, and their cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

from pydantic import Field, StringConstraints

from api.documents.loads import Issue
from api.documents.problem import Document


class CatalogueText(Document):
    """A file of a catalogue: Backstage entities as YAML or JSON, or a table as CSV."""

    name: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    text: str


class CatalogueOrder(Document):
    """What to read: files, or a service by its address, with a reference to its token (`env:NAME`).

    An address is followed for the command line of this machine only.
    """

    files: list[CatalogueText] = Field(default_factory=list, max_length=2_000)
    url: str | None = None
    token: str | None = None
    complete: bool = False  # what these files do not have is gone; a service always says everything
    day: date | None = None  # from when it is so; today when absent
    dry_run: bool = False


class CatalogueChange(Document):
    """One thing that an import changes from its day on. `before` and `after` are owners, or a team's parent."""

    ref: str
    change: str  # added, changed, gone
    before: str | None = None
    after: str | None = None


class CatalogueImported(Document):
    """`version` is that of the rules, which an import publishes anew; null for a dry run."""

    state: str  # done, unchanged
    version: int | None
    changes: list[CatalogueChange]
    warnings: list[str]


class CatalogueImports(Document):
    """Where the catalogue comes from on its schedule, and what the last run did; `place` is null where none is set."""

    place: str | None
    interval_hours: int | None
    next_run: datetime | None
    running: bool
    ended_at: datetime | None
    state: str | None  # done, failed
    message: str | None
    version: int | None
    changes: int
    issues: list[Issue] = Field(default_factory=list)


class EffectiveCost(Document):
    currency: str
    effective_cost: str


class EntityCost(Document):
    ref: str
    kind: str
    name: str
    title: str | None
    owner: str | None
    owner_known: bool  # false: no team of that day, so its cost is unallocated
    system: str | None
    cost: list[EffectiveCost]  # effective cost in the period, by application name; empty: none


class ApplicationCost(Document):
    """Cost of an application that the catalogue does not have; null: cost without any."""

    application: str | None
    cost: list[EffectiveCost]


class Entities(Document):
    """Both gap lists: entities whose `cost` is empty, and `unknown` cost."""

    period: str  # its days, as a question says them
    entities: list[EntityCost]
    unknown: list[ApplicationCost]
