"""Publishing a rule until every answer is new: at most 10 s, and 0.3 of loading the same 13 months."""

from __future__ import annotations

import statistics

from benchmarks.measure import Row, Sample, timed
from benchmarks.rules import org_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, differences, open_store

LIMIT_SECONDS = 10.0
LIMIT = 0.3


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
    loading = sum(one.cpu for one in site.kept["estate"])
    cpus, walls = [one.cpu for one in samples], [one.wall for one in samples]
    lines = site.tier.estate_lines * MONTHS
    return [
        Row(f"publish a rule, {MONTHS} months, {lines:,} lines", statistics.median(cpus) / loading, LIMIT, "x CPU",
            "loading the same lines", (min(cpus) / loading, max(cpus) / loading), len(cpus)),
        Row("the same, until every answer is new", statistics.median(walls), LIMIT_SECONDS, "s wall", "none",
            (min(walls), max(walls)), len(walls)),
        Row("totals after publishing that differ at 1e-18", wrong, 0, "sums", "sums of the files"),
    ]  # fmt: skip
