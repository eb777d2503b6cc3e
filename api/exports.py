"""The addresses of files. GET sends the file, however long it takes; POST makes one to be fetched.

Whether a POST is answered with a ready file or with a job that goes on is decided here, by time, and nowhere else.
What no address can hold, a draft, is posted to its own addresses, which send the file.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from anyio import to_thread
from fastapi import APIRouter, Depends, Query, Request
from starlette.responses import JSONResponse, Response

from api import documents as doc
from api import errors
from api.files import MEDIA_TYPES_OF_PARTS, file_response
from api.kept_files import Making, Wanted
from api.protocols import Help, ProblemError
from api.security import Caller
from api.services import UseServices
from api.waiting import ended
from api.writing import How, Writer

Handler = TypeVar("Handler", bound=Callable[..., Any])
Extension = Literal["csv", "xlsx", "parquet"]
Raw = Annotated[Literal["0", "1"], Query(description="1 writes CSV text as it is, for machines.")]
SENT: dict[int | str, dict[str, Any]] = {200: {"content": {kind: {} for kind in MEDIA_TYPES_OF_PARTS.values()}}}
PREFIX = "/api/v1"


def file_route(
    router: APIRouter, path: str, openapi_extra: Mapping[str, Any] | None = None
) -> Callable[[Handler], Handler]:
    """Route both ways of getting a file to one handler, which takes a `File` and delivers."""

    def register(handler: Handler) -> Handler:
        more: dict[str, Any] = {"response_class": Response, "openapi_extra": dict(openapi_extra or {})}
        router.add_api_route(path, handler, methods=["GET"], responses=SENT, **more)
        kept: dict[int | str, dict[str, Any]] = {201: {"model": doc.Export}, 202: {"model": doc.Export}}
        name = f"make_{handler.__name__}"
        router.add_api_route(path, handler, methods=["POST"], name=name, status_code=201, responses=kept, **more)
        return handler

    return register


def draft_route(router: APIRouter, path: str) -> Callable[[Handler], Handler]:
    """Route a file of what is posted; the handler takes a `File` and sends."""
    return router.post(path, response_class=Response, responses=SENT)


@dataclass(frozen=True, slots=True)
class Delivery:
    """One request for a file."""

    request: Request
    use: UseServices
    extension: Extension
    raw: bool

    async def __call__(self, caller: Caller, write: Writer) -> Response:
        if self.request.method == "POST":
            return await self._made(caller, write)
        return await self.send(write)

    async def send(self, write: Writer) -> Response:
        path = self.use.scratch_file(f".{self.extension}")
        how = How(self.use.settings.export_rows_max, self.raw)
        return file_response(path, *await self.use.heavy.run(write, path, how))

    async def _made(self, caller: Caller, write: Writer) -> Response:
        """Ready within the time a reader waits, or a job to follow."""
        use, wanted = self.use, Wanted(self.extension, write, self.raw, caller.actor, self._asked())
        export_id = await to_thread.run_sync(self._begin, wanted, caller)
        job = await ended(use, export_id, use.settings.export_wait_seconds)
        if job and job.state in ("cancelled", "interrupted"):
            raise ProblemError("caller", "cancelled", "The file was given up before it was ready.",
                               Help(next_step="Ask for it again.", status=409))  # fmt: skip
        if job and job.error:
            return errors.response(job.error.model_copy(update={"request_id": self.request.state.request_id}))
        export = await to_thread.run_sync(use.exports.outlast, export_id, caller.actor)
        return JSONResponse(export.model_dump(mode="json"), 201 if export.state == "ready" else 202)

    def _begin(self, wanted: Wanted, caller: Caller) -> str:
        """Queue the job. Its id is the file's; a request repeated under its Idempotency-Key is about the same file."""
        use = self.use
        use.exports.sweep()
        making = Making(use.exports, wanted, use.scratch_file(f".{wanted.extension}"))
        use.exports.need_room(making)
        with use.exports.queueing(making):
            if known := use.known(caller):
                use.exports.forget(making)
                return known.job
            making.id = use.start("export", making, caller).job
        return making.id

    def _asked(self) -> str:
        url = self.request.url
        return url.path.removeprefix(PREFIX) + (f"?{url.query}" if url.query else "")


def delivery(request: Request, use: UseServices, extension: Extension, raw: Raw = "0") -> Delivery:
    return Delivery(request, use, extension, raw == "1")


File = Annotated[Delivery, Depends(delivery)]
