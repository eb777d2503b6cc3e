"""Whose cost it is: texts, faults, effects and proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from pydantic import Field, StringConstraints

from api.documents.entities import EffectiveCost
from api.documents.problem import Document


class RulesTexts(Document):
    """The two documents, as text, comments and all, and the files published with them by name."""

    org: str
    rules: str
    files: dict[str, str] | None = None  # tables that rules look up in; null: those in force


class RulesOrder(RulesTexts):
    """Texts to publish. `base`: the version they were written against, refused where another one is in force by then;
    null is whichever is."""

    base: int | None = Field(default=None, ge=0)


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
    nearest: list[str] = Field(default_factory=list)


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
    faults: list[RuleFault] = Field(default_factory=list)
    effects: list[TeamEffect] = Field(default_factory=list)
    coverage: list[Coverage] = Field(default_factory=list)
    unused: list[str] = Field(default_factory=list)  # rules that match nothing


class RulesApplied(Document):
    version: int
    state: Literal["done", "unchanged"] = "done"
    coverage: list[Coverage] = Field(default_factory=list)


class ProposalDocument(Document):
    """Starter rules from the data alone. `sentence` is "tag `team` covers 71 %, account names the rest"."""

    available: bool
    sentence: str | None = None
    org: str = ""
    rules: str = ""
    teams: list[str] = Field(default_factory=list)
    effects: list[TeamEffect] = Field(default_factory=list)
    coverage: list[Coverage] = Field(default_factory=list)


class PreviewOrder(RulesTexts):
    """A draft, and the dimension whose movement is shown; the files in force stay where none are sent."""

    dimension: str = "team"


class Move(Document):
    """Money that gets another owner; null is unallocated. Of `amount`, `shared` is what pools take from the one and
    give to the other, beyond what they give now; below zero where they give less."""

    was: str | None
    becomes: str | None
    currency: str
    amount: str
    shared: str = "0"
    lines: int


class ServiceMove(Move):
    service: str | None


class ResourceMove(Move):
    """One of the largest resources that a cell of the matrix moves; `of`: how many resources the cell has."""

    resource: str | None
    service: str | None
    of: int


class PoolMove(Move):
    pool: str


class PoolTakes(Document):
    """What a pool would take from the cost of a team, where that is other than what it takes now (`before`).

    `lines`: the bill lines that it would take; what other pools gave to the team has none. `was` null: unallocated.
    """

    pool: str
    was: str | None
    currency: str
    amount: str
    before: str
    lines: int


class MonthMove(Move):
    period: str
    would_be: bool = False  # the month is closed: it is shown, and not changed


class RuleStanding(Document):
    """A rule that decides nothing, or that others answer before."""

    dimension: str
    rule: str
    line: int
    state: Literal["used", "overlapping", "shadowed", "dead", "never", "unused"]
    others: list[str] = Field(default_factory=list)  # the rules that answer instead


class AssertionResult(Document):
    assertion: str
    line: int
    passed: bool
    found: str  # percent text with its currency, or a number


class RulesPreview(Document):
    """What publishing a draft would do to the last 13 billing periods. Nothing is published.

    `names`: what the draft calls the owners in it today, where that is not what they are.
    """

    valid: bool
    passed: bool = False  # valid, and every assertion holds
    dimension: str = "team"
    names: dict[str, str] = Field(default_factory=dict)
    rules_version: int = 0  # the rules compared with
    periods: list[str] = Field(default_factory=list)
    movement: list[Move] = Field(default_factory=list)
    by_service: list[ServiceMove] = Field(default_factory=list)
    by_pool: list[PoolMove] = Field(default_factory=list)
    by_resource: list[ResourceMove] = Field(default_factory=list)
    by_month: list[MonthMove] = Field(default_factory=list)
    taken: list[PoolTakes] = Field(default_factory=list)
    moved_lines: int = 0
    shared_lines: int = 0  # of `taken`; they keep their owner
    newly_unallocated: list[Move] = Field(default_factory=list)
    left_out: int = 0  # rows of the five tables beyond the first thousand each
    effects: list[TeamEffect] = Field(default_factory=list)  # `team` is the owner in the dimension shown
    coverage: list[Coverage] = Field(default_factory=list)
    rules: list[RuleStanding] = Field(default_factory=list)
    assertions: list[AssertionResult] = Field(default_factory=list)
    faults: list[RuleFault] = Field(default_factory=list)


class RuleWritten(Document):
    """A rule or an override as it is written, every value as its text. `entries` has the line of each field."""

    dimension: str
    list: Literal["rules", "overrides"]
    place: int  # in its list, from 0
    item: dict[str, Any]
    line: int
    entries: dict[str, int]


class RulesRead(Document):
    """The rules of a text in their order, and the words that one may be made of."""

    rules: list[RuleWritten] = Field(default_factory=list)
    dimensions: list[str] = Field(default_factory=list)
    columns: list[str] = Field(default_factory=list)  # those of bills and the dimensions; beside them tag.KEY
    comparisons: list[str] = Field(default_factory=list)
    overridden: list[str] = Field(default_factory=list)  # what an override may name


class RulesEdit(Document):
    """One change of the text of rules. `add` and `put` need an `item`, all but `add` a `place`, `move` another `to`."""

    rules: str = Field(max_length=1_048_576)
    act: Literal["add", "put", "move", "remove"]
    dimension: Annotated[str, StringConstraints(max_length=100)]
    list: Literal["rules", "overrides"] = "rules"
    place: int = 0
    to: int = 0
    item: dict[str, Any] = Field(default_factory=dict)


class RulesEdited(Document):
    """The text after a change; everything else in it is as it was written."""

    rules: str


class RuleEffect(RuleStanding):
    """What a rule of the version in force does in a month: lines it decides, and their cost."""

    lines: int
    cost: list[EffectiveCost]


class RulesEffects(Document):
    month: str | None
    rules: list[RuleEffect]


class RulesVersion(Document):
    version: int
    author: str
    created_at: datetime
    in_force: bool


class RulesChange(Document):
    """A rule that two versions do not share: added, removed, or changed (its text, its place or its window)."""

    dimension: str
    rule: str
    change: Literal["added", "removed", "changed"]


class RulesDiff(Document):
    """From one version to another: the texts as a unified diff, and the rules that differ."""

    before: int
    after: int
    text: str
    rules: list[RulesChange] = Field(default_factory=list)
