"""Notes in the browser: made by keys, flagged and listed where their cost is, said otherwise, taken back."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import settled, too_wide, violations, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

DAYS = "period=2026-11-02..2026-11-15"
CHECKOUT = f"/explore?by=service&where=team:checkout&{DAYS}"
TEXT = "orders <b>v2</b>"


def test_a_note_by_keys_is_where_its_cost_is(page: Page, demo: Outlay) -> None:
    visit(page, CHECKOUT)
    page.keyboard.press("n")
    dialog = page.get_by_role("dialog", name="Note what happened")
    expect(dialog.get_by_label("What happened")).to_be_focused()
    page.keyboard.type(TEXT)
    expect(dialog.get_by_label("About")).to_have_value("where=team:checkout")
    dialog.get_by_label("First day").fill("2026-11-03")
    dialog.get_by_label("Last day").fill("2026-11-03")
    dialog.get_by_label("Kind").select_option("deploy")
    dialog.get_by_label("Link").fill("https://ci.example.com/7")
    dialog.get_by_label("Link").press("Enter")
    expect(page.get_by_role("dialog")).to_have_count(0)
    (made,) = demo.get("/annotations?start=2026-11-01&end=2026-12-01&scope=where=team:checkout")["annotations"]
    assert (made["start"], made["end"], made["scope"]) == ("2026-11-03", "2026-11-04", "where=team:checkout")
    page.locator(".notes-below summary").click()
    expect(page.locator(".notes-below li", has_text=TEXT)).to_contain_text("ci.example.com")
    page.get_by_role("button", name="View as table").click()
    expect(page.get_by_role("row", name=re.compile("^3 Nov "))).to_contain_text(TEXT)
    visit(page, CHECKOUT.replace("checkout", "search"))
    expect(page.locator(".notes-below", has_text="Nothing noted")).to_be_visible()
    visit(page, f"/explore?by=service&where=team:checkout&period=2026-11-04..2026-11-04&tab=lines&sel={_line(demo)}")
    expect(page.get_by_role("dialog", name="Bill line").locator(".notes")).to_contain_text(TEXT)
    visit(page, f"/explore/explain?where=team:checkout&{DAYS}&compare=previous")
    expect(page.locator("section[aria-label='What moved most']").first).to_contain_text(TEXT)
    _changed_and_taken_back(page, demo)


def _line(demo: Outlay) -> str:
    rows = demo.get("/lines?where=team:checkout&period=2026-11-04..2026-11-04&limit=1")["rows"]
    return str(rows[0]["id"])


def _changed_and_taken_back(page: Page, demo: Outlay) -> None:
    visit(page, f"/teams/checkout?{DAYS}&compare=previous&tab=notes")
    notes = page.locator("section[aria-label=Notes]")
    notes.get_by_role("button", name="Edit").click()
    dialog = page.get_by_role("dialog", name="Say it otherwise")
    dialog.get_by_label("What happened").fill("orders v3")
    dialog.get_by_role("button", name="Save").click()
    expect(notes.locator(".notes")).to_contain_text("orders v3")
    notes.get_by_role("button", name="Resolve").click()
    expect(notes.locator(".notes")).to_contain_text("resolved")
    expect(notes.get_by_text("Nothing noted")).to_have_count(0)
    notes.get_by_role("button", name="Delete").click()
    notes.get_by_role("button", name="Take back").click()
    expect(notes.get_by_text("Nothing was noted on these days")).to_be_visible()
    assert demo.get("/annotations?start=2026-11-01&end=2026-12-01")["annotations"] == []


@pytest.mark.parametrize(("width", "theme"), [(320, "dark"), (1280, "light")])
def test_the_form_is_accessible_and_begins_at_the_cursor(
    browser: Browser, demo: Outlay, width: int, theme: str
) -> None:
    with visiting(browser, demo.origin, width=width, theme=theme, inject=True) as (page, noted):
        visit(page, CHECKOUT)
        chart = page.get_by_role("application").first
        chart.press("Home")
        chart.press("Shift+ArrowRight")
        chart.press("n")
        dialog = page.get_by_role("dialog", name="Note what happened")
        expect(dialog.get_by_label("First day")).to_have_value("2026-11-02")
        expect(dialog.get_by_label("Last day")).to_have_value("2026-11-03")
        assert violations(page) == []
        assert too_wide(page) <= 0
        page.keyboard.press("Escape")
        expect(page.get_by_role("dialog")).to_have_count(0)
        settled(page)
        expect(chart).to_be_focused()
        assert noted.take() == []
