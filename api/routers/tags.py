"""Tags in money: coverage by key, and spellings to merge."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Request

from api import documents as doc
from api.questions import parameters, question_of
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["tags"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]


@router.get("/tags/coverage", openapi_extra=parameters("by", "top", "grain", "compare", "sort", "limit", "cursor"))
async def coverage(
    request: Request, use: UseServices, caller: MayRead, keys: Annotated[int, Query(ge=1, le=200)] = 20
) -> doc.TagsCoverage:
    """What each tag key covers of the cost that a question is about, and what fixing it would unlock a month."""
    asked = question_of(request, use, caller, without=("keys",))
    return await use.heavy.run(use.actions.tagging.coverage, asked.query, asked.access, keys)


@router.get("/tags/variants", openapi_extra=parameters("by", "top", "grain", "compare", "sort", "limit", "cursor"))
async def variants(
    request: Request, use: UseServices, caller: MayRead, key: Annotated[str | None, Query(max_length=512)] = None
) -> doc.TagVariants:
    """Spellings of keys and of values that probably mean the same, and the `tag_keys` that would merge them."""
    asked = question_of(request, use, caller, without=("key",))
    return await use.heavy.run(use.actions.tagging.variants, asked.query, asked.access, [key] if key else [])
