"""The real server for browsers: on a free loopback port, over a data folder, with a clock that stands still."""

from __future__ import annotations

import asyncio
import contextlib
import json
import shutil
import socket
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from api import ApiSettings, create_app
from outlay import logs
from outlay.actions import Actions
from outlay.application import Application, web_folder
from outlay.demo import manage
from outlay.demo.bills import SEED_DAY
from outlay.jobs import JobRunner
from outlay.ruling import RulesInForce
from outlay.server import Server, tcp_socket
from warehouse.store import Store

NOW = datetime(SEED_DAY.year, SEED_DAY.month, SEED_DAY.day, 9, 30, tzinfo=UTC)
DEMO_MONTHS = 4
"""As far back as the oldest event that the guide speaks of."""
START_SECONDS = 60
STOP_SECONDS = 20
JOB_SECONDS = 60


@dataclass(frozen=True, slots=True)
class Outlay:
    """A server that answers at `origin`."""

    origin: str
    folder: Path

    def get(self, path: str) -> Any:
        return json.loads(self.bytes(f"/api/v1{path}"))

    def bytes(self, path: str) -> bytes:
        with urllib.request.urlopen(self.origin + path, timeout=30) as answer:
            body: bytes = answer.read()
        return body

    def upload(self, name: str, content: bytes, source: str) -> dict[str, Any]:
        """Send a file as a program would, and wait for its job; the job's document."""
        words = urllib.parse.urlencode({"name": name, "source": source})
        return self.post(f"/upload?{words}", content)

    def post(self, path: str, content: bytes = b"") -> dict[str, Any]:
        """Ask for work, and wait for its job; the job's document."""
        request = urllib.request.Request(f"{self.origin}/api/v1{path}", content, method="POST")
        with urllib.request.urlopen(request, timeout=30) as answer:
            return self.wait(json.load(answer)["job"])

    def wait(self, job: str) -> dict[str, Any]:
        """Until a job has ended; its document."""
        _until(lambda: self.get(f"/jobs/{job}")["ended_at"] is not None, JOB_SECONDS)
        document: dict[str, Any] = self.get(f"/jobs/{job}")
        return document


class Quiet:
    """A progress report that nobody reads."""

    def __getattr__(self, _name: str) -> Callable[..., None]:
        return lambda *_args, **_named: None


def load_demo(folder: Path, months: int = DEMO_MONTHS) -> None:
    """The newest months of the demo as of the seed day, through the path that every bill takes."""
    folder.mkdir(parents=True)
    logs.configure(logs.open_file(folder))
    with short_demo(months), contextlib.closing(Store(folder, RulesInForce, now=NOW)) as store:
        Actions(store, lambda: NOW).load_demo("tests", Quiet())


@contextlib.contextmanager
def short_demo(months: int) -> Iterator[None]:
    with mock.patch.object(manage, "MONTHS", months):
        yield


@contextlib.contextmanager
def serving(folder: Path, **settings: Any) -> Iterator[Outlay]:
    """Serve this data folder from a thread, as `outlay serve` does, until the block ends; with settings of the API."""
    folder.mkdir(parents=True, exist_ok=True)
    logs.configure(logs.open_file(folder))
    application = _application(folder, settings)
    public = tcp_socket("127.0.0.1", 0)
    server = Server(application)
    thread = threading.Thread(target=_run, args=(server, public), name="outlay", daemon=True)
    thread.start()
    try:
        _until(lambda: server.started or not thread.is_alive(), START_SECONDS)
        assert server.started, "the server did not start"
        yield Outlay(f"http://127.0.0.1:{public.getsockname()[1]}", folder)
    finally:
        server.should_exit = True
        thread.join(STOP_SECONDS)
        public.close()
        application.close()
        assert not thread.is_alive(), "the server did not stop"


def _application(folder: Path, chosen: Mapping[str, Any]) -> Application:
    def clock() -> datetime:
        return NOW

    store = Store(folder, RulesInForce, now=NOW)
    jobs = JobRunner(clock)
    settings = ApiSettings(scratch=folder / "scratch", now=clock, version="0.0", web=web_folder(), **chosen)
    app = create_app(store, jobs, Actions(store, clock), settings)

    def close() -> None:
        jobs.close()
        store.close()
        shutil.rmtree(settings.scratch, ignore_errors=True)

    return Application(app, jobs, close)


def _run(server: Server, public: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[public]))


def _until(done: Callable[[], bool], seconds: float) -> None:
    end = time.monotonic() + seconds
    while not done() and time.monotonic() < end:
        time.sleep(0.02)
