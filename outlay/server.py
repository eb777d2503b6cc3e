"""One process, one application, two listeners: a TCP port for browsers, a unix socket for commands."""

from __future__ import annotations

import asyncio
import contextlib
import errno
import ipaddress
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import FrameType
from typing import Final

import structlog
import uvicorn

from api.protocols import Help, ProblemError
from outlay import logs
from outlay.application import Application, open_application
from outlay.config import Config
from outlay.sockets import socket_of

DRAIN_SECONDS: Final = 10  # requests under way when the server is told to stop
START_SECONDS: Final = 60

log = structlog.get_logger("outlay.server")


class Server(uvicorn.Server):
    """Ends event streams first when it stops: they would keep it waiting."""

    def __init__(self, application: Application) -> None:
        self.application = application
        super().__init__(
            uvicorn.Config(
                application.app,
                log_config=None,
                access_log=False,
                server_header=False,
                proxy_headers=False,  # a header must not say who somebody is
                ws="none",
                timeout_graceful_shutdown=DRAIN_SECONDS,
            )
        )

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self.application.app.state.services.closing = True
        await super().shutdown(sockets)

    @property
    def visited(self) -> bool:
        """Somebody is connected, or work is under way."""
        return bool(self.server_state.connections) or not self.application.jobs.idle


def serve(config: Config, public: socket.socket, application: Application, on_start: Callable[[], None]) -> None:
    """Run in the foreground until SIGTERM or SIGINT; then give the data folder back.

    `on_start` is called from another thread once both listeners answer.
    """
    server = Server(application)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, _ignore)  # uvicorn raises the signal once more when it is done; we still have to close
    threading.Thread(target=_announce, args=(server, on_start), daemon=True).start()
    try:
        with socket_of(config.socket) as local:
            server.run(sockets=[public, local])
    finally:
        application.close()
        log.info("stopped")


def _ignore(_number: int, _frame: FrameType | None) -> None:
    return


def _announce(server: Server, on_start: Callable[[], None]) -> None:
    _wait(lambda: server.started, START_SECONDS)
    if server.started:
        on_start()


@contextlib.contextmanager
def beside(config: Config) -> Iterator[None]:
    """Serve the unix socket from a thread while a command runs, and stay as long as another command needs it."""
    logs.configure(logs.open_file(config.data), config.log)
    application = open_application(config)
    try:
        with socket_of(config.socket) as local:
            server = Server(application)
            thread = threading.Thread(target=_run, args=(server, local), name="server", daemon=True)
            thread.start()
            _wait(lambda: server.started or not thread.is_alive(), START_SECONDS)
            if not server.started:
                raise ProblemError("us", "not_ready", "The server inside this command did not start.")
            try:
                try:
                    yield
                finally:
                    _wait(lambda: not server.visited, None)
            finally:
                server.should_exit = True
                thread.join(DRAIN_SECONDS + 5)
    finally:
        application.close()


def _run(server: Server, local: socket.socket) -> None:
    asyncio.run(server.serve(sockets=[local]))


def _wait(done: Callable[[], bool], seconds: float | None) -> None:
    end = None if seconds is None else time.monotonic() + seconds
    while not done() and (end is None or time.monotonic() < end):
        time.sleep(0.01)


class PortInUseError(ProblemError):
    """Another program listens there, for now at least."""

    def __init__(self, port: int) -> None:
        more = Help(field="port", next_step="Choose another with --port.")
        super().__init__("operator", "cannot_listen", f"Port {port} is in use.", more)


def tcp_socket(host: str, port: int) -> socket.socket:
    """A bound TCP socket, or a fault that says what is in the way."""
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind, protocol)
        bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        bound.bind(address)
    except OSError as error:
        if error.errno == errno.EADDRINUSE:
            raise PortInUseError(port) from error
        reason = f"Cannot listen on {host}:{port}: {error.strerror}."
        more = Help(field="port", next_step="Choose another with --host.")
        raise ProblemError("operator", "cannot_listen", reason, more) from error
    return bound


@dataclass(frozen=True, slots=True)
class Place:
    """Where people reach the server."""

    host: str
    port: int

    @property
    def address(self) -> str:
        """As seen from this machine, when it listens on all addresses."""
        everywhere = self._ip is not None and self._ip.is_unspecified
        host = "127.0.0.1" if everywhere or self.host == "localhost" else self.host
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"

    @property
    def loopback(self) -> bool:
        return self.host == "localhost" or (self._ip is not None and self._ip.is_loopback)

    @property
    def _ip(self) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
        try:
            return ipaddress.ip_address(self.host)
        except ValueError:
            return None
