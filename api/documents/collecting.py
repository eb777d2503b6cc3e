"""Sources that are collected: how they are set up, how their runs went, what they cost."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import Field

from api.documents.problem import Document

MONTH = r"^\d{4}-(0[1-9]|1[0-2])$"
Grade = Literal["full", "summary", "facts"]


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


class Cap(Document):
    """What one kind of call costs, and how many units are allowed in one run and in one UTC day; null: no cap."""

    name: str
    unit_cost: str  # USD
    run_max: int | None = None
    day_max: int | None = None


class SpentDay(Document):
    day: date
    spent: list[Spent]
    cost: str  # USD


class Spending(Document):
    """What collecting a source cost, by UTC day, oldest first; and what it may cost."""

    source: str
    days: list[SpentDay]
    caps: list[Cap]
    cost: str  # of these days, USD


class SchemaChange(Document):
    """Columns that a delivery has and the one before it had not, or the other way round."""

    at: datetime
    period: str
    generation: int
    format: str | None = None
    appeared: list[str] = Field(default_factory=list)
    vanished: list[str] = Field(default_factory=list)
    columns: int = 0  # how many it has


class SchemaDrift(Document):
    """How the columns of a source changed, newest first."""

    source: str
    changes: list[SchemaChange]


class StoredSecret(Document):
    """A secret that was given to Outlay and is kept encrypted. What it holds is never answered."""

    name: str
    reference: str  # what stands in settings: "stored:NAME"
    actor: str
    changed_at: datetime
    used_by: list[str] = Field(default_factory=list)


class StoredSecrets(Document):
    secrets: list[StoredSecret]


class SecretValue(Document):
    """Written, never read."""

    value: Annotated[str, Field(min_length=1, max_length=65_536)]


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
    credential_ends_at: datetime | None = None  # where the credential says so itself


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
    """What a source is to be. Secrets are references: env:, file:, vault: or stored: (see `PUT /secrets/NAME`)."""

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


class Account(Document):
    """An account as its organisation knows it now. `path` are the units above it, from the top down; null: unknown."""

    source: str
    account: str
    name: str | None = None
    path: list[str] | None = None
    tags: dict[str, str] | None = None  # null: may not be read
    status: str | None = None
    valid_from: datetime | None = None  # since when these facts are known to hold; null: since ever
    valid_to: datetime | None = None


class Accounts(Document):
    accounts: list[Account]


class Invoice(Document):
    """An invoice as its issuer states it. An invoice has one entry for each of its currencies."""

    source: str
    period: str
    issuer: str
    invoice: str
    account: str | None = None
    document: str | None = None
    currency: str
    total: str | None = None
    before_tax: str | None = None
    issued_on: date | None = None
    due_on: date | None = None


class Invoices(Document):
    invoices: list[Invoice]


class BudgetThreshold(Document):
    share: str  # of the amount: "0.9" is 90 %
    basis: str  # current_spend or forecasted_spend


class SourceBudget(Document):
    """A budget that people keep at the provider, as it is there now. No answer counts it."""

    source: str
    budget: str
    name: str | None = None
    account: str
    amount: str | None = None  # null: what the period before cost
    currency: str | None = None
    period: Literal["month", "quarter", "year"] | None = None  # null: from `starts_on` to `ends_on`, the last day
    starts_on: date | None = None
    ends_on: date | None = None
    scope: dict[str, Any] = Field(default_factory=dict)  # empty: all cost of the account
    thresholds: list[BudgetThreshold] = Field(default_factory=list)
    since: datetime  # the run that first saw it so


class SourceBudgets(Document):
    budgets: list[SourceBudget]
