"""Bill lines, and everything known about one of them."""

from __future__ import annotations

from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field
from starlette.responses import Response

from api import documents as doc
from api.exports import File, file_route
from api.files import write_lines
from api.protocols import not_found
from api.questions import (
    Question,
    access_of,
    json_response,
    lines_document,
    parameters,
    question_of,
    shared_lines_document,
)
from api.security import Allow, Caller
from api.services import UseServices
from warehouse.metrics import Search

router = APIRouter(tags=["costs"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
Shares = Annotated[Literal["0", "1"], Query(description="1 lists shared cost as well, divided over its lines.")]


@router.get("/lines", responses={200: {"model": doc.LinesDocument}, 304: {}}, openapi_extra=parameters())
async def lines(request: Request, use: UseServices, caller: MayRead, shares: Shares = "0") -> Response:
    """The lines behind a figure: the period and filters of a question, largest first, a page at a time."""
    question = question_of(request, use, caller, without=("shares",))
    return await json_response(request, question, shared_lines_document if shares == "1" else lines_document)


@file_route(router, "/lines.{extension}", parameters("limit", "cursor"))
async def lines_file(request: Request, use: UseServices, caller: MayRead, file: File, shares: Shares = "0") -> Response:
    """Every line that the question sums, as a file: as the bills have them, unless the question sorts them."""
    question = question_of(request, use, caller, without=("raw", "shares", "limit", "cursor"))
    return await file(caller, partial(write_lines, question, shares=shares == "1"))


@router.get("/lines/{line_id}")
def line(line_id: str, use: UseServices, caller: MayRead) -> doc.LineDetail:
    """Every FOCUS column, native facts, the file and row it came from, its owner and why."""
    found = use.actions.line(line_id, access_of(caller))
    if found is None:
        raise not_found("line", line_id, "Lines get new ids when their month is loaded again.")
    return found


class ValuesWanted(BaseModel):
    """Which values; the period, filters and measure are those of the question beside it."""

    dimension: str
    search: Annotated[str, Field(max_length=500)] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 50


@router.get("/values", responses={200: {"model": doc.ValuesDocument}, 304: {}}, openapi_extra=parameters("limit"))
async def values(
    request: Request, use: UseServices, caller: MayRead, wanted: Annotated[ValuesWanted, Query()]
) -> Response:
    """Values of a dimension with their money, largest first, for completion and facets."""
    question = question_of(request, use, caller, without=tuple(ValuesWanted.model_fields))
    search = Search(wanted.dimension, wanted.search, wanted.limit)

    def values_document(asked: Question) -> dict[str, Any]:
        return asked.values(search)

    return await json_response(request, question, values_document, search)
