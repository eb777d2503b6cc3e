"""Chart and table alone: 12 groups x 92 days in 60 ms, 366 days in 150 ms; 50,000 rows scroll without a 50 ms frame."""

from __future__ import annotations

import statistics

from playwright.sync_api import Page

from benchmarks.measure import Row, percentile
from benchmarks.screens import Screens

LIMITS_MS = {92: 60.0, 366: 150.0}
GROUPS = 12
UPDATES = 9
ROWS, FRAME_MS, STEPS = 50_000, 50.0, 120
RUNS = 5
"""Each scrolls the same steps: what the page itself needs is long in every run, what neighbours take is not."""

SCROLL = """async (steps) => {
    const box = document.querySelector('.table-scroll');
    const scrolls = box.scrollHeight > box.clientHeight + 1;
    const at = scrolls ? box : document.scrollingElement;
    const frame = () => new Promise(requestAnimationFrame);
    const found = [];
    at.scrollTop = 0;
    await frame();
    let before = await frame();
    for (let step = 0; step < steps; step++) {
        at.scrollTop += step % 3 ? 240 : at.scrollHeight / steps;
        const now = await frame();
        found.push(now - before);
        before = now;
    }
    return { found, drawn: document.querySelectorAll('tbody tr').length, top: at.scrollTop };
}"""


def measure(site: Screens) -> list[Row]:
    with site.kits() as page:
        return [*(chart(page, days, limit) for days, limit in LIMITS_MS.items()), table(page)]


def chart(page: Page, days: int, limit: float) -> Row:
    """The work of one update: options, layout and drawing, without the wait for a frame."""
    draw = "([groups, days, seed]) => kits.chart(groups, days, seed)"
    page.evaluate(draw, [GROUPS, days, 0])
    page.wait_for_selector(".plot canvas")
    spent = [page.evaluate(draw, [GROUPS, days, 1 + update]) for update in range(UPDATES)]
    return Row(f"chart update, {GROUPS} groups x {days} days", statistics.median(spent), limit, "ms", "none",
               (min(spent), max(spent)), UPDATES)  # fmt: skip


def table(page: Page) -> Row:
    first = page.evaluate("rows => kits.table(rows)", ROWS)
    runs = [page.evaluate(SCROLL, STEPS) for _ in range(RUNS)]
    assert all(run["drawn"] < 200 and run["top"] > 100_000 for run in runs), runs
    every = [frame for run in runs for frame in run["found"]]
    steps = [min(step) for step in zip(*(run["found"] for run in runs), strict=True)]
    note = f"of all runs: p95 {percentile(every, 0.95):.0f}, longest {max(every):.0f} ms; first drawn in {first:.0f} ms"
    return Row(f"longest frame of scrolling {ROWS:,} rows, best of {RUNS} runs step by step", max(steps), FRAME_MS,
               "ms", "none", (min(steps), max(steps)), len(steps), note=note)  # fmt: skip
