"""What people keep beside the money: views, annotations, subscriptions, settings."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from api.documents.problem import Document

FiscalName = Literal["start", "end"]
Visibility = Literal["me", "team", "all"]
PRINTED = r"^[^\x00-\x1f\x7f]*$"
Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=80, pattern=PRINTED)]
Key = Annotated[str, StringConstraints(min_length=1, max_length=200, pattern=PRINTED)]
Text = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=250, pattern=PRINTED)]
Link = Annotated[str, StringConstraints(max_length=2_000, pattern=r"^https?://[^\s\x00-\x1f\x7f\"<>\\]+$")]
"""An address people can follow; `javascript:` and its like are none."""


class ViewOrder(Document):
    """An address under a name. `query` is the part after the question mark, view words included."""

    name: Name
    page: Annotated[str, StringConstraints(max_length=200, pattern=r"^(/[A-Za-z0-9_.~%-]+)*/?$")]
    query: Annotated[str, StringConstraints(max_length=8_000, pattern=PRINTED)] = ""
    visibility: Visibility = "me"
    team: Key | None = None  # needed when the team may see it
    revision: int = 0  # of the view that was read; 0 for a new one


class SavedView(Document):
    id: str
    name: str
    page: str
    query: str
    owner: str
    visibility: Visibility
    team: str | None
    revision: int
    changed_at: datetime
    starred: bool  # by who asks
    mine: bool


class Views(Document):
    views: list[SavedView]


class Star(Document):
    starred: bool


class AnnotationOrder(Document):
    """What happened. A pipeline names it by `key`: said again it is replaced, not doubled."""

    start: date
    end: date | None = None  # first day after it; a single day when absent
    text: Text
    kind: Literal["note", "deploy", "incident"] = "note"
    link: Link | None = None
    scope: Annotated[str, StringConstraints(max_length=2_000, pattern=PRINTED)] = ""  # "where=team:search"; empty: all
    visibility: Visibility = "all"
    team: Key | None = None
    key: Key | None = None


class Annotation(Document):
    id: str
    key: str | None
    kind: str
    start: date
    end: date
    text: str
    link: str | None
    scope: str
    owner: str
    visibility: Visibility
    team: str | None
    resolved_at: datetime | None
    changed_at: datetime
    mine: bool


class Annotations(Document):
    annotations: list[Annotation]


class AnnotationState(Document):
    resolved: bool


class SubscriptionOrder(Document):
    """Send a view regularly. `target` is a mail address, or the address of a webhook."""

    view: str
    channel: Literal["mail", "webhook"]
    target: Annotated[str, StringConstraints(min_length=3, max_length=2_000, pattern=PRINTED)]
    every: Literal["day", "week", "month"]


class Subscription(Document):
    id: str
    view: str
    channel: str
    target: str
    every: str
    owner: str
    changed_at: datetime


class Subscriptions(Document):
    subscriptions: list[Subscription]


class Preferences(Document):
    """Settings in force. The noise floor is in the currency of the amount it is compared with."""

    noise_floor: Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,18})?$")] = "10.00"
    fiscal_year_starts: int = Field(default=1, ge=1, le=12)  # month
    request_days: int = Field(default=14, ge=1, le=365)  # to answer a request for a change of rules
    fiscal_year_named: FiscalName = "end"  # by the calendar year it starts or ends in: FY2027 ends in 2027
    start_view: str | None = None  # the view to open with; of who asks


class PreferencesChange(Document):
    """Only what is named changes; null sets it back."""

    noise_floor: Annotated[str, StringConstraints(pattern=r"^\d{1,15}(\.\d{1,18})?$")] | None = None
    fiscal_year_starts: int | None = Field(default=None, ge=1, le=12)
    request_days: int | None = Field(default=None, ge=1, le=365)
    fiscal_year_named: FiscalName | None = None
    start_view: str | None = None
