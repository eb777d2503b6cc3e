"""Header families, days, lookups and the mending of tags."""

from __future__ import annotations

import csv
import json
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from collectors.formats import FormatError, azure_cost
from collectors.formats.azure_json import info_text, tags_text
from collectors.formats.azure_tables import column_names, headers, region, service, unit
from warehouse.focus import BY_NAME, conform
from warehouse.focus.units import normal_unit

LEGACY = ["SubscriptionGuid", "UsageDateTime", "MeterCategory", "UsageQuantity", "PreTaxCost", "InstanceId", "Currency"]
GERMAN = [
    "Abonnement-GUID (SubscriptionGuid)",
    "UsageDateTime (UsageDateTime)",
    "Kategorie der Verbrauchseinheit (MeterCategory)",
    "UsageQuantity (UsageQuantity)",
    "PreTaxCost (PreTaxCost)",
    "InstanceId (InstanceId)",
    "Currency",
]
BARE = ["Abonnement-GUID", "Datum", "Kategorie der Verbrauchseinheit", "Quantity", "Kosten", "ResourceId", "Währung"]
OWN = ["SubscriptionId", "Date", "MeterCategory", "Quantity", "Cost", "ResourceId", "Currency"]


@pytest.mark.parametrize("header", [LEGACY, GERMAN, BARE, [name.upper() for name in LEGACY]])
def test_families_have_one_set_of_own_names(header: list[str]) -> None:
    assert azure_cost.recognise(header) == dict(zip(header, OWN, strict=True))


def test_byte_order_mark_and_rank() -> None:
    names = column_names(["\ufeffDate", "costInBillingCurrency", "Cost", "location", "resourceLocation", "My Column"])
    assert list(names.values()) == [
        *("Date", "Cost", "native.Cost", "native.location", "ResourceLocation", "native.My Column")
    ]


@pytest.mark.parametrize(
    "header",
    [
        ["BilledCost", "EffectiveCost", "ChargePeriodStart", "Date", "Cost", "MeterId", "SubscriptionId"],
        ["service.id", "cost", "currency", "usage_start_time"],
        ["lineItem/UsageAccountId", "lineItem/UnblendedCost"],
        [],
    ],
)
def test_other_formats_are_left_alone(header: list[str]) -> None:
    assert azure_cost.recognise(header) is None


def test_one_header_means_one_column() -> None:
    assert len(headers()) == len({(column, rank) for column, rank in headers().values()})


@pytest.mark.parametrize(
    ("text", "day"), [("3/4/2026", 4), ("03/04/2026", 4), ("2026-03-04", 4), ("2026-03-04T00:00:00Z", 4)]
)
def test_days_are_never_read_day_first(text: str, day: int, read: Any, write: Any) -> None:
    row = dict(zip(LEGACY, ["s", text, "Storage", "1", "1", "", "EUR"], strict=True))
    line = conform(azure_cost.normalise([read(write("a.csv", [row])).file], {}).lines).collect().row(0, named=True)
    assert line["ChargePeriodStart"] == datetime(2026, 3, day, tzinfo=UTC)
    assert line["ChargePeriodEnd"] == datetime(2026, 3, day + 1, tzinfo=UTC)
    assert line["BillingPeriodStart"] == datetime(2026, 3, 1, tzinfo=UTC)
    assert line["BillingPeriodEnd"] == datetime(2026, 4, 1, tzinfo=UTC)


def test_a_thirteenth_month_is_refused(read: Any, write: Any) -> None:
    row = dict(zip(LEGACY, ["s", "13/01/2026", "Storage", "1", "1", "", "EUR"], strict=True))
    with pytest.raises(FormatError, match="13/01/2026"):
        read(write("a.csv", [row]))


@pytest.mark.parametrize(
    ("text", "mended"),
    [
        ('"env": "prod","org": "trey"', {"env": "prod", "org": "trey"}),
        ('{"a": "x, y", "b": "say \\"hi\\""}', {"a": "x, y", "b": 'say "hi"'}),
        ('"a": "5" disk", "b": ""', {"a": '5" disk', "b": ""}),
        ('" k": "padded","k": "plain"', {"k": "plain"}),
        ('"k": "plain"," k": "padded"', {"k": "plain"}),
        ('"K": "1","k": "2"', {"K": "1", "k": "2"}),
        (
            '{"n": 1.10, "t": true, "z": null, "deep": {"a": 1}}',
            {"n": "1.10", "t": "true", "z": "true", "deep": '{"a":"1"}'},
        ),
        ('"a": "1",', {"a": "1"}),
    ],
)
def test_tags(text: str, mended: dict[str, str]) -> None:
    found = tags_text(text)
    assert found is not None and json.loads(found) == mended
    assert list(json.loads(found)) == sorted(mended)


def test_what_is_no_json_at_all() -> None:
    assert tags_text("nothing here") is None and tags_text("{}") is None
    assert info_text("free text") == '"free text"'
    assert info_text('"VCPUs": 2') == '{"VCPUs": 2}'


def test_lookups() -> None:
    assert {region(text) for text in ("EastUS", "US East", "eastus", " East US ", "us_east")} == {("eastus", "East US")}
    assert region("CH North") == ("switzerlandnorth", "Switzerland North")
    assert region("Moon Base 1") == ("moonbase1", "Moon Base 1")
    assert unit("10K/Month") == ("Unit-Months", Decimal(10_000)) and unit("1 GB/hora") == ("GB-Hours", Decimal(1))
    assert service("microsoft.sql", "microsoft.sql/servers/elasticpools/x", []).name == "Azure SQL Database"
    assert service("", "", ["Virtual Machines"]).category == "Compute"
    assert service("", "", ["", "New Thing"]).known is False
    assert service("", "", []).known is True


def test_tables_agree_with_the_facts(shared_data: Path) -> None:
    def facts(name: str) -> list[dict[str, str]]:
        with (shared_data / "lookups" / name).open(encoding="utf-8-sig", newline="") as table:
            return list(csv.DictReader(table))

    for row in facts("azure_pricing_units.csv"):
        spelled, block = unit(row["UnitOfMeasure"])
        assert block == Decimal(row["PricingBlockSize"]), row
        own = spelled if block == 1 else f"{block} {spelled}"
        assert spelled == "Million" or normal_unit(own) == (spelled, block), row
    for row in facts("azure_regions.csv"):
        if row["OriginalValue"] not in ("dallas", "unassigned"):  # the list contradicts itself; no region is no region
            assert region(row["OriginalValue"]) == (row["RegionId"], row["RegionName"]), row
    mended = {"Azure VMWare Solution": "Azure VMware Solution"}
    mended["Azure Communitcations Gateway"] = "Azure Communications Gateway"
    for row in facts("azure_services.csv"):
        found = service(row["ConsumedService"], row["ResourceType"], [])
        assert found.name == mended.get(row["ServiceName"], row["ServiceName"]), row
        assert found.category == row["ServiceCategory"] and found.category in BY_NAME["ServiceCategory"].allowed
