"""For any cell of a team's page: why it is the team's, in at most two steps. With every event of the demo."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qsl, quote, urlencode

import pytest
from playwright.sync_api import Page, expect

from tests.e2e.browsing import settled, visit
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

WITHOUT_COST = {"late"}
NOBODYS = {"drift", "credit"}
"""No team has them: a label that is no team, and a credit to a whole billing account."""


def test_every_event_of_the_demo(page: Page, demo: Outlay) -> None:
    said = {}
    for item in demo.get("/demo")["items"]:
        if item["key"] in WITHOUT_COST:
            continue
        scope = urlencode([pair for pair in parse_qsl(item["query"]) if _scopes(pair)])
        owner = demo.get(f"/costs?{scope}&by=team")["rows"][0]["team"]
        assert (owner is None) == (item["key"] in NOBODYS), item["key"]
        start = f"/explore?{scope}&by=service" if owner is None else f"/teams/{quote(owner)}?{scope}"
        visit(page, start)
        page.get_by_role("table", name="By service" if owner is None else "Services").locator(
            "[data-row]"
        ).first.click()
        said[item["key"]] = _explained(page, owner)
    assert set(said) == {item["key"] for item in demo.get("/demo")["items"]} - WITHOUT_COST


@pytest.mark.parametrize("tab", ["", "accounts", "resources", "new", "shared", "units"])
def test_every_kind_of_cell(page: Page, demo: Outlay, tab: str) -> None:
    visit(page, f"/teams/checkout?period=2026-11-01..2026-11-15&compare=previous&tab={tab}")
    rows = page.locator("section.panel").last.locator("tbody [data-row]")
    for at in range(min(rows.count(), 2)):
        rows.nth(at).click()
        settled(page)
        if "/resources?" in page.url:
            expect(page.locator("section[aria-label='Whose it is']")).to_contain_text("Checkout")
        else:
            _explained(page, "checkout")
        visit(page, f"/teams/checkout?period=2026-11-01..2026-11-15&compare=previous&tab={tab}")


def test_what_a_cell_costs_leads_to_its_paths(page: Page, demo: Outlay) -> None:
    """One step: of the cell, by which rule of which version, with exactly the cell's amount."""
    visit(page, "/teams/checkout?period=2026-11-01..2026-11-15&compare=previous")
    cell = page.get_by_role("table", name="Services").get_by_title("Whose it is, and why").first
    amount = cell.locator("data").get_attribute("value")
    cell.click()
    table = page.get_by_role("dialog", name="Whose it is").get_by_role("table", name="Paths, in USD")
    expect(table).to_contain_text("by tag “team-tag”")
    expect(table).to_contain_text("rules v1")
    expect(table.locator("tbody data").first).to_have_attribute("value", amount or "")


def test_tiles_and_movers(page: Page, demo: Outlay) -> None:
    start = "/teams/checkout?period=2026-11-01..2026-11-15&compare=previous"
    visit(page, start)
    tiles = page.locator("a.tile").count()
    assert tiles == 3
    opened = [page.locator("a.tile").nth(at) for at in range(tiles)]
    for figure in (*opened, page.get_by_role("table", name="What moved most").locator("a.name-link").first):
        figure.click()
        assert "tab=lines" in page.url
        _explained(page, "checkout")
        visit(page, start)


def _scopes(pair: tuple[str, str]) -> bool:
    return pair[0] == "period" or (pair[0] == "where" and not pair[1].startswith("team:"))


def _explained(page: Page, owner: str | None) -> Any:
    """The second step: a bill line says whose it is, by which rule of which version."""
    settled(page)
    if "tab=lines" not in page.url:
        page.get_by_role("button", name="Bill lines").click()
        settled(page)
    page.get_by_role("table", name="Bill lines").locator("[data-row]").first.click()
    drawer = page.get_by_role("dialog", name="Bill line")
    why = drawer.locator(".why > li", has_text="team").first
    expect(why).to_contain_text(owner or "Unallocated", ignore_case=True)
    expect(why).to_contain_text("rules v" if owner else "no")
    return why.inner_text()
