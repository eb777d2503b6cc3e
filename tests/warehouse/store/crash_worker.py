"""Loads one bill after another and dies at a named step, or is killed from outside; says what it has acknowledged.

Asked by a line (folder, seed, step, occurrence as JSON) it forks a process that does so: each is a process of its own,
and libraries, which take longer to import than a bill to load, are imported once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parent), str(Path(__file__).resolve().parents[3])]

from made import NOW, bill, open_store, prepared  # noqa: E402

from warehouse.store import Source  # noqa: E402


def main(folder: str, seed: int, step: str, occurrence: int) -> None:
    seen = 0

    def on_step(name: str) -> None:
        nonlocal seen
        seen += name == step
        if name == step and seen == occurrence:
            os.kill(os.getpid(), signal.SIGKILL)

    store = open_store(Path(folder), on_step=on_step)
    print("open", flush=True)
    for i in range(3):
        store.put_source(Source("north", "north", "focus", "import"))
        store.put_source(Source("south", "south", "focus", "import"))
        frame = bill(12 + i, seed * 10 + i)
        both = [prepared(store, frame), prepared(store, frame.head(6), "south")]
        print(f"trying {both[0].content}", flush=True)
        store.load(both, actor="test", now=NOW, cause="mapping")
        print(f"done {both[0].content}", flush=True)
        if step == "published":
            store.publish("", "wider", author="test", now=NOW)
    store.close()


def fork(asked: str) -> None:
    """Say who it is, and how it ended."""
    child = os.fork()
    if not child:
        try:
            main(*json.loads(asked))
        finally:
            sys.stderr.flush()
            os._exit(sys.exc_info()[0] is not None)
    print(f"began {child}", flush=True)
    print(f"ended {os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])}", flush=True)


if __name__ == "__main__":
    for line in sys.stdin:
        fork(line)
