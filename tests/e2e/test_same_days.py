"""The figure that is clicked is the figure that is landed on: of every link beside one, over late sources too."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import close, settled, visit, visiting
from tests.e2e.questions import printed
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

LATE = "Microsoft"
WHOLE = "21 Oct – 19 Nov 2026"
"""The thirty days of all sources, longer than those of the late one."""
ASKED = ("measures", "where", "period", "basis", "compare", "normalise", "currency", "known_on", "incomplete")
LINKS = """() => [...document.querySelectorAll('main tr, main a.mover')].flatMap((row) => {
    if (row.closest('section[aria-label="Why it changed"]')) return [];
    const valued = (within) => [...within.querySelectorAll('data')].map((one) => one.value);
    return (row.matches('a') ? [row] : [...row.querySelectorAll('a')]).map((link) => ({
        address: link.getAttribute('href'), said: row.textContent,
        figures: valued(link).length ? valued(link) : valued(row),
        change: link.querySelector('.change')?.textContent ?? null,
    }));
})"""
FIRST, LAST = 7, 3
PAGES = {
    "/": 10,
    "/explore?by=provider": 3,
    "/explore?by=service&compare=year": 10,
    "/explore?by=sub_account&compare=previous&normalise=day&period=2026-11": 4,
    "/explore?by=provider&basis=billing&compare=previous&period=month_to_date": 3,
    "/explore?by=provider&known_on=2026-11-20&period=last_7_days": 3,
    "/explore?by=team&incomplete=include&period=last_7_days": 4,
    "/explore?by=resource&where=provider:Microsoft,GitHub&tab=matrix": 10,
    "/explore/explain?tab=owners": 5,
    "/teams": 5,
    "/teams?compare=year&normalise=day": 5,
    "/teams/checkout?tab=resources": 5,
    "/teams/checkout?tab=new": 1,
    "/attribution?tab=inbox": 2,
    "/attribution?tab=tags": 4,
    "/attribution?tab=org": 4,
}
"""Pages with figures, and how many links each has at least that stand beside one."""


@pytest.fixture(scope="module")
def reader(browser: Browser, demo: Outlay) -> Iterator[Page]:
    with visiting(browser, demo.origin) as (page, noted):
        yield page
        assert noted.take() == []


def landed(demo: Outlay, address: str) -> dict[str, Any]:
    """The answer about the whole of the page that a link leads to."""
    parts = urlsplit(address)
    words = [pair for pair in parse_qsl(parts.query, keep_blank_values=True) if pair[0] in ASKED]
    if parts.path.startswith("/teams/"):
        words.append(("where", f"team:{unquote(parts.path.removeprefix('/teams/'))}"))
    answer: dict[str, Any] = demo.get(f"/costs?{urlencode(words)}")
    return answer


def leads(link: dict[str, Any]) -> bool:
    """Beside a figure, to a page about it: no explanation, and no team or tag key by its name alone."""
    path, query = urlsplit(link["address"])[2:4]
    away = not path.startswith(("/explore", "/teams/", "/resources")) or "why=" in query or "sel=" in query
    named = query == "" or ("by=tag." in query and "where=" not in query)
    return not away and not named and (link["figures"] or link["change"])


@pytest.mark.parametrize("address", PAGES)
def test_every_figure_leads_to_itself(reader: Page, demo: Outlay, address: str) -> None:
    visit(reader, address)
    links = [link for link in reader.evaluate(LINKS) if leads(link)]
    assert len(links) >= PAGES[address]
    for link in [*links[:FIRST], *links[FIRST:][-LAST:]]:
        totals = landed(demo, link["address"])["totals"]
        if not totals and "–" in link["said"]:
            continue  # a team of the tree that has cost only below it
        (total,) = totals
        measure = next(name for name in total if name.endswith("_cost"))
        if link["change"] is not None:
            change = Decimal(total[f"change_{measure}"])
            assert link["change"].lstrip("▲▼ +−") == printed(abs(change)), link
            continue
        shown = [total[measure], *([total[f"previous_{measure}"]] if f"previous_{measure}" in total else [])]
        assert link["figures"][0] == shown[0], link
        if "compare=" in address and len(link["figures"]) > 1:
            assert (link["figures"][1] or None) == shown[1], link


def test_what_has_ended_leads_to_the_days_in_which_it_cost_something(reader: Page, demo: Outlay) -> None:
    visit(reader, "/changes?tab=ended")
    (first, *_) = [link for link in reader.evaluate(LINKS) if leads(link)]
    (total,) = landed(demo, first["address"])["totals"]
    assert first["figures"][1] == total["effective_cost"]


def test_a_late_part_keeps_the_days_of_its_whole_and_finds_back_to_the_word(reader: Page, demo: Outlay) -> None:
    visit(reader, "/explore?by=provider&compare=previous")
    row = reader.get_by_role("row").filter(has_text=LATE)
    figure = row.locator("data").first.get_attribute("value")
    alone = demo.get(f"/costs?where=provider:{LATE}")
    assert alone["period"] != demo.get("/costs")["period"], "the demo has a late source, or this proves nothing"
    assert alone["totals"][0]["effective_cost"] != figure
    row.get_by_title("Explain this change").click()
    expect(reader.get_by_role("dialog")).to_contain_text(WHOLE)
    close(reader)
    row.locator("[data-row]").click()
    settled(reader)
    assert reader.locator(".total-figure data").first.get_attribute("value") == figure
    _kept_by_the_word(reader)
    reader.get_by_role("button", name="Period:").click()
    reader.get_by_role("button", name="Last 30 days").click()
    expect(reader).to_have_url(f"{demo.origin}/explore?by=service&where=provider:{LATE}&compare=previous")
    visit(reader, "/explore?by=service")
    reader.get_by_role("region", name="Narrow down").get_by_role("button", name=LATE).first.click()
    settled(reader)
    assert reader.locator(".total-figure data").first.get_attribute("value") == figure


def _kept_by_the_word(reader: Page) -> None:
    """A view, and a copied link, of days that a link wrote out can be of the word again."""
    reader.get_by_role("button", name="Copy", exact=True).click()
    expect(reader.get_by_role("menuitem", name="As a link")).to_have_text(
        ["As a link: Last 30 days", f"As a link: {WHOLE}"]
    )
    close(reader)
    reader.keyboard.press("v")
    views = reader.get_by_role("dialog", name="Views")
    expect(views.get_by_label("Days")).to_have_value("Last 30 days")
    for name, days in (("moves", "Last 30 days"), ("stands", WHOLE)):
        views.get_by_label("Save this address as").fill(name)
        views.get_by_label("Days").select_option(days)
        views.get_by_role("button", name="Save", exact=True).click()
        written = "period=" in (views.get_by_role("link", name=name).get_attribute("href") or "")
        assert written == (name == "stands")
    stands = views.locator("li.view").filter(has_text="stands")
    stands.get_by_role("button", name="Subscribe").click()
    stands.get_by_role("button", name="Make it: Last 30 days").click()
    expect(stands.get_by_text("It is always of")).to_have_count(0)
    stands.get_by_role("button", name="Done").click()
    for _ in range(2):
        views.get_by_role("button", name="Delete").first.click()
        views.get_by_role("button", name="Delete", exact=True).first.click()
        expect(views.get_by_role("button", name="Keep it")).to_have_count(0)
    close(reader)
