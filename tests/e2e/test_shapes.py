"""Bills of every shape: each screen stays right, readable and in its width, whatever was billed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from functools import partial
from itertools import pairwise

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.bills import hostile_bill, many_teams, one_day, only_credits, own_bill, three_currencies
from tests.e2e.browsing import looked_at, too_wide, violations, visit, visiting
from tests.e2e.questions import Totals, csv_rows, parquet_rows, summed
from tests.e2e.serving import Outlay, serving

pytestmark = pytest.mark.browser

BILLS: dict[str, Callable[[], bytes]] = {
    "300 teams and 5,000 services": many_teams,
    "one currency": own_bill,
    "three currencies": three_currencies,
    "one day": one_day,
    "negative totals": only_credits,
    "hostile": hostile_bill,
}
PAGES = (
    "/",
    "/explore",
    "/explore?by=service&period=all&compare=previous",
    "/explore?by=service&period=all&chart=lines",
    "/explore?by=team,service&period=all&chart=cumulative",
    "/explore?by=service&period=all&tab=matrix",
    "/explore?by=service&period=all&tab=usage",
    "/explore?by=service&period=all&tab=lines",
    "/explore?by=team&period=2020-01",
    "/data",
    "/welcome",
)
ROWS_DRAWN_MAX = 200
TOTAL_TOPS = "() => [...document.querySelectorAll('tfoot td:first-child')].map((at) => at.getBoundingClientRect().top)"


@dataclass(frozen=True, slots=True)
class Shape:
    name: str
    outlay: Outlay
    bill: bytes

    @property
    def total(self) -> Totals:
        """Of the file itself, by currency."""
        return summed(csv_rows(self.bill), "EffectiveCost", ("BillingCurrency",))


@pytest.fixture(scope="module", params=BILLS)
def shape(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Shape]:
    bill = BILLS[request.param]()
    with serving(tmp_path_factory.mktemp("shape") / "data") as outlay:
        assert outlay.upload("own.csv", bill, "own")["state"] == "done"
        outlay.post("/rules/proposal/apply")
        yield Shape(request.param, outlay, bill)


LONG = pytest.mark.long


@pytest.mark.parametrize("width", [320, pytest.param(360, marks=LONG), pytest.param(1280, marks=LONG)])
def test_every_screen_stands(browser: Browser, shape: Shape, width: int) -> None:
    wide = {}
    with visiting(browser, shape.outlay.origin, width=width) as (page, noted):
        for address in PAGES:
            visit(page, address)
            expect(page.get_by_role("heading", level=1)).to_have_count(1)
            expect(page.get_by_text("could not be loaded")).to_have_count(0)
            assert page.locator("tbody tr").count() < ROWS_DRAWN_MAX * 3, "a long table is drawn by window"
            wide |= {address: over} if (over := too_wide(page)) > 0 else {}
        assert noted.take() == []
    assert wide == {}


@pytest.mark.long
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_axe_finds_nothing_in_it(browser: Browser, shape: Shape, theme: str) -> None:
    found = {}
    with visiting(browser, shape.outlay.origin, theme=theme, inject=True) as (page, noted):
        for address in ("/", "/explore?by=service&period=all", "/explore?by=service&period=all&tab=lines", "/data"):
            visit(page, address)
            found[address] = violations(page)
        assert noted.take() == []
    assert {address: faults for address, faults in found.items() if faults} == {}


def test_the_totals_are_those_of_the_file(browser: Browser, shape: Shape) -> None:
    with visiting(browser, shape.outlay.origin) as (page, noted):
        for address in ("by=team&period=all", "by=service&period=all", "by=service&period=all&tab=matrix"):
            visit(page, f"/explore?{address}")
            assert shown(page) == shape.total, address
            assert sorted(footers(page)) == sorted(shape.total.values()), address
        page.set_viewport_size({"width": 1280, "height": 320})
        tops = page.evaluate(TOTAL_TOPS)
        assert all(below > above for above, below in pairwise(tops)), "a total lies over another"
        assert noted.take() == []
    for extension, read in ((".csv", csv_rows), (".parquet", parquet_rows)):
        rows = read(shape.outlay.bytes(f"/api/v1/costs{extension}?by=team,service&period=all"))
        assert summed(rows, "effective_cost") == shape.total


def shown(page: Page) -> Totals:
    figures = page.locator(".total-figure").all()
    return {
        (figure.locator(".unit").inner_text(),): Decimal(figure.locator("data").get_attribute("value") or "")
        for figure in figures
    }


def footers(page: Page) -> list[Decimal]:
    """The first amount of each total row."""
    rows = page.locator(".table-scroll:not(figure *) tfoot tr").all()
    return [Decimal(row.locator("data").first.get_attribute("value") or "") for row in rows]


def test_home_says_the_month_of_the_file(browser: Browser, shape: Shape) -> None:
    month = shape.outlay.get("/costs?period=month_to_date")
    if not month["rows"]:
        month = shape.outlay.get(f"/costs?period={shape.outlay.get('/status')['first_day'][:7]}")
    with visiting(browser, shape.outlay.origin) as (page, noted):
        visit(page, "/")
        figures = page.locator(".tile").first.locator("data").all()
        said = [Decimal(figure.get_attribute("value") or "") for figure in figures]
        assert said == [Decimal(row["effective_cost"]) for row in month["totals"]]
        assert noted.take() == []


def test_thousands_of_rows_scroll_and_end(browser: Browser, shape: Shape) -> None:
    if shape.name != "300 teams and 5,000 services":
        assert len(csv_rows(shape.bill)) < 1000
        return
    with visiting(browser, shape.outlay.origin) as (page, noted):
        visit(page, "/explore?by=service&period=all&sort=service")
        table = page.locator(".table-scroll:not(figure *)")
        expect(page.get_by_text("5,000 rows")).to_be_visible()
        assert table.locator("tbody tr").count() < ROWS_DRAWN_MAX
        table.evaluate("(box) => { box.scrollTop = box.scrollHeight }")
        expect(table.get_by_text("Service 04999")).to_be_visible()
        visit(page, "/explore?by=team&period=all")
        expect(page.get_by_text("300 rows")).to_be_visible()
        assert page.locator("figure.chart .legend-item").count() <= 10
        assert noted.take() == []


def test_no_data_has_a_cause_and_a_way_out(browser: Browser, empty: Outlay) -> None:
    def has_ways(page: Page, address: str) -> None:
        visit(page, address)
        expect(page.get_by_text("could not be loaded")).to_have_count(0)
        ways = page.locator("main").get_by_role("button").or_(page.locator("main").get_by_role("link"))
        assert ways.count() > 0, address

    screens = {address: partial(has_ways, address=address) for address in PAGES}
    assert looked_at(browser, empty.origin, screens, ((320, "light"), (1280, "light"))) == {}
