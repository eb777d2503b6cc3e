"""Largest paint on the demo: 2.0 s with an empty cache, 4 times slower; 1.0 s warm; shifts of layout at most 0.02."""

from __future__ import annotations

import statistics

from benchmarks.measure import Row
from benchmarks.screens import Screens, rest, seen

PAGES = {"home": "/", "explore": "/explore?by=team,service&compare=previous", "data": "/data"}
COLD_MS, WARM_MS, SHIFT = 2000.0, 1000.0, 0.02
SLOWER = 4
RUNS = 5


def measure(site: Screens) -> list[Row]:
    rows = []
    for name, address in PAGES.items():
        cold, warm, shifts = [], [], []
        for _ in range(RUNS):
            paint, shift = one(site, address, SLOWER, again=False)
            cold.append(paint)
            shifts.append(shift)
            paint, shift = one(site, address, 1, again=True)
            warm.append(paint)
            shifts.append(shift)
        rows += [
            Row(f"{name}: largest paint, empty cache, {SLOWER}x slower", statistics.median(cold), COLD_MS, "ms", "none",
                (min(cold), max(cold)), RUNS),
            Row(f"{name}: largest paint, warm", statistics.median(warm), WARM_MS, "ms", "none",
                (min(warm), max(warm)), RUNS),
            Row(f"{name}: layout shift, worst of all runs", max(shifts), SHIFT, "CLS", "none", runs=2 * RUNS),
        ]  # fmt: skip
    return rows


def one(site: Screens, address: str, slower: int, *, again: bool) -> tuple[float, float]:
    """Milliseconds to the largest paint and the sum of the shifts; `again`: of the second visit."""
    with site.page(slower=slower) as page:
        for _ in range(2 if again else 1):
            page.goto(address)
            rest(page)
        return seen(page, "paints")[-1], seen(page, "shifts")
