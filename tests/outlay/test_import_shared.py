"""Every example bill, through the whole path: it loads to the last digit, or is refused for its own reason."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import plain_sums
from spine import answered, open_store, stored, take, totals

from outlay.child import ChildError, ChildLimits, Worker
from warehouse.store import Store

SPEC = "focus/spec_examples/"
VIRTUAL = [f"{SPEC}virtual_currency_pricing_model_{name}.csv" for name in ("a1", "a2", "b2", "b3", "c")]
LOADED = {
    "aws/cur_legacy_2023-11.csv": plain_sums.aws_legacy,
    **{
        f"azure/{name}.csv": None
        for name in ("ea_amortized_2023-09", *(f"header_variants/{variant}" for variant in ("Enterprise",
            "EnterpriseCamel", "German", "PayAsYouGo", "YA")))
    },
    "focus/focus_1_0_sample_1000.csv": plain_sums.focus,
    **dict.fromkeys([f"{SPEC}saas_spend_agreements_a1.csv", f"{SPEC}saas_spend_agreements_a2.csv"], plain_sums.focus),
    **dict.fromkeys(VIRTUAL, plain_sums.focus),
    "gcp/detailed_2022-08-01.csv": plain_sums.google,
}  # fmt: skip
TOTALS = {
    "aws/cur_legacy_2023-11.csv": ("1.6823086974", "1.6823086974"),
    "focus/focus_1_0_sample_1000.csv": ("20.52022672899", "14.97651418586"),
    "gcp/detailed_2022-08-01.csv": ("0.000012", "0.000012"),
}
"""Sums that the data's own description names, and one added up by hand."""

NO_ACCOUNT = ("mandatory FOCUS columns are missing: BillingAccountId, BillingCurrency, ServiceName", "Export the file")
DOLLARS = ("row 1, column BilledCost", "a currency sign and thousands separators", "write plain digits")
UNKNOWN = ("is of no known format", "--format")
PARTS = (
    "commitment_discount_purchase_scenario_",
    "commitment_discount_usage_scenario_",
    "one_hundred_",
    "zero_percent",
)
REFUSED = {
    "README.md": ("the header has one column only", "Export with a header row"),
    "azure/header_variants/BOM.csv": ("row 1, column Cost: the row has no amount", "Export the month again"),
    "azure/header_variants/MissingBrackets.csv": ("row 1, column BillingCurrency", "in which currency", "currency=EUR"),
    f"{SPEC}saas_spend_agreements_b1.csv": ("row 1, column ServiceName: must not be empty",),
    f"{SPEC}saas_spend_agreements_b2.csv": ("row 1, column ServiceName: must not be empty",),
    **{f"{SPEC}simple_saas_agreements_{name}.csv": DOLLARS for name in ("a1", "a2", "a3", "b", "c")},
    f"{SPEC}virtual_currency_pricing_model_b1.csv": ("row 1, column EffectiveCost: '0.00 '", "blanks around it"),
}


def reasons(name: str) -> tuple[str, ...]:
    if name.startswith("lookups/"):
        return UNKNOWN
    return NO_ACCOUNT if name.removeprefix(SPEC).startswith(PARTS) else REFUSED[name]


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(ChildLimits()) as one:
        yield one


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("shared") / "data")
    yield opened
    opened.close()


@pytest.mark.parametrize("name", LOADED)
def test_loads_to_the_last_digit(name: str, store: Store, worker: Worker, shared_data: Path) -> None:
    path = shared_data / name
    by_hand = LOADED[name]
    charges = by_hand(path) if by_hand else plain_sums.azure(path, shared_data / "lookups/azure_services.csv")
    expected, beyond_billed, beyond_effective = plain_sums.sums(charges)
    done = take(store, worker, path, source=path.stem)
    assert done.state == "live"
    assert stored(store, path.stem) == answered(store, path.stem) == expected
    residues = {Decimal(text) for load in done.loads for key, text in load.facts["residues"].items() if "Cost" in key}
    assert residues == ({beyond_effective} if beyond_effective else set())
    assert beyond_billed in (0, beyond_effective)
    if name in TOTALS:
        assert totals(expected) == tuple(map(Decimal, TOTALS[name]))
    counts = done.loads[0].facts["counts"]
    assert counts["received"] == counts["mapped"] == sum(load.facts["rows"] for load in done.loads)


def test_every_other_file_is_refused_with_its_reason(store: Store, worker: Worker, shared_data: Path) -> None:
    names = {path.relative_to(shared_data).as_posix() for path in shared_data.rglob("*") if path.is_file()}
    assert set(LOADED) <= names and set(REFUSED) <= names
    before = store.state.live()
    for name in sorted(names - set(LOADED)):
        with pytest.raises(ChildError) as refused:
            take(store, worker, shared_data / name, source="refused")
        said = f"{refused.value} {refused.value.next_step}"
        assert Path(name).name in said
        for words in reasons(name):
            assert words in said, name
    assert store.state.live() == before


def test_what_an_answer_must_say_of_a_half_bill_is_in_its_warnings(
    store: Store, worker: Worker, shared_data: Path
) -> None:
    done = take(store, worker, shared_data / "azure/ea_amortized_2023-09.csv", source="ea_amortized_2023-09")
    (warning,) = done.loads[0].facts["warnings"]
    assert "only the amortized export was loaded" in warning


def test_quantities_of_real_rows_times_their_price_are_their_cost(
    store: Store, worker: Worker, shared_data: Path
) -> None:
    """0.1351 of "10K" at 0.0005: the quantity is in blocks already, and 1351 were consumed."""
    done = take(store, worker, shared_data / "azure/ea_amortized_2023-09.csv", source="ea_amortized_2023-09")
    rows = [store.line(done.loads[0], number) for number in range(28)]
    blocks = [row for row in rows if row and row["PricingUnit"] == "10000 Units"]
    assert {(row["PricingQuantity"], row["ConsumedQuantity"]) for row in blocks} >= {
        (Decimal("0.1351"), Decimal(1351)), (Decimal("0.0004"), Decimal(4))
    }  # fmt: skip
    for row in rows:
        if row and not row["CommitmentDiscountId"]:
            product = row["ContractedUnitPrice"] * row["PricingQuantity"]
            assert abs(product - row["ContractedCost"]) < Decimal("1e-14")
