"""What can go wrong in the store, in words for whoever must act."""

from __future__ import annotations

from typing import Final, Literal

import duckdb
import sqlalchemy as sa

DISK: Final = (OSError, sa.exc.OperationalError, duckdb.IOException, duckdb.FatalException)
"""What a disk that is full or breaks raises, from whichever file."""

Kind = Literal["caller", "operator", "provider", "us"]


class StoreError(Exception):
    """A failure that says who must act (`kind`) and what to do (`next_step`); `slug` is stable."""

    kind: Kind = "us"
    slug = "store"
    field: str | None = None
    nearest: tuple[str, ...] = ()

    def __init__(self, message: str, next_step: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.next_step = next_step


class InUseError(StoreError):
    """Another process holds the data folder."""

    kind: Kind = "operator"
    slug = "in_use"


class MixedUpError(StoreError):
    """Warehouse and state do not belong together, or a file is newer than this program."""

    kind: Kind = "operator"
    slug = "mixed_up"


class NotConservedError(StoreError):
    """An invariant broke inside a load; the transaction was rolled back."""

    slug = "not_conserved"


class QueryTimeoutError(StoreError):
    """A question took longer than its limit and was interrupted."""

    kind: Kind = "caller"
    slug = "query_timeout"


class TooLargeError(StoreError):
    """A sum needs more digits than amounts have; it is refused, never rounded."""

    kind: Kind = "caller"
    slug = "too_large"


class UnknownError(StoreError):
    """Something named does not exist."""

    kind: Kind = "caller"
    slug = "not_found"


class ConflictError(StoreError):
    """The thing is not in the state that the request needs."""

    kind: Kind = "caller"
    slug = "conflict"
