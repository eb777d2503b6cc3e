"""Every list there is: each has its files, and no file of any has a cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import types
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Literal, Union, get_args, get_origin
from unittest.mock import MagicMock

import pytest
from fastapi.routing import APIRoute, iter_route_contexts
from pydantic import BaseModel
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from api.files import RUNS_IN_SPREADSHEETS
from api.listings import AMOUNTS, Listing
from outlay.jobs import JobRunner
from tests.api.fake_parts import NOW, make_store

API, FILE = "/api/v1", ".{extension}"
STARTS = ("=", "+", "-", "@", "\t", "\r")
ANSWERS = frozenset({
    "/costs", "/lines", "/costs/explain", "/unallocated", "/tags/compliance", "/tags/campaigns/{campaign}/resources",
})  # fmt: skip
"""Files of answers: tests of the questions have a hostile estate for them."""
WITHOUT_FILE = {
    "/catalogue": "the words of questions",
    "/check": "a report of this moment",
    "/demo": "a guide, with links",
    "/entities/imports": "the state of a schedule",
    "/exports": "files themselves",
    "/jobs": "what runs at the moment",
    "/lines/{line_id}": "one line; /lines has its file",
    "/readyz": "a probe",
    "/loads/{load_id}": "one load; its control totals are a file",
    "/rules/requests/{request}": "one request; its tables are files",
    "/rules/versions/{version}/diff": "texts, which are files",
    "/secrets": "names of secrets",
    "/source-kinds": "forms",
    "/sources/{source}/removal": "what one act would do",
    "/tags/campaigns/{campaign}": "its owners and resources are files",
    "/tags/policies": "a text, which is a file",
    "/teams/{team}": "facts of one team",
    "/values": "completion",
}
SAMPLES: dict[str, Any] = {
    "period": "2026-10", "start": "2026-10-01", "end": "2026-11-01", "team": "t", "table": "movement",
}  # fmt: skip
DRAFT = {"org": "", "rules": ""}


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    jobs = JobRunner(lambda: NOW)
    settings = ApiSettings(scratch=tmp_path_factory.mktemp("data") / "scratch", now=lambda: NOW, version="0")
    app = create_app(make_store(), jobs, MagicMock(), settings)
    with TestClient(app, base_url="http://localhost") as client:  # one event loop for all
        yield client
    jobs.close()


@dataclass(frozen=True)
class Found:
    path: str
    methods: frozenset[str]
    route: APIRoute

    @property
    def file(self) -> str:
        """The address of the list, of a file of one; else nothing."""
        return self.path.removesuffix(FILE) if self.path.endswith(FILE) else ""


@pytest.fixture(scope="module")
def found(client: TestClient) -> list[Found]:
    contexts = iter_route_contexts(client.app.routes)  # type: ignore[attr-defined]
    own = ((one.path, one.methods, one.original_route) for one in contexts)
    return [
        Found(path.removeprefix(API), frozenset(methods), route)
        for path, methods, route in own
        if isinstance(route, APIRoute)
    ]


def listed(annotation: Any) -> bool:
    """Whether a list of documents stands in it, at its first level."""
    if get_origin(annotation) is list:
        return True
    return (
        isinstance(annotation, type)
        and issubclass(annotation, BaseModel)
        and any(
            get_origin(field.annotation) is list and isinstance(get_args(field.annotation)[0], type)
            and issubclass(get_args(field.annotation)[0], BaseModel)
            for field in annotation.model_fields.values()
        )
    )  # fmt: skip


def test_every_list_has_its_files(found: list[Found]) -> None:
    """A new list is noticed here: it gets its file, or stands above with the reason why not."""
    files = {one.file for one in found}
    lists = {
        one.path
        for one in found
        if "GET" in one.methods and listed(one.route.response_model or one.route.responses.get(200, {}).get("model"))
    }
    assert len(lists) > 40
    assert lists - files == set(WITHOUT_FILE), "no file, and no reason; or a reason that is over"


def hostile(annotation: Any, start: str, name: str = "") -> Any:
    """A value of this kind in which every text begins as a formula does."""
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return hostile(next(one for one in args if one is not type(None)), start, name)
    if origin is Literal:
        return args[0]
    if origin is list:
        return [hostile(args[0], start)] * 2
    if origin is dict:
        return {f"{start}k": "1.5"}
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        fields = annotation.model_fields.items()
        return annotation.model_construct(**{key: hostile(one.annotation, start, key) for key, one in fields})
    known = {bool: True, int: 7, date: date(2026, 10, 1), datetime: NOW, dict: {}}
    return known.get(annotation, "1.5" if name in AMOUNTS else f"{start}cmd|' /C calc'!A0")


def addresses(found: list[Found]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Method, address without extension, and what to send. Drafts can be posted only."""
    got = {one.file for one in found if "GET" in one.methods}
    for one in found:
        if not one.file or one.file in ANSWERS or ("GET" not in one.methods and one.file in got):
            continue
        needs = one.route.dependant
        path = one.file.format(**{each.name: SAMPLES.get(each.name, "x") for each in needs.path_params})
        asked = {each.name: SAMPLES[each.name] for each in needs.query_params if each.field_info.is_required()}
        draft = {} if one.file in got else {"json": DRAFT}
        yield ("POST" if draft else "GET"), f"{API}{path}", {"params": asked, **draft}


def test_no_cell_of_any_list_runs(client: TestClient, found: list[Found], monkeypatch: pytest.MonkeyPatch) -> None:
    real, met = Listing.writer, set()

    def writer(listing: Listing, use: Any) -> Any:
        met.add(listing.row)
        rows = [hostile(listing.row, start) for start in STARTS]
        return real(replace(listing, find=lambda: rows), use)

    monkeypatch.setattr(Listing, "writer", writer)
    for method, address, asked in addresses(found):
        text = client.request(method, f"{address}.csv", **asked)
        assert text.status_code == 200, (address, text.text)
        rows = list(csv.reader(io.StringIO(text.text, newline="")))
        assert len(rows) > len(STARTS), address
        runs = [cell for row in rows for cell in row if RUNS_IN_SPREADSHEETS.match(cell)]
        assert not runs, (address, runs)
        book = zipfile.ZipFile(io.BytesIO(client.request(method, f"{address}.xlsx", **asked).content))
        sheet = book.read("xl/worksheets/sheet1.xml")
        assert b"=cmd" in sheet and b"<f>" not in sheet, (address, "text, kept as it is")
    assert len(met) > 30


def test_the_dimension_of_a_file_of_paths_is_read_as_that_of_the_page(client: TestClient) -> None:
    for path in ("/costs/paths", "/costs/paths.csv"):
        told = client.get(f"{API}{path}", params={"dimension": "x" * 41})
        assert (told.status_code, told.json()["field"]) == (422, "dimension")
