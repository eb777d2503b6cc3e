"""Loading a CUR CSV.gz month end to end costs at most four times unpacking it and reading it as text."""

from __future__ import annotations

from benchmarks.measure import Row, alone, ratio
from benchmarks.promises.load_parquet import create_table_as
from benchmarks.site import Site, load

LIMIT = 4.0


def measure(site: Site) -> list[Row]:
    lines = site.tier.month_lines
    bill = site.cur_month(lines)
    loads, floors = [], []
    for _ in range(site.tier.load_runs):
        floors.append(alone(create_table_as, bill))
        loads.append(alone(load, site.data("cur"), bill))
    found, spread = ratio([one.cpu for one in loads], [one.cpu for one in floors])
    note = f"{sum(one.cpu for one in loads) / len(loads) / lines * 1e6:.1f} CPU µs a line"
    peak = max(one.peak_bytes for one in loads)
    return [
        Row(f"load a CUR CSV.gz month, {lines:,} lines", found, LIMIT, "x CPU", "gunzip and all-text read",
            spread, len(loads), note=note),
        Row(f"peak memory of a CUR load, {lines:,} lines", peak / 2**30, 3.0, "GiB", "none", None, len(loads)),
    ]  # fmt: skip
