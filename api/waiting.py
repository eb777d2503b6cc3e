"""Waiting for jobs without blocking the event loop."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Iterator

from api import documents as doc
from api.services import Services

UNFINISHED = frozenset({"queued", "running"})


@contextlib.contextmanager
def changes(use: Services, job_id: str) -> Iterator[asyncio.Event]:
    """An event that is set whenever the job's document changes."""
    loop, changed = asyncio.get_running_loop(), asyncio.Event()

    def wake() -> None:
        with contextlib.suppress(RuntimeError):  # the loop is gone: nobody listens any more
            loop.call_soon_threadsafe(changed.set)

    with use.jobs.watch(job_id, wake):
        yield changed


async def ended(use: Services, job_id: str, seconds: float) -> doc.Job | None:
    """The job's last document if it ends within this time; else null."""
    with changes(use, job_id) as changed, contextlib.suppress(TimeoutError):
        async with asyncio.timeout(seconds):
            while (document := use.jobs.get(job_id)) and document.state in UNFINISHED:
                await changed.wait()
                changed.clear()
            return document
    return None
