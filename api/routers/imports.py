"""Bills coming in: the body of a request, or paths on this machine."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, BinaryIO

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from pydantic import BaseModel, Field

from api import documents as doc
from api.protocols import Help, ImportOrder, ProblemError, Progress
from api.security import Allow, Caller
from api.services import Services, UseServices

router = APIRouter(tags=["data"])
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]
SourceName = Annotated[str, Field(min_length=1, max_length=100, pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]*$")]
BUFFER_BYTES = 1 << 20


class ImportRequest(doc.Document):
    """Files or folders on the machine of the server."""

    paths: Annotated[list[str], Field(min_length=1, max_length=10_000)]
    source: SourceName
    format: str | None = None
    settings: dict[str, str] = Field(default_factory=dict, max_length=20)


class UploadWanted(BaseModel):
    """What the sender says about the file. Its name is kept as evidence and is no path anywhere."""

    name: Annotated[str, Field(min_length=1, max_length=500)]
    source: SourceName
    format: str | None = None


BODY = {"requestBody": {"required": True, "content": {"application/octet-stream": {}}}}


@router.post("/upload", status_code=202, openapi_extra=BODY)
async def upload(
    request: Request, use: UseServices, caller: MayWrite, sent: Annotated[UploadWanted, Query()]
) -> doc.Accepted:
    """Load one file, sent as the body."""
    if known := use.known(caller):
        return known  # before the body: nobody would read it, nor take it away
    path = use.scratch_file(".upload")
    await receive(request, path)
    order = ImportOrder((path,), sent.source, sent.format, caller.actor, sent.name)
    return use.start("upload", Upload(use, order), caller, order.source)


@router.post("/imports", status_code=202)
def import_paths(wanted: ImportRequest, use: UseServices, caller: MayWrite) -> doc.Accepted:
    """Load files of this machine. Only on the local socket: whoever can open it may read them anyway."""
    if not caller.local:
        raise ProblemError(
            "caller", "local_only", "Paths are accepted on the local socket only.",
            Help(field="paths", next_step="Send the file to /api/v1/upload instead.", status=403),
        )  # fmt: skip
    paths = tuple(map(Path, wanted.paths))
    order = ImportOrder(paths, wanted.source, wanted.format, caller.actor, settings=wanted.settings)
    return use.start("import", lambda report: use.actions.import_paths(order, report), caller, order.source)


async def receive(request: Request, path: Path) -> None:
    """Stream the body to disk; a body that is cut or too large leaves nothing behind."""
    out: BinaryIO = await to_thread.run_sync(path.open, "xb")
    try:
        with out:
            held = bytearray()
            async for chunk in request.stream():
                held += chunk
                if len(held) >= BUFFER_BYTES:
                    await to_thread.run_sync(out.write, bytes(held))
                    held.clear()
            await to_thread.run_sync(out.write, bytes(held))
    except BaseException:
        path.unlink(missing_ok=True)
        raise


@dataclass(frozen=True, slots=True)
class Upload:
    """The work of loading an uploaded file. The file is ours: what the load keeps of it lies in landing by then."""

    use: Services
    order: ImportOrder

    def __call__(self, report: Progress) -> BaseModel:
        try:
            return self.use.actions.import_paths(self.order, report)
        finally:
            self.abandon()

    def abandon(self) -> None:
        """Take the file away; also called when the job is cancelled before it begins."""
        for path in self.order.paths:
            path.unlink(missing_ok=True)
