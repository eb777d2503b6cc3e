"""`kill -9` at every step of a load and at random moments: at the next start all invariants hold."""

from __future__ import annotations

import contextlib
import json
import os
import random
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made import assert_sound, open_store

STEPS = ("verified", "landed", "recorded", "swapping", "swapped", "live", "published", "never")


@contextlib.contextmanager
def worker() -> Iterator[subprocess.Popen[str]]:
    """What forks the processes that are killed."""
    script = [sys.executable, str(Path(__file__).with_name("crash_worker.py"))]
    with subprocess.Popen(script, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        yield process
        assert process.stdin
        process.stdin.close()


def run_and_kill(
    forking: subprocess.Popen[str], folder: Path, seed: int, chance: random.Random
) -> tuple[str | None, list[str]]:
    """(last acknowledged content, contents tried after it) of a process that was killed."""
    assert forking.stdin and forking.stdout
    step, occurrence = STEPS[seed % len(STEPS)], chance.randint(1, 3)
    print(json.dumps([str(folder), seed, step, occurrence]), file=forking.stdin, flush=True)
    # A step that never comes is killed at a random moment instead.
    seconds = 3 * chance.random() if step == "never" else 120
    done, tried = None, []
    killer: threading.Timer | None = None
    for line in forking.stdout:
        word, _, content = line.strip().partition(" ")
        if word == "began":
            killer = threading.Timer(seconds, os.kill, (int(content), signal.SIGKILL))
            killer.start()
        elif word == "trying":
            tried.append(content)
        elif word == "done":
            done, tried = content, []
        elif word == "ended":
            assert killer
            killer.cancel()
            assert int(content) in (0, -signal.SIGKILL)
            return done, tried
    raise AssertionError("the worker itself ended")


def kill_many(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    live: str | None = None
    with worker() as forking:
        for number in range(kills):
            done, tried = run_and_kill(forking, folder, seed * 1_000 + number, chance)
            live = assert_recovered(folder, {done or live, *tried}, number)


def assert_recovered(folder: Path, allowed: set[str | None], number: int) -> str | None:
    """The content that is live after a start, which is one of those allowed, whole and sound."""
    with contextlib.closing(open_store(folder)) as store:
        assert_sound(store)
        found = store.state.live().get(("north", "2026-09"))
        live = found.content if found else None
        assert live in allowed, f"kill {number}: neither old nor new is live"
        # Both scopes of a batch went live together.
        other = store.state.live().get(("south", "2026-09"))
        assert (found.batch if found else None) == (other.batch if other else None)
        assert store.state.loads(state="landed") == []
        return live


def test_25_kills(tmp_path):
    kill_many(tmp_path / "data", 25, seed=1)


@pytest.mark.long
def test_200_kills(tmp_path):
    kill_many(tmp_path / "data", 200, seed=2)
