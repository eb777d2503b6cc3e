"""A dashboard question costs at most 0.1 of the same on lines, and 1.3 times hand-written SQL on the same tables."""

from __future__ import annotations

from benchmarks.measure import Row, alternating, ratio
from benchmarks.questions import DASHBOARD, EVERYTHING, question, statement
from benchmarks.site import NOW, Site, open_store
from warehouse.metrics import answer

LINES_LIMIT = 0.1
LINES_LIMIT_FROM = 10_000_000
"""The promise holds from so many lines; below it is reported only."""
HAND_LIMIT = 1.3
HAND_WRITTEN = """select date_trunc('month', day)::date as month, team, currency, sum(effective_cost)
from daily group by 1, 2, 3"""


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    try:
        with store.read() as reader:
            on_rollup, on_lines = statement(reader, DASHBOARD), statement(reader, DASHBOARD, "lines")
            assert sorted(map(str, reader.frame(*on_rollup).rows())) == sorted(map(str, reader.frame(*on_lines).rows()))
            rollup, lines, hand, whole = alternating(
                site.tier.short_runs,
                lambda: reader.frame(*on_rollup),
                lambda: reader.frame(*on_lines),
                lambda: reader.frame(HAND_WRITTEN),
                lambda: answer(question(DASHBOARD), EVERYTHING, store, NOW),
            )
            count = reader.frame("select count(*) from lines").item()
            small = reader.frame("select count(*) from daily").item()
    finally:
        store.close()
    against_lines, lines_spread = ratio(rollup, lines)
    against_hand, hand_spread = ratio(rollup, hand)
    answered, answered_spread = ratio(whole, hand)
    limit = LINES_LIMIT if count >= LINES_LIMIT_FROM else None
    return [
        Row(f"dashboard question on rollups, {count:,} lines", against_lines, limit, "x CPU", "the same on lines",
            lines_spread, len(rollup), note=f"the rollup is {count / small:.1f} times smaller"),
        Row("its SQL against hand-written SQL", against_hand, HAND_LIMIT, "x CPU", "SQL by hand on the rollup",
            hand_spread, len(rollup)),
        Row("  the whole answer against hand-written SQL", answered, None, "x CPU", "SQL by hand on the rollup",
            answered_spread, len(rollup)),
    ]  # fmt: skip
