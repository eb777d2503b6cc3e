"""`python -m benchmarks [--large | --web] [--only NAME ...] [--keep FOLDER]`.

Prints a table and writes JSON under benchmarks/results. With --keep the stores that promises compare stay for the next
run, which then takes minutes at 10 million lines: `python -m benchmarks --large --keep FOLDER --only publish pools`.
A promise beyond its limit is marked "missed"; the exit status is 0 all the same: machines differ.
"""

from __future__ import annotations

import argparse
import dataclasses
import importlib
import json
import os
import platform
import sys
import time
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from benchmarks.measure import Row
from benchmarks.site import LARGE, SMALL, Site, Tier

# Later ones compare with what earlier ones measured.
PROMISES = (
    "load_parquet", "load_cur", "memory", "growth", "attribution", "dashboard", "overview", "drill_down", "cached",
    "readers", "publish", "preview", "pools", "consent", "explain", "start",
)  # fmt: skip
FIRST = "load_parquet"
COMPARED_WITH_IT = frozenset({"memory", "growth", "readers"})
WEB = ("web_sizes", "web_paint", "web_interaction", "web_kits")
RESULTS = Path(__file__).parent / "results"


def main() -> None:
    options = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    options.add_argument("--large", action="store_true", help="10 and 50 million lines; takes an hour or more")
    options.add_argument("--web", action="store_true", help="the pages, in Chromium, on the demo")
    options.add_argument("--only", nargs="+", choices=[*PROMISES, *WEB], help="these promises alone")
    options.add_argument("--keep", type=Path, metavar="FOLDER", help="keep the loaded stores here for the next run")
    chosen = options.parse_args()
    tier = LARGE if chosen.large else SMALL
    only = set(chosen.only or (*PROMISES, *WEB))
    only |= {FIRST} if only & COMPARED_WITH_IT else set()
    wanted = [name for name in (WEB if chosen.web else PROMISES) if name in only]
    rows: list[Row] = []
    started = time.monotonic()
    with screens() if chosen.web else site_of(tier, chosen.keep) as site:
        for name in wanted:
            for row in importlib.import_module(f"benchmarks.promises.{name}").measure(site):
                print(line(row), flush=True)
                rows.append(row)
    print(f"{time.monotonic() - started:.0f} s in all; {sum(row.verdict == 'missed' for row in rows)} missed")
    print("written:", write("web" if chosen.web else tier.name, rows))


def site_of(tier: Tier, kept: Path | None) -> Site:
    """A folder of its own, or one that stays."""
    if kept is None:
        return Site(tier)
    kept.mkdir(parents=True, exist_ok=True)
    return Site(tier, kept, stays=True)


def screens() -> Any:
    """Only for who wants them: the other promises need no browser."""
    return importlib.import_module("benchmarks.screens").Screens()


def line(row: Row) -> str:
    spread = f"{row.spread[0]:.2f}–{row.spread[1]:.2f}" if row.spread else ""
    limit = "" if row.limit is None else f"{'≥' if row.at_least else '≤'} {row.limit:g}"
    return (
        f"{row.promise:<64} {row.found:>9.2f} {row.unit:<12} {limit:<7} {row.verdict:<7} {spread:<14} "
        f"floor: {row.floor}{'; ' + row.note if row.note else ''}"
    )


def write(tier: str, rows: list[Row]) -> Path:
    """Results with what they were measured on."""
    RESULTS.mkdir(exist_ok=True)
    now = datetime.now(UTC)
    document = {
        "tier": tier,
        "at": now.isoformat(),
        "machine": {
            "system": platform.platform(),
            "processors": os.cpu_count(),
            "memory_bytes": os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES"),
            "load_average": os.getloadavg(),
        },
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("duckdb", "polars", "pyarrow", "outlay")},
        },
        "rows": [{**dataclasses.asdict(row), "verdict": row.verdict} for row in rows],
    }
    path = RESULTS / f"{now:%Y%m%dT%H%M%S}-{tier}.json"
    path.write_text(json.dumps(document, indent=1, ensure_ascii=False), encoding="utf-8")
    return path


if __name__ == "__main__":
    sys.exit(main())
