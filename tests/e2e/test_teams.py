"""Teams in the browser: the review of one team, what its rows lead to, and the states without cost."""

from __future__ import annotations

from urllib.parse import quote

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import SIGHTS, Sight, looked_at, settled, violations, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

WEEK = "2026-11-09..2026-11-15"
"""The last week of the demo, as a row of it says its days."""
SCREENS = {
    "teams": "/teams?period=last_week",
    "team": "/teams/checkout",
    "resources": "/teams/checkout?tab=resources&period=last_week",
    "shared": "/teams/checkout?tab=shared",
    "units": "/teams/checkout?tab=units",
    "new": "/teams/checkout?tab=new",
    "notes": "/teams/checkout?tab=notes",
    "rules": "/teams/checkout?tab=rules",
    "requests": "/teams/checkout?tab=requests",
    "explained": "/teams/checkout?compare=previous&why=cause~service:AWS%20Lambda",
    "no cost": "/teams/commerce",
    "unknown": "/teams/chekout",
    "no days": "/teams/checkout?period=2020-01",
}


@pytest.mark.parametrize("sights", SIGHTS)
def test_every_state_is_accessible_and_fits(browser: Browser, demo: Outlay, sights: tuple[Sight, Sight]) -> None:
    assert looked_at(browser, demo.origin, SCREENS, sights) == {}


def test_a_row_of_teams_is_its_page_and_carries_the_days_along(page: Page) -> None:
    visit(page, "/teams?period=last_week")
    page.get_by_role("table", name="Teams").get_by_role("link", name="checkout").click()
    settled(page)
    assert "/teams/checkout?" in page.url
    assert f"period={WEEK}" in page.url
    assert "compare=2026-11-02..2026-11-08" in page.url
    page.get_by_role("navigation", name="Teams").get_by_role("link", name="data").click()
    settled(page)
    expect(page.get_by_role("heading", name="Data", exact=True)).to_be_visible()
    assert f"period={WEEK}" in page.url


def test_the_figures_are_those_of_the_server(page: Page, demo: Outlay) -> None:
    asked = "period=last_week&compare=previous&where=" + quote("team:checkout")
    total = demo.get(f"/costs?{asked}")["totals"][0]["effective_cost"]
    rest = demo.get(f"/costs?measures=effective_cost,share&by=environment&top=1&{asked}")["rows"]
    share = next(row["share"] for row in rest if row["rest"])
    visit(page, "/teams/checkout?period=last_week")
    footer = page.get_by_role("table", name="Services").locator("tfoot data").first
    expect(footer).to_have_attribute("value", total)
    expect(page.get_by_role("link", name="Not production")).to_contain_text(share)


def test_unit_cost_stands_where_something_is_counted(page: Page, demo: Outlay) -> None:
    asked = "period=last_week&compare=previous&grain=day"
    (orders,) = demo.get(f"/costs/units?team=checkout&{asked}")["series"]
    visit(page, "/teams/checkout?period=last_week&tab=units")
    section = page.get_by_role("region", name="Unit cost: orders")
    expect(section.get_by_role("heading")).to_contain_text(f"{orders['rate'][:6]}")
    expect(section.locator("svg")).to_have_count(2)
    page.locator("section.panel").last.get_by_role("button", name="View as table").click()
    cells = section.get_by_role("table").locator("tfoot data")
    expect(cells.first).to_have_attribute("value", orders["cost"])
    visit(page, "/teams/data?period=last_week")
    expect(page.get_by_role("button", name="Resources", exact=True)).to_be_visible()
    expect(page.get_by_role("button", name="Unit cost")).to_have_count(0)


def test_two_steps_from_any_service_to_why_a_line_is_the_teams(page: Page) -> None:
    visit(page, "/teams/checkout?period=last_week")
    page.get_by_role("table", name="Services").locator("tbody a[data-row]").first.click()
    settled(page)
    assert "tab=lines" in page.url
    page.get_by_role("table", name="Bill lines").locator("tbody a[data-row]").first.click()
    drawer = page.get_by_role("dialog", name="Bill line")
    expect(drawer).to_contain_text("Checkout")
    expect(drawer).to_contain_text("team-tag")


def test_the_rules_that_name_it_open_at_their_line(page: Page) -> None:
    visit(page, "/teams/data?tab=rules")
    page.get_by_role("link", name="rules.yaml, line").first.click()
    settled(page)
    field = page.get_by_role("textbox", name="rules.yaml")
    chosen = field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    assert "data" in chosen


def test_what_was_noted_on_its_days_is_listed(page: Page, demo: Outlay) -> None:
    day = demo.get("/costs?where=team:checkout")["period"]["start"]
    body = f'{{"start": "{day}", "text": "orders <v2>", "kind": "deploy", "scope": "where=team:checkout"}}'
    said = page.request.post(
        f"{demo.origin}/api/v1/annotations", data=body, headers={"content-type": "application/json"}
    )
    assert said.status == 201
    visit(page, "/teams/checkout?tab=notes")
    expect(page.get_by_role("region", name="Notes").get_by_text("orders <v2>")).to_be_visible()
    visit(page, "/teams/search?tab=notes")
    expect(page.get_by_text("Nothing was noted")).to_be_visible()


def test_a_name_that_nobody_knows_offers_the_nearest(page: Page) -> None:
    visit(page, "/teams/chekout")
    page.get_by_role("link", name="Did you mean checkout?").click()
    settled(page)
    expect(page.get_by_role("heading", name="Checkout", exact=True)).to_be_visible()


def test_a_team_that_a_catalogue_has_says_that_it_has_no_cost(page: Page, demo: Outlay) -> None:
    tree = demo.get("/org")
    tree["teams"].append(tree["teams"][0] | {"key": "legal", "name": "Legal"})
    page.route("**/api/v1/org", lambda route: route.fulfill(json=tree))
    visit(page, "/teams/legal")
    expect(page.get_by_role("heading", name="No cost is attributed to legal yet")).to_be_visible()


def test_nothing_loaded_leads_to_the_doors(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin, inject=True) as (page, noted):
        for address in ("/teams", "/teams/checkout"):
            visit(page, address)
            expect(page.get_by_role("heading", name="Nothing is loaded yet")).to_be_visible()
            assert violations(page) == []
        assert noted.take() == []
