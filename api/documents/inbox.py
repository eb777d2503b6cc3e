"""What has no owner, or a doubtful one: groups with their money, who probably owns them, and what to do about it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.documents.entities import EffectiveCost
from api.documents.problem import Document
from api.documents.requests import Note, Reason
from api.documents.rules import RulesTexts
from api.documents.saved import PRINTED, Key

InboxKind = Literal["unallocated", "doubtful", "contradicted", "excluded"]
QuestionState = Literal["open", "claimed", "ours", "not_ours", "settled"]
InboxSort = Literal["urgent", "cost", "lines", "owner"]
Words = Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=PRINTED)]


class SignaturePart(Document):
    """A column that rules can read, and what all of the group have there; of a name its beginning."""

    column: Annotated[str, StringConstraints(max_length=520)]
    value: Annotated[str, StringConstraints(max_length=4_096)]


class OwnerEvidence(Document):
    """Why a team is thought of: what is shared with `dims` owned combinations, of which `percent` are the team's."""

    kind: str
    text: str
    dims: int
    percent: str


class OwnerSuggestion(Document):
    team: str
    certainty: str  # percent, no digits behind the point
    evidence: list[OwnerEvidence]


class UnallocatedGroup(Document):
    """Cost that has `signature` in common. `where` filters a question to it, as far as one can."""

    id: str  # of the signature: the same every month, and for every owner
    signature: list[SignaturePart]
    where: list[str]
    resources: int
    lines: int
    cost: list[EffectiveCost]
    suggestions: list[OwnerSuggestion]
    owner: str | None = None  # of doubtful and contradicted cost: who has it now
    reason: str | None = None  # why it is doubtful, which rule is contradicted, or why it is excluded


class InboxMonth(Document):
    month: str
    percent: str | None  # none where the month has no cost


class InboxShare(Document):
    """Unallocated cost less what is excluded, of all cost of the month, in one currency."""

    currency: str
    percent: str
    limit: str  # percent; of the assertion `unallocated_percent_below`, or the usual one
    over: bool
    trend: list[InboxMonth]  # thirteen months, the newest last


class LikelyOwner(Document):
    """What the groups have in common whose first suggestion is this team; null: nobody is thought of."""

    team: str | None
    groups: int
    cost: list[EffectiveCost]


class Unallocated(Document):
    """Of one month. `totals` is all of it, listed or not, and the answer to `query`; where `kind` is contradicted, the
    answer about all its groups.
    """

    month: str
    kind: InboxKind
    query: str
    groups: list[UnallocatedGroup]
    totals: list[EffectiveCost]
    excluded: list[EffectiveCost]  # unallocated on purpose: neither in `totals` nor in the shares
    shares: list[InboxShare]
    owners: list[LikelyOwner]
    more: int  # groups that are not listed
    rules_version: int


class InboxSplit(Document):
    """How cost is divided among teams, as a pool says it."""

    method: Literal["even", "fixed", "proportional", "series"]
    to: list[Words] = Field(default_factory=list, max_length=100)  # empty: every team that weighs
    percent: dict[Words, Words] = Field(default_factory=dict, max_length=100)  # fixed: decimal text for each team
    series: Words | None = None


class InboxOrder(Document):
    """What to do about groups of the list `kind`. Only the fields of its act count: `team`, `split` or `reason`.

    What is split or excluded of doubtful and contradicted cost is taken from the team that has it. `include` takes out
    the rules that exclude.
    """

    act: Literal["assign", "split", "exclude", "include"]
    kind: InboxKind = "unallocated"
    groups: list[Annotated[list[SignaturePart], Field(min_length=1, max_length=10)]] = Field(
        min_length=1, max_length=50
    )
    team: Words | None = None
    split: InboxSplit | None = None
    reason: Words | None = None
    note: Note | None = None
    valid_from: date | None = None
    valid_to: date | None = None


class InboxPublish(InboxOrder):
    """The order, and the version that its draft was made from: another one in force is a conflict.

    `on_behalf` of a team it is that team's request, which nobody has to consent to while the cost is nobody's; teams
    that have it are asked.
    """

    base: int
    on_behalf: Key | None = None


class InboxDraft(RulesTexts):
    """Texts that would carry out an order, what sets them apart from those in force, and the version of those."""

    diff: str
    base: int


class InboxQuestion(Document):
    """Ask a team whether groups are its own; `on_behalf` of another team, or null for the platform.

    `kind` is the list that the groups stand in.
    """

    groups: list[Annotated[list[SignaturePart], Field(min_length=1, max_length=10)]] = Field(
        min_length=1, max_length=50
    )
    team: Key
    on_behalf: Key | None = None
    kind: InboxKind = "unallocated"


class InboxAsked(Document):
    """An address of the web app that opens exactly the groups, and a text to send with it."""

    path: str
    text: str
    left_out: int  # groups that the team has said no to


class OwnerQuestion(Document):
    """Whether a group is of a team. `claimed`: it says so, and others have yet to consent; `settled`: another act was
    about it before the team answered."""

    id: str
    group: str
    signature: list[SignaturePart]
    team: str
    on_behalf: str | None  # of which team it was asked; null for the platform
    actor: str
    asked_at: datetime
    kind: InboxKind
    state: QuestionState
    reason: str  # why it is not
    answered_by: str | None
    answered_at: datetime | None
    request: str | None  # by which the team claims it


class OwnerQuestions(Document):
    """Newest first."""

    questions: list[OwnerQuestion]
    waiting: int  # of all, however many are listed: those without an answer
    next: str | None = None  # the cursor of the next page


class QuestionsAnswer(Document):
    """Groups are not of the team that was asked. That they are, a claim says: publish an order on its behalf."""

    questions: list[Annotated[str, StringConstraints(max_length=32)]] = Field(min_length=1, max_length=50)
    reason: Reason
