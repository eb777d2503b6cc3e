"""The gate every request passes: an id, the refusals, the headers, the log line, and the last resort for errors."""

from __future__ import annotations

import re
import time
import uuid
from collections import Counter
from urllib.parse import parse_qsl

import structlog
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.documents import ProblemDocument
from api.errors import problem, problem_of, response
from api.security import HEADERS, Door, refusal
from api.settings import RULES_BYTES_MAX, UPLOAD_BYTES_MAX

REPEATABLE = frozenset({"where"})
UPLOAD_PATH = "/api/v1/upload"
RULES_PATH = "/api/v1/rules"
TOO_LARGE = "The body is larger than {limit} bytes."
REQUEST_ID = re.compile(r"[A-Za-z0-9_-]{8,64}")
log = structlog.get_logger("outlay.api")


class Gate:
    """Pure ASGI, outermost. Answers of the API carry `no-store` unless the handler said otherwise."""

    def __init__(self, app: ASGIApp, hosts: frozenset[str], door: Door | None, body_bytes_max: int) -> None:
        self.app = app
        self.hosts = hosts
        self.door = door
        self.body_bytes_max = body_bytes_max

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        request_id = _request_id(scope)
        scope.setdefault("state", {})["request_id"] = request_id
        structlog.contextvars.clear_contextvars()
        structlog.contextvars.bind_contextvars(request_id=request_id)
        answer = _Answer(scope, send, request_id)
        limit = _limit(scope["path"], self.body_bytes_max)
        refused = refusal(scope, self.hosts, self.door) or _repeated(scope) or _announced(scope, limit)
        if refused:
            document = refused.model_copy(update={"request_id": request_id})
            await response(document)(scope, receive, answer.send)
        else:
            await self._pass(scope, _counted(receive, limit), answer)
        answer.report()

    async def _pass(self, scope: Scope, receive: Receive, answer: _Answer) -> None:
        try:
            await self.app(scope, receive, answer.send)
        except Exception as error:
            document = problem_of(error, answer.request_id)
            if document.status >= 500:
                log.exception("request_failed", path=scope["path"], method=scope["method"])
            if answer.status:  # too late for another answer: cut the connection, so that nobody takes it for whole
                raise
            await response(document)(scope, receive, answer.send)


class _Answer:
    """Watches one answer go out and adds the headers that all of them carry."""

    def __init__(self, scope: Scope, send: Send, request_id: str) -> None:
        self.scope = scope
        self.request_id = request_id
        self.status = 0
        self._send = send
        self._started = time.perf_counter()

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.status = message["status"]
            present = {name.lower() for name, _ in message["headers"]}
            extra = {**HEADERS, "X-Request-Id": self.request_id}
            if self.scope["path"].startswith("/api/"):
                extra["Cache-Control"] = "no-store"
            added = [(name.lower().encode(), value.encode()) for name, value in extra.items()]
            message["headers"] = [*message["headers"], *(pair for pair in added if pair[0] not in present)]
        await self._send(message)

    def report(self) -> None:
        duration_ms = round((time.perf_counter() - self._started) * 1000, 1)
        # The query string stays out of the log: filters may hold names that people typed.
        log.info(
            "request",
            method=self.scope["method"],
            path=self.scope["path"],
            status=self.status,
            duration_ms=duration_ms,
        )


def _request_id(scope: Scope) -> str:
    """The caller's own id when it is plain, so that it can follow a request through a proxy; else a new one."""
    given = dict(scope["headers"]).get(b"x-request-id", b"").decode("latin-1")
    return given if REQUEST_ID.fullmatch(given) else uuid.uuid4().hex


def _limit(path: str, usual: int) -> int:
    if path == UPLOAD_PATH:
        return UPLOAD_BYTES_MAX
    return RULES_BYTES_MAX if path == RULES_PATH or path.startswith(f"{RULES_PATH}/") else usual


def _announced(scope: Scope, limit: int) -> ProblemDocument | None:
    """A body that says it is too large is not read at all."""
    length = dict(scope["headers"]).get(b"content-length", b"0")
    if length.isdigit() and int(length) <= limit:
        return None
    return problem("too_large", TOO_LARGE.format(limit=limit), 413)


def _counted(receive: Receive, limit: int) -> Receive:
    """Stops a body that grows beyond the limit on its way."""
    size = 0

    async def counted() -> Message:
        nonlocal size
        message = await receive()
        size += len(message.get("body", b""))
        if size > limit:
            raise HTTPException(413, TOO_LARGE.format(limit=limit))
        return message

    return counted


def _repeated(scope: Scope) -> ProblemDocument | None:
    """A parameter given twice means two things; picking one would answer a question nobody asked."""
    if not scope["path"].startswith("/api/"):
        return None
    try:
        names = [name for name, _ in parse_qsl(scope["query_string"].decode(), True, errors="strict")]
    except ValueError:
        return problem("invalid", "The address holds bytes that are not UTF-8.", 400)
    twice = [name for name, count in Counter(names).items() if count > 1 and name not in REPEATABLE]
    if not twice:
        return None
    return problem("repeated_parameter", f"{twice[0]!r} is given more than once.", 400, field=twice[0])
