"""Lists as files: every field a column, money exact and with its currency, and no cell that a spreadsheet runs."""

from __future__ import annotations

import asyncio
import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from pathlib import Path

import openpyxl
import polars as pl
import pytest
from pydantic import BaseModel

from api import documents as doc
from api.documents.collecting import Spent
from api.listings import Listing
from api.protocols import ProblemError
from api.writing import How
from tests.api.conftest import Parts
from tests.api.fake_parts import NOW
from tests.api.test_errors import assert_problem

LONG = "123456789012.123456789012345678"
AT = datetime(2026, 11, 4, 5, 6, 7, tzinfo=UTC)


class Pair(BaseModel):
    column: str
    value: str


class Inner(BaseModel):
    state: str
    names: list[str]
    parts: list[Pair]


class Thing(BaseModel):
    name: str | None
    at: datetime
    good: bool
    rows: int
    inner: Inner | None
    change: list[doc.Money]
    left_out: list[doc.LoadFile]


THINGS = [
    Thing(
        name="=1+1",
        at=AT,
        good=True,
        rows=1200,
        inner=Inner(state="+x", names=["a", "b"], parts=[Pair(column="c", value="v"), Pair(column="d", value="w")]),
        change=[
            doc.Money(currency="EUR", billed_cost=LONG, effective_cost=None),
            doc.Money(currency="USD", billed_cost="-0.10", effective_cost="2"),
        ],
        left_out=[doc.LoadFile(name="f", digest="d")],
    ),
    Thing(name=None, at=AT, good=False, rows=0, inner=None, change=[], left_out=[]),
]
COLUMNS = [
    "name", "at", "good", "rows", "inner_state", "inner_names", "inner_parts", "currency", "billed_cost",
    "effective_cost", "list_cost", "contracted_cost",
]  # fmt: skip


def written(parts: Parts, path: Path, listing: Listing, **how: object) -> Path:
    name, headers = listing.writer(parts.app.state.services)(path, How(100, **how))  # type: ignore[arg-type]
    assert name == f"outlay-{listing.name}-{NOW:%Y-%m-%d}{path.suffix}"
    assert headers["Outlay-Query"] == listing.name
    return path


def rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@pytest.fixture
def things() -> Listing:
    return Listing("things", Thing, lambda: THINGS)


def test_csv(parts: Parts, tmp_path: Path, things: Listing) -> None:
    first, second, third = rows(written(parts, tmp_path / "a.csv", things))
    assert list(first) == COLUMNS
    assert (first["name"], first["inner_state"]) == ("'=1+1", "'+x"), "no spreadsheet runs it"
    assert (first["at"], first["good"], first["rows"]) == ("2026-11-04T05:06:07Z", "true", "1200")
    assert (first["inner_names"], first["inner_parts"]) == ("a; b", "c=v; d=w")
    assert [(one["currency"], one["billed_cost"], one["effective_cost"]) for one in (first, second, third)] == [
        ("EUR", LONG, ""), ("USD", "-0.1", "2"), ("", "", ""),
    ]  # fmt: skip
    assert (third["name"], third["good"], third["rows"]) == ("", "false", "0")
    assert rows(written(parts, tmp_path / "b.csv", things, raw=True))[0]["name"] == "=1+1"


def test_parquet(parts: Parts, tmp_path: Path, things: Listing) -> None:
    frame = pl.read_parquet(written(parts, tmp_path / "a.parquet", things))
    assert frame.columns == COLUMNS
    assert frame["billed_cost"].to_list() == [Decimal(LONG), Decimal("-0.1"), None]
    assert frame["rows"].to_list() == [1200, 1200, 0]


def test_xlsx(parts: Parts, tmp_path: Path, things: Listing) -> None:
    sheet = openpyxl.load_workbook(written(parts, tmp_path / "a.xlsx", things))["List"]
    head, first, second, *_ = sheet.iter_rows(values_only=True)
    assert head == (*COLUMNS, "billed_cost (exact)")
    assert (first[0], first[3], first[-1]) == ("=1+1", 1200, LONG)
    assert sheet["A2"].data_type == "s", "text, and no formula"
    assert second[8] == -0.1


def test_every_item_of_a_list_is_a_row_and_keeps_its_name(parts: Parts, tmp_path: Path) -> None:
    class Day(BaseModel):
        day: str
        cost: str
        spent: list[Spent]

    days: Sequence[BaseModel] = [
        Day(day="2026-11-04", cost="3", spent=[Spent(name=name, units=1, cost="1.5") for name in "ab"])
    ]
    found = rows(written(parts, tmp_path / "a.csv", Listing("days", Day, lambda: days, per="spent")))
    assert [tuple(one.values()) for one in found] == [("2026-11-04", "3", name, "1", "1.5") for name in "ab"]
    assert list(found[0]) == ["day", "cost", "name", "units", "spent_cost"]


def test_nothing_is_a_heading_and_too_much_is_refused(parts: Parts, tmp_path: Path, things: Listing) -> None:
    empty = written(parts, tmp_path / "a.csv", Listing("things", Thing, list))
    assert empty.read_text(encoding="utf-8").strip().split(",") == COLUMNS
    with pytest.raises(ProblemError, match="3 rows"):
        things.writer(parts.app.state.services)(tmp_path / "b.csv", How(2))
    wrong = Listing("totals", doc.Money, lambda: [doc.Money(currency="EUR", billed_cost="1.5 EUR")])
    with pytest.raises(InvalidOperation):
        written(parts, tmp_path / "c.csv", wrong)


def test_restatements_are_all_of_them(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    """A page says where the next begins; the file has every page."""
    made = [
        doc.Restatement(
            at=AT, source=f"s{number}", period="2026-10", cause="new data", generation=2, load="l", rows_before=1,
            rows_after=2, change=[doc.Money(currency="EUR", billed_cost="-1.5")],
        )
        for number in range(3)
    ]  # fmt: skip

    def page(_self: object, source: str | None, limit: int, cursor: str | None = None) -> doc.Restatements:
        at = int(cursor or 0)
        return doc.Restatements(restatements=made[at : at + 1], next=str(at + 1) if at < 2 else None)

    monkeypatch.setattr(type(parts.actions), "restatements", page)
    text = parts.client.get("/api/v1/restatements.csv?source=s").text
    found = list(csv.DictReader(text.splitlines()))
    assert [(one["source"], one["currency"], one["billed_cost"]) for one in found] == [
        (f"s{number}", "EUR", "-1.5") for number in range(3)
    ]
    assert parts.client.post("/api/v1/restatements.xlsx").json()["rows"] == 3


def test_lists_are_read_beside_the_requests_of_others(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    def elsewhere(_self: object, _name: str) -> None:
        with pytest.raises(RuntimeError, match="no running event loop"):
            asyncio.get_running_loop()

    monkeypatch.setattr(type(parts.actions), "months", elsewhere)
    monkeypatch.setattr(type(parts.actions), "load", elsewhere)
    for address in ("/api/v1/sources/s/months.csv", "/api/v1/loads/l/control.csv"):
        for asked in (parts.client.get, parts.client.post):
            assert_problem(asked(address), 404, "not_found")
