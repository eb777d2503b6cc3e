"""Whose cost it is: the texts in force, what another text would change, and starter rules."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Query

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]

Behalf = Annotated[
    str | None,
    Query(min_length=1, max_length=200, description="A team: its request, published where nobody else has to consent."),
]


@router.get("/rules")
def rules(use: UseServices, _caller: MayRead) -> doc.RulesDocument:
    """The texts in force, comments and all, and their version."""
    return use.actions.rules()


@router.put("/rules", status_code=202)
def apply_rules(texts: doc.RulesOrder, use: UseServices, caller: MayWrite, on_behalf: Behalf = None) -> doc.Accepted:
    """Publish new texts. The job fails with every fault at once when they are wrong, and where another version than
    their `base` is in force; the old ones stay in force."""
    return use.start("rules", lambda report: use.actions.apply_rules(texts, caller.actor, report, on_behalf), caller)


@router.post("/rules/check")
async def check_rules(texts: doc.RulesTexts, use: UseServices, _caller: MayRead) -> doc.RulesCheck:
    """What the texts would change. Publishes nothing."""
    return await use.heavy.run(use.actions.check_rules, texts)


@router.post("/rules/preview")
async def preview_rules(order: doc.PreviewOrder, use: UseServices, _caller: MayRead) -> doc.RulesPreview:
    """What publishing the texts would move over the last 13 billing periods, and whether their assertions hold."""
    return await use.heavy.run(use.actions.rulebook.preview, order)


@router.get("/rules/versions")
def versions(use: UseServices, _caller: MayRead) -> list[doc.RulesVersion]:
    """Who published what and when, newest first."""
    return list(use.actions.rulebook.versions())


@router.get("/rules/versions/{version}")
def version_texts(version: int, use: UseServices, _caller: MayRead) -> doc.RulesTexts:
    """The texts of one version."""
    return use.actions.rulebook.texts(version)


@router.get("/rules/versions/{version}/diff")
async def diff(version: int, use: UseServices, _caller: MayRead, against: int | None = None) -> doc.RulesDiff:
    """What this version changed: against the one before, or any other."""
    before = max(version - 1, 0) if against is None else against
    return await use.heavy.run(use.actions.rulebook.diff, before, version)


@router.post("/rules/versions/{version}/rollback", status_code=202)
def roll_back(version: int, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish the texts of an earlier version again, as a new version."""
    texts = use.actions.rulebook.texts(version)
    return use.start("rules", lambda report: use.actions.apply_rules(texts, caller.actor, report), caller)


@router.get("/rules/proposal")
async def proposal(use: UseServices, _caller: MayRead) -> doc.ProposalDocument:
    """Starter rules from the data alone, with teams and unallocated before and after."""
    return await use.heavy.run(use.actions.proposal)


@router.post("/rules/proposal/apply", status_code=202)
def apply_proposal(use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Publish the proposed rules."""
    return use.start("rules", lambda report: use.actions.apply_proposal(caller.actor, report), caller)
