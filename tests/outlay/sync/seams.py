"""Every place where a sync touches the network or the disk, made to fail at its n-th use."""

from __future__ import annotations

import contextlib
import errno
import os
import sqlite3
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import duckdb
import pytest
import sqlalchemy as sa
from werkzeug.wrappers import Request, Response

from tests.emulators.loopback import cut, html
from tests.outlay.sync.syncing import here
from warehouse.store import Store, landing
from warehouse.store.database import Database

LASTING = frozenset({"throttled", "cut"})
"""What one more try would mend stays until the run has ended."""


@dataclass
class Seams:
    """Counts uses in order; the one numbered `at` fails. `network` is how: see `answered`."""

    at: int | None = None
    network: str = "throttled"
    uses: list[str] = field(default_factory=list)
    failed: str | None = None
    skewed: tuple[int, str] = (401, "authError")
    """What a service says of requests signed by a clock that is off."""

    def hit(self, name: str) -> bool:
        self.uses.append(name)
        if len(self.uses) == self.at:
            self.failed = name
        lasts = self.failed == name == "network" and self.network in LASTING
        return len(self.uses) == self.at or lasts

    def begin(self, at: int | None, network: str = "throttled") -> None:
        self.at, self.network, self.uses, self.failed = at, network, [], None

    def answered(self, refusal: Callable[..., Response], usual: Callable[[], Response]) -> Response | None:
        """In place of the service's answer, when its turn has come."""
        if not self.hit("network"):
            return None
        return {
            "throttled": lambda: refusal(503, "SlowDown"),
            "forbidden": lambda: refusal(403, "AccessDenied"),
            "html": html,
            "cut": lambda: cut(b'{"a": ', 500),
            "clipped": lambda: clipped(usual()),
            "wrong token": lambda: refusal(400, "InvalidToken"),
            "skewed": lambda: refusal(*self.skewed),
        }[self.network]()

    def guard(self, service: Any, refusal: Callable[..., Response]) -> None:
        """Stand before a service of this machine."""
        usual = service.answer

        def answer(request: Request) -> Response:
            return self.answered(refusal, lambda: usual(request)) or usual(request)

        service.answer = answer

    def here(self, task: Any, on_progress: Any) -> Any:
        if self.hit("child"):
            raise OSError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return here(task, on_progress)


def clipped(whole: Response) -> Response:
    """The first half, called whole: no header says that there is more."""
    body = whole.get_data()
    headers = {name: value for name, value in whole.headers.items() if name.lower() != "content-length"}
    return Response(body[: len(body) // 2], whole.status_code, headers)


def _full() -> OSError:
    return OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


@contextlib.contextmanager
def watched(seams: Seams, store: Store, patch: pytest.MonkeyPatch) -> Iterator[None]:
    """While entered, the disk below a store fails when its turn has come."""

    def before(name: str, usual: Callable[..., Any]) -> Callable[..., Any]:
        def call(*given: Any, **named: Any) -> Any:
            if seams.hit(name):
                raise _full()
            return usual(*given, **named)

        return call

    def opened(self: Path, mode: str = "r", *given: Any, **named: Any) -> Any:
        if "w" in mode and self.is_relative_to(store.folder) and seams.hit("open"):
            raise _full()
        return usual_open(self, mode, *given, **named)

    @contextlib.contextmanager
    def transaction(self: Database) -> Iterator[Any]:
        with usual_transaction(self) as cursor:
            yield cursor
            if seams.hit("warehouse commit"):
                raise duckdb.IOException("IO Error: Could not write file: No space left on device")

    def commit(_connection: Any) -> None:
        if seams.hit("state commit"):
            raise sa.exc.OperationalError("commit", {}, sqlite3.OperationalError("disk I/O error"))

    usual_open, usual_transaction = Path.open, Database.transaction
    with patch.context() as patched:
        patched.setattr(landing, "_sync", before("fsync", landing._sync))
        patched.setattr(landing, "_sync_folder", before("fsync of a folder", landing._sync_folder))
        patched.setattr(Path, "replace", before("rename", Path.replace))
        patched.setattr(Path, "open", opened)
        patched.setattr(os, "link", before("link", os.link))
        patched.setattr(Database, "transaction", transaction)
        sa.event.listen(store.state.engine, "commit", commit)
        try:
            yield
        finally:
            sa.event.remove(store.state.engine, "commit", commit)
