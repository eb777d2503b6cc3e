"""The socket in the data folder by which commands find whoever serves it."""

from __future__ import annotations

import contextlib
import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Final

PATH_BYTES_MAX: Final = 100  # the kernel's limit is 108


@contextlib.contextmanager
def socket_of(path: Path) -> Iterator[socket.socket]:
    """A listening socket for this user alone; one left behind is replaced. Only the owner of the folder calls this."""
    local = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        path.unlink(missing_ok=True)
        with reachable(path) as name:
            before = os.umask(0o177)
            try:
                local.bind(name)
            finally:
                os.umask(before)
        local.listen(128)
        yield local
    finally:
        local.close()
        path.unlink(missing_ok=True)


@contextlib.contextmanager
def reachable(path: Path) -> Iterator[str]:
    """A name of the socket that is short enough for the kernel, through its folder's descriptor where it is not."""
    if len(os.fsencode(path)) <= PATH_BYTES_MAX:
        yield os.fspath(path)
        return
    folder = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{path.name}"
    finally:
        os.close(folder)


def is_served(path: Path) -> bool:
    """Whether somebody listens; a socket left behind by a process that was killed refuses."""
    if not path.is_socket():
        return False
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe, reachable(path) as name:
        try:
            probe.connect(name)
        except OSError:
            return False
    return True
