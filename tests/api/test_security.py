"""Who may knock: names, origins, the access link, headers, and a permission on every route."""

from __future__ import annotations

import re
from pathlib import Path
from typing import get_args

import pytest
from fastapi import APIRouter, FastAPI
from starlette.testclient import TestClient

from api.security import Permission, permissions
from tests.api.conftest import Build, Parts
from tests.api.test_errors import assert_problem

ROUTES = Path(__file__).parent / "routes.txt"


def test_every_route_declares_its_permission(parts: Parts) -> None:
    """The list is written down so that a new route, or a wider door, is seen in review."""
    found = [f"{permission:12} {route}" for route, permission in parts.app.state.permissions.items()]
    assert sorted(found) == ROUTES.read_text().splitlines()
    assert set(parts.app.state.permissions.values()) <= set(get_args(Permission))


def test_a_route_without_permission_stops_the_build() -> None:
    app, router = FastAPI(docs_url=None, redoc_url=None), APIRouter()
    router.get("/open")(lambda: None)
    app.include_router(router)
    with pytest.raises(RuntimeError, match="/open declares 0 permissions"):
        permissions(app)


@pytest.mark.parametrize("host", ["localhost", "localhost:8080", "127.0.0.1:9", "[::1]:80", "LOCALHOST"])
def test_own_names_are_answered(parts: Parts, host: str) -> None:
    assert parts.client.get("/livez", headers={"Host": host}).status_code == 200


@pytest.mark.parametrize("host", ["evil.test", "localhost.evil.test", "", "127.0.0.1.evil.test", "[", "a@localhost.x"])
def test_other_names_are_refused(parts: Parts, host: str) -> None:
    assert_problem(parts.client.get("/api/v1/status", headers={"Host": host}), 400, "unknown_host")


def test_configured_names_are_answered(build: Build) -> None:
    client = build(hosts=("Costs.Example.com",)).client
    assert client.get("/livez", headers={"Host": "costs.example.com"}).status_code == 200


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 202),
        ({"Sec-Fetch-Site": "same-origin"}, 202),
        ({"Origin": "http://localhost"}, 202),
        ({"Sec-Fetch-Site": "same-site"}, 403),
        ({"Sec-Fetch-Site": "cross-site"}, 403),
        ({"Sec-Fetch-Site": "none"}, 403),
        ({"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"}, 403),
        ({"Origin": "http://localhost:9999"}, 403),
        ({"Origin": "null"}, 403),
        ({"Origin": "http://evil.test"}, 403),
    ],
)
def test_changes_come_from_our_own_pages(parts: Parts, headers: dict[str, str], status: int) -> None:
    assert parts.client.post("/api/v1/demo", headers=headers).status_code == status
    assert parts.client.get("/api/v1/status", headers=headers).status_code == 200


@pytest.mark.parametrize("path", ["/api/v1/status", "/api/v1/nothing", "/livez", "/api/v1/costs.csv?period=all"])
def test_headers_are_on_every_answer(parts: Parts, path: str) -> None:
    headers = parts.client.get(path).headers
    policy = headers["content-security-policy"]
    assert policy.startswith("default-src 'self';")
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["x-content-type-options"] == "nosniff"
    assert "access-control-allow-origin" not in headers
    if path.startswith("/api"):
        assert headers["cache-control"] == "no-store"


def test_other_origins_get_no_leave(parts: Parts) -> None:
    asked = {"Origin": "http://evil.test", "Access-Control-Request-Method": "POST"}
    response = parts.client.options("/api/v1/demo", headers=asked)
    assert response.status_code == 405
    assert not [name for name in response.headers if name.startswith("access-control")]


def test_paths_are_taken_on_the_socket_only(parts: Parts, tmp_path: Path) -> None:
    body = {"paths": [str(tmp_path)], "source": "north"}
    spoofed = {"X-Forwarded-For": "127.0.0.1", "X-Forwarded-Host": "/data/outlay.sock", "Forwarded": "host=/x"}
    assert_problem(parts.client.post("/api/v1/imports", json=body, headers=spoofed), 403, "local_only")
    assert parts.ended(parts.local.post("/api/v1/imports", json=body))["state"] == "done"


def test_the_link_opens_one_browser_once(build: Build) -> None:
    parts = build(token="the-token")
    client = TestClient(parts.app, base_url="http://localhost")
    for path in ("/api/v1/status", "/", "/api/v1/openapi.json"):
        assert_problem(client.get(path), 401, "access_token_needed")
    assert client.get("/livez").status_code == 200
    assert_problem(client.get("/access?token=wrong"), 403, "access_token_used")
    opened = client.get("/access?token=the-token")
    assert opened.status_code == 200
    cookie = opened.headers["set-cookie"]
    assert re.search("HttpOnly", cookie, re.IGNORECASE)
    assert re.search("SameSite=strict", cookie, re.IGNORECASE)
    assert "the-token" not in cookie
    assert client.get("/api/v1/status").status_code == 200
    other = TestClient(parts.app, base_url="http://localhost")
    assert_problem(other.get("/access?token=the-token"), 403, "access_token_used")
    assert_problem(other.get("/api/v1/status", headers={"Cookie": "outlay_access=guess"}), 401, "access_token_needed")
    assert_problem(other.get("/api/v1/status", headers={"Cookie": '"; =,'}), 401, "access_token_needed")
    assert parts.local.get("/api/v1/status").status_code == 200  # commands need no link


def test_a_guarded_server_answers_to_its_addresses(build: Build, parts: Parts) -> None:
    for host in ("192.168.1.7:8080", "[fe80::1]:8080"):
        assert parts.client.get("/livez", headers={"Host": host}).status_code == 400
        assert build(token="the-token").client.get("/livez", headers={"Host": host}).status_code == 200


def test_looking_at_the_link_does_not_spend_it(build: Build) -> None:
    parts = build(token="the-token")
    client = TestClient(parts.app, base_url="http://localhost")
    assert client.head("/access?token=the-token").status_code == 405
    assert client.get("/access?token=the-token").status_code == 200
