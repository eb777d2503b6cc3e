"""Publishing a rule until every answer is new: at most 10 s, and 0.3 of loading the same 13 months; of 1,000 rules in a
process of its own, for its memory."""

from __future__ import annotations

import statistics
from pathlib import Path

from benchmarks.measure import Row, Sample, alone, timed
from benchmarks.rules import org_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, differences, open_store

LIMIT_SECONDS = 10.0
LIMIT = 0.3
MANY = 1_000
MANY_LIMIT = 0.15
MEMORY_LIMIT_GIB = 3.0


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    samples: list[Sample] = []
    try:
        for shift in range(1, site.tier.load_runs + 1):
            rules = rules_text(RULES, shift)
            samples.append(timed(lambda rules=rules: store.publish(org_text(), rules, author="benchmark", now=NOW)))
        wrong = differences(store, site.kept["estate sums"])
    finally:
        store.close()
    many = alone(_publish, site.estate(), MANY)
    loading = sum(one.cpu for one in site.kept["estate"])
    cpus, walls = [one.cpu for one in samples], [one.wall for one in samples]
    lines = site.tier.estate_lines * MONTHS
    return [
        Row(f"publish a rule, {MONTHS} months, {lines:,} lines", statistics.median(cpus) / loading, LIMIT, "x CPU",
            "loading the same lines", (min(cpus) / loading, max(cpus) / loading), len(cpus)),
        Row("the same, until every answer is new", statistics.median(walls), LIMIT_SECONDS, "s wall", "none",
            (min(walls), max(walls)), len(walls)),
        Row(f"publish {MANY:,} rules", many.cpu / loading, MANY_LIMIT, "x CPU", "loading the same lines"),
        Row("the same, memory", many.peak_bytes / 2**30, MEMORY_LIMIT_GIB, "GiB", "none"),
        Row("totals after publishing that differ at 1e-18", wrong, 0, "sums", "sums of the files"),
    ]  # fmt: skip


def _publish(data: Path, rules: int) -> Sample:
    store = open_store(data)
    try:
        return timed(lambda: store.publish(org_text(), rules_text(rules, 1), author="benchmark", now=NOW))
    finally:
        store.close()
