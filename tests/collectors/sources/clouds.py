"""An S3 of our own on loopback: moto behind a door that counts requests and breaks what a test asks it to break."""

from __future__ import annotations

import contextlib
import functools
import io
import json
import logging
import re
import threading
import urllib.request
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any
from urllib.parse import parse_qs

import boto3
from moto.server import DomainDispatcherApplication, create_backend_app
from werkzeug.serving import make_server
from werkzeug.wrappers import Request, Response

App = Callable[[dict[str, Any], Any], Any]


class Cloud:
    """`calls` counts what was asked; `faults` are tried in order, each answers a Response or None to let pass."""

    def __init__(self) -> None:
        self.moto = emulator()
        self.calls: Counter[str] = Counter()
        self.keys: list[str] = []
        self.bodies: list[tuple[str, str]] = []
        self.faults: list[Callable[[Request, str], Response | None]] = []
        self.authorizations: list[str] = []
        self.url = ""

    def __call__(self, environ: dict[str, Any], start: Any) -> Any:
        if environ["REQUEST_METHOD"] == "POST":  # looked at here, and once more by the emulator
            length = int(environ.get("CONTENT_LENGTH") or 0)
            environ["wsgi.input"] = body = io.BytesIO(environ["wsgi.input"].read(length))
            request = Request({**environ})
            kind = operation(request)
            self.bodies.append((kind, body.getvalue().decode(errors="replace")))
            body.seek(0)
        else:
            request = Request(environ)
            kind = operation(request)
        self.calls[kind] += 1
        if kind == "GetObject":
            self.keys.append(request.path)
        self.authorizations.append(request.headers.get("Authorization", ""))
        for fault in list(self.faults):
            answer = fault(request, kind)
            if answer is not None:
                return answer(environ, start)
        return self.moto(environ, start)

    @functools.cache  # noqa: B019 a client costs more than the test that asks for it; the cloud lives as long
    def s3(self) -> Any:
        return boto3.client(
            "s3", endpoint_url=self.url, region_name="us-east-1", aws_access_key_id="k", aws_secret_access_key="s"
        )

    def forget(self) -> None:
        self.calls.clear()
        self.keys.clear()


@functools.cache
def emulator() -> App:
    """One for the process, as its accounts are; a cloud begins by emptying them."""
    return DomainDispatcherApplication(create_backend_app)


def operation(request: Request) -> str:
    target = request.headers.get("X-Amz-Target")
    if target:
        return target.rpartition(".")[2]
    if request.content_type and "form-urlencoded" in request.content_type:
        body = request.get_data(cache=True, parse_form_data=False).decode()
        return parse_qs(body).get("Action", ["?"])[0]
    depth = len([part for part in request.path.split("/") if part])
    if request.method == "GET":
        return ("ListBuckets", "ListObjects", "GetObject")[min(depth, 2)]
    return f"{request.method}-{depth}"


@contextlib.contextmanager
def cloud() -> Iterator[Cloud]:
    """Runs while entered, on a free port of loopback."""
    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    made = Cloud()
    server = make_server("127.0.0.1", 0, made, threaded=True)
    made.url = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        with urllib.request.urlopen(urllib.request.Request(f"{made.url}/moto-api/reset", method="POST")):
            pass  # the emulator's accounts belong to the process, and to tests before this one
        yield made
    finally:
        server.shutdown()
        thread.join(5)
        server.server_close()


def refused(code: str, status: int, times: int = 10**6, when: str = "", kind: str = "", **headers: str) -> Any:
    """A fault: an error answer of S3, for paths that hold `when` and operations that are `kind`."""
    left = [times]

    def fault(request: Request, asked: str) -> Response | None:
        if left[0] <= 0 or (when and not re.search(when, request.full_path)) or (kind and asked != kind):
            return None
        left[0] -= 1
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        if request.headers.get("X-Amz-Target"):
            body = json.dumps({"__type": code, "message": "no"})
            return Response(body, status, named, content_type="application/x-amz-json-1.1")
        xml = f"<Error><Code>{code}</Code><Message>no</Message></Error>"
        if request.content_type and "form-urlencoded" in request.content_type:
            xml = f"<ErrorResponse>{xml}</ErrorResponse>"
        xml = f"<?xml version='1.0'?>{xml}"
        return Response(xml, status, named, content_type="application/xml")

    return fault


def cut(times: int, when: str) -> Any:
    """A fault: a body shorter than its length says."""
    left = [times]

    def fault(request: Request, asked: str) -> Response | None:
        if left[0] <= 0 or asked != "GetObject" or not re.search(when, request.path):
            return None
        left[0] -= 1
        answer = Response(b"cut", 200)
        answer.automatically_set_content_length = False
        answer.headers["Content-Length"] = "1000"
        return answer

    return fault
