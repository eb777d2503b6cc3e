"""A team as it is today, and its reviews."""

from __future__ import annotations

from typing import Annotated

from pydantic import StringConstraints

from api.documents.problem import Document


class ReviewOrder(Document):
    team: Annotated[str, StringConstraints(min_length=1, max_length=255)]
    week: Annotated[str, StringConstraints(pattern=r"^\d{4}-W\d{2}$")]  # ISO 8601, such as 2026-W47


class Review(Document):
    """Somebody looked at the cost of a team in an ISO week."""

    team: str
    week: str
    actor: str
    at: str


class TeamFacts(Document):
    """`week` is the last full one; `reviews` the newest first."""

    team: str
    name: str
    parent: str | None
    parent_name: str | None
    week: str
    reviews: list[Review]
