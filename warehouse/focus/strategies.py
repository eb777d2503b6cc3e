"""Hypothesis strategies for FOCUS frames: test support that ships with the language. Needs `hypothesis`."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import strategies as st

from warehouse.focus.columns import SCHEMA
from warehouse.focus.money import SCALE
from warehouse.focus.period import add_months

AMOUNTS = st.one_of(
    st.sampled_from([Decimal(0), Decimal(1).scaleb(-SCALE), -Decimal(1).scaleb(-SCALE), Decimal("1000000000000")]),
    st.decimals(min_value=-(10**6), max_value=10**6, places=SCALE, allow_nan=False, allow_infinity=False),
    st.decimals(min_value=-100, max_value=100, places=2, allow_nan=False, allow_infinity=False),
)
NAMES = st.one_of(
    st.sampled_from(["a", "Compute", "Block storage", "=1+1", 'quo"te', "new\nline", "ünïcode", "(none)", "a,b:c~d"]),
    st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"), min_size=1, max_size=12),
)
TAGS = st.dictionaries(st.sampled_from(["team", "Team", "env", "app", "a.b", "=x"]), NAMES, max_size=3)


@st.composite
def lines(draw: st.DrawFn, month: datetime = datetime(2026, 9, 1, tzinfo=UTC)) -> dict[str, Any]:
    """One FOCUS row of the billing month that begins at `month`: odd names, zero and negative amounts included."""
    end = datetime.combine(add_months(month.date(), 1), datetime.min.time(), UTC)
    start = month + timedelta(hours=draw(st.integers(0, 27 * 24)))
    hours = draw(st.sampled_from([1, 24, 24 * 3]))
    category = draw(st.sampled_from(["Usage", "Usage", "Usage", "Tax", "Credit", "Purchase", "Adjustment"]))
    quantity = draw(st.decimals(min_value=0, max_value=1000, places=9)) if category == "Usage" else None
    provider = draw(st.sampled_from(["North Cloud", "South Cloud"]))
    resource = draw(st.none() | NAMES)
    return {
        **dict.fromkeys(SCHEMA),
        **{name: draw(AMOUNTS) for name in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")},
        "BillingAccountId": draw(st.sampled_from(["0001", "0002"])),
        "BillingCurrency": draw(st.sampled_from(["USD", "USD", "EUR"])),
        "BillingPeriodStart": month,
        "BillingPeriodEnd": end,
        "ChargePeriodStart": start,
        "ChargePeriodEnd": start + timedelta(hours=hours),
        "ChargeCategory": category,
        "ChargeFrequency": "Usage-Based" if category == "Usage" else "One-Time",
        "ConsumedQuantity": quantity,
        "ConsumedUnit": None if quantity is None else draw(st.sampled_from(["Hours", "Hrs", "GB-Mo", "100 Hours"])),
        "InvoiceIssuerName": provider,
        "ProviderName": provider,
        "ServiceProviderName": provider,
        "PublisherName": provider,
        "ServiceName": draw(NAMES),
        "ServiceCategory": draw(st.sampled_from(["Compute", "Storage", "Other"])),
        "ResourceId": resource,
        "SubAccountId": draw(st.none() | st.sampled_from(["111", "222"])),
        "RegionId": draw(st.none() | st.sampled_from(["north-1", "south-1"])),
        "Tags": json.dumps(draw(TAGS), sort_keys=True, separators=(",", ":"), ensure_ascii=False),
    }


def frames(min_rows: int = 0, max_rows: int = 12, **options: Any) -> st.SearchStrategy[pl.DataFrame]:
    """FOCUS frames of one billing month with the full schema."""
    rows = st.lists(lines(**options), min_size=min_rows, max_size=max_rows)
    return rows.map(lambda found: pl.DataFrame(found, schema=pl.Schema(SCHEMA), orient="row"))
