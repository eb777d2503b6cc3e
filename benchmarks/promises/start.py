"""A server with 20 GB of landed history answers that it is ready within ten seconds of its start."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

from benchmarks.landed import gather
from benchmarks.measure import Row
from benchmarks.site import Site

LIMIT_SECONDS = 10.0
LANDED_BYTES = 20_000_000_000
LOADS = 5_000
"""Three sources that restate four times a day, for more than a year."""
RUNS = 3
GIVE_UP_SECONDS = 120.0


def measure(site: Site) -> list[Row]:
    data = site.estate()
    bare = min(_started(data) for _ in range(RUNS))
    if "landed" not in site.kept:
        gather(data, LANDED_BYTES, LOADS)
        site.kept["landed"] = True
    found = sorted(_started(data) for _ in range(RUNS))
    name = f"start to ready with {LANDED_BYTES / 1e9:.0f} GB landed, {LOADS:,} loads"
    floor = f"{bare:.1f} s without them"
    return [Row(name, found[RUNS // 2], LIMIT_SECONDS, "s", floor, spread=(found[0], found[-1]), runs=RUNS)]


def _started(data: Path) -> float:
    """Seconds from the start of the process to its first "ready"."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began = time.perf_counter()
    words = [sys.executable, "-m", "outlay.cli", "serve", "--data", str(data), "--port", str(port)]
    # Its words go nowhere, and its imports are this checkout's.
    server = subprocess.Popen(
        words,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[2])},
    )
    try:
        while not _ready(port):
            if server.poll() is not None or time.perf_counter() - began > GIVE_UP_SECONDS:
                raise RuntimeError(f"the server is not ready after {time.perf_counter() - began:.0f} s")
            time.sleep(0.05)
        return time.perf_counter() - began
    finally:
        server.terminate()
        server.wait(60)


def _ready(port: int) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=5) as answer:
            return int(answer.status) == 200
    except (urllib.error.URLError, ConnectionError, TimeoutError):
        return False
