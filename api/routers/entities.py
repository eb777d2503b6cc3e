"""The organisation's own catalogue: what it has, what that costs, and bringing it up to date."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Literal

from fastapi import APIRouter, Depends

from api import documents as doc
from api.protocols import Help, ProblemError
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["rules"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MayWrite = Annotated[Caller, Depends(Allow("rules.write"))]
Owned = Literal["then", "now"]


@router.get("/entities")
async def entities(use: UseServices, caller: MayRead, period: str = "last_30_days") -> doc.Entities:
    """Applications and systems with their cost, and cost of applications that the catalogue does not have."""
    return await use.heavy.run(use.actions.entities.costs, period, caller.actor)


@router.get("/org")
async def org(
    use: UseServices, caller: MayRead, at: date | None = None, owned: Owned = "then", period: str | None = None
) -> doc.OrgTree:
    """The tree of teams of a day, and what each and all below it cost: as charges are owned, or as that day would.

    Of a period, or of the last 13 billing periods.
    """
    return await use.heavy.run(use.actions.org.tree, at, owned, period, caller.actor)


@router.post("/org/proposed")
async def proposed(draft: doc.OrgDraft, use: UseServices, _caller: MayRead) -> doc.OrgTree:
    """The tree of a draft, and what the same cost would be in it. Publishes nothing."""
    return await use.heavy.run(use.actions.org.proposed, draft)


@router.get("/entities/imports")
def catalogue_imports(use: UseServices, _caller: MayRead) -> doc.CatalogueImports:
    """Where the catalogue is read from on its schedule, when next, and what the last run did."""
    return use.actions.catalogue.imports()


@router.post("/entities/sync", status_code=202)
def sync_catalogue(use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Read the catalogue that is configured now."""
    return use.start("catalogue", lambda report: use.actions.catalogue.bring(caller.actor, report), caller)


@router.post("/entities/import", status_code=202)
def import_entities(order: doc.CatalogueOrder, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Bring the catalogue up to date: a new version of the rules. History stays; a wrong file changes nothing."""
    if order.url and not caller.local:
        raise ProblemError("caller", "local_only", "An address is followed for the command line only.",
                           Help("url", (), "outlay entities import --url ADDRESS"))  # fmt: skip
    return use.start("catalogue", lambda report: use.actions.entities.take(order, caller.actor, report), caller)
