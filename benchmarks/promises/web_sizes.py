"""What a browser fetches, gzip: 205 kB of JavaScript before a page is painted, 650 kB in all, 25 kB of CSS."""

from __future__ import annotations

from benchmarks.measure import Row
from benchmarks.screens import Screens, sizes

LIMITS_KB = {
    "JavaScript before the first paint": ("first", 205),
    "JavaScript of all routes with charts": ("all", 650),
    "CSS": ("css", 25),
}


def measure(_site: Screens) -> list[Row]:
    found = sizes()
    return [Row(what, found[name], limit, "kB gzip", "none") for what, (name, limit) in LIMITS_KB.items()]
