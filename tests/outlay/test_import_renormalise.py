"""A mended mapping reaches history: the raw files are read again and what changes becomes a new generation."""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

import polars as pl
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, Quiet, open_store, order, stored, totals
from test_import_damage import month, text

import outlay.pipeline as pipeline
from collectors.formats import Normalised, RawFile, focus, formats
from outlay.actions import Actions
from outlay.child import ChildLimits, ChildResult, ChildTask, OnProgress, _result, _written
from outlay.child_work import Work


def in_process(task: ChildTask, limits: ChildLimits | None = None, report: OnProgress | None = None) -> ChildResult:
    """What the child does, here, where a format can be changed under it."""
    scratch = task.out / f"scratch-{os.getpid()}"
    scratch.mkdir()
    return _result(Work(_written(task), scratch, lambda step: None).run())


def test_a_raised_version_makes_new_generations_of_history(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pipeline, "run_child", in_process)
    path = tmp_path / "bill.csv"
    path.write_bytes(text(month()))
    store = open_store(tmp_path / "data")
    actions = Actions(store, lambda: NOW)
    try:
        assert actions.import_paths(order(path, source="bill"), Quiet()).state == "live"
        before = stored(store, "bill")
        assert actions.rebuild(renormalise=True, actor="test", progress=Quiet()).changed == []
        assert stored(store, "bill") == before

        mapped = focus.normalise

        def mended(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
            made = mapped(files, settings)
            half = (pl.col("EffectiveCost") / 2).cast(pl.Decimal(38, 18))
            lines = made.lines.with_columns(EffectiveCost=half, ServiceName=pl.lit("Renamed"))
            return Normalised(lines, made.left_out, made.control, ("The mapping was mended.",))

        monkeypatch.setattr(formats()["focus"], "normalise", mended)
        monkeypatch.setattr(formats()["focus"], "VERSION", focus.VERSION + 1)
        rebuilt = actions.rebuild(renormalise=True, actor="test", progress=Quiet())
        assert rebuilt.changed == ["bill 2026-09"] and rebuilt.rows == 60
        after = stored(store, "bill")
        assert {key[1] for key in after} == {"Renamed"}
        assert totals(after) == (totals(before)[0], totals(before)[1] / 2)

        generations = {load.generation: load for load in store.state.loads(source="bill", period="2026-09")}
        states = [generations[number].state for number in sorted(generations)]
        assert states[-1] == "live" and states[0] == "superseded" and set(states[1:-1]) <= {"unchanged"}
        live = store.state.live()["bill", "2026-09"]
        assert live.facts["warnings"] == ["The mapping was mended."]
        for load in generations.values():
            assert all(file.exists() for file in store.paths(load)), "the superseded lines are kept"
        (kept,) = [row for row in store.state.history() if row["source"] == "bill"]
        assert kept["cause"] == "mapping"
        assert actions.rebuild(renormalise=True, actor="test", progress=Quiet()).changed == []
        assert actions.import_paths(order(path, source="bill"), Quiet()).state == "unchanged"
    finally:
        store.close()
