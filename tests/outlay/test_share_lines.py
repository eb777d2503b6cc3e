"""Shared cost in files of lines: rows that add up to the answer of the same question, to the last digit."""

from __future__ import annotations

import sys
from collections import defaultdict
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from unittest.mock import patch

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from outlay import documents
from outlay.ruling import POOLS, RulesInForce
from tests.outlay.test_preview_pools import ORG, order, rules
from tests.warehouse.store.made import NOW, bill, put
from warehouse.focus import total
from warehouse.metrics import Access, all_lines, answer, line_shares, lines, parse, share_lines
from warehouse.store import Store

COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
QUESTIONS = (
    "", "where=team:a", "where=-team:a,b", "where=pool:~p", "where=allocation:shared", "where=cost_centre:(none)",
    "where=service:Block storage&where=team:(none)", "currency=EUR&where=team:c,platform", "where=resource:(none)",
    "where=application:app0", "basis=billing&period=2026-09&where=team:b", "period=2026-09-05..2026-09-20",
)  # fmt: skip
ME = Access("tester")


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """Odd lines of two sources, many of one day and one service, so that shares have lines to be divided over."""
    found = Store(tmp_path_factory.mktemp("lines"), RulesInForce, now=NOW)
    put(found, bill(40))
    names = {"ServiceName": "Block storage", "ServiceCategory": "Compute", "PricingUnit": "GB-Mo"}
    metered = bill(20, seed=3).with_columns(PricingQuantity=pl.lit(Decimal(3), pl.Decimal(38, 9)))
    put(found, metered.with_columns(pl.lit(text).alias(name) for name, text in names.items()), source="south")
    yield found
    found.close()


def listed(store: Store, query: str) -> pl.DataFrame:
    known = patch.object(share_lines, "loose", side_effect=AssertionError("a share that no line has a part of"))
    with known, all_lines(parse(query), ME, store, NOW, shares=True) as found:
        rows = pl.concat(list(found.batches))
        assert len(rows) == found.row_count
        sums = {row["currency"]: row for row in found.document["totals"]}
        for currency, part in rows.group_by("currency"):
            assert {name: Decimal(sums[currency[0]][name]) for name in COSTS} == {
                name: total(part[name]) for name in COSTS
            }
    return rows


@settings(max_examples=max(4, settings().max_examples // 250))
@given(seed=st.integers(0, 10**6), query=st.sampled_from(QUESTIONS))
def test_rows_of_lines_and_shares_add_up_to_the_answer(store: Store, seed: int, query: str) -> None:
    wanted = order(seed)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    query = query if "period=" in query else f"period=all&{query}"
    rows = listed(store, query)
    for by in ("team", "team,allocation,pool", "source,service"):
        found = answer(parse(f"by={by}&measures={','.join(COSTS)}&{query}"), ME, store, NOW).rows
        keys = [*by.split(","), "currency"]
        sums = {tuple(row[name] for name in keys): [row[name] for name in COSTS] for row in found.iter_rows(named=True)}
        mine = {key: [total(part[name]) for name in COSTS] for key, part in rows.group_by(keys)}
        shown = {key: amounts for key, amounts in mine.items() if any(amounts) or key in sums}
        assert shown == {key: amounts for key, amounts in sums.items() if any(amounts) or key in shown}
    if "where" not in query:
        shared = rows.filter(pl.col("allocation") == "shared")
        assert all(total(part[name]) == 0 for _, part in shared.group_by("id") for name in COSTS)


@pytest.mark.parametrize("which", ["true", "pool = 'special.credits'"])
def test_shares_of_an_older_program_are_divided_over_the_lines_of_their_key(store: Store, which: str) -> None:
    """They were made in other steps than the pools in force now have."""
    wanted = order(11)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    with store._database.transaction() as cursor:
        cursor.execute(f"update splits set step = step + 10 where {which}")
    with all_lines(parse("period=all"), ME, store, NOW, shares=True) as found:
        rows = pl.concat(list(found.batches))
        assert len(rows) == found.row_count
    sums = answer(parse("by=team,pool&period=all"), ME, store, NOW).rows
    shown = {key: total(part["effective_cost"]) for key, part in rows.group_by("team", "pool", "currency")}
    cells = sums.select("team", "pool", "currency", "effective_cost").iter_rows()
    assert shown == {tuple(cell): amount for *cell, amount in cells}
    (line, *_) = rows.filter(pl.col("allocation") == "shared")["id"]
    assert documents.line(store, line)
    store.publish(ORG, rules(1), author="test", now=NOW, files={})


NAMED = ("resource-1", "resource-3", "resource-4", "resource-7", "resource-8")
OWN = """
adjustments:
  - {id: margin, percent: -7.3, against: platform, when: {column: billing_account, equals: "0001"}}
  - {id: table, by: service, percents: {Block storage: 12.5, "a,b:c~d": 3}, against: d}
  - id: private
    by: billing_account
    rates: {"0002": 0.75}
    against: platform
    when: {column: provider, equals: South Cloud}
pools:
  - {id: half, teams: [platform], split: even, to: [a, b], when: {column: resource, equals: [RESOURCES]}}
  - {id: on, teams: [a], split: fixed, percent: {c: 100}}
"""


def made_of(line: dict[str, object]) -> dict[tuple[str, str | None], Decimal]:
    """(pool, team) -> effective cost that OWN makes of one line, by hand."""
    found: dict[tuple[str, str | None], Decimal] = defaultdict(Decimal)
    cost, team = line["effective_cost"], line["team"]

    def move(pool: str, giver: str | None, to: str | None, amount: Decimal) -> None:
        if giver != to:
            found[pool, to] += amount
            found[pool, giver] -= amount

    if line["billing_account"] == "0001":
        move("margin", "platform", team, cost * Decimal("-0.073"))
    if rate := {"Block storage": Decimal("0.125"), "a,b:c~d": Decimal("0.03")}.get(line["service"]):
        move("table", "d", team, cost * rate)
    if (line["billing_account"], line["provider"]) == ("0002", "South Cloud") and line["pricing_quantity"] is not None:
        move("private", "platform", team, line["pricing_quantity"] * Decimal("0.75") - cost)
    if team == "platform" and line["resource"] in NAMED:
        for other in ("a", "b"):
            move("half", team, other, cost / 2)
        move("on", "a", "c", cost / 2)
    if team == "a":
        move("on", team, "c", cost)
    return found


@settings(max_examples=max(4, settings().max_examples // 250))
@given(seed=st.integers(0, 10**6))
def test_a_line_has_its_own_part_and_none_of_what_it_is_outside_of(store: Store, seed: int) -> None:
    pools = OWN.replace("RESOURCES", ", ".join(NAMED))
    store.publish(ORG, rules(seed), author="test", now=NOW, files={POOLS: pools})
    rows = listed(store, "period=all")
    shown: dict[str, dict[tuple[str, str | None], Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for row in rows.filter(pl.col("allocation") == "shared").iter_rows(named=True):
        shown[row["id"]][row["pool"], row["team"]] += row["effective_cost"]
    for line in rows.filter(pl.col("allocation") == "direct").iter_rows(named=True):
        expected, own = made_of(line), shown[line["id"]]
        assert {key for key, amount in own.items() if amount} <= set(expected)
        assert all(abs(own[key] - amount) < Decimal("1e-17") for key, amount in expected.items())


def test_the_path_of_a_line_has_its_part_of_every_share(store: Store) -> None:
    wanted = order(11)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    rows = listed(store, "period=all").filter(pl.col("allocation") == "shared")
    several = [part for _, part in rows.group_by("id", maintain_order=True)][:5]
    for part in several:
        source, period, generation, number = part["id"][0].rsplit(":", 3)
        key = {"source": source, "period": period, "generation": int(generation), "line_no": int(number)}
        with store.read() as snapshot:
            shares = line_shares(snapshot, key)
        sums = {(row["pool"], row["team"]): Decimal(0) for row in part.iter_rows(named=True)}
        for share in shares:
            sums[share.pool, share.team] += share.effective_cost
            sums[share.pool, share.from_team] -= share.effective_cost
        assert sums == {key: total(of["effective_cost"]) for key, of in part.group_by("pool", "team")}
    shown = documents.line(store, several[0]["id"][0])
    told = [step.text for step in shown.path if step.stage == "pools"] if shown else []
    assert told and all(pool in " ".join(told) for pool in several[0]["pool"].unique())


def test_pages_list_lines_and_then_shares(store: Store) -> None:
    wanted = order(11)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    whole = listed(store, "period=all")
    assert whole.filter(pl.col("allocation") == "shared").height
    found, cursor = [], ""
    while cursor is not None:
        page = lines(parse(f"period=all&limit=37{cursor and f'&cursor={cursor}'}"), ME, store, NOW, shares=True)
        found, cursor = [*found, *page["rows"]], page["next"]
    assert len(found) == len(whole) and "shares=1" not in str(page["warnings"])
    for name in COSTS:
        assert sorted(Decimal(row[name]) for row in found) == sorted(whole[name])
    kinds = [row["allocation"] for row in found]
    assert kinds == sorted(kinds)


def test_a_share_stands_on_the_lines_of_who_gives_it(store: Store) -> None:
    org = "teams: [{key: platform}, {key: a}, {key: b}]\n"
    rules = (
        "dimensions: {team: {rules: [{id: c, when: {column: service_category, equals: Compute}, value: platform}]}}\n"
    )
    pools = "pools: [{id: half, teams: [platform], split: even, to: [a, b]}]\n"
    store.publish(org, rules, author="test", now=NOW, files={POOLS: pools})
    rows = listed(store, "period=all")
    direct = {row["id"]: row for row in rows.filter(pl.col("allocation") == "direct").iter_rows(named=True)}
    shared = rows.filter(pl.col("allocation") == "shared")
    assert len(shared) and set(shared["team"]) == {"platform", "a", "b"}
    alone = pl.len().over("source", "day", "currency", "service", "provider", "charge_category") == 1
    single = set(rows.filter(pl.col("allocation") == "direct").filter(alone)["id"])
    for row in shared.iter_rows(named=True):
        line, given = direct[row["id"]], row["team"] == "platform"
        assert line["team"] == "platform" and line["resource"] == row["resource"] and row["consumed_quantity"] is None
        if row["id"] in single:
            assert abs(row["billed_cost"] * 2 + (line["billed_cost"] if given else -line["billed_cost"])) < Decimal(
                "1e-9"
            )
