"""Long work: what runs, how far it is, and a stream of events while it does."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from typing import Annotated

from fastapi import APIRouter, Depends
from starlette.responses import StreamingResponse

from api import documents as doc
from api.protocols import not_found
from api.security import Allow, Caller
from api.services import Services, UseServices
from api.waiting import UNFINISHED, changes

router = APIRouter(tags=["jobs"])
MayRead = Annotated[Caller, Depends(Allow("data.read"))]
MayWrite = Annotated[Caller, Depends(Allow("data.write"))]
FAILED = frozenset({"needs_attention", "failed", "interrupted", "cancelled"})
QUIET_SECONDS = 10.0
"""A comment goes out after this much silence, so that proxies and viewers know the line is alive."""
TICK_SECONDS = 0.5
BURST_SECONDS = 0.05


@router.get("/jobs")
def jobs(use: UseServices, _caller: MayRead) -> doc.Jobs:
    """Newest first."""
    return doc.Jobs(jobs=list(use.jobs.list()))


@router.get("/jobs/{job_id}")
def job(job_id: str, use: UseServices, _caller: MayRead) -> doc.Job:
    return found(use, job_id)


@router.get("/jobs/{job_id}/events", response_class=StreamingResponse, responses={200: {"model": doc.Job}})
def job_events(job_id: str, use: UseServices, _caller: MayRead) -> StreamingResponse:
    """Server-sent events `progress`, and last `done` or `failed`; the data of each is the job's document."""
    found(use, job_id)
    return StreamingResponse(events(use, job_id), media_type="text/event-stream")


@router.post("/jobs/{job_id}/cancel", status_code=202)
def cancel_job(job_id: str, use: UseServices, _caller: MayWrite) -> doc.Job:
    """Ask a job to stop; it does at its next safe point, and what is live stays live."""
    cancelled = use.jobs.cancel(job_id)
    if cancelled is None:
        raise not_found("job", job_id)
    return cancelled


def found(use: Services, job_id: str) -> doc.Job:
    document = use.jobs.get(job_id)
    if document is None:
        raise not_found("job", job_id, "Jobs are forgotten when the server stops; see /api/v1/loads for what they did.")
    return document


async def events(use: Services, job_id: str) -> AsyncIterator[bytes]:
    """Every change of the job's document, at most twenty a second, until it ends or the server goes down."""
    with changes(use, job_id) as changed:
        quiet = 0.0
        while not use.closing:
            changed.clear()
            document = use.jobs.get(job_id)
            if document is None:
                return
            if quiet == 0.0:
                yield event(document)
            if document.state not in UNFINISHED:
                return
            quiet = 0.0 if await _woken(changed) else quiet + TICK_SECONDS
            if quiet >= QUIET_SECONDS:
                yield b": still here\n\n"
                quiet = TICK_SECONDS


async def _woken(changed: asyncio.Event) -> bool:
    """Whether something changed within a tick; then waits a little, so that a burst becomes one event."""
    try:
        await asyncio.wait_for(changed.wait(), TICK_SECONDS)
    except TimeoutError:
        return False
    await asyncio.sleep(BURST_SECONDS)
    return True


def event(document: doc.Job) -> bytes:
    name = "progress" if document.state in UNFINISHED else "failed" if document.state in FAILED else "done"
    return f"event: {name}\ndata: {document.model_dump_json()}\n\n".encode()
