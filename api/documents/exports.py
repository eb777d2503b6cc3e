"""Files that were asked for and are kept for a while."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from api.documents.problem import Document


class Export(Document):
    """A file made by the job of the same id. Once `ready`, `/api/v1/exports/{id}/file` has it until `kept_until`.

    One that came to nothing says why in `detail`, until `kept_until` too.
    """

    id: str
    state: Literal["making", "ready", "failed", "interrupted"]
    asked: str  # the address that asked, below /api/v1
    name: str | None = None
    size_bytes: int | None = None
    rows: int | None = None
    kept_until: datetime | None = None
    detail: str | None = None


class Exports(Document):
    """Newest first, with the room that kept files take and may take together."""

    exports: list[Export]
    size_bytes: int
    size_bytes_max: int
    kept_hours: int
