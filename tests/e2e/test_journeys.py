"""What people do: find the demo's events, go back and forth, bring an own bill, work by keyboard alone."""

from __future__ import annotations

import re
from decimal import Decimal
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from outlay.demo import guide
from outlay.demo.bills import SEED_DAY
from tests.e2e.bills import own_bill
from tests.e2e.browsing import close, reach, settled, visit, visiting
from tests.e2e.questions import csv_rows, summed
from tests.e2e.serving import Outlay, short_demo

pytestmark = pytest.mark.browser

LOAD_MS = 60_000
AMOUNT = re.compile(r"([\u2212-]?[\d,]+\.\d\d) USD")
MINUS = str.maketrans("\u2212", "-", ",")
EVENTS = [item.key for item in guide.items(SEED_DAY)]


# --- what to look at ----------------------------------------------------------------------------


@pytest.mark.parametrize("key", EVENTS)
def test_every_event_is_found_from_home(page: Page, demo: Outlay, key: str) -> None:
    item = next(item for item in demo.get("/demo")["items"] if item["key"] == key)
    visit(page, "/")
    link = page.get_by_role("region", name="What to look at in the demo").get_by_role("link", name=item["title"])
    expect(link).to_contain_text(item["sentence"])
    link.click()
    expect(page).to_have_url(re.compile(re.escape(urlsplit(item["address"]).path)))
    settled(page)
    expect(page.get_by_role("alert")).to_have_count(0)
    if item["query"] is None:
        late = page.get_by_role("row").filter(has_text="late")
        expect(late).to_contain_text("Azure")
        expect(late).to_contain_text("14 Nov 2026")
        return
    amount = Decimal(item["amounts"]["effective_cost"])
    found = AMOUNT.findall(item["sentence"])
    assert Decimal(found[-1].translate(MINUS)) == amount.quantize(Decimal("0.01"))
    proof = demo.get(f"/costs?{item['query']}")
    assert [Decimal(row["effective_cost"]) for row in proof["totals"]] == [amount]
    expect(page.locator(".total-figure data").first).to_be_visible()
    figures = page.locator(".total-figure data").all()
    assert amount in [Decimal(figure.get_attribute("value") or "") for figure in figures]


# --- the address --------------------------------------------------------------------------------


def test_back_forward_and_reload_restore_what_was_seen(page: Page) -> None:
    visit(page, "/explore?by=team,service&period=2026-10&chart=lines")
    seen = [(page.url, state(page))]
    page.get_by_role("link", name="checkout").click()
    settled(page)
    seen.append((page.url, state(page)))
    page.get_by_role("button", name="Bill lines").click()
    settled(page)
    seen.append((page.url, state(page)))
    page.locator("tbody [data-row]").first.click()
    expect(page.get_by_role("dialog")).to_be_visible()
    settled(page)
    drawer = page.url
    assert len({url for url, _ in [*seen, (drawer, "")]}) == 4

    page.reload()
    expect(page.get_by_role("dialog")).to_be_visible()
    for url, state_then in reversed(seen):
        page.go_back()
        expect(page).to_have_url(url)
        expect(page.get_by_role("dialog")).to_have_count(0)
        settled(page)
        assert state(page) == state_then
    page.go_forward()
    expect(page).to_have_url(seen[1][0])
    settled(page)
    assert state(page) == seen[1][1]
    page.reload()
    settled(page)
    assert state(page) == seen[1][1]


def state(page: Page) -> list[str]:
    """What a reader would recognise a page by."""
    parts = ["section.panel h2", ".chip-open", ".segments [aria-pressed=true]", ".total-figure", "tbody tr"]
    found: list[str] = page.evaluate(
        "parts => parts.flatMap((part) => [...document.querySelectorAll(part)].slice(0, 9).map((at) => at.innerText))",
        parts,
    )
    return found


def test_the_address_is_canonical_and_leaves_defaults_out(page: Page) -> None:
    visit(
        page, "/explore?chart=bars&period=last_30_days&measures=effective_cost&where=-service:Tax&by=team&compare=none"
    )
    page.get_by_role("button", name="Week").click()
    expect(page).to_have_url(re.compile(r"/explore\?by=team&where=-service:Tax&grain=week$"))
    page.get_by_role("button", name="Cumulative").click()
    expect(page).to_have_url(re.compile(r"/explore\?by=team&where=-service:Tax&grain=week&chart=cumulative$"))


@pytest.mark.parametrize(
    ("text", "nearest", "instead"),
    [
        ("grain=dayy", "day", "none"),
        ("period=last_30_dys", "last_30_days", "last_30_days"),
        ("chart=pie", None, "bars"),
        ("compare=previus", "previous", "none"),
        ("perod=all", "period", None),
        ("top=many", None, "all groups"),
        ("grain=week&basis=billing&period=2026-10", None, None),
    ],
)
def test_a_bad_word_is_named_and_the_page_falls_back(
    page: Page, text: str, nearest: str | None, instead: str | None
) -> None:
    visit(page, f"/explore?by=team&{text}")
    alert = page.get_by_role("alert")
    expect(alert).to_contain_text(text.partition("&")[0])
    if nearest:
        expect(alert).to_contain_text(f"Nearest: {nearest}")
    if instead:
        expect(alert).to_contain_text(f"Shown instead: {instead}")
    expect(page.locator(".total-figure data")).to_be_visible()


@pytest.fixture
def lenient(browser: Browser, demo: Outlay) -> Any:
    """A page whose console may speak: the browser itself notes each answer that is an error."""
    with visiting(browser, demo.origin) as (page, noted):
        yield page
        assert [fault for fault in noted.take() if "Failed to load resource" not in fault] == []


@pytest.mark.parametrize(
    ("text", "nearest"),
    [("by=tem", "team"), ("measures=efective_cost", "effective_cost"), ("by=team&where=servce:Tax", "service")],
)
def test_a_name_only_the_server_knows_is_named_too(lenient: Page, text: str, nearest: str) -> None:
    lenient.goto(f"/explore?{text}")
    alert = lenient.get_by_role("alert").first
    expect(alert).to_contain_text(nearest)
    expect(lenient.get_by_role("navigation", name="Pages")).to_be_visible()


# --- an own bill --------------------------------------------------------------------------------


def choose(page: Page, name: str, content: bytes) -> None:
    page.locator("input[type=file]").set_input_files({"name": name, "mimeType": "text/csv", "buffer": content})


def test_from_an_empty_install_to_cost_by_team(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin) as (page, noted):
        visit(page, "/")
        expect(page.get_by_role("region", name="Look at the demo")).to_be_visible()
        expect(page.get_by_role("region", name="Upload a bill")).to_be_visible()
        choose(page, "own.csv", own_bill())
        proposal = page.get_by_role("region", name="Teams from your data")
        expect(proposal).to_be_visible(timeout=LOAD_MS)
        expect(proposal).to_contain_text("team")
        for team in ("checkout", "search", "data"):
            expect(proposal.get_by_role("row").filter(has_text=team)).to_be_visible()
        expect(proposal).to_contain_text("100.0")
        expect(proposal.get_by_role("row").filter(has_text="Unallocated")).to_contain_text("0.00")
        proposal.get_by_role("button", name="Use these teams").click()
        expect(proposal).to_have_count(0, timeout=LOAD_MS)
        settled(page)
        expect(page.locator("figure.chart .legend-item").first).to_be_visible()
        visit(page, "/explore?by=team&period=all")
        assert page.locator("figure.chart .legend-item").all_inner_texts() == ["checkout", "search", "data"]
        total = summed(csv_rows(own_bill()), "BilledCost", ("BillingCurrency",))["USD",]
        assert Decimal(page.locator(".total-figure data").get_attribute("value") or "") == total
        assert noted.take() == []


def test_uploads_report_each_file_and_refuse_with_a_next_step(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin) as (page, noted):
        visit(page, "/data")
        files = [("own.csv", own_bill()), ("bad.csv", b"colour,shape\nred,round\n"), ("empty.csv", b"")]
        page.locator("input[type=file]").set_input_files(
            [{"name": name, "mimeType": "text/csv", "buffer": content} for name, content in files]
        )
        items = page.locator(".upload-item")
        expect(items).to_have_count(3)
        good = items.filter(has_text="own.csv")
        expect(good).to_contain_text("Loaded, 84 rows", timeout=LOAD_MS)
        expect(good.get_by_role("link", name="Look at it in Explore")).to_be_visible()
        bad = items.filter(has_text="bad.csv")
        expect(bad).to_contain_text("it has no column that tells one", timeout=LOAD_MS)
        bad.get_by_text("Details").click()
        expect(bad.get_by_text("found: colour, shape")).to_be_visible()
        expect(items.filter(has_text="empty.csv")).to_contain_text(re.compile("empty|no rows|nothing", re.I))
        sources = page.get_by_role("region", name="Sources")
        expect(sources.get_by_role("row").filter(has_text="uploads")).to_be_visible()
        choose(page, "again.csv", own_bill())
        expect(items.filter(has_text="again.csv")).to_contain_text("Unchanged", timeout=LOAD_MS)
        loads = page.locator("section.panel[aria-label=Loads] tbody tr")
        loads.filter(has_text="live").first.locator("[data-row]").click()
        drawer = page.get_by_role("dialog")
        expect(drawer).to_contain_text("own.csv")
        expect(drawer).to_contain_text("agrees")
        assert noted.take() == []


def test_the_focus_sample_reaches_a_chart(browser: Browser, empty: Outlay, shared_data: Path) -> None:
    sample = shared_data / "focus" / "focus_1_0_sample_1000.csv"
    with visiting(browser, empty.origin) as (page, noted):
        visit(page, "/welcome")
        choose(page, sample.name, sample.read_bytes())
        item = page.locator(".upload-item")
        expect(item).to_contain_text("1,000 rows", timeout=LOAD_MS)
        item.get_by_role("link", name="Look at it in Explore").click()
        settled(page)
        total = summed(csv_rows(sample.read_bytes()), "EffectiveCost", ("BillingCurrency",))["USD",]
        assert Decimal(page.locator(".total-figure data").get_attribute("value") or "") == total
        expect(page.locator("figure.chart .legend-item").first).to_be_visible()
        assert noted.take() == []


def test_the_demo_comes_and_goes_with_a_click(browser: Browser, empty: Outlay) -> None:
    with short_demo(1), visiting(browser, empty.origin) as (page, noted):
        visit(page, "/")
        page.get_by_role("button", name="Load the demo").click()
        expect(page.get_by_role("region", name="What to look at in the demo")).to_be_visible(timeout=LOAD_MS)
        expect(page.locator("main .tile").first).to_be_visible()
        page.get_by_role("button", name="Remove demo data").click()
        expect(page.get_by_role("button", name="Load the demo")).to_be_visible(timeout=LOAD_MS)
        expect(page.locator("main .tile")).to_have_count(0)
        assert empty.get("/status")["empty"]
        assert empty.get("/series") == []
        assert noted.take() == []


def test_a_demo_removed_while_it_loads_stays_away(browser: Browser, empty: Outlay) -> None:
    with short_demo(3), visiting(browser, empty.origin) as (page, noted):
        visit(page, "/")
        page.get_by_role("button", name="Load the demo").click()
        page.get_by_role("button", name="Remove demo data").click(timeout=LOAD_MS)
        expect(page.get_by_role("button", name="Load the demo")).to_be_visible(timeout=LOAD_MS)
        for job in empty.get("/jobs")["jobs"]:
            empty.wait(job["id"])
        assert empty.get("/status")["empty"]
        assert empty.get("/sources")["sources"] == []
        choose(page, "own.csv", own_bill())
        expect(page.get_by_role("region", name="Teams from your data")).to_be_visible(timeout=LOAD_MS)
        assert noted.take() == []


# --- by keyboard alone --------------------------------------------------------------------------


def test_from_home_to_a_bill_line_and_a_file_by_keyboard(page: Page) -> None:
    keys = page.keyboard
    visit(page, "/")
    keys.press("Control+k")
    expect(page.get_by_role("dialog", name="Search and commands")).to_be_visible()
    keys.type("search")
    expect(page.get_by_role("menuitem").filter(has_text="search").first).to_be_visible()
    keys.press("Escape")  # empties the box
    keys.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    keys.press("g")
    keys.press("e")
    expect(page).to_have_url(re.compile("/explore"))
    settled(page)

    keys.press("/")
    expect(page.get_by_role("dialog", name="Add a filter")).to_be_visible()
    keys.type("provider")
    expect(page.get_by_role("dialog", name="Add a filter").get_by_role("button")).to_have_count(1)
    keys.press("Tab")
    keys.press("Enter")
    keys.type("google")
    option = page.get_by_role("checkbox", name=re.compile("Google Cloud"))
    expect(option).to_be_visible()
    reach(page, "Google Cloud")
    keys.press("Space")
    reach(page, "Apply", "Shift+Tab")
    keys.press("Enter")
    expect(page).to_have_url(re.compile(r"where=provider:Google%20Cloud"))
    settled(page)

    keys.press("j")
    expect(page.locator("tbody a:focus, tbody a:has(:focus)")).to_be_visible()
    keys.press("Enter")
    expect(page).to_have_url(re.compile("where=team:"))
    settled(page)
    reach(page, "Bill lines", "Tab", 160)
    keys.press("Enter")
    expect(page).to_have_url(re.compile("tab=lines"))
    settled(page)
    keys.press("j")
    keys.press("Enter")
    drawer = page.get_by_role("dialog", name="Bill line")
    expect(drawer).to_contain_text("Row ")
    expect(drawer).to_contain_text("rules v1")
    close(page)
    keys.press("u")
    expect(drawer).to_be_visible()
    close(page)
    settled(page)

    keys.press("j")
    reach(page, "Export", "Shift+Tab")
    keys.press("Enter")
    expect(page.get_by_role("menuitem").first).to_be_focused()
    with page.expect_download() as download:
        keys.press("Enter")
    assert download.value.suggested_filename.endswith(".csv")
