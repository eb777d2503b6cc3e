"""Lines in a version of FOCUS, rebuilding the warehouse, and checking its invariants now."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Query
from starlette.responses import FileResponse

from api import documents as doc
from api.files import MEDIA_TYPES, file_response
from api.protocols import FocusOrder
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["upkeep"])
MayRead = Annotated[Caller, Depends(Allow("costs.read"))]
MayOperate = Annotated[Caller, Depends(Allow("operate"))]
FILES: dict[int | str, dict[str, Any]] = {200: {"content": {MEDIA_TYPES[".csv"]: {}, MEDIA_TYPES[".parquet"]: {}}}}
Version = Literal["1.0", "1.1", "1.2", "1.3", "1.4"]


class RebuildRequest(doc.Document):
    renormalise: bool = False


@router.get("/export/focus", response_class=FileResponse, responses=FILES)
async def export_focus(
    use: UseServices,
    _caller: MayRead,
    period: str,
    version: Version = "1.4",
    format: Literal["csv", "parquet"] = "csv",  # noqa: A002 - the word in the address
    shares: Annotated[Literal["0", "1"], Query(description="1 adds teams, and rows of shared cost.")] = "0",
) -> FileResponse:
    """All lines of a period in a version of FOCUS."""
    path = use.scratch_file(f".{format}")
    await use.heavy.run(use.actions.export_focus, FocusOrder(version, period, format, shares == "1"), path)
    return file_response(path, f"outlay-focus-{version}-{use.hour():%Y-%m-%d}.{format}")


@router.post("/rebuild", status_code=202)
def rebuild(wanted: RebuildRequest, use: UseServices, caller: MayOperate) -> doc.Accepted:
    """Make the warehouse anew from landed files; with `renormalise`, from the files as they were received."""
    renormalise = wanted.renormalise
    return use.start("rebuild", lambda report: use.actions.rebuild(renormalise, caller.actor, report), caller)


@router.get("/check")
async def check(use: UseServices, _caller: MayOperate) -> doc.CheckReport:
    """Every invariant, checked now."""
    return await use.heavy.run(use.actions.check)
