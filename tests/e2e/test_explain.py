"""Explain in the browser: a waterfall to read by keys, three sentences to take away, and what says nothing changed."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, expect

from tests.e2e.browsing import SIGHTS, Sight, close, looked_at, settled, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

MONTHS = "period=2026-10&compare=previous"
SCREENS = {
    "by cause": f"/explore/explain?{MONTHS}",
    "by team": f"/explore/explain?{MONTHS}&tab=team",
    "late": "/explore/explain?period=month_to_date&compare=previous&tab=service",
    "quiet": "/explore/explain?period=last_7_days&compare=previous&where=tag.project:network-lab",
    "no comparison": "/explore/explain?period=2026-10",
    "nothing before": "/explore/explain?period=2026-10&compare=2020-01-01..2020-01-31",
    "whose": "/explore/explain?period=2026-10&where=-service:~a&tab=owners",
    "drawer": f"/explore?{MONTHS}&why=service~team:checkout",
}


@pytest.mark.parametrize("sights", SIGHTS)
def test_every_state_is_accessible_and_fits(browser: Browser, demo: Outlay, sights: tuple[Sight, Sight]) -> None:
    assert looked_at(browser, demo.origin, SCREENS, sights) == {}


def test_the_page_says_what_the_server_explains(browser: Browser, demo: Outlay) -> None:
    found = demo.get(f"/costs/explain?{MONTHS}&movers=200")["currencies"][0]
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, SCREENS["by cause"])
        expect(page.get_by_text(found["text"])).to_be_visible()
        parts = page.get_by_role("table", name="Parts of the change by cause").locator("tbody tr")
        expect(parts).to_have_count(len(found["causes"]))
        expect(parts.first).to_contain_text(found["causes"][0]["label"])
        movers = page.get_by_role("region", name="What moved most")
        expect(movers).to_contain_text(f"{len(found['movers'])} rows")
        page.get_by_role("button", name="By team").click()
        settled(page)
        assert "tab=team" in page.url
        expect(page.get_by_role("table", name="Parts of the change by group")).to_contain_text("Unallocated")
        page.go_back()
        assert noted.take() == []


def test_a_total_says_by_which_paths_it_came(browser: Browser, demo: Outlay) -> None:
    found = demo.get("/costs/paths?period=2026-11-01..2026-11-15")["currencies"][0]
    nobodys = next(path for path in found["paths"] if path["reason"] == "unknown_team:mobil")
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, "/explore?period=2026-11-01..2026-11-15&by=team")
        page.get_by_role("link", name="Whose it is").click()
        drawer = page.get_by_role("dialog", name="Whose it is")
        stages = drawer.get_by_role("table", name="Stages, in USD").locator("tbody tr")
        expect(stages).to_have_count(len(found["stages"]))
        row = drawer.get_by_role("table", name="Paths, in USD").get_by_role("row").filter(has_text="unknown team mobil")
        expect(row.locator("data").first).to_have_attribute("value", nobodys["amount"])
        row.get_by_text("Rules that nearly answered").click()
        expect(row).to_contain_text("“team-tag” asked for a known team; there was mobil.")
        drawer.get_by_role("button", name="Whose, by").click()
        page.get_by_role("menuitemradio", name="Environment").click()
        settled(page)
        assert "why=owners.environment" in page.url
        expect(drawer.get_by_role("table", name="Paths, in USD")).to_contain_text("environment-tag")
        assert noted.take() == []


def test_arrow_keys_read_the_steps(browser: Browser, demo: Outlay) -> None:
    steps = demo.get(f"/costs/explain?{MONTHS}")["currencies"][0]["steps"]
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, SCREENS["by cause"])
        page.get_by_role("application").focus()
        for step in steps:
            page.keyboard.press("ArrowRight")
            expect(page.locator(".tip strong")).to_have_text(step["label"])
        page.get_by_role("button", name="View as table").click()
        expect(page.get_by_role("group", name="as table").locator("tbody tr")).to_have_count(len(steps))
        assert noted.take() == []


def test_e_opens_the_drawer_and_escape_closes_it(browser: Browser, demo: Outlay) -> None:
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, f"/explore?{MONTHS}")
        page.keyboard.press("e")
        expect(page.get_by_role("dialog", name="Why it changed")).to_be_visible()
        assert "why=cause" in page.url
        settled(page)
        close(page)
        expect(page.get_by_role("dialog")).to_have_count(0)
        page.get_by_title("Explain this change").first.click()
        assert f"why={quote('cause~team:', safe='~:')}" in page.url
        expect(page.get_by_role("dialog", name="Why it changed")).to_contain_text("team:")
        assert noted.take() == []


def test_home_leads_to_the_explanation_of_the_month(browser: Browser, demo: Outlay) -> None:
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, "/")
        page.keyboard.press("e")
        expect(page.get_by_role("region", name="What moved most")).to_be_visible()
        assert page.url.split("?")[0].endswith("/explore/explain")
        settled(page)
        assert noted.take() == []


def test_without_a_comparison_one_is_offered(browser: Browser, demo: Outlay) -> None:
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, SCREENS["no comparison"])
        page.get_by_role("button", name="Compare with the days before").click()
        expect(page.get_by_role("region", name="What moved most")).to_be_visible()
        visit(page, SCREENS["quiet"])
        expect(page.get_by_text("Nothing above the noise floor")).to_be_visible()
        visit(page, SCREENS["nothing before"])
        expect(page.get_by_text("No data is loaded for")).to_be_visible()
        assert noted.take() == []


def test_parts_are_taken_away_as_a_file(browser: Browser, demo: Outlay) -> None:
    with visiting(browser, demo.origin) as (page, noted):
        visit(page, SCREENS["by cause"])
        page.get_by_role("button", name="Export the explanation").click()
        with page.expect_download() as download:
            page.get_by_role("menuitem", name="CSV").click()
        lines = download.value.path().read_text(encoding="utf-8").splitlines()
        assert lines[0].startswith("cause,name,provider")
        assert len(lines) > 100
        assert noted.take() == []
