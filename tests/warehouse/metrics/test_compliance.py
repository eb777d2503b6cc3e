"""Laws of compliance: what is judged is what the question answers, to the last digit, in each currency."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.warehouse.metrics.fake_store import DAYS, NOW, WORDS, Estate, FakeStore, Line, estates
from warehouse.attribution import load_rules
from warehouse.attribution.model import ALWAYS, TAG, AnyOf, Check, Condition
from warehouse.attribution.policies import RequiredKey, TagPolicy, load_policies
from warehouse.attribution.policies.model import SCOPED
from warehouse.focus import total
from warehouse.metrics import CATALOGUE, Access, CostQuery, Filter, Match, answer, parse
from warehouse.metrics.compliance import compliance

ME = Access("tester")
LAW = settings(max_examples=max(12, settings().max_examples // 5))
SCOPES = ("service", "team", "provider", "tag.a:b,c")


@st.composite
def policies(draw: st.DrawFn) -> tuple[TagPolicy, Filter | None]:
    """A policy with the filter that says the same as its scope."""
    words = tuple(draw(st.lists(WORDS.filter(str.strip), min_size=1, max_size=2, unique=True)))
    column = draw(st.sampled_from(SCOPES))
    when, scope = draw(
        st.sampled_from(
            [
                (ALWAYS, None),
                (Check(column, "equals", words), Filter(column, tuple(Match("is", word) for word in words))),
            ]
        )
    )
    start, end = sorted([draw(DAYS), draw(DAYS) + timedelta(days=40)])
    allowed: Condition = draw(st.sampled_from([ALWAYS, AnyOf((Check("tag.env", "equals", words),))]))
    keys = (RequiredKey("env", allowed), RequiredKey("a:b,c"))
    return TagPolicy("p", keys, when, valid_from=start, valid_to=end + timedelta(days=1)), scope


@LAW
@given(estates(), policies(), st.sampled_from(["none", "month"]), st.sampled_from(["effective_cost", "billed_cost"]))
def test_what_is_judged_is_the_answer(
    estate: Estate, found: tuple[TagPolicy, Filter | None], grain: Any, measure: str
) -> None:
    policy, scope = found
    store: Any = FakeStore(estate)
    judged = compliance(CostQuery(measures=(measure,), period="all", grain=grain), [policy], ME, store, NOW)
    for row in judged.rows.iter_rows(named=True):
        assert total([row["compliant"], row["missing"], row["not_allowed"]]) == row["judged"]
    days = f"{policy.valid_from}..{policy.valid_to - timedelta(days=1)}"
    where = (scope,) if scope else ()
    whole = answer(CostQuery(measures=(measure,), where=where, period=days, incomplete="include"), ME, store, NOW)
    expected = {row["currency"]: row[measure] or Decimal(0) for row in whole.totals.iter_rows(named=True)}
    for key in ("", "env", "a:b,c"):
        sums: dict[str, Decimal] = {}
        for row in judged.rows.filter(pl.col("key") == key).iter_rows(named=True):
            sums[row["currency"]] = total([sums.get(row["currency"], Decimal(0)), row["judged"]])
        assert sums == expected
    gone = Filter("tag.env", (Match("none"),))
    bare = answer(
        CostQuery(measures=(measure,), where=(*where, gone), period=days, incomplete="include"), ME, store, NOW
    )
    told = {row["currency"]: row[measure] or Decimal(0) for row in bare.totals.iter_rows(named=True)}
    missing: dict[str, Decimal] = {}
    for row in judged.rows.filter(pl.col("key") == "env").iter_rows(named=True):
        missing[row["currency"]] = total([missing.get(row["currency"], Decimal(0)), row["missing"]])
    assert {code: amount for code, amount in missing.items() if amount} == {c: a for c, a in told.items() if a}


def lines(*days: date) -> Estate:
    dims = ({"tags": {"env": "prod", "team": "x"}}, {"tags": {"env": "what"}}, {"tags": {"env": " "}}, {"tags": {}})
    amounts = ("10", "-4", "2.5", "1")
    return Estate(
        tuple(
            Line(day=day, period=f"{day:%Y-%m}", dim=place, amounts={"effective_cost": Decimal(amount)})
            for day in days
            for place, amount in enumerate(amounts)
        ),
        dims,
    )


def test_a_policy_judges_its_days_alone_and_credits_keep_their_sign() -> None:
    text = """
policies:
  - {id: first, keys: {env: {values: [Prod]}, team: {}}, valid_from: 2026-09-10, valid_to: 2026-10-02}
  - {id: later, keys: {env: {}}, valid_from: 2027-01-01}
"""
    rules = load_rules("", "tag_keys: {env: {}}\n")
    store: Any = FakeStore(lines(date(2026, 9, 9), date(2026, 9, 10), date(2026, 10, 1), date(2026, 10, 2)))
    found = compliance(parse("period=all&grain=month"), load_policies(text, rules.tag_keys), ME, store, NOW)
    names = ("month", "key", "judged", "compliant", "missing", "not_allowed", "compliant_percent")
    rows = [tuple(map(str, row)) for row in found.totals.select(names).iter_rows()]
    amounts = {month: [row for row in rows if row[0] == month] for month in ("2026-09-01", "2026-10-01")}
    for month, (together, env, team) in amounts.items():
        assert [float(cell) for cell in together[2:]] == [9.5, 10, -0.5, 0, 105.3], month
        assert [float(cell) for cell in env[2:]] == [9.5, 10, 3.5, -4, 105.3], month
        assert [float(cell) for cell in team[2:]] == [9.5, 10, -0.5, 0, 105.3], month


def test_scopes_read_what_questions_group_by() -> None:
    assert {name for name in SCOPED if not CATALOGUE.knows(name)} == set()
    assert CATALOGUE.knows(TAG + "any")
