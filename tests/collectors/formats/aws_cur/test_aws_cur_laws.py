"""Money is conserved and every row accounted for, whatever is mixed into a report."""

from __future__ import annotations

import tempfile
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from tests.collectors.formats.aws_cases import check_laws, lines, normalised, raw_rows, read, write_rows

HERE = Path(__file__).parent
POOL = [
    row
    for case in ("usage", "savings_plans", "reservations", "other_charges", "discount_rows", "split_and_capacity")
    for row in raw_rows(HERE / case / "raw.csv")
]
SPLIT = "splitLineItem/ParentResourceId"

amounts = st.decimals(min_value=-(10**9), max_value=10**9, places=10).map(lambda value: format(value, "f"))
changes = st.fixed_dictionaries(
    {
        "lineItem/UnblendedCost": st.one_of(st.just("0"), amounts, st.just("1E-18")),
        "bill/PayerAccountId": st.sampled_from(["000000000001", "000000000002"]),
        "lineItem/CurrencyCode": st.sampled_from(["USD", "CNY"]),
        "lineItem/UsageAmount": st.sampled_from(["", "0", "0.000000001", "3", "100000000000"]),
    },
    optional={"bill/BillingPeriodStartDate": st.just("2026-08-01T00:00:00Z")},
)
rows = st.tuples(st.sampled_from(POOL), changes).map(lambda pair: pair[0] | pair[1])
reports = st.lists(rows, min_size=1, max_size=15)


def measure(rows: list[dict[str, str]]) -> dict[tuple[str, str, str], Decimal]:
    """Unblended cost of every row that is no split, by payer, currency and month, without the product's code."""
    sums: dict[tuple[str, str, str], Decimal] = defaultdict(Decimal)
    for row in rows:
        if not row.get(SPLIT) and row["lineItem/LineItemType"] != "SplitLineItem":
            key = (row["bill/PayerAccountId"], row["lineItem/CurrencyCode"], row["bill/BillingPeriodStartDate"][:7])
            sums[key] += Decimal(row["lineItem/UnblendedCost"])
    return sums


@given(reports)
def test_what_was_billed_is_what_the_rows_say(rows: list[dict[str, str]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        work = Path(folder)
        result = normalised("aws-cur", read(write_rows(work / "raw.csv", rows), "aws-cur", work))
        found = lines(result)
        check_laws(result, found, len(rows))
        control = {tuple(row[:3]): row[3] for row in result.control.collect().rows()}
        assert control == {key: amount for key, amount in measure(rows).items() if key in control or amount}
        assert found.filter(x_LineItemType="SavingsPlanNegation").is_empty()
