"""A small HTTP server on a free port of this machine, with the faults that a test orders."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from werkzeug.serving import WSGIRequestHandler, make_server
from werkzeug.wrappers import Request, Response

Fault = Callable[[Request], Response | None]
"""Answers in place of the service, or None: the service answers, and the fault stays for a later call."""


@dataclass
class Loopback:
    """A service of tests: `answer` is what it does when no fault is due."""

    calls: list[str] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    address: str = ""

    def answer(self, request: Request) -> Response:
        return Response(status=404)

    def name(self, request: Request) -> str:
        """What a call is counted as."""
        return f"{request.method} {request.path}"

    def __call__(self, environ, start_response):
        request = Request(environ)
        request.get_data()  # unread, the server waits for more of it after a fault, until the client's time is up
        self.calls.append(self.name(request))
        for fault in list(self.faults):
            if (response := fault(request)) is not None:
                self.faults.remove(fault)
                return response(environ, start_response)
        return self.answer(request)(environ, start_response)


class _Quiet(WSGIRequestHandler):
    protocol_version = "HTTP/1.1"

    def log(self, kind, message, *args):
        pass

    def connection_dropped(self, error, environ=None):
        """What breaks off is closed: left open, the client waits for the rest until its own time is up."""
        self.close_connection = True


@contextmanager
def running(service: Loopback) -> Iterator[Loopback]:
    server = make_server("127.0.0.1", 0, service, threaded=True, request_handler=_Quiet)
    service.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield service
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def on(part: str, response: Callable[[], Response]) -> Fault:
    """A fault of the first call whose address holds `part`."""
    return lambda request: response() if part in request.full_path else None


def html() -> Response:
    return Response("<html><body>Sign in to the network</body></html>", content_type="text/html")


class _Cut:
    """A body that ends before its stated length."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self):
        yield self.body
        raise ConnectionAbortedError


def cut(body: bytes, stated: int, **headers: str) -> Response:
    """An answer whose connection breaks in the middle."""
    return Response(_Cut(body), headers={"Content-Length": str(stated), **headers}, direct_passthrough=True)
