"""Only what the newest manifest lists is read, in every layout a bucket or a download has."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from collectors.bundles import discover
from collectors.formats import Bundle, FormatError

MONTH = "20260901-20261001"
PARTITION = "BILLING_PERIOD=2026-09"


def put(path: Path, content: Any = "data") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(content if isinstance(content, str) else json.dumps(content), encoding="utf-8")
    return path


def report(assembly: str, *keys: str, account: str = "000123456789") -> dict[str, Any]:
    return {
        "assemblyId": assembly,
        "account": account,
        "columns": [{"category": "identity", "name": "LineItemId"}],
        "charset": "UTF-8",
        "compression": "GZIP",
        "contentType": "text/csv",
        "reportId": "r",
        "reportName": "hourly",
        "billingPeriod": {"start": "20260901T000000.000Z", "end": "20261001T000000.000Z"},
        "bucket": "bills",
        "reportKeys": list(keys),
        "additionalArtifactKeys": [],
    }


def export(execution: str, *keys: str) -> dict[str, Any]:
    return {"executionId": execution, "columns": [], "dataFiles": [f"s3://bills/{key}" for key in keys]}


def read(bundles: list[Bundle], folder: Path) -> list[tuple[str | None, str | None, list[str]]]:
    return [
        (bundle.period, bundle.format_name, [file.path.relative_to(folder).as_posix() for file in bundle.files])
        for bundle in bundles
    ]


def versioned(root: Path, prefix: str = "cur/hourly") -> None:
    """Two deliveries kept, the second shorter; the month's manifest names the second."""
    first = [f"{prefix}/{MONTH}/aaa/hourly-{n}.csv.gz" for n in (1, 2)]
    second = [f"{prefix}/{MONTH}/bbb/hourly-1.csv.gz"]
    for key in first + second:
        put(root / MONTH / key.split(f"{MONTH}/")[1])
    put(root / MONTH / "aaa/hourly-Manifest.json", report("aaa", *first))
    put(root / MONTH / "bbb/hourly-Manifest.json", report("bbb", *second))
    put(root / MONTH / "hourly-Manifest.json", report("bbb", *second))


def test_the_newest_of_several_deliveries_is_read_and_no_other_file(tmp_path: Path) -> None:
    versioned(tmp_path)
    put(tmp_path / MONTH / "hourly-create-table.sql")
    put(tmp_path / MONTH / "hourly-9.csv.gz", "left behind")
    bundles = discover([tmp_path])
    assert read(bundles, tmp_path) == [("2026-09", "aws-cur", [f"{MONTH}/bbb/hourly-1.csv.gz"])]
    assert bundles[0].manifest is not None
    assert bundles[0].manifest["assembly"] == "bbb"
    assert bundles[0].manifest["account"] == "000123456789"


@pytest.mark.parametrize("below", ["", MONTH, f"{MONTH}/bbb"])
def test_any_folder_of_the_layout_may_be_named(tmp_path: Path, below: str) -> None:
    versioned(tmp_path / "cur")
    assert read(discover([tmp_path / "cur" / below]), tmp_path) == [
        ("2026-09", "aws-cur", [f"cur/{MONTH}/bbb/hourly-1.csv.gz"])
    ]


def test_a_renamed_month_folder_is_no_other_month(tmp_path: Path) -> None:
    versioned(tmp_path)
    (tmp_path / MONTH).rename(tmp_path / "september")
    assert read(discover([tmp_path]), tmp_path) == [("2026-09", "aws-cur", ["september/bbb/hourly-1.csv.gz"])]


def test_an_overwritten_report_leaves_its_longer_past_unread(tmp_path: Path) -> None:
    keys = [f"/hourly/{MONTH}/hourly-{n}.csv.gz" for n in (1, 2, 3)]
    for key in keys:
        put(tmp_path / key.lstrip("/"))
    put(tmp_path / "hourly" / MONTH / "hourly-Manifest.json", report("ccc", *keys[:2]))
    assert read(discover([tmp_path]), tmp_path) == [("2026-09", "aws-cur", [key.lstrip("/") for key in keys[:2]])]


def test_a_manifest_beside_its_files_is_enough(tmp_path: Path) -> None:
    put(tmp_path / "hourly-1.csv.gz")
    put(tmp_path / "another.csv")
    put(tmp_path / "hourly-Manifest.json", report("bbb", f"cur/hourly/{MONTH}/bbb/hourly-1.csv.gz"))
    assert read(discover([tmp_path]), tmp_path) == [
        ("2026-09", "aws-cur", ["hourly-1.csv.gz"]),
        (None, None, ["another.csv"]),
    ]


def test_a_listed_file_that_is_missing_is_named(tmp_path: Path) -> None:
    versioned(tmp_path)
    (tmp_path / MONTH / "bbb" / "hourly-1.csv.gz").unlink()
    put(tmp_path / MONTH / "hourly-1.csv.gz", "of another delivery")
    with pytest.raises(FormatError, match=f"the manifest lists cur/hourly/{MONTH}/bbb/hourly-1.csv.gz, which is not"):
        discover([tmp_path])


def test_without_the_month_s_manifest_two_deliveries_are_not_told_apart(tmp_path: Path) -> None:
    versioned(tmp_path)
    (tmp_path / MONTH / "hourly-Manifest.json").unlink()
    with pytest.raises(FormatError, match="2 deliveries of one month and nothing tells which is the newest"):
        discover([tmp_path])


@pytest.mark.parametrize("execution", ["", "20260930T1200-e2/"])
def test_an_export_is_read_by_its_partition_s_manifest(tmp_path: Path, execution: str) -> None:
    """CUR 2.0 and FOCUS exports lie alike; which of them it is, the columns tell."""
    root = tmp_path / "bills" / "org"
    key = f"bills/org/data/{PARTITION}/{execution}org-00001.snappy.parquet"
    put(tmp_path / key)
    put(root / f"data/{PARTITION}/20260901T1200-e1/org-00001.snappy.parquet", "older")
    put(root / f"metadata/{PARTITION}/org-Metadata.json", {"columns": []})
    put(root / f"metadata/{PARTITION}/org-Manifest.json", export("e2", key))
    older = export("e1", f"bills/org/data/{PARTITION}/20260901T1200-e1/org-00001.snappy.parquet")
    put(root / f"metadata/{PARTITION}/20260901T1200-e1/org-Manifest.json", older)
    for named in (tmp_path, root):
        assert read(discover([named]), tmp_path) == [("2026-09", None, [key])]


def test_months_are_bundles_of_their_own(tmp_path: Path) -> None:
    for month in ("2026-08", "2026-09"):
        key = f"org/data/BILLING_PERIOD={month}/org-00001.csv.gz"
        put(tmp_path / key)
        put(tmp_path / f"org/metadata/BILLING_PERIOD={month}/org-Manifest.json", export("e", key))
    assert [bundle.period for bundle in discover([tmp_path])] == ["2026-08", "2026-09"]


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("{not json", "the manifest is not readable"),
        (report("aaa"), "the manifest lists no files"),
        (export("e"), "the manifest lists no files"),
    ],
)
def test_a_manifest_that_says_nothing_is_refused(tmp_path: Path, content: Any, message: str) -> None:
    put(tmp_path / "hourly-Manifest.json", content)
    with pytest.raises(FormatError, match=message):
        discover([tmp_path])


def test_a_key_cannot_leave_the_folder(tmp_path: Path) -> None:
    put(tmp_path / "secret.csv")
    put(tmp_path / "in/org-Manifest.json", export("e", "data/../../secret.csv"))
    with pytest.raises(FormatError, match="which is not there"):
        discover([tmp_path / "in"])
