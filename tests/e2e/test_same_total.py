"""The same question gives the same total in figure, chart, table, CSV, XLSX and Parquet, to the last digit."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.e2e.bills import three_currencies
from tests.e2e.browsing import visit, visiting
from tests.e2e.questions import Totals, csv_rows, parquet_rows, printed, question, summed, xlsx_rows
from tests.e2e.serving import Outlay, serving

pytestmark = pytest.mark.browser

QUESTIONS = [question(seed) for seed in range(1, 41)]
FILES = {".csv": csv_rows, ".parquet": parquet_rows}


@dataclass
class Reader:
    """One page for all questions, and what it asked the server for."""

    page: Page
    outlay: Outlay
    asked: list[str] = field(default_factory=list)

    def note(self, request: Request) -> None:
        parts = urlsplit(request.url)
        if parts.path == "/api/v1/costs":
            self.asked.append(parts.query)

    def open(self, text: str) -> None:
        self.asked.clear()
        visit(self.page, f"/explore?{text}")

    def answer(self, text: str) -> dict[str, Any]:
        found: dict[str, Any] = self.outlay.get(f"/costs?{text}")
        return found

    def charted(self, top: str) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answers that the chart was drawn from: by so many groups, and in total. Others are for trends."""
        grained = [text for text in self.asked if "grain" in parse_qs(text)]
        split = [text for text in grained if "by" in parse_qs(text) and parse_qs(text)["top"] == [top]]
        whole = [text for text in grained if "by" not in parse_qs(text)]
        assert split and whole, self.asked
        return self.answer(split[-1]), self.answer(whole[-1])

    def footers(self) -> list[list[str]]:
        """The exact amounts in each total row of the table."""
        rows = self.page.locator(".table-scroll:not(figure *) tfoot tr").all()
        return [[cell.get_attribute("value") or "" for cell in row.locator("data").all()] for row in rows]

    def chart_table(self) -> list[list[str]]:
        self.page.get_by_role("button", name="View as table").click()
        return self.page.locator("figure.chart table tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.firstChild?.textContent.trim() ?? ''))"
        )

    def exports(self) -> dict[str, str]:
        self.page.get_by_role("button", name=re.compile("^Export ")).click()
        links = self.page.get_by_role("menuitem")
        found = [link.get_attribute("href") or "" for link in links.all()]
        self.page.keyboard.press("Escape")
        return {f".{urlsplit(address).path.rpartition('.')[2]}": address for address in found}


@pytest.fixture(scope="module")
def reader(browser: Browser, demo: Outlay) -> Iterator[Reader]:
    with visiting(browser, demo.origin) as (page, noted):
        reader = Reader(page, demo)
        page.on("request", reader.note)
        yield reader
        assert noted.take() == []


def exact(rows: list[Mapping[str, Any]], measure: str) -> Totals:
    return summed(rows, measure)


@pytest.mark.parametrize("text", QUESTIONS)
def test_forty_questions(reader: Reader, text: str) -> None:
    words = parse_qs(text)
    measure = words["measures"][0]
    answer = reader.answer(text)
    assert answer["rows"], "a question about nothing proves nothing"
    total = {(row["currency"],): Decimal(row[measure]) for row in answer["totals"]}
    assert summed(answer["rows"], measure) == total

    reader.open(text)
    figures = reader.page.locator(".total-figure data").all()
    assert [Decimal(figure.get_attribute("value") or "") for figure in figures] == list(total.values())
    compared = [measure, f"previous_{measure}"] if "compare" in words else [measure]
    expected = [[row[name] for name in compared if row[name] is not None] for row in answer["totals"]]
    assert [[value for value in row if value] for row in reader.footers()] == expected

    assert_chart_adds_up(reader, measure, total, words.get("top", ["8"])[0])
    assert_files_add_up(reader, measure, total)


def assert_chart_adds_up(reader: Reader, measure: str, total: Totals, top: str) -> None:
    split, whole = reader.charted(top)
    assert summed(split["rows"], measure) == total
    assert summed(whole["rows"], measure) == total
    header, *lines = reader.chart_table()
    grain = split["columns"][0]["name"]
    buckets = sorted((row[grain], printed(Decimal(row[measure]))) for row in whole["rows"])
    place = next(index for index, name in enumerate(header) if name.startswith("Total,"))
    shown = [(line[0], line[place]) for line in lines if line[place] != "–"]
    assert shown == [(called(bucket, grain), amount) for bucket, amount in buckets]
    cells = sorted(cell for line in lines for cell in line[1:place] if cell != "–")
    assert cells == sorted(printed(Decimal(row[measure])) for row in split["rows"])


def called(bucket: str, grain: str) -> str:
    """A bucket as tables name it: a month with its year, else its first day."""
    whole = grain == "month" or len(bucket) == len("2026-10")  # billing periods are months
    day = date.fromisoformat(f"{bucket[:7]}-01" if whole else bucket)
    return f"{day:%b %Y}" if whole else f"{day.day} {day:%b}"


def assert_files_add_up(reader: Reader, measure: str, total: Totals) -> None:
    addresses = reader.exports()
    assert sorted(addresses) == [".csv", ".parquet", ".xlsx"]
    for extension, read in FILES.items():
        assert summed(read(reader.outlay.bytes(addresses[extension])), measure) == total, extension
    rows, sums = xlsx_rows(reader.outlay.bytes(addresses[".xlsx"]), len(total))
    assert summed(rows, measure) == total
    assert summed(sums, measure) == total


@pytest.fixture(scope="module")
def mixed(browser: Browser, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Reader]:
    """A page over a bill in three currencies, one of them with a negative total."""
    with serving(tmp_path_factory.mktemp("mixed") / "data") as outlay:
        assert outlay.upload("mixed.csv", three_currencies(), "own")["state"] == "done"
        with visiting(browser, outlay.origin) as (page, noted):
            reader = Reader(page, outlay)
            page.on("request", reader.note)
            yield reader
            assert noted.take() == []


@pytest.mark.parametrize("by", ["service", "tag.team,service", "sub_account"])
def test_currencies_stay_apart(mixed: Reader, by: str) -> None:
    text = f"by={by}&period=all"
    answer = mixed.answer(text)
    total = {(row["currency"],): Decimal(row["effective_cost"]) for row in answer["totals"]}
    assert sorted(key for (key,) in total) == ["EUR", "JPY", "USD"] and total["JPY",] < 0
    mixed.open(text)
    figures = mixed.page.locator(".total-figure").all()
    shown = {
        (figure.locator(".unit").inner_text(),): Decimal(figure.locator("data").get_attribute("value") or "")
        for figure in figures
    }
    assert shown == total
    assert sorted(row[0] for row in mixed.footers()) == sorted(row["effective_cost"] for row in answer["totals"])
    assert_files_add_up(mixed, "effective_cost", total)


@pytest.mark.parametrize(
    "text",
    ["by=service", "by=cost_driver&period=last_90_days", "by=provider&where=-provider:Microsoft", "by=team&period=all"],
)
def test_usage_adds_up_by_unit(reader: Reader, text: str) -> None:
    asked = f"measures=effective_cost,pricing_quantity,consumed_quantity&{text}"
    answer = reader.answer(asked)
    keys = ("currency", "pricing_unit", "consumed_unit")
    for measure in ("effective_cost", "pricing_quantity", "consumed_quantity"):
        total = summed(answer["totals"], measure, keys)
        assert summed(answer["rows"], measure, keys) == total
        for extension, read in FILES.items():
            rows = read(reader.outlay.bytes(f"/api/v1/costs{extension}?{asked}"))
            assert summed(rows, measure, keys) == total, (extension, measure)
        rows, sums = xlsx_rows(reader.outlay.bytes(f"/api/v1/costs.xlsx?{asked}"), len(answer["totals"]))
        assert summed(rows, measure, keys) == summed(sums, measure, keys) == total
    reader.open(f"tab=usage&{text}")
    shown = reader.page.locator(".table-scroll:not(figure *) tbody tr").evaluate_all(
        """rows => rows.map((row) => ({
            quantity: row.cells[1].querySelector('data').value,
            unit: row.cells[2].textContent,
            cost: row.cells[3].querySelector('data').value,
        }))"""
    )
    priced = reader.answer(f"measures=effective_cost,pricing_quantity&{text}")["totals"]
    by_unit = [{**row, "unit": row["pricing_unit"] or "no unit"} for row in priced]
    assert summed(shown, "quantity", ("unit",)) == summed(by_unit, "pricing_quantity", ("unit",))
    assert summed(shown, "cost", ("unit",)) == summed(by_unit, "effective_cost", ("unit",))
