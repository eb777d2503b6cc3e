"""Jobs, loads and sources."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import Field

from api.documents.collecting import Collector
from api.documents.problem import Document, ProblemDocument

Stage = Literal["fetch", "normalise", "verify", "land", "swap", "live"]
STAGES: tuple[Stage, ...] = ("fetch", "normalise", "verify", "land", "swap", "live")

JobState = Literal[
    "queued", "running", "done", "unchanged", "held", "quarantined", "needs_attention", "failed", "interrupted",
    "cancelled",
]  # fmt: skip
LoadState = Literal[
    "queued", "running", "landed", "live", "superseded", "unchanged", "held", "rejected", "quarantined",
    "needs_attention", "failed", "interrupted", "cancelled",
]  # fmt: skip


class JobProgress(Document):
    rows_done: int | None = None
    rows_total: int | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None
    objects_done: int | None = None
    objects_total: int | None = None
    rows_per_second: int | None = None
    seconds_left: int | None = None


class Job(Document):
    id: str
    kind: str
    state: JobState
    stage: Stage | None = None
    source: str | None = None
    message: str | None = None
    progress: JobProgress = JobProgress()
    result: dict[str, Any] | None = None
    error: ProblemDocument | None = None
    created_at: datetime
    ended_at: datetime | None = None


class Accepted(Document):
    """Work was queued: watch it at `/api/v1/jobs/{job}/events`."""

    job: str


class Jobs(Document):
    jobs: list[Job]


class Money(Document):
    """Totals of one currency; currencies are never added together."""

    currency: str
    billed_cost: str
    effective_cost: str | None = None
    list_cost: str | None = None
    contracted_cost: str | None = None


class Rows(Document):
    """received = mapped + folded + skipped + rejected; stored = mapped + generated."""

    received: int = 0
    mapped: int = 0
    folded: int = 0
    skipped: int = 0
    rejected: int = 0
    generated: int = 0
    stored: int = 0


class LeftOut(Document):
    kind: Literal["folded", "skipped", "rejected", "generated"]
    reason: str
    rows: int


class ControlTotal(Document):
    """A sum that was told beside what is stored of it.

    The source's own (`source` null) agrees in every load that is live. Where two sources know the same accounts, it is
    what the one says that does not count, and the difference to the one that does.
    """

    source: str | None = None  # who says so
    billing_account: str | None = None
    currency: str
    period: str
    expected: str
    stored: str
    difference: str


class LoadFile(Document):
    name: str
    digest: str
    rows: int | None = None
    size_bytes: int | None = None


class LoadStep(Document):
    stage: Stage
    started_at: datetime
    ended_at: datetime | None = None


class Load(Document):
    """One attempt to bring one (source, billing period) up to date."""

    id: str
    source: str
    period: str
    generation: int | None = None
    state: LoadState
    format: str | None = None
    actor: str
    created_at: datetime
    ended_at: datetime | None = None
    rows: Rows = Rows()
    totals: list[Money] = Field(default_factory=list)
    message: str | None = None  # the sentence for people: what happened
    action: str | None = None  # what they can do about it
    warnings: list[str] = Field(default_factory=list)
    error: ProblemDocument | None = None


class LoadDetail(Load):
    files: list[LoadFile] = Field(default_factory=list)
    steps: list[LoadStep] = Field(default_factory=list)
    left_out: list[LeftOut] = Field(default_factory=list)
    control: list[ControlTotal] = Field(default_factory=list)
    previous: list[Money] = Field(default_factory=list)  # totals of the generation it would replace or replaced
    residue: str = "0"  # what digits beyond the scale amounted to


class Loads(Document):
    loads: list[Load]


class FileResult(Document):
    """What became of one file of an import; `error` says why it was refused."""

    name: str
    digest: str | None = None
    format: str | None = None
    state: Literal["read", "unchanged", "refused", "ignored"]
    rows: int | None = None
    error: ProblemDocument | None = None


class ImportResult(Document):
    """The end of an import: one transaction over all its billing periods."""

    state: Literal["live", "unchanged", "held", "quarantined"]
    source: str
    loads: list[Load] = Field(default_factory=list)
    files: list[FileResult] = Field(default_factory=list)
    rows: Rows = Rows()
    totals: list[Money] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)


class Issue(Document):
    """What is wrong with a source, and who must act: we, you (who runs Outlay), or the provider."""

    message: str
    actor: Literal["operator", "provider", "us", "nobody"]
    next_step: str | None = None
    load: str | None = None  # the load it is about


class Source(Document):
    source: str
    label: str
    format: str | None = None
    kind: Literal["import", "demo"] = "import"
    active: bool = True
    grain: Literal["daily", "monthly"] = "daily"
    first_day: date | None = None
    data_to: date | None = None  # last day with complete data
    lag_hours: int | None = None  # since the end of the last complete day; null: no daily data
    normal_lag_hours: int | None = None
    late: bool = False
    loaded_at: datetime | None = None
    rows: int = 0
    periods: int = 0
    totals: list[Money] = Field(default_factory=list)
    warnings: list[str] = Field(default_factory=list)
    held: int = 0  # loads that wait for a person
    quarantined: int = 0
    collector: Collector | None = None  # null: its files are imported by hand
    removal: Literal["kept", "hidden"] | None = None  # collected no more; hidden: its lines are in no answer
    issues: list[Issue] = Field(default_factory=list)


class Sources(Document):
    sources: list[Source]


class SourceMonth(Document):
    """One billing period of one source, for the months strip."""

    period: str
    generation: int | None = None
    state: LoadState
    rows: int = 0
    loaded_at: datetime | None = None
    first_day: date | None = None
    data_to: date | None = None
    totals: list[Money] = Field(default_factory=list)
    restated: int = 0  # how many generations it has had beyond the first


class SourceMonths(Document):
    source: str
    months: list[SourceMonth]


class Restatement(Document):
    """A billing period whose lines changed after they had been live: what it did to the money, and why."""

    at: datetime
    source: str
    period: str
    cause: str  # "new data" of the provider, or a mended "mapping"
    generation: int
    load: str
    rows_before: int
    rows_after: int
    change: list[Money] = Field(default_factory=list)  # after minus before


class Restatements(Document):
    restatements: list[Restatement]
    next: str | None = None  # the cursor of the next page


class Removed(Document):
    """What went away with a source or with the demo. With "keep" no line does."""

    sources: list[str]
    how: Literal["keep", "hide", "erase", "bring_back"] = "erase"
    rows: int
    totals: list[Money] = Field(default_factory=list)
