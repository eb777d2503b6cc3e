"""Each kind of legacy line item: raw rows in `<case>/raw.csv`, the lines they must become in `<case>/expected.csv`."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from collectors.formats import FormatError
from tests.collectors.formats.aws_cases import check_case, lines, normalised, raw_rows, read, write_rows

HERE = Path(__file__).parent
CASES = sorted(folder.name for folder in HERE.iterdir() if (folder / "raw.csv").exists())


@pytest.mark.parametrize("case", CASES)
def test_each_row_becomes_its_line(case: str, tmp_path: Path) -> None:
    check_case(HERE / case, "aws-cur", tmp_path)


def left_out(case: str, work: Path) -> list[tuple[str, str, int]]:
    return normalised("aws-cur", read(HERE / case / "raw.csv", "aws-cur", work)).left_out.collect().rows()


def test_negations_and_split_rows_are_accounted_for(tmp_path: Path) -> None:
    assert [(kind, rows) for kind, _, rows in left_out("savings_plans", tmp_path)] == [("folded", 3)]
    assert [(kind, rows) for kind, _, rows in left_out("split_and_capacity", tmp_path)] == [("skipped", 2)]
    assert left_out("usage", tmp_path) == []


def warnings(case: str, work: Path) -> tuple[str, ...]:
    return normalised("aws-cur", read(HERE / case / "raw.csv", "aws-cur", work)).warnings


def test_what_could_not_be_understood_is_said(tmp_path: Path) -> None:
    assert warnings("other_charges", tmp_path) == (
        "1 rows of unknown line item types count as adjustments: MysteryCharge.",
    )
    assert warnings("old_columns", tmp_path) == (
        "The file has no effective cost of reservations: their fees count when billed and are not spread.",
    )
    assert warnings("sellers", tmp_path) == ("Services of unknown category count as Other: Amazon Not Yet Known.",)
    assert warnings("savings_plans", tmp_path) == ()


@pytest.mark.parametrize("case", ["old_columns", "discount_rows", "other_charges", "usage", "sellers"])
def test_without_a_spread_commitment_effective_cost_is_billed_cost(case: str, tmp_path: Path) -> None:
    found = lines(normalised("aws-cur", read(HERE / case / "raw.csv", "aws-cur", tmp_path)))
    assert found["EffectiveCost"].sum() == found["BilledCost"].sum()


def test_a_fee_is_spread_to_the_last_digit(tmp_path: Path) -> None:
    """Plans without upfront payment: the recurring fees are the effective cost of what they cover and of the rest."""
    found = lines(normalised("aws-cur", read(HERE / "savings_plans" / "raw.csv", "aws-cur", tmp_path)))
    recurring = found.filter(ChargeCategory="Purchase", ChargeFrequency="Recurring")["BilledCost"].sum()
    covered = found.filter(ChargeCategory="Usage")["EffectiveCost"].sum()
    assert recurring == covered == Decimal("1.4")


def test_a_report_whose_net_and_gross_amounts_disagree_is_refused(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "discount_net" / "raw.csv")
    rows[0]["lineItem/NetUnblendedCost"] = "8.99"
    file = read(write_rows(tmp_path / "changed.csv", rows), "aws-cur", tmp_path)
    with pytest.raises(FormatError, match=r"payer 000123456789 for 2026-09 tells two totals in USD.*net 21\.5, "):
        normalised("aws-cur", file)


def test_rounding_to_ten_digits_is_no_disagreement(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "discount_net" / "raw.csv")
    rows[0]["lineItem/NetUnblendedCost"] = "9.0000000004"
    file = read(write_rows(tmp_path / "changed.csv", rows), "aws-cur", tmp_path)
    assert lines(normalised("aws-cur", file))["BilledCost"].sum() == Decimal("21.5100000004")


def test_each_payer_month_has_its_own_measure(tmp_path: Path) -> None:
    """A payer without discounts leaves the net column empty while another in the same file fills it."""
    rows = raw_rows(HERE / "discount_net" / "raw.csv")
    other = raw_rows(HERE / "discount_rows" / "raw.csv")
    for row in other:
        row["bill/PayerAccountId"] = "000000000077"
    found = lines(normalised("aws-cur", read(write_rows(tmp_path / "both.csv", rows + other), "aws-cur", tmp_path)))
    sums = dict(found.group_by("BillingAccountId").agg(pl.col("BilledCost").sum()).rows())
    assert sums == {"000123456789": Decimal("21.51"), "000000000077": Decimal("8.07")}


def test_files_of_one_report_may_have_different_columns(tmp_path: Path) -> None:
    files = [read(HERE / case / "raw.csv", "aws-cur", tmp_path) for case in ("usage", "savings_plans", "athena")]
    result = normalised("aws-cur", *files)
    assert lines(result)["BilledCost"].sum() == result.control.collect()["BilledCost"].sum()


def test_a_plan_is_paired_over_all_files_of_a_report(tmp_path: Path) -> None:
    rows = raw_rows(HERE / "savings_plans" / "raw.csv")
    halves = [write_rows(tmp_path / f"part-{i}.csv", rows[i::2]) for i in (0, 1)]
    found = lines(normalised("aws-cur", *(read(half, "aws-cur", tmp_path) for half in halves)))
    assert found.filter(x_Generated="savings plan residual")["BilledCost"].to_list() == [Decimal("0.01")]


def test_the_word_none_is_nothing(tmp_path: Path) -> None:
    """Some tools write it into empty fields; it is no reservation's name, so the fee is no upfront payment."""
    rows = raw_rows(HERE / "old_columns" / "raw.csv")[3:]
    rows[0]["reservation/ReservationARN"] = "None"
    found = lines(normalised("aws-cur", read(write_rows(tmp_path / "none.csv", rows), "aws-cur", tmp_path)))
    assert found.select("CommitmentDiscountId", "EffectiveCost").rows() == [(None, Decimal(500))]
