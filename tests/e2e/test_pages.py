"""Every screen in every width and theme: nothing inaccessible, nothing from elsewhere, nothing that breaks it."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from functools import partial
from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.bills import HOSTILE, hostile_bill
from tests.e2e.browsing import Sight, close, looked_at, settled, too_wide, visit, visiting
from tests.e2e.overlays import OVERLAYS, open_overlay
from tests.e2e.serving import Outlay, serving

pytestmark = pytest.mark.browser

SHIFT_MAX = 0.02
SHIFTS = """(() => {
    window.shifts = [];
    new PerformanceObserver((list) => list.getEntries().forEach((entry) => {
        if (!entry.hadRecentInput) window.shifts.push([entry.startTime, entry.value]);
    })).observe({ type: 'layout-shift', buffered: true });
})()"""
PAGES = {
    "home": "/",
    "explore": "/explore?by=team,service&compare=previous",
    "as lines": "/explore?by=service&chart=lines&period=last_90_days&where=-charge_category:Tax",
    "usage": "/explore?by=cost_driver&tab=usage",
    "bill lines": "/explore?by=team&tab=lines",
    "nothing": "/explore?where=service:Nothing",
    "matrix": "/explore?by=service&tab=matrix&period=last_90_days",
    "changes": "/changes?tab=ended",
    "data": "/data",
    "connect": "/data/connect",
    "welcome": "/welcome",
    "not found": "/nowhere",
}


# --- every screen -------------------------------------------------------------------------------


@pytest.mark.parametrize("sights", [((360, "light"), (360, "dark")), ((1280, "dark"), (1280, "light"))])
def test_axe_finds_nothing(browser: Browser, demo: Outlay, sights: tuple[Sight, Sight]) -> None:
    over = {f"over: {name}": partial(open_overlay, name=name) for name in OVERLAYS}
    assert looked_at(browser, demo.origin, PAGES, sights, over) == {}


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (1920, "dark")])
def test_no_screen_errs_scrolls_sideways_or_asks_elsewhere(
    browser: Browser, demo: Outlay, width: int, theme: str
) -> None:
    wide = {}
    with visiting(browser, demo.origin, width=width, theme=theme) as (page, noted):
        for name, address in PAGES.items():
            visit(page, address)
            expect(page.get_by_role("navigation", name="Pages")).to_be_visible()
            over = too_wide(page)
            wide |= {name: over} if over > 0 else {}
        assert noted.take() == []
    assert wide == {}


@pytest.mark.parametrize("width", [360, 1280])
def test_nothing_moves_while_a_screen_arrives(browser: Browser, demo: Outlay, width: int) -> None:
    """Cumulative layout shift, web.md section 11: at most 0.02."""
    moved = {}
    with visiting(browser, demo.origin, width=width) as (page, noted):
        page.add_init_script(SHIFTS)
        for name, address in PAGES.items():
            visit(page, address)
            shifts = page.evaluate("() => window.shifts.filter(([at]) => at < 1400)")
            total = sum(value for _, value in shifts)
            moved |= {name: shifts} if total > SHIFT_MAX else {}
        assert noted.take() == []
    assert moved == {}


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
    known = [spaced(row[by]) for row in hostile.get(f"/costs?period=all&by={quote(by)}")["rows"]]
    with visiting(browser, hostile.origin) as (page, noted):
        visit(page, f"/explore?period=all&by={quote(by)}")
        table = spaced(page.locator(".table-scroll:not(figure *) tbody").inner_text())
        legend = [spaced(text) for text in page.locator(".legend-item").all_text_contents()]
        for text in known:
            assert (text or MISSING[by]) in table or (text or MISSING[by]) in legend
        for position in range(min(3, len(known) - 1)):
            visit(page, f"/explore?period=all&by={quote(by)}")
            page.locator(".table-scroll:not(figure *) tbody a").nth(position).click()
            settled(page)
            expect(page.locator(".total-figure data").last).to_have_attribute("value", re.compile(r"^\d+$"))
        assert noted.take() == []


def spaced(text: str | None) -> str:
    """As a page shows it: any white space is one space."""
    return " ".join((text or "").split())


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
                over = too_wide(page)
                assert over <= 0, (width, address)
            assert noted.take() == []


def test_no_spreadsheet_runs_an_exported_text(hostile: Outlay) -> None:
    content = hostile.bytes("/api/v1/costs.csv?period=all&by=service").decode()
    cells = [row["service"] for row in csv.DictReader(io.StringIO(content))]
    assert len(cells) == len(HOSTILE) + 1
    assert [cell for cell in cells if cell[:1] in "=+-@\t\r"] == []
    assert {cell.removeprefix("'") for cell in cells} >= {text for text in HOSTILE if text[0] in "=+@"}
