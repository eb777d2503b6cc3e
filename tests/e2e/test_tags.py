"""Tag policies and campaigns in the browser, by keyboard."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import settled, too_wide, violations, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser


@pytest.mark.parametrize(("width", "theme"), [(320, "dark")])
def test_a_policy_is_accessible_and_fits(browser: Browser, demo: Outlay, width: int, theme: str) -> None:
    with visiting(browser, demo.origin, width=width, theme=theme, inject=True) as (page, noted):
        visit(page, "/attribution?tab=tags&sel=@policy/owned/team")
        expect(page.get_by_role("table", name="Compliance by team")).to_contain_text("Unallocated")
        assert violations(page) == []
        assert too_wide(page) <= 0
        assert noted.take() == []


def test_a_campaign_is_begun_and_worked_through_by_keyboard(page: Page) -> None:
    """Its form, its owners and their lists: everything by keys, and in the address."""
    visit(page, "/attribution?tab=tags")
    expect(page.get_by_role("table", name="Compliance by team")).to_contain_text("Unallocated")
    page.get_by_role("button", name="Begin a campaign").press("Enter")
    form = page.get_by_role("form", name="Begin a campaign")
    form.get_by_label("Key").focus()
    page.keyboard.type("team")
    page.keyboard.press("Tab")
    page.keyboard.press("o")
    page.keyboard.press("Tab")
    page.keyboard.type("12312026")
    form.get_by_label("Unallocated").press("Space")
    form.get_by_label("data").press("Space")
    form.get_by_role("button", name="Begin", exact=True).press("Enter")
    progress = page.get_by_role("table", name="Progress by owner")
    expect(progress).to_contain_text("Unallocated")
    assert "sel=@campaign/" in page.url
    progress.get_by_role("link", name="data").press("Enter")
    expect(page.get_by_role("heading", name="To fix, data")).to_be_visible()
    resources = page.get_by_role("table", name="Resources to fix")
    expect(resources).to_contain_text("The team that owns its cost.")
    expect(resources).not_to_contain_text("mobil")
    settled(page)
    assert violations(page) == []
    page.go_back()
    expect(resources).to_contain_text("'mobil' is nearly this allowed value.")
    page.get_by_role("button", name="Close…").press("Enter")
    page.get_by_role("button", name="Close it").press("Enter")
    expect(page.get_by_role("table", name="Campaigns")).to_contain_text("closed")
