"""Text files: what is refused, with the row and the reason, and what is read."""

from __future__ import annotations

import gzip
from pathlib import Path

import polars as pl
import pytest

from collectors.formats import FormatError, Money, Time
from collectors.reading import Loaded, ReadLimits, load, open_file

HEADER = b"Id,BilledCost,Start\n"
KINDS = {"BilledCost": Money(), "Start": Time("iso", "%m/%d/%y")}


def read(path: Path, work: Path, limits: ReadLimits | None = None) -> Loaded:
    work.mkdir(exist_ok=True)
    opened = open_file(path, path.name, "digest", work, limits or ReadLimits())
    names = {name: name for name in opened.content.columns}
    return load(opened, names, {name: kind for name, kind in KINDS.items() if name in names})


def loaded(tmp_path: Path, content: bytes, limits: ReadLimits | None = None) -> pl.DataFrame:
    path = tmp_path / "bill.csv"
    path.write_bytes(content)
    return read(path, tmp_path / "work", limits).file.frame.collect()


def refused(tmp_path: Path, content: bytes, limits: ReadLimits | None = None) -> FormatError:
    with pytest.raises(FormatError) as caught:
        loaded(tmp_path, content, limits)
    assert caught.value.file == "bill.csv"
    return caught.value


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"", "empty"),
        (b"\n \n", "blanks"),
        (HEADER, "not one row"),
        (b"Id;BilledCost;Start\n1;2;3\n", "wrong delimiter: found ';'"),
        (b"Id\tBilledCost\n1\t2\n", "wrong delimiter: found tab"),
        (b"Id,Id,Start\n1,2,3\n", "twice: Id"),
        (b"Id,,Start\n1,2,3\n", "column 2 has no name"),
        ("Id,BilledCost\n1,2\n".encode("utf-16"), "UTF-16"),
        ("Id,BilledCost\n1,2\n".encode("utf-16-le"), "zero bytes"),
        (b"Id,BilledCost\n\xff\xfe,2\n", "not UTF-8"),
        (b"PK\x03\x04 and so on", "ZIP"),
        (b"<?xml version='1.0'?><!DOCTYPE x [<!ENTITY a 'b'>]>", "XML"),
        (b"12345678DUCK and so on", "DuckDB"),
        (b'[{"Id": 1}]', "JSON array"),
        (HEADER + b"1,2,2024-01-01\n" * 3 + b'2,3,"2024-01-01\n' + b"2,3,2024-01-01\n" * 3, "quotes"),
    ],
)
def test_says_what_is_wrong_with_a_file(tmp_path: Path, content: bytes, says: str) -> None:
    assert says in str(refused(tmp_path, content))


def test_names_the_row_that_is_too_short_and_counts_no_blank_line(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + b'1,2,2024-01-01\n\n2,"1",2024-01-01\n3,4\n')
    assert (error.row, error.value) == (3, "3,4")
    assert "2 cells where the header has 3" in error.message


def test_numbers_records_not_lines(tmp_path: Path) -> None:
    frame = loaded(tmp_path, HEADER + b'"two\nlines",1,2024-01-01\n\n,,\nb,2,2024-01-01\n')
    assert frame["x_SourceRow"].to_list() == [1, 2]
    assert frame["Id"].to_list() == ["two\nlines", "b"]


def test_counts_blank_rows(tmp_path: Path) -> None:
    path = tmp_path / "bill.csv"
    path.write_bytes(HEADER + b"\n1,1,2024-01-01\n\r\n,,\n")
    assert read(path, tmp_path / "work").blank_rows == 3


def test_reads_a_byte_order_mark_placeholders_and_a_stray_quote(tmp_path: Path) -> None:
    frame = loaded(tmp_path, b"\xef\xbb\xbf" + HEADER + b'5" disk,NULL,\nnull,-1.5E-3,2024-01-01\n')
    assert frame.columns[:3] == ["Id", "BilledCost", "Start"]
    assert frame["Id"].to_list() == ['5" disk', None]
    assert frame["BilledCost"].cast(pl.String).to_list() == [None, "-0.001500000000000000"]


def test_names_every_value_that_is_no_amount(tmp_path: Path) -> None:
    error = refused(tmp_path, HEADER + b'1,1,2024-01-01\n2,"$1,000.00 ",2024-01-01\n3,"1,5",soon\n4,NaN,2024-01-01\n')
    assert (error.row, error.column, error.value) == (2, "BilledCost", "$1,000.00 ")
    assert "a currency sign and thousands separators and blanks" in error.message
    assert "BilledCost: 3, Start: 1" in error.message
    assert [(one.row, one.column) for one in error.also] == [
        (2, "BilledCost"),
        (3, "BilledCost"),
        (4, "BilledCost"),
        (3, "Start"),
    ]


def test_a_time_format_must_fit_the_whole_column(tmp_path: Path) -> None:
    rows = b"".join(b"%d,1,%s\n" % (i, b"2024-01-01" if i < 3 else b"1/2/24") for i in range(5))
    assert refused(tmp_path, HEADER + rows).row == 4
    assert "13/1/24" in str(refused(tmp_path, HEADER + b"1,1,13/1/24\n"))
    assert str(loaded(tmp_path, HEADER + b"1,1,4/1/25\n")["Start"][0]) == "2025-04-01 00:00:00+00:00"


@pytest.mark.parametrize(
    "text",
    ["2024-09-01T00:00:00Z", "2024-09-01 00:00", "2024-09-01", "2024-09-01 02:00:00+02:00", "2024-09-01 00:00:00 UTC"],
)
def test_instants_as_exports_write_them(tmp_path: Path, text: str) -> None:
    assert str(loaded(tmp_path, HEADER + f"1,1,{text}\n".encode())["Start"][0]) == "2024-09-01 00:00:00+00:00"


def test_unpacks_gzip_of_several_members(tmp_path: Path) -> None:
    packed = gzip.compress(HEADER) + gzip.compress(b"1,1,2024-01-01\n") + b"\0" * 16
    assert len(loaded(tmp_path, packed)) == 1


def test_refuses_gzip_that_is_cut_or_damaged(tmp_path: Path) -> None:
    packed = gzip.compress(HEADER + b"".join(b"%d,%d,2024-01-01\n" % (i, i * 7919) for i in range(500)))
    assert "was cut" in str(refused(tmp_path, packed[:-5]))
    for place in (len(packed) // 2, len(packed) - 6):
        damaged = bytearray(packed)
        damaged[place] ^= 0x10
        assert "damaged" in str(refused(tmp_path, bytes(damaged)))


def test_limits(tmp_path: Path) -> None:
    bomb = gzip.compress(HEADER + b"1,1,2024-01-01\n" * 20_000)
    assert "times its size" in str(refused(tmp_path, bomb, ReadLimits(ratio=20, ratio_free_bytes=1_000)))
    long = HEADER + b"x" * 5_000 + b",1,2024-01-01\n"
    assert "line 2 is longer" in str(refused(tmp_path, long, ReadLimits(cell_bytes=4_000)))
    folded = HEADER + b'"' + b"x\n" * 5_000 + b'",1,2024-01-01\n'
    assert "a cell is longer" in str(refused(tmp_path, folded, ReadLimits(cell_bytes=4_000)))
    assert "at most 2 are read" in str(refused(tmp_path, HEADER + b"1,1,\n", ReadLimits(columns=2)))
    assert "more than 1 rows" in str(refused(tmp_path, HEADER + b"1,1,\n2,2,\n", ReadLimits(rows=1)))
    assert "larger than 4 bytes" in str(refused(tmp_path, HEADER, ReadLimits(packed_bytes=4)))


def test_json_lines_keep_numbers_as_written(tmp_path: Path) -> None:
    line = (
        b'{"BilledCost": 0.12345678901234567891, "service": {"id": "a"}, "credits": [{"amount": -0.10}], "on": true}\n'
    )
    frame = loaded(tmp_path, line + b'\n{"BilledCost": 1e-7, "Id": ""}\n')
    assert frame["BilledCost"].cast(pl.String).to_list() == ["0.123456789012345679", "0.000000100000000000"]
    assert frame["service.id"].to_list() == ["a", None]
    assert frame["credits"].to_list() == ['[{"amount":-0.10}]', None]
    assert frame["on"].to_list() == ["true", None]
    assert frame["Id"].to_list() == [None, None]


def test_json_faults_name_the_row(tmp_path: Path) -> None:
    assert refused(tmp_path, b'{"a": 1}\n{"a": \n').row == 2
    assert "no JSON object" in str(refused(tmp_path, b'{"a": 1}\n[1]\n'))
    assert refused(tmp_path, b'{"a": "\xff"}\n').row == 1
