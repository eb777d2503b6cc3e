"""Why two periods differ, and how a total came to its owners, as JSON and as files."""

from __future__ import annotations

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.documents.explain import ExplainDocument
from api.documents.paths import PathRow, PathsDocument
from api.explaining import ExplainWanted, explain_response, write_explanation
from api.exports import File, file_route
from api.listings import Listing
from api.owner_paths import Decided, PathsWanted, paths_response
from api.questions import parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["costs"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
UNUSED = ("limit", "cursor", "grain", "sort", "top")
"""Fields of a question that say nothing about a change; they may be there."""
NOT_OF_PATHS = (*UNUSED, "by", "compare", "normalise")
"""Those that say nothing about paths."""


@router.get(
    "/costs/explain",
    responses={200: {"model": ExplainDocument}, 304: {}},
    openapi_extra=parameters(*UNUSED),
)
async def explain(
    request: Request, use: UseServices, caller: MayRead, wanted: Annotated[ExplainWanted, Query()]
) -> Response:
    """The change of a question with a comparison, as parts that add up to it: by cause, by group, by resource."""
    question = question_of(request, use, caller, without=tuple(ExplainWanted.model_fields))
    return await explain_response(request, question, wanted)


@file_route(router, "/costs/explain.{extension}", parameters(*UNUSED))
async def explain_file(request: Request, use: UseServices, caller: MayRead, file: File) -> Response:
    """Every part of the change as a file."""
    question = question_of(request, use, caller, without=("raw", *ExplainWanted.model_fields))
    return await file(caller, partial(write_explanation, question))


@router.get("/costs/paths", responses={200: {"model": PathsDocument}, 304: {}}, openapi_extra=parameters(*NOT_OF_PATHS))
async def paths(
    request: Request, use: UseServices, caller: MayRead, wanted: Annotated[PathsWanted, Query()]
) -> Response:
    """How a total came to its owners: by which rule, layer and version, then by which pool; parts that add up to it."""
    question = question_of(request, use, caller, without=tuple(PathsWanted.model_fields))
    return await paths_response(request, question, wanted)


@file_route(router, "/costs/paths.{extension}", parameters(*NOT_OF_PATHS))
async def paths_file(
    request: Request, use: UseServices, caller: MayRead, file: File, dimension: Decided = "team"
) -> Response:
    """Every path as a file, a row for each pair of teams that a pool moves cost between."""
    question = question_of(request, use, caller, without=("raw", *PathsWanted.model_fields))
    asked = PathsWanted(dimension=dimension).of(question)
    found = Listing("paths", PathRow, lambda: use.actions.owner_paths.rows(asked))
    return await file(caller, found.writer(use))
