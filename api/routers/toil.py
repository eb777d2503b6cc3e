"""How much of attribution is done by hand, and by whom."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]


@router.get("/attribution/toil")
def toil(use: UseServices, _caller: MayRead) -> doc.Toil:
    """Acts by hand by month and kind, and the share that teams did themselves."""
    return use.actions.toil.report()
