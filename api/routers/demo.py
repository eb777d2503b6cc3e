"""The demo data: what to look at in it, loading it, and removing it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["demo"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]


@router.get("/demo")
def demo_guide(use: UseServices, _caller: MayRead) -> doc.DemoGuide:
    """What to look at: one sentence for each planted event, with the address that proves it."""
    return use.actions.demo_guide()


@router.post("/demo", status_code=202)
def load_demo(use: UseServices, caller: MayWrite) -> doc.Accepted:
    return use.start("demo", lambda report: use.actions.load_demo(caller.actor, report), caller)


@router.delete("/demo", status_code=202)
def remove_demo(use: UseServices, caller: MayWrite) -> doc.Accepted:
    return use.start("remove", lambda report: use.actions.remove_demo(caller.actor, report), caller)
