"""Billing periods: open, or closed so that what they stand on is not erased."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path

from api import documents as doc
from api.documents.collecting import MONTH
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]


@router.get("/periods")
def periods(use: UseServices, _caller: MayRead) -> doc.PeriodStates:
    """Every billing period with lines, and every closed one, newest first."""
    return doc.PeriodStates(periods=list(use.actions.removing.periods()))


@router.put("/periods/{period}")
def put_period(
    period: Annotated[str, Path(pattern=MONTH)], wanted: doc.PeriodChange, use: UseServices, caller: MayWrite
) -> doc.PeriodState:
    """Close a billing period, or open it again."""
    return use.actions.removing.set_period(period, closed=wanted.closed, actor=caller.actor)
