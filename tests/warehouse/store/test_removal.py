"""Keeping, hiding and erasing sources: whole or not at all, wherever the process ends."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made import NOW, assert_sound, bill, contents, open_store, put

from warehouse.store import ConflictError, Periods

NORTH, SOUTH = bill(), bill(9, seed=3)


class Stopped(BaseException):
    """The process ends here."""


def filled(folder: Path, stop: str | None = None):
    def on_step(name: str) -> None:
        if name == stop and armed:
            raise Stopped

    armed: list[bool] = []
    store = open_store(folder, on_step=on_step)
    if not store.state.sources():
        put(store, NORTH)
        put(store, NORTH.head(20))  # a superseded generation, so that there is history
        put(store, SOUTH, source="south")
    armed.append(True)
    return store


def files(store, kind: str) -> list[Path]:
    return sorted((store.landing.folder / kind).rglob("north/**/*.parquet"))


def test_kept_lines_stay_and_are_collected_no_more(tmp_path):
    store = filled(tmp_path)
    before = contents(store)
    assert store.remove_sources(["north"], "kept", actor="me") == 0
    assert contents(store) == before
    assert {one.name: one.active for one in store.state.sources()} == {"north": False, "south": True}
    store.close()


def test_hidden_lines_come_back_as_they_were(tmp_path):
    store = filled(tmp_path)
    before, live = contents(store), store.state.live()
    assert store.remove_sources(["north"], "hidden", actor="me") > 0
    assert {row[0] for row in contents(store)} == {"south"}
    assert {row["source"] for row in store.state.history()} == set()
    assert_sound(store)
    store.rebuild(now=NOW)
    assert {row[0] for row in contents(store)} == {"south"}
    with pytest.raises(ConflictError, match="hidden"):
        put(store, NORTH)
    store.close()
    store = open_store(tmp_path)
    assert store.notes == ()
    assert store.bring_back("north") == 1
    assert (contents(store), store.state.live()) == (before, live)
    assert_sound(store)
    with pytest.raises(ConflictError, match="not hidden"):
        store.bring_back("north")
    store.close()


def test_erased_lines_leave_nothing(tmp_path):
    store = filled(tmp_path)
    assert files(store, "focus")
    store.remove_sources(["north"], "erasing", actor="me")
    assert files(store, "focus") == files(store, "history") == []
    assert {load.source for load in store.state.loads()} == {"south"}
    assert [one.name for one in store.state.sources()] == ["south"]
    assert store.removals.states() == {}
    assert_sound(store)
    store.close()


@pytest.mark.parametrize("hidden_before", [False, True])
def test_a_closed_month_is_not_erased(tmp_path, hidden_before):
    store = filled(tmp_path)
    if hidden_before:
        store.remove_sources(["north"], "hidden", actor="me")
    Periods(store.state).close("2026-09", "me", NOW)
    with pytest.raises(ConflictError, match="2026-09 is closed and depends on north"):
        store.remove_sources(["north"], "erasing", actor="me")
    assert files(store, "focus")
    Periods(store.state).open("2026-09")
    store.remove_sources(["north"], "erasing", actor="me")
    assert files(store, "focus") == []
    store.close()


@pytest.mark.parametrize("step", ["leaving", "left", "erased"])
@pytest.mark.parametrize("how", ["hidden", "erasing"])
def test_what_was_begun_is_finished_at_the_next_start(tmp_path, how, step):
    if (how, step) == ("hidden", "erased"):
        how, step = "erasing", "left"
    store = filled(tmp_path, step)
    with pytest.raises(Stopped):
        store.remove_sources(["north"], how, actor="me")
    store.close()
    store = open_store(tmp_path)
    assert {row[0] for row in contents(store)} == {"south"}
    assert_sound(store)
    assert bool(files(store, "focus")) == (how == "hidden")
    assert store.removals.states() == ({"north": "hidden"} if how == "hidden" else {})
    assert store.notes == ()
    store.close()


def test_a_return_that_was_cut_off_is_repeated(tmp_path):
    store = filled(tmp_path, "returned")
    before = contents(store)
    store.remove_sources(["north"], "hidden", actor="me")
    with pytest.raises(Stopped):
        store.bring_back("north")
    store.close()
    store = open_store(tmp_path)
    assert {row[0] for row in contents(store)} == {"south"}
    store.bring_back("north")
    assert contents(store) == before
    store.close()


def test_periods_are_open_until_they_are_closed(tmp_path):
    store = filled(tmp_path)
    periods = Periods(store.state)
    assert periods.closed() == {}
    periods.close("2026-09", "me", NOW)
    periods.close("2026-09", "another", NOW)
    assert [(one.period, one.actor) for one in periods.closed().values()] == [("2026-09", "me")]
    periods.open("2026-09")
    assert periods.closed() == {}
    store.close()
