"""A file that takes longer than a reader waits: made beside the page, there after a reload, fetched by its link."""

from __future__ import annotations

import csv
import io
import re
import shutil
from decimal import Decimal
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import visit, visiting
from tests.e2e.serving import Outlay, serving

LINES = "/explore?tab=lines&period=2026-10&where=service:Virtual%20Machines"


FILE = ".{extension}"
PLACES = {"source": "demo-azure", "load_id": "", "campaign": ""}
WORDS = {
    "/annotations": "?start=2026-10-01&end=2026-11-01",
    "/pools/shares": "?period=2026-10",
    "/costs": "?by=team",
    "/lines": "?where=service:Cloud%20Storage&period=2026-10",
}
NEEDS = ("/costs/explain", "/costs/units", "/tags/campaigns/", "/rules/requests/", "/runs", "/spending")


def lists(outlay: Outlay) -> list[str]:
    """Addresses of the lists that the demo has, less their extension."""
    paths = outlay.get("/openapi.json")["paths"]
    places = PLACES | {"load_id": outlay.get("/loads")["loads"][0]["id"]}
    found = [
        path.partition(".{extension}")[0] for path in paths if path.endswith(".{extension}") and "get" in paths[path]
    ]
    return [path.removeprefix("/api/v1").format(**places) for path in found if not any(need in path for need in NEEDS)]


def test_every_list_is_a_file(demo: Outlay) -> None:
    """With the rows that its document has, and the money of both to the last digit."""
    addresses = lists(demo)
    assert len(addresses) > 20
    rows = {}
    for address in addresses:
        text = demo.bytes(f"/api/v1{address}.csv{WORDS.get(address, '')}").decode()
        rows[address] = list(csv.DictReader(io.StringIO(text, newline="")))
    filled = {address for address, found in rows.items() if found}
    assert filled >= {"/costs", "/lines", "/loads", "/org", "/rules/effects", "/rules/versions", "/sources",
        "/sources/demo-azure/months", "/tags/coverage", "/unallocated", "/entities/unknown"}  # fmt: skip
    sources = demo.get("/sources")["sources"]
    assert summed(rows["/sources"]) == sum(Decimal(one["billed_cost"]) for item in sources for one in item["totals"])
    azure = [row for row in rows["/sources"] if row["source"] == "demo-azure"]
    assert summed(rows["/sources/demo-azure/months"]) == summed(azure) > 0
    assert len(rows["/loads"]) == len(demo.get("/loads?limit=1000")["loads"])


def summed(rows: list[dict[str, str]]) -> Decimal:
    return sum((Decimal(row["billed_cost"]) for row in rows), Decimal(0))


def ask(page: Page, form: str) -> None:
    page.get_by_role("button", name="Export bill lines").click()
    page.get_by_role("menuitem", name=form).click()


def test_a_file_is_made_while_the_reader_goes_on(browser: Browser, demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(demo_folder, folder)
    with serving(folder, export_wait_seconds=0.0) as outlay, visiting(browser, outlay.origin) as (page, noted):
        visit(page, LINES)
        ask(page, "CSV")
        tray = page.get_by_role("region", name="Exports")
        link = tray.get_by_role("link", name=re.compile("^Download "))
        expect(link).to_be_visible()
        expect(tray).to_contain_text("kept until")
        page.reload()
        with page.expect_download() as download:
            link.click()
        assert download.value.suggested_filename.startswith("lines_virtual-machines_2026-10")
        with download.value.path().open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file))
        (kept,) = outlay.get("/exports")["exports"]
        assert len(rows) == kept["rows"] > 0

        visit(page, "/data")
        expect(page.get_by_role("heading", name="Exports")).to_be_visible()
        page.get_by_role("button", name=f"Remove {kept['name']}").click()
        expect(page.get_by_role("heading", name="Exports")).to_be_hidden()
        assert noted.take() == []

        page.route("**/api/v1/lines.parquet*", lambda route: route.abort())
        visit(page, LINES)
        ask(page, "Parquet")
        expect(tray.get_by_role("alert")).to_contain_text("lines.parquet could not be made")
