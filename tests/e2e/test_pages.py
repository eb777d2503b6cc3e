"""Every screen in every width and theme: nothing inaccessible, nothing from elsewhere, nothing that breaks it."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterator
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from outlay.webtools import WEB
from tests.e2e.bills import HOSTILE, hostile_bill
from tests.e2e.browsing import THEMES, WIDTHS, Noted, close, settled, visit, visiting
from tests.e2e.serving import Outlay, serving

pytestmark = pytest.mark.browser

AXE = WEB / "node_modules" / "axe-core" / "axe.min.js"
COSTS = "**/api/v1/costs*"
PAGES = {
    "home": "/",
    "explore": "/explore?by=team,service&compare=previous",
    "as lines": "/explore?by=service&chart=lines&period=last_90_days&where=-charge_category:Tax",
    "usage": "/explore?by=cost_driver&tab=usage",
    "bill lines": "/explore?by=team&tab=lines",
    "nothing": "/explore?where=service:Nothing",
    "data": "/data",
    "welcome": "/welcome",
    "not found": "/nowhere",
}


def open_line(page: Page) -> None:
    visit(page, PAGES["bill lines"])
    page.locator("tbody [data-row]").first.click()
    expect(page.get_by_role("dialog", name="Bill line")).to_contain_text("SHA-256")


def open_load(page: Page) -> None:
    visit(page, "/data")
    page.locator("section.panel[aria-label=Loads] tbody [data-row]").first.click()
    expect(page.get_by_role("dialog", name="Load")).to_contain_text("Control totals")


def open_keys(page: Page) -> None:
    visit(page, "/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def open_chart_table(page: Page) -> None:
    visit(page, "/explore?by=team")
    page.get_by_role("button", name="View as table").click()
    expect(page.locator("figure.chart table")).to_be_visible()


OVERLAYS: dict[str, Callable[[Page], None]] = {
    "line drawer": open_line,
    "load drawer": open_load,
    "keys": open_keys,
    "chart as table": open_chart_table,
}


# --- every screen -------------------------------------------------------------------------------


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [360, 1280])
def test_axe_finds_nothing(browser: Browser, demo: Outlay, width: int, theme: str) -> None:
    found = {}
    with visiting(browser, demo.origin, width=width, theme=theme, inject=True) as (page, noted):
        for name, address in PAGES.items():
            visit(page, address)
            found[name] = violations(page)
        for name, step in OVERLAYS.items():
            step(page)
            settled(page)
            found[name] = violations(page)
        assert noted.take() == []
    assert {name: faults for name, faults in found.items() if faults} == {}


def violations(page: Page) -> list[str]:
    page.evaluate(AXE.read_text())
    faults: list[str] = page.evaluate(
        """() => axe.run({ resultTypes: ['violations'] }).then((found) => found.violations.flatMap((rule) =>
            rule.nodes.map((node) => `${rule.id}: ${node.target} ${node.failureSummary.slice(0, 300)}`)))"""
    )
    return faults


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("width", [320, *WIDTHS])
def test_no_screen_errs_scrolls_sideways_or_asks_elsewhere(
    browser: Browser, demo: Outlay, width: int, theme: str
) -> None:
    wide = {}
    with visiting(browser, demo.origin, width=width, theme=theme) as (page, noted):
        for name, address in PAGES.items():
            visit(page, address)
            expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
            over = page.evaluate("() => document.documentElement.scrollWidth - document.documentElement.clientWidth")
            wide |= {name: over} if over > 0 else {}
        assert noted.take() == []
    assert wide == {}


# --- a server in trouble ------------------------------------------------------------------------


@pytest.fixture
def troubled(browser: Browser, demo: Outlay) -> Iterator[Page]:
    """A page whose server will fail: the browser notes that, and nothing else may go wrong."""
    with visiting(browser, demo.origin) as (page, noted):
        yield page
        assert real_faults(noted) == []


def real_faults(noted: Noted) -> list[str]:
    return [fault for fault in noted.take() if "Failed to load resource" not in fault]


def refuse(status: int) -> Callable[[Route], None]:
    document = {
        "type": "urn:outlay:problem:test",
        "title": "Trouble",
        "status": status,
        "detail": "The warehouse is closed for this test.",
        "next_step": "Wait for the test to end.",
        "request_id": "request-4711",
    }
    return lambda route: route.fulfill(
        status=status, body=json.dumps(document), headers={"content-type": "application/problem+json"}
    )


@pytest.mark.parametrize("status", [500, 403])
@pytest.mark.parametrize("address", ["/", "/explore?by=team"])
def test_an_error_is_said_with_its_request_and_the_frame_stays(troubled: Page, status: int, address: str) -> None:
    asked: list[str] = []
    troubled.on("request", lambda request: asked.append(request.url))
    troubled.route(COSTS, refuse(status))
    troubled.goto(address)
    alert = troubled.get_by_role("alert").first
    expect(alert).to_contain_text("The warehouse is closed for this test.")
    expect(alert).to_contain_text("request-4711")
    expect(alert).to_contain_text("Wait for the test to end.")
    expect(troubled.get_by_role("navigation", name="Pages")).to_be_visible()
    assert len(asked) < 60, "it asks again without end"


@pytest.mark.parametrize("address", ["/explore?by=team"])
def test_trying_again_brings_back_what_failed(troubled: Page, address: str) -> None:
    troubled.route(COSTS, refuse(500))
    troubled.goto(address)
    expect(troubled.get_by_role("alert").first).to_be_visible()
    troubled.unroute(COSTS)
    for _ in range(4):
        again = troubled.get_by_role("button", name="Try again")
        if again.count():
            again.first.click()
        settled(troubled)
    expect(troubled.locator("figure.chart")).to_be_visible()
    expect(troubled.get_by_role("alert")).to_have_count(0)


def test_one_failing_panel_leaves_the_others(troubled: Page) -> None:
    fail = refuse(500)
    troubled.route(COSTS, lambda route: fail(route) if "grain=day" in route.request.url else route.continue_())
    troubled.goto("/explore?by=team")
    expect(troubled.get_by_role("alert")).to_contain_text("request-4711")
    expect(troubled.locator(".total-figure data")).to_be_visible()
    expect(troubled.get_by_role("row").filter(has_text="checkout")).to_be_visible()
    troubled.goto("/")
    expect(troubled.get_by_role("alert")).to_contain_text("request-4711")
    expect(troubled.locator(".tile data").first).to_be_visible()
    expect(troubled.get_by_role("region", name=re.compile("^Teams")).get_by_role("row").nth(3)).to_be_visible()


def test_a_server_that_is_gone_is_said(troubled: Page) -> None:
    visit(troubled, "/explore?by=team")
    troubled.route("**/api/v1/**", lambda route: route.abort())
    troubled.get_by_role("link", name="checkout").click()
    expect(troubled.get_by_role("alert").first).to_contain_text(re.compile("Nothing answered|cannot be reached"))
    expect(troubled.get_by_role("navigation", name="Pages")).to_be_visible()
    troubled.unroute("**/api/v1/**")
    troubled.get_by_role("button", name="Try again").first.click()
    expect(troubled.locator("figure.chart").or_(troubled.get_by_role("table")).first).to_be_visible()


def test_an_answer_that_is_no_answer_does_not_blank_the_page(troubled: Page) -> None:
    troubled.route("**/api/v1/demo", lambda route: route.fulfill(status=502, body="<html>bad gateway</html>"))
    troubled.route("**/api/v1/sources", lambda route: route.fulfill(status=500, body="{"))
    visit(troubled, "/")
    expect(troubled.locator("figure.chart")).to_be_visible()
    expect(troubled.locator(".tile data").first).to_be_visible()


# --- hostile texts ------------------------------------------------------------------------------

MISSING = {
    "service": "None",
    "resource": "None",
    "sub_account": "None",
    "tag.team": "Untagged",
    "tag.key 1": "Untagged",
}


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outlay]:
    with serving(tmp_path_factory.mktemp("hostile") / "data") as outlay:
        assert outlay.upload("hostile <img src=x>.csv", hostile_bill(), "own")["state"] == "done"
        yield outlay


@pytest.mark.parametrize("by", ["service", "tag.team", "resource", "sub_account", "tag.key 1"])
def test_hostile_texts_are_only_text(browser: Browser, hostile: Outlay, by: str) -> None:
    known = [row[by] for row in hostile.get(f"/costs?period=all&by={quote(by)}")["rows"]]
    with visiting(browser, hostile.origin) as (page, noted):
        visit(page, f"/explore?period=all&by={quote(by)}")
        table = page.locator(".table-scroll:not(figure *) tbody").inner_text()
        legend = page.locator(".legend-item").all_text_contents()
        for text in known:
            assert (text or MISSING[by]) in table or (text or MISSING[by]) in legend
        for position in range(min(3, len(known) - 1)):
            visit(page, f"/explore?period=all&by={quote(by)}")
            page.locator(".table-scroll:not(figure *) tbody a").nth(position).click()
            settled(page)
            expect(page.locator(".total-figure data")).to_have_attribute("value", re.compile(r"^\d+$"))
        assert noted.take() == []


def test_hostile_texts_in_every_other_place(browser: Browser, hostile: Outlay) -> None:
    with visiting(browser, hostile.origin) as (page, noted):
        visit(page, "/")
        visit(page, "/explore?period=all&by=service&tab=usage")
        visit(page, "/explore?period=all&by=service&tab=lines")
        for position in range(len(HOSTILE)):
            page.locator("tbody [data-row]").nth(position).click()
            drawer = page.get_by_role("dialog", name="Bill line")
            expect(drawer).to_contain_text("SHA-256")
            close(page)
        page.keyboard.press("/")
        page.keyboard.type("service")
        page.get_by_role("dialog", name="Add a filter").get_by_role("button", name="Service", exact=True).click()
        for text in HOSTILE:
            expect(page.locator(".filter-value").get_by_text(text, exact=True)).to_have_count(1)
        page.keyboard.press("Escape")
        visit(page, "/data")
        expect(page.get_by_role("region", name="Sources")).to_contain_text("own")
        page.locator("section.panel[aria-label=Loads] tbody [data-row]").first.click()
        expect(page.get_by_role("dialog", name="Load")).to_contain_text("hostile <img src=x>.csv")
        assert page.evaluate("() => document.querySelectorAll('main img, main script, main svg[onload]').length") == 0
        assert noted.take() == []


def test_a_long_name_does_not_widen_the_page(browser: Browser, hostile: Outlay) -> None:
    for width in (320, 1280):
        with visiting(browser, hostile.origin, width=width) as (page, noted):
            for address in (
                "/",
                "/explore?period=all&by=service",
                "/explore?period=all&by=resource&tab=lines",
                "/data",
            ):
                visit(page, address)
                over = page.evaluate(
                    "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
                )
                assert over <= 0, (width, address)
            assert noted.take() == []


def test_no_spreadsheet_runs_an_exported_text(hostile: Outlay) -> None:
    content = hostile.bytes("/api/v1/costs.csv?period=all&by=service").decode()
    cells = [row["service"] for row in csv.DictReader(io.StringIO(content))]
    assert len(cells) == len(HOSTILE) + 1
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r"] == []
    assert {cell.removeprefix("'") for cell in cells} >= {text for text in HOSTILE if text[0] in "=+@"}
