"""The same question gives the same total in figure, chart, table, CSV, XLSX and Parquet, to the last digit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest
from playwright.sync_api import Browser, Page, Request

from tests.e2e.browsing import visit, visiting
from tests.e2e.questions import Totals, csv_rows, parquet_rows, printed, question, summed, xlsx_rows
from tests.e2e.serving import Outlay

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

    def charted(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """The answers that the chart was drawn from: by group, and in total."""
        grained = [text for text in self.asked if "grain" in parse_qs(text)]
        split = [text for text in grained if "by" in parse_qs(text)]
        whole = [text for text in grained if "by" not in parse_qs(text)]
        assert split and whole, self.asked
        return self.answer(split[-1]), self.answer(whole[-1])

    def footers(self) -> list[list[str]]:
        """The exact amounts in each total row of the table."""
        rows = self.page.locator("section.table-scroll:not(figure section) tfoot tr").all()
        return [[cell.get_attribute("value") or "" for cell in row.locator("data").all()] for row in rows]

    def chart_table(self) -> list[list[str]]:
        self.page.get_by_role("button", name="View as table").click()
        return self.page.locator("figure.chart table tr").evaluate_all(
            "rows => rows.map((row) => [...row.cells].map((cell) => cell.firstChild?.textContent.trim() ?? ''))"
        )

    def exports(self) -> dict[str, str]:
        self.page.get_by_role("button", name="Export this table").click()
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

    assert_chart_adds_up(reader, measure, total)
    assert_files_add_up(reader, measure, total)


def assert_chart_adds_up(reader: Reader, measure: str, total: Totals) -> None:
    split, whole = reader.charted()
    assert summed(split["rows"], measure) == total
    assert summed(whole["rows"], measure) == total
    header, *lines = reader.chart_table()
    grain = split["columns"][0]["name"]
    buckets = {row[grain]: Decimal(row[measure]) for row in whole["rows"]}
    place = next(index for index, name in enumerate(header) if name.startswith("Total,"))
    shown = {line[0]: line[place] for line in lines}
    assert {bucket: text for bucket, text in shown.items() if text != "–"} == {
        bucket: printed(amount) for bucket, amount in buckets.items()
    }
    cells = sorted(cell for line in lines for cell in line[1:place] if cell != "–")
    assert cells == sorted(printed(Decimal(row[measure])) for row in split["rows"])


def assert_files_add_up(reader: Reader, measure: str, total: Totals) -> None:
    addresses = reader.exports()
    assert sorted(addresses) == [".csv", ".parquet", ".xlsx"]
    for extension, read in FILES.items():
        assert summed(read(reader.outlay.bytes(addresses[extension])), measure) == total, extension
    rows, sums = xlsx_rows(reader.outlay.bytes(addresses[".xlsx"]), len(total))
    assert summed(rows, measure) == total
    assert summed(sums, measure) == total
