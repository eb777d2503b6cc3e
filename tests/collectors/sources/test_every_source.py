"""What every source does alike, whichever lies in the folder: each has a driver, or this fails."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from werkzeug.wrappers import Response

from api.files import write_rows
from api.protocols import FocusOrder
from api.writing import How
from collectors import retrying
from collectors.sources import SourceError, sources
from outlay.actions import Actions
from outlay.child import ChildLimits, ChildTask, Worker
from tests.collectors.sources.drivers import DRIVERS, REVOKED, Driver
from tests.collectors.sources.reaching import CANARY, holds
from tests.emulators.loopback import cut, html
from warehouse.metrics import Access, answer, parse

BREAKS: dict[str, Callable[[], Response]] = {
    "refused": lambda: Response(f'{{"message": "{CANARY}"}}', 403, content_type="application/json"),
    "expired": lambda: Response("{}", 401, content_type="application/json"),
    "throttled": lambda: Response("{}", 429, {"Retry-After": "1"}, content_type="application/json"),
    "broken": lambda: Response("{}", 503, content_type="application/json"),
    "a web page": html,
    "cut": lambda: cut(b"x", 900),
}


@pytest.fixture(params=sorted(sources()))
def driver(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Driver]:
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    yield from DRIVERS[request.param](request.param, tmp_path, monkeypatch)


def test_an_unchanged_source_costs_a_list_call_a_month_and_no_download(driver: Driver) -> None:
    assert driver.sync().state == "done"
    before = driver.known()
    driver.forget()
    assert driver.sync().state == "unchanged"
    found = dict(driver.calls())
    assert not driver.downloads & {name for name, count in found.items() if count}
    assert sum(found.values()) <= driver.lists_max, found
    assert driver.known() == before


def test_whatever_breaks_nothing_is_lost_no_secret_shows_and_the_next_run_is_right(
    driver: Driver, tmp_path: Path, caplog: pytest.LogCaptureFixture, capfd: pytest.CaptureFixture[str]
) -> None:
    driver.sync()
    before = driver.known()
    driver.desk.now = driver.desk.now.replace(day=21)  # what is asked once a day is asked again
    said: list[str] = []
    for name, response in BREAKS.items():
        driver.break_with(response)
        try:
            driver.sync()
        except SourceError as error:
            assert error.failure != "bug", name
            said.append(f"{error!r} {error} {error.next_step} {error.line} {error.__cause__!r}")
        else:
            pytest.fail(f"{name}: an empty success")
        driver.break_with(None)
        assert driver.known() == before, name
    driver.sync()
    runs: list[Any] = driver.desk.collecting.runs("bills")
    shown = capfd.readouterr()
    for text in (*said, caplog.text, str(runs), shown.out, shown.err, Path("/proc/self/cmdline").read_text()):
        assert CANARY not in text
    assert holds(tmp_path / "data", CANARY) == []


@pytest.mark.parametrize("name", sorted(REVOKED))
def test_a_credential_that_ends_in_mid_run_loses_nothing(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It expires or is replaced after one call, after two, after five; whoever renews it goes on where it was."""
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    for driver in REVOKED[name](name, tmp_path, monkeypatch):
        assert driver.revoke is not None
        seen = []
        for calls in (1, 2, 5, 10**6):
            driver.revoke(calls, False)
            try:
                assert driver.sync().state in ("done", "unchanged")
            except SourceError as error:
                assert (error.failure, bool(error.next_step)) == ("configuration", True), error
                assert "credential" in error.message
                assert CANARY not in f"{error!r} {error.next_step} {error.__cause__!r}"
                seen.append(driver.desk.totals())
                driver.renew()
        assert len(seen) >= 1
        whole = driver.known()
        assert all(total.items() <= whole[0].items() for total in seen)
        driver.revoke(2, True)  # the reference leads to the new one when the old one is refused
        with contextlib.suppress(SourceError):
            driver.sync(full=True)
        assert driver.known() == whole
        assert driver.sync(full=True).state == "unchanged"
        assert driver.known() == whole


def test_no_secret_reaches_exports_or_the_children_that_read(driver: Driver, tmp_path: Path) -> None:
    seen: dict[str, bytes] = {}

    def watched(task: ChildTask, on_progress: Any) -> Any:
        with Worker(ChildLimits()) as child:
            done = child.run(task, on_progress)
            assert child._process is not None and child._process.poll() is None
            for name in ("cmdline", "environ"):
                seen[name] = Path(f"/proc/{child._process.pid}/{name}").read_bytes()
            return done

    driver.desk.run = watched
    driver.sync()
    if not driver.desk.totals():
        (configured,) = driver.desk.collecting.configured()
        assert sources()[configured.kind].GRADE == "facts" and not seen
        return
    assert b"outlay.child_main" in seen["cmdline"] and seen["environ"]
    out = tmp_path / "out"
    out.mkdir()
    actions = Actions(driver.desk.store, lambda: driver.desk.now)
    for form in ("csv", "parquet"):
        actions.export_focus(FocusOrder("1.2", "all", form), out / form)
    asked = parse("measures=billed_cost&by=service,sub_account&period=all&incomplete=include")
    answered = answer(asked, Access("tests"), driver.desk.store, driver.desk.now)
    write_rows(answered, "answer", out / "answer.csv", How(1_000))
    assert all(path.stat().st_size > 50 for path in out.iterdir())
    assert holds(out, CANARY) == []
    for name, text in seen.items():
        assert CANARY.encode() not in text, name
