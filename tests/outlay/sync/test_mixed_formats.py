"""Loose files of several formats in one folder: each format is read by itself, and no account is counted twice."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from api.protocols import ImportOrder
from collectors.formats import FormatError
from collectors.sources import SourceError
from outlay import pipeline
from outlay.pipeline import import_files
from tests.collectors.sources.azure_exports.deliveries import actual, amortized, as_csv
from tests.collectors.sources.bills import bill
from tests.outlay.sync.syncing import NOW, Desk, Quiet, here
from warehouse.store import Load

GOOGLE = Path(__file__).resolve().parents[2] / "collectors" / "formats" / "gcp_billing" / "bill.csv"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


def mixed(folder: Path, period: str = "2026-09") -> Path:
    """A bill in FOCUS, and a pair of two data sets that only together mean something."""
    folder.mkdir(parents=True)
    (folder / "focus.csv").write_bytes(bill(period, ["1.5", "2"]))
    (folder / "actual.csv").write_bytes(as_csv(actual(period, ["4.25"], bought="100")))
    (folder / "amortized.csv").write_bytes(as_csv(amortized(period, ["4.25"], used="3.125")))
    return folder


def take(desk: Desk, folder: Path, run: Any = here) -> tuple[Load, ...]:
    return import_files(desk.store, ImportOrder((folder,), "bills", None, "me"), Quiet(), NOW, run).loads


def counted(load: Load) -> dict[str, Any]:
    return {one["format"]: sorted(file["name"] for file in one["files"]) for one in load.facts["bundles"]}


def test_each_format_is_a_bundle_with_its_own_account(desk: Desk, tmp_path: Path) -> None:
    folder = mixed(tmp_path / "several")
    shutil.copy(GOOGLE, folder / "google.csv")
    loads = take(desk, folder)
    found = {name: files for load in loads for name, files in counted(load).items()}
    pair = ["actual.csv", "amortized.csv"]
    assert found == {"azure-cost": pair, "focus": ["focus.csv"], "gcp-billing": ["google.csv"]}
    assert desk.totals()["2026-09"] == Decimal("107.75")
    assert {load.state for load in take(desk, folder)} == {"unchanged"}


def test_the_child_tells_the_formats_and_mending_a_mapping_reads_each_again(desk: Desk, tmp_path: Path) -> None:
    (load,) = take(desk, mixed(tmp_path / "several"), None)
    assert sorted(counted(load)) == ["azure-cost", "focus"]
    assert (pipeline.renormalise(desk.store, Quiet(), NOW, "me"), desk.totals()) == ([], {"2026-09": Decimal("107.75")})


def test_what_nobody_recognises_is_refused_by_name(desk: Desk, tmp_path: Path) -> None:
    folder = mixed(tmp_path / "several")
    (folder / "wages.csv").write_text("name,wage\nA,1\n")
    with pytest.raises(FormatError, match=r"wages\.csv"):
        take(desk, folder)
    assert desk.totals() == {}


def test_one_account_in_two_formats_is_not_counted_twice(desk: Desk, tmp_path: Path) -> None:
    folder = mixed(tmp_path / "several")
    sub = actual("2026-09", ["1"])[0]["SubscriptionId"]
    (folder / "focus.csv").write_bytes(bill("2026-09", ["1.5"], "7001234", sub))
    with pytest.raises(FormatError, match=r"azure-cost and focus both bill account .*nothing was loaded twice"):
        take(desk, folder)
    assert desk.totals() == {}


def test_a_folder_that_others_drop_into_may_mix_formats(desk: Desk, tmp_path: Path) -> None:
    mixed(tmp_path / "drop" / "2026-10", "2026-10")
    mixed(tmp_path / "drop" / "2026-11", "2026-11")
    source = desk.configure("files-drop", {"folder": str(tmp_path / "drop"), "settle_seconds": -(10**9)})
    assert desk.states(desk.sync(source)) == {"2026-10": "live", "2026-11": "live"}
    assert desk.totals() == {"2026-10": Decimal("107.75"), "2026-11": Decimal("107.75")}
    assert desk.sync(source).state == "unchanged"
    (tmp_path / "drop" / "2026-11" / "wages.csv").write_text("name,wage\nA,1\n")
    with pytest.raises(SourceError, match=r"wages\.csv"):
        desk.sync(source)
    assert desk.totals()["2026-11"] == Decimal("107.75")
