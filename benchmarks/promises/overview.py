"""The questions of the overview page, together and cold: p95 at most 300 ms on two quiet cores."""

from __future__ import annotations

from benchmarks.measure import Row, percentile, timed
from benchmarks.questions import EVERYTHING, OVERVIEW, question
from benchmarks.site import NOW, Site, open_store
from warehouse.metrics import answer
from warehouse.store import Store

LIMIT_MS = 300.0
ROUNDS = 20


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    try:
        page(store)
        walls = [timed(lambda: page(store)).wall * 1000 for _ in range(ROUNDS)]
        cpus = [timed(lambda: page(store)).cpu * 1000 for _ in range(ROUNDS)]
        with store.read() as reader:
            scan = timed(lambda: reader.frame("select sum(effective_cost) from lines")).wall * 1000
    finally:
        store.close()
    note = f"one scan of the lines: {scan:.0f} ms"
    return [
        Row("overview page's questions, p95", percentile(walls, 0.95), LIMIT_MS, "ms wall", "none",
            (min(walls), max(walls)), ROUNDS, note=note),
        Row("  the same", percentile(cpus, 0.95), None, "ms CPU", "none", (min(cpus), max(cpus)), ROUNDS),
    ]  # fmt: skip


def page(store: Store) -> None:
    """Every question of the page, without the cache."""
    for text in OVERVIEW:
        answer(question(text), EVERYTHING, store, NOW)
