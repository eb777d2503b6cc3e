"""One answer, four forms: the same rows, the same totals, and no cell that a spreadsheet runs."""

from __future__ import annotations

import csv
import io
import json
import re
import zipfile
from collections import defaultdict
from decimal import Decimal
from itertools import product

import openpyxl
import polars as pl
import pytest

from api.files import defused
from tests.api.conftest import Parts
from tests.api.fake_parts import DEEP, HOSTILE, NOW
from warehouse.metrics import Access, answer, parse

MEASURES = ("billed_cost", "billed_cost,effective_cost", "billed_cost,share")
GROUPS = ("", "by=service", "by=service,resource", "by=tag.env", "grain=day", "by=service&top=3", "by=team")
QUERIES = [
    "&".join(filter(None, (f"measures={measures}", group, "period=all")))
    for measures, group in product(MEASURES, GROUPS)
]


def sums(rows: list[dict], names: list[str]) -> dict[str, dict[str, Decimal]]:
    found: dict = defaultdict(lambda: dict.fromkeys(names, Decimal(0)))
    for row in rows:
        for name in names:
            if row[name] not in (None, ""):
                found[row["currency"]][name] += Decimal(str(row[name]))
    return dict(found)


@pytest.mark.parametrize("query", QUERIES)
def test_all_forms_hold_the_same_rows_and_totals(parts: Parts, query: str) -> None:
    document = parts.client.get(f"/api/v1/costs?{query}").json()
    assert document == json.loads(json.dumps(answer(parse(query), Access("x"), parts.store, NOW).document()))
    names = [column["name"] for column in document["columns"]]
    amounts = [column["name"] for column in document["columns"] if column["kind"] == "measure"]
    costs = [name for name in amounts if name != "share"]
    totals = sums(document["totals"], costs)
    assert sums(document["rows"], costs) == totals

    text = parts.client.get(f"/api/v1/costs.csv?{query}&raw=1").content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    assert list(rows[0]) == names
    assert rows == [{name: value or "" for name, value in row.items()} for row in document["rows"]]

    frame = pl.read_parquet(io.BytesIO(parts.client.get(f"/api/v1/costs.parquet?{query}").content))
    assert frame.columns == names
    assert all(frame.schema[name] == pl.Decimal(38, 18) for name in costs)
    assert sums(frame.to_dicts(), costs) == totals

    book = openpyxl.load_workbook(io.BytesIO(parts.client.get(f"/api/v1/costs.xlsx?{query}").content))
    cells = list(book["Costs"].iter_rows(values_only=True))
    assert list(cells[0][: len(names)]) == names
    assert len(cells) == 1 + len(document["rows"]) + len(document["totals"])
    exact = {name: place for place, name in enumerate(cells[0]) if name.endswith(" (exact)")}
    for name in costs:
        place = exact.get(f"{name} (exact)", names.index(name))
        body = [{"currency": row[names.index("currency")], name: row[place]} for row in cells[1:]]
        count = len(document["rows"])
        assert sums(body[:count], [name]) == sums(document["rows"], [name])
        assert sums(body[count:], [name]) == sums(document["totals"], [name])


def test_csv_has_no_cell_that_a_spreadsheet_runs(parts: Parts) -> None:
    response = parts.client.get("/api/v1/costs.csv?by=service,tag.env&measures=effective_cost&period=all")
    rows = list(csv.DictReader(io.StringIO(response.content.decode(), newline="")))
    assert {row["service"] for row in rows} == {defused(name) for name in HOSTILE}
    for row in rows:
        for name in ("service", "tag.env"):
            assert row[name].strip(" \u3000")[:1] not in tuple("=+-@\t\r\n\0＝＋－＠")
    assert any(row["effective_cost"].startswith("-") for row in rows)  # amounts stay amounts
    name = "costs_by-service-tag-env_2026-08-28_to_2026-11-17_effective_v1.csv"
    assert response.headers["content-disposition"] == f'attachment; filename="{name}"'
    assert response.headers["outlay-generations"] == parts.store.generations
    assert b"\r\n" in response.content


@pytest.mark.parametrize("text", ["plain", "a=b", "", "0001", "é", "(none)"])
def test_harmless_text_is_left_alone(text: str) -> None:
    assert defused(text) == text


def test_xlsx_holds_text_as_text_and_numbers_as_numbers(parts: Parts) -> None:
    content = parts.client.get("/api/v1/costs.xlsx?by=service&measures=billed_cost&period=all").content
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["Costs"]
    assert sheet.freeze_panes == "A2"
    services = {row[0].value for row in sheet.iter_rows(min_row=2)}
    assert {"=1+1", "0001", "1e5", "TRUE", "http://example.test/?a=1", "Total"} <= services
    for row in sheet.iter_rows(min_row=2):
        assert row[0].data_type == "s"
        assert row[2].data_type == "n"
        assert row[0].hyperlink is None
    assert str(DEEP) in {row[3].value for row in sheet.iter_rows(min_row=2)}
    about = dict(book["About"].iter_rows(values_only=True))
    assert about["query"] == "measures=billed_cost&by=service&period=all"
    assert about["generations"] == parts.store.generations
    assert {"basis", "rules version", "data to, north"} <= set(about)


def test_parquet_says_what_it_answers(parts: Parts) -> None:
    content = parts.client.get("/api/v1/costs.parquet?by=service&period=all").content
    about = json.loads(pl.read_parquet_metadata(io.BytesIO(content))["outlay"])
    assert about["query"] == "by=service&period=all"
    assert about["totals"]
    assert "rows" not in about


def test_a_file_holds_the_whole_answer_not_the_page(parts: Parts) -> None:
    page = parts.client.get("/api/v1/costs?by=service&period=all&limit=2").json()
    assert len(page["rows"]) == 2
    assert page["next"]
    text = parts.client.get("/api/v1/costs.csv?by=service&period=all&limit=2").text
    assert len(list(csv.reader(io.StringIO(text, newline="")))) == 1 + page["row_count"]


def test_scratch_files_go_away(parts: Parts) -> None:
    for extension in ("csv", "xlsx", "parquet"):
        assert parts.client.get(f"/api/v1/costs.{extension}?period=all").status_code == 200
    assert list(parts.app.state.services.settings.scratch.iterdir()) == []


@pytest.mark.parametrize("rows_max", [2, 3])  # with and without room for the totals behind the last row
def test_what_a_sheet_cannot_hold_is_several_workbooks(
    parts: Parts, monkeypatch: pytest.MonkeyPatch, rows_max: int
) -> None:
    query = "by=service&period=all&measures=billed_cost"
    whole = line_cells(parts.client.get(f"/api/v1/costs.xlsx?{query}").content)
    monkeypatch.setattr("api.workbooks.ROWS_MAX", rows_max)
    response = parts.client.get(f"/api/v1/costs.xlsx?{query}")
    assert response.headers["content-type"] == "application/zip"
    name = re.search(r'filename="(\S+)\.zip"', response.headers["content-disposition"])
    assert name
    with zipfile.ZipFile(io.BytesIO(response.content)) as folder:
        count = len(folder.namelist())
        assert count == -(-(len(whole) - 1) // rows_max) > 1
        assert folder.namelist() == [f"{name[1]}_{part}-of-{count}.xlsx" for part in range(1, count + 1)]
        cells = [line_cells(folder.read(part)) for part in folder.namelist()]
    assert {tuple(rows[0]) for rows in cells} == {tuple(whole[0])}
    assert [row for rows in cells for row in rows[1:]] == whole[1:]
    assert list(parts.app.state.services.settings.scratch.iterdir()) == []


def line_cells(book: bytes) -> list[tuple]:
    return list(openpyxl.load_workbook(io.BytesIO(book))["Costs"].iter_rows(values_only=True))


def test_too_many_rows_are_refused_beforehand(build) -> None:
    parts = build(export_rows_max=3)
    response = parts.client.get("/api/v1/costs.csv?by=service&period=all")
    assert response.status_code == 413
    assert response.json()["type"] == "urn:outlay:problem:too_large"
    assert parts.client.get("/api/v1/costs.csv?period=all").status_code == 200


def test_an_unchanged_answer_costs_nothing(parts: Parts) -> None:
    address = "/api/v1/costs?by=service&period=all"
    first = parts.client.get(address)
    assert first.headers["cache-control"] == "private, no-cache"
    asked = len(parts.store.asked)
    again = parts.client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert (again.status_code, again.content, again.headers["etag"]) == (304, b"", first.headers["etag"])
    assert len(parts.store.asked) == asked
    assert parts.client.get(address).content == first.content
    assert len(parts.store.asked) == asked  # kept in memory
    parts.store.generations = "fedcba9876543210"
    changed = parts.client.get(address, headers={"If-None-Match": first.headers["etag"]})
    assert changed.status_code == 200
    assert changed.headers["etag"] != first.headers["etag"]


def test_different_questions_have_different_tags(parts: Parts) -> None:
    addresses = ["/costs?period=all", "/costs?period=2026-10", "/lines?period=all", "/values?dimension=service",
                 "/values?dimension=service&search=a", "/values?dimension=region"]  # fmt: skip
    tags = [parts.client.get(f"/api/v1{address}").headers["etag"] for address in addresses]
    assert len(set(tags)) == len(tags)


def test_the_words_in_another_order_are_the_same_question(parts: Parts) -> None:
    one = parts.client.get("/api/v1/costs?by=service&period=all")
    two = parts.client.get("/api/v1/costs?period=all&by=service")
    assert one.content == two.content
    assert one.headers["etag"] == two.headers["etag"]


@pytest.mark.parametrize("name", HOSTILE)
def test_a_filter_finds_any_value(parts: Parts, name: str) -> None:
    page = parts.client.get("/api/v1/values", params={"dimension": "service", "search": name, "period": "all"}).json()
    assert name in {item["value"] for item in page["values"]}


def test_lines_and_one_of_them(parts: Parts) -> None:
    page = parts.client.get("/api/v1/lines?period=all&limit=5").json()
    assert len(page["rows"]) == 5
    assert page["next"]
    more = parts.client.get(f"/api/v1/lines?period=all&limit=5&cursor={page['next']}").json()
    assert not {row["id"] for row in page["rows"]} & {row["id"] for row in more["rows"]}
    one = parts.client.get(f"/api/v1/lines/{page['rows'][0]['id'].replace(':', '%3A')}")
    assert one.json()["focus"] == {"BilledCost": "1"}
    assert parts.client.get("/api/v1/lines/other:2026-10:1:1").status_code == 404


def test_the_catalogue_holds_what_questions_accept(parts: Parts) -> None:
    document = parts.client.get("/api/v1/catalogue").json()
    for measure in document["measures"]:
        asked = f"billed_cost,{measure['name']}" if measure["name"] == "share" else measure["name"]
        assert parts.client.get(f"/api/v1/costs?measures={asked}&period=all").status_code == 200
    for dimension in document["dimensions"]:
        assert parts.client.get(f"/api/v1/costs?by={dimension['name']}&period=all").status_code == 200


LINES = ("", "where=service:~1", "currency=USD", "where=service:nothing of that name", "by=service&sort=service")


def line_files(parts: Parts, query: str) -> tuple[list[dict], pl.DataFrame, openpyxl.Workbook]:
    text, parquet, book = (
        parts.client.get(f"/api/v1/lines.{form}?period=all&{query}&raw=1").content
        for form in ("csv", "parquet", "xlsx")
    )
    rows = list(csv.DictReader(io.StringIO(text.decode(), newline="")))
    return rows, pl.read_parquet(io.BytesIO(parquet)), openpyxl.load_workbook(io.BytesIO(book))


@pytest.mark.parametrize("query", LINES)
def test_the_lines_of_a_file_add_up_to_the_answer(parts: Parts, query: str) -> None:
    costs = ["billed_cost", "effective_cost"]
    asked = "&".join(part for part in query.split("&") if not part.startswith(("sort", "by")))
    totals = sums(
        parts.client.get(f"/api/v1/costs?period=all&measures={','.join(costs)}&{asked}").json()["totals"], costs
    )
    page = parts.client.get(f"/api/v1/lines?period=all&limit=1000&{query}").json()
    rows, frame, book = line_files(parts, query)
    assert sums(rows, costs) == sums(frame.to_dicts(), costs) == totals
    names = [column["name"] for column in page["columns"]]
    assert frame.columns == names
    assert {row["id"]: row for row in rows} == {
        row["id"]: {name: row[name] or "" for name in names} for row in page["rows"]
    }
    cells = list(book["Lines"].iter_rows(values_only=True))
    assert len(cells) == 1 + len(rows) + len(totals)
    assert list(cells[0][: len(names)]) == names
    about = dict(book["About"].iter_rows(values_only=True))
    assert about["query"] == json.loads(pl.read_parquet_metadata(io.BytesIO(
        parts.client.get(f"/api/v1/lines.parquet?period=all&{query}").content))["outlay"])["query"]  # fmt: skip


def test_lines_come_as_the_bills_have_them_unless_sorted(parts: Parts) -> None:
    rows, _, _ = line_files(parts, "")
    assert [row["id"] for row in rows] == [f"north:2026-10:1:{number}" for number in range(len(rows))]
    names = [row["service"] for row in line_files(parts, "by=service&sort=-service")[0]]
    assert names == sorted(names, reverse=True)


def test_files_of_lines_run_nothing_and_keep_every_digit(parts: Parts) -> None:
    text = parts.client.get("/api/v1/lines.csv?period=all").content.decode()
    for row in csv.DictReader(io.StringIO(text, newline="")):
        for name in ("service", "resource"):
            assert row[name].strip(" \u3000")[:1] not in tuple("=+-@\t\r\n\0＝＋－＠")
    _, _, book = line_files(parts, "")
    assert str(DEEP) in {cell for row in book["Lines"].iter_rows(values_only=True) for cell in row}


def test_lines_in_several_batches_are_the_same_lines(parts: Parts, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = parts.client.get("/api/v1/lines.csv?period=all").content
    monkeypatch.setattr("warehouse.metrics.every_line.BATCH_ROWS", 4)
    assert parts.client.get("/api/v1/lines.csv?period=all").content == whole
    frame = pl.read_parquet(io.BytesIO(parts.client.get("/api/v1/lines.parquet?period=all").content))
    assert len(frame) == len(HOSTILE) + 1


def test_more_lines_than_a_file_holds_are_refused(build) -> None:
    response = build(export_rows_max=3).client.get("/api/v1/lines.csv?period=all")
    assert response.status_code == 413
    assert response.json()["type"] == "urn:outlay:problem:too_large"


def test_files_of_values_per_day_say_so_in_their_header(parts: Parts) -> None:
    query = "period=2026-10&normalise=day&measures=billed_cost,share"
    text = parts.client.get(f"/api/v1/costs.csv?{query}").text
    assert text.splitlines()[0] == "currency,billed_cost_per_day,share"
    frame = pl.read_parquet(io.BytesIO(parts.client.get(f"/api/v1/costs.parquet?{query}").content))
    assert frame.columns == ["currency", "billed_cost_per_day", "share"]
    book = openpyxl.load_workbook(io.BytesIO(parts.client.get(f"/api/v1/costs.xlsx?{query}").content))
    assert "billed_cost_per_day" in next(book["Costs"].iter_rows(values_only=True))


@pytest.mark.parametrize(("query", "name"), [
    ("by=service&period=2026-10&where=team:Check out!", "costs_check-out_by-service_2026-10_effective_v1"),
    ("period=2026-10-01..2026-10-05&measures=billed_cost&currency=EUR&normalise=day",
     "costs_2026-10-01_to_2026-10-05_billed-per-day_eur_v1"),
    ("period=2026-10&where=service:../../etc,x&where=-team:y", "costs_2026-10_effective_v1"),
])  # fmt: skip
def test_files_are_named_by_what_they_hold(parts: Parts, query: str, name: str) -> None:
    disposition = parts.client.get(f"/api/v1/costs.csv?{query}").headers["content-disposition"]
    assert disposition == f'attachment; filename="{name}.csv"'
