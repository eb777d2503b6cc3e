"""Campaigns that put a tag in order: begun, closed, listed for their owners, measured by later bills."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from api.documents.campaigns import Campaign, CampaignOrder, CampaignProgress, CampaignResources, Campaigns
from api.exports import File, file_route
from api.files import write_rows
from api.questions import access_of
from api.security import Allow, Caller
from api.services import UseServices
from api.writing import How, Written

router = APIRouter(prefix="/tags/campaigns", tags=["tags"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]
TeamAsked = Annotated[str | None, Query(max_length=100, description="One owner, `(none)` for nobody; all when absent.")]


@router.get("")
def campaigns(use: UseServices, _caller: MayRead) -> Campaigns:
    """Every campaign, the open ones first."""
    return use.actions.campaigns.all()


@router.post("", status_code=201)
async def begin(order: CampaignOrder, use: UseServices, caller: MayWrite) -> Campaign:
    """Begin one with the resources that lack the tag now: they, and their cost of the last thirty days, are kept."""
    return await use.heavy.run(use.actions.campaigns.begin, order, caller.actor)


@router.get("/{campaign}")
async def progress(campaign: str, use: UseServices, caller: MayRead) -> CampaignProgress:
    """How far it got, by month and owner: its money, by what later bills say of each resource."""
    return await use.heavy.run(use.actions.campaigns.progress, campaign, access_of(caller))


@router.post("/{campaign}/close")
def close(campaign: str, use: UseServices, caller: MayWrite) -> Campaign:
    """End it: later bills no longer count."""
    return use.actions.campaigns.close(campaign, caller.actor)


@router.get("/{campaign}/resources")
async def resources(campaign: str, use: UseServices, caller: MayRead, team: TeamAsked = None) -> CampaignResources:
    """The list of one owner, or all: what is wrong, which value is suggested and why, and a command to read and run."""
    return await use.heavy.run(use.actions.campaigns.listed, campaign, team, access_of(caller))


@file_route(router, "/{campaign}/resources.{extension}")
async def resources_file(
    campaign: str, use: UseServices, caller: MayRead, file: File, team: TeamAsked = None
) -> Response:
    """The whole list as a file."""

    def write(path: Path, how: How) -> Written:
        table = use.actions.campaigns.table(campaign, team, access_of(caller))
        return write_rows(table, f"outlay-tag-campaign-{use.hour():%Y-%m-%d}", path, how)

    return await file(caller, write)
