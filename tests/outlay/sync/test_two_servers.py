"""Two `outlay serve` for one data folder: one refuses or stands by, and takes over when the first is killed or stopped.

Each signs with a key of its own, so the provider's log tells who called when.
"""

from __future__ import annotations

import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from itertools import groupby
from pathlib import Path
from typing import Any

import pytest

from outlay.commands.terminal import NEEDS_SERVER
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import Cloud, cloud
from tests.outlay.sync.providers import BUCKET
from tests.outlay.sync.test_collected_sources import run
from tests.outlay.sync.test_collecting_promises import here_too, stalled

START = datetime(2026, 11, 10, 12, tzinfo=UTC)
AMOUNTS = ("1.5", "2.25", "3.125", "4.0625")
WAIT_SECONDS = 60.0


@dataclass
class Folder:
    """A data folder whose one source bills a day more each day, and the clock of whoever serves it."""

    place: Path
    aws: Cloud
    servers: list[subprocess.Popen[str]] = field(default_factory=list)

    def day(self, number: int, *faults: Any) -> None:
        """The provider delivers the days so far; then it is that day, at noon, and its faults begin."""
        body = bill("2026-11", AMOUNTS[:number])
        deliver(self.aws.s3(), BUCKET, "exports/focus", "2026-11", {"a.csv.gz": body}, f"run-{number}")
        self.aws.faults = list(faults)
        clock = self.place / "clock.new"
        clock.write_text((START + timedelta(days=number)).isoformat())
        clock.rename(self.place / "clock")

    def serve(self, key: str, *words: str) -> subprocess.Popen[str]:
        asked = [sys.executable, "-m", "tests.outlay.sync.serving", str(self.place / "clock"), "--port", "0",
                 "--data", str(self.place / "data"), *words]  # fmt: skip
        own = {**here_too(), "AWS_ACCESS_KEY_ID": key, "AWS_SECRET_ACCESS_KEY": "s"}
        with (self.place / f"{key}.log").open("w") as log:
            made = subprocess.Popen(asked, stdout=subprocess.PIPE, stderr=log, text=True, env=own)
        self.servers.append(made)
        return made

    def says(self, key: str, words: str) -> bool:
        return words in (self.place / f"{key}.log").read_text()

    def source(self) -> dict[str, Any]:
        told = run("sources", "--format", "json", "--data", self.place / "data")
        (found,) = json.loads(told.output)["sources"]
        return dict(found)

    def billed(self) -> Decimal:
        return Decimal(sum(Decimal(one["billed_cost"]) for one in self.source()["totals"]))

    def callers(self) -> list[str]:
        """Who asked the provider, in turns; but not this test itself."""
        keys = [text.partition("Credential=")[2].partition("/")[0] for text in self.aws.authorizations]
        return [key for key, _ in groupby(key for key in keys if key not in ("", "k"))]


def until(done: Callable[[], bool]) -> None:
    end = time.monotonic() + WAIT_SECONDS
    while not done():
        assert time.monotonic() < end
        time.sleep(0.1)


def answers(server: subprocess.Popen[str]) -> bool:
    """Waits for what a server says first; nothing when it ended instead."""
    assert server.stdout is not None
    return server.stdout.readline().startswith("Outlay is at")


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Folder]:
    with cloud() as aws:
        aws.s3().create_bucket(Bucket=BUCKET)
        made = Folder(tmp_path, aws)
        data = tmp_path / "data"
        data.mkdir()
        settings = {"bucket": BUCKET, "prefix": "exports", "endpoint_url": aws.url}
        source = {"name": "bills", "kind": "aws-exports", "months": 2, "settings": settings}
        (data / "outlay.yaml").write_text(json.dumps({"sources": [source]}))
        yield made
        for server in made.servers:
            server.kill()
            server.wait(10)


def test_one_collects_and_the_other_takes_over(folder: Folder) -> None:
    total = [sum(map(Decimal, AMOUNTS[:number])) for number in range(5)]
    folder.day(1)
    first = folder.serve("first")
    assert answers(first)
    until(lambda: folder.billed() == total[1])

    refused = folder.serve("refused")
    assert refused.wait(WAIT_SECONDS) == NEEDS_SERVER
    assert str(first.pid) in (folder.place / "refused.log").read_text()
    taken = socket.create_server(("127.0.0.1", 0))  # by a program that is none of ours
    port = taken.getsockname()[1]
    both = {name: folder.serve(name, "--standby", "--port", f"{port}") for name in ("second", "third")}
    for name in both:
        until(partial(folder.says, name, "no other server"))

    ended = threading.Event()  # killed in the middle of a download
    folder.aws.forget()
    folder.day(2, stalled("a.csv.gz", ended))
    until(lambda: bool(folder.aws.keys))
    assert folder.callers() == ["first"]
    os.kill(first.pid, signal.SIGKILL)
    folder.aws.faults = []
    ended.set()
    until(lambda: any(folder.says(name, f"port {port} is free") for name in both))
    taken.close()
    readable, _, _ = select.select([one.stdout for one in both.values()], [], [], WAIT_SECONDS)
    second, third = sorted(both, key=lambda name: both[name].stdout not in readable)
    assert answers(both[second])
    until(lambda: folder.billed() == total[2])

    folder.day(3)
    until(lambda: folder.billed() == total[3])
    assert both[third].poll() is None  # one port, and it has not ended
    both[second].terminate()  # stopped as it should be
    assert (answers(both[third]), both[second].wait(WAIT_SECONDS)) == (True, 0)
    folder.day(4)
    until(lambda: folder.billed() == total[4])
    runs = folder.source()["collector"]["runs"]
    both[third].terminate()
    assert both[third].wait(WAIT_SECONDS) == 0

    assert folder.callers() == ["first", second, third]  # in turns: nobody collected beside another
    told = sorted((one["started_at"][:10], one["state"]) for one in runs if one["state"] != "unchanged")
    days = [f"2026-11-{START.day + number}" for number in (1, 2, 3, 4)]
    assert told == sorted([*((day, "done") for day in days), (days[1], "interrupted")])
