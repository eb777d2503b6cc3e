"""What the API asks about paths, the ways in which cost came to its owners: part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final, Protocol

from api.documents.paths import PathRow, PathsDocument

PATHS_USUAL: Final = 100
PATHS_MAX: Final = 5_000


@dataclass(frozen=True, slots=True)
class PathsAsked:
    """By which dimension, and how many paths are told one by one. `query` and `access` are of `warehouse.metrics`."""

    query: Any
    access: Any
    now: datetime
    dimension: str = "team"
    paths: int = PATHS_USUAL


class TellsPaths(Protocol):
    def document(self, asked: PathsAsked) -> PathsDocument:
        """Raises a "query" fault for a dimension that no rule decides."""

    def rows(self, asked: PathsAsked) -> Sequence[PathRow]:
        """Every path, and every pair of teams of a share."""
