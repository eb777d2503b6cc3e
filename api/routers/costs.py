"""The answer to a question, as JSON and as files; and the words that questions may use."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import documents as doc
from api.files import MEDIA_TYPES_OF_PARTS, file_response, write_file
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


@router.get(
    "/costs.{extension}",
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES_OF_PARTS.values()}}},
    openapi_extra=parameters("limit", "cursor"),
)
async def costs_file(
    request: Request,
    extension: Literal["csv", "xlsx", "parquet"],
    use: UseServices,
    caller: MayRead,
    raw: Annotated[Literal["0", "1"], Query(description="1 writes CSV text as it is, for machines.")] = "0",
) -> Response:
    """The whole answer as a file, with the totals that the JSON has."""
    question = question_of(request, use, caller, without=("raw", "limit", "cursor"))
    path = use.scratch_file(f".{extension}")
    return file_response(path, *await use.heavy.run(write_file, question, path, raw=raw == "1"))


@router.get("/colours")
def colours(use: UseServices, _caller: MayRead, dimension: str) -> doc.Colours:
    """The colour slot of each value of a dimension: it belongs to the value, not to its rank on a screen."""
    return use.actions.colours(dimension)


@router.post("/colours")
def rebalance_colours(use: UseServices, caller: MayOperate, dimension: str) -> doc.Colours:
    """Give the values of a dimension their colours anew: the dearest of the last 90 days get the clearest."""
    return use.actions.rebalance_colours(dimension, caller.actor)
