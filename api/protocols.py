"""What the API asks of the rest of Outlay. The outermost ring implements these; the API imports none of it.

Everything here is called from worker threads, never from the event loop, so it may block. A failure is any exception
with `kind`, `slug` and `message` (see `ProblemError`); it becomes problem details by its attributes, not its class.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal, Protocol

from pydantic import BaseModel

from api import documents as doc
from api.consent_protocols import Consents, CountsToil, Disputes, Offering
from api.documents.units import UnitCosts
from api.inbox_protocols import Asks, Inboxes
from api.org_protocols import BringsCatalogue, Catalogues, OrgTrees, Reviews
from api.path_protocols import TellsPaths
from api.saved_protocols import Saves
from api.source_protocols import Collects, KeepsSecrets
from api.tag_protocols import Tags
from api.writing import Told, unheard

Kind = Literal["caller", "operator", "provider", "us"]
Work = Callable[["Progress"], BaseModel]


@dataclass(frozen=True, slots=True)
class Help:
    """Where to look and what to do: the optional parts of a failure."""

    field: str | None = None
    nearest: tuple[str, ...] = ()
    next_step: str | None = None
    status: int | None = None


class ProblemError(Exception):
    """A failure that says who must act and what to do next; knows nothing of HTTP beyond an optional status.

    Any other exception with the same attributes is treated alike, `faults` (a sequence of records) included.
    `slug` is stable and part of the API: "not_found", "conflict", "held", "too_large", "disk_full", ...
    """

    def __init__(self, kind: Kind, slug: str, message: str, more: Help = Help()) -> None:
        super().__init__(message)
        self.kind: Kind = kind
        self.slug = slug
        self.message = message
        self.field = more.field
        self.nearest = more.nearest
        self.next_step = more.next_step
        self.status = more.status


def not_found(noun: str, name: str, next_step: str | None = None) -> ProblemError:
    return ProblemError("caller", "not_found", f"There is no {noun} {name!r}.", Help(next_step=next_step))


class JobCancelledError(Exception):
    """Raised by `Progress.check` inside work whose job was cancelled."""


class Progress(Protocol):
    """Handed to the work of a job; cheap to call often (viewers see at most twenty updates a second).

    `rows_done` and the others are absolute values. `message` is one sentence without secrets.
    """

    def stage(self, stage: doc.Stage, message: str | None = None) -> None: ...

    def source(self, source: str) -> None: ...

    def rows(self, done: int, total: int | None = None) -> None: ...

    def size(self, done_bytes: int, total_bytes: int | None = None) -> None: ...

    def objects(self, done: int, total: int | None = None) -> None: ...

    def partial(self, result: BaseModel) -> None:
        """Show what there is of the result so far; the job's document carries it while the job runs."""

    def check(self) -> None:
        """Raise `JobCancelledError` when the job was cancelled; call it between steps that may be left off."""


class Jobs(Protocol):
    def start(self, kind: str, work: Work, *, actor: str, source: str | None = None) -> str:
        """Queue the work and return the job's id at once. Raises a `ProblemError` "queue_full" beyond the limit.

        The document that `work` returns becomes `result`. When it has a field `state` of "unchanged", "held" or
        "quarantined", the job ends in that state, otherwise in "done".
        """

    def get(self, job_id: str) -> doc.Job | None: ...

    def list(self) -> Sequence[doc.Job]:
        """Newest first, limited."""

    def cancel(self, job_id: str) -> doc.Job | None: ...

    def watch(self, job_id: str, changed: Callable[[], None]) -> AbstractContextManager[None]:
        """While entered, `changed` is called (from any thread, must not block) whenever the job's document changed."""


@dataclass(frozen=True, slots=True)
class ImportOrder:
    """Files or folders to load as one transaction. `name` is set for an upload: what the sender called the file.

    A name is evidence and a hint, never a path. An uploaded file is ours and is deleted by the caller afterwards.
    """

    paths: tuple[Path, ...]
    source: str
    format: str | None
    actor: str
    name: str | None = None
    settings: Mapping[str, str] = field(default_factory=dict)
    """What the files do not say of themselves, in the words of their format: currency, billing_account, dataset."""


@dataclass(frozen=True, slots=True)
class FocusOrder:
    """Lines in a version of FOCUS ("1.0" to "1.4"), `period` as in queries; `shares`: with teams and shared cost."""

    version: str
    period: str
    format: Literal["csv", "parquet"]
    shares: bool = False


class Reads(Protocol):
    """Documents. An absent object is None (or a "not_found" fault); what a reader may not see is absent."""

    def status(self) -> doc.Status: ...

    def readiness(self) -> doc.Readiness: ...

    def sources(self) -> Sequence[doc.Source]: ...

    def months(self, source: str) -> Sequence[doc.SourceMonth] | None: ...

    def loads(self, source: str | None, limit: int) -> Sequence[doc.Load]:
        """Newest first."""

    def load(self, load_id: str) -> doc.LoadDetail | None: ...

    def restatements(self, source: str | None, limit: int, cursor: str | None = None) -> doc.Restatements:
        """A page, newest first. Raises for a cursor that no page gave."""

    def rebalance_colours(self, dimension: str, actor: str) -> doc.Colours:
        """Give the slots anew, by the cost of now."""

    def colours(self, dimension: str) -> doc.Colours:
        """Raises a "query" fault for an unknown dimension."""

    def line(self, line_id: str, access: Any) -> doc.LineDetail | None:
        """`line_id` is "source:period:generation:line_no"; `access` is a `warehouse.metrics.Access`."""

    def rules(self) -> doc.RulesDocument: ...

    def check_rules(self, texts: doc.RulesTexts) -> doc.RulesCheck:
        """Faults or effect; publishes nothing. Bad rules are a document with `valid` false, not an exception."""

    def proposal(self) -> doc.ProposalDocument: ...

    def demo_guide(self) -> doc.DemoGuide: ...

    def check(self) -> doc.CheckReport: ...

    def export_focus(self, order: FocusOrder, out: Path, told: Told = unheard) -> None:
        """Write the file at `out` (a path of ours in the scratch folder)."""


class Writes(Protocol):
    """Long work; each is run as a job, except `reject_load`. Every one takes the actor that asked for it."""

    def import_paths(self, order: ImportOrder, progress: Progress) -> doc.ImportResult: ...

    def accept_load(self, load_id: str, actor: str, progress: Progress) -> doc.ImportResult: ...

    def reject_load(self, load_id: str, actor: str) -> doc.LoadDetail: ...

    def apply_rules(
        self, texts: doc.RulesTexts, actor: str, progress: Progress, team: str | None = None
    ) -> doc.RulesApplied:
        """Bad rules raise a fault of kind "caller", slug "rules", with `faults`; the old rules stay in force.

        `team`: on whose behalf, as a request that nobody else has to consent to; null for the platform.
        """

    def apply_proposal(self, actor: str, progress: Progress) -> doc.RulesApplied: ...

    def load_demo(self, actor: str, progress: Progress) -> doc.DemoLoaded:
        """Newest three months first: they are live, and served, before the others are."""

    def remove_demo(self, actor: str, progress: Progress) -> doc.Removed: ...

    def rebuild(self, renormalise: bool, actor: str, progress: Progress) -> doc.Rebuilt: ...


class Removes(Protocol):
    """Taking sources away, and the billing periods that forbid it."""

    def effect(self, source: str) -> doc.RemovalEffect:
        """What it would do. Raises "not_found"."""

    def permit(self, source: str, how: doc.RemovalWay) -> None:
        """Raise a "conflict" that `remove` would raise, before a job is made of it."""

    def remove(self, source: str, how: doc.RemovalWay, actor: str, progress: Progress) -> doc.Removed: ...

    def bring_back(self, source: str, progress: Progress) -> doc.Removed:
        """Let a hidden source answer again."""

    def periods(self) -> Sequence[doc.PeriodState]:
        """Newest first: those with lines, and those that are closed."""

    def set_period(self, period: str, *, closed: bool, actor: str) -> doc.PeriodState: ...


class Rulebook(Protocol):
    """Versions of the rules, and what a draft would do. Nothing here publishes."""

    def preview(self, order: doc.PreviewOrder, *, whole: bool = False) -> doc.RulesPreview:
        """Bad rules are a document with `valid` false; an unknown dimension is a "bad_request" fault.

        `whole`: every row of every table, not the largest alone."""

    def versions(self) -> Sequence[doc.RulesVersion]:
        """Newest first."""

    def texts(self, version: int) -> doc.RulesTexts:
        """Raises a "not_found" fault."""

    def diff(self, before: int, after: int) -> doc.RulesDiff: ...


class RuleForms(Protocol):
    """Rules by form: the same text. Nothing here publishes."""

    def read(self, text: str) -> doc.RulesRead:
        """Raises a "rules" fault for what is no YAML; whether the rules are right the check says."""

    def edit(self, order: doc.RulesEdit) -> doc.RulesEdited:
        """Raises "rules", and "invalid" where there is no rule at a place."""

    def effects(self) -> doc.RulesEffects: ...


class Pooling(Protocol):
    """Shared cost and the metrics it is split by."""

    def pools(self) -> doc.PoolsDocument: ...

    def texts(self, wanted: doc.PoolsText) -> doc.RulesOrder:
        """The documents in force with these pools."""

    def check(self, wanted: doc.PoolsText) -> doc.PoolsCheck: ...

    def series(self) -> Sequence[doc.SeriesKnown]: ...

    def points(self, wanted: doc.SeriesUpload) -> Any:
        """What `put_series` takes. Raises a "bad_request" fault."""

    def put_series(self, points: Any, progress: Progress) -> doc.SeriesTaken: ...


class Units(Protocol):
    """What a unit of a metric costs."""

    def of_team(self, team: str, query: Any, access: Any) -> UnitCosts: ...


class Actions(Reads, Writes, Tags, Protocol):
    """All the API may ask for beside questions about cost, which go to `warehouse.metrics`."""

    @property
    def pooling(self) -> Pooling: ...

    @property
    def owner_paths(self) -> TellsPaths: ...

    @property
    def unit_costs(self) -> Units: ...

    @property
    def rulebook(self) -> Rulebook: ...

    @property
    def rule_forms(self) -> RuleForms: ...

    @property
    def collecting(self) -> Collects: ...

    @property
    def removing(self) -> Removes: ...

    @property
    def secrets(self) -> KeepsSecrets: ...

    @property
    def saved(self) -> Saves: ...
    @property
    def org(self) -> OrgTrees: ...

    @property
    def reviews(self) -> Reviews: ...
    @property
    def catalogue(self) -> BringsCatalogue: ...

    @property
    def entities(self) -> Catalogues: ...

    @property
    def inbox(self) -> Inboxes: ...

    @property
    def toil(self) -> CountsToil: ...

    @property
    def consents(self) -> Consents: ...

    @property
    def offering(self) -> Offering: ...

    @property
    def asking(self) -> Asks: ...

    @property
    def disputes(self) -> Disputes: ...
