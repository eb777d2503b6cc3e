"""Whole scopes replaced, unchanged content recognised, shrinking held, history kept, the warehouse rebuilt."""

from __future__ import annotations

import sys
from datetime import date, timedelta
from pathlib import Path

import duckdb
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))
from made import MONTH, NOW, assert_sound, bill, contents, open_store, prepared, put

from warehouse.focus.strategies import frames
from warehouse.store import ConflictError, InUseError, MixedUpError, Source, UnknownError

BILL = bill()


@pytest.fixture
def store(tmp_path):
    opened = open_store(tmp_path / "data")
    yield opened
    opened.close()


def billed(store):
    with store.read() as snapshot:
        return dict(snapshot.frame("select currency, sum(billed_cost) from lines group by 1").rows())


def sums(frame):
    return dict(frame.group_by("BillingCurrency").agg(pl.col("BilledCost").sum()).iter_rows())


def test_what_goes_in_comes_out(store):
    assert put(store, BILL) == ["live"]
    assert billed(store) == sums(BILL)
    assert_sound(store)


def test_the_same_content_again_changes_nothing(store):
    put(store, BILL)
    before = contents(store)
    assert put(store, BILL) == ["unchanged"]
    assert contents(store) == before
    assert len(store.seen("north", prepared(store, BILL).identity)) == 1


def test_a_load_replaces_the_whole_scope(store):
    put(store, BILL)
    newer = BILL.with_columns(ServiceName=pl.lit("Renamed")).head(len(BILL) - 2)
    store.load([prepared(store, newer)], actor="test", now=NOW, cause="mapping")
    assert billed(store) == sums(newer)
    assert_sound(store)


def test_a_scope_that_shrinks_waits_for_a_person(store):
    put(store, BILL)
    assert put(store, BILL.head(5)) == ["held"]
    assert billed(store) == sums(BILL)
    load = store.state.loads(state="held")[0]
    assert "more than 30 %" in load.reason
    store.decide(load.id, accept=True, actor="test", now=NOW)
    assert billed(store) == sums(BILL.head(5))
    assert_sound(store)


def test_a_rejected_load_leaves_what_was_live(store):
    put(store, BILL)
    put(store, BILL.head(5))
    load = store.state.loads(state="held")[0]
    store.decide(load.id, accept=False, actor="test", now=NOW)
    assert billed(store) == sums(BILL)
    with pytest.raises(ConflictError):
        store.decide(load.id, accept=True, actor="test", now=NOW)
    with pytest.raises(UnknownError):
        store.decide("nothing", accept=True, actor="test", now=NOW)


def test_one_batch_goes_live_together_or_not_at_all(store):
    october = MONTH.replace(month=10)
    moved = BILL.with_columns(
        BillingPeriodStart=pl.lit(october, dtype=pl.Datetime("us", "UTC")),
        BillingPeriodEnd=pl.lit(october.replace(month=11), dtype=pl.Datetime("us", "UTC")),
    )
    put(store, BILL)
    both = [prepared(store, BILL.head(3)), prepared(store, moved, month=october)]
    states = {load.period: load.state for load in store.load(both, actor="test", now=NOW)}
    assert states == {"2026-09": "held", "2026-10": "held"}
    assert billed(store) == sums(BILL)


def test_what_was_known_before_can_be_asked_later(store):
    put(store, BILL, now=NOW - timedelta(days=10))
    changed = BILL.with_columns(pl.col("BilledCost") * 1 + 1)
    store.load([prepared(store, changed)], actor="test", now=NOW, cause="mapping")
    with store.read() as snapshot:
        then = snapshot.history((NOW - timedelta(days=5)).date())
        assert len(then.paths) == 1 and then.live == ()
        rows = snapshot.frame(
            "select currency, sum(billed_cost) from read_parquet($path) group by 1", {"path": str(then.paths[0])}
        )
        assert dict(rows.rows()) == sums(BILL)
        assert snapshot.history(NOW.date()).live == (("north", "2026-09"),)
        assert snapshot.history(date(2020, 1, 1)).paths == ()


def test_a_lost_warehouse_is_loaded_again_at_start(tmp_path):
    store = open_store(tmp_path)
    put(store, BILL)
    before = contents(store)
    store.close()
    (tmp_path / "warehouse.duckdb").unlink()
    again = open_store(tmp_path)
    assert contents(again) == before
    assert again.notes
    again.close()


def test_a_damaged_warehouse_is_set_aside_and_rebuilt(tmp_path):
    store = open_store(tmp_path)
    put(store, BILL)
    before = contents(store)
    store.close()
    (tmp_path / "warehouse.duckdb").write_bytes(b"no database at all" * 1000)
    again = open_store(tmp_path)
    assert contents(again) == before
    assert list(tmp_path.glob("warehouse.broken-*"))
    again.close()


@pytest.mark.parametrize("schema", [1, 1_000])
def test_the_warehouse_of_another_version_is_rebuilt(tmp_path, schema):
    store = open_store(tmp_path)
    put(store, BILL)
    before = contents(store)
    store.close()
    with duckdb.connect(str(tmp_path / "warehouse.duckdb")) as connection:
        connection.execute("update meta set schema_version = ?", [schema])
    again = open_store(tmp_path)
    assert contents(again) == before
    assert f"schema {schema}" in again.notes[0]
    again.close()


def test_rebuild_equals_to_the_last_digit(store):
    put(store, BILL)
    before = contents(store)
    assert store.rebuild(now=NOW) == 1
    assert contents(store) == before
    assert_sound(store)


def test_state_and_warehouse_of_two_folders_are_refused(tmp_path):
    store = open_store(tmp_path / "a")
    put(store, BILL)
    store.close()
    open_store(tmp_path / "b").close()
    (tmp_path / "a" / "warehouse.duckdb").replace(tmp_path / "b" / "warehouse.duckdb")
    with pytest.raises(MixedUpError, match="north 2026-09"):
        open_store(tmp_path / "b")


def test_one_process_owns_the_folder(store):
    with pytest.raises(InUseError, match="another Outlay process"):
        open_store(store.folder)


def test_rules_are_published_without_touching_a_line(store):
    put(store, BILL)
    before = billed(store)
    version = store.publish("", "wider", author="test", now=NOW)
    assert store.own.rules_version == version == 1
    assert billed(store) == before
    assert_sound(store)
    with store.read() as snapshot:
        assert snapshot.rules_version == 1
        teams = snapshot.frame(
            "select distinct service_category, team from lines join dims using (dim) "
            "join owners using (period, dim) join owner_values using (owner)"
        ).rows()
    assert set(teams) <= {("Compute", "core"), ("Storage", "core"), ("Other", None)}


def test_a_source_is_removed_with_everything_made_of_it(store):
    put(store, BILL)
    put(store, BILL.head(4), source="south")
    assert store.remove_sources(["north"]) == len(BILL)
    assert {load.source for load in store.state.loads()} == {"south"}
    assert billed(store) == sums(BILL.head(4))
    assert_sound(store)


def test_an_empty_generation_is_a_generation(store):
    assert put(store, BILL.clear()) == ["live"]
    assert put(store, BILL.clear()) == ["unchanged"]
    assert_sound(store)


@settings(max_examples=15)
@given(first=frames(0, 10), second=frames(0, 10))
def test_conservation_and_idempotence(tmp_path_factory, first, second):
    store = open_store(tmp_path_factory.mktemp("store"))
    try:
        for frame in (first, second, second):
            store.put_source(Source("north", "north", "focus", "import"))
            store.load([prepared(store, frame)], actor="test", now=NOW, cause="mapping")
            assert billed(store) == sums(frame)
            assert_sound(store)
        before = contents(store)
        store.rebuild(now=NOW)
        assert contents(store) == before
    finally:
        store.close()


@given(amount=st.integers(-(10**30), 10**30), weights=st.lists(st.integers(0, 10**9), min_size=1, max_size=6))
def test_shares_add_up(amount, weights):
    from decimal import Decimal

    from warehouse.focus import split, total

    if not any(weights):
        weights = [*weights, 1]
    whole = Decimal(amount).scaleb(-18)
    assert total(split(whole, weights)) == whole
