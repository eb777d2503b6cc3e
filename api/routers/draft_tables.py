"""The tables of what is proposed as files: of a draft, which is posted, and of a request between teams."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Literal

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from api import documents as doc
from api.exports import File, draft_route, file_route
from api.listings import Listing
from api.protocols import Help, ProblemError
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["exports"])
MayRead = Annotated[Caller, Depends(Allow("rules.read"))]
MoveTable = Literal["movement", "by-service", "by-pool", "taken", "by-resource", "by-month"]
PreviewTable = Literal["movement", "by-service", "by-pool", "taken", "by-resource", "by-month", "rules", "assertions"]
ROWS: dict[str, type[BaseModel]] = {
    "movement": doc.Move,
    "by-service": doc.ServiceMove,
    "by-pool": doc.PoolMove,
    "taken": doc.PoolTakes,
    "by-resource": doc.ResourceMove,
    "by-month": doc.MonthMove,
    "rules": doc.RuleStanding,
    "assertions": doc.AssertionResult,
}


def rows_of(found: doc.RulesPreview | doc.RequestDetail, table: str) -> Sequence[BaseModel]:
    rows: Sequence[BaseModel] = getattr(found, table.replace("-", "_"))
    return rows


def need_right(valid: bool, faults: Sequence[doc.RuleFault]) -> None:
    """An empty file would pass for an answer."""
    if valid:
        return
    first = faults[0]
    where = f"{first.file}:{first.line}" if first.line else first.file
    more = Help(next_step="Check the draft: it lists every fault with its line.")
    raise ProblemError(
        "caller", "rules", f"The draft has {len(faults)} faults; the first: {where}: {first.problem}", more
    )


@draft_route(router, "/rules/preview/{table}.{extension}")
async def preview_file(
    table: PreviewTable, order: doc.PreviewOrder, use: UseServices, _caller: MayRead, file: File
) -> Response:
    """A table of what publishing the texts would move over the last 13 billing periods, with every row."""

    def find() -> Sequence[BaseModel]:
        found = use.actions.rulebook.preview(order, whole=True)
        need_right(found.valid, found.faults)
        return rows_of(found, table)

    return await file.send(Listing(f"preview-{table}", ROWS[table], find).writer(use))


@draft_route(router, "/org/proposed.{extension}")
async def proposed_file(draft: doc.OrgDraft, use: UseServices, _caller: MayRead, file: File) -> Response:
    """The tree of a draft with its cost."""

    def find() -> Sequence[BaseModel]:
        tree = use.actions.org.proposed(draft)
        need_right(tree.valid, tree.faults)
        return use.actions.org.rows(tree)

    return await file.send(Listing("org", doc.OrgTreeRow, find).writer(use))


@file_route(router, "/rules/requests/{request}/{table}.{extension}")
async def request_file(request: str, table: MoveTable, use: UseServices, caller: MayRead, file: File) -> Response:
    """A table of what a request would move, as it was when it was made."""
    found = Listing(f"request-{table}", ROWS[table], lambda: rows_of(use.actions.consents.one(request), table))
    return await file(caller, found.writer(use))
