"""Owners of a month's dims by 500 rules cost at most 0.15 of loading its lines; 1,000 rules at most 4 times 200."""

from __future__ import annotations

import statistics

import polars as pl

from benchmarks.measure import Row, alternating, ratio
from benchmarks.rules import org_text, rich_text, rules_text
from benchmarks.site import Site, open_store
from outlay.ruling import RulesInForce
from warehouse.store import Snapshot

LIMIT = 0.15
GROWTH_LIMIT = 4.0


def measure(site: Site) -> list[Row]:
    data, loads = site.month()
    store = open_store(data)
    try:
        with store.read() as reader:
            dims, tags = dims_and_tags(reader)
    finally:
        store.close()

    def own(count: int) -> list[float]:
        return times[counts.index(count)]

    counts = [200, 500, 1000]
    texts = [*map(rules_text, counts), rich_text(500)]
    in_force = [RulesInForce({"org": org_text(), "rules": text, "version": 1}) for text in texts]
    times = alternating(site.tier.short_runs, *(lambda rules=rules: rules.owners(dims, tags) for rules in in_force))
    loading = statistics.median(one.cpu for one in loads)
    found, spread = ratio(own(500), [loading] * len(own(500)))
    rich, rich_spread = ratio(times[-1], [loading] * len(times[-1]))
    grown, grown_spread = ratio(own(1000), own(200))
    return [
        Row(f"owners of {site.tier.month_lines:,} lines ({len(dims):,} dims) by 500 rules", found, LIMIT, "x CPU",
            "loading the same lines", spread, len(own(500))),
        Row("the same with 500 richer rules and two more dimensions", rich, LIMIT, "x CPU", "loading the same lines",
            rich_spread, len(times[-1])),
        Row("1,000 rules against 200", grown, GROWTH_LIMIT, "x CPU", "200 rules", grown_spread, len(own(200))),
    ]  # fmt: skip


def dims_and_tags(reader: Snapshot) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What rules read, as the store hands it to them."""
    dims = reader.frame("select * exclude (digest, salted) from dims")
    tags = reader.frame("select tag_set, unnest(map_entries(raw)) as entry from tag_sets")
    return dims, tags.unnest("entry")
