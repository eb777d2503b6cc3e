"""Views in the browser: an address is kept under a name, found again, begun with, renamed and forgotten."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import settled, too_wide, violations, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

ADDRESS = "/explore?by=service&period=last_week&chart=lines"
NAME = "<b>Week</b> & more"


def opened(page: Page) -> None:
    page.keyboard.press("v")
    expect(page.get_by_role("dialog", name="Views")).to_be_visible()


def save(page: Page, name: str) -> None:
    opened(page)
    page.get_by_label("Save this address as").fill(name)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.get_by_role("dialog").get_by_role("link", name=name)).to_be_visible()


def test_a_view_is_kept_begun_with_renamed_and_forgotten(page: Page, demo: Outlay) -> None:
    visit(page, ADDRESS)
    save(page, NAME)
    dialog = page.get_by_role("dialog", name="Views")
    dialog.get_by_role("button", name=f"Star {NAME}").click()
    expect(dialog.get_by_role("button", name=f"Star {NAME}")).to_have_attribute("aria-pressed", "true")
    dialog.get_by_role("button", name="Start with it").click()
    expect(dialog.get_by_text("start", exact=True)).to_be_visible()
    visit(page, "/")
    page.wait_for_url(f"**{ADDRESS}")
    visit(page, "/data/source/none")
    visit(page, "/teams")
    opened(page)
    page.get_by_role("link", name=NAME).click()
    settled(page)
    assert page.url.endswith(ADDRESS)
    expect(page.get_by_role("dialog")).to_have_count(0)
    opened(page)
    dialog.get_by_role("button", name="Rename").click()
    dialog.get_by_label(f"New name of {NAME}").fill("Weeks")
    dialog.get_by_role("button", name="Rename", exact=True).click()
    expect(dialog.get_by_role("link", name="Weeks")).to_be_visible()
    assert [view["name"] for view in demo.get("/views")["views"]] == ["Weeks"]
    _subscribed(page, demo)
    dialog.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Keep it").click()
    dialog.get_by_role("button", name="Delete").click()
    dialog.get_by_role("button", name="Delete", exact=True).click()
    expect(dialog.get_by_text("No view is kept yet")).to_be_visible()
    assert demo.get("/views") == {"views": []}
    visit(page, "/")
    assert page.url.rstrip("/") == demo.origin


def _subscribed(page: Page, demo: Outlay) -> None:
    dialog = page.get_by_role("dialog", name="Views")
    dialog.get_by_role("button", name="Subscribe").click()
    dialog.locator(".subscriptions select").first.select_option("webhook")
    dialog.get_by_label("Address, by https").fill("https://hooks.example.com/x")
    dialog.get_by_role("button", name="Subscribe", exact=True).click()
    expect(dialog.get_by_text("Every week to https://hooks.example.com/x")).to_be_visible()
    (made,) = demo.get("/subscriptions")["subscriptions"]
    assert (made["channel"], made["every"]) == ("webhook", "week")
    dialog.get_by_role("button", name="Remove https://hooks.example.com/x").click()
    expect(dialog.get_by_text("Every week")).to_have_count(0)
    assert demo.get("/subscriptions")["subscriptions"] == []
    dialog.get_by_role("button", name="Done").click()


@pytest.mark.parametrize(("width", "theme"), [(320, "dark"), (1280, "light")])
def test_settings_are_accessible_and_reach_questions(browser: Browser, demo: Outlay, width: int, theme: str) -> None:
    with visiting(browser, demo.origin, width=width, theme=theme, inject=True) as (page, noted):
        visit(page, "/settings")
        assert violations(page) == []
        assert too_wide(page) <= 0
        page.get_by_label("The fiscal year begins in").select_option(label="October")
        page.get_by_role("button", name="Save").click()
        expect(page.get_by_text("Saved", exact=True)).to_be_visible()
        visit(page, "/explore?period=fiscal_quarter_to_date")
        expect(page.get_by_role("button", name="This fiscal quarter so far, FY2027 Q1")).to_be_visible()
        visit(page, "/settings")
        page.get_by_label("The fiscal year begins in").select_option(label="January")
        page.get_by_role("button", name="Save").click()
        page.get_by_role("button", name="Rebalance by the last 90 days").click()
        page.get_by_role("button", name="Give them anew").click()
        expect(page.get_by_role("button", name="Rebalance by the last 90 days")).to_be_visible()
        assert demo.get("/preferences")["fiscal_year_starts"] == 1
        assert noted.take() == []


@pytest.mark.parametrize(("width", "theme"), [(320, "light"), (360, "dark"), (1280, "light")])
def test_the_menu_is_accessible_and_fits(browser: Browser, demo: Outlay, width: int, theme: str) -> None:
    with visiting(browser, demo.origin, width=width, theme=theme, inject=True) as (page, noted):
        visit(page, "/explore")
        save(page, f"A rather long name of a view {width}")
        assert violations(page) == []
        assert too_wide(page) <= 0
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        expect(page.get_by_role("button", name="Views")).to_be_focused()
        assert noted.take() == []
