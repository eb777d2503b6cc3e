"""`kill -9` at every step of a load and at random moments: at the next start all invariants hold."""

from __future__ import annotations

import random
import subprocess
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made import assert_sound, open_store

STEPS = ("verified", "landed", "recorded", "swapping", "swapped", "live", "published", "never")


def run_and_kill(folder: Path, seed: int, chance: random.Random) -> tuple[str | None, list[str]]:
    """(last acknowledged content, contents tried after it) of a worker that was killed."""
    step, occurrence = STEPS[seed % len(STEPS)], chance.randint(1, 3)
    worker = [sys.executable, str(Path(__file__).with_name("crash_worker.py"))]
    arguments = [str(folder), str(seed), step, str(occurrence)]
    process = subprocess.Popen([*worker, *arguments], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    try:
        # A step that never comes is killed at a random moment instead.
        out, errors = process.communicate(timeout=1 + 3 * chance.random() if step == "never" else 120)
    except subprocess.TimeoutExpired:
        process.kill()
        out, errors = process.communicate()
    assert "Traceback" not in errors, errors
    done, tried = None, []
    for line in out.splitlines():
        word, _, content = line.partition(" ")
        if word == "trying":
            tried.append(content)
        elif word == "done":
            done, tried = content, []
    return done, tried


def kill_many(folder: Path, kills: int, seed: int) -> None:
    chance = random.Random(seed)
    live: str | None = None
    for number in range(kills):
        done, tried = run_and_kill(folder, seed * 1_000 + number, chance)
        store = open_store(folder)
        try:
            assert_sound(store)
            found = store.state.live().get(("north", "2026-09"))
            allowed = {done or live, *tried}
            assert (found.content if found else None) in allowed, f"kill {number}: neither old nor new is live"
            # Both scopes of a batch went live together.
            other = store.state.live().get(("south", "2026-09"))
            assert (found.batch if found else None) == (other.batch if other else None)
            live = found.content if found else None
            assert store.state.loads(state="landed") == []
        finally:
            store.close()


def test_25_kills(tmp_path):
    kill_many(tmp_path / "data", 25, seed=1)


@pytest.mark.long
def test_200_kills(tmp_path):
    kill_many(tmp_path / "data", 200, seed=2)
