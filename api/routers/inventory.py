"""What sources know beside bills: names of accounts, invoices, and budgets."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends

from api.documents import collecting as doc
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["data"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]


@router.get("/accounts")
def accounts(use: UseServices, _caller: MayRead) -> doc.Accounts:
    """Accounts with their names, the units above them and their tags, as they are now."""
    return doc.Accounts(accounts=list(use.actions.collecting.accounts()))


@router.get("/invoices")
def invoices(use: UseServices, _caller: MayRead) -> doc.Invoices:
    """Invoices that were issued, as the issuers state them: what bills are compared with."""
    return doc.Invoices(invoices=list(use.actions.collecting.invoices()))


@router.get("/source-budgets")
def budgets(use: UseServices, _caller: MayRead) -> doc.SourceBudgets:
    """Budgets that people keep at the providers, as they are there now."""
    return doc.SourceBudgets(budgets=list(use.actions.collecting.budgets()))
