"""What a screen reader is told of each screen, kept as files and compared.

`OUTLAY_ARIA=write pytest tests/e2e/test_aria.py` writes them anew; the difference is then read like any other change.
"""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page

from tests.e2e.asked import OPEN, show
from tests.e2e.browsing import visit, visiting
from tests.e2e.overlays import OVERLAYS, open_overlay
from tests.e2e.serving import Outlay

pytestmark = pytest.mark.browser

KEPT = Path(__file__).parent / "aria"
SCREENS = {
    "home": "/",
    "explore": "/explore?by=team,service&compare=previous",
    "explore-matrix": "/explore?by=service&tab=matrix&period=last_7_days",
    "explore-usage": "/explore?by=service&tab=usage",
    "explore-lines": "/explore?by=team&tab=lines",
    "data": "/data",
    "connect": "/data/connect",
    "welcome": "/welcome",
    "not-found": "/nowhere",
}
PANELS = {
    "attribution-inbox": ("/attribution?tab=inbox", "Without an owner"),
    "attribution-form": ("/attribution?sel=form%3Adata-account", "Rules, version"),
}
"""Of pages with tabs the open one alone."""
REPEATED = ("row", "listitem", "option", "menuitem")
KEPT_OF_EACH = 3


@pytest.mark.parametrize("name", SCREENS)
def test_a_screen_says_what_it_said(page: Page, name: str) -> None:
    visit(page, SCREENS[name])
    compare(name, page.locator("body").aria_snapshot())


@pytest.mark.parametrize("name", PANELS)
def test_a_panel_says_what_it_said(page: Page, name: str) -> None:
    address, region = PANELS[name]
    visit(page, address)
    compare(name, page.get_by_role("region", name=region).aria_snapshot())


def test_the_requests_of_teams_say_what_they_said(page: Page) -> None:
    """The whole tab, with one of them open."""
    show(page)
    visit(page, f"/attribution?tab=requests&sel={OPEN}")
    compare("attribution-requests", page.locator("main").aria_snapshot())


@pytest.mark.parametrize("name", sorted(set(OVERLAYS) - {"upload", "load"}))
def test_what_lies_over_a_page_says_what_it_said(page: Page, name: str) -> None:
    open_overlay(page, name)
    over = page.locator("[role=dialog], .popover, [role=alert], figure.chart").last
    compare(f"over-{name.replace(' ', '-')}", over.aria_snapshot())


def test_an_empty_install_says_what_it_said(browser: Browser, empty: Outlay) -> None:
    with visiting(browser, empty.origin) as (page, noted):
        visit(page, "/")
        compare("empty", page.locator("body").aria_snapshot())
        assert noted.take() == []


def compare(name: str, snapshot: str) -> None:
    said = "\n".join(shortened(masked(snapshot).splitlines())) + "\n"
    path = KEPT / f"{name}.yaml"
    if os.environ.get("OUTLAY_ARIA") == "write":
        path.parent.mkdir(exist_ok=True)
        path.write_text(said, encoding="utf-8")
    assert path.read_text(encoding="utf-8") == said


def masked(text: str) -> str:
    """Without digits: a figure is the business of other tests."""
    return re.sub(r"\b[0-9a-f]{32}\b|[−-]?<?\d[\d,.:]*", "#", text)


def shortened(lines: list[str]) -> list[str]:
    """The first few of what repeats: a table is told by its head and its first rows."""
    kept: list[str] = []
    seen: dict[tuple[int, str], int] = {}
    skipping: int | None = None
    for line in lines:
        depth = len(line) - len(line.lstrip())
        if skipping is not None and depth > skipping:
            continue
        skipping = None
        for key in [key for key in seen if key[0] > depth]:
            del seen[key]
        role = line.strip().removeprefix("- ").strip("'").partition(" ")[0].rstrip(":")
        if role in REPEATED:
            seen[depth, role] = seen.get((depth, role), 0) + 1
            if seen[depth, role] > KEPT_OF_EACH:
                skipping = depth
                continue
        kept.append(line)
    return kept
