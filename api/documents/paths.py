"""How a total came to its owners. Amounts are plain decimal text; within a currency the paths add up to the total."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.documents.answers import NearRule, Range
from api.documents.explain import ChangeRest, ExplainedMeasure
from api.documents.problem import Document

PathKind = Literal["direct", "pool", "adjustment"]


class PathMove(Document):
    """What one team has from another; null is nobody. `gives`: the question is about who gives, so it is taken away."""

    from_team: str | None = None
    team: str | None = None
    gives: bool
    amount: str
    share: str | None = None  # percent of the total, one digit
    of_given: str | None = None  # percent of all that the pool takes from `from_team` in these days
    rules_version: int


class OwnerPath(Document):
    """One way that cost came. Direct: by a rule, a layer or the lack of both. Otherwise by a pool: `moves`."""

    kind: PathKind
    value: str | None = None  # of the dimension; null: unallocated, or several by a pool
    layer: str | None = None
    rule: str | None = None
    line: int | None = None  # of the rules document, or of the pools
    condition: str | None = None  # the rule in words, or how the pool divides
    note: str | None = None
    reason: str | None = None  # why there is no value, or no better one
    rules_version: int | None = None  # that decided; null: several did
    days: Range | None = None  # of the question, where another version decides the others
    closed: list[str] = Field(default_factory=list)  # billing periods that an older version decides for good
    pool: str | None = None
    amount: str
    share: str | None = None  # percent of the total, one digit
    combinations: int | None = None  # of what the rules read
    near: list[NearRule] = Field(default_factory=list)  # of the dearest combinations
    moves: list[PathMove] = Field(default_factory=list)
    moves_count: int = 0
    query: str | None = None  # whose answer this amount is; null where no question says it


class PathStage(Document):
    """All paths of one stage: the layers of the rules, the strongest first, then pools and adjustments."""

    stage: str
    label: str
    amount: str
    share: str | None = None
    parts: int  # paths, and pairs of teams of a pool


class CurrencyPaths(Document):
    """`rest` is the direct paths beyond those told. `beside`: what pools pass on of a total that is summed before they
    do; it adds nothing."""

    currency: str
    total: str
    residual: str  # what no path explains: 0
    stages: list[PathStage]
    paths: list[OwnerPath]  # direct ones, the largest first, then pools in the order in which cost flows
    paths_count: int
    rest: ChangeRest
    beside: list[OwnerPath]


class PathsDocument(Document):
    """Of one cost measure of a question, by one dimension that rules decide."""

    query: str
    period: Range
    basis: Literal["charge", "billing"]
    measure: ExplainedMeasure
    dimension: ExplainedMeasure
    dimensions: list[ExplainedMeasure]  # those that rules decide
    currencies: list[CurrencyPaths]  # the largest total first
    complete_to: date
    generations: str
    rules_version: int
    warnings: list[str] = Field(default_factory=list)


class PathRow(Document):
    """A path in a file: a share has a row for each pair of teams. The amounts of a currency add up to the total."""

    currency: str
    kind: PathKind
    value: str | None = None
    layer: str | None = None
    rule: str | None = None
    line: int | None = None
    condition: str | None = None
    note: str | None = None
    reason: str | None = None
    rules_version: int | None = None
    closed: list[str] = Field(default_factory=list)
    pool: str | None = None
    from_team: str | None = None
    team: str | None = None
    amount: str
    share: str | None = None
    of_given: str | None = None
    nearly: list[str] = Field(default_factory=list)
    query: str | None = None
