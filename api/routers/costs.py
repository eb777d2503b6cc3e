"""The answer to a question, as JSON and as files; and the words that questions may use."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from starlette.responses import Response

from api import documents as doc
from api.documents.units import UnitCosts
from api.exports import File, file_route
from api.files import write_file
from api.questions import costs_document, json_response, parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["costs"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
MayOperate = Annotated[Caller, Depends(Allow("operate"))]


@router.get("/costs", responses={200: {"model": doc.AnswerDocument}, 304: {}}, openapi_extra=parameters())
async def costs(request: Request, use: UseServices, caller: MayRead) -> Response:
    """One question answered. Revalidate with the ETag: an unchanged answer costs nothing."""
    return await json_response(request, question_of(request, use, caller), costs_document)


@file_route(router, "/costs.{extension}", parameters("limit", "cursor"))
async def costs_file(request: Request, use: UseServices, caller: MayRead, file: File) -> Response:
    """The whole answer as a file, with the totals that the JSON has."""
    question = question_of(request, use, caller, without=("raw", "limit", "cursor"))
    return await file(caller, partial(write_file, question))


@router.get("/costs/units", response_model=UnitCosts, openapi_extra=parameters())
async def unit_costs(request: Request, use: UseServices, caller: MayRead, team: str) -> UnitCosts:
    """What one unit of each metric of a team costs, in the days, measure and filters of a question, by its grain."""
    asked = question_of(request, use, caller, without=("team",))
    return await use.heavy.run(use.actions.unit_costs.of_team, team, asked.query, asked.access)


@router.get("/colours")
def colours(use: UseServices, _caller: MayRead, dimension: str) -> doc.Colours:
    """The colour slot of each value of a dimension: it belongs to the value, not to its rank on a screen."""
    return use.actions.colours(dimension)


@router.post("/colours")
def rebalance_colours(use: UseServices, caller: MayOperate, dimension: str) -> doc.Colours:
    """Give the values of a dimension their colours anew: the dearest of the last 90 days get the clearest."""
    return use.actions.rebalance_colours(dimension, caller.actor)
