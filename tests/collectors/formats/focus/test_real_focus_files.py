"""Every FOCUS file of the example data loads with sums equal to the file's own, or is refused with its exact reason."""

from __future__ import annotations

import csv
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from outlay.child import ChildError, ChildLimits, ChildTask, TaskFile, Worker

LOADED = {
    "focus_1_0_sample_1000.csv",
    "saas_spend_agreements_a1.csv",
    "saas_spend_agreements_a2.csv",
    "virtual_currency_pricing_model_a1.csv",
    "virtual_currency_pricing_model_a2.csv",
    "virtual_currency_pricing_model_b2.csv",
    "virtual_currency_pricing_model_b3.csv",
    "virtual_currency_pricing_model_c.csv",
}
MISSING = "mandatory FOCUS columns are missing: BillingAccountId, BillingCurrency, ServiceName, ServiceProviderName"
REFUSED = {
    "commitment_discount": MISSING,
    "one_hundred_percent": MISSING,
    "zero_percent": MISSING,
    "saas_spend_agreements_b": "row 1, column ServiceName: must not be empty",
    "simple_saas_agreements": "row 1, column BilledCost: '$",
    "virtual_currency_pricing_model_b1": "row 1, column EffectiveCost: '0.00 ' is not an amount",
}


def sums_of_file(path: Path) -> dict[tuple[str, str, str], tuple[Decimal, Decimal]]:
    found: dict[tuple[str, str, str], tuple[Decimal, Decimal]] = defaultdict(lambda: (Decimal(0), Decimal(0)))
    with path.open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            key = (row["ProviderName"], row["ServiceName"], row["BillingAccountId"])
            billed, effective = found[key]
            found[key] = (billed + Decimal(row["BilledCost"]), effective + Decimal(row["EffectiveCost"]))
    return dict(found)


def sums_of_lines(paths: list[Path]) -> dict[tuple[str, str, str], tuple[Decimal, Decimal]]:
    lines = pl.scan_parquet(paths).group_by("ServiceProviderName", "ServiceName", "BillingAccountId")
    sums = lines.agg(pl.col("BilledCost").sum(), pl.col("EffectiveCost").sum()).collect()
    return {row[:3]: row[3:] for row in sums.rows()}


def test_every_file_loads_to_the_digit_or_says_why_not(shared_data: Path, tmp_path: Path) -> None:
    loaded = set()
    with Worker(ChildLimits()) as worker:
        for number, path in enumerate(sorted((shared_data / "focus").rglob("*.csv"))):
            out = tmp_path / str(number)
            out.mkdir()
            task = ChildTask((TaskFile(path, path.name, f"{number:064x}"),), out, format_name="focus")
            reason = next((text for start, text in REFUSED.items() if path.name.startswith(start)), None)
            if reason:
                with pytest.raises(ChildError) as caught:
                    worker.run(task)
                assert path.name in str(caught.value)
                assert reason in str(caught.value)
                continue
            result = worker.run(task)
            assert sums_of_lines([period.path for period in result.periods]) == sums_of_file(path), path.name
            loaded.add(path.name)
    assert loaded == LOADED


def test_the_large_sample_has_the_sums_it_is_known_for(shared_data: Path, tmp_path: Path) -> None:
    path = shared_data / "focus" / "focus_1_0_sample_1000.csv"
    with Worker(ChildLimits()) as worker:
        result = worker.run(ChildTask((TaskFile(path, path.name, "0" * 64),), tmp_path, format_name="focus"))
    assert [(period.period, period.rows) for period in result.periods] == [("2024-09", 999), ("2024-10", 1)]
    totals = {name: sum(period.sums[name]["USD"] for period in result.periods) for name in result.periods[0].sums}
    assert totals["BilledCost"] == Decimal("20.52022672899")
    assert totals["EffectiveCost"] == Decimal("14.97651418586")
    assert totals["ListCost"] == Decimal("20.39090575119")
