"""Values per day: what they are divided by, and that each is divided once."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Context, Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.metrics import oracle
from tests.warehouse.metrics.fake_store import NOW, Estate, FakeSource, FakeStore, Line, estates
from warehouse.metrics import Access, answer, parse

ME = Access("tester")
DAY = timedelta(days=1)
WIDE = Context(prec=100)
LAW = settings(max_examples=max(30, settings().max_examples // 2))


def line(day: str, amount: str, dim: int = 0, **amounts: str) -> Line:
    numbers = {"effective_cost": amount, "billed_cost": amount, **amounts}
    decimals = {name: Decimal(number) for name, number in numbers.items()}
    return Line(day=date.fromisoformat(day), period=day[:7], amounts=decimals, dim=dim)


ESTATE = Estate(
    lines=(
        line("2026-09-01", "1"),
        line("2026-10-10", "31", pricing_quantity="62", consumed_quantity="0"),
        line("2026-10-31", "1", dim=1),
        line("2026-11-02", "2"),
        line("2026-11-18", "1000"),
    ),
    dims=({"service": "Compute"}, {"service": "Store"}),
    items=({"pricing_unit": "Hours", "consumed_unit": "Hours"},),
)


def ask(text: str, estate: Estate = ESTATE) -> dict[str, Any]:
    return answer(parse(text), ME, FakeStore(estate, (FakeSource("north"),)), NOW).document()


def rounded(amount: Decimal, days: int) -> Decimal:
    exact = WIDE.divide(amount, Decimal(days))
    return exact.quantize(Decimal("1e-18"), rounding=ROUND_HALF_EVEN, context=WIDE)


def test_each_range_is_divided_by_its_own_days() -> None:
    document = ask("period=2026-10&compare=2026-09-01..2026-09-10&normalise=day")
    total = document["totals"][0]
    assert total["effective_cost"] == str(rounded(Decimal(32), 31))
    assert total["previous_effective_cost"] == "0.1"
    assert Decimal(total["change_effective_cost"]) == Decimal(total["effective_cost"]) - Decimal("0.1")
    assert total["change_percent_effective_cost"] == "932.3"


def test_columns_say_so() -> None:
    document = ask("measures=effective_cost,effective_rate,share&period=2026-10&compare=previous&normalise=day")
    columns = {column["name"]: column for column in document["columns"]}
    assert columns["effective_cost"]["label"] == "Effective cost per day"
    assert columns["previous_effective_cost"]["label"] == "Effective cost per day, before"
    assert {name for name, column in columns.items() if column.get("per") == "day"} == {
        "effective_cost", "previous_effective_cost", "change_effective_cost",
    }  # fmt: skip
    assert columns["effective_rate"]["label"] == "Effective rate"


def test_rates_and_shares_stay_as_they_are() -> None:
    words = "measures=effective_cost,pricing_quantity,effective_rate,share&by=service&period=2026-10"
    plain, daily = (ask(words + more)["rows"] for more in ("", "&normalise=day"))
    assert [(row["effective_rate"], row["share"]) for row in daily] == [
        (row["effective_rate"], row["share"]) for row in plain
    ]
    assert daily[0]["pricing_quantity"] == "2"


def test_a_bucket_is_divided_by_its_days_within_the_range() -> None:
    document = ask("period=2026-10-10..2026-11-04&grain=month&normalise=day")
    assert [(row["month"], row["effective_cost"]) for row in document["rows"]] == [
        ("2026-10-01", str(rounded(Decimal(32), 22))),
        ("2026-11-01", "0.5"),
    ]


def test_a_bucket_that_no_compared_day_lies_on_has_no_value_before() -> None:
    document = ask("period=2026-10&compare=2026-09-01..2026-09-10&grain=week&normalise=day")
    by_week = {row["week"]: row["previous_effective_cost"] for row in document["rows"]}
    assert by_week == {"2026-09-28": "0.25", "2026-10-05": "0", "2026-10-26": None}


def test_incomplete_days_are_left_out() -> None:
    document = ask("period=2026-11&normalise=day&incomplete=include")
    assert document["period"] == {"start": "2026-11-01", "end": "2026-11-18"}
    assert document["totals"][0]["effective_cost"] == str(rounded(Decimal(2), 17))
    assert "Incomplete days are left out of values per day." in document["warnings"]


def test_days_before_the_first_load_are_named() -> None:
    estate = Estate(lines=(line("2026-11-02", "2"),), dims=ESTATE.dims, items=ESTATE.items)
    source = FakeSource("north", first_day=date(2026, 11, 2))
    query = parse("period=2026-10-20..2026-11-08&normalise=day")
    document = answer(query, ME, FakeStore(estate, (source,)), NOW).document()
    assert document["totals"][0]["effective_cost"] == "0.1"
    assert any("2026-11-02" in warning for warning in document["warnings"])


@pytest.mark.parametrize("period", ["all", "2026-01"])
def test_nothing_loaded_is_nothing(period: str) -> None:
    store = FakeStore(Estate(()), (FakeSource("new", first_day=None, data_to=None),))
    document = answer(parse(f"period={period}&normalise=day&grain=day"), ME, store, NOW).document()
    assert (document["rows"], document["totals"]) == ([], [])


@given(estates(), st.sampled_from(["", "&grain=week", "&grain=month"]), st.sampled_from(["2026-10", "all"]))
@LAW
def test_rows_and_totals_are_the_sums_divided_once(estate: Estate, grain: str, period: str) -> None:
    text = f"measures=billed_cost,effective_cost&by=service&period={period}{grain}"
    store = FakeStore(estate)
    daily = answer(parse(text + "&normalise=day"), ME, store, NOW).document()
    if daily["period"]["start"] is None:
        assert daily["rows"] == []
        return
    start, end = (date.fromisoformat(daily["period"][name]) for name in ("start", "end"))
    query = parse(text)
    sums = oracle.sums(estate, query, start, end)
    days: dict[str | None, int] = {}
    day = start
    while day < end:
        probe = oracle.bucket(query, Line(day=day, period=f"{day:%Y-%m}"))
        days[probe] = days.get(probe, 0) + 1
        day += DAY
    found = oracle.answered(daily, query)
    assert set(found) == set(sums)
    for key, amounts in sums.items():
        for name, amount in amounts.items():
            assert found[key][name] == (None if amount is None else rounded(amount, days[key[0]]))
    whole = parse(text.replace(grain, "").replace("&by=service", ""))
    for key, amounts in oracle.sums(estate, whole, start, end).items():
        total = next(row for row in daily["totals"] if row["currency"] == key[-1])
        for name, amount in amounts.items():
            assert (total[name] and Decimal(total[name])) == (
                None if amount is None else rounded(amount, (end - start).days)
            )
