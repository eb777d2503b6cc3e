"""Every example export: its cost by service and account against the file read with csv and Decimal, digit for digit."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Context, Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from collectors.formats import FormatError, azure_cost
from warehouse.focus import conform

EXACT = Context(prec=100)
COST = {"costinbillingcurrency", "cost", "pretaxcost"}
SUBSCRIPTION = {"subscriptionid", "subscriptionguid"}
COMMITTED = {"reservation", "savingsplan"}
LOADED = [
    *("ea_amortized_2023-09.csv", "header_variants/Enterprise.csv", "header_variants/EnterpriseCamel.csv"),
    *("header_variants/German.csv", "header_variants/PayAsYouGo.csv", "header_variants/YA.csv"),
]
Sums = dict[str, list[Decimal]]


def by_hand(path: Path) -> tuple[Sums, Sums]:
    """Billed and effective cost by subscription and by resource, added up without any code of ours."""
    by_account: Sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
    by_resource: Sums = defaultdict(lambda: [Decimal(0), Decimal(0)])
    with path.open(encoding="utf-8-sig", newline="") as table:
        for raw in csv.DictReader(table):
            row = {name.rpartition("(")[2].rstrip(")").casefold(): value for name, value in raw.items()}
            effective = Decimal(next(row[name] for name in COST if name in row))
            billed = Decimal(0) if row.get("pricingmodel", "").casefold() in COMMITTED else effective
            account = next(row[name] for name in SUBSCRIPTION if name in row)
            resource = next(row[name] for name in ("resourceid", "instanceid", "instancename") if name in row)
            for sums, key in ((by_account, account), (by_resource, resource)):
                sums[key.lower()] = [
                    EXACT.add(a, b) for a, b in zip(sums[key.lower()], (billed, effective), strict=True)
                ]
    return by_account, by_resource


@pytest.mark.parametrize("name", LOADED)
def test_example_loads_to_the_last_digit(name: str, shared_data: Path, read: Any) -> None:
    path = shared_data / "azure" / name
    loaded = read(path)
    lines = conform(azure_cost.normalise([loaded.file], {}).lines).collect()
    for column, wanted in zip(("SubAccountId", "ResourceId"), by_hand(path), strict=True):
        got: Sums = {}
        for key, billed, effective in (
            lines.group_by(column).agg(pl.col("BilledCost", "EffectiveCost").sum()).iter_rows()
        ):
            got[key] = [billed, effective]
        # What lies beyond 18 places is cut by the reader and reported by it.
        assert got.keys() == wanted.keys()
        beyond = loaded.cut.get("Cost", Decimal(0))
        for index in (0, 1):
            whole = EXACT.add(sum((sums[index] for sums in got.values()), Decimal(0)), beyond)
            by_reader = sum((sums[index] for sums in wanted.values()), Decimal(0))
            assert whole == by_reader
            for key, sums in wanted.items():
                assert (
                    abs(got[key][index] - sums[index]) <= Decimal("2e-18") if beyond else got[key][index] == sums[index]
                )


def test_services_of_the_example(shared_data: Path, read: Any) -> None:
    loaded = read(shared_data / "azure" / "ea_amortized_2023-09.csv")
    result = azure_cost.normalise([loaded.file], {})
    lines = conform(result.lines).collect()
    assert lines.group_by("ServiceName").len().sort("ServiceName").rows() == [
        ("Azure DB for MySQL", 1),
        ("Azure Machine Learning", 5),
        ("Azure Monitor", 2),
        ("Azure SQL Database", 7),
        ("Key Vault", 1),
        ("Storage Accounts", 3),
        ("Virtual Machine Scale Sets", 3),
        ("Virtual Machines", 5),
        ("Virtual Network", 1),
    ]
    assert lines["RegionId"].null_count() == 1 and set(lines["ChargeCategory"]) == {"Usage"}
    (warning,) = result.warnings
    assert "purchases are missing" in warning


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("BOM.csv", r"BOM\.csv, row 1, column Cost: the row has no amount\."),
        (
            "MissingBrackets.csv",
            r"MissingBrackets\.csv, row 1, column BillingCurrency: .* in which currency its costs are",
        ),
    ],
)
def test_example_refused(name: str, reason: str, shared_data: Path, read: Any) -> None:
    loaded = read(shared_data / "azure" / "header_variants" / name)
    with pytest.raises(FormatError, match=reason):
        azure_cost.normalise([loaded.file], {})


def test_missing_brackets_loads_with_the_currency_said(shared_data: Path, read: Any) -> None:
    loaded = read(shared_data / "azure" / "header_variants" / "MissingBrackets.csv")
    line = conform(azure_cost.normalise([loaded.file], {"currency": "EUR"}).lines).collect().row(0, named=True)
    assert (line["BilledCost"], line["ListCost"], line["BillingCurrency"]) == (4, 5, "EUR")
    assert '"aksEngineVersion":"aks-release-v0.47.0-1-aks"' in line["Tags"]


def test_every_example_is_covered(shared_data: Path) -> None:
    folder = shared_data / "azure"
    found = {path.relative_to(folder).as_posix() for path in folder.rglob("*.csv")}
    assert found == {*LOADED, "header_variants/BOM.csv", "header_variants/MissingBrackets.csv"}
