"""Actual or amortized, pair or single: what each file is taken for and which of its rows count."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from collectors.formats import FormatError, Normalised, azure_cost
from warehouse.focus import conform, plain

BASE = {
    "BillingAccountId": "77",
    "BillingPeriodStartDate": "09/01/2026",
    "BillingPeriodEndDate": "09/30/2026",
    "SubscriptionId": "s-1",
    "Date": "09/02/2026",
    "MeterCategory": "Virtual Machines",
    "ConsumedService": "Microsoft.Compute",
    "Quantity": "1",
    "UnitOfMeasure": "1 Hour",
    "CostInBillingCurrency": "1",
    "BillingCurrency": "EUR",
    "ChargeType": "Usage",
    "PricingModel": "OnDemand",
    "benefitId": "",
}
BENEFIT = "/providers/Microsoft.Capacity/reservationOrders/o/reservations/r"
OCTOBER = {"BillingPeriodStartDate": "10/01/2026", "BillingPeriodEndDate": "10/31/2026", "Date": "10/02/2026"}


def row(cost: str, **changes: str) -> dict[str, str]:
    return {**BASE, "CostInBillingCurrency": cost, **changes}


def reserved(cost: str, kind: str = "Usage", **changes: str) -> dict[str, str]:
    return row(cost, ChargeType=kind, PricingModel="Reservation", benefitId=BENEFIT, **changes)


PLAIN = [row("2.5"), row("-0.5", Date="09/03/2026")]
AMORTIZED = [*PLAIN, reserved("0.3"), reserved("0.7", "UnusedReservation")]
ACTUAL = [*PLAIN, reserved("0"), reserved("30", "Purchase")]


@pytest.fixture
def bill(read: Any, write: Any) -> Any:
    """Files (name -> rows) to a result; `manifests` by name, settings as keywords."""

    def normalised(files: dict[str, Any], manifests: dict[str, Any] | None = None, **settings: str) -> Normalised:
        told = manifests or {}
        return azure_cost.normalise([read(write(n, r), told.get(n)).file for n, r in files.items()], settings)

    return normalised


def sums(result: Normalised) -> tuple[str, str, int]:
    lines = conform(result.lines).collect()
    billed = lines["BilledCost"].sum()
    assert result.control.collect()["BilledCost"].sum() == billed
    return plain(Decimal(billed)), plain(Decimal(lines["EffectiveCost"].sum())), len(lines)


def test_pair_by_content_whatever_the_names(bill: Any) -> None:
    for files in ({"a.csv": AMORTIZED, "b.csv": ACTUAL}, {"a.csv": ACTUAL, "b.csv": AMORTIZED}):
        result = bill(files)
        assert sums(result) == ("32", "3", 5)
        assert result.left_out.collect().rows() == [
            ("skipped", "row of the actual export that the amortized export carries", 1),
            ("skipped", "row of the amortized export that the actual export carries", 2),
        ]
        assert result.warnings == ()


def test_manifest_wins_over_the_name(bill: Any) -> None:
    told = {"actual.csv": {"dataset": "amortized"}, "amortized.csv": {"dataset": "actual"}}
    assert sums(bill({"actual.csv": AMORTIZED, "amortized.csv": ACTUAL}, told)) == ("32", "3", 5)


def test_amortized_alone_warns(bill: Any) -> None:
    result = bill({"a.csv": AMORTIZED})
    assert sums(result) == ("2", "3", 4)
    assert result.warnings == (
        "Azure, account 77, 2026-09: only the amortized export was loaded. Reservation and savings plan purchases are "
        "missing from billed cost.",
    )


def test_actual_alone_warns_and_hides_no_money(bill: Any) -> None:
    result = bill({"a.csv": ACTUAL})
    assert sums(result) == ("32", "32", 4)
    assert result.warnings == (
        "Azure, account 77, 2026-09: only the actual export was loaded. Effective cost is not amortised: it equals "
        "billed cost, with reservation and savings plan purchases on their day and nothing on the usage.",
    )


def test_months_are_paired_one_by_one(bill: Any) -> None:
    result = bill({"am.csv": AMORTIZED, "ac.csv": [*ACTUAL, *[{**one, **OCTOBER} for one in ACTUAL]]})
    assert sums(result) == ("64", "35", 9)
    (warning,) = result.warnings
    assert "2026-10: only the actual" in warning


def test_accounts_are_paired_one_by_one(bill: Any) -> None:
    other = [{**one, "BillingAccountId": "88"} for one in AMORTIZED]
    result = bill({"am.csv": [*AMORTIZED, *other], "ac.csv": ACTUAL})
    assert sums(result) == ("34", "6", 9)
    (warning,) = result.warnings
    assert "account 88, 2026-09: only the amortized" in warning


def test_without_commitments_either_reading_gives_the_same_lines(bill: Any) -> None:
    alone = bill({"bill.csv": PLAIN})
    assert sums(alone) == ("2", "2", 2) and alone.warnings == ()
    twins = bill({"one.csv": PLAIN, "two.csv": [*PLAIN][::-1]})
    assert sums(twins) == ("2", "2", 2) and twins.warnings == ()
    hinted = bill({"Sept_AmortizedCost.csv": PLAIN, "Sept_ActualCost.csv": PLAIN})
    assert sums(hinted) == ("2", "2", 2) and hinted.warnings == ()
    parts = bill({"one.csv": PLAIN[:1], "two.csv": PLAIN[1:]})
    assert sums(parts) == ("2", "2", 2)


def test_twin_without_commitments_beside_an_amortized_file(bill: Any) -> None:
    idle = [*PLAIN, reserved("0.7", "UnusedReservation")]
    result = bill({"x.csv": PLAIN, "y.csv": idle})
    assert sums(result) == ("2", "2.7", 3) and result.warnings == ()


def test_what_cannot_be_told_is_refused(bill: Any) -> None:
    with pytest.raises(FormatError, match=r"z\.csv: it cannot be told whether the file is a part of the amortized"):
        bill({"y.csv": AMORTIZED, "z.csv": [row("9")]})
    assert sums(bill({"y.csv": AMORTIZED, "z.csv": [row("9")]}, dataset="amortized")) == ("11", "12", 5)


def test_one_file_with_both_exports_is_refused(bill: Any) -> None:
    with pytest.raises(FormatError, match="Import the two exports as two files"):
        bill({"both.csv": [*AMORTIZED, *ACTUAL]})


def test_exports_of_different_hours_bill_what_the_actual_one_says(bill: Any) -> None:
    """An open month exported twice in a day: the invoice is the actual export's, the use of commitments the other's."""
    later = [*AMORTIZED, row("9"), reserved("0.2", Date="09/04/2026")]
    result = bill({"am.csv": later, "ac.csv": [*ACTUAL, row("3")]})
    assert sums(result) == ("35", "6.2", 7)
    (warning,) = result.warnings
    assert "account 77, 2026-09: the actual and the amortized export are of different hours" in warning
    assert "they come to 5 and 11 EUR. Billed cost is that of the actual export." in warning
    assert sum(result.left_out.collect()["rows"]) == 1 + 3


def test_older_exports_name_only_the_reservation(bill: Any) -> None:
    used = {**reserved("0.3"), "PricingModel": "", "benefitId": "", "ReservationId": "r-1"}
    lines = conform(bill({"a.csv": [used]}).lines).collect()
    assert lines.select("BilledCost", "EffectiveCost", "CommitmentDiscountId").row(0) == (0, Decimal("0.3"), "r-1")


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"CostInBillingCurrency": ""}, r"a\.csv, row 2, column Cost: the row has no amount"),
        ({"Date": ""}, r"a\.csv, row 2, column Date: the row has no date"),
        ({"BillingCurrency": ""}, r"a\.csv, row 2, column BillingCurrency: the file does not say in which currency"),
        ({"BillingAccountId": "", "SubscriptionId": ""}, r"a\.csv, row 2, column BillingAccountId: .* whose bill"),
    ],
)
def test_rows_unfit_to_load(bill: Any, change: dict[str, str], fault: str) -> None:
    with pytest.raises(FormatError, match=fault):
        bill({"a.csv": [row("1"), {**row("1"), **change}]})


def test_settings_stand_in_for_absent_columns(bill: Any) -> None:
    bare = [{k: v for k, v in row("1").items() if k not in ("BillingCurrency", "BillingAccountId", "SubscriptionId")}]
    bare = [{**one, "SubscriptionId": ""} for one in bare]
    result = bill({"a.csv": bare}, currency="chf", billing_account="mine")
    assert result.control.collect().rows() == [("mine", "CHF", "2026-09", Decimal(1))]


def test_rows_are_counted_against_the_manifest(bill: Any) -> None:
    with pytest.raises(FormatError, match=r"a\.csv: the file has 1 rows, its manifest says 2\."):
        bill({"a.csv": [row("1")]}, {"a.csv": {"dataset": "actual", "rows": 2}})


amounts = st.decimals(-1000, 1000, places=9).map(lambda amount: format(amount, "f"))
plain_rows = st.builds(
    row,
    amounts,
    ChargeType=st.sampled_from(["Usage", "Tax", "Credit", "Refund", "RoundingAdjustment", "Purchase"]),
    PricingModel=st.sampled_from(["OnDemand", "Spot", ""]),
    BillingCurrency=st.sampled_from(["EUR", "USD"]),
    Quantity=amounts,
    UnitPrice=st.sampled_from(["", "0", "0.1", "12.345678901"]),
    PayGPrice=st.sampled_from(["", "0", "0.2"]),
    EffectivePrice=st.sampled_from(["", "0.1"]),
    UnitOfMeasure=st.sampled_from(["1 Hour", "10K", "744 Connections", ""]),
)
used_rows = st.builds(reserved, amounts, st.sampled_from(["Usage", "UnusedReservation", "UnusedSavingsPlan"]))
bought_rows = st.builds(reserved, amounts, st.sampled_from(["Purchase", "Refund"]))


@settings(max_examples=20)
@given(st.lists(plain_rows, max_size=6), st.lists(used_rows, max_size=4), st.lists(bought_rows, max_size=3))
def test_any_mix_conserves_the_bill(
    read: Any, write: Any, others: list[dict[str, str]], used: list[dict[str, str]], bought: list[dict[str, str]]
) -> None:
    idle = [{**one, "CostInBillingCurrency": "0"} for one in used if one["ChargeType"] == "Usage"]
    rows = {"amortized": [*others, *used], "actual": [*others, *idle, *bought]}
    files = [read(write(f"{name}.csv", content), {"dataset": name}).file for name, content in rows.items() if content]
    if not files:
        return
    result = azure_cost.normalise(files, {})
    lines = conform(result.lines).collect()

    def total(content: list[dict[str, str]]) -> Decimal:
        return sum((Decimal(one["CostInBillingCurrency"]) for one in content), Decimal(0))

    effective = total(others) + total(used) + (0 if rows["amortized"] else total(bought))
    assert lines["BilledCost"].sum() == total(others) + total(bought) == result.control.collect()["BilledCost"].sum()
    assert lines["EffectiveCost"].sum() == effective
    assert sum(file.rows for file in files) == len(lines) + result.left_out.collect()["rows"].sum()
    assert lines.select("ListCost", "ContractedCost").null_count().row(0) == (0, 0)
    assert lines.filter((pl.col("ListUnitPrice") < 0) | (pl.col("ContractedUnitPrice") < 0)).is_empty()
