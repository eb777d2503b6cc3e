"""Files that were asked for: those under way, those that are ready, and fetching one."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path
from starlette.responses import FileResponse

from api import documents as doc
from api.files import kept_response
from api.security import Allow, Caller
from api.services import UseServices

router = APIRouter(tags=["exports"])
MayRead = Annotated[Caller, Depends(Allow("saved.read"))]
MayWrite = Annotated[Caller, Depends(Allow("saved.write"))]
Id = Annotated[str, Path(pattern="^[0-9a-f]{32}$")]


@router.get("/exports")
def exports(use: UseServices, caller: MayRead) -> doc.Exports:
    """The caller's own, newest first."""
    return use.exports.all(caller.actor)


@router.get("/exports/{export_id}")
def export(export_id: Id, use: UseServices, caller: MayRead) -> doc.Export:
    return use.exports.one(export_id, caller.actor)


@router.get("/exports/{export_id}/file", response_class=FileResponse)
def export_file(export_id: Id, use: UseServices, caller: MayRead) -> FileResponse:
    """The file, once it is ready."""
    return kept_response(*use.exports.file(export_id, caller.actor))


@router.delete("/exports/{export_id}", status_code=204)
def remove_export(export_id: Id, use: UseServices, caller: MayWrite) -> None:
    """Take a ready file away. One that is being made is a job to cancel."""
    use.exports.remove(export_id, caller.actor)
