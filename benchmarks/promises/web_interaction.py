"""Filter, sort, hover, drill, theme on the demo: the next paint within 100 ms, what is asked for within 500 ms."""

from __future__ import annotations

import re

from playwright.sync_api import Page

from benchmarks.measure import Row, percentile
from benchmarks.screens import Screens, rest

PAINT_MS, RESULT_MS = 100.0, 500.0
ROUNDS = 4
"""The first asks the server, the others find the same answers in the cache of the browser."""
MOVES = 24


def measure(site: Screens) -> list[Row]:
    with site.page() as page:
        page.goto("/explore?by=team,service")
        rest(page)
        taken(page)
        look_around(page)
        first = taken(page)
        for _ in range(ROUNDS - 1):
            look_around(page)
        cached = taken(page)
    return [
        row("asked: next paint, p95", first["taps"], PAINT_MS),
        row("asked: result, p95", first["results"], RESULT_MS),
        row("cached: next paint, p95", cached["taps"], PAINT_MS),
        row("cached: result, p95", cached["results"], None),
        row("pointer over the chart: next paint, p95", first["moves"] + cached["moves"], PAINT_MS),
    ]


def row(what: str, found: list[float], limit: float | None) -> Row:
    return Row(what, percentile(found, 0.95), limit, "ms", "none", (min(found), max(found)), len(found))


def look_around(page: Page) -> None:
    """What a weekly look is made of; it ends where it began."""
    facet = page.get_by_role("region", name="Narrow down").locator(".facet-choose").first
    for _ in range(2):  # filter, and off again
        facet.click()
        rest(page)
    for _ in range(2):
        page.locator("th .sorter").first.click()
        rest(page)
    page.locator("th .sorter").nth(1).click()
    rest(page)
    box = page.locator(".plot").bounding_box()
    assert box
    for step in range(MOVES):
        page.mouse.move(box["x"] + 60 + step * (box["width"] - 80) / MOVES, box["y"] + box["height"] / 2)
        page.wait_for_timeout(30)
    page.locator("tbody [data-row]").first.click()
    rest(page)
    page.keyboard.press("u")
    rest(page)
    page.locator("tbody .opener").first.click()
    rest(page)
    page.locator("tbody .opener").first.click()
    for theme in ("Dark", "Light"):
        page.get_by_role("button", name=re.compile("^Theme")).click()
        page.get_by_role("menuitemradio", name=theme).or_(page.get_by_role("menuitem", name=theme)).click()
        rest(page)


def taken(page: Page) -> dict[str, list[float]]:
    """What was seen so far, forgotten by asking. An interaction below 16 ms is not told; it counts as 16."""
    found: dict[str, list[float]] = page.evaluate(
        """() => {
            const taps = Object.values(seen.taps);
            const all = { taps, results: seen.results, moves: seen.moves };
            while (taps.length < seen.results.length) taps.push(16);
            Object.assign(seen, { taps: {}, results: [], moves: [] });
            return all;
        }"""
    )
    return found
