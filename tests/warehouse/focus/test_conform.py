"""The gate reports every fault at once, with its column, row, file, value and rule."""

from __future__ import annotations

from datetime import UTC, datetime

import polars as pl
import pytest
from hypothesis import given, settings

from warehouse.focus import COLUMNS, SCHEMA, VERSIONS, ConformError, conform, version_columns
from warehouse.focus.strategies import frames


def good(rows=2):
    start = datetime(2026, 9, 1, tzinfo=UTC)
    row = {
        **dict.fromkeys(SCHEMA),
        **dict.fromkeys(("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"), 1),
        **dict.fromkeys(("ProviderName", "PublisherName", "InvoiceIssuerName", "ServiceProviderName"), "North"),
        "BillingAccountId": "1",
        "BillingCurrency": "EUR",
        "BillingPeriodStart": start,
        "BillingPeriodEnd": start.replace(month=10),
        "ChargePeriodStart": start,
        "ChargePeriodEnd": start.replace(day=2),
        "ChargeCategory": "Usage",
        "ServiceName": "Machines",
        "ServiceCategory": "Compute",
        "x_SourceFile": "f" * 64,
    }
    return pl.DataFrame([{**row, "x_SourceRow": i + 1} for i in range(rows)], schema=pl.Schema(SCHEMA), orient="row")


def faults(frame):
    with pytest.raises(ConformError) as raised:
        conform(frame)
    return raised.value.faults


def test_a_good_frame_passes_unchanged():
    assert conform(good()).collect().equals(good())


@settings(max_examples=20)
@given(frames(0, 5))
def test_frames_of_the_strategies_pass(frame):
    assert conform(frame).collect().equals(frame)


def test_absent_columns_are_nulls_in_the_order_of_the_schema():
    short = good().drop("Tags", "RegionId")
    assert conform(short).collect_schema().names() == list(SCHEMA)


def test_all_faults_are_reported_at_once_with_their_place():
    frame = good(3).with_columns(
        BillingCurrency=pl.Series(["EUR", "ZZZ", "eur"]),
        ChargeCategory=pl.Series(["Usage", "Usages", "Tax"]),
        ServiceName=pl.Series(["a", "", None]),
        ChargePeriodEnd=pl.col("ChargePeriodStart").dt.offset_by("-1h"),
    )
    found = faults(frame)
    assert {fault.column for fault in found} == {"BillingCurrency", "ChargeCategory", "ServiceName", "ChargePeriodEnd"}
    category = next(fault for fault in found if fault.column == "ChargeCategory")
    assert (category.value, category.row, category.file, category.count) == ("Usages", 2, "f" * 64, 1)
    assert next(fault for fault in found if fault.column == "ChargePeriodEnd").count == 3


def test_structure_is_checked_before_values():
    frame = good().drop("BilledCost").with_columns(Extra=pl.lit(1), ListCost=pl.lit(1.5))
    assert {(fault.column, fault.rule.split()[0]) for fault in faults(frame)} == {
        ("BilledCost", "is"),
        ("Extra", "is"),
        ("ListCost", "has"),
    }


def test_versions_are_projections_of_one_table():
    assert {version: len(version_columns(version)) for version in VERSIONS} == {
        "1.0": 43, "1.1": 50, "1.2": 57, "1.3": 65, "1.4": 65,
    }  # fmt: skip
    assert len([column for column in COLUMNS if column.introduced]) == 67
    with pytest.raises(KeyError):
        version_columns("2.0")


def test_the_gate_stands_at_names_and_providers():
    assert faults(good().with_columns(ServiceProviderName=pl.lit(None, dtype=pl.String)))
