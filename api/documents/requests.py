"""Requests between teams, their answers, what teams offer, and disputes."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.documents.entities import EffectiveCost
from api.documents.problem import Document
from api.documents.rules import MonthMove, Move, PoolMove, PoolTakes, ResourceMove, RulesTexts, ServiceMove
from api.documents.saved import PRINTED, Key

RequestState = Literal["open", "accepted", "refused", "published", "withdrawn", "escalated", "superseded"]
Note = Annotated[str, StringConstraints(strip_whitespace=True, max_length=2_000, pattern=PRINTED)]
Reason = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=2_000, pattern=PRINTED)]
Scope = Annotated[str, StringConstraints(min_length=1, max_length=2_000, pattern=PRINTED)]


class RequestOrder(RulesTexts):
    """A draft on behalf of a team, written against the version `base`. `replaces`: an own request it is instead of."""

    team: Key
    base: int = Field(ge=0)
    note: Note = ""
    replaces: str | None = None


class Acting(Document):
    """On whose behalf: a team, or null for the platform."""

    team: Key | None = None


class RequestAnswer(Acting):
    accepted: bool
    reason: Note = ""  # needed to refuse


class AskedTeam(Document):
    """Who has to consent, null for the platform, why, and what was answered."""

    team: str | None
    needs: list[str]
    accepted: bool | None = None
    reason: str | None = None
    actor: str | None = None
    at: datetime | None = None


class RuleRequest(Document):
    """A draft that others have to consent to. What it moves is as it was when it was made, in exact money."""

    id: str
    team: str
    actor: str
    note: str
    state: RequestState
    base: int
    created_at: datetime
    deadline: datetime
    asked: list[AskedTeam]
    decision: AskedTeam | None = None  # of the platform, where it decided what others left open
    waits_for: list[str | None]  # who can answer now, null for the platform; the team itself when it may publish
    dispute: str | None = None
    conflict: str | None = None  # why it could not be published
    version: int | None = None  # that it became
    closed_at: datetime | None = None
    closed_by: str | None = None
    largest: list[Move] = Field(default_factory=list)  # of what it would move
    moves: int = 0  # between how many pairs of owners
    moved_lines: int = 0
    shared_lines: int = 0


class RuleRequests(Document):
    """Those first that wait for somebody, of these the newest."""

    requests: list[RuleRequest]
    waiting: int  # of all, however many are listed: those that are not ended, or with a team wait for it
    next: str | None = None  # the cursor of the next page


class RequestDetail(RuleRequest):
    """With its texts, and what they change in the version they were written against, as a unified diff; and with all
    that it would move, shares of pools included. `left_out`: rows that are too many for the tables."""

    texts: RulesTexts
    diff: str
    periods: list[str] = Field(default_factory=list)
    movement: list[Move] = Field(default_factory=list)
    by_month: list[MonthMove] = Field(default_factory=list)
    by_service: list[ServiceMove] = Field(default_factory=list)
    by_pool: list[PoolMove] = Field(default_factory=list)
    taken: list[PoolTakes] = Field(default_factory=list)
    left_out: int = 0
    by_resource: list[ResourceMove] = Field(default_factory=list)


class OfferOrder(Document):
    """Give cost to whoever wants it, until a day. `scope`: "where=service:Compute&where=sub_account:42".

    With `up_to` and `currency` a claim of what cost more in a month is refused.
    """

    team: Key
    scope: Scope
    until: date  # not included
    up_to: Annotated[str, StringConstraints(pattern=r"^\d{1,18}(\.\d{1,9})?$")] | None = None  # a month, decimal text
    currency: Annotated[str, StringConstraints(pattern=r"^[A-Z]{3}$")] | None = None
    note: Note = ""


class Offer(Document):
    id: str
    team: str
    scope: str
    note: str
    actor: str
    created_at: datetime
    until: date | None  # not included; null, as offers once were: until it is taken back
    up_to: str | None = None  # what a claim may cost a month, in `currency`
    currency: str | None = None


class Offers(Document):
    offers: list[Offer]


class DisputeOrder(Document):
    """Cost of a team that is not its own: `scope` as in an offer, `period` in the words of a question."""

    team: Key
    scope: Scope
    reason: Reason
    suggested: Key | None = None  # whose it is instead; nobody's where that is not known
    period: Annotated[str, StringConstraints(max_length=100, pattern=PRINTED)] = "last_month"


class Dispute(Document):
    """With the money at the time, which was the answer to `query`, and what became of it."""

    id: str
    team: str
    scope: str
    reason: str
    suggested: str | None
    query: str
    totals: list[EffectiveCost]
    actor: str
    created_at: datetime
    request: str
    state: RequestState


class Disputes(Document):
    """Newest first."""

    disputes: list[Dispute]
    next: str | None = None  # the cursor of the next page


class NamedRule(Document):
    dimension: str
    rule: str
    line: int | None  # of rules.yaml; null where a catalogue makes it


class EndedTeam(Document):
    """A team that exists no more since the day `ended`, who answers for it, and the rules that still name it."""

    team: str
    name: str
    ended: date
    heir: str | None
    rules: list[NamedRule]


class EndedTeams(Document):
    """The last first."""

    teams: list[EndedTeam]
