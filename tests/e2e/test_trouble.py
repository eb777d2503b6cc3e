"""A server in trouble: what failed is said with its request id, what still works stays, nothing old is shown as new."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, Route, expect

from tests.e2e.bills import one_day, own_bill
from tests.e2e.browsing import Noted, settled, visit, visiting
from tests.e2e.questions import csv_rows, summed
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

COSTS = "**/api/v1/costs*"
SLOW_SECONDS = 2.0


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


def test_a_page_stays_without_the_list_that_it_begins_with(troubled: Page) -> None:
    troubled.route("**/api/v1/values*", refuse(500))
    troubled.goto("/teams/checkout")
    why = troubled.get_by_role("region", name="Why it changed")
    expect(why).to_be_visible()
    settled(troubled)
    expect(why).to_be_visible()
    troubled.route("**/api/v1/rules", refuse(500))
    visit(troubled, "/attribution")
    expect(troubled.get_by_role("alert")).to_contain_text("request-4711")
    troubled.get_by_role("button", name="Tags", exact=True).click()
    expect(troubled.get_by_role("region", name="What tags cover")).to_be_visible()


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


def test_a_slow_answer_is_waited_for_in_its_place(troubled: Page) -> None:
    def later(route: Route) -> None:
        time.sleep(SLOW_SECONDS)
        route.continue_()

    troubled.route("**/api/v1/costs?*grain=day*", later)
    troubled.goto("/")
    expect(troubled.locator(".tile data").first).to_be_visible()
    expect(troubled.get_by_role("navigation", name="Pages")).to_be_visible()
    settled(troubled)
    expect(troubled.locator("figure.chart")).to_be_visible()
    expect(troubled.get_by_role("alert")).to_have_count(0)


def test_an_answer_cut_short_is_no_answer(troubled: Page) -> None:
    troubled.route(
        "**/api/v1/costs?*grain=day*",
        lambda route: route.fulfill(status=200, body='{"rows": [', headers={"content-type": "application/json"}),
    )
    troubled.goto("/explore?by=team")
    expect(troubled.get_by_role("alert")).to_contain_text("could not be read")
    expect(troubled.locator(".total-figure data")).to_be_visible()
    expect(troubled.get_by_role("row").filter(has_text="checkout")).to_be_visible()


def test_a_late_source_is_named_beside_a_total_that_stays(page: Page, demo: Outlay) -> None:
    late = [source["label"] for source in demo.get("/sources")["sources"] if source["late"]]
    assert late, "the demo has a late source"
    visit(page, "/explore?by=provider")
    expect(page.locator("main .notice.warn").first).to_contain_text(late[0])
    total = demo.get("/costs?period=last_30_days")["totals"][0]["effective_cost"]
    expect(page.locator(".total-figure data")).to_have_attribute("value", total)
    visit(page, "/")
    expect(page.locator(".tile").filter(has_text="Data reaches")).to_contain_text(f"{late[0]} late")


def test_what_was_loaded_since_is_not_answered_from_memory(browser: Browser, empty: Outlay) -> None:
    """Answers carry an ETag and browsers keep them; one that no longer holds is never shown again."""
    empty.upload("first.csv", one_day(), "first")
    before = summed(csv_rows(one_day()), "EffectiveCost", ("BillingCurrency",))["USD",]
    after = before + summed(csv_rows(own_bill()), "EffectiveCost", ("BillingCurrency",))["USD",]
    with visiting(browser, empty.origin) as (page, noted):
        visit(page, "/explore?by=service&period=all")
        assert shown_total(page) == before
        empty.upload("second.csv", own_bill(), "second")
        page.reload()
        settled(page)
        assert shown_total(page) == after
        assert noted.take() == []


def test_an_open_page_learns_of_new_data_by_itself(browser: Browser, empty: Outlay, tmp_path: Path) -> None:
    empty.upload("first.csv", one_day(), "first")
    with visiting(browser, empty.origin) as (page, noted):
        page.clock.install()
        visit(page, "/explore?by=service&period=all")
        before = shown_total(page)
        empty.upload("second.csv", own_bill(), "second")
        page.clock.fast_forward("01:00")
        expect(page.locator(".total-figure data")).not_to_have_attribute("value", f"{before:f}")
        assert noted.take() == []


def shown_total(page: Page) -> Decimal:
    return Decimal(page.locator(".total-figure data").get_attribute("value") or "")
