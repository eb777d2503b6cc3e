"""Jobs: allowed moves, progress, cancelling, and workers that survive whatever the work does."""

from __future__ import annotations

import io
import threading
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from itertools import product

import pytest
from rich.console import Console

from api.documents import ImportResult, Job, Removed
from api.protocols import Help, ProblemError, Progress
from outlay.commands.terminal import _Lines, bar
from outlay.jobs import MOVES, RUNNING_MAX, JobRunner, Limits

NOW = datetime(2026, 11, 18, tzinfo=UTC)
DONE = Removed(sources=[], rows=0)


@pytest.fixture
def told() -> list[tuple[str, str, str]]:
    return []


@pytest.fixture
def runner(told: list[tuple[str, str, str]]) -> Iterator[JobRunner]:
    def on_change(job: Job, actor: str) -> None:
        told.append((job.id, job.state, actor))

    made = JobRunner(lambda: NOW, on_change=on_change, limits=Limits(queued_max=3, kept_max=4))
    yield made
    made.close(5)


def ended(runner: JobRunner, job: str) -> Job:
    end = time.monotonic() + 10
    while time.monotonic() < end:
        document = runner.get(job)
        assert document
        if not MOVES[document.state]:
            return document
        time.sleep(0.005)
    raise AssertionError("the job did not end")


def test_every_move_is_recorded_with_who_asked(runner: JobRunner, told: list) -> None:
    job = runner.start("import", lambda _: DONE, actor="ann", source="north")
    document = ended(runner, job)
    assert (document.state, document.kind, document.source) == ("done", "import", "north")
    assert document.created_at == document.ended_at == NOW
    assert document.result == DONE.model_dump(mode="json")
    assert told == [(job, state, "ann") for state in ("queued", "running", "done")]


@pytest.mark.parametrize(("before", "after"), list(product(MOVES, MOVES)))
def test_only_allowed_moves_happen(before: str, after: str) -> None:
    runner = JobRunner(lambda: NOW)
    job = runner.start("import", lambda _: DONE, actor="ann")
    ended(runner, job)
    record = runner._jobs[job]
    record.document = record.document.model_copy(update={"state": before})
    if after in MOVES[before]:
        runner._move(record, after)
        assert record.document.state == after
    else:
        with pytest.raises(RuntimeError, match="cannot become"):
            runner._move(record, after)
    record.document = record.document.model_copy(update={"state": "done"})
    runner.close(1)


@pytest.mark.parametrize("state", ["held", "unchanged", "quarantined"])
def test_results_name_their_end(runner: JobRunner, state: str) -> None:
    job = runner.start("import", lambda _: ImportResult(state=state, source="a"), actor="ann")
    assert ended(runner, job).state == state


@pytest.mark.parametrize(("kind", "state"), [("caller", "failed"), ("operator", "needs_attention"), ("us", "failed")])
def test_who_must_act_decides_how_a_failure_is_called(runner: JobRunner, kind: str, state: str) -> None:
    def work(_: Progress) -> Removed:
        raise ProblemError(kind, "odd", "It broke.", Help(next_step="Mend it."))

    document = ended(runner, runner.start("import", work, actor="ann"))
    assert document.state == state
    assert document.error
    assert (document.error.detail, document.error.next_step) == ("It broke.", "Mend it.")


class NativePanic(BaseException):
    """Native libraries raise what is no Exception."""


@pytest.mark.parametrize("error", [ValueError("token=hunter2 in a path"), NativePanic("boom"), MemoryError()])
def test_a_bug_ends_the_job_and_not_the_worker(runner: JobRunner, error: BaseException) -> None:
    def work(_: Progress) -> Removed:
        raise error

    for _ in range(3):
        document = ended(runner, runner.start("import", work, actor="ann"))
        assert document.state == "failed"
        assert document.error
        assert document.error.type == "urn:outlay:problem:internal"
        assert document.id in (document.error.next_step or "")
        assert "hunter2" not in document.model_dump_json()
    assert ended(runner, runner.start("import", lambda _: DONE, actor="ann")).state == "done"


def test_secrets_stay_out_of_what_people_see(runner: JobRunner) -> None:
    def work(report: Progress) -> Removed:
        report.stage("fetch", "Reading https://ann:hunter2@host/x?sig=abcdef&x=1")
        raise ProblemError("caller", "odd", "Refused: Authorization: Bearer abc.def")

    document = ended(runner, runner.start("import", work, actor="ann"))
    for secret in ("hunter2", "abcdef", "abc.def"):
        assert secret not in document.model_dump_json()


def test_progress_counts_rows_and_time(runner: JobRunner) -> None:
    at_half, go_on = threading.Event(), threading.Event()
    early: list[int | None] = []

    def work(report: Progress) -> Removed:
        report.source("north")
        report.stage("normalise", "Reading")
        time.sleep(0.05)
        report.rows(40, 1000)
        early.append(runner.list()[0].progress.seconds_left)
        report.stage("normalise")  # the same once more: what is read stays said
        report.rows(500, 1000)
        at_half.set()
        go_on.wait(10)
        report.stage("verify")
        return DONE

    job = runner.start("import", work, actor="ann")
    at_half.wait(10)
    half = runner.get(job)
    assert half
    assert (half.source, half.stage, half.message) == ("north", "normalise", "Reading")
    assert (half.progress.rows_done, half.progress.rows_total) == (500, 1000)
    assert half.progress.rows_per_second
    assert 0 < half.progress.rows_per_second <= 10_000
    assert half.progress.seconds_left is not None
    assert early == [None]  # foretold from too little, it would be wrong by far
    go_on.set()
    after = ended(runner, job)
    assert after.stage == "verify"
    assert after.progress.rows_done is None  # a stage counts its own rows


def test_work_that_never_begins_is_abandoned(runner: JobRunner) -> None:
    go = threading.Event()

    class Work:
        abandoned = False

        def __call__(self, _: Progress) -> Removed:
            return DONE

        def abandon(self) -> None:
            self.abandoned = True

    def wait(_: Progress) -> Removed:
        go.wait(10)
        return DONE

    busy = [runner.start("import", wait, actor="ann") for _ in range(RUNNING_MAX)]
    work = Work()
    job = runner.start("upload", work, actor="ann")
    found = runner.cancel(job)
    assert found and found.state == "cancelled" and work.abandoned
    go.set()
    for one in busy:
        assert ended(runner, one).state == "done"


def test_watchers_are_told_and_forgotten(runner: JobRunner) -> None:
    go, heard = threading.Event(), threading.Event()

    def work(_: Progress) -> Removed:
        go.wait(10)
        return DONE

    job = runner.start("import", work, actor="ann")
    with runner.watch(job, heard.set):
        go.set()
        assert heard.wait(10)
    ended(runner, job)
    assert runner._jobs[job].watchers == []
    with runner.watch("unknown", heard.set):
        pass


def test_a_queued_job_is_cancelled_at_once_and_the_queue_is_bounded(runner: JobRunner) -> None:
    go = threading.Event()

    def work(_: Progress) -> Removed:
        go.wait(10)
        return DONE

    running = [runner.start("import", work, actor="ann") for _ in range(2)]
    while [runner.get(job).state for job in running] != ["running"] * 2:
        time.sleep(0.005)
    waiting = [runner.start("import", work, actor="ann") for _ in range(3)]
    with pytest.raises(ProblemError) as full:
        runner.start("import", work, actor="ann")
    assert full.value.slug == "queue_full"
    assert runner.cancel(waiting[0]).state == "cancelled"
    assert runner.cancel("unknown") is None
    go.set()
    assert [ended(runner, job).state for job in (*running, *waiting)] == ["done", "done", "cancelled", "done", "done"]


def test_old_jobs_are_forgotten(runner: JobRunner) -> None:
    jobs = [runner.start("import", lambda _: DONE, actor="ann") for _ in range(1)]
    for _ in range(9):
        ended(runner, jobs[-1])
        jobs.append(runner.start("import", lambda _: DONE, actor="ann"))
    ended(runner, jobs[-1])
    assert len(runner.list()) <= 5
    assert runner.list()[0].id == jobs[-1]
    assert runner.get(jobs[0]) is None


def test_a_record_that_fails_does_not_stop_the_work() -> None:
    def on_change(_job: Job, _actor: str) -> None:
        raise OSError("disk full")

    runner = JobRunner(lambda: NOW, on_change=on_change)
    assert ended(runner, runner.start("import", lambda _: DONE, actor="ann")).state == "done"
    runner.close(1)


def test_closing_stops_what_runs_and_takes_no_more() -> None:
    runner, started = JobRunner(lambda: NOW), threading.Event()

    def work(report: Progress) -> Removed:
        started.set()
        while True:
            report.check()
            time.sleep(0.005)

    def stubborn(_: Progress) -> Removed:
        time.sleep(0.6)
        return DONE

    jobs = [runner.start("import", work, actor="ann"), runner.start("import", stubborn, actor="ann")]
    started.wait(10)
    runner.close(0.3)
    assert [runner.get(job).state for job in jobs] == ["cancelled", "interrupted"]
    with pytest.raises(ProblemError):
        runner.start("import", work, actor="ann")
    time.sleep(0.4)
    assert runner.get(jobs[1]).state == "interrupted"  # an end is an end


def test_a_terminal_shows_objects_bytes_rows_their_pace_and_the_time_left() -> None:
    numbers = {
        "objects_done": 3, "objects_total": 6, "bytes_done": 2_166, "bytes_total": 4_300_000, "rows_done": None,
        "rows_total": None, "rows_per_second": None, "seconds_left": 75,
    }  # fmt: skip
    job = {"message": "Fetching 2026-10 of payer", "stage": "fetch", "source": "payer", "progress": numbers}
    shown = bar(job)
    assert (shown["done"], shown["left"]) == ("3 of 6 objects, 2.2 kB of 4.3 MB", "1 min 15 s left")
    out = io.StringIO()
    _Lines(Console(file=out, width=200)).show(job)
    assert out.getvalue() == f"Fetching 2026-10 of payer · {shown['done']} · 1 min 15 s left\n"
    reading = {**numbers, "objects_done": None, "bytes_done": None, "rows_done": 1_200, "rows_per_second": 4_100}
    assert bar({**job, "progress": reading})["done"] == "1,200 rows"
    assert bar({**job, "progress": reading})["speed"] == "4,100 rows/s"
