"""Tag policies, and what they say of cost."""

from __future__ import annotations

from datetime import date
from typing import Annotated

from pydantic import Field, StringConstraints

from api.documents.answers import Range
from api.documents.problem import Document
from api.documents.rules import RuleFault

TableName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,90}[.]csv$")]


class TagPolicyText(Document):
    """tags.yaml as text, comments and all."""

    text: str
    tables: dict[TableName, str] = Field(default_factory=dict)  # CSV files that it looks up in, by name


class RequiredKeyShown(Document):
    key: str
    allowed: str | None = None  # in words; null where any value is
    values: list[str] = Field(default_factory=list)  # the first fifty that are listed
    query: str | None = None  # filters of the cost whose value is not allowed; null: not one query


class TagPolicyShown(Document):
    """A policy of the version in force."""

    id: str
    note: str | None = None
    when: str | None = None  # the scope in words; null: every charge
    query: str | None = None  # the scope as filters of a question; null: no single question says it
    keys: list[RequiredKeyShown] = Field(default_factory=list)
    valid_from: date | None = None
    valid_to: date | None = None  # the first day it no longer holds
    line: int | None = None


class TagPoliciesDocument(Document):
    text: str
    version: int
    policies: list[TagPolicyShown] = Field(default_factory=list)


class TagPolicyCheck(Document):
    valid: bool
    faults: list[RuleFault] = Field(default_factory=list)


class ComplianceRow(Document):
    """Judged cost of one policy and key (null: all its keys together), team and currency: three parts that add up."""

    bucket: date | None = None  # with a grain: the first day
    policy: str
    key: str | None
    team: str | None = None  # null: unallocated; of a total: all teams
    currency: str
    judged: str
    compliant: str
    missing: str
    not_allowed: str
    percent: str | None  # compliant, of what was judged; null where that is zero


class TagsCompliance(Document):
    """`totals` are the rows without the team; `whole` is the question itself, of which policies judge a part."""

    period: Range
    measure: str
    policies: list[TagPolicyShown] = Field(default_factory=list)
    rows: list[ComplianceRow] = Field(default_factory=list)
    totals: list[ComplianceRow] = Field(default_factory=list)
    whole: dict[str, str] = Field(default_factory=dict)  # currency -> amount
    complete_to: date  # the last complete day; months that end later go on
    warnings: list[str] = Field(default_factory=list)
    generations: str
    rules_version: int
