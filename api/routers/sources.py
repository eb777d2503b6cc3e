"""Sources: their months, their columns, what they cost, and removing one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.documents.collecting import SchemaDrift, Spending
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


@router.get("/sources/{source}/spending")
def source_spending(
    source: str, use: UseServices, _caller: MayRead, days: Annotated[int, Query(ge=1, le=400)] = 62
) -> Spending:
    """What collecting cost, by UTC day, and the caps of each kind of call."""
    return use.actions.collecting.spending(source, days)


@router.get("/sources/{source}/schema")
def source_schema(source: str, use: UseServices, _caller: MayRead) -> SchemaDrift:
    """Columns that appeared or vanished between deliveries."""
    if use.actions.months(source) is None:
        raise not_found("source", source)
    return use.actions.collecting.schema(source)


@router.get("/sources/{source}/removal")
def removal_effect(source: str, use: UseServices, _caller: MayRead) -> doc.RemovalEffect:
    """What removing the source would do: money by month, and closed months that depend on it."""
    return use.actions.removing.effect(source)


@router.delete("/sources/{source}", status_code=202)
def remove_source(source: str, how: doc.RemovalWay, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Collect a source no more: `keep` its lines, `hide` them until brought back, or `erase` them with their files."""
    removing = use.actions.removing
    removing.permit(source, how)
    return use.start("remove", lambda report: removing.remove(source, how, caller.actor, report), caller, source)


@router.post("/sources/{source}/bring-back", status_code=202)
def bring_back_source(source: str, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Bring the lines of a hidden source back into the answers."""
    removing = use.actions.removing
    removing.effect(source)
    return use.start("bring_back", lambda report: removing.bring_back(source, report), caller, source)
