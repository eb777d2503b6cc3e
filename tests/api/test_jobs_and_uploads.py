"""Long work: accepted, watched, cancelled; and files that come as the body of a request."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator

import pytest

from api import settings
from api.documents import Removed
from api.protocols import Help, JobCancelledError, ProblemError, Progress
from tests.api.conftest import Build, Parts
from tests.api.fake_parts import FakeActions, FakeRemoving
from tests.api.test_errors import assert_problem

UPLOAD = "/api/v1/upload?name=bill.csv&source=north"


def events_of(text: str) -> list[tuple[str, dict]]:
    found = []
    for block in text.strip().split("\n\n"):
        name, data = block.split("\n")
        found.append((name.removeprefix("event: "), json.loads(data.removeprefix("data: "))))
    return found


def test_a_job_is_watched_to_its_end(parts: Parts) -> None:
    accepted = parts.client.post(UPLOAD, content=b"x")
    assert accepted.status_code == 202
    response = parts.client.get(f"/api/v1/jobs/{accepted.json()['job']}/events")
    assert response.headers["content-type"].startswith("text/event-stream")
    events = events_of(response.text)
    assert [name for name, _ in events[:-1]] == ["progress"] * (len(events) - 1)
    name, job = events[-1]
    assert (name, job["state"], job["kind"], job["source"]) == ("done", "done", "upload", "north")
    assert job["result"]["state"] == "live"
    assert job["ended_at"]
    assert parts.client.get(f"/api/v1/jobs/{job['id']}").json() == job
    assert parts.client.get("/api/v1/jobs").json()["jobs"][0] == job


def test_progress_is_seen_while_it_happens(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    going, seen = threading.Event(), threading.Event()

    def slow(_self: FakeRemoving, source: str, how: str, actor: str, progress: Progress) -> Removed:
        progress.stage("swap", "Removing")
        progress.rows(5, 10)
        going.set()
        seen.wait(10)
        return Removed(sources=[source], rows=3)

    monkeypatch.setattr(FakeRemoving, "remove", slow)
    job = parts.client.delete("/api/v1/sources/north?how=hide").json()["job"]
    going.wait(10)
    document = parts.client.get(f"/api/v1/jobs/{job}").json()
    assert (document["state"], document["stage"], document["message"]) == ("running", "swap", "Removing")
    assert (document["progress"]["rows_done"], document["progress"]["rows_total"]) == (5, 10)
    assert parts.client.get("/api/v1/status").json()["jobs_running"] == 1
    seen.set()
    assert events_of(parts.client.get(f"/api/v1/jobs/{job}/events").text)[-1][0] == "done"


def test_a_failed_job_says_why(parts: Parts) -> None:
    parts.actions.fault = ProblemError("caller", "format", "Row 3 is cut.", Help(next_step="Send it again."))
    job = parts.ended(parts.client.post(UPLOAD, content=b"x"))
    assert job["state"] == "failed"
    assert job["error"]["detail"] == "Row 3 is cut."
    assert job["error"]["type"] == "urn:outlay:problem:format"
    text = parts.client.get(f"/api/v1/jobs/{job['id']}/events").text
    assert events_of(text)[-1][0] == "failed"


def test_a_cancelled_job_ends_at_its_next_check(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def endless(_self: FakeActions, _order: object, progress: Progress) -> Removed:
        while True:
            progress.check()

    monkeypatch.setattr(FakeActions, "import_paths", endless)
    job = parts.client.post(UPLOAD, content=b"x").json()["job"]
    assert parts.client.post(f"/api/v1/jobs/{job}/cancel").status_code == 202
    assert events_of(parts.client.get(f"/api/v1/jobs/{job}/events").text)[-1][1]["state"] == "cancelled"
    assert JobCancelledError.__name__ not in parts.client.get(f"/api/v1/jobs/{job}").text
    assert_problem(parts.client.post("/api/v1/jobs/none/cancel"), 404, "not_found")


def test_a_held_load_is_a_state_of_its_own(parts: Parts) -> None:
    address = UPLOAD.replace("north", "shrunk")
    assert parts.ended(parts.client.post(address, content=b"x"))["state"] == "held"


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd", "a\0b", "C:\\x.csv", "=1+1.csv", "x" * 500])
def test_a_name_is_evidence_and_no_path(parts: Parts, name: str) -> None:
    body = b"\0\xff" * 700_000
    accepted = parts.client.post("/api/v1/upload", params={"name": name, "source": "north"}, content=body)
    assert parts.ended(accepted)["state"] == "done"
    assert parts.actions.bodies == [body]
    order = parts.actions.orders[0]
    scratch = parts.app.state.services.settings.scratch
    assert order.name == name
    assert order.paths[0].parent == scratch
    assert list(scratch.iterdir()) == []  # deleted when the job ended


@pytest.mark.parametrize("source", ["", "../x", "a b", "-x", "x" * 101, "é"])
def test_a_source_has_a_plain_name(parts: Parts, source: str) -> None:
    response = parts.client.post("/api/v1/upload", params={"name": "a", "source": source}, content=b"x")
    assert_problem(response, 422, "invalid")


@pytest.mark.parametrize("chunked", [False, True])
def test_a_file_that_is_too_large_leaves_nothing(build: Build, chunked: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("api.gate.UPLOAD_BYTES_MAX", 100)
    parts = build()

    def pieces() -> Iterator[bytes]:
        for _ in range(20):
            yield b"x" * 10

    response = parts.client.post(UPLOAD, content=pieces() if chunked else b"x" * 200)
    assert_problem(response, 413, "too_large")
    assert not list(parts.app.state.services.settings.scratch.glob("*"))
    assert parts.actions.orders == []
    assert settings.UPLOAD_BYTES_MAX == 1 << 30


def test_everything_long_is_a_job(parts: Parts) -> None:
    texts = {"org": "", "rules": ""}
    for method, path, body in (
        ("DELETE", "/sources/north?how=erase", None),
        ("POST", "/sources/north/bring-back", None),
        ("POST", "/loads/l1/accept", None),
        ("PUT", "/rules", texts),
        ("POST", "/demo", None),
        ("DELETE", "/demo", None),
        ("POST", "/rebuild", {"renormalise": True}),
    ):
        assert parts.ended(parts.client.request(method, f"/api/v1{path}", json=body))["state"] == "done", path
    assert parts.ended(parts.client.post("/api/v1/rules/proposal/apply"))["error"]["status"] == 409


def test_documents_come_at_once(parts: Parts) -> None:
    paths = (
        *("sources", "sources/north/months", "sources/north/removal", "periods", "loads", "loads/l1"),
        *("rules", "rules/proposal", "demo", "check", "status", "catalogue", "jobs"),
    )
    for path in paths:
        assert parts.client.get(f"/api/v1/{path}").status_code == 200, path
    for path in ("sources/south/months", "sources/south/removal", "loads/l2"):
        assert_problem(parts.client.get(f"/api/v1/{path}"), 404, "not_found")
    assert parts.client.post("/api/v1/rules/check", json={"org": "", "rules": ""}).json()["valid"]
    assert parts.client.post("/api/v1/loads/l1/reject").status_code == 200
    exported = parts.client.get("/api/v1/export/focus?version=1.2&period=all&format=csv")
    assert exported.text == "1.2 all csv\r\n"
    assert exported.headers["content-disposition"].startswith('attachment; filename="outlay-focus-1.2-')


def test_readiness_is_told_by_status(parts: Parts) -> None:
    assert parts.client.get("/readyz").status_code == 200
    parts.actions.fault = RuntimeError()
    assert parts.client.get("/readyz").status_code == 503
    assert parts.client.get("/api/v1/readyz").status_code == 503
    assert parts.client.get("/livez").json() == {"live": True}


def test_the_same_key_and_request_start_one_job(parts: Parts) -> None:
    key = {"idempotency-key": "once"}
    first = parts.client.post(UPLOAD, content=b"x", headers=key).json()
    assert parts.client.post(UPLOAD, content=b"x", headers=key).json() == first
    other = parts.client.post(UPLOAD + "&format=focus", content=b"x", headers=key)
    assert other.status_code == 409
    assert other.json()["field"] == "Idempotency-Key"
    assert parts.client.post(UPLOAD, content=b"x").json() != first
