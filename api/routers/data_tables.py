"""The lists about sources and what they delivered as files: every row, whatever page of them is shown."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Depends
from pydantic import BaseModel
from starlette.responses import Response

from api import documents as doc
from api.documents.collecting import Account, CollectorRun, Invoice, SchemaChange, SourceBudget, SpentDay
from api.exports import File, file_route
from api.listings import Listing, every
from api.protocols import not_found
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["exports"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
PAGE = 200
ALL = 1_000_000
"""More loads than anybody has."""


@file_route(router, "/restatements.{extension}")
async def restatements_file(use: UseServices, caller: MayRead, file: File, source: str | None = None) -> Response:
    """Every change of a billing period after it had been live, a row for each currency."""
    found = Listing(
        "restatements", doc.Restatement, lambda: every(partial(use.actions.restatements, source, PAGE), "restatements")
    )
    return await file(caller, found.writer(use))


@file_route(router, "/sources.{extension}")
async def sources_file(use: UseServices, caller: MayRead, file: File) -> Response:
    return await file(caller, Listing("sources", doc.Source, use.actions.sources).writer(use))


@file_route(router, "/sources/{source}/months.{extension}")
async def source_months_file(source: str, use: UseServices, caller: MayRead, file: File) -> Response:
    def find() -> Sequence[BaseModel]:
        months = use.actions.months(source)
        if months is None:
            raise not_found("source", source)
        return months

    return await file(caller, Listing("months", doc.SourceMonth, find).writer(use))


@file_route(router, "/sources/{source}/spending.{extension}")
async def source_spending_file(source: str, use: UseServices, caller: MayRead, file: File) -> Response:
    """By day and kind of call, in USD."""
    collecting = use.actions.collecting
    found = Listing("spending", SpentDay, lambda: collecting.spending(source, None).days, per="spent")
    return await file(caller, found.writer(use))


@file_route(router, "/sources/{source}/runs.{extension}")
async def source_runs_file(source: str, use: UseServices, caller: MayRead, file: File) -> Response:
    """The last attempts to bring it up to date."""
    collecting = use.actions.collecting
    return await file(caller, Listing("runs", CollectorRun, lambda: collecting.known(source).runs).writer(use))


@file_route(router, "/loads.{extension}")
async def loads_file(use: UseServices, caller: MayRead, file: File, source: str | None = None) -> Response:
    found = Listing("loads", doc.Load, lambda: use.actions.loads(source, ALL))
    return await file(caller, found.writer(use))


@file_route(router, "/loads/{load_id}/control.{extension}")
async def control_file(load_id: str, use: UseServices, caller: MayRead, file: File) -> Response:
    """Control totals of a load: what was told beside what is stored."""

    def find() -> Sequence[BaseModel]:
        found = use.actions.load(load_id)
        if found is None:
            raise not_found("load", load_id)
        return found.control

    return await file(caller, Listing("control-totals", doc.ControlTotal, find).writer(use))


@file_route(router, "/sources/{source}/schema.{extension}")
async def source_schema_file(source: str, use: UseServices, caller: MayRead, file: File) -> Response:
    """Columns that appeared or vanished between deliveries."""

    def find() -> Sequence[BaseModel]:
        if use.actions.months(source) is None:
            raise not_found("source", source)
        return use.actions.collecting.schema(source).changes

    return await file(caller, Listing("schema-changes", SchemaChange, find).writer(use))


@file_route(router, "/accounts.{extension}")
async def accounts_file(use: UseServices, caller: MayRead, file: File) -> Response:
    return await file(caller, Listing("accounts", Account, use.actions.collecting.accounts).writer(use))


@file_route(router, "/invoices.{extension}")
async def invoices_file(use: UseServices, caller: MayRead, file: File) -> Response:
    return await file(caller, Listing("invoices", Invoice, use.actions.collecting.invoices).writer(use))


@file_route(router, "/source-budgets.{extension}")
async def budgets_file(use: UseServices, caller: MayRead, file: File) -> Response:
    return await file(caller, Listing("source-budgets", SourceBudget, use.actions.collecting.budgets).writer(use))


@file_route(router, "/periods.{extension}")
async def periods_file(use: UseServices, caller: MayRead, file: File) -> Response:
    """Billing periods, open and closed."""
    return await file(caller, Listing("periods", doc.PeriodState, use.actions.removing.periods).writer(use))
