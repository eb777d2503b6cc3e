"""Pools and series over HTTP and from the command line's files, on a real store."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx2
import pytest
from typer.testing import CliRunner

from api import ApiSettings, create_app
from outlay.actions import Actions
from outlay.cli import app
from outlay.jobs import JobRunner
from outlay.pooling import lines_query
from outlay.ruling import POOLS, RulesInForce
from tests.outlay.test_pools_in_store import ORG, RULES, SERIES, SHALLOW
from tests.warehouse.store.made import NOW, bill, put
from warehouse.attribution.pools import load_pools
from warehouse.metrics import parse
from warehouse.store import Store


class Server:
    """The application, asked without a socket."""

    def __init__(self, folder: Path) -> None:
        self.store = Store(folder, RulesInForce, now=NOW)
        self.jobs = JobRunner(lambda: NOW)
        settings = ApiSettings(scratch=folder / "scratch", now=lambda: NOW, version="test")
        self.app = create_app(self.store, self.jobs, Actions(self.store, lambda: NOW), settings)

    def ask(self, method: str, path: str, body: Any = None) -> httpx2.Response:
        async def send() -> httpx2.Response:
            transport = httpx2.ASGITransport(app=self.app)
            async with httpx2.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
                return await client.request(method, f"/api/v1{path}", json=body)

        with ThreadPoolExecutor(1) as apart:  # this thread may have a loop of its own, for a browser
            return apart.submit(asyncio.run, send()).result()

    def job(self, method: str, path: str, body: Any) -> dict[str, Any]:
        answer = self.ask(method, path, body)
        assert answer.status_code == 202, answer.text
        for _ in range(600):
            found: dict[str, Any] = self.ask("GET", f"/jobs/{answer.json()['job']}").json()
            if found["state"] not in ("queued", "running"):
                return found
            time.sleep(0.05)
        raise AssertionError("the job does not end")

    def close(self) -> None:
        self.jobs.close()
        self.store.close()


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    found = Server(tmp_path)
    put(found.store, bill())
    found.store.publish(ORG, RULES, author="test", now=NOW)
    yield found
    found.close()


def test_pools_are_published_and_their_shares_explained(server: Server) -> None:
    assert server.ask("GET", "/pools").json()["pools"] == []
    preview = server.ask("POST", "/pools/preview", {"text": SHALLOW})
    assert preview.status_code == 200 and preview.json()["taken"], preview.text
    assert server.job("PUT", "/pools", {"text": SHALLOW})["state"] == "done"
    shown = server.ask("GET", "/pools").json()
    assert shown["text"] == SHALLOW and shown["periods"] == ["2026-09"] and shown["version"] == 2
    assert shown["pools"][0] | {"line": 0} == {
        "id": "shared", "name": "shared", "kind": "pool", "split": "proportional", "note": None,
        "teams": ["platform"], "to": ["checkout", "search"], "fallback": ["even"], "line": 0,
        "lines": "where=team:platform",
    }  # fmt: skip
    found = server.ask("GET", "/pools/shares?period=2026-09&pool=shared").json()
    assert {group["currency"] for group in found["groups"]} == {"EUR", "USD"}
    for group in found["groups"]:
        assert sum(int(share["percent"].replace(".", "").ljust(1, "0")) * (1 if "." in share["percent"] else 10)
                   for share in group["shares"]) == 1_000  # fmt: skip
    assert [moved["conserved"] for moved in found["moved"]] == [True, True]
    usd = next(moved for moved in found["moved"] if moved["currency"] == "USD")
    direct = server.ask("GET", "/costs?measures=billed_cost&by=team&period=all&where=allocation:direct").json()["rows"]
    platform = next(row for row in direct if row["team"] == "platform" and row["currency"] == "USD")
    assert usd["given"]["billed_cost"] == platform["billed_cost"]
    assert server.job("PUT", "/pools", {"text": " "})["state"] == "done"
    assert server.store.state.documents()["files"] == {}


def test_wrong_pools_change_nothing_and_say_where(server: Server) -> None:
    wrong = SHALLOW.replace("[platform]", "[platfrom]")
    checked = server.ask("POST", "/pools/check", {"text": wrong}).json()
    assert not checked["valid"] and checked["faults"][0]["nearest"] == ["platform"]
    assert checked["faults"][0]["file"] == POOLS and checked["faults"][0]["line"] == 1
    failed = server.job("PUT", "/pools", {"text": wrong})
    assert failed["state"] == "failed"
    assert server.ask("GET", "/pools").json()["version"] == 1


def test_a_pool_by_a_series_without_values_is_refused_until_there_are_some(server: Server) -> None:
    text = SERIES.replace("fallback: even, ", "")
    checked = server.ask("POST", "/pools/check", {"text": text}).json()
    assert checked["faults"][0]["problem"] == 'the series "requests" has no values'
    assert server.job("PUT", "/pools", {"text": text})["state"] == "failed"
    csv = "name,day,value,team\nrequests,2026-09-03,3,checkout\nrequests,2026-09-03,1,Search\nrequests,2026-09-03,5,x\n"
    assert server.job("POST", "/series", {"csv": csv})["result"] == {"points": 3, "series": ["requests"]}
    known = server.ask("GET", "/series").json()
    assert [(one["name"], one["points"], one["unknown"]) for one in known] == [("requests", 3, ["x"])]
    assert server.job("PUT", "/pools", {"text": text})["state"] == "done"
    shares = server.ask("GET", "/pools/shares?period=2026-09").json()["groups"][0]["shares"]
    assert {share["team"]: share["percent"] for share in shares} == {"checkout": "75", "search": "25"}
    points = [{"name": "requests", "day": "2026-09-03", "value": "3", "labels": {"team": "Search"}}]
    assert server.job("POST", "/series", {"points": points})["state"] == "done"
    shares = server.ask("GET", "/pools/shares?period=2026-09").json()["groups"][0]["shares"]
    assert {share["team"]: share["percent"] for share in shares} == {"checkout": "50", "search": "50"}


@pytest.mark.parametrize(
    ("body", "wanted"),
    [
        ({"csv": "name,value\nx,1\n"}, "line 1: the columns day are not there"),
        ({"csv": "name,day,value\nx,2026-13-01,1\n"}, "line 2: a name, a day YYYY-MM-DD and a value are needed"),
        ({"csv": "name,day,value\nx,2026-01-01,1e400\n"}, "line 2: '1e400' is no decimal number"),
        ({"csv": "name,day,value\nx,2026-01-01,nan\n"}, "line 2: 'nan' is no decimal number"),
        ({"csv": "name,day,value\nx,2026-01-01,0.0000000001\n"}, "is no decimal number of at most 9 digits"),
        ({"csv": "name,day,value\n=x,2026-01-01,1\n"}, "line 2: a name"),
        ({"csv": "name,day,value\n\"x,2026-01-01,1\n"}, "line 2: not CSV"),
        ({"csv": "name,day,value\nx,2026-01-01,nan\n", "name": "u.csv"}, "u.csv, line 2: 'nan' is no decimal number"),
        ({"points": []}, "There are no values."),
    ],
)  # fmt: skip
def test_values_that_cannot_be_read_are_refused(server: Server, body: dict[str, Any], wanted: str) -> None:
    answer = server.ask("POST", "/series", body)
    assert answer.status_code == 400 and wanted in answer.json()["detail"]
    assert server.ask("GET", "/series").json() == []


@pytest.mark.parametrize(
    ("name", "content", "wanted"),
    [
        ("u.csv", b"name,day,value\nx,2026-01-01,1\nx,2026-01-02,nan\n", "u.csv, line 3: 'nan' is no decimal number"),
        ("u.csv", b"name,day,value\n\xff,2026-01-01,1\n", "u.csv, line 2: not UTF-8 text."),
        ("u.json", b'[{"name": "x",\n"day" 1}]', "u.json, line 2: not JSON: Expecting ':' delimiter."),
        ("u.json", b'{"name": "x"}', "u.json, line 1: not a list of points."),
        ("u.json", b'[{"name": "x", "day": "2026-01-01", "value": "1"}, {"name": "x", "value": "1"}]',
         "u.json, point 2: day: Field required."),
    ],
)  # fmt: skip
def test_the_command_line_names_the_file(tmp_path: Path, name: str, content: bytes, wanted: str) -> None:
    (tmp_path / name).write_bytes(content)
    said = CliRunner().invoke(app, ["--data", str(tmp_path / "data"), "series", "import", str(tmp_path / name)])
    assert said.exit_code
    assert wanted in " ".join(said.output.split()), said.output


@pytest.mark.parametrize(
    ("what", "wanted"),
    [
        (
            "teams: [platform], when: {column: service, equals: [a b, 'c:d']}",
            "where=team:platform&where=service:a%20b,c:d",
        ),
        ("unallocated: true, when: {not: {column: service, contains: x}}", "where=team:(none)&where=-service:~x"),
        (
            "when: {all: [{column: region, missing: false}, {column: tag.env, equals: prod}]}",
            "where=-region:(none)&where=tag.env:prod",
        ),
        ("when: {column: service, regex: x}", None),
        ("teams: [platform], unallocated: true", None),
    ],
)  # fmt: skip
def test_a_share_drills_into_the_lines_of_its_pool(what: str, wanted: str | None) -> None:
    teams = RulesInForce({"org": ORG, "rules": RULES, "version": 1}).rules.teams
    pool = load_pools(f"pools: [{{id: x, split: even, to: [search], {what}}}]", teams).ordered[0]
    assert lines_query(pool) == wanted
    assert wanted is None or str(parse(wanted)) == wanted


def test_a_month_must_be_one(server: Server) -> None:
    assert server.ask("GET", "/pools/shares?period=2026-9").status_code == 422
    assert server.ask("GET", "/pools/shares?period=2026-10").json()["groups"] == []
