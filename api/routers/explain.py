"""Why two periods differ, as JSON and as files."""

from __future__ import annotations

from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api.documents.explain import ExplainDocument
from api.explaining import ExplainWanted, FileWanted, explain_response, write_explanation
from api.files import MEDIA_TYPES, file_response
from api.questions import parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["costs"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
UNUSED = ("limit", "cursor", "grain", "sort", "top", "known_on", "incomplete")
"""Fields of a question that say nothing about a change; they may be there."""


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


@router.get(
    "/costs/explain.{extension}",
    responses={200: {"content": {kind: {} for kind in MEDIA_TYPES.values()}}},
    openapi_extra=parameters(*UNUSED),
)
async def explain_file(
    request: Request,
    extension: Literal["csv", "xlsx", "parquet"],
    use: UseServices,
    caller: MayRead,
    wanted: Annotated[FileWanted, Query()],
) -> Response:
    """Every part of the change as a file."""
    question = question_of(request, use, caller, without=("raw", *ExplainWanted.model_fields))
    path = use.scratch_file(f".{extension}")
    headers = await use.heavy.run(write_explanation, question, path, raw=wanted.raw == "1")
    return file_response(path, f"outlay-explain-{use.hour():%Y-%m-%d}.{extension}", headers)
