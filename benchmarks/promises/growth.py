"""Ten times the lines: CPU for each line of a load grows at most 1.3 times, a dashboard's time at most twice."""

from __future__ import annotations

import statistics

from benchmarks.measure import Row, alone
from benchmarks.site import Site, load

LOAD_LIMIT = 1.3
STEP = 10


def measure(site: Site) -> list[Row]:
    _, loads, _ = site.kept["month"]
    many, few = site.tier.month_lines, site.tier.month_lines // STEP
    bill = site.focus_month(few)
    small = [alone(load, site.data("few"), bill).cpu for _ in range(site.tier.load_runs)]
    for_each = statistics.median(one.cpu for one in loads) / many
    found = for_each / (statistics.median(small) / few)
    name = f"load CPU for each line, {few:,} to {many:,} lines"
    return [Row(name, found, LOAD_LIMIT, "x CPU a line", f"{few:,} lines", runs=len(small))]
