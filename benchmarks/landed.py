"""Years of landed history, cheap to make: files of a size with no bytes behind them, and the loads they came from.

What is live stays real. The rest is what a data folder gathers and a start has no reason to look at: files as they were
received, canonical files of superseded generations, daily rows of what was known before.
"""

from __future__ import annotations

import json
import os
import sqlite3
import uuid
from pathlib import Path
from typing import Any, Final

FILE_BYTES: Final = 64 << 20
FILES_OF_LOAD: Final = 20


def gather(data: Path, size_bytes: int, loads: int) -> None:
    """Add to a closed data folder: so many bytes of files, and so many superseded loads that speak of them."""
    with sqlite3.connect(data / "state.sqlite") as state:
        state.row_factory = sqlite3.Row
        live = [dict(row) for row in state.execute("select * from loads where state = 'live' order by period")]
        digests = _files(data / "landing", live[0], size_bytes)
        for number in range(loads):
            _superseded(state, live[number % len(live)], number, digests)
    state.close()


def _files(landing: Path, load: dict[str, Any], size_bytes: int) -> list[str]:
    """A third each as received, as canonical lines, and as history."""
    places = [landing / "raw", *(landing / kind / load["source"] / load["period"] for kind in ("focus", "history"))]
    digests = []
    for number in range(-(-size_bytes // FILE_BYTES)):
        digest = f"{number:064x}"
        place = places[number % len(places)]
        place.mkdir(parents=True, exist_ok=True)
        path = place / (digest if place.name == "raw" else f"{digest}.parquet")
        path.touch()
        os.truncate(path, FILE_BYTES)
        digests.append(digest)
    return digests


def _superseded(state: sqlite3.Connection, live: dict[str, Any], number: int, digests: list[str]) -> None:
    some = [digests[(number + at) % len(digests)] for at in range(FILES_OF_LOAD)]
    files = [{"name": f"bill-{at:05}.csv.gz", "digest": one, "size_bytes": FILE_BYTES} for at, one in enumerate(some)]
    facts = {**json.loads(live["facts"]), "files": files, "parts": some[:1]}
    row = {
        **live,
        "id": uuid.uuid5(uuid.NAMESPACE_OID, f"load {number}").hex,
        "batch": uuid.uuid5(uuid.NAMESPACE_OID, f"batch {number}").hex,
        "state": "superseded",
        "generation": -1 - number,
        "facts": json.dumps(facts),
    }
    marks = ", ".join(f":{name}" for name in row)
    state.execute(f"insert into loads ({', '.join(row)}) values ({marks})", row)
