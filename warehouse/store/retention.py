"""Which landed files of superseded generations are kept, so that resources and lines can be shown as known before.

Kept are the previous generation of each scope, and whatever was live at the end of a month of the last 37 months.
Daily sums of everything superseded are kept for ever, in history.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import groupby
from typing import Final

from warehouse.focus import add_months
from warehouse.store.landing import Landing
from warehouse.store.state import Load

MONTHS_KEPT: Final = 37
"""Three years and the running month: what auditors ask for."""


def prunable(loads: Iterable[Load], now: datetime) -> list[Load]:
    """Superseded loads whose landed files nobody needs any more."""
    oldest = add_months(now.date().replace(day=1), -MONTHS_KEPT)
    superseded = sorted(
        (load for load in loads if load.state == "superseded"),
        key=lambda load: (load.source, load.period, load.generation),
    )
    found: list[Load] = []
    for _, group in groupby(superseded, key=lambda load: (load.source, load.period)):
        found += [load for load in list(group)[:-1] if not _known_at_month_end(load, oldest.isoformat())]
    return found


def _known_at_month_end(load: Load, oldest: str) -> bool:
    """Whether a month that is still of interest ended while the load was live."""
    return load.created_at[:7] < load.changed_at[:7] and load.changed_at[:7] >= oldest[:7]


def prune(landing: Landing, loads: list[Load], now: datetime) -> int:
    """Remove the files of prunable loads that no other load shares; answers how many."""
    unwanted = prunable(loads, now)
    ids = {load.id for load in unwanted}
    shared = {
        (load.source, load.period, part)
        for load in loads
        if load.id not in ids and load.state in ("live", "superseded", "held", "landed")
        for part in load.facts.get("parts", [])
    }
    removed = 0
    for load in unwanted:
        for part in load.facts.get("parts", []):
            path = landing.focus(load.source, load.period, part)
            if (load.source, load.period, part) not in shared and path.exists():
                path.unlink()
                removed += 1
    return removed
