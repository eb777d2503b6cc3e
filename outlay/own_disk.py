"""Failures of this machine while something is collected, in words for its operator."""

from __future__ import annotations

import contextlib
import errno
from collections.abc import Iterator
from typing import Final

from collectors.sources import SourceError
from warehouse.store import DISK

_SCARCE: Final = frozenset({errno.EAGAIN, errno.ENOMEM, errno.EMFILE, errno.ENFILE})


def storage(error: Exception) -> SourceError:
    """What one of `DISK` means."""
    reason = getattr(error, "strerror", None) or str(getattr(error, "orig", error)).splitlines()[0]
    if getattr(error, "errno", None) in _SCARCE:
        text, step = f"This machine lacks processes, files or memory: {reason}.", "Give it more, or let it do less."
    else:
        text, step = f"The data folder cannot be written: {reason}.", "Free space, or mend the disk."
    return SourceError("storage", text, next_step=step)


@contextlib.contextmanager
def on_our_disk() -> Iterator[None]:
    """Raises SourceError "storage" for a failing disk."""
    try:
        yield
    except DISK as error:
        raise storage(error) from error
