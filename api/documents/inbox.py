"""What has no owner: groups with their money, who probably owns them, and the rule that would say so."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from api.documents.entities import EffectiveCost
from api.documents.problem import Document


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
    """Cost without a team that has `signature` in common. `where` filters a question to it, as far as one can."""

    signature: list[SignaturePart]
    where: list[str]
    resources: int
    lines: int
    cost: list[EffectiveCost]
    suggestions: list[OwnerSuggestion]


class Unallocated(Document):
    """Of one month, the most money × certainty first. `totals` is all of it, listed or not."""

    month: str
    groups: list[UnallocatedGroup]
    totals: list[EffectiveCost]
    more: int  # groups that are not listed


class AssignOrder(Document):
    """Give what has a signature to a team."""

    signature: list[SignaturePart] = Field(min_length=1, max_length=10)
    team: str
    note: Annotated[str, StringConstraints(max_length=2_000)] | None = None
