"""Sources that are collected: how they are set up, how their runs went, what they cost."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.documents.problem import Document

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
Grade = Literal["full", "summary"]


class CollectorRun(Document):
    """One attempt to bring a source up to date. `failure` says of what kind, `message` who must act."""

    id: str
    state: Literal["running", "done", "unchanged", "held", "failed", "cancelled", "interrupted"]
    actor: str
    started_at: datetime
    ended_at: datetime | None = None
    failure: str | None = None
    message: str | None = None
    next_step: str | None = None
    months: list[dict[str, Any]] = Field(default_factory=list)


class Spent(Document):
    """Units of one kind of call, and what the provider charges for them in USD."""

    name: str
    units: int
    cost: str


class Collector(Document):
    """How a source is collected. `settings` are shown as they were given: a secret is the place it is read from."""

    kind: str
    label: str
    grade: Grade
    origin: Literal["file", "api"]  # "file": set in outlay.yaml, and changed only there
    settings: dict[str, Any]
    months: int
    interval_hours: int
    paused: bool = False
    running: bool = False
    breaker_open: bool = False  # too many failures in a row that trying again does not mend: one run a day
    next_run_at: datetime | None = None
    last_success_at: datetime | None = None
    runs: list[CollectorRun] = Field(default_factory=list)  # newest first, a few
    spent_month: list[Spent] = Field(default_factory=list)
    cost_month: str = "0"  # USD, of the UTC month
    cost_today: str = "0"


class CollectorPermission(Document):
    """A text that gives access. `${name}` is a setting, filled in as it is typed; in capitals, only a person knows."""

    name: str
    title: str
    language: str
    template: str
    required: bool
    actions: list[str] = Field(default_factory=list)


class CollectorKind(Document):
    """A kind of source that can be connected. `settings` is a JSON Schema; secrets have format "secret"."""

    kind: str
    label: str
    grade: Grade
    settings: dict[str, Any]
    permissions: list[CollectorPermission]
    normal_lag_hours: int
    interval_hours: int


class CollectorKinds(Document):
    kinds: list[CollectorKind]


class CollectorSettings(Document):
    """What a source is to be. Secrets are references: env:NAME or file:/path."""

    kind: str
    settings: dict[str, Any] = Field(default_factory=dict)
    label: str | None = None
    months: Annotated[int, Field(ge=1, le=120)] = 14
    interval_hours: Annotated[int, Field(ge=1, le=168)] | None = None


class SyncRequest(Document):
    """Months are labels "2026-09"; both ends count, none means the history that is configured."""

    start: Annotated[str, Field(pattern=MONTH)] | None = None
    end: Annotated[str, Field(pattern=MONTH)] | None = None
    full: bool = False
    dry_run: bool = False


class SyncMonth(Document):
    period: str
    state: Literal["live", "unchanged", "held", "covered", "quarantined", "failed", "planned", "missing"]
    cause: str | None = None
    objects: int = 0
    size_bytes: int = 0
    message: str | None = None
    next_step: str | None = None


class SyncResult(Document):
    """The end of a run. "planned" months are those that a dry run would fetch."""

    state: Literal["done", "unchanged", "held"]
    source: str
    months: list[SyncMonth]
    spent: dict[str, int] = Field(default_factory=dict)
    cost: str = "0"


class SourceCheck(Document):
    """One line of a connection test. A failed one that is not required does not stop collecting."""

    name: str
    state: Literal["ok", "warn", "fail"]
    message: str
    required: bool = True
    missing: str | None = None
    line: str | None = None


class SourceTest(Document):
    """A connection test; while its job runs, `result` holds the lines so far."""

    ok: bool | None = None  # null while it runs
    checks: list[SourceCheck] = Field(default_factory=list)
