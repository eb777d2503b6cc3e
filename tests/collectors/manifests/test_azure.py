"""Export folders as storage holds them: many runs of one month, of which one counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.formats import FormatError, FoundFile
from collectors.manifests.azure import find

SCOPE = "/providers/Microsoft.Billing/billingAccounts/7001234"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def run(folder: Path, export: str = "daily-am", kind: str = "AmortizedCost", **changes: Any) -> Path:
    """One delivered run; returns its folder."""
    facts = {"month": "2026-09", "day": "05", "parts": 1, "scope": SCOPE, "submitted": None, "rows": 3, **changes}
    submitted = facts["submitted"] or f"{facts['month']}-{facts['day']}T02:15:00.1234567Z"
    span = f"{facts['month'].replace('-', '')}01-{facts['month'].replace('-', '')}30"
    place = folder / "billing" / export / span / submitted[:10].replace("-", "") / f"run-{facts['day']}"
    place.mkdir(parents=True, exist_ok=True)
    blobs = []
    for part in range(facts["parts"]):
        path = place / f"part_{part}_0001.csv"
        path.write_text(f"{export},{facts['day']},{part}\n")
        name = path.relative_to(folder).as_posix()
        blobs.append({"blobName": name, "byteCount": path.stat().st_size, "dataRowCount": facts["rows"]})
    manifest = {
        "manifestVersion": "2024-04-01",
        "exportConfig": {
            "exportName": export,
            "type": kind,
            "dataVersion": "2021-10-01",
            "resourceId": f"{facts['scope']}/providers/Microsoft.CostManagement/exports/{export}"
            if facts["scope"]
            else "",
        },
        "runInfo": {
            "runId": f"run-{facts['day']}",
            "submittedTime": submitted,
            "startDate": f"{facts['month']}-01T00:00:00",
            "endDate": f"{facts.get('until', facts['month'])}-30T00:00:00Z",
        },
        "blobs": blobs,
    }
    (place / "manifest.json").write_text(json.dumps(manifest), encoding="utf-8-sig")
    return place


def listing(root: Path) -> list[FoundFile]:
    return [
        FoundFile(path, path.relative_to(root).as_posix(), path.stat().st_size)
        for path in sorted(root.rglob("*"))
        if path.is_file()
    ]


def test_newest_run_of_each_month_counts(folder: Path) -> None:
    for day in ("05", "07", "06"):
        run(folder, day=day, parts=2)
    run(folder, month="2026-08", day="31")
    august, september = find(listing(folder))
    assert (august.period, september.period) == ("2026-08", "2026-09")
    assert [file.name.split("/")[-2:] for file in september.files] == [
        ["run-07", "part_0_0001.csv"],
        ["run-07", "part_1_0001.csv"],
    ]
    assert september.format_name == "azure-cost" and september.files[0].facts is not None
    assert september.files[0].facts["dataset"] == "amortized" and september.files[0].facts["rows"] == 3
    # Nothing of an older run is left over to be imported as a loose file.
    used = {file.name for bundle in (august, september) for file in bundle.files}
    assert used | set((august.manifest or {})["manifest_names"]) == {file.name for file in listing(folder)}


def test_actual_and_amortized_of_a_month_are_one_bundle(folder: Path) -> None:
    run(folder)
    run(folder, "daily-ac", "ActualCost")
    (bundle,) = find(listing(folder))
    assert sorted((file.facts or {})["dataset"] for file in bundle.files) == ["actual", "amortized"]


def test_submitted_times_are_compared_as_times(folder: Path) -> None:
    run(folder, day="05", submitted="2026-09-06T00:30:00+02:00")
    run(folder, day="06", submitted="2026-09-05T23:00:00")
    (bundle,) = find(listing(folder))
    assert "run-06" in bundle.files[0].name


@pytest.mark.parametrize("below", ["", "billing/daily-am", "billing/daily-am/20260901-20260930/20260905/run-05"])
def test_any_folder_of_the_tree_may_be_given(below: str, folder: Path) -> None:
    run(folder)
    (bundle,) = find(listing(folder / below))
    assert [file.path.name for file in bundle.files] == ["part_0_0001.csv"]


def test_missing_file_is_named(folder: Path) -> None:
    (run(folder, parts=2) / "part_1_0001.csv").unlink()
    with pytest.raises(FormatError, match=r"lists .*run-05/part_1_0001\.csv, which is missing"):
        find(listing(folder))


def test_cut_file_is_named(folder: Path) -> None:
    path = run(folder) / "part_0_0001.csv"
    path.write_text("cut")
    with pytest.raises(FormatError, match=r"part_0_0001\.csv: the file has 3 bytes, its manifest says 14"):
        find(listing(folder))


@pytest.mark.parametrize(
    ("other", "scope"), [("AmortizedCost", SCOPE), ("AmortizedCost", ""), ("FocusCost", SCOPE), ("AmortizedCost", "/x")]
)
def test_two_exports_of_one_month(other: str, scope: str, folder: Path) -> None:
    run(folder)
    run(folder, "second", other, scope=scope)
    if scope == "/x":  # another scope is another bill
        assert len(find(listing(folder))[0].files) == 2
        return
    with pytest.raises(FormatError, match="2026-09 comes from two exports"):
        find(listing(folder))


def test_scope_within_a_scope_bills_twice(folder: Path) -> None:
    run(folder)
    run(folder, "sub", scope=f"{SCOPE}/billingProfiles/A")
    with pytest.raises(FormatError, match="count it twice"):
        find(listing(folder))


def test_what_is_no_bill_stays_aside(folder: Path) -> None:
    run(folder)
    run(folder, "prices", "PriceSheet")
    (bundle,) = find(listing(folder))
    assert len(bundle.files) == 1 and len((bundle.manifest or {})["manifest_names"]) == 3


def test_runs_without_rows_replace_nothing(folder: Path) -> None:
    run(folder)
    run(folder, day="06", rows=0)
    (bundle,) = find(listing(folder))
    assert "run-05" in bundle.files[0].name


def test_price_sheets_alone_are_refused(folder: Path) -> None:
    run(folder, "prices", "PriceSheet")
    with pytest.raises(FormatError, match="describe no cost: PriceSheet"):
        find(listing(folder))


def test_focus_export_is_recognised_from_content(folder: Path) -> None:
    run(folder, "focus", "FocusCost")
    (bundle,) = find(listing(folder))
    assert bundle.format_name is None and bundle.period == "2026-09"


def test_runs_of_several_months(folder: Path) -> None:
    run(folder, month="2026-08", until="2026-09", day="30")
    (bundle,) = find(listing(folder))
    assert bundle.period is None
    run(folder, month="2026-09", day="05", submitted="2026-08-01T00:00:00Z")
    assert find(listing(folder))[0].files == bundle.files  # the run of both months is later
    run(folder, month="2026-09", day="07", submitted="2026-10-07T00:00:00Z")
    with pytest.raises(FormatError, match="replaces the other only in part"):
        find(listing(folder))
    run(folder, month="2026-08", day="08", submitted="2026-10-08T00:00:00Z")
    assert [one.period for one in find(listing(folder))] == ["2026-08", "2026-09"]


def test_manifests_of_others_and_broken_ones(folder: Path) -> None:
    (folder / "manifest.json").write_text('{"name": "web app"}')
    assert find(listing(folder)) == []
    (folder / "manifest.json").write_text('{"exportConfig": {}, "runInfo": {}, "blobs": []}')
    with pytest.raises(FormatError, match=r"manifest\.json: the manifest lacks a fact"):
        find(listing(folder))
    (folder / "manifest.json").write_text('{"exportCon')
    with pytest.raises(FormatError, match="not JSON"):
        find(listing(folder))


def test_exports_without_manifest(folder: Path) -> None:
    month = folder / "billing/daily/20260901-20260930"
    month.mkdir(parents=True)
    names = ["daily_0aaa0000-0000-4000-8000-000000000001.csv", "daily_0aaa0000-0000-4000-8000-000000000002.csv"]
    (month / names[0]).write_text("x")
    assert find(listing(folder)) == []
    (month / names[1]).write_text("x")
    with pytest.raises(FormatError, match="two runs of one export and month"):
        find(listing(folder))
