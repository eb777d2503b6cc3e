"""Tags in money: what each key covers, what naming the rest would be worth, and spellings to merge."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from api.documents.answers import Range
from api.documents.problem import Document


class CoveredMoney(Document):
    """One currency: cost with a value under the key, and cost without one."""

    currency: str
    covered: str
    uncovered: str
    percent: str | None  # covered, of the whole; null where the whole is zero
    uncovered_a_month: str  # what fixing the key would unlock, two digits


class TagCoverage(Document):
    key: str
    money: list[CoveredMoney] = Field(default_factory=list)
    providers: list[str] = Field(default_factory=list)  # that have the key, by money


class TagsCoverage(Document):
    """The keys with the most money first. Amounts are the first cost measure of the question."""

    period: Range
    measure: str
    keys: list[TagCoverage] = Field(default_factory=list)
    more: bool = False  # there are more keys than were asked for
    generations: str
    rules_version: int


class Spelling(Document):
    text: str
    money: dict[str, str] = Field(default_factory=dict)  # currency -> amount


class TagVariant(Document):
    """Spellings that probably mean the same; the first, with the most money, is the one to use."""

    kind: Literal["key", "value"]
    key: str | None = None  # of values: the key they stand under
    spellings: list[Spelling]


class TagVariants(Document):
    period: Range
    measure: str
    variants: list[TagVariant] = Field(default_factory=list)
    suggestion: str = ""  # a rules document with the `tag_keys` that would merge them; empty when there is nothing
    generations: str
    rules_version: int
