"""What a child gives up before it reads a byte. Linux only; each part says what it guarantees."""

from __future__ import annotations

import ctypes
import os
import platform
import resource
import socket
import struct
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_NO_NEW_PRIVS = 38
_PR_SET_SECCOMP = 22
_SECCOMP_FILTER = 2
_ARCHITECTURES = {"x86_64": (0xC000003E, 41), "aarch64": (0xC00000B7, 198)}  # audit number, socket()


def allow_cpu(seconds: int) -> None:
    """So many seconds of processor time from now on, for the next task; after them the kernel ends the process."""
    usage = resource.getrusage(resource.RUSAGE_SELF)
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    resource.setrlimit(resource.RLIMIT_CPU, (int(usage.ru_utime + usage.ru_stime) + seconds, hard))


def confine(memory_bytes: int) -> str:
    """Set the limits and cut the network; says how it was cut: "namespace", "seccomp" or "python".

    A namespace and seccomp hold against native code. Where the kernel allows neither, only Python itself is kept from
    opening sockets.
    """
    # RLIMIT_DATA counts what is allocated. RLIMIT_AS would count mapped files and the reserves of allocators too, and
    # stop a child that uses a tenth of it.
    resource.setrlimit(resource.RLIMIT_DATA, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    os.umask(0o077)
    if _own_namespace():
        return "namespace"
    if _refuse_sockets():
        return "seccomp"
    _close_python_sockets()
    return "python"


def _libc() -> ctypes.CDLL:
    return ctypes.CDLL(None, use_errno=True)


def _own_namespace() -> bool:
    """A network namespace of its own, which has no interface. Root may; others through a user namespace, if allowed."""
    uid, gid = os.getuid(), os.getgid()
    if _libc().unshare(_CLONE_NEWNET) == 0:
        return True
    if _libc().unshare(_CLONE_NEWUSER | _CLONE_NEWNET) != 0:
        return False
    try:  # files made by the child belong to us, not to nobody
        Path("/proc/self/setgroups").write_text("deny", encoding="ascii")
        Path("/proc/self/uid_map").write_text(f"{uid} {uid} 1", encoding="ascii")
        Path("/proc/self/gid_map").write_text(f"{gid} {gid} 1", encoding="ascii")
    except OSError:
        pass
    return True


def _refuse_sockets() -> bool:
    """A system call filter under which socket() fails with EACCES, for this process and whatever it starts."""
    known = _ARCHITECTURES.get(platform.machine())
    if known is None:
        return False
    audit, call = known
    load, equal, answer = 0x20, 0x15, 0x06
    allow, refuse, end = 0x7FFF0000, 0x00050000 | 13, 0x80000000
    steps = [
        (load, 0, 0, 4),  # the architecture of the call
        (equal, 1, 0, audit),
        (answer, 0, 0, end),
        (load, 0, 0, 0),  # its number
        (equal, 0, 1, call),
        (answer, 0, 0, refuse),
        (answer, 0, 0, allow),
    ]
    code = ctypes.create_string_buffer(b"".join(struct.pack("HBBI", *step) for step in steps))
    program = struct.pack("HxxxxxxP", len(steps), ctypes.addressof(code))
    libc = _libc()
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0:
        return False
    return bool(libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, ctypes.create_string_buffer(program), 0, 0) == 0)


def _close_python_sockets() -> None:
    def refused(*_: object, **__: object) -> None:
        raise PermissionError("this process has no network")

    socket.socket.__init__ = refused  # type: ignore[method-assign]
