"""Collecting as people use it: outlay.yaml, the command line, the API, the schedule; with files that others drop."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from api.documents import collecting as doc
from api.protocols import ProblemError
from collectors.sources import SourceError
from outlay.actions import Actions
from outlay.cli import app
from outlay.collecting_facts import spending
from outlay.config import ConfigError, load_config
from outlay.jobs import JobRunner
from outlay.schedule import Pace, Schedule, due, jitter, next_run
from tests.collectors.sources.bills import bill
from tests.outlay.sync.syncing import NOW, Desk, Quiet
from warehouse.store.collecting import Spent

YAML = """
sources:
  - name: drop
    kind: files-drop
    label: Dropped
    months: 24
    settings:
      folder: {folder}
"""


def drop(folder: Path, period: str, *amounts: str, name: str = "bill.csv") -> Path:
    path = folder / period / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(bill(period, amounts))
    old = (NOW - timedelta(days=300)).timestamp()
    os.utime(path, (old, old + len(amounts)))
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def test_a_folder_by_the_command_line(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "drop"
    drop(folder, "2026-09", "1.5", "2")
    data.mkdir()
    (data / "outlay.yaml").write_text(YAML.format(folder=folder))
    checked = run("sources", "check", "drop", "--data", data)
    assert (checked.exit_code, "Files can be read" in checked.output) == (0, True), checked.output
    first = run("sync", "--from", "2026-09", "--data", data)
    assert (first.exit_code, "2026-09 loaded" in first.output) == (0, True), first.output
    assert "1 month, 0 of them changed" in run("sync", "drop", "--from", "2026-09", "--data", data).output
    (source,) = json.loads(run("sources", "--format", "json", "--data", data).output)["sources"]
    assert source["totals"][0]["billed_cost"] == "3.5"
    how = source["collector"]
    assert (how["kind"], how["origin"], [one["state"] for one in how["runs"]]) == (
        "files-drop", "file", ["unchanged", "done"],
    )  # fmt: skip
    assert {one["name"] for one in how["spent_month"]} == {"list", "object"}
    assert "drop" in run("sources", "--data", data).output
    assert run("sync", "nothing", "--data", data).exit_code == 1
    assert "files-drop" in run("sources", "kinds", "--data", data).output


def test_files_without_a_month_in_their_path(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "drop"
    for period in ("2026-09", "2026-10"):
        drop(folder, period, "1").rename(folder / f"bill-{period[-2:]}.csv")
    source = desk.configure("files-drop", {"folder": str(folder)})
    desk.sync(source)
    assert desk.totals() == {"2026-09": Decimal(1), "2026-10": Decimal(1)}
    assert desk.sync(source).state == "unchanged"


def test_spending_is_known_for_good(desk: Desk) -> None:
    """A page shows the last days; the file of it has all of them."""
    for days in (0, 500):
        day = f"{desk.now.date() - timedelta(days=days)}"
        desk.collecting.spend(Spent("bills", day, "page", 2, Decimal("0.01")))
    shown, whole = (spending(desk.collecting, "bills", desk.now, days) for days in (400, None))
    assert [shown.cost, whole.cost, len(whole.days)] == ["0.01", "0.02", 2]


def test_a_file_under_the_wrong_month_is_refused(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "drop"
    drop(folder, "2026-09", "1").rename(folder / "2026-09" / "x.csv")
    (folder / "2026-09").rename(folder / "2026-10")
    source = desk.configure("files-drop", {"folder": str(folder)})
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert "hold lines of 2026-09" in caught.value.message
    assert desk.totals() == {}


def test_a_young_file_waits(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "drop"
    path = drop(folder, "2026-09", "1")
    os.utime(path, (NOW.timestamp(), NOW.timestamp()))
    source = desk.configure("files-drop", {"folder": str(folder)})
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert caught.value.failure == "transient"
    desk.now = NOW + timedelta(minutes=5)
    desk.sync(source)
    assert desk.totals() == {"2026-09": Decimal(1)}


BAD = """sources:
  - name: one
    kind: file-drop
  - name: two
    kind: aws-exports
    settings:
      buckets: a
      secret_access_key: canary-literal-secret
    months: 0
  - kind: files-drop
"""


def test_every_fault_of_the_list_at_once_with_its_line(tmp_path: Path) -> None:
    (tmp_path / "outlay.yaml").write_text(BAD)
    with pytest.raises(ConfigError) as caught:
        load_config(tmp_path, None, {})
    text = str(caught.value)
    for wanted in (":3:", "files-drop", ":7:", "bucket", ":8:", "reference", ":9:", ":10:"):
        assert wanted in text, wanted
    assert "canary" not in text


def actions(desk: Desk) -> Actions:
    return Actions(desk.store, lambda: desk.now)


def test_a_source_set_up_through_the_api(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "drop"
    drop(folder, "2026-11", "4")
    collecting = actions(desk).collecting
    wanted = doc.CollectorSettings(kind="files-drop", settings={"folder": str(folder)})
    assert collecting.test(wanted, Quiet()).ok
    assert collecting.configure("mine", wanted, "local").next_run_at == NOW
    done = collecting.sync("mine", doc.SyncRequest(), "local", Quiet())
    assert (done.state, done.months[0].state) == ("done", "live")
    assert actions(desk).sources()[0].collector is not None
    collecting.pause("mine", paused=True)
    assert collecting.known("mine").next_run_at is None
    with pytest.raises(ProblemError) as caught:
        collecting.configure("mine", wanted.model_copy(update={"settings": {"a": "canary", "folder": 1}}), "local")
    assert {fault["field"] for fault in caught.value.faults} == {"a", "folder"}  # type: ignore[attr-defined]
    assert "canary" not in str(caught.value)
    actions(desk).removing.remove("mine", "erase", "local", Quiet())
    assert (desk.collecting.configured(), desk.totals("mine")) == ([], {})


def test_the_file_wins_and_is_not_erased(tmp_path: Path, desk: Desk) -> None:
    (tmp_path / "outlay.yaml").write_text(YAML.format(folder=tmp_path))
    found = load_config(tmp_path, None, {})
    made = actions(desk)
    made.collecting.adopt(found.sources)
    with pytest.raises(ProblemError) as caught:
        made.removing.remove("drop", "erase", "local", Quiet())
    assert caught.value.slug == "conflict"
    made.collecting.pause("drop", paused=True)
    made.collecting.adopt(found.sources)
    assert made.collecting.known("drop").paused
    made.collecting.adopt(())
    assert made.collecting.shown() == {}


HOUR = timedelta(hours=1)


def test_due_is_computed_from_what_is_recorded() -> None:
    fresh = Pace("a", 6, changed_at=NOW)
    ran = Pace("b", 6, changed_at=NOW - 90 * HOUR, last_ended=NOW - 7 * HOUR, last_state="done")
    rests = Pace("c", 6, changed_at=NOW - 90 * HOUR, last_ended=NOW - 5 * HOUR, last_state="done")
    assert due([rests, fresh, ran], NOW) == ["b", "a"]
    assert due([Pace("a", 6, paused=True, changed_at=NOW), Pace("b", 6, running=True, changed_at=NOW)], NOW) == []
    # A week of downtime is one run, not twenty-eight.
    late = Pace("d", 6, changed_at=NOW - 900 * HOUR, last_ended=NOW - 168 * HOUR, last_state="done")
    assert due([late], NOW) == ["d"]
    assert all(0.9 <= jitter(name) <= 1.1 for name in map(str, range(200)))
    assert len({jitter(name) for name in "abc"}) == 3


def test_the_breaker_slows_one_source_to_a_run_a_day() -> None:
    broken = Pace("a", 6, changed_at=NOW - 900 * HOUR, last_ended=NOW - 10 * HOUR, last_failure="configuration",
                  last_state="failed", failures=3)  # fmt: skip
    assert due([broken], NOW) == []
    assert due([broken], NOW + 24 * HOUR) == ["a"]
    mended = Pace("a", 6, changed_at=NOW - HOUR, last_ended=NOW - 10 * HOUR, last_failure="configuration", failures=0)
    assert next_run(mended) == NOW - HOUR
    spent = Pace("a", 1, changed_at=NOW - 900 * HOUR, last_ended=NOW, last_failure="budget", last_state="failed")
    assert next_run(spent) == NOW.replace(day=21, hour=0)


def test_three_wrong_runs_open_the_breaker_and_new_settings_close_it(tmp_path: Path, desk: Desk) -> None:
    collecting = actions(desk).collecting
    desk.configure("files-drop", {"folder": str(tmp_path / "nowhere")}, "mine")
    for hours in (1, 2, 3):
        desk.now = NOW + hours * HOUR
        with pytest.raises(SourceError):
            collecting.sync("mine", doc.SyncRequest(), "local", Quiet())
    assert collecting.known("mine").breaker_open
    assert actions(desk).status().needs_attention == 1
    desk.now += HOUR
    wanted = doc.CollectorSettings(kind="files-drop", settings={"folder": str(tmp_path)})
    assert not collecting.configure("mine", wanted, "local").breaker_open


def test_the_schedule_starts_what_is_due_once(tmp_path: Path, desk: Desk) -> None:
    folder = tmp_path / "drop"
    drop(folder, "2026-11", "4")
    collecting = actions(desk).collecting
    desk.configure("files-drop", {"folder": str(folder)}, "mine")
    jobs = JobRunner(lambda: desk.now)

    def start(name: str) -> None:
        if collecting.under_way(name, jobs) is None:
            jobs.start("sync", lambda p: collecting.sync(name, doc.SyncRequest(), "schedule", p), actor="schedule",
                       source=name)  # fmt: skip

    schedule = Schedule(collecting.paces, start, lambda: desk.now)
    schedule.tick()
    schedule.tick()
    while not jobs.idle:
        pass
    assert [job.state for job in jobs.list()] == ["done"]
    assert schedule.tick() == []
    desk.now += 7 * HOUR
    assert schedule.tick() == ["mine"]
    while not jobs.idle:
        pass
    assert jobs.list()[0].state == "unchanged"
    jobs.close()
    assert desk.totals("mine") == {"2026-11": Decimal(4)}


def test_a_run_that_a_process_left_behind_is_called_interrupted(desk: Desk) -> None:
    from warehouse.store.collecting import Run
    from warehouse.store.state import instant

    desk.configure("files-drop", {"folder": "/nowhere"}, "mine")
    desk.collecting.start_run(Run("r", "mine", "schedule", "running", instant(NOW)))
    made = actions(desk)
    assert desk.collecting.interrupt_runs(NOW + HOUR) == 1
    (pace,) = made.collecting.paces()
    assert due([pace], NOW + HOUR) == ["mine"]


def test_a_server_that_stays_runs_the_schedule_and_a_command_does_not(tmp_path: Path) -> None:
    from outlay.application import open_application

    folder = tmp_path / "drop"
    drop(folder, f"{datetime.now(UTC):%Y-%m}", "4")
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "outlay.yaml").write_text(YAML.format(folder=folder))
    config = load_config(tmp_path / "data", None, {})
    beside = open_application(config)
    assert beside.jobs.list() == []
    beside.close()
    staying = open_application(config, None, "http://127.0.0.1:1")
    end = time.monotonic() + 60
    while time.monotonic() < end and not (staying.jobs.list() and staying.jobs.idle):
        time.sleep(0.05)
    found = [(job.kind, job.source, job.state) for job in staying.jobs.list()]
    staying.close()
    assert found == [("sync", "drop", "done")]


def test_over_http(tmp_path: Path) -> None:
    from outlay.client import ApiError, connect

    folder = tmp_path / "drop"
    drop(folder, "2026-09", "4")
    (tmp_path / "data").mkdir()
    wanted = {"kind": "files-drop", "settings": {"folder": str(folder)}, "months": 36}
    with connect(load_config(tmp_path / "data", None, {})) as client:
        tested = client.watch(client.post("/sources/test", wanted)["job"], lambda job: None)
        assert tested["result"]["ok"], tested
        assert client.put("/sources/mine", wanted)["origin"] == "api"
        done = client.watch(client.post("/sources/mine/sync", {"start": "2026-09"})["job"], lambda job: None)
        assert (done["state"], done["result"]["months"][0]["state"]) == ("done", "live")
        assert client.post("/sources/mine/pause")["paused"]
        assert not client.post("/sources/mine/resume")["paused"]
        with pytest.raises(ApiError) as caught:
            client.put("/sources/mine", {**wanted, "settings": {"folder": "a", "bucket": "b", "canary": 1}})
        assert caught.value.problem["status"] == 422
        with pytest.raises(ApiError) as caught:
            client.post("/sources/other/sync", {})
        assert caught.value.problem["status"] == 404
        with pytest.raises(ApiError) as caught:
            client.post("/sources/mine/sync", {"start": "2026-13"})
        assert caught.value.problem["status"] == 422
        removed = client.watch(client.delete("/sources/mine", "how=erase")["job"], lambda job: None)
        assert removed["state"] == "done"
        assert client.document("/sources")["sources"] == []
