"""Laws of explanations, on random estates: parts add up to the change, and the formulas agree with plain fractions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from typing import Any
from unittest import mock

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.metrics.explain import reference
from tests.warehouse.metrics.fake_store import NOW, Estate, FakeSource, FakeStore, Line
from warehouse.focus import Period
from warehouse.metrics import Access, QueryError, answer, parse
from warehouse.metrics.explain import Explained, cells, explain

ME = Access("tester")
UNIT = Fraction(1, 10**18)
BEFORE, AFTER = Period(date(2026, 9, 1), date(2026, 10, 1)), Period(date(2026, 10, 1), date(2026, 11, 1))
PERIODS = "period=2026-10&compare=previous"
BACK = "period=2026-09&compare=2026-10-01..2026-10-31"
SCOPES = ("", "&by=service", "&by=team", "&by=team,tag.env", "&by=charge_category,application", "&where=team:a",
          "&where=-tag.env:a&by=region", "&where=team:(none)&by=team", "&where=service:a&by=resource")  # fmt: skip
WORDS = st.sampled_from([None, "a", "b"])
MONEY = st.decimals(-50, 100, places=18) | st.sampled_from([Decimal(0), Decimal("0.000000000000000001"), Decimal(7)])
QUANTITY = st.none() | st.decimals(-1, 9, places=9) | st.sampled_from([Decimal(0), Decimal(1), Decimal(3), Decimal(24)])


def told(values: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


TAG_DAYS = (date(2026, 9, 20), date(2026, 10, 1))
ENV = st.dictionaries(st.just("env"), st.sampled_from(["a", "b"]))
DIM = st.fixed_dictionaries(
    {
        "provider": st.just("north"),
        "service": st.sampled_from(["a", "b"]),
        "region": WORDS,
        "resource": st.sampled_from([None, "r1", "r2"]),
        "charge_category": st.sampled_from(["Usage"] * 5 + ["Tax", "Credit", "Adjustment", "Purchase"]),
        "commitment": st.sampled_from([None, None, "c"]),
        "tags": ENV,
        **{f"from {day}": ENV for day in TAG_DAYS},
    }
).map(told)
ITEM = st.fixed_dictionaries(
    {
        "sku": st.sampled_from(["s", "s", "t", None]),
        "pricing_unit": st.sampled_from(["Hours", "Hours", "GiB", None]),
        "commitment_status": st.sampled_from([None, None, "Used", "Unused"]),
        "charge_class": st.sampled_from([None, None, None, "Correction"]),
    }
).map(told)


CUTS = (None, date(2026, 9, 2), date(2026, 9, 20), date(2026, 10, 10))
FEWER = settings(max_examples=20)
"""What the first law has tried already is not tried as often again."""


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    dims = draw(st.lists(DIM, min_size=1, max_size=5))
    items = draw(st.lists(ITEM, min_size=1, max_size=3))
    owner = st.fixed_dictionaries({"team": WORDS, "application": WORDS}).map(told)
    owners: dict[int, Any] = {}
    for dim in range(len(dims)):
        first, cut, second = (
            draw(owner),
            draw(st.sampled_from([None, *(date(2026, 9, d) for d in (2, 20))])),
            draw(owner),
        )
        whole = (date(1, 1, 1), date(9999, 12, 31))
        owners[dim] = [(*whole, first)] if cut is None else [(whole[0], cut, first), (cut, whole[1], second)]
    days = st.sampled_from([date(2026, 9, 1), date(2026, 9, 25), date(2026, 10, 1), date(2026, 10, 25)])
    lines = [
        Line(
            source=draw(st.sampled_from(["north", "south"])),
            period=f"{(day := draw(days)):%Y-%m}",
            day=day,
            currency=draw(st.sampled_from(["EUR", "EUR", "USD"])),
            dim=draw(st.integers(0, len(dims) - 1)),
            item=draw(st.integers(0, len(items) - 1)),
            amounts={"effective_cost": draw(MONEY), "billed_cost": draw(MONEY), "pricing_quantity": draw(QUANTITY)},
        )
        for _ in range(draw(st.integers(0, 14)))
    ]
    tag_days = draw(st.sampled_from([(), (), TAG_DAYS]))
    return Estate(tuple(lines), tuple(dims), tuple(items), owners, tag_days)


SOURCES = [FakeSource("north"), FakeSource("south", "South")]


def told_of(estate: Estate, text: str, sources: list[FakeSource] | None = None) -> Explained:
    return explain(parse(text), ME, FakeStore(estate, sources or SOURCES), NOW)


def causes(found: Explained) -> dict[str, dict[str, int]]:
    return {parts.currency: dict(parts.causes) for parts in found.currencies if parts.causes}


def assert_close(found: Explained, expected: reference.Totals, lines: int) -> None:
    """Each cell is rounded once, to units of 1e-18, for each cause."""
    got = causes(found)
    for currency in {*got, *expected}:
        names = {*got.get(currency, {}), *expected.get(currency, {})}
        for name in names:
            mine = Fraction(got.get(currency, {}).get(name, 0)) * UNIT
            right = expected.get(currency, {}).get(name, Fraction(0))
            assert abs(mine - right) <= UNIT * (lines + 1) * 4, (currency, name, float(mine), float(right))


def assert_adds_up(found: Explained) -> None:
    for parts in found.currencies:
        assert parts.residual == 0
        assert sum(parts.causes.values()) == parts.now - parts.before == sum(mover.amount for mover in parts.movers)
        if found.query.by:
            assert sum(group.before for group in parts.groups) == parts.before
            assert sum(group.now for group in parts.groups) == parts.now
        for group in parts.groups:
            assert sum(group.causes.values()) == group.now - group.before


@given(estates(), st.sampled_from(SCOPES), st.sampled_from(["effective_cost", "billed_cost", "list_cost"]))
def test_parts_add_up_and_agree_with_plain_fractions(estate: Estate, scope: str, measure: str) -> None:
    found = told_of(estate, f"measures={measure}&{PERIODS}{scope}")
    assert_adds_up(found)
    asked = reference.Asked(found.query, BEFORE, AFTER, reference.never)
    assert_close(found, reference.explained(estate, asked), len(estate.lines))


@FEWER
@given(estates(), st.sampled_from(SCOPES))
def test_sides_are_the_answers_to_the_question(estate: Estate, scope: str) -> None:
    text = f"{PERIODS}{scope}"
    found = told_of(estate, text)
    rows = answer(parse(text), ME, FakeStore(estate, SOURCES), NOW).document()
    names = list(found.query.by)

    def sides(row: dict[str, Any]) -> tuple[Fraction, Fraction]:
        return Fraction(row["previous_effective_cost"] or 0), Fraction(row["effective_cost"] or 0)

    totals = {row["currency"]: sides(row) for row in rows["totals"]}
    assert {parts.currency: (parts.before * UNIT, parts.now * UNIT) for parts in found.currencies} == totals
    if names:
        groups = {(row["currency"], *(row[name] for name in names)): sides(row) for row in rows["rows"]}
        assert {
            (parts.currency, *group.group.values): (group.before * UNIT, group.now * UNIT)
            for parts in found.currencies
            for group in parts.groups
        } == groups


@FEWER
@given(estates(), st.sampled_from(["", "&by=service", "&where=service:a"]))
def test_swapped_periods_swap_new_and_ended(estate: Estate, scope: str) -> None:
    there, back = causes(told_of(estate, PERIODS + scope)), causes(told_of(estate, BACK + scope))
    for currency in {*there, *back}:
        one, other = there.get(currency, {}), back.get(currency, {})
        assert one.get("new", 0) == -other.get("ended", 0)
        assert one.get("ended", 0) == -other.get("new", 0)
        for name in ("tax", "credit", "refund", "currency"):
            assert one.get(name, 0) == -other.get(name, 0)


@FEWER
@given(estates())
def test_what_changes_hands_between_groups_cancels_out(estate: Estate) -> None:
    """Within the few digits that three or more groups of one cell round apart."""
    for parts in causes(told_of(estate, PERIODS + "&by=team")).values():
        assert abs(parts.get("attribution", 0)) <= 2 * len(estate.lines)


@FEWER
@given(estates(), st.integers(1, 29))
def test_late_days_are_compared_by_nobody(estate: Estate, day: int) -> None:
    last = date(2026, 10, 1) + timedelta(days=day - 1)
    sources = [FakeSource("north"), FakeSource("south", "South", data_to=last)]
    found = told_of(estate, PERIODS, sources)
    assert_adds_up(found)
    if found.late:
        assert [(cut.source, cut.days) for cut in found.late] == [
            ("south", (date(2026, 9, 1) + timedelta(days=day), last + timedelta(days=1)))
        ]
    late = reference.after({cut.source: cut.days for cut in found.late})
    asked = reference.Asked(found.query, found.compare, found.period, late)
    assert_close(found, reference.explained(estate, asked), len(estate.lines))


@contextmanager
def folded(resources: int, groups: int) -> Iterator[None]:
    with mock.patch.object(cells, "RESOURCES_MAX", resources), mock.patch.object(cells, "GROUPS_MAX", groups):
        yield


@FEWER
@given(estates(), st.sampled_from(SCOPES), st.integers(0, 2), st.integers(0, 2))
def test_what_is_told_together_adds_up_too(estate: Estate, scope: str, resources: int, groups: int) -> None:
    with folded(resources, groups):
        found = told_of(estate, PERIODS + scope)
    assert_adds_up(found)
    whole = causes(told_of(estate, PERIODS + scope))
    for currency, parts in causes(found).items():
        for name in ("new", "ended", "tax", "credit", "refund", "currency", "late"):
            assert parts.get(name, 0) == whole.get(currency, {}).get(name, 0)


@FEWER
@given(estates(), st.lists(st.tuples(MONEY, st.sampled_from(["a", "b"]), st.sampled_from([9, 10])), max_size=4),
       st.sampled_from(["&by=team", "&where=team:a", "&where=team:a&by=pool", "&by=service"]))  # fmt: skip
def test_shared_cost_is_a_cause_of_its_own(estate: Estate, given: list[Any], scope: str) -> None:
    """Each share is given by one team and received by another, on one day."""
    store = FakeStore(estate, SOURCES)
    store.connection.execute("truncate splits")
    for amount, team, month in given:
        for owner, part in ((team, amount), ("c", amount.copy_negate())):
            store.connection.execute(
                "insert into splits (source, period, day, currency, provider, service, charge_category, team, pool,\n"
                "effective_cost) values ('north', $period, $day, 'EUR', 'north', 'a', 'Usage', $team, 'p', $cost)",
                {"period": f"2026-{month:02}", "day": date(2026, month, 3), "team": owner, "cost": part},
            )
    found = explain(parse(PERIODS + scope), ME, store, NOW)
    store.connection.execute("truncate splits")
    assert_adds_up(found)
    moved = {month: sum((Fraction(a) for a, team, when in given if team == "a" and when == month), Fraction(0))
             for month in (9, 10)}  # fmt: skip
    shared = causes(found).get("EUR", {}).get("shared", 0) * UNIT
    assert shared == (moved[10] - moved[9] if "where=team" in scope else 0)


@FEWER
@given(estates())
def test_access_only_takes_away(estate: Estate) -> None:
    """An explanation for a limited reader is that of the estate without what they may not see."""
    scope = parse("where=team:a").where
    limited = Access("team a", everything=False, where=scope)
    found = explain(parse(PERIODS + "&by=tag.env"), limited, FakeStore(estate, SOURCES), NOW)
    seen = Estate(
        tuple(line for line in estate.lines if estate.value(line, "team") == "a"),
        estate.dims,
        estate.items,
        estate.owners,
        estate.tag_days,
    )
    alone = told_of(seen, PERIODS + "&by=tag.env")
    assert causes(found) == causes(alone)
    assert [parts.movers for parts in found.currencies] == [parts.movers for parts in alone.currencies]


@pytest.mark.parametrize("text", ["period=2026-10", "period=2026-10&compare=previous&measures=pricing_quantity",
                                  "period=2026-10&compare=previous&known_on=2026-11-01"])  # fmt: skip
def test_what_cannot_be_explained_is_refused(text: str) -> None:
    with pytest.raises(QueryError) as refused:
        told_of(Estate((Line(amounts={"effective_cost": Decimal(1)}),)), text)
    assert refused.value.next_step
