"""Sources that are collected: their kinds, settings, tests and runs."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.documents.collecting import Collector, CollectorKinds, CollectorSettings, SyncRequest
from api.routers.imports import SourceName
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]


@router.get("/source-kinds")
def source_kinds(use: UseServices, _caller: MayRead) -> CollectorKinds:
    """Every kind of source that can be connected, with its settings and the texts that give access."""
    return CollectorKinds(kinds=list(use.actions.collecting.kinds()))


@router.put("/sources/{source}")
def put_source(source: SourceName, wanted: CollectorSettings, use: UseServices, caller: MayWrite) -> Collector:
    """Collect a source from now on, or change how. Secrets are references, never values."""
    return use.actions.collecting.configure(source, wanted, caller.actor)


@router.post("/sources/test", status_code=202)
def test_source(wanted: CollectorSettings, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Try settings without keeping them; the job's result grows a line at a time."""
    return use.start("test", lambda report: use.actions.collecting.test(wanted, report), caller)


@router.post("/sources/{source}/check", status_code=202)
def check_source(source: str, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Try the settings of a source; the job's result grows a line at a time."""
    use.actions.collecting.known(source)
    return use.start("test", lambda report: use.actions.collecting.check(source, report), caller, source)


@router.post("/sources/{source}/sync", status_code=202)
def sync_source(source: str, order: SyncRequest, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Bring a source up to date now. While one such job waits or runs, it is answered instead of another."""
    collecting = use.actions.collecting
    collecting.known(source)
    if under_way := collecting.under_way(source, use.jobs):
        return doc.Accepted(job=under_way)
    return use.start("sync", lambda report: collecting.sync(source, order, caller.actor, report), caller, source)


@router.post("/sources/{source}/pause")
def pause_source(source: str, use: UseServices, _caller: MayWrite) -> Collector:
    """Collect it no more on the schedule; what is loaded stays."""
    return use.actions.collecting.pause(source, paused=True)


@router.post("/sources/{source}/resume")
def resume_source(source: str, use: UseServices, _caller: MayWrite) -> Collector:
    """Collect it again, at once; closes its breaker."""
    return use.actions.collecting.pause(source, paused=False)
