"""Publishing rules with pools until every answer is new: within 0.3 of loading the same 13 months, and 10 s."""

from __future__ import annotations

import statistics

from benchmarks.measure import Row, Sample, timed
from benchmarks.rules import org_text, pools_text, rules_text
from benchmarks.site import MONTHS, NOW, RULES, Site, differences, open_store
from outlay.ruling import POOLS

LIMIT_SECONDS = 10.0
LIMIT = 0.3


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    loading = sum(one.cpu for one in site.kept["estate"])
    lines = site.tier.estate_lines * MONTHS
    rows: list[Row] = []
    try:
        for name, files in (
            ("with pools that the rollup is enough for", {POOLS: pools_text(deep=False)}),
            ("with pools that read tags and accounts", {POOLS: pools_text(deep=True)}),
        ):
            samples: list[Sample] = []
            for shift in range(1, site.tier.load_runs + 1):
                rules = rules_text(RULES, shift)

                def publish(rules: str = rules, files: dict[str, str] = files) -> None:
                    store.publish(org_text(), rules, author="benchmark", now=NOW, files=files)

                samples.append(timed(publish))
            cpus, walls = [one.cpu / loading for one in samples], [one.wall for one in samples]
            rows.append(Row(f"publish a rule {name}, {MONTHS} months, {lines:,} lines", statistics.median(cpus), LIMIT,
                            "x CPU", "loading the same lines", (min(cpus), max(cpus)), len(cpus)))  # fmt: skip
            rows.append(Row("the same, until every answer is new", statistics.median(walls), LIMIT_SECONDS, "s wall",
                            "none", (min(walls), max(walls)), len(walls)))  # fmt: skip
        with store.read() as reader:
            splits = int(reader.frame("select count(*) from splits").item())
            unequal = reader.frame(
                "select count(*) from (select 1 from splits group by source, day, currency, provider, service, "
                "charge_category, pool having sum(billed_cost) <> 0 or sum(effective_cost) <> 0)"
            ).item()
        wrong = differences(store, site.kept["estate sums"])
    finally:
        store.close()
    rows.append(Row(f"totals that differ at 1e-18 with {splits:,} splits", wrong + int(unequal), 0, "sums",
                    "sums of the files"))  # fmt: skip
    return rows
