"""`outlay serve` under a clock that tests move: it is the moment that the file named first says.

The schedule wakes each second, so that a moved clock is noticed soon. Everything else is as it is.
"""

from __future__ import annotations

import sys
from datetime import datetime
from pathlib import Path

from outlay import application, schedule
from outlay.cli import app


def serve(clock: Path, words: list[str]) -> None:
    application.utc_now = lambda: datetime.fromisoformat(clock.read_text())
    schedule.TICK_MINUTES = 1 / 60  # type: ignore[misc, assignment]
    app(["serve", *words])


if __name__ == "__main__":
    serve(Path(sys.argv[1]), sys.argv[2:])
