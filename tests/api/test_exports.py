"""Files made while the reader goes on: ready at once, or a job with a link, kept for a while, and no longer."""

from __future__ import annotations

import stat
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from api.documents import Accepted
from api.kept_files import KeptFiles, Making, Wanted
from api.protocols import Help, ProblemError
from api.routers import costs
from api.services import Services
from api.writing import How
from tests.api.conftest import Build, Parts
from tests.api.fake_parts import NOW
from tests.api.test_errors import assert_problem
from warehouse.store.database import Database, Reader

QUESTION = "/api/v1/costs.csv?by=service&period=all"
WAIT_SECONDS = 10
write_file = costs.write_file


class Slow:
    """Writes a file when it may, as a large one is written: telling how far it is."""

    def __init__(self) -> None:
        self.going, self.may = threading.Event(), threading.Event()

    def __call__(self, question: Any, path: Path, how: How) -> tuple[str, dict[str, str]]:
        written = write_file(question, path, replace(how, told=lambda _done, _total: None))
        how.told(1, 3)
        self.going.set()
        assert self.may.wait(WAIT_SECONDS)
        how.told(3, 3)
        return written


@pytest.fixture(scope="module")
def patient(build: Build) -> Parts:
    return build(export_wait_seconds=WAIT_SECONDS)


@pytest.fixture(scope="module")
def hasty(build: Build) -> Parts:
    """Waits for no file."""
    return build(export_wait_seconds=0.0)


@pytest.fixture
def slow(monkeypatch: pytest.MonkeyPatch) -> Iterator[Slow]:
    writer = Slow()
    monkeypatch.setattr(costs, "write_file", writer)
    yield writer
    writer.may.set()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Callable[[Parts, timedelta], None]:
    """Moves the time that kept files know."""

    def at(parts: Parts, later: timedelta) -> None:
        kept = parts.app.state.services.exports
        monkeypatch.setattr(kept, "settings", replace(kept.settings, now=lambda: NOW + later))

    return at


def ready(parts: Parts, export_id: str) -> dict[str, Any]:
    parts.client.get(f"/api/v1/jobs/{export_id}/events")  # ends with the job
    found: dict[str, Any] = parts.client.get(f"/api/v1/exports/{export_id}").json()
    return found


def files(parts: Parts) -> list[str]:
    folder = parts.app.state.services.settings.exports
    return sorted(path.name for path in folder.iterdir()) if folder.is_dir() else []


def test_a_quick_file_is_ready_and_listed_nowhere(patient: Parts) -> None:
    made = patient.client.post(QUESTION)
    assert made.status_code == 201
    export = made.json()
    assert (export["state"], export["asked"]) == ("ready", QUESTION.removeprefix("/api/v1"))
    sent = patient.client.get(f"/api/v1/exports/{export['id']}/file")
    asked = patient.client.get(QUESTION)
    assert sent.content == asked.content
    for name in ("content-disposition", "content-type", "outlay-query", "outlay-generations", "cache-control"):
        assert sent.headers[name] == asked.headers[name]
    assert int(sent.headers["content-length"]) == export["size_bytes"]
    assert patient.client.get("/api/v1/exports").json()["exports"] == []


def test_lines_of_focus_are_made_in_the_same_way(patient: Parts) -> None:
    asked = "/api/v1/export/focus?version=1.2&period=all&format=parquet"
    export = patient.client.post(asked).json()
    assert (export["state"], export["name"]) == ("ready", f"outlay-focus-1.2-{NOW:%Y-%m-%d}.parquet")
    assert patient.client.get(f"/api/v1/exports/{export['id']}/file").content == patient.client.get(asked).content


def test_a_request_repeated_under_its_key_is_one_file(patient: Parts) -> None:
    first, again = (patient.client.post(QUESTION, headers={"idempotency-key": "once"}) for _ in range(2))
    assert (again.status_code, again.json()) == (201, first.json())


def test_a_slow_file_is_a_job_with_a_link(hasty: Parts, slow: Slow) -> None:
    made = hasty.client.post(QUESTION)
    assert made.status_code == 202
    export = made.json()
    assert (export["state"], export["kept_until"]) == ("making", None)
    assert slow.going.wait(WAIT_SECONDS)
    job = hasty.client.get(f"/api/v1/jobs/{export['id']}").json()
    assert (job["kind"], job["state"]) == ("export", "running")
    assert (job["progress"]["rows_done"], job["progress"]["rows_total"]) == (1, 3)
    assert hasty.client.get("/api/v1/exports").json()["exports"] == [export], "it survives a reload of the page"
    assert_problem(hasty.client.get(f"/api/v1/exports/{export['id']}/file"), 404, "not_found")

    slow.may.set()
    export = ready(hasty, export["id"])
    assert (export["state"], export["rows"]) == ("ready", 3)
    assert export["kept_until"] == (NOW + timedelta(hours=24)).isoformat().replace("+00:00", "Z")
    listed = hasty.client.get("/api/v1/exports").json()
    assert listed["exports"] == [export]
    assert listed["size_bytes"] == export["size_bytes"] <= listed["size_bytes_max"]
    sent = hasty.client.get(f"/api/v1/exports/{export['id']}/file")
    assert sent.content == hasty.client.get(QUESTION).content
    assert hasty.client.delete(f"/api/v1/exports/{export['id']}").status_code == 204
    assert files(hasty) == []


def test_a_file_that_a_restart_interrupts_is_told_of(build: Build, slow: Slow) -> None:
    parts = build(export_wait_seconds=0.0)
    kept = parts.app.state.services.exports
    export = parts.client.post(QUESTION).json()
    assert slow.going.wait(WAIT_SECONDS)
    crashed = KeptFiles(kept.settings)  # as after a loss of power
    assert [one.state for one in crashed.all("local").exports] == ["interrupted"]
    kept.close()
    parts.jobs.cancel(export["id"])  # as a server that stops does
    slow.may.set()
    parts.client.get(f"/api/v1/jobs/{export['id']}/events")
    after = KeptFiles(kept.settings)
    (told,) = after.all("local").exports
    assert (told.id, told.state, told.detail, told.asked) == (
        export["id"], "interrupted", "Interrupted by a restart.", export["asked"],
    )  # fmt: skip
    with pytest.raises(ProblemError, match="no export"):
        after.file(told.id, "local")
    assert after.all("somebody else").exports == []
    after.remove(told.id, "local")
    assert files(parts) == []


def test_a_file_that_came_to_nothing_says_why(build: Build, slow: Slow, monkeypatch: pytest.MonkeyPatch) -> None:
    parts = build(export_wait_seconds=0.0)
    export = parts.client.post(QUESTION).json()
    assert slow.going.wait(WAIT_SECONDS)
    kept = parts.app.state.services.exports
    monkeypatch.setattr(kept, "settings", replace(kept.settings, exports_bytes_max=0))
    slow.may.set()
    told = ready(parts, export["id"])
    assert (told["state"], told["detail"]) == ("failed", "Exports may take 0 GiB together.")
    assert parts.client.get("/api/v1/exports").json()["exports"] == [told]
    assert_problem(parts.client.get(f"/api/v1/exports/{export['id']}/file"), 404, "not_found")
    assert parts.client.delete(f"/api/v1/exports/{export['id']}").status_code == 204
    assert files(parts) == []


def test_a_cancelled_file_has_its_statement_stopped(
    hasty: Parts, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Not at the next batch of rows: what DuckDB is asked takes longest."""
    begun = threading.Event()
    database = Database(tmp_path / "warehouse.duckdb", tmp_path)

    def endless(*_order: Any) -> Any:
        with closing(Reader(database)) as reader:
            begun.set()
            reader.frame("select count(*) from range(1000000000) a, range(1000000) b where a.range % 7 = b.range % 5")

    monkeypatch.setattr(costs, "write_file", endless)
    export = hasty.client.post(QUESTION).json()
    assert begun.wait(WAIT_SECONDS)
    time.sleep(0.2)
    since = time.monotonic()
    hasty.client.post(f"/api/v1/jobs/{export['id']}/cancel")
    hasty.client.get(f"/api/v1/jobs/{export['id']}/events")
    assert hasty.client.get(f"/api/v1/jobs/{export['id']}").json()["state"] == "cancelled"
    assert time.monotonic() - since < WAIT_SECONDS
    database.close()


def test_two_files_at_once_share_their_room(patient: Parts, tmp_path: Path) -> None:
    """What another writes meanwhile counts, from the first byte; the one that was begun first goes on."""
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    kept = KeptFiles(replace(patient.app.state.services.settings, scratch=scratch, exports_bytes_max=100))
    wanted = Wanted("csv", lambda *_: ("", {}), False, "local", "/costs.csv")
    first, second = (Making(kept, wanted, scratch / name) for name in ("a.csv", "b.csv"))
    for making in (first, second):
        with kept.queueing(making):
            making.path.write_bytes(b"x" * 60)
    kept.need_room(first)
    with pytest.raises(ProblemError, match="together"):
        kept.need_room(second)
    first.path.unlink()
    kept.need_room(second)
    second.path.unlink()


def test_only_the_owner_of_the_folder_can_read_it(patient: Parts) -> None:
    patient.client.post(QUESTION)
    folder = patient.app.state.services.settings.exports
    rights = {stat.S_IMODE(path.stat().st_mode) for path in folder.iterdir()}
    assert (stat.S_IMODE(folder.stat().st_mode), rights) == (0o700, {0o600})


def test_a_cancelled_file_leaves_nothing(hasty: Parts, slow: Slow) -> None:
    export = hasty.client.post(QUESTION).json()
    assert slow.going.wait(WAIT_SECONDS)
    hasty.client.post(f"/api/v1/jobs/{export['id']}/cancel")
    slow.may.set()
    hasty.client.get(f"/api/v1/jobs/{export['id']}/events")  # ends with the job
    assert_problem(hasty.client.get(f"/api/v1/exports/{export['id']}"), 404, "not_found")
    assert files(hasty) == []
    assert list(hasty.app.state.services.settings.scratch.iterdir()) == []


def test_a_file_whose_job_ends_before_its_id_is_told_is_not_made_for_ever(
    hasty: Parts, slow: Slow, monkeypatch: pytest.MonkeyPatch
) -> None:
    start = Services.start

    def start_and_cancel(use: Services, *order: Any) -> Accepted:
        accepted = start(use, *order)
        assert slow.going.wait(WAIT_SECONDS)
        use.jobs.cancel(accepted.job)
        slow.may.set()
        end = time.monotonic() + WAIT_SECONDS
        while (job := use.jobs.get(accepted.job)) and job.state == "running" and time.monotonic() < end:
            time.sleep(0.01)
        return accepted

    monkeypatch.setattr(Services, "start", start_and_cancel)
    assert_problem(hasty.client.post(QUESTION), 409, "cancelled")
    assert hasty.client.get("/api/v1/exports").json()["exports"] == []


def test_files_go_when_their_time_is_over(hasty: Parts, slow: Slow, clock: Callable[[Parts, timedelta], None]) -> None:
    slow.may.set()
    export = ready(hasty, hasty.client.post(QUESTION).json()["id"])
    stray = hasty.app.state.services.settings.exports / f"{'0' * 32}.file"
    stray.touch()
    hasty.app.state.services.exports.sweep()
    assert files(hasty) == [f"{export['id']}.file", f"{export['id']}.json"]
    clock(hasty, timedelta(hours=24))
    assert_problem(hasty.client.get(f"/api/v1/exports/{export['id']}/file"), 404, "not_found")
    hasty.app.state.services.exports.sweep()
    assert files(hasty) == []


def test_what_cannot_be_made_says_why_at_once(patient: Parts, build: Build, monkeypatch: pytest.MonkeyPatch) -> None:
    def failing(*_args: Any) -> Any:
        raise ProblemError("caller", "too_large", "Too many rows.", Help(next_step="Ask for less."))

    monkeypatch.setattr(costs, "write_file", failing)
    assert_problem(patient.client.post(QUESTION), 413, "too_large")
    assert_problem(patient.client.post("/api/v1/costs.csv?by=servce"), 400, "query")
    assert_problem(build(free_bytes_min=1 << 60).client.post(QUESTION), 507, "disk_full")


def test_exports_together_have_their_room(build: Build) -> None:
    parts = build(exports_bytes_max=10)
    assert_problem(parts.client.post(QUESTION), 413, "too_large")
    assert files(parts) == []


@pytest.mark.parametrize("name", ["..%2f..%2fstate", "0" * 31, "0" * 32 + ".json", "A" * 32])
def test_an_id_is_no_path(patient: Parts, name: str) -> None:
    for address in (f"/api/v1/exports/{name}", f"/api/v1/exports/{name}/file"):
        assert patient.client.get(address).status_code in (404, 422)


def test_nobody_sees_the_files_of_others(patient: Parts) -> None:
    export = patient.client.post(QUESTION).json()
    kept = patient.app.state.services.exports
    assert kept.one(export["id"], "local").id == export["id"]
    for ask in (kept.one, kept.file, kept.remove):
        with pytest.raises(ProblemError, match="There is no export"):
            ask(export["id"], "somebody else")
    assert kept.all("somebody else").exports == []
