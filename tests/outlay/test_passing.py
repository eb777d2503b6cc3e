"""Cost that rules leave to nobody counts as passed on only where pools give all of it to teams."""

from __future__ import annotations

from decimal import Decimal

import polars as pl
import pytest

from outlay.passing import with_passed
from warehouse.attribution import Estate
from warehouse.attribution.pools import load_pools
from warehouse.focus import MONEY

POOLS = load_pools("pools: [{id: p, unallocated: true, split: even, to: [a, b]}]\n", None)
DIMS = pl.DataFrame({"dim": [1], "tag_set": [None]}, schema={"dim": pl.Int32, "tag_set": pl.Int32})
NO_TAGS = pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})


@pytest.mark.parametrize(
    ("freed", "given", "passed"),
    [("10", "10", True), ("10", "12", True), ("10", "9", False), ("10", "0", False),
     ("-10", "-10", True), ("-10", "-12", True), ("-10", "0", False), ("-10", "5", False)],
)  # fmt: skip
def test_all_of_it_or_none(freed: str, given: str, passed: bool) -> None:
    moved = pl.DataFrame(
        {
            "dim": [1, None],
            "period": ["2026-10"] * 2,
            "currency": ["EUR"] * 2,
            "pool": [None, "p"],
            "was": ["a", None],
            "becomes": [None, "b"],
            "amount": [Decimal(freed), Decimal(given)],
        },
        schema_overrides={"dim": pl.Int32, "amount": MONEY},
    )
    found = with_passed(moved, Estate(DIMS, NO_TAGS), POOLS, ())
    assert found["passed"].to_list() == [passed, False]
