"""One process at a time owns the data folder."""

from __future__ import annotations

import fcntl
import json
import os
import socket
from pathlib import Path

from warehouse.store.faults import InUseError


class Owner:
    """Holds `flock` on `<folder>/warehouse.lock` until `release`; the file says who holds it.

    Raises InUseError when another process does.
    """

    def __init__(self, folder: Path, started_at: str) -> None:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        self._handle = os.open(folder / "warehouse.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        try:
            fcntl.flock(self._handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(self._handle, 4096).decode(errors="replace").strip()
            os.close(self._handle)
            raise InUseError(
                f"another Outlay process uses this data folder: {holder or 'unknown'}",
                "stop it, or let commands talk to it through outlay.sock",
            ) from None
        os.ftruncate(self._handle, 0)
        note = {"host": socket.gethostname(), "pid": os.getpid(), "started_at": started_at}
        os.pwrite(self._handle, json.dumps(note).encode(), 0)

    def release(self) -> None:
        os.close(self._handle)


def wait_until_free(folder: Path) -> None:
    """Returns when no process owns the folder any more; whoever opens it first has it then."""
    handle = os.open(folder / "warehouse.lock", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
    finally:
        os.close(handle)
