"""What the API reads of the configuration; `outlay.config` fills it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

UPLOAD_BYTES_MAX = 1 << 30
RULES_BYTES_MAX = 16 << 20  # two documents and a few lookup tables
"""One monthly export of a large account, compressed."""


@dataclass(frozen=True, slots=True)
class ApiSettings:
    """Limits have a name and a reason here and nowhere else."""

    scratch: Path
    """Folder inside the data folder for uploads and exports under way; emptied at start."""
    now: Callable[[], datetime]
    """The clock, UTC. Questions see it rounded down to the hour, so that equal ETags mean equal answers."""
    version: str
    web: Path | None = None
    """Folder of the built web application; None serves the API alone."""
    hosts: tuple[str, ...] = ()
    """Names this server answers to beside localhost, 127.0.0.1 and ::1."""
    token: str | None = None
    """One-time access token; set whenever the server listens beyond loopback."""
    address: str | None = None
    """Where people reach this server; shown, never used to build a link from a request."""
    body_bytes_max: int = 1 << 20
    """No document we accept comes near it."""
    heavy_max: int = 4
    """Questions at once: more than this many only slow each other down on a small machine."""
    heavy_queue_max: int = 32
    """Waiting questions beyond which we answer 429: a page has at most a dozen panels."""
    export_rows_max: int = 5_000_000
    """Rows of one exported answer: they are held in memory."""
    export_wait_seconds: float = 10.0
    """How long a reader waits for a file; what takes longer is made while they go on, and kept."""
    exports_kept_hours: int = 24
    """A link is followed today or tomorrow morning; then the answer is old."""
    exports_bytes_max: int = 10 << 30
    """Of all kept files together: a few of the largest."""
    free_bytes_min: int = 1 << 30
    """No file is begun or gone on with below this: loads need the room more."""

    @property
    def exports(self) -> Path:
        """Folder of kept files, beside scratch: it outlives a restart."""
        return self.scratch.with_name("exports")
