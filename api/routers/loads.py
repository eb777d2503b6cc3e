"""Loads, and the decision about one that is held."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.protocols import not_found
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]


@router.get("/loads")
def loads(
    use: UseServices,
    _caller: MayRead,
    source: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
) -> doc.Loads:
    """Newest first."""
    return doc.Loads(loads=list(use.actions.loads(source, limit)))


@router.get("/loads/{load_id}")
def load(load_id: str, use: UseServices, _caller: MayRead) -> doc.LoadDetail:
    """Files, steps, accounting of rows and control totals of one load."""
    found = use.actions.load(load_id)
    if found is None:
        raise not_found("load", load_id)
    return found


@router.get("/restatements")
def restatements(
    use: UseServices,
    _caller: MayRead,
    source: str | None = None,
    limit: Annotated[int, Query(ge=1, le=1000)] = 200,
    cursor: Annotated[str | None, Query(max_length=100, description="`next` of the page before.")] = None,
) -> doc.Restatements:
    """Which billing periods changed after they had been live, by how much and why; newest first."""
    return use.actions.restatements(source, limit, cursor)


@router.post("/loads/{load_id}/accept", status_code=202)
def accept_load(load_id: str, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Let a held load go live, with the others of its import."""
    if use.actions.load(load_id) is None:
        raise not_found("load", load_id)
    return use.start("accept", lambda report: use.actions.accept_load(load_id, caller.actor, report), caller)


@router.post("/loads/{load_id}/reject")
def reject_load(load_id: str, use: UseServices, caller: MayWrite) -> doc.LoadDetail:
    """Drop a held load; what is live stays."""
    return use.actions.reject_load(load_id, caller.actor)
