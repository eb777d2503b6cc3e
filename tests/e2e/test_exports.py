"""A file that takes longer than a reader waits: made beside the page, there after a reload, fetched by its link."""

from __future__ import annotations

import csv
import shutil
from pathlib import Path

from playwright.sync_api import Browser, Page, expect

from tests.e2e.browsing import visit, visiting
from tests.e2e.serving import serving

LINES = "/explore?tab=lines&period=2026-10&where=service:Virtual%20Machines"


def ask(page: Page, form: str) -> None:
    page.get_by_role("button", name="Export this table").click()
    page.get_by_role("menuitem", name=form).click()


def test_a_file_is_made_while_the_reader_goes_on(browser: Browser, demo_folder: Path, tmp_path: Path) -> None:
    folder = tmp_path / "data"
    shutil.copytree(demo_folder, folder)
    with serving(folder, export_wait_seconds=0.0) as outlay, visiting(browser, outlay.origin) as (page, noted):
        visit(page, LINES)
        ask(page, "CSV")
        tray = page.get_by_role("region", name="Exports")
        link = tray.get_by_role("link", name="Download")
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
