"""Parquet: native types, nested columns, and damage."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.formats import FormatError, Money, Time
from collectors.reading import ReadLimits, load, open_file

TABLE = pa.table(
    {
        "cost": pa.array([0.1, 1e-7, None]),
        "exact": pa.array([Decimal("1.5"), None, Decimal("-2.25")]),
        "start": pa.array([datetime(2024, 9, 1)] * 3, pa.timestamp("ms")),  # noqa: DTZ001
        "day": pa.array([date(2024, 9, 1), None, None]),
        "service": pa.array([{"id": "a", "more": {"n": 1}}] * 3),
        "tags": pa.array([[("k", "v"), ('q"', None)], [], None], pa.map_(pa.string(), pa.string())),
        "rates": pa.array([[("k", 0.1)], None, None], pa.map_(pa.string(), pa.float64())),
        "list": pa.array([[{"key": "a", "value": 1.5}], [], None]),
        "word": pa.array(["x", "NULL", ""]).dictionary_encode(),
        "flag": pa.array([True, False, None]),
        "at": pa.array([datetime(2024, 9, 1, 5, tzinfo=UTC)] * 3, pa.timestamp("ns", "America/New_York")),
    }
)


def write(path: Path, **options: object) -> Path:
    pq.write_table(TABLE, path, **options)
    return path


def frame(path: Path, work: Path, limits: ReadLimits | None = None) -> pl.DataFrame:
    work.mkdir(exist_ok=True)
    opened = open_file(path, path.name, "digest", work, limits or ReadLimits())
    names = {name: name for name in opened.content.columns}
    kinds = {"cost": Money(), "exact": Money(), "start": Time(), "at": Time()}
    return load(opened, names, kinds).file.frame.collect()


def test_reads_native_and_nested_columns(tmp_path: Path) -> None:
    read = frame(write(tmp_path / "bill.parquet"), tmp_path / "work")
    assert read["cost"].to_list() == [Decimal("0.1"), Decimal("1e-7"), None]
    assert read["exact"].to_list() == [Decimal("1.5"), None, Decimal("-2.25")]
    assert read["start"].to_list() == [datetime(2024, 9, 1, tzinfo=UTC)] * 3
    assert read["at"].to_list() == [datetime(2024, 9, 1, 5, tzinfo=UTC)] * 3
    assert read["day"].to_list() == ["2024-09-01", None, None]
    assert read["service.id"].to_list() == ["a"] * 3
    assert read["service.more.n"].to_list() == ["1"] * 3
    assert read["tags"].to_list() == ['{"k":"v","q\\"":null}', "{}", None]
    assert read["rates"].to_list() == ['{"k":0.1}', None, None]
    assert read["list"].to_list() == ['[{"key":"a","value":1.5}]', "[]", None]
    assert read["word"].to_list() == ["x", None, None]
    assert read["flag"].to_list() == ["true", "false", None]


def test_notices_a_flipped_byte(tmp_path: Path) -> None:
    whole = write(tmp_path / "bill.parquet", write_page_checksum=True, compression="none").read_bytes()
    footer = len(whole) - 8 - int.from_bytes(whole[-8:-4], "little")
    noticed = 0
    places = range(60, footer, max(1, footer // 40))
    for place in places:
        damaged = bytearray(whole)
        damaged[place] ^= 0x04
        path = tmp_path / "damaged.parquet"
        path.write_bytes(damaged)
        try:
            same = frame(path, tmp_path / "work").equals(frame(tmp_path / "bill.parquet", tmp_path / "work"))
        except FormatError as error:
            assert error.file == "damaged.parquet"
            noticed += 1
        else:
            assert same  # a byte that no reader looks at, such as statistics in a page header
    assert noticed > len(places) // 2


def test_refuses_a_cut_file_and_one_that_promises_too_much(tmp_path: Path) -> None:
    whole = write(tmp_path / "bill.parquet").read_bytes()
    (tmp_path / "cut.parquet").write_bytes(whole[:-20])
    with pytest.raises(FormatError, match="cut or damaged"):
        frame(tmp_path / "cut.parquet", tmp_path / "work")
    with pytest.raises(FormatError, match="3 rows; at most 2"):
        frame(tmp_path / "bill.parquet", tmp_path / "work", ReadLimits(rows=2))
    with pytest.raises(FormatError, match="times its size"):
        frame(tmp_path / "bill.parquet", tmp_path / "work", ReadLimits(parquet_ratio=0, ratio_free_bytes=0))
