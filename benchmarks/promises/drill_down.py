"""The resources of a month cost at most half of what they cost on lines."""

from __future__ import annotations

from benchmarks.measure import Row, alternating, ratio
from benchmarks.questions import RESOURCES, statement
from benchmarks.site import Site, open_store

LIMIT = 0.5


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    try:
        with store.read() as reader:
            small, lines = statement(reader, RESOURCES), statement(reader, RESOURCES, "lines")
            assert len(reader.frame(*small)) == len(reader.frame(*lines))
            rollup, full = alternating(site.tier.short_runs, lambda: reader.frame(*small), lambda: reader.frame(*lines))
    finally:
        store.close()
    found, spread = ratio(rollup, full)
    return [Row("resources of a month", found, LIMIT, "x CPU", "the same on lines", spread, len(rollup))]
