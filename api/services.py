"""What handlers work with: the parts the app was built from, one gate for heavy work, one scratch folder."""

from __future__ import annotations

import asyncio
import threading
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any, ParamSpec, TypeVar

from anyio import to_thread
from fastapi import Depends, Request

from api.documents import Accepted
from api.kept_files import KeptFiles
from api.protocols import Actions, Help, Jobs, ProblemError, Work
from api.security import Caller, Door
from api.settings import ApiSettings
from warehouse.metrics import AnswerCache

KEYS_MAX = 1_000
"""Idempotency keys remembered, the oldest forgotten first; clients retry within minutes."""
P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class Heavy:
    """Lets a few questions run at once and a few more wait; the rest are told to come back."""

    running_max: int
    waiting_max: int
    waiting: int = 0
    _slots: asyncio.Semaphore = field(init=False)

    def __post_init__(self) -> None:
        self._slots = asyncio.Semaphore(self.running_max)

    async def run(self, work: Callable[P, T], *args: P.args, **named: P.kwargs) -> T:
        """Run blocking work in a thread when it is its turn."""
        if self._slots.locked() and self.waiting >= self.waiting_max:
            raise ProblemError(
                "caller",
                "too_many_requests",
                f"{self.running_max} questions are being answered and {self.waiting} wait.",
                Help(next_step="Ask again in a few seconds."),
            )
        self.waiting += 1
        try:
            await self._slots.acquire()
        finally:
            self.waiting -= 1
        try:
            return await to_thread.run_sync(lambda: work(*args, **named))
        finally:
            self._slots.release()


@dataclass(slots=True)
class Services:
    store: Any  # a warehouse.store.Store; the API hands it to warehouse.metrics and asks it nothing
    jobs: Jobs
    actions: Actions
    settings: ApiSettings
    heavy: Heavy
    door: Door | None
    answers: AnswerCache
    exports: KeptFiles
    closing: bool = False  # the server is going down: event streams end
    keys: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)  # (actor, key) -> (request, job)
    keys_lock: threading.Lock = field(default_factory=threading.Lock)

    def hour(self) -> datetime:
        """The present, rounded down to the hour."""
        return self.settings.now().replace(minute=0, second=0, microsecond=0)

    def scratch_file(self, suffix: str) -> Path:
        """A path of ours, free to write; no part of it comes from a request."""
        self.settings.scratch.mkdir(mode=0o700, parents=True, exist_ok=True)
        return self.settings.scratch / f"{uuid.uuid4().hex}{suffix}"

    def known(self, caller: Caller) -> Accepted | None:
        """The job that this request started before, under its Idempotency-Key; 409 when the key was another's."""
        asked = self.keys.get((caller.actor, caller.key)) if caller.key else None
        if asked is None:
            return None
        if asked[0] != caller.request:
            raise ProblemError(
                "caller", "conflict", "This Idempotency-Key was used for another request.",
                Help(field="Idempotency-Key", next_step="Use a new key for a new request."),
            )  # fmt: skip
        return Accepted(job=asked[1])

    def start(self, kind: str, work: Work, caller: Caller, source: str | None = None) -> Accepted:
        """Queue the work as a job; a request repeated under its Idempotency-Key gets the job it started before."""
        with self.keys_lock:
            if known := self.known(caller):
                return known
            job = self.jobs.start(kind, work, actor=caller.actor, source=source)
            if caller.key:
                self.keys[caller.actor, caller.key] = (caller.request, job)
                while len(self.keys) > KEYS_MAX:
                    del self.keys[next(iter(self.keys))]
        return Accepted(job=job)


def services_of(request: Request) -> Services:
    services: Services = request.app.state.services
    return services


UseServices = Annotated[Services, Depends(services_of)]
