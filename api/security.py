"""Who may knock and who may do what: hosts, origins, the one-time access token, and a permission on every route."""

from __future__ import annotations

import hashlib
import hmac
import ipaddress
import secrets
from dataclasses import dataclass, field
from http.cookies import CookieError, SimpleCookie
from typing import Literal
from urllib.parse import urlsplit

from fastapi import FastAPI, Request
from fastapi.routing import APIRoute, iter_route_contexts
from starlette.datastructures import Headers
from starlette.types import Scope

from api.documents import ProblemDocument
from api.errors import problem

Permission = Literal[
    "public",
    "costs.read",
    "data.read",
    "data.write",
    "rules.read",
    "rules.write",
    "saved.read",
    "saved.write",
    "operate",
]
LOCAL_HOSTS = frozenset({"localhost", "127.0.0.1", "::1"})
SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS"})
COOKIE = "outlay_access"
PUBLIC_PATHS = frozenset({"/livez", "/readyz", "/api/v1/livez", "/api/v1/readyz", "/access"})
HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks. `local` is true on the unix socket, which only this user's processes can open."""

    actor: str
    local: bool
    key: str | None = None
    """Idempotency-Key of the request: the same key and request start the same job once."""
    request: str = ""
    """What was asked under that key: method, address and size."""


@dataclass(frozen=True, slots=True)
class Allow:
    """The permission a route declares. Until people sign in, whoever may connect is the one local person."""

    permission: Permission

    def __call__(self, request: Request) -> Caller:
        asked = f"{request.method} {request.url.path}?{request.url.query} {request.headers.get('content-length', '')}"
        return Caller("local", is_local(request.scope), request.headers.get("idempotency-key"), asked)


def is_local(scope: Scope) -> bool:
    """True for the unix socket: its server address is a path without a port. No header can say so."""
    server = scope.get("server")
    return server is not None and server[1] is None


def permissions(app: FastAPI) -> dict[str, Permission]:
    """Method and path -> permission, for every route; a route that declares none, or two, is a programming error."""
    found: dict[str, Permission] = {}
    for context in iter_route_contexts(app.routes):
        route = context.original_route
        if context.path == app.openapi_url:
            continue
        if not isinstance(route, APIRoute):
            raise RuntimeError(f"{context.path} is no route of ours")
        declared = [need.call.permission for need in route.dependant.dependencies if isinstance(need.call, Allow)]
        if len(declared) != 1:
            raise RuntimeError(f"{context.path} declares {len(declared)} permissions, expected one")
        for method in sorted(context.methods or ()):
            found[f"{method} {context.path}"] = declared[0]
    return found


def refusal(scope: Scope, hosts: frozenset[str], door: Door | None) -> ProblemDocument | None:
    """Why this request goes no further, before anything reads it."""
    headers = Headers(scope=scope)
    name = host_name(headers.get("host", ""))
    if name not in hosts and not (door and _is_address(name)):
        known = ", ".join(sorted(hosts))
        return problem(
            "unknown_host",
            f"This server does not answer to the name {name[:100]!r}.",
            400,
            field="Host",
            next_step=f"Use one of {known}, or add the name under server.hosts in outlay.yaml.",
        )
    if scope["method"] not in SAFE_METHODS and not _same_origin(headers):
        return problem("cross_origin", "Changes are accepted from Outlay's own pages only.", 403, field="Origin")
    if door and not is_local(scope) and scope["path"] not in PUBLIC_PATHS and not door.knows(headers.get("cookie", "")):
        return problem(
            "access_token_needed",
            "This server asks for its access link first.",
            401,
            next_step="Open the link that the server printed when it started; it works once.",
        )
    return None


def host_name(host: str) -> str:
    """The name in a Host header, without port or brackets, in lower case."""
    try:
        return (urlsplit(f"//{host}").hostname or "").lower()
    except ValueError:
        return ""


def _is_address(name: str) -> bool:
    """A bare IP address, which no foreign page can point at us: good enough where the access link guards the rest."""
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True


def _same_origin(headers: Headers) -> bool:
    """Browsers say where a request comes from and cannot be made to lie; other programs say nothing."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is None or urlsplit(origin).netloc.lower() == headers.get("host", "").lower()


@dataclass(slots=True)
class Door:
    """Guards a server that listens beyond loopback: the link printed at start opens one browser, once."""

    token: str
    sessions: set[str] = field(default_factory=set)
    used: bool = False

    def open(self, token: str) -> str | None:
        """A new session's secret, for the right token, the first time only."""
        if self.used or not hmac.compare_digest(_hash(token), _hash(self.token)):
            return None
        self.used = True
        secret = secrets.token_urlsafe(32)
        self.sessions.add(_hash(secret))
        return secret

    def knows(self, cookie_header: str) -> bool:
        try:
            cookie = SimpleCookie(cookie_header).get(COOKIE)
        except CookieError:
            return False
        return cookie is not None and _hash(cookie.value) in self.sessions


def _hash(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "surrogatepass")).hexdigest()
