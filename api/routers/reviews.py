"""Teams as they are today, and who reviewed them."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.documents.reviews import ReviewOrder, TeamFacts
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["saved"])
MayRead = Annotated[Caller, Depends(Allow("saved.read"))]
MayWrite = Annotated[Caller, Depends(Allow("saved.write"))]


@router.get("/teams/{team}")
def team_facts(team: str, use: UseServices, _caller: MayRead) -> TeamFacts:
    """Who the team is today, who is above it, and in which weeks it was reviewed."""
    return use.actions.reviews.team(team)


@router.put("/reviews")
def review(order: ReviewOrder, use: UseServices, caller: MayWrite) -> TeamFacts:
    """Say that a team's week was looked at; who said it first stays."""
    return use.actions.reviews.review(order, caller.actor)
