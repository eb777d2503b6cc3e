"""Is it well? Readiness for supervisors, and a full check of the invariants for people."""

from __future__ import annotations

import shutil
from typing import Final

from api import documents as doc
from warehouse.focus import COST_COLUMNS
from warehouse.store import COSTS, Store, scope_sums

FREE_BYTES_MIN: Final = 1 << 30
"""Below this no load starts; readers go on."""


def readiness(store: Store) -> doc.Readiness:
    """Whether requests can be answered: a fresh cursor works, and the disk has room for a load."""
    with store.read() as snapshot:
        snapshot.frame("select 1")
    store.state.recall("generation")
    checks = [_disk(store)]
    return doc.Readiness(ready=all(check.ok for check in checks), checks=checks)


def _disk(store: Store) -> doc.CheckItem:
    free = shutil.disk_usage(store.folder).free
    return doc.CheckItem(
        name="disk",
        ok=free >= FREE_BYTES_MIN,
        message=f"{free >> 20} MiB free",
        next_step=None if free >= FREE_BYTES_MIN else "free space on the disk of the data folder",
    )


def check_report(store: Store) -> doc.CheckReport:
    """Compare the live list, the landed files, the lines and the rollups, to the last digit."""
    checks = [_disk(store), _live_list(store), *_scopes(store)]
    return doc.CheckReport(ok=all(check.ok for check in checks), checks=checks)


def _live_list(store: Store) -> doc.CheckItem:
    live = {key: load.generation for key, load in store.state.live().items()}
    with store.read() as snapshot:
        rows = snapshot.frame("select source, period, generation from generations").iter_rows()
        held = {(source, period): generation for source, period, generation in rows}
    return doc.CheckItem(
        name="live generations",
        ok=live == held,
        message=f"{len(held)} of {len(live)} billing periods in the warehouse",
        next_step=None if live == held else "run: outlay rebuild",
    )


def _scopes(store: Store) -> list[doc.CheckItem]:
    found = []
    with store.read() as snapshot:
        for (source, period), load in sorted(store.state.live().items()):
            missing = [path.name for path in store.paths(load) if not path.exists()]
            stored = scope_sums(snapshot, source, period)
            wanted = {
                (column, currency): amount
                for focus, column in zip(COST_COLUMNS, COSTS, strict=True)
                for currency, amount in load.facts["sums"].get(focus, {}).items()
            }
            equal = all(stored[table] == wanted for table in stored)
            found.append(
                doc.CheckItem(
                    name=f"{source} {period}",
                    ok=equal and not missing,
                    message="sums agree" if equal else "the warehouse differs from what was loaded",
                    next_step=None if equal and not missing else "run: outlay rebuild",
                )
            )
    return found
