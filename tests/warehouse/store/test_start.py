"""What a start costs does not depend on how much history has landed: nobody reads what nobody asked for."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import polars as pl
import pytest

from benchmarks.landed import gather
from tests.warehouse.store.made import NOW, bill, contents, open_store, put

LANDED = 4 << 30
ALLOWED = 4 << 20
"""More bytes read than without: the records of 400 loads, and nothing of their files."""


def read_bytes() -> int:
    """By this process until now, from whatever file."""
    found = dict(line.split(": ") for line in Path("/proc/self/io").read_text().splitlines())
    return int(found["rchar"])


def opened(folder: Path) -> int:
    """Bytes that a start reads."""
    before = read_bytes()
    store = open_store(folder)
    took = read_bytes() - before
    store.close()
    return took


def test_a_start_does_not_read_what_has_landed(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    put(store, bill(), source="north")
    put(store, bill(seed=8), source="south")
    held = contents(store)
    store.close()
    opened(tmp_path)
    few = opened(tmp_path)
    gather(tmp_path, LANDED, 400)
    assert sum(path.stat().st_size for path in tmp_path.rglob("*") if path.is_file()) > LANDED
    assert opened(tmp_path) - few < ALLOWED
    store = open_store(tmp_path)
    assert contents(store) == held
    assert store.notes == ()
    store.close()


def test_what_was_known_survives_a_power_cut_between_commit_and_record(tmp_path: Path) -> None:
    def cut(step: str) -> None:
        if step == "swapped":
            raise KeyboardInterrupt

    store = open_store(tmp_path, NOW - timedelta(days=10))
    put(store, bill(), now=NOW - timedelta(days=10))
    held = contents(store)
    store.close()
    store = open_store(tmp_path, on_step=cut)
    with pytest.raises(KeyboardInterrupt):
        put(store, bill().with_columns(pl.col("BilledCost") + 1))
    store.close()
    store = open_store(tmp_path, NOW + timedelta(hours=1))
    assert contents(store) != held
    with store.read() as snapshot:
        then = snapshot.history((NOW - timedelta(days=5)).date())
        assert (len(then.paths), then.live) == (1, ())
        rows = snapshot.frame("select sum(billed_cost) as cost from read_parquet($path)", {"path": str(then.paths[0])})
        assert rows.item() == sum(bill()["BilledCost"])
        assert snapshot.history(NOW.date()).live == (("north", "2026-09"),)
    store.close()
