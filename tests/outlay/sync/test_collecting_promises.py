"""What is promised of collecting beside totals: when it looks where, whom it calls, how soon it stops."""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient
from werkzeug.wrappers import Request, Response

from api import ApiSettings, create_app
from api.documents.collecting import SyncRequest
from collectors import retrying
from collectors.sources import SourceError, aws_session, azure_blobs
from outlay.actions import Actions
from outlay.jobs import JobRunner
from outlay.sync_order import SCHEDULE
from tests.collectors.sources.bills import COLUMNS, bill, deliver
from tests.collectors.sources.clouds import Cloud, cloud
from tests.emulators.blob import BlobService
from tests.emulators.loopback import running
from tests.outlay.sync.providers import BUCKET, ExportsInContainer
from tests.outlay.sync.syncing import NOW, Desk, here
from tests.outlay.sync.test_collected_sources import drop, run
from tests.outlay.sync.test_cost_explorer_sync import Explorer

WEEK = timedelta(days=7)
SILENCE_SECONDS = 4


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-of-the-key")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    with cloud() as made:
        made.s3().create_bucket(Bucket=BUCKET)
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def exports(aws: Cloud, **more: Any) -> dict[str, Any]:
    return {"bucket": BUCKET, "prefix": "exports", "endpoint_url": aws.url, **more}


def put(aws: Cloud, period: str, amount: str, run: str, export: str = "exports/focus", account: str = "0001") -> None:
    deliver(aws.s3(), BUCKET, export, period, {"a.csv.gz": bill(period, ["5", amount], account)}, run)


def test_a_closed_month_is_looked_at_once_a_week(aws: Cloud, desk: Desk) -> None:
    source = desk.configure("aws-exports", exports(aws), months=9)
    for period in ("2026-04", "2026-11"):
        put(aws, period, "1", "r1")
    for _ in range(4):  # what came just now is restless for three runs
        desk.sync(source, actor=SCHEDULE)
        desk.now += timedelta(hours=6)
    put(aws, "2026-04", "1.5", "r2")
    aws.forget()
    desk.now += timedelta(hours=6)
    assert desk.states(desk.sync(source, actor=SCHEDULE)) == {"2026-11": "unchanged"}
    assert (aws.calls["ListObjects"] <= 3, desk.totals()["2026-04"]) == (True, 6)
    desk.now += WEEK
    done = desk.sync(source, actor=SCHEDULE)
    assert {month.period: (month.state, month.cause) for month in done.months} == {
        "2026-11": ("unchanged", None), "2026-04": ("live", "drift"),
    }  # fmt: skip
    assert desk.totals()["2026-04"] == Decimal("6.5")
    put(aws, "2026-04", "1.75", "r3")  # while it is restless it is looked at in every run
    desk.now += timedelta(hours=6)
    assert desk.states(desk.sync(source, actor=SCHEDULE))["2026-04"] == "live"
    (load,) = [load for key, load in desk.store.state.live().items() if key[1] == "2026-04"]
    detail = Actions(desk.store, lambda: desk.now).load(load.id)
    assert detail is not None
    assert [step.stage for step in detail.steps] == ["normalise", "verify", "swap"]
    assert [(one.expected, one.difference) for one in detail.control] == [("6.75", "0")]
    assert Actions(desk.store, lambda: desk.now).restatements("bills", 9).restatements[0].cause == "drift"


def test_a_person_who_asks_is_answered_for_every_month(aws: Cloud, desk: Desk) -> None:
    source = desk.configure("aws-exports", exports(aws), months=9)
    put(aws, "2026-04", "1", "r1")
    desk.sync(source, actor=SCHEDULE)
    put(aws, "2026-04", "1.5", "r2")
    assert desk.states(desk.sync(source)) == {"2026-04": "live"}


def test_parts_that_the_settings_mean_no_longer_are_not_counted(aws: Cloud, desk: Desk) -> None:
    for export, amount, account in (("exports/focus", "1", "0001"), ("other/focus", "2", "0002")):
        put(aws, "2026-11", amount, "r1", export, account)
    put(aws, "2026-10", "1", "r1")
    source = desk.configure("aws-exports", exports(aws))
    desk.sync(source)
    assert desk.totals() == {"2026-10": 6, "2026-11": 6}
    moved = desk.configure("aws-exports", exports(aws, prefix="other"))
    desk.sync(moved)
    assert desk.totals() == {"2026-10": 6, "2026-11": 7}  # not thirteen; and what nobody lists stays
    more = desk.configure("aws-exports", exports(aws, further_prefixes=["other"]))
    desk.sync(more)
    assert desk.totals()["2026-11"] == 13
    # With the same settings, what is missing from a listing is never taken away.
    aws.s3().delete_object(Bucket=BUCKET, Key="other/focus/metadata/BILLING_PERIOD=2026-11/focus-Manifest.json")
    desk.sync(more)
    assert desk.totals()["2026-11"] == 13


def test_the_very_same_lines_under_two_names_are_not_counted_twice(aws: Cloud, desk: Desk) -> None:
    for export in ("exports/focus", "exports/copy"):
        put(aws, "2026-11", "1", "r1", export)
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", exports(aws)))
    assert (caught.value.failure, "the very same lines" in caught.value.message) == ("configuration", True)
    assert desk.totals() == {}


def test_two_exports_of_one_payer_in_one_bucket_are_not_added_up(aws: Cloud, desk: Desk) -> None:
    for export, amount in (("exports/focus", "1"), ("exports/cur", "1.0001")):
        put(aws, "2026-11", amount, "r1", export)
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("aws-exports", exports(aws)))
    assert (caught.value.failure, "both bill account sub" in caught.value.message) == ("configuration", True)
    assert desk.totals() == {}
    desk.sync(desk.configure("aws-exports", exports(aws, exports=["focus"])))
    assert desk.totals() == {"2026-11": 6}


def test_two_parts_share_their_descriptions(desk: Desk, tmp_path: Path) -> None:
    """The lines of one account in two files of a month: nothing but amounts tells them apart."""
    folder = tmp_path / "drop"
    for name, amount in (("a.csv", "1.5"), ("b.csv", "2")):
        drop(folder, "2026-11", "5", amount, name=name)
    desk.sync(desk.configure("files-drop", {"folder": str(folder)}))
    assert desk.totals() == {"2026-11": Decimal("13.5")}


HEADER = f"{','.join(COLUMNS)}\n".encode()


def test_an_export_without_a_line_yet_is_no_fault(aws: Cloud, desk: Desk) -> None:
    source = desk.configure("aws-exports", exports(aws))
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-11", {"a.csv.gz": HEADER}, "r1")
    (month,) = desk.sync(source).months
    assert (month.state, month.message) == ("unchanged", "The files hold no line yet.")
    files = {"a.csv.gz": HEADER, "b.csv.gz": bill("2026-11", ["4"])}  # one of several may be empty
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-11", files, "r2")
    desk.sync(source)
    assert desk.totals() == {"2026-11": 4}
    deliver(aws.s3(), BUCKET, "exports/focus", "2026-11", {"a.csv.gz": HEADER}, "r3")
    with pytest.raises(SourceError) as caught:  # what was there does not become nothing
        desk.sync(source)
    assert (caught.value.failure, desk.totals()) == ("data", {"2026-11": 4})


def test_looking_at_pages_calls_nobody(aws: Cloud, desk: Desk, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    put(aws, "2026-11", "1", "r1")
    aws.faults = [Explorer()]
    sources = [desk.configure("aws-exports", exports(aws), "bills"),
               desk.configure("aws-cost-explorer", {"endpoint_url": aws.url}, "summary")]  # fmt: skip
    for source in sources:
        desk.sync(source)
    jobs = JobRunner(lambda: desk.now)
    settings = ApiSettings(scratch=tmp_path / "scratch", now=lambda: desk.now, version="0")
    app = create_app(desk.store, jobs, Actions(desk.store, lambda: desk.now), settings)
    client = TestClient(app, base_url="http://localhost", raise_server_exceptions=False)
    (load,) = [one.id for one in desk.store.state.live().values() if one.source == "bills"]
    fill = {"source": "bills", "load_id": load, "job_id": "none", "line_id": "bills:2026-11:1:0", "extension": "csv"}
    connected: list[Any] = []
    monkeypatch.setattr(socket.socket, "connect", lambda _self, address: connected.append(address))
    aws.forget()
    paths = [path for path, methods in app.openapi()["paths"].items() if "get" in methods]
    seen = {}
    for path in paths:
        asked = path
        for name, value in fill.items():
            asked = asked.replace(f"{{{name}}}", value)
        if not path.endswith("/events"):
            seen[path] = client.get(asked).status_code
    jobs.close()
    assert (connected, dict(aws.calls)) == ([], {})
    assert len(seen) > 20
    pages = ("/api/v1/sources", "/api/v1/sources/{source}/months", "/api/v1/status", "/api/v1/loads/{load_id}")
    assert [seen[page] for page in pages] == [200] * len(pages), seen


def stalled(part: str, ended: threading.Event) -> Any:
    """A fault: an answer that begins and does not go on."""

    def fault(request: Request, kind: str = "") -> Response | None:
        if part not in request.path:
            return None

        def body() -> Iterator[bytes]:
            yield b"x"
            ended.wait(30)

        about = {"Content-Length": "100000", "Content-Range": "bytes 0-99999/100000", "ETag": '"0x1"'}
        return Response(body(), 206, about, direct_passthrough=True)

    return fault


@pytest.mark.parametrize("where", ["bucket", "container"])
def test_a_job_that_waits_for_a_provider_is_cancelled_within_ten_seconds(
    aws: Cloud, desk: Desk, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    """Cancelling is heard once a silent connection is given up, which takes the time that is set and no more."""
    assert max(aws_session.READ_SECONDS, azure_blobs.TIMEOUT_SECONDS) <= 9
    monkeypatch.setattr(aws_session, "READ_SECONDS", SILENCE_SECONDS)
    monkeypatch.setattr(azure_blobs, "TIMEOUT_SECONDS", SILENCE_SECONDS)
    ended = threading.Event()
    with running(BlobService()) as blobs:
        if where == "bucket":
            put(aws, "2026-11", "1", "r1")
            aws.faults = [stalled("a.csv.gz", ended)]
            desk.configure("aws-exports", exports(aws))
        else:
            export = ExportsInContainer(blobs)
            export.older("2026-11", NOW)
            blobs.faults = [stalled("part_0_0001", ended)]
            desk.configure("azure-exports", export.settings(tmp_path))
        collecting = Actions(desk.store, lambda: desk.now).collecting
        jobs = JobRunner(lambda: desk.now)
        job = jobs.start("sync", lambda report: collecting.sync("bills", SyncRequest(), "me", report), actor="me")
        end = time.monotonic() + 30
        while time.monotonic() < end and "Fetching" not in (jobs.get(job).message or ""):
            time.sleep(0.05)
        time.sleep(0.5)
        begun = time.monotonic()
        jobs.cancel(job)
        while not jobs.idle and time.monotonic() - begun < 30:
            time.sleep(0.05)
        took = time.monotonic() - begun
        ended.set()
        jobs.close()
    assert (jobs.get(job).state, took < SILENCE_SECONDS + 1) == ("cancelled", True), took
    assert desk.totals() == {}


def test_a_process_that_was_killed_goes_on_where_it_was(aws: Cloud, tmp_path: Path) -> None:
    """The newest month is kept and loaded; the kill comes while the next one is fetched."""
    for period in ("2026-10", "2026-11"):
        put(aws, period, "1", "r1")
    data, ended = tmp_path / "data", threading.Event()
    data.mkdir()
    settings = "\n".join(f"      {name}: {value}" for name, value in exports(aws).items())
    text = f"sources:\n  - name: bills\n    kind: aws-exports\n    months: 30\n    settings:\n{settings}\n"
    (data / "outlay.yaml").write_text(text)
    aws.faults = [stalled("BILLING_PERIOD=2026-10/a.csv.gz", ended)]
    words = [sys.executable, "-m", "outlay.cli", "sync", "bills", "--data", str(data)]
    first = subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=here_too())
    end = time.monotonic() + 120
    while time.monotonic() < end and not any("2026-10" in key for key in aws.keys):
        assert first.poll() is None
        time.sleep(0.05)
    time.sleep(0.2)
    first.kill()
    first.wait(30)
    ended.set()
    aws.faults.clear()
    aws.forget()
    again = run("sync", "bills", "--data", data)
    assert (again.exit_code, "2026-10 loaded" in again.output, "2026-11" in again.output) == (0, True, False), (
        again.output
    )
    assert [key for key in aws.keys if "2026-11" in key] == []
    assert '"interrupted"' in run("sources", "--format", "json", "--data", data).output


def here_too() -> dict[str, str]:
    """The environment of a process of its own that runs this checkout."""
    return {**os.environ, "PYTHONPATH": str(Path(__file__).resolve().parents[3])}


def test_the_command_line_asks_for_part_or_all(tmp_path: Path) -> None:
    data, folder = tmp_path / "data", tmp_path / "drop"
    for period in ("2026-08", "2026-09", "2026-10"):
        drop(folder, period, "1")
    data.mkdir()
    text = "sources:\n  - name: drop\n    kind: files-drop\n    months: 24\n    settings:\n      folder: "
    (data / "outlay.yaml").write_text(f"{text}{folder}\n")
    planned = run("sync", "--dry-run", "--data", data)
    assert (planned.exit_code, planned.output.count("would be fetched")) == (0, 3), planned.output
    some = run("sync", "--from", "2026-09", "--to", "2026-09", "--data", data).output
    assert ("2026-09 loaded" in some, "2026-08" in some, "2026-10" in some) == (True, False, False)
    assert run("sync", "--data", data).output.count(" loaded") == 2
    full = run("sync", "--full", "--data", data).output
    assert "3 months, 0 of them changed" in full
    assert run("sync", "--from", "2026-13", "--data", data).exit_code != 0


def test_here_is_the_child(tmp_path: Path) -> None:
    """The bench of these tests reads in this process; both read the same."""
    folder = tmp_path / "drop"
    drop(folder, "2026-11", "1.25", "2")
    found = []
    for name, way in (("here", here), ("child", None)):
        desk = Desk(tmp_path / name)
        desk.sync(desk.configure("files-drop", {"folder": str(folder)}), run=way)
        found.append([load.content for load in desk.store.state.live().values()])
        desk.close()
    assert found[0] == found[1]
