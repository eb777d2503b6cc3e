"""FOCUS files with the deviations that real ones have."""

from __future__ import annotations

import csv
import json
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from collectors.formats import FormatError, Normalised, focus
from collectors.reading import load, open_file
from warehouse.focus import ConformError, conform

ROW = {
    "BilledCost": "1.5",
    "EffectiveCost": "1.25",
    "ListCost": "2",
    "ContractedCost": "1.75",
    "BillingAccountId": "acct",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2024-09-01 00:00:00",
    "BillingPeriodEnd": "2024-10-01 00:00",
    "ChargePeriodStart": "2024-09-03T00:00:00Z",
    "ChargePeriodEnd": "2024-09-04T00:00:00Z",
    "ChargeCategory": "Usage",
    "ServiceName": "Queue",
    "ServiceCategory": "Integration",
    "ProviderName": "Acme",
}


def normalised(path: Path, settings: Mapping[str, str] | None = None) -> Normalised:
    work = path.parent / f"work-{path.name}"
    work.mkdir()
    opened = open_file(path, path.name, "digest", work)
    names = focus.recognise(opened.content.columns)
    assert names is not None
    loaded = load(opened, names, focus.kinds(list(names.values())))
    return focus.normalise([loaded.file], settings or {})


def written(folder: Path, *rows: Mapping[str, str]) -> Path:
    path = folder / f"bill-{len(list(folder.iterdir()))}.csv"
    with path.open("w", newline="", encoding="utf-8") as out:
        table = csv.DictWriter(out, list(dict.fromkeys(key for row in rows for key in row)))
        table.writeheader()
        table.writerows(rows)
    return path


def lines(folder: Path, *changes: Mapping[str, str]) -> pl.DataFrame:
    return conform(normalised(written(folder, *(ROW | change for change in changes))).lines).collect()


def line(folder: Path, **change: str) -> dict[str, Any]:
    return lines(folder, change).row(0, named=True)


def test_a_header_is_recognised_without_case_and_only_as_a_whole() -> None:
    names = focus.recognise([*(name.upper() for name in ROW), "SkuPriceid", "Id"])
    assert names is not None
    assert (names["BILLEDCOST"], names["SkuPriceid"], names["Id"]) == ("BilledCost", "SkuPriceId", "native:Id")
    assert focus.recognise(["BilledCost", "EffectiveCost", "lineItem/UnblendedCost"]) is None


def test_names_every_mandatory_column_that_is_missing(tmp_path: Path) -> None:
    row = {
        key: value for key, value in ROW.items() if key not in ("BillingAccountId", "BillingCurrency", "ProviderName")
    }
    with pytest.raises(FormatError, match=r"BillingAccountId, BillingCurrency, ServiceProviderName \(ProviderName"):
        normalised(written(tmp_path, row))


def test_provider_names_fill_each_other(tmp_path: Path) -> None:
    old = line(tmp_path, PublisherName="Maker")
    assert [
        old[name] for name in ("ServiceProviderName", "HostProviderName", "PublisherName", "InvoiceIssuerName")
    ] == [
        "Acme",
        "Acme",
        "Maker",
        "Acme",
    ]
    new = line(tmp_path, ProviderName="", ServiceProviderName="Seller", HostProviderName="Cloud")
    assert [new[name] for name in ("ProviderName", "PublisherName", "HostProviderName")] == [
        "Seller",
        "Seller",
        "Cloud",
    ]


def test_words_of_closed_lists_are_folded_and_others_refused(tmp_path: Path) -> None:
    folded = line(tmp_path, ChargeFrequency="Usage-based", PricingCategory="On-Demand", ServiceCategory="Database")
    assert (folded["ChargeFrequency"], folded["PricingCategory"]) == ("Usage-Based", "Standard")
    assert folded["ServiceCategory"] == "Databases"
    with pytest.raises(ConformError, match=r"row 1, column ChargeCategory.*Weird"):
        line(tmp_path, ChargeCategory="Weird")
    with pytest.raises(ConformError, match="ISO 4217"):
        line(tmp_path, BillingCurrency="XQX")


def test_unknown_service_categories_count_as_other_and_are_named(tmp_path: Path) -> None:
    made = normalised(written(tmp_path, ROW | {"ServiceCategory": "Blockchain"}, ROW | {"ServiceCategory": ""}))
    assert made.lines.collect()["ServiceCategory"].to_list() == ["Other", "Other"]
    assert made.warnings == (
        "Service categories that FOCUS does not know count as Other: Blockchain.",
        "1 rows without a service category count as Other.",
    )


def test_missing_contracted_and_list_cost_are_copies_that_say_so(tmp_path: Path) -> None:
    plain = line(tmp_path, ContractedCost="", ListCost="")
    assert (plain["ContractedCost"], plain["ListCost"], plain["x_PriceKnown"]) == (
        Decimal("1.5"),
        Decimal("1.5"),
        "false",
    )
    covered = line(tmp_path, ContractedCost="", CommitmentDiscountId="sp-1", BilledCost="0")
    assert (covered["ContractedCost"], covered["ListCost"]) == (Decimal("1.25"), Decimal(2))
    assert line(tmp_path)["x_PriceKnown"] is None


@pytest.mark.parametrize(
    ("tags", "expected"),
    [
        ('{"b": "2", "a": true, "n": 1.50, "e": null}', '{"a":"true","b":"2","e":"","n":"1.50"}'),
        ('{"org": "x", " org": "y", "org ": ""}', '{"org":"y"}'),
        ('{"user:Team": "web", "aws:x": "y"}', '{"Team":"web","aws:x":"y"}'),
        ('[{"key": "a", "value": "1"}, {"Key": "b"}]', '{"a":"1","b":""}'),
        ("{}", None),
        ("NULL", None),
    ],
)
def test_tags_have_one_text_form(tmp_path: Path, tags: str, expected: str | None) -> None:
    assert line(tmp_path, Tags=tags)["Tags"] == expected


@pytest.mark.parametrize("tags", ["team=web", "[1]", '"web"', '{"%s": "v"}' % ("k" * 600)])
def test_tags_that_are_no_tags_name_their_row(tmp_path: Path, tags: str) -> None:
    with pytest.raises(FormatError) as caught:
        lines(tmp_path, {"Tags": "{}"}, {"Tags": tags})
    assert (caught.value.row, caught.value.column) == (2, "Tags")


def test_columns_without_a_place_are_kept(tmp_path: Path) -> None:
    kept = line(tmp_path, Id='7 "seven"', x_SkuMeterName="Meter", x_Empty="", x_Discounts='{"b": 1.10, "a": 0}')
    assert json.loads(kept["x_Native"]) == {"Id": '7 "seven"', "x_SkuMeterName": "Meter"}
    assert kept["x_Discounts"] == '{"a":0,"b":1.10}'
    assert line(tmp_path, x_ResourceGroupName="rg")["x_ResourceGroup"] == "rg"


def test_short_dates_are_month_first_or_refused(tmp_path: Path) -> None:
    assert str(line(tmp_path, ChargePeriodStart="9/3/24")["ChargePeriodStart"]) == "2024-09-03 00:00:00+00:00"
    with pytest.raises(FormatError, match="13/9/24"):
        line(tmp_path, ChargePeriodStart="13/9/24")


def test_the_version_must_be_a_known_one(tmp_path: Path) -> None:
    path = written(tmp_path, ROW)
    with pytest.raises(FormatError, match=r"1\.9"):
        normalised(path, {"version": "1.9"})


def test_control_is_the_invoice_by_account_and_period(tmp_path: Path) -> None:
    october = {"BillingPeriodStart": "2024-10-01", "BillingPeriodEnd": "2024-11-01"}
    made = normalised(written(tmp_path, ROW, ROW, ROW | october))
    assert sorted(made.control.collect().rows()) == [
        ("acct", "USD", "2024-09", Decimal(3)),
        ("acct", "USD", "2024-10", Decimal("1.5")),
    ]


def test_parquet_with_doubles_maps_and_milliseconds_equals_the_csv(tmp_path: Path) -> None:
    columns: dict[str, pa.Array] = {name: pa.array([value]) for name, value in ROW.items()}
    for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost"):
        columns[name] = pa.array([float(ROW[name])])
    for name in ("BillingPeriodStart", "BillingPeriodEnd", "ChargePeriodStart", "ChargePeriodEnd"):
        texts = pl.Series([ROW[name].replace(" ", "T").removesuffix("Z")]).str.to_datetime(time_unit="ms")
        columns[name] = texts.to_arrow()
    columns["Tags"] = pa.array([[("user:b", "2"), ("a", "1")]], pa.map_(pa.string(), pa.string()))
    columns["x_CostCategories"] = pa.array([[("k", "v")]], pa.map_(pa.string(), pa.string()))
    pq.write_table(pa.table(columns), tmp_path / "bill.parquet")
    parquet = conform(normalised(tmp_path / "bill.parquet").lines).collect()
    text = lines(tmp_path, {"Tags": '{"b": "2", "a": "1"}', "x_CostCategories": '{"k": "v"}'})
    assert parquet.equals(text)
