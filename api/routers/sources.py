"""Sources, their months, and removing one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.protocols import not_found
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]


@router.get("/sources")
def sources(use: UseServices, _caller: MayRead) -> doc.Sources:
    """Every source with its freshness and totals."""
    return doc.Sources(sources=list(use.actions.sources()))


@router.get("/sources/{source}/months")
def source_months(source: str, use: UseServices, _caller: MayRead) -> doc.SourceMonths:
    """One entry for each billing period of the source, oldest first."""
    months = use.actions.months(source)
    if months is None:
        raise not_found("source", source)
    return doc.SourceMonths(source=source, months=list(months))


@router.delete("/sources/{source}", status_code=202)
def remove_source(source: str, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Remove a source with all its lines."""
    if use.actions.months(source) is None:
        raise not_found("source", source)
    return use.start("remove", lambda report: use.actions.remove_source(source, caller.actor, report), caller, source)
