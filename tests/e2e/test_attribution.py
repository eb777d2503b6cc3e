"""Attribution in the browser: a draft with its faults, what it would move, publishing it, and going back."""

from __future__ import annotations

import json
import re
from datetime import date, timedelta

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import SIGHTS, Sight, looked_at, settled, violations, visit, visiting
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

SCREENS = {
    "rules": "/attribution",
    "a line": "/attribution?sel=org.yaml%3A6",
    "a rule's form": "/attribution?sel=form%3Adata-account",
    "a new rule": "/attribution?sel=form%3A%2B",
    "inbox": "/attribution?tab=inbox",
    "doubtful": "/attribution?tab=inbox&sel=doubtful;order:owner",
    "likely owners": "/attribution?tab=inbox&sel=order:owner",
    "requests": "/attribution?tab=requests",
    "versions": "/attribution?tab=versions&sel=1",
    "shared": "/attribution?tab=shared",
    "tags": "/attribution?tab=tags",
    "a tag": "/attribution?tab=tags&sel=team",
    "org": "/attribution?tab=org",
}
ASKED_AGAIN_MS = 30_000
"""So often a page asks what stands."""
OLD = "value: platform\n        note: Until"
NEW = "value: search\n        note: Until"


def write(page: Page, old: str, new: str) -> None:
    """Change a place of rules.yaml as a reader would, and wait for the check."""
    field = page.get_by_role("textbox", name="rules.yaml")
    text = field.input_value()
    assert old in text
    field.fill(text.replace(old, new))


@pytest.mark.parametrize("sights", SIGHTS)
def test_every_tab_is_accessible_and_fits(browser: Browser, demo: Outlay, sights: tuple[Sight, Sight]) -> None:
    assert looked_at(browser, demo.origin, SCREENS, sights) == {}


def test_nothing_loaded_has_every_tab(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin, inject=True) as (page, noted):
        for address in SCREENS.values():
            visit(page, address)
            assert violations(page) == [], address
        assert noted.take() == []


def test_a_fault_names_its_line_and_leads_there(page: Page) -> None:
    visit(page, "/attribution")
    write(page, "value: data", "value: dta")
    faults = page.get_by_role("list", name="Faults")
    expect(faults).to_contain_text('unknown team "dta"')
    expect(faults).to_contain_text("nearest: data")
    expect(page.get_by_role("button", name="Preview")).to_be_disabled()
    faults.get_by_role("link").click()
    field = page.get_by_role("textbox", name="rules.yaml")
    expect(field).to_be_focused()
    assert "dta" in field.evaluate("field => field.value.slice(field.selectionStart, field.selectionEnd)")
    page.get_by_role("button", name="Discard the draft").click()
    expect(field).to_have_value(page.request.get(page.url.split("/attribution")[0] + "/api/v1/rules").json()["rules"])


def test_a_draft_is_previewed_published_and_taken_back(page: Page, demo: Outlay) -> None:
    before = demo.get("/rules")
    visit(page, "/attribution")
    write(page, OLD, NEW)
    expect(page.get_by_role("button", name="Publish…")).to_be_disabled()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("region", name="What it would move")).to_contain_text("lines get another owner")
    matrix = page.get_by_role("table", name="Movement in USD")
    expect(matrix.get_by_role("link", name="platform")).to_be_visible()
    expect(matrix.get_by_role("columnheader", name="to search")).to_be_visible()
    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("list", name="Cost by owner")).to_contain_text("Search")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(page.get_by_role("heading", name=f"Rules, version {before['version'] + 1}")).to_be_visible()
    assert NEW in demo.get("/rules")["rules"]
    visit(page, f"/attribution?tab=versions&sel={before['version'] + 1}")
    expect(page.get_by_text("+        value: search")).to_be_visible()
    visit(page, f"/attribution?tab=versions&sel={before['version']}")
    page.get_by_role("button", name="Publish it again…").click()
    page.get_by_role("dialog").get_by_role("button", name="Publish version").click()
    expect(page.get_by_role("link", name=f"Version {before['version'] + 2}")).to_be_visible()
    assert demo.get("/rules")["rules"] == before["rules"]


def test_a_draft_that_was_overtaken_cannot_be_published_unseen(page: Page, demo: Outlay) -> None:
    page.clock.install()
    visit(page, "/attribution")
    write(page, OLD, NEW)
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("button", name="Publish…")).to_be_enabled()
    live = demo.get("/rules")
    texts = {"org": live["org"], "rules": live["rules"] + "# by somebody else\n", "files": live["files"]}
    answer = page.request.put(
        f"{demo.origin}/api/v1/rules", data=json.dumps(texts), headers={"content-type": "application/json"}
    )
    demo.wait(answer.json()["job"])
    page.clock.fast_forward(ASKED_AGAIN_MS)
    expect(page.get_by_text("was published meanwhile")).to_be_visible()
    expect(page.get_by_role("button", name="Publish…")).to_be_disabled()
    page.get_by_role("button", name="Show what stands now").click()
    expect(page.get_by_role("textbox", name="rules.yaml")).to_have_value(texts["rules"])


def test_the_inbox_assigns_a_group_and_asks_about_another(page: Page, demo: Outlay) -> None:
    before, found = demo.get("/rules"), demo.get("/unallocated")
    group, other = found["groups"][:2]
    team = group["suggestions"][0]["team"]
    visit(page, "/attribution?tab=inbox")
    table = page.get_by_role("table", name="Cost without an owner")
    table.get_by_role("checkbox").first.check()
    assign = page.get_by_role("button", name="Assign…")
    assign.click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("button", name="Publish")).to_be_visible()
    page.keyboard.press("Escape")
    expect(assign).to_be_focused()
    assign.click()
    expect(dialog.get_by_label("Team")).to_have_value(team)
    assert violations(page) == []
    dialog.get_by_role("button", name="Preview").click()
    expect(dialog.get_by_role("list", name="Cost by owner")).to_contain_text(team, ignore_case=True)
    dialog.get_by_role("button", name="Publish").click()
    expect(dialog).to_be_hidden(timeout=20_000)
    expect(table.get_by_role("row").nth(1)).not_to_contain_text(group["signature"][0]["value"])
    assert group["id"] not in {one["id"] for one in demo.get("/unallocated")["groups"]}
    table.get_by_role("button", name="Ask").first.click()
    dialog.get_by_role("button", name="Make the link").click()
    message = dialog.get_by_label("To send").input_value()
    assert violations(page) == []
    dialog.get_by_role("button", name="Done").click()
    page.goto(message.splitlines()[-1])
    settled(page)
    expect(page.get_by_role("region", name="Is this of")).to_contain_text(other["signature"][-1]["value"])
    expect(page.get_by_role("table", name="Cost without an owner").locator("tbody tr")).to_have_count(1)
    page.get_by_label("Why it is not").fill("of the lab")
    page.get_by_role("button", name="Not ours").click()
    expect(page.get_by_role("list", name="Answers")).to_contain_text("“of the lab”")
    expect(page.get_by_role("table", name="Questions")).to_contain_text("not theirs")
    assert violations(page) == []
    (kept,) = demo.get("/questions")["questions"]
    assert (kept["group"], kept["state"]) == (other["id"], "not_ours")
    texts = {"org": before["org"], "rules": before["rules"], "files": before["files"]}
    answer = page.request.put(
        f"{demo.origin}/api/v1/rules", data=json.dumps(texts), headers={"content-type": "application/json"}
    )
    demo.wait(answer.json()["job"])


def test_a_rule_is_written_by_form_and_a_cell_of_the_matrix_opens_what_moves(page: Page, demo: Outlay) -> None:
    rules = demo.get("/rules")["rules"]
    visit(page, "/attribution?sel=form%3Adata-account")
    form = page.get_by_role("form", name="Rule data-account")
    form.get_by_label("When: kind").select_option("any")
    form.get_by_role("button", name="Add to When").click()
    form.get_by_label("When.2: column").fill("sub_account")
    form.get_by_label("When.2: value").fill("200000000003")
    form.get_by_label("Team").select_option("search")
    form.get_by_role("button", name="Put into the draft").click()
    expect(page.get_by_text("No fault")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    matrix = page.get_by_role("table", name="Movement in USD")
    cell = matrix.get_by_role("button", name="to search: what moves").first
    cell.click()
    expect(cell).to_have_attribute("aria-pressed", "true")
    expect(page.get_by_role("table", name="What moves, by month, from")).to_be_visible()
    assert violations(page) == []
    page.get_by_role("group", name="File").get_by_role("button", name="rules.yaml").click()
    text = page.get_by_role("textbox", name="rules.yaml").input_value()
    same = [line for line in rules.splitlines() if line in text.splitlines()]
    assert len(same) >= len(rules.splitlines()) - 2
    page.get_by_role("button", name="Discard the draft").click()


def test_pools_are_written_previewed_and_published_on_their_page(page: Page, demo: Outlay) -> None:
    before = demo.get("/pools")
    visit(page, "/attribution?tab=shared")
    field = page.get_by_role("textbox", name="pools.yaml")
    field.fill(before["text"] + "pools:\n  - id: x\n    splt: even\n")
    expect(page.get_by_role("list", name="Faults")).to_contain_text("splt")
    pools = "pools:\n  - {id: of-platform, teams: [platform], split: even, to: [search, checkout]}\n"
    field.fill(pools)
    expect(page.get_by_text("No fault")).to_be_visible()
    page.get_by_role("button", name="Preview").click()
    expect(page.get_by_role("table", name="Movement in USD")).to_contain_text("Platform")
    expect(page.get_by_text("keep their owner and would be shared")).to_be_visible()
    expect(page.get_by_role("table", name="What pools would share")).to_contain_text("of-platform")
    page.get_by_role("button", name="Publish…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("list", name="Cost by owner")).to_contain_text("Platform")
    dialog.get_by_role("button", name="Publish", exact=True).click()
    expect(dialog).to_have_count(0, timeout=40_000)
    expect(page.get_by_role("table", name="Pools", exact=True)).to_contain_text("of-platform")
    assert demo.get("/pools")["text"] == pools
    answer = page.request.put(
        f"{demo.origin}/api/v1/pools", data=json.dumps({"text": before["text"]}),
        headers={"content-type": "application/json"},
    )  # fmt: skip
    demo.wait(answer.json()["job"])


def test_a_dispute_is_about_the_days_of_the_page(page: Page, demo: Outlay) -> None:
    """The bills of this service are late: for it alone the last thirty days would be others."""
    late = "where=team:checkout&where=service:Azure%20SQL%20Database"
    whole, alone = (demo.get(f"/costs?{where}")["period"] for where in ("where=team:checkout", late))
    assert whole != alone
    page.route("**/rules/disputes", lambda route: route.fulfill(status=201, json={"request": ""}))
    visit(page, "/teams/checkout")
    page.get_by_role("button", name="Not ours: Azure SQL Database").click()
    page.get_by_label("Why it is not").fill("search runs it")
    with page.expect_request("**/rules/disputes") as sent:
        page.get_by_role("button", name="Dispute").click()
    last = date.fromisoformat(whole["end"]) - timedelta(days=1)
    assert sent.value.post_data_json["period"] == f"{whole['start']}..{last}"


def by_teams(demo: Outlay) -> int:
    """Acts by hand that teams did."""
    return sum(month["by_teams"] for month in demo.get("/attribution/toil")["months"])


def test_cost_that_is_not_ours_is_disputed_answered_and_moved(page: Page, demo: Outlay) -> None:
    before, acts = demo.get("/rules"), by_teams(demo)
    visit(page, "/teams/search?period=2026-10")
    page.get_by_role("button", name="Not ours: Cloud Run").click()
    dialog = page.get_by_role("dialog")
    expect(dialog.get_by_role("button", name="Dispute")).to_be_disabled()
    dialog.get_by_label("Why it is not").fill("the crawlers went to data")
    dialog.get_by_label("Whose it is").select_option("data")
    assert violations(page) == []
    dialog.get_by_role("button", name="Dispute").click()
    opened = page.get_by_role("region", name="Request of search")
    expect(opened.get_by_role("list", name="Who is asked")).to_contain_text("Data no answer yet")
    expect(opened.get_by_role("columnheader", name="to data")).to_be_visible()
    expect(page.get_by_role("button", name="Requests (1)")).to_be_visible()
    request = demo.get("/rules/requests")["requests"][0]["id"]
    assert violations(page) == []
    opened.get_by_role("button", name="to data: what moves").click()
    resources = opened.get_by_role("table", name="What moves, by resource")
    expect(resources.locator("tbody a[data-row]").first).to_have_attribute("href", re.compile("resource"))
    assert violations(page) == []
    visit(page, "/teams/data?tab=requests")
    page.get_by_role("table", name="Requests").get_by_role("link", name="search: the crawlers").click()
    opened.get_by_role("button", name="Accept").click()
    opened.get_by_role("button", name="Publish as search").click()
    expect(opened.get_by_text("published ·")).to_be_visible(timeout=40_000)
    expect(page.get_by_role("table", name="Acts by hand")).to_contain_text("%")
    assert by_teams(demo) == acts + 3  # the dispute, the answer, the publication
    assert f"sel={request}" in page.url
    assert violations(page) == []
    rolled = page.request.post(f"{demo.origin}/api/v1/rules/versions/{before['version']}/rollback")
    demo.wait(rolled.json()["job"])


def test_a_team_offers_cost_on_its_row_and_takes_it_back(page: Page, demo: Outlay) -> None:
    visit(page, "/teams/search?period=2026-10")
    page.get_by_role("button", name="Offer: Cloud Run").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Note").fill("moves to data")
    assert violations(page) == []
    dialog.get_by_role("button", name="Offer").click()
    expect(dialog.get_by_role("status")).to_contain_text("without asking Search")
    dialog.get_by_role("button", name="Done").click()
    (offer,) = demo.get("/rules/offers")["offers"]
    assert (offer["team"], offer["scope"], offer["note"]) == ("search", "where=service:Cloud%20Run", "moves to data")
    visit(page, "/attribution?tab=requests")
    page.get_by_role("button", name="Take back the offer of search").click()
    expect(page.get_by_text("No team offers cost.")).to_be_visible()
    page.get_by_role("button", name="Offer cost…").click()
    dialog.get_by_label("Of team").select_option("data")
    dialog.get_by_label("Column").fill("tag.app")
    dialog.get_by_label("Value").fill("a&b")
    dialog.get_by_role("button", name="Offer", exact=True).click()
    dialog.get_by_role("button", name="Done").click()
    expect(page.get_by_role("table", name="Offers")).to_contain_text("tag.app:a&b")
    assert violations(page) == []
    page.get_by_role("button", name="Take back the offer of data").click()
    expect(page.get_by_text("No team offers cost.")).to_be_visible()
