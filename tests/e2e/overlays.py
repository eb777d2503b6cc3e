"""Everything that opens over a page or beside it, each by the steps of a reader."""

from __future__ import annotations

import re
from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.e2e.browsing import settled, visit

EXPLORE = "/explore?by=team"
Open = Callable[[Page], None]


def _line(page: Page) -> None:
    visit(page, "/explore?by=team&tab=lines")
    page.locator("tbody [data-row]").first.click()
    expect(page.get_by_role("dialog", name="Bill line")).to_contain_text("SHA-256")


def _load(page: Page) -> None:
    visit(page, "/data")
    page.locator("section.panel[aria-label=Loads] tbody [data-row]").first.click()
    expect(page.get_by_role("dialog", name="Load")).to_contain_text("Control totals")


def _keys(page: Page) -> None:
    visit(page, "/")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog", name="Keys")).to_be_visible()


def _palette(page: Page) -> None:
    visit(page, "/")
    page.keyboard.press("Control+k")
    page.keyboard.type("ser")
    expect(page.get_by_role("menuitem").filter(has_text="service").first).to_be_visible()


def _chart_table(page: Page) -> None:
    visit(page, EXPLORE)
    page.get_by_role("button", name="View as table").click()
    expect(page.locator("figure.chart table")).to_be_visible()


def _filter_values(page: Page) -> None:
    visit(page, EXPLORE)
    page.get_by_role("button", name="Filter", exact=True).click()
    page.get_by_role("dialog", name="Add a filter").get_by_role("button", name="Service", exact=True).click()
    expect(page.get_by_role("dialog", name="Add a filter").get_by_role("checkbox").first).to_be_visible()


def _popover(name: str | re.Pattern[str]) -> Open:
    def opened(page: Page) -> None:
        visit(page, EXPLORE + "&compare=previous")
        page.get_by_role("button", name=name).first.click()
        expect(page.locator(".popover").first).to_be_visible()

    return opened


def _bad_word(page: Page) -> None:
    visit(page, EXPLORE + "&perod=last_month&chart=pie")
    expect(page.get_by_role("alert")).to_contain_text("Nearest")


def _upload(page: Page) -> None:
    visit(page, "/data")
    file = {"name": "bad.csv", "mimeType": "text/csv", "buffer": b"colour,shape\nred,round\n"}
    page.locator("input[type=file]").first.set_input_files(file)  # type: ignore[arg-type]
    expect(page.locator(".upload-item").first).to_contain_text("of no known format")


OVERLAYS: dict[str, Open] = {
    "bill line": _line,
    "load": _load,
    "keys": _keys,
    "palette": _palette,
    "chart as table": _chart_table,
    "period": _popover(re.compile("^Period")),
    "compare": _popover(re.compile("^Compare")),
    "cost measure": _popover(re.compile("^Cost measure")),
    "group by": _popover(re.compile("^Group by")),
    "filter": _popover("Filter"),
    "filter values": _filter_values,
    "copy": _popover("Copy"),
    "columns": _popover("Columns"),
    "export": _popover("Export cost by team"),
    "bad word": _bad_word,
    "upload": _upload,
}


def open_overlay(page: Page, name: str) -> None:
    OVERLAYS[name](page)
    settled(page)
