"""A fatal error of the database costs one request, not the server; a second one soon after ends the process."""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from made import assert_sound, bill, contents, open_store, put

from warehouse.store.fatal import EXIT_CODE, FatalError


def fail(store):
    with store.read():
        raise duckdb.FatalException("database has been invalidated")


def test_the_database_is_opened_again(tmp_path):
    store = open_store(tmp_path)
    put(store, bill())
    before = contents(store)
    with pytest.raises(FatalError):
        fail(store)
    assert contents(store) == before
    assert_sound(store)
    store.close()


def test_a_second_one_ends_the_process(tmp_path):
    store = open_store(tmp_path)
    codes = []
    store._fatal._leave = codes.append
    for _ in range(2):
        with pytest.raises(FatalError):
            fail(store)
    assert codes == [EXIT_CODE]
    store.close()
