"""Why two periods differ. Amounts are plain decimal text; within a currency the causes add up to the change."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.documents.answers import Range
from api.documents.problem import Document


class CauseWord(Document):
    """A cause there is, and what it means."""

    name: str
    label: str
    doc: str


class CausePart(Document):
    """`share` is percent of the change, one digit, negative where the part goes against it."""

    cause: str
    label: str
    amount: str
    share: str | None = None


class ChangeStep(Document):
    """One bar of a waterfall, from where to where."""

    kind: Literal["start", "part", "other", "end"]
    key: str
    label: str
    amount: str
    from_: str = Field(alias="from")
    to: str


class ChangedGroup(Document):
    """`values` are of the dimensions asked for, in their order; `rest` is all groups beyond those told."""

    values: list[str | None]
    labels: list[str | None]
    rest: bool
    before: str
    now: str
    change: str
    change_percent: str | None = None
    share: str | None = None
    causes: list[CausePart]


class ChangeMover(Document):
    """One cause of one resource, or of lines without one; `folded`: the smaller resources of a service together."""

    name: str
    provider: str | None = None
    service: str | None = None
    sub_account: str | None = None
    sub_account_label: str | None = None
    resource: str | None = None
    folded: bool
    values: list[str | None]
    labels: list[str | None]
    rest: bool
    cause: str
    label: str
    amount: str
    share: str | None = None
    first_day: date | None = None  # in the period
    last_day: date | None = None  # in the period compared with


class ChangeRest(Document):
    """The movers that are not told: noise, and beyond the number asked for."""

    count: int
    amount: str


class CurrencyChange(Document):
    """`residual` is what no cause explains: 0. `quiet` says that nothing reaches the noise floor."""

    currency: str
    before: str
    now: str
    change: str
    change_percent: str | None = None
    residual: str
    causes: list[CausePart]
    groups: list[ChangedGroup]
    movers: list[ChangeMover]
    movers_count: int  # of those above the noise floor
    rest: ChangeRest
    quiet: bool
    steps: list[ChangeStep]
    group_steps: list[ChangeStep]
    text: str  # three sentences


class LateSource(Document):
    """From these days on, neither period is compared for this source."""

    source: str
    label: str
    before: date
    now: date


class ExplainedMeasure(Document):
    name: str
    label: str


class ExplainDocument(Document):
    """The change of one cost measure. Nothing is explained (`currencies` is empty) unless `known_before`."""

    query: str
    period: Range
    compare: Range
    basis: Literal["charge", "billing"]
    measure: ExplainedMeasure
    floor: str
    known_before: bool
    causes: list[CauseWord]
    dimensions: list[ExplainedMeasure]
    currencies: list[CurrencyChange]  # the largest change first
    late: list[LateSource]
    complete_to: date
    data_to: dict[str, date]
    generations: str
    rules_version: int
    warnings: list[str] = Field(default_factory=list)
