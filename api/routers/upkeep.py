"""Lines in a version of FOCUS, rebuilding the warehouse, and checking its invariants now."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import Response

from api import documents as doc
from api.exports import Delivery, file_route
from api.protocols import FocusOrder
from api.security import Allow, Caller
from api.services import Services, UseServices
from api.writing import How, Writer, Written

router = APIRouter(tags=["upkeep"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
MayOperate = Annotated[Caller, Depends(Allow("operate"))]
Version = Literal["1.0", "1.1", "1.2", "1.3", "1.4"]


class RebuildRequest(doc.Document):
    renormalise: bool = False


@file_route(router, "/export/focus")
async def export_focus(
    request: Request,
    use: UseServices,
    caller: MayRead,
    period: str,
    version: Version = "1.4",
    format: Literal["csv", "parquet"] = "csv",  # noqa: A002 - the word in the address
    shares: Annotated[Literal["0", "1"], Query(description="1 adds teams, and rows of shared cost.")] = "0",
) -> Response:
    """All lines of a period in a version of FOCUS."""

    order = FocusOrder(version, period, format, shares == "1")
    return await Delivery(request, use, format, raw=True)(caller, focus_writer(order, use))


def focus_writer(order: FocusOrder, use: Services) -> Writer:
    def write(path: Path, how: How) -> Written:
        use.actions.export_focus(order, path, how.told)
        return f"outlay-focus-{order.version}-{use.hour():%Y-%m-%d}.{order.format}", {}

    return write


@router.post("/rebuild", status_code=202)
def rebuild(wanted: RebuildRequest, use: UseServices, caller: MayOperate) -> doc.Accepted:
    """Make the warehouse anew from landed files; with `renormalise`, from the files as they were received."""
    renormalise = wanted.renormalise
    return use.start("rebuild", lambda report: use.actions.rebuild(renormalise, caller.actor, report), caller)


@router.get("/check")
async def check(use: UseServices, _caller: MayOperate) -> doc.CheckReport:
    """Every invariant, checked now."""
    return await use.heavy.run(use.actions.check)
