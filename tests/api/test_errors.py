"""One shape of error, whatever went wrong."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from api.protocols import Help, ProblemError
from tests.api.conftest import Parts
from tests.api.fake_parts import HOSTILE

FIELDS = {"type", "title", "status", "detail", "field", "nearest", "next_step", "request_id", "faults"}
Request = Callable[[Parts], Any]


def assert_problem(response: Any, status: int, slug: str) -> dict[str, Any]:
    assert response.status_code == status, response.text
    assert response.headers["content-type"] == "application/problem+json"
    document = response.json()
    assert set(document) >= FIELDS
    assert document["status"] == status
    assert document["type"] == f"urn:outlay:problem:{slug}"
    assert document["title"]
    assert document["detail"]
    assert document["request_id"] == response.headers["x-request-id"]
    assert "Traceback" not in response.text
    return document


CASES: dict[str, tuple[Request, int, str]] = {
    "bad word": (lambda p: p.client.get("/api/v1/costs?by=servce"), 400, "query"),
    "bad dimension": (lambda p: p.client.get("/api/v1/values?dimension=servce"), 400, "query"),
    "unknown word": (lambda p: p.client.get("/api/v1/costs?colour=red"), 400, "query"),
    "twice": (lambda p: p.client.get("/api/v1/costs?by=service&by=team"), 400, "repeated_parameter"),
    "not UTF-8": (lambda p: p.client.get("/api/v1/costs?where=service:%ff"), 400, "invalid"),
    "no such path": (lambda p: p.client.get("/api/v1/cost"), 404, "not_found"),
    "no such thing": (lambda p: p.client.get("/api/v1/jobs/none"), 404, "not_found"),
    "wrong verb": (lambda p: p.client.post("/api/v1/costs"), 405, "method_not_allowed"),
    "wrong form": (lambda p: p.client.get("/api/v1/costs.pdf"), 422, "invalid"),
    "not a number": (lambda p: p.client.get("/api/v1/loads?limit=abc"), 422, "invalid"),
    "missing": (lambda p: p.client.get("/api/v1/values"), 422, "invalid"),
    "not JSON": (lambda p: p.client.put("/api/v1/rules", content=b"{", headers=JSON), 422, "invalid"),
    "not a number in JSON": (lambda p: p.client.put("/api/v1/rules", content=b"NaN", headers=JSON), 422, "invalid"),
    "unknown field": (lambda p: p.client.put("/api/v1/rules", json={"org": "", "rules": "", "x": 1}), 422, "invalid"),
    "large": (lambda p: p.client.put("/api/v1/rules", content=b"x" * (16 << 20 | 1), headers=JSON), 413, "too_large"),
    "wrong name": (lambda p: p.client.get("/api/v1/status", headers={"Host": "evil.test"}), 400, "unknown_host"),
    "other site": (lambda p: p.client.post("/api/v1/demo", headers={"Origin": "http://a.test"}), 403, "cross_origin"),
    "paths from afar": (
        lambda p: p.client.post("/api/v1/imports", json={"paths": ["/etc"], "source": "a"}), 403, "local_only",
    ),
}  # fmt: skip
JSON = {"Content-Type": "application/json"}


@pytest.mark.parametrize("case", CASES)
def test_every_refusal_has_the_same_shape(parts: Parts, case: str) -> None:
    request, status, slug = CASES[case]
    assert_problem(request(parts), status, slug)


def test_a_bad_word_is_named_with_the_nearest(parts: Parts) -> None:
    document = assert_problem(parts.client.get("/api/v1/costs?by=servce&measures=bild_cost"), 400, "query")
    assert document["field"] == "measures" or document["field"] == "by"
    assert len(document["faults"]) == 2
    assert {"service", "billed_cost"} <= {near for fault in document["faults"] for near in fault["nearest"]}


def test_a_wrong_path_is_named_with_the_nearest(parts: Parts) -> None:
    assert "/api/v1/costs" in parts.client.get("/api/v1/cost").json()["nearest"]


@pytest.mark.parametrize(
    ("kind", "slug", "status"),
    [("caller", "conflict", 409), ("operator", "disk_full", 507), ("provider", "throttled", 502), ("us", "odd", 500)],
)
def test_faults_of_actions_keep_their_words(parts: Parts, kind: Any, slug: str, status: int) -> None:
    parts.actions.fault = ProblemError(kind, slug, "What it is.", Help("field", ("near",), "Do this."))
    document = assert_problem(parts.client.get("/api/v1/sources"), status, slug)
    assert (document["detail"], document["field"]) == ("What it is.", "field")
    assert (document["nearest"], document["next_step"]) == (["near"], "Do this.")


def test_a_bug_shows_an_id_and_no_secret(parts: Parts) -> None:
    parts.actions.fault = RuntimeError("password=hunter2 in /home/somebody")
    response = parts.client.get("/api/v1/status", headers={"X-Request-Id": "abc-123-abc"})
    document = assert_problem(response, 500, "internal")
    assert document["request_id"] == "abc-123-abc"
    assert "abc-123-abc" in document["next_step"]
    assert "hunter2" not in response.text
    assert "somebody" not in response.text


def test_any_exception_with_the_attributes_is_understood(parts: Parts) -> None:
    class OtherError(Exception):
        kind, slug, message, field, nearest, next_step = "caller", "held", "Held.", None, (), "Decide."

    parts.actions.fault = OtherError()
    assert_problem(parts.client.get("/api/v1/sources"), 409, "held")


@pytest.mark.parametrize("text", [*HOSTILE, "\0", "%", "\\", "a" * 5000])
def test_hostile_words_are_refused_or_answered_never_failed(parts: Parts, text: str) -> None:
    for path, params in (
        ("costs", {"where": f"service:{text}"}),
        ("costs", {"by": text}),
        ("costs.csv", {"period": text}),
        ("values", {"dimension": text}),
        ("values", {"dimension": "service", "search": text}),
        ("lines", {"cursor": text}),
        ("loads", {"source": text}),
    ):
        response = parts.client.get(f"/api/v1/{path}", params=params)
        assert response.status_code in (200, 400, 422), (path, response.text)
        assert "<script>" not in response.headers.get("content-type", "")


def test_request_ids_that_are_not_plain_are_replaced(parts: Parts) -> None:
    given = "a b; DROP"
    assert parts.client.get("/livez", headers={"X-Request-Id": given}).headers["x-request-id"] != given
