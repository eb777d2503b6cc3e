"""Rules by form: what a text says, the text with one rule changed, and what each rule in force does."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api import documents as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]


@router.post("/rules/read")
def read_rules(texts: doc.RulesTexts, use: UseServices, _caller: MayRead) -> doc.RulesRead:
    """The rules of a text, each with its place, and the words that one may be made of."""
    return use.actions.rule_forms.read(texts.rules)


@router.post("/rules/edit")
def edit_rules(order: doc.RulesEdit, use: UseServices, _caller: MayRead) -> doc.RulesEdited:
    """A text of rules with one of them added, changed, moved or taken out. Publishes nothing."""
    return use.actions.rule_forms.edit(order)


@router.get("/rules/effects")
async def rule_effects(use: UseServices, _caller: MayRead) -> doc.RulesEffects:
    """What each rule in force decides in the newest month, and which do nothing, or less than they say."""
    return await use.heavy.run(use.actions.rule_forms.effects)
