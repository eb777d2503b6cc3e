"""The week of a reader without a mouse: what moved, the slice, a bill line, a file; a bill, its teams and its loads."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.bills import own_bill
from tests.e2e.browsing import close, reach, settled, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

LOAD_MS = 60_000


def test_what_moved_down_to_a_bill_line_and_its_file(page: Page) -> None:
    keys = page.keyboard
    visit(page, "/")
    mover = (
        page.get_by_role("region", name=re.compile("^What moved")).get_by_role("listitem").nth(1).get_by_role("link")
    )
    for _ in range(30):
        keys.press("j")
        if mover.evaluate("(link) => link === document.activeElement"):
            break
    expect(mover).to_be_focused()
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"by=resource.*where=team:.*where=service:"))
    settled(page)
    keys.press("j")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("tab=lines"))
    settled(page)
    keys.press("j")
    keys.press("Enter")
    expect(page.get_by_role("dialog", name="Bill line")).to_contain_text("SHA-256")
    close(page)
    settled(page)
    keys.press("u")
    expect(page.get_by_role("dialog", name="Bill line")).to_be_visible()
    close(page)
    settled(page)
    keys.press("j")
    reach(page, "Export", "Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    with page.expect_download() as download:
        keys.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")


def test_another_period_and_a_filter(page: Page) -> None:
    keys = page.keyboard
    visit(page, "/explore?by=service")
    keys.press("m")
    expect(page).to_have_url(re.compile("period=month_to_date"))
    settled(page)
    reach(page, "Period", "Tab")
    keys.press("Enter")
    expect(page.locator(".popover")).to_be_visible()
    reach(page, "Last month", "Tab")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("period=last_month"))
    settled(page)
    keys.press("/")
    close(page)
    expect(page.locator("#add-filter")).to_be_focused()
    keys.press("/")
    keys.type("team")
    expect(
        page.get_by_role("dialog", name="Add a filter").get_by_role("button", name="Team", exact=True)
    ).to_be_visible()
    reach(page, "Team", "Tab")
    keys.press("Enter")
    keys.type("check")
    values = page.get_by_role("dialog", name="Add a filter").get_by_role("checkbox")
    expect(values).to_have_count(2)  # what contains the text, and the one team: the list has narrowed
    expect(values.nth(1)).to_have_accessible_name(re.compile("Checkout"))
    reach(page, "Checkout", "Tab")
    keys.press("Space")
    reach(page, "Apply", "Shift+Tab")
    keys.press("Enter")
    expect(page).to_have_url(re.compile("where=team:checkout"))
    settled(page)
    keys.press("u")
    expect(page).not_to_have_url(re.compile("where="))


def test_an_own_bill_its_teams_and_its_loads(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin) as (page, noted):
        keys = page.keyboard
        page.on("filechooser", lambda _: None)  # from here on the browser hands choosers over; later may be too late
        visit(page, "/")
        reach(page, "Choose files")
        with page.expect_file_chooser() as chooser:
            keys.press("Enter")
        chooser.value.set_files({"name": "own.csv", "mimeType": "text/csv", "buffer": own_bill()})  # type: ignore[arg-type]
        expect(page.get_by_role("region", name="Teams from your data")).to_be_visible(timeout=LOAD_MS)
        settled(page)
        reach(page, "Use these teams")
        keys.press("Enter")
        expect(page.get_by_role("region", name="Teams from your data")).to_have_count(0, timeout=LOAD_MS)
        settled(page)
        keys.press("g")
        keys.press("d")
        expect(page).to_have_url(re.compile("/data$"))
        settled(page)
        load = page.locator("section.panel[aria-label=Loads] tbody [data-row]").first
        for _ in range(10):
            keys.press("j")
            if load.evaluate("(link) => link === document.activeElement"):
                break
        keys.press("Enter")
        expect(page.get_by_role("dialog", name="Load")).to_contain_text("own.csv")
        close(page)
        assert noted.take() == []
