"""Is it up, is it ready, what does it hold, and which words may questions use."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Response

from api import documents as doc
from api.questions import catalogue_document
from api.security import Allow, Caller
from api.services import UseServices
from api.waiting import UNFINISHED

router = APIRouter(tags=["status"])
health = APIRouter(tags=["status"])
Anyone = Annotated[Caller, Depends(Allow("public"))]
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]


@router.get("/status")
def status(use: UseServices, _caller: MayRead) -> doc.Status:
    """What every page shows: freshness, what waits for a person, what runs."""
    running = sum(job.state in UNFINISHED for job in use.jobs.list())
    facts = {"version": use.settings.version, "address": use.settings.address, "jobs_running": running}
    return use.actions.status().model_copy(update=facts)


@router.get("/catalogue")
def catalogue(use: UseServices, _caller: MayRead) -> doc.CatalogueDocument:
    """Measures and dimensions, with their labels, units and meaning."""
    return catalogue_document(use)


@health.get("/livez")
async def livez(_caller: Anyone) -> dict[str, bool]:
    """The loop answers."""
    return {"live": True}


@health.get("/readyz", responses={503: {"model": doc.Readiness}})
def readyz(use: UseServices, _caller: Anyone, response: Response) -> doc.Readiness:
    """Questions can be answered and loads can be written. Freshness is another matter: see /status."""
    readiness = use.actions.readiness()
    if use.closing:
        readiness = doc.Readiness(ready=False, checks=readiness.checks)
    response.status_code = 200 if readiness.ready else 503
    return readiness
