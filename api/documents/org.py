"""The organisation as it was, as it is and as somebody proposes it, with its cost."""

from __future__ import annotations

from datetime import date
from typing import Literal

from pydantic import Field

from api.documents.entities import EffectiveCost
from api.documents.problem import Document
from api.documents.rules import RuleFault, RulesTexts


class OrgDraft(RulesTexts):
    """Documents that are proposed, read as of a day; the files in force where none are sent."""

    at: date | None = None  # today when absent
    period: str | None = Field(default=None, max_length=200)  # whose cost; 13 billing months when absent


class OrgTeam(Document):
    """A team of the tree. `subtree` is what `teams`, itself and all below it, cost together.

    `then` is what the team cost as it was, on the same days.
    """

    key: str
    name: str
    parent: str | None
    cost_centre: str | None
    depth: int
    valid_from: date | None  # null: from the beginning
    valid_to: date | None  # first day it is no longer so; null: open
    cost: list[EffectiveCost]
    then: list[EffectiveCost]
    teams: list[str]
    subtree: list[EffectiveCost]


class OtherTeam(Document):
    """Cost of a team that the tree of the day does not have; null: unallocated."""

    team: str | None
    cost: list[EffectiveCost]
    then: list[EffectiveCost]


class OrgTree(Document):
    """`owned`: as charges are owned (`then`), as the rules of the day `at` would own all of them (`now`), or as a draft
    would (`proposed`). The totals are the same."""

    at: date
    owned: Literal["then", "now", "proposed"]
    period: str  # its days, as a question says them
    basis: str
    valid: bool = True
    faults: list[RuleFault] = Field(default_factory=list)
    teams: list[OrgTeam]
    others: list[OtherTeam]
    totals: list[EffectiveCost]


class OrgTreeRow(Document):
    """A line of the tree as a file, one for each team and currency; without a team: unallocated."""

    team: str | None
    name: str | None
    parent: str | None
    depth: int | None
    cost_centre: str | None
    currency: str
    then: str
    cost: str
    subtree: str
    owned: str
    at: date
    period: str
