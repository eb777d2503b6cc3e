"""Whose cost it is: the texts in force, what another text would change, and starter rules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]


@router.get("/rules")
def rules(use: UseServices, _caller: MayRead) -> doc.RulesDocument:
    """The texts in force, comments and all, and their version."""
    return use.actions.rules()


@router.put("/rules", status_code=202)
def apply_rules(texts: doc.RulesTexts, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish new texts. The job fails with every fault at once when they are wrong; the old ones stay in force."""
    return use.start("rules", lambda report: use.actions.apply_rules(texts, caller.actor, report), caller)


@router.post("/rules/check")
async def check_rules(texts: doc.RulesTexts, use: UseServices, _caller: MayRead) -> doc.RulesCheck:
    """What the texts would change. Publishes nothing."""
    return await use.heavy.run(use.actions.check_rules, texts)


@router.get("/rules/proposal")
async def proposal(use: UseServices, _caller: MayRead) -> doc.ProposalDocument:
    """Starter rules from the data alone, with teams and unallocated before and after."""
    return await use.heavy.run(use.actions.proposal)


@router.post("/rules/proposal/apply", status_code=202)
def apply_proposal(use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish the proposed rules."""
    return use.start("rules", lambda report: use.actions.apply_proposal(caller.actor, report), caller)
