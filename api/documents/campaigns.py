"""Campaigns that put a tag in order: what is asked of whom, with which resources, and how far it got."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.documents.problem import Document
from api.documents.requests import Note
from api.documents.saved import PRINTED

TeamName = Annotated[str, StringConstraints(min_length=1, max_length=100)]


class CampaignOrder(Document):
    key: Annotated[str, StringConstraints(min_length=1, max_length=512, strip_whitespace=True)]
    teams: list[TeamName] = Field(min_length=1, max_length=1_000)  # keys; "(none)" is what nobody owns
    due: date
    policy: Annotated[str, StringConstraints(max_length=100)] | None = None  # whose allowed values count; null: any
    name: Annotated[str, StringConstraints(max_length=200, strip_whitespace=True, pattern=PRINTED)] = ""
    note: Note = ""


class CampaignMoney(Document):
    """Cost of the campaign's days, in parts that add up: what later bills show as fixed, as gone, and what is open."""

    currency: str
    cost: str
    fixed: str
    gone: str  # no longer billed, or no longer asked of
    open: str
    percent: str | None  # fixed and gone, of the whole; null where that is zero


class CampaignOwner(Document):
    team: str | None
    resources: int
    fixed: int
    gone: int
    open: int
    money: list[CampaignMoney] = Field(default_factory=list)


class CampaignMonth(Document):
    """As the last bills of the month, or the newest, show it."""

    month: str
    to: date  # the last day looked at
    money: list[CampaignMoney] = Field(default_factory=list)
    owners: list[CampaignOwner] = Field(default_factory=list)


class CampaignMonths(Document):
    """What is kept of a closed campaign."""

    months: list[CampaignMonth] = Field(default_factory=list)


class Campaign(Document):
    id: str
    name: str
    key: str
    teams: list[str | None]
    policy: str | None = None
    due: date
    note: str = ""
    start: date  # its money is of these days, half-open
    end: date
    resources: int
    left_out: int = 0  # the cheapest ones, beyond the limit
    cost: dict[str, str] = Field(default_factory=dict)  # currency -> cost of its days
    state: Literal["open", "overdue", "closed"]
    created_by: str
    created_at: datetime
    closed_by: str | None = None
    closed_at: datetime | None = None


class Campaigns(Document):
    campaigns: list[Campaign] = Field(default_factory=list)


class CampaignProgress(Document):
    """Months from its beginning to its end or to the newest bill, the newest last."""

    campaign: Campaign
    months: list[CampaignMonth] = Field(default_factory=list)


class CampaignResource(Document):
    team: str | None
    provider: str | None
    sub_account: str | None
    region: str | None
    service: str | None
    resource: str
    fault: Literal["missing", "not_allowed"]
    value: str | None  # as it was when the campaign began
    suggested: str | None
    evidence: str  # why this value, or why none
    cost: dict[str, str] = Field(default_factory=dict)
    now: Literal["open", "fixed", "gone"]
    command: str | None  # one line for a POSIX shell, for people to read and run; Outlay runs none
    why_not: str | None = None  # why there is no command


class CampaignResources(Document):
    """The dearest first; `more` are not listed: take the file."""

    resources: list[CampaignResource] = Field(default_factory=list)
    more: int = 0
