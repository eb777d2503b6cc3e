"""Why each team costs more than before, in at most 5 s; how a total came to its owners, in at most 1 s of CPU."""

from __future__ import annotations

import statistics

from api.path_protocols import PathsAsked
from benchmarks.measure import Row, timed
from benchmarks.questions import EVERYTHING, EXPLAINED, EXPLAINED_HALF, RESOURCES, question, statement
from benchmarks.site import NOW, Site, open_store
from outlay.owner_paths import OwnerPaths
from outlay.rulebook import Rulebook
from warehouse.metrics.explain import explain
from warehouse.store import Store

LIMIT_SECONDS = 5.0
PATHS_LIMIT_SECONDS = 1.0


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    try:
        months = ((EXPLAINED, 2), (EXPLAINED_HALF, 12))
        rows = [row for text, count in months for row in _rows(site, store, text, site.tier.estate_lines * count)]
        return [*rows, *_paths(site, store)]
    finally:
        store.close()


def _rows(site: Site, store: Store, text: str, lines: int) -> list[Row]:
    samples = [timed(lambda: explain(question(text), EVERYTHING, store, NOW)) for _ in range(site.tier.short_runs)]
    with store.read() as reader:
        asked = statement(reader, text, "lines")
        floor = statistics.median(timed(lambda: reader.frame(*asked)).cpu for _ in range(site.tier.short_runs))
    currencies = samples[0].value.currencies
    wrong = sum(sum(one.causes.values()) != one.now - one.before for one in currencies)
    cpus, walls = [one.cpu / floor for one in samples], [one.wall for one in samples]
    return [
        Row(f"explain a change by team, {lines:,} lines", statistics.median(walls), LIMIT_SECONDS, "s wall", "none",
            (min(walls), max(walls)), len(walls)),
        Row("the same", statistics.median(cpus), None, "x CPU", "the sums by team from lines", (min(cpus), max(cpus)),
            len(cpus)),
        Row("currencies whose causes do not make the change", wrong, 0, "sums", "the question's own answer"),
    ]  # fmt: skip


def _paths(site: Site, store: Store) -> list[Row]:
    """With the words of 500 rules and those that nearly answered."""
    told = OwnerPaths(store, Rulebook(store, lambda: NOW))
    asked = PathsAsked(question(RESOURCES), EVERYTHING, NOW)
    samples = [timed(lambda: told.document(asked)) for _ in range(site.tier.short_runs)]
    cpus = [one.cpu for one in samples]
    wrong = sum(one.residual != "0" for one in samples[0].value.currencies)
    return [
        Row(f"how the total of a month came to its owners, {site.tier.estate_lines:,} lines", statistics.median(cpus),
            PATHS_LIMIT_SECONDS, "s CPU", "none", (min(cpus), max(cpus)), len(cpus)),
        Row("currencies whose paths do not make the total", wrong, 0, "sums", "the question's own answer"),
    ]  # fmt: skip
