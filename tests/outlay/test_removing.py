"""Removing a source as people do it: what it would do in money, closed months, two sources of one account."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from api.protocols import ProblemError
from outlay.actions import Actions
from outlay.cli import app
from tests.outlay.sync.syncing import NOW, Desk, Quiet
from tests.outlay.sync.test_collected_sources import drop


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    for period, amounts in (("2026-09", ("1", "2.5")), ("2026-10", ("-0.5",))):
        drop(tmp_path / "drop", period, *amounts)
    made.sync(made.configure("files-drop", {"folder": str(tmp_path / "drop")}))
    yield made
    made.close()


def actions(desk: Desk) -> Actions:
    return Actions(desk.store, lambda: desk.now)


def test_what_it_would_do_is_an_answer(desk: Desk) -> None:
    acting = actions(desk)
    acting.removing.set_period("2026-09", closed=True, actor="me")
    effect = acting.removing.effect("bills")
    assert [(month.period, month.closed, month.totals[0].billed_cost) for month in effect.months] == [
        ("2026-10", False, "-0.5"), ("2026-09", True, "3.5"),
    ]  # fmt: skip
    assert (effect.closed, effect.may_erase, effect.totals[0].billed_cost) == (["2026-09"], False, "3")
    assert "2026-09 is closed" in effect.sentences["erase"]
    assert "2026-09" in effect.sentences["hide"]
    with pytest.raises(ProblemError, match="closed"):
        acting.removing.permit("bills", "erase")
    with pytest.raises(ProblemError) as caught:
        acting.removing.effect("nothing")
    assert caught.value.slug == "not_found"
    assert [(one.period, one.closed, one.sources) for one in acting.removing.periods()] == [
        ("2026-10", False, ["bills"]), ("2026-09", True, ["bills"]),
    ]  # fmt: skip


def test_hidden_and_back(desk: Desk) -> None:
    acting = actions(desk)
    done = acting.removing.remove("bills", "hide", "me", Quiet())
    assert (done.rows, done.how) == (3, "hide")
    assert desk.totals() == {}
    (page,) = acting.sources()
    assert (page.removal, page.rows, page.collector) == ("hidden", 0, None)
    assert [month.period for month in acting.removing.effect("bills").months] == ["2026-10", "2026-09"]
    back = acting.removing.bring_back("bills", Quiet())
    assert (back.rows, back.totals[0].billed_cost) == (3, "3")
    assert desk.totals() == {"2026-09": Decimal("3.5"), "2026-10": Decimal("-0.5")}


def test_kept_can_be_connected_again(desk: Desk, tmp_path: Path) -> None:
    acting = actions(desk)
    acting.removing.remove("bills", "keep", "me", Quiet())
    assert acting.sources()[0].removal == "kept"
    before = desk.totals()
    source = desk.configure("files-drop", {"folder": str(tmp_path / "drop")})
    assert desk.sync(source).state == "unchanged"
    assert desk.totals() == before


def test_nothing_comes_back_twice(desk: Desk, tmp_path: Path) -> None:
    acting = actions(desk)
    acting.removing.remove("bills", "hide", "me", Quiet())
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, name="again"))
    with pytest.raises(ProblemError, match="again has the same accounts"):
        acting.removing.bring_back("bills", Quiet())
    assert desk.totals() == {}


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


def test_by_the_command_line(tmp_path: Path) -> None:
    data, bills = tmp_path / "data", tmp_path / "drop"
    drop(bills, "2026-09", "1.5")
    assert run("import", bills, "--source", "mine", "--data", data).exit_code == 0
    assert "2026-09 is closed" in run("periods", "close", "2026-09", "--data", data).output
    assert run("sources", "remove", "mine", "--data", data).exit_code == 2
    refused = run("sources", "remove", "mine", "--erase", "--yes", "--data", data)
    assert (refused.exit_code, "Refused" in refused.output) == (1, True), refused.output
    hidden = run("sources", "remove", "mine", "--hide", "--yes", "--data", data)
    assert "1.50" in hidden.output and "mine is hidden" in hidden.output, hidden.output
    assert "is back with 1 lines" in run("sources", "bring-back", "mine", "--data", data).output
    assert run("sources", "remove", "mine", "--erase", "--data", data).exit_code == 1  # nobody said yes
    assert "open" in run("periods", "open", "2026-09", "--data", data).output
    assert run("sources", "remove", "mine", "--erase", "--yes", "--data", data).exit_code == 0
    assert json.loads(run("sources", "--format", "json", "--data", data).output)["sources"] == []
    assert json.loads(run("periods", "--format", "json", "--data", data).output)["periods"] == []


def test_columns_that_came_and_went(desk: Desk, tmp_path: Path) -> None:
    path = tmp_path / "drop" / "2026-10" / "bill.csv"
    text = path.read_text().splitlines()
    path.write_text("\n".join(f"{line},{'x_New' if not at else 'v'}" for at, line in enumerate(text)) + "\n")
    os.utime(path, (NOW.timestamp() - 9000, NOW.timestamp() - 9000))
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "drop")}), full=True)
    drift: Any = actions(desk).collecting.schema("bills")
    assert [(one.period, one.appeared, one.vanished) for one in drift.changes] == [("2026-10", ["x_New"], [])]
    assert drift.changes[0].at <= NOW
