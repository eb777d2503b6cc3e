from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.focus.units import FACTOR_MAX, in_normal_units, normal_unit, normal_units, words

SPELLINGS = [
    ("Hrs", "Hours", 1),
    ("Hours", "Hours", 1),
    ("1 Hour", "Hours", 1),
    ("1 1 Hour", "Hours", 1),
    ("100 Hours", "Hours", 100),
    ("Minute(s)", "Minutes", 1),
    ("GB-Mo", "GB-Months", 1),
    ("GB-Months", "GB-Months", 1),
    ("GB Months", "GB-Months", 1),
    ("1 GB/Month", "GB-Months", 1),
    ("1\xa0GB/mes", "GB-Months", 1),
    ("Gb / Month", "GB-Months", 1),
    ("Gigabyte Per Hour", "GB-Hours", 1),
    ("GB", "GB", 1),
    ("1GB", "GB", 1),
    ("1 MB", "MB", 1),
    ("GiB", "GiB", 1),
    ("gibibyte", "GiB", 1),
    ("gibibyte month", "GiB-Months", 1),
    ("GiBy.mo", "GiB-Months", 1),
    ("1024 GB", "GB", 1024),
    ("102400 TiB/Hour", "TiB-Hours", 102400),
    ("bytes", "Bytes", 1),
    ("byte-seconds", "Byte-Seconds", 1),
    ("Lambda-GB-Second", "GB-Seconds", 1),
    ("Requests", "Requests", 1),
    ("Request", "Requests", 1),
    ("API Request", "Requests", 1),
    ("1M requests", "Requests", 10**6),
    ("Million Requests", "Requests", 10**6),
    ("1,000,000 Requests", "Requests", 10**6),
    ("5000000000 Requests", "Requests", 5 * 10**9),
    ("10K", "Units", 10**4),
    ("1B", "Units", 10**9),
    ("100", "Units", 100),
    ("10K/Month", "Unit-Months", 10**4),
    ("1/Hour", "Unit-Hours", 1),
    ("1000 /Day", "Unit-Days", 1000),
    ("Obj-Month", "Object-Months", 1),
    ("IOPS-Mo", "IOPS-Months", 1),
    ("LCU-Hrs", "LCU-Hours", 1),
    ("WriteCapacityUnit-Hrs", "WriteCapacityUnit-Hours", 1),
    ("vCPU-Hours", "vCPU-Hours", 1),
    ("1K tokens", "Tokens", 1000),
    ("1M Tokens", "Tokens", 10**6),
    ("100 Mbps", "Mbit/Second", 100),
    ("MBPS-Mo", "MB/Second-Months", 1),
    ("GiBps-mo", "GiB/Second-Months", 1),
    ("GiB/Second-Months", "GiB/Second-Months", 1),
    ("10 Widgets", "Widgets", 10),
]
AS_THEY_ARE = ["", "Widgets", "Tags", "10000s", "0.5 GB", "1,5 Hours", "0 Hours", "1/3 Months", "M", "B", "3D renders"]


@pytest.mark.parametrize(("spelling", "unit", "factor"), SPELLINGS)
def test_a_spelling_has_one_unit_and_one_whole_factor(spelling: str, unit: str, factor: int) -> None:
    assert normal_unit(spelling) == (unit, Decimal(factor))


@pytest.mark.parametrize("spelling", AS_THEY_ARE)
def test_what_is_not_known_stays_as_it_is(spelling: str) -> None:
    assert normal_unit(spelling) == (spelling, Decimal(1))


def test_decimal_and_binary_sizes_are_never_merged() -> None:
    for decimal, binary in (("KB", "KiB"), ("MB", "MiB"), ("GB", "GiB"), ("TB", "TiB"), ("PB", "PiB")):
        assert normal_unit(decimal) == (decimal, Decimal(1))
        assert normal_unit(binary) == (binary, Decimal(1))
    assert normal_unit("MBps") != normal_unit("Mbps")


def test_a_block_too_large_to_multiply_by_stays_as_it_is() -> None:
    assert normal_unit(f"{FACTOR_MAX} Hours") == ("Hours", FACTOR_MAX)
    for text in (f"{FACTOR_MAX + 1} Hours", "1000000 1000001 Hours", "1" * 60):
        assert normal_unit(text) == (text, Decimal(1))


@given(
    st.sampled_from(sorted(words()[0])) | st.text(max_size=20) | st.from_regex(r"[1-9]\d{0,5}[KMB]? ?[A-Za-z/ -]{0,12}")
)
def test_a_normal_unit_is_its_own_normal_unit_and_factors_are_whole(text: str) -> None:
    unit, factor = normal_unit(text)
    assert factor >= 1 and factor == factor.to_integral_value() and factor <= FACTOR_MAX
    if unit == text or factor == 1:
        assert normal_unit(unit)[1] == 1
    assert normal_unit(unit) == (unit, Decimal(1))


def test_distinct_spellings_are_listed_once() -> None:
    table = normal_units(pl.Series(["Hrs", None, "100 Hours", "Hrs"]))
    assert table.rows() == [("100 Hours", "Hours", Decimal(100)), ("Hrs", "Hours", Decimal(1))]
    assert normal_units(pl.Series([None], dtype=pl.String)).rows() == []


def test_quantities_are_multiplied_exactly_or_keep_their_scaled_unit() -> None:
    quantities = ["0.000000001", "1234567.123456789", "9" * 29, None, "2", "-3.5"]
    units = ["1M requests", "100 Hours", "1M requests", "Hrs", None, "10K"]
    lines = pl.LazyFrame({"q": quantities, "u": units}).with_columns(pl.col("q").cast(pl.Decimal(38, 9)))
    assert in_normal_units(lines, "q", "u").collect().rows() == [
        (Decimal("0.001"), "Requests"),
        (Decimal("123456712.3456789"), "Hours"),
        (Decimal("9" * 29), "1M requests"),
        (None, "Hours"),
        (Decimal(2), None),
        (Decimal(-35000), "Units"),
    ]
