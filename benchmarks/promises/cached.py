"""A cached answer serves at least five times the requests of an uncached one."""

from __future__ import annotations

from benchmarks.measure import Row, alternating, ratio
from benchmarks.questions import EVERYTHING, OVERVIEW, question
from benchmarks.site import NOW, Site, open_store
from warehouse.metrics import AnswerCache, answer

LIMIT = 5.0


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    cache = AnswerCache()
    asked = [question(text) for text in OVERVIEW]
    try:
        uncached, cached = alternating(
            site.tier.short_runs,
            lambda: [answer(one, EVERYTHING, store, NOW) for one in asked],
            lambda: [cache.answer(one, EVERYTHING, store, NOW) for one in asked],
        )
    finally:
        store.close()
    found, spread = ratio(uncached, cached)
    return [Row("requests from the cache", found, LIMIT, "x requests", "uncached", spread, len(cached), at_least=True)]
