"""The documents this API sends and receives; OpenAPI and the TypeScript types are generated from them.

Amounts are plain decimal text, never a JSON number. Times are UTC, ranges half-open, a missing value is null.
A field with a default may be left out by whoever builds the document and is always present in what is sent.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict

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


class Document(BaseModel):
    """What all documents share: unknown fields are an error of the builder, not a silent loss."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ProblemDocument(Document):
    """RFC 9457 problem details. `type` is stable and safe to compare; the sentences are for people."""

    model_config = ConfigDict(extra="allow", json_schema_serialization_defaults_required=True)
    type: str
    title: str
    status: int
    detail: str
    field: str | None = None
    nearest: list[str] = []
    next_step: str | None = None
    request_id: str | None = None
    faults: list[dict[str, Any]] = []


# --- answers ------------------------------------------------------------------------------------


class AnswerColumn(Document):
    """`of` is a label's dimension, a quantity's unit column, or a compared column's measure."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=False)
    name: str
    label: str
    kind: Literal["grain", "dimension", "label", "unit", "measure"]
    unit: Literal["currency", "quantity", "rate", "percent"] | None = None
    of: str | None = None


class Range(Document):
    """Half-open: `end` is the first day that is not part of it. Both are null when nothing is loaded."""

    start: date | None
    end: date | None


class AnswerDocument(Document):
    """The answer to a question, the same everywhere. Rows are objects; amounts are plain decimal text."""

    query: str
    period: Range
    compare: Range | None = None
    basis: Literal["charge", "billing"]
    columns: list[AnswerColumn]
    rows: list[dict[str, str | None]]
    totals: list[dict[str, str | None]]
    row_count: int  # of all pages
    other_groups: dict[str, int] = {}  # currency -> groups folded into "(other)"
    complete_to: date
    data_to: dict[str, date]
    known_on: date | None = None
    generations: str
    rules_version: int
    warnings: list[str] = []
    next: str | None = None


class LinesDocument(Document):
    """Bill lines of a question, a page at a time. `id` opens one at `/lines/{id}`."""

    query: str
    period: Range
    columns: list[AnswerColumn]
    rows: list[dict[str, str | None]]
    generations: str
    rules_version: int
    warnings: list[str] = []
    next: str | None = None


class Value(Document):
    """`amounts` holds one object per currency: `currency`, and the measure by its name."""

    value: str | None
    label: str | None = None
    amounts: list[dict[str, str | None]]


class ValuesDocument(Document):
    """Values of a dimension, largest first. `more` says that the limit cut the list."""

    dimension: str
    search: str
    measure: str
    period: Range
    values: list[Value]
    more: bool
    generations: str
    rules_version: int


class CatalogueMeasure(Document):
    name: str
    label: str
    unit: str
    doc: str
    additive: bool
    unit_column: str | None = None  # the unit that stands beside a quantity or rate


class CatalogueDimension(Document):
    name: str
    label: str
    doc: str


class CatalogueDocument(Document):
    """The words of questions. Tag keys are dimensions too, written `tag.KEY`."""

    measures: list[CatalogueMeasure]
    dimensions: list[CatalogueDimension]
    grains: list[str]
    bases: list[str]
    compares: list[str]


# --- jobs ---------------------------------------------------------------------------------------


class JobProgress(Document):
    rows_done: int | None = None
    rows_total: int | None = None
    bytes_done: int | None = None
    bytes_total: int | None = None
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


# --- loads and sources --------------------------------------------------------------------------


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
    """The source's own sum beside what is stored; `difference` is "0" for every load that is live."""

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
    totals: list[Money] = []
    message: str | None = None  # the sentence for people: what happened
    action: str | None = None  # what they can do about it
    warnings: list[str] = []
    error: ProblemDocument | None = None


class LoadDetail(Load):
    files: list[LoadFile] = []
    steps: list[LoadStep] = []
    left_out: list[LeftOut] = []
    control: list[ControlTotal] = []
    previous: list[Money] = []  # totals of the generation it would replace or replaced
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
    loads: list[Load] = []
    files: list[FileResult] = []
    rows: Rows = Rows()
    totals: list[Money] = []
    warnings: list[str] = []


class Source(Document):
    source: str
    label: str
    format: str | None = None
    kind: Literal["import", "demo"] = "import"
    active: bool = True
    grain: Literal["daily", "monthly"] = "daily"
    first_day: date | None = None
    data_to: date | None = None  # last day with complete data
    normal_lag_hours: int | None = None
    late: bool = False
    loaded_at: datetime | None = None
    rows: int = 0
    periods: int = 0
    totals: list[Money] = []
    warnings: list[str] = []
    held: int = 0  # loads that wait for a person
    quarantined: int = 0


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
    totals: list[Money] = []
    restated: int = 0  # how many generations it has had beyond the first


class SourceMonths(Document):
    source: str
    months: list[SourceMonth]


class Removed(Document):
    """What went away with a source or with the demo."""

    sources: list[str]
    rows: int
    totals: list[Money] = []


# --- lines --------------------------------------------------------------------------------------


class WhyOwner(Document):
    """Which rule, of which layer, claimed the line for one ownership dimension; `reason` when nobody did."""

    dimension: str
    value: str | None = None
    rule: str | None = None
    layer: str | None = None
    reason: str | None = None


class LineOrigin(Document):
    """The file and row a line came from. `row` counts data rows from 1; null for a line Outlay generated."""

    name: str | None = None
    digest: str | None = None
    row: int | None = None
    generated: str | None = None  # why the line was generated, when it was


class LineDetail(Document):
    id: str
    source: str
    period: str
    generation: int
    line_no: int
    focus: dict[str, Any]  # every FOCUS column by its own name; amounts as text, Tags as an object
    native: dict[str, Any] = {}  # facts of the provider's own file
    tags: dict[str, str] = {}  # after the rules' aliases and folding
    owner: dict[str, str | None] = {}  # team, application, environment, cost_centre, ...
    why: list[WhyOwner] = []
    rules_version: int
    valid_from: date | None = None
    valid_to: date | None = None
    origin: LineOrigin


# --- rules --------------------------------------------------------------------------------------


class RulesTexts(Document):
    """The two documents in force, as text, comments and all."""

    org: str
    rules: str


class RulesDocument(RulesTexts):
    version: int
    applied_at: datetime | None = None
    actor: str | None = None
    writable: bool = True  # false when the configuration names a file: the UI is read-only
    place: str | None = None  # that file


class RuleFault(Document):
    file: str
    line: int | None = None
    column: int | None = None
    problem: str
    expected: str | None = None
    nearest: list[str] = []


class TeamEffect(Document):
    """Money of one owner before and after; a null team is unallocated."""

    team: str | None
    currency: str
    before: str
    after: str
    change: str


class Coverage(Document):
    """Share of effective cost with an owner, as percent text with one digit."""

    currency: str
    before: str
    after: str
    unallocated_before: str
    unallocated_after: str


class RulesCheck(Document):
    """What would happen: nothing is published. `faults` is empty when the texts are right."""

    valid: bool
    faults: list[RuleFault] = []
    effects: list[TeamEffect] = []
    coverage: list[Coverage] = []
    unused: list[str] = []  # rules that match nothing


class RulesApplied(Document):
    version: int
    state: Literal["done", "unchanged"] = "done"
    coverage: list[Coverage] = []


class ProposalDocument(Document):
    """Starter rules from the data alone. `sentence` is "tag `team` covers 71 %, account names the rest"."""

    available: bool
    sentence: str | None = None
    org: str = ""
    rules: str = ""
    teams: list[str] = []
    effects: list[TeamEffect] = []
    coverage: list[Coverage] = []


# --- demo, upkeep, status -----------------------------------------------------------------------


class GuideItem(Document):
    """One planted event: a sentence, and the address of the slice that proves it."""

    key: str
    title: str
    sentence: str
    address: str  # path and query inside the web application, as "/explore?by=service&period=..."
    query: str | None = None  # the question whose answer holds the number in the sentence
    amounts: dict[str, str] = {}  # the numbers of the sentence, by name


class DemoGuide(Document):
    present: bool
    loading: bool = False
    sources: list[str] = []
    items: list[GuideItem] = []


class DemoLoaded(Document):
    state: Literal["live", "unchanged"]
    rows: int = 0
    sources: list[str] = []
    totals: list[Money] = []


class Rebuilt(Document):
    periods: int
    rows: int
    totals: list[Money] = []
    changed: list[str] = []  # "source period" pairs whose content changed (only with renormalise)


class CheckItem(Document):
    """One invariant, checked now."""

    name: str
    ok: bool
    message: str
    next_step: str | None = None


class CheckReport(Document):
    ok: bool
    checks: list[CheckItem]


class Readiness(Document):
    ready: bool
    checks: list[CheckItem] = []


class Status(Document):
    """What the shell of the web application shows on every page."""

    version: str = ""  # this and the next are filled by the API
    address: str | None = None
    ready: bool = True
    empty: bool = True  # no source holds a line
    demo: bool = False
    demo_loading: bool = False
    generations: str | None = None
    rules_version: int = 0
    rules_writable: bool = True
    proposal_available: bool = False
    data_to: dict[str, date | None] = {}
    first_day: date | None = None
    currencies: list[str] = []
    sources: int = 0
    late: list[str] = []
    held: int = 0
    quarantined: int = 0
    needs_attention: int = 0
    jobs_running: int = 0
    notes: list[str] = []
