"""Memory of all processes together: at most 3 GiB for a load of 10 million lines, 6 GiB for a rebuild of 50 million."""

from __future__ import annotations

from pathlib import Path

from benchmarks.measure import Row, Sample, alone, timed
from benchmarks.site import MONTHS, NOW, Site, differences, open_store

LOAD_LIMIT_GIB = 3.0
REBUILD_LIMIT_GIB = 6.0


def measure(site: Site) -> list[Row]:
    _, loads, _ = site.kept["month"]
    data = site.rebuild_estate()
    rebuilt = alone(rebuild, data)
    name = "rebuild" if site.tier.rebuild_lines else "estate"
    store = open_store(data)
    try:
        wrong = differences(store, site.kept[f"{name} sums"])
    finally:
        store.close()
    lines = (site.tier.rebuild_lines or site.tier.estate_lines) * MONTHS
    peak = max(one.peak_bytes for one in loads)
    return [
        Row(f"peak memory of a load, {site.tier.month_lines:,} lines", peak / 2**30, LOAD_LIMIT_GIB, "GiB", "none"),
        Row(f"peak memory of a rebuild, {lines:,} lines", rebuilt.peak_bytes / 2**30, REBUILD_LIMIT_GIB, "GiB", "none",
            note=f"{rebuilt.cpu / lines * 1e6:.1f} CPU µs a line"),
        Row("totals of the rebuilt estate that differ at 1e-18", wrong, 0, "sums", "sums of the files"),
    ]  # fmt: skip


def rebuild(data: Path) -> Sample:
    store = open_store(data)
    try:
        return timed(lambda: store.rebuild(now=NOW))
    finally:
        store.close()
