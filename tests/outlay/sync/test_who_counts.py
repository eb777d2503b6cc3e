"""Several sources of the same accounts: each account and month is counted once, whatever comes first."""

from __future__ import annotations

import os
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest

from api.protocols import ImportOrder, ProblemError
from collectors import retrying
from collectors.sources import SourceError
from outlay.actions import Actions
from outlay.pipeline import import_files
from tests.collectors.sources.bills import bill
from tests.collectors.sources.clouds import Cloud, cloud
from tests.outlay.sync.syncing import Desk, Quiet, here
from tests.outlay.sync.test_collected_sources import drop
from tests.outlay.sync.test_cost_explorer_sync import DAY, Explorer

PAYER, ONE, TWO = "000111", "111111111111", "222222222222"
ONE_DAY, TWO_DAY = DAY - Decimal("1.875"), Decimal("1.875")
DAYS = 19


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-of-the-key")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    with cloud() as made:
        made.faults = [Explorer()]
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def export(tmp_path: Path, sub: str, *amounts: str, first: int = 1, account: str = PAYER, name: str = "") -> Path:
    path = drop(tmp_path / "drop", "2026-11", "1", name=f"{name or sub}.csv")
    text = bill("2026-11", ["0"] * (first - 1) + list(amounts), account, sub).decode().splitlines(keepends=True)
    about = path.stat()
    path.write_text(text[0] + "".join(text[first:]))
    os.utime(path, (about.st_atime, about.st_mtime - sum(map(float, amounts)) - first))
    return path


def both(desk: Desk, aws: Cloud, tmp_path: Path) -> tuple[object, object]:
    summary = desk.configure("aws-cost-explorer", {"endpoint_url": aws.url, "account": PAYER}, "summary", months=1)
    full = desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=1)
    return summary, full


def everything(desk: Desk) -> dict[str, Decimal]:
    return {name: sum(desk.totals(name).values(), Decimal(0)) for name in ("summary", "full")}


def test_the_summary_stands_back_when_the_export_lands(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    summary, full = both(desk, aws, tmp_path)
    desk.sync(summary)
    assert everything(desk) == {"summary": DAYS * DAY, "full": 0}
    export(tmp_path, ONE, "100", "200")
    desk.sync(full)
    assert everything(desk) == {"summary": DAYS * TWO_DAY, "full": 300}
    export(tmp_path, TWO, "30")
    desk.sync(full)
    assert everything(desk) == {"summary": 0, "full": 330}
    desk.now += timedelta(days=1)
    (month,) = desk.sync(summary).months  # asked for anew: nothing of it counts, and the difference is said
    assert "full counts for 2 of 2 accounts" in (month.message or "")
    assert "330 there" in (month.message or "")
    assert everything(desk) == {"summary": 0, "full": 330}
    assert desk.store.rebuild(now=desk.now) == 2
    assert everything(desk) == {"summary": 0, "full": 330}


def test_a_summary_that_comes_second_fills_what_is_missing(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    summary, full = both(desk, aws, tmp_path)
    export(tmp_path, ONE, "100")
    desk.sync(full)
    desk.sync(summary)
    assert everything(desk) == {"summary": DAYS * TWO_DAY, "full": 100}


def test_a_member_that_is_asked_for_itself(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    export(tmp_path, ONE, "100")
    _, full = both(desk, aws, tmp_path)
    desk.sync(full)
    member = desk.configure("aws-cost-explorer", {"endpoint_url": aws.url, "account": ONE}, "summary", months=1)
    desk.sync(member)
    assert everything(desk) == {"summary": DAYS * TWO_DAY, "full": 100}


@pytest.mark.parametrize("first", ["summary", "full"])
def test_an_export_that_began_in_mid_month_waits_for_the_next(
    desk: Desk, aws: Cloud, tmp_path: Path, first: str
) -> None:
    summary, full = both(desk, aws, tmp_path)
    export(tmp_path, ONE, "100", first=14)
    for one in (summary, full) if first == "summary" else (full, summary):
        desk.sync(one)
    assert everything(desk) == {"summary": DAYS * DAY, "full": 0}


def test_two_exports_of_one_payer_are_not_added_up(desk: Desk, tmp_path: Path) -> None:
    export(tmp_path, ONE, "100")
    full = desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=1)
    desk.sync(full)
    again = desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "summary", months=1)
    (month,) = desk.sync(again).months
    assert month.state == "covered"
    assert "difference 0 USD" in (month.message or "")
    assert everything(desk) == {"summary": 0, "full": 100}
    desk.store.remove_sources(["full"])
    desk.sync(again)  # nobody else counts any more
    assert everything(desk) == {"summary": 100, "full": 0}


def test_an_account_that_moved_between_payers_counts_with_both(desk: Desk, tmp_path: Path) -> None:
    export(tmp_path, ONE, "100")
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=1))
    export(tmp_path / "other", ONE, "50", first=15, account="000222")
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "other" / "drop")}, "summary", months=1))
    assert everything(desk) == {"summary": 50, "full": 100}


def test_half_of_the_accounts_twice_is_refused(desk: Desk, tmp_path: Path) -> None:
    for sub, amount in ((ONE, "100"), ("333333333333", "10")):
        export(tmp_path, sub, amount)
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=1))
    for sub in (ONE, TWO):
        export(tmp_path / "other", sub, "50")
    with pytest.raises(SourceError) as caught:
        desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "other" / "drop")}, "summary", months=1))
    assert (caught.value.failure, ONE in caught.value.message) == ("configuration", True)
    assert everything(desk) == {"summary": 0, "full": 110}


def test_a_payer_takes_the_place_of_its_member(desk: Desk, tmp_path: Path) -> None:
    export(tmp_path, ONE, "100")
    member = desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "summary", months=1)
    desk.sync(member)
    for sub, amount in ((ONE, "101"), (TWO, "50")):
        export(tmp_path / "other", sub, amount)
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "other" / "drop")}, "full", months=1))
    assert everything(desk) == {"summary": 0, "full": 151}
    (month,) = desk.sync(member).months  # connected still: looked at, and not counted
    assert (month.state, "difference -1 USD" in (month.message or "")) == ("covered", True)
    desk.store.remove_sources(["full"])
    desk.sync(member)
    assert everything(desk) == {"summary": 100, "full": 0}


def test_a_bill_of_more_accounts_that_began_later_takes_no_place(desk: Desk, tmp_path: Path) -> None:
    export(tmp_path, ONE, "100")
    desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "summary", months=1))
    for sub in (ONE, TWO):
        export(tmp_path / "other", sub, "50", first=9)
    with pytest.raises(SourceError):
        desk.sync(desk.configure("files-drop", {"folder": str(tmp_path / "other" / "drop")}, "full", months=1))
    assert everything(desk) == {"summary": 100, "full": 0}


def test_what_shrinks_is_held_also_when_another_source_stands_back(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    summary, full = both(desk, aws, tmp_path)
    export(tmp_path, ONE, *(["10"] * 10))
    desk.sync(full)
    desk.sync(summary)  # the other account is its own
    before = everything(desk)
    path = export(tmp_path, ONE, "10")
    export(tmp_path, TWO, "1")  # for which the summary would stand back
    assert path.is_file()
    (month,) = desk.sync(full).months
    assert (month.state, "by more than 30 %" in (month.message or "")) == ("held", True)
    assert everything(desk) == before


def test_history_is_replaced_month_by_month(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    """Two months before the export's first delivery count at summary grade, and say so."""
    summary = desk.configure("aws-cost-explorer", {"endpoint_url": aws.url, "account": PAYER}, "summary", months=3)
    desk.sync(summary)
    first = desk.totals("summary")
    assert sorted(first) == ["2026-09", "2026-10", "2026-11"]
    full = desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=3)
    for sub in (ONE, TWO):
        export(tmp_path, sub, "300")
    desk.sync(full)
    assert desk.totals("summary") == {period: first[period] for period in ("2026-09", "2026-10")}
    with desk.store.read() as snapshot:
        (state,) = [one for one in snapshot.sources if one.source == "summary"]
    assert any("without resources" in text for text in state.warnings)
    for sub in (ONE, TWO):
        text = bill("2026-10", ["200"], PAYER, sub)
        drop(tmp_path / "drop", "2026-10", "1", name=f"{sub}.csv").write_bytes(text)
        os.utime(tmp_path / "drop" / "2026-10" / f"{sub}.csv", (1_790_000_000, 1_790_000_000))
    desk.sync(full)
    assert desk.totals("summary") == {"2026-09": first["2026-09"]}
    assert desk.totals("full") == {"2026-10": 400, "2026-11": 600}
    (load,) = [one for one in desk.store.state.live().values() if (one.source, one.period) == ("full", "2026-10")]
    detail = Actions(desk.store, lambda: desk.now).load(load.id)
    assert detail is not None
    own, told = detail.control
    assert (own.source, own.stored, own.difference) == (None, "400", "0")
    assert (told.source, Decimal(told.expected), told.stored) == ("summary", first["2026-10"], "400")
    assert Decimal(told.difference) == 400 - first["2026-10"]


def test_a_bill_imported_by_hand_makes_the_summary_stand_back(desk: Desk, aws: Cloud, tmp_path: Path) -> None:
    summary, _ = both(desk, aws, tmp_path)
    desk.sync(summary)
    path = export(tmp_path, ONE, "100", "200")
    order = ImportOrder((path,), "by-hand", None, "tests")
    done = import_files(desk.store, order, Quiet(), desk.now, here)
    assert [load.source for load in done.loads] == ["by-hand"]
    desk.store.put_source(next(one for one in desk.store.state.sources() if one.name == "by-hand"))  # nothing is new
    assert {one.name: one.scheduled for one in desk.store.state.sources()} == {"summary": True, "by-hand": False}
    late = Actions(desk.store, lambda: desk.now + timedelta(days=99)).status().late
    assert late == ["summary"]
    assert (desk.totals("by-hand"), everything(desk)["summary"]) == ({"2026-11": 300}, DAYS * TWO_DAY)
    desk.now += timedelta(days=1)
    desk.sync(summary)  # asked for anew
    assert everything(desk)["summary"] == (DAYS + 1) * TWO_DAY


def test_a_bill_imported_into_a_collected_source_is_refused(desk: Desk, tmp_path: Path) -> None:
    path = export(tmp_path, ONE, "100")
    desk.configure("files-drop", {"folder": str(tmp_path / "drop")}, "full", months=1)
    with pytest.raises(ProblemError) as caught:
        Actions(desk.store, lambda: desk.now).import_paths(ImportOrder((path,), "full", None, "tests"), Quiet())
    assert (caught.value.slug, "full is collected" in str(caught.value)) == ("conflict", True)
    assert desk.totals("full") == {}
