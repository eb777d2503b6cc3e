"""Requests between teams: what one wants and others have to consent to; offers, and disputes."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]
Team = Annotated[str | None, Query(max_length=200, description="Those that a team made, or that it is asked about.")]

Limit = Annotated[int, Query(ge=1, le=200, description="Most entries of a page.")]
Cursor = Annotated[str | None, Query(max_length=100, description="`next` of the page before.")]
Behalf = Annotated[str | None, Query(max_length=200, description="On behalf of a team; without it, of the platform.")]


@router.get("/rules/requests")
def requests(
    use: UseServices, _caller: MayRead, team: Team = None, limit: Limit = 50, cursor: Cursor = None
) -> doc.RuleRequests:
    """Requests with their state, who is asked and why, and the most of what they would move."""
    return use.actions.consents.page(team, limit, cursor)


@router.post("/rules/requests", status_code=201)
async def submit_request(order: doc.RequestOrder, use: UseServices, caller: MayWrite) -> doc.RuleRequest:
    """Keep a draft on behalf of a team. Its state is `accepted` at once where nobody has to consent."""
    return await use.heavy.run(use.actions.consents.submit, order, caller.actor)


@router.get("/rules/requests/{request}")
def one_request(request: str, use: UseServices, _caller: MayRead) -> doc.RequestDetail:
    """A request with its texts and what they change."""
    return use.actions.consents.one(request)


@router.post("/rules/requests/{request}/answer")
def answer_request(request: str, given: doc.RequestAnswer, use: UseServices, caller: MayWrite) -> doc.RuleRequest:
    """Consent or refuse on behalf of a team, or decide as the platform. 409 when it is not its turn."""
    return use.actions.consents.answer(request, given, caller.actor)


@router.post("/rules/requests/{request}/withdraw")
def withdraw_request(request: str, by: doc.Acting, use: UseServices, caller: MayWrite) -> doc.RuleRequest:
    """Take it back."""
    return use.actions.consents.withdraw(request, by, caller.actor)


@router.post("/rules/requests/{request}/publish", status_code=202)
def publish_request(request: str, by: doc.Acting, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish what was consented to. The job fails when it would by now take what nobody consented to."""
    consents = use.actions.consents
    return use.start("rules", lambda report: consents.publish(request, by, caller.actor, report), caller)


@router.get("/rules/offers")
def offers(use: UseServices, _caller: MayRead) -> doc.Offers:
    """Cost that teams give to whoever wants it, as long as it stands."""
    return doc.Offers(offers=list(use.actions.offering.all()))


@router.post("/rules/offers", status_code=201)
def offer(order: doc.OfferOrder, use: UseServices, caller: MayWrite) -> doc.Offer:
    """Let others claim cost of a team without asking it, until a day."""
    return use.actions.offering.offer(order, caller.actor)


@router.delete("/rules/offers/{offer}", status_code=204)
def take_back_offer(offer: str, use: UseServices, caller: MayWrite, team: Behalf = None) -> None:
    """Offer it no more: on behalf of the team that made it, or of the platform."""
    use.actions.offering.take_back(offer, team, caller.actor)


@router.get("/rules/disputes")
def disputes(
    use: UseServices, _caller: MayRead, team: Team = None, limit: Limit = 50, cursor: Cursor = None
) -> doc.Disputes:
    """Cost that teams say is not their own, and what became of it."""
    return use.actions.disputes.page(team, limit, cursor)


@router.post("/rules/disputes", status_code=201)
async def dispute(order: doc.DisputeOrder, use: UseServices, caller: MayWrite) -> doc.Dispute:
    """Say that cost is not a team's: a draft moves it, and those it goes to are asked."""
    return await use.heavy.run(use.actions.disputes.open, order, caller.actor)


@router.get("/rules/ended-teams")
def ended_teams(use: UseServices, _caller: MayRead) -> doc.EndedTeams:
    """Teams that exist no more, who answers for them, and the rules that still give cost to them."""
    return doc.EndedTeams(teams=list(use.actions.disputes.ended_teams()))
