"""What has no owner, and who probably owns it."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
Month = Annotated[str | None, Query(pattern=r"^\d{4}-(0[1-9]|1[0-2])$", description="YYYY-MM; the newest when absent.")]


@router.get("/unallocated")
async def unallocated(use: UseServices, _caller: MayRead, month: Month = None) -> doc.Unallocated:
    """Cost of a month without a team, in groups that one rule could own, with likely owners and why."""
    return await use.heavy.run(use.actions.inbox.unallocated, month)


@router.post("/unallocated/draft")
def draft(order: doc.AssignOrder, use: UseServices, _caller: MayRead) -> doc.RulesTexts:
    """The texts in force with one more rule, behind the others. Publishes nothing: preview it, then PUT it."""
    return use.actions.inbox.draft(order)
