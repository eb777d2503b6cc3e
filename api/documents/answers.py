"""Answers to questions, bill lines, and the words of questions."""

from __future__ import annotations

from datetime import date
from typing import Any, Literal

from pydantic import ConfigDict, Field

from api.documents.problem import Document


class AnswerColumn(Document):
    """`of` is a label's dimension, a quantity's unit column, or a compared column's measure.

    `per` is "day" where sums are divided by the days they are of. The column of kind rest is "true" in the row that
    stands for all groups beyond the top, and null in every other.
    """

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=False)
    name: str
    label: str
    kind: Literal["grain", "dimension", "label", "rest", "unit", "measure"]
    unit: Literal["currency", "quantity", "rate", "percent"] | None = None
    of: str | None = None
    per: Literal["day"] | None = None


class Range(Document):
    """Half-open: `end` is the first day that is not part of it. Both are null when nothing is loaded."""

    start: date | None
    end: date | None


class AnswerDocument(Document):
    """The answer to a question, the same everywhere. Rows are objects; amounts are plain decimal text.

    `names`: dimension to value to what people call it on the last day, of the values that the question filters by.
    """

    query: str
    period: Range
    compare: Range | None = None
    basis: Literal["charge", "billing"]
    columns: list[AnswerColumn]
    names: dict[str, dict[str, str]] = Field(default_factory=dict)
    rows: list[dict[str, str | None]]
    totals: list[dict[str, str | None]]
    row_count: int  # of all pages
    other_groups: dict[str, int] = Field(default_factory=dict)  # currency -> groups folded into "(other)"
    complete_to: date
    data_to: dict[str, date]
    known_on: date | None = None
    detail_kept: bool = True  # the same can be asked by line and explained
    generations: str
    rules_version: int
    warnings: list[str] = Field(default_factory=list)
    next: str | None = None


class LinesDocument(Document):
    """Bill lines of a question, a page at a time. `id` opens one at `/lines/{id}`."""

    query: str
    period: Range
    columns: list[AnswerColumn]
    rows: list[dict[str, str | None]]
    generations: str
    rules_version: int
    warnings: list[str] = Field(default_factory=list)
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
    """The words of questions. Tag keys are dimensions too, written `tag.KEY`.

    `names`: dimension to value to what people call it today, of teams and entities that are called otherwise; the first
    2,000 of each dimension. Answers have the names of their own days beside their values.
    """

    measures: list[CatalogueMeasure]
    dimensions: list[CatalogueDimension]
    grains: list[str]
    bases: list[str]
    compares: list[str]
    names: dict[str, dict[str, str]] = Field(default_factory=dict)


class NearRule(Document):
    """A rule that one thing kept from answering: what it asked for, and what was there instead."""

    rule: str
    line: int | None = None  # of the rules document
    failed: str
    found: str | None = None
    note: str | None = None


class OwnerStep(Document):
    """A stage of attribution in words."""

    stage: Literal["tags", "rules", "pools", "published"]
    text: str


class WhyOwner(Document):
    """Which rule, of which layer, claimed the line for one ownership dimension; `reason` when nobody did."""

    dimension: str
    value: str | None = None
    rule: str | None = None
    layer: str | None = None
    reason: str | None = None
    line: int | None = None  # of the rules document
    condition: str | None = None  # the rule in words; null when other rules are in force by now
    note: str | None = None
    near: list[NearRule] = Field(default_factory=list)


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
    native: dict[str, Any] = Field(default_factory=dict)  # facts of the provider's own file
    tags: dict[str, str] = Field(default_factory=dict)  # after the rules' aliases and folding
    owner: dict[str, str | None] = Field(default_factory=dict)  # team, application, environment, cost_centre, ...
    why: list[WhyOwner] = Field(default_factory=list)
    path: list[OwnerStep] = Field(default_factory=list)  # through the stages of attribution
    rules_version: int
    valid_from: date | None = None
    valid_to: date | None = None
    origin: LineOrigin


class Colours(Document):
    """A value keeps its slot for ever: 1 to 8 solid, 9 to 16 hatched, 17 to 24 dotted. A value without one is grey."""

    dimension: str
    slots: dict[str, int]
