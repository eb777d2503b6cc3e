"""The paths by which a total came to its owners: they add up to it, and each is the answer of its own question."""

from __future__ import annotations

import json
import random
import sys
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

sys.path.insert(0, str(Path(__file__).parent))

from api.documents.paths import CurrencyPaths, OwnerPath
from api.path_protocols import PathsAsked
from outlay.owner_paths import OwnerPaths
from outlay.rulebook import Rulebook
from outlay.ruling import POOLS, RulesInForce
from tests.outlay.test_preview_pools import order
from tests.warehouse.store.made import NOW, bill, put
from warehouse.focus import total
from warehouse.metrics import Access, all_lines, answer, parse
from warehouse.store import Periods, Store

ME = Access("tester")
COSTS = ("effective_cost", "billed_cost", "list_cost", "contracted_cost")
DIMENSIONS = ("team", "environment")
LINKS = 3
QUESTIONS = (
    "", "where=team:a", "where=-team:a,b", "where=pool:~p", "where=allocation:shared", "where=cost_centre:(none)",
    "where=service:Block storage&where=team:(none)", "currency=EUR&where=team:c,platform", "where=resource:(none)",
    "where=application:app0", "basis=billing&period=2026-09&where=team:b", "period=2026-09-05..2026-09-20",
    "where=service:Block storage", "where=-resource:(none)&where=team:a", "where=layer:rule", "where=tag.team:~",
)  # fmt: skip


def made(folder: Path) -> Store:
    """Odd lines of two sources and currencies, negative ones among them."""
    found = Store(folder, RulesInForce, now=NOW)
    put(found, bill(40))
    put(found, bill(20, seed=3).with_columns(ServiceName=pl.lit("Block storage"), ServiceCategory=pl.lit("Compute")),
        source="south")  # fmt: skip
    return found


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    found = made(tmp_path_factory.mktemp("paths"))
    yield found
    found.close()


def told(store: Store, query: str, dimension: str = "team") -> list[CurrencyPaths]:
    """With what every such document must keep."""
    paths = OwnerPaths(store, Rulebook(store, lambda: NOW))
    asked = PathsAsked(parse(query), ME, NOW, dimension)
    found = paths.document(asked)
    whole = answer(parse(found.query), ME, store, NOW).totals
    measure = found.measure.name
    assert {one.currency: Decimal(one.total) for one in found.currencies} == {
        row["currency"]: row[measure] for row in whole.iter_rows(named=True)
    }
    rows = paths.rows(asked) if len(query) % 3 else []
    for one in found.currencies:
        assert one.residual == "0"
        listed = [row for row in rows if row.currency == one.currency]
        for parts in (one.stages, [*one.paths, one.rest], *([listed] if rows else [])):
            assert total(Decimal(part.amount) for part in parts) == Decimal(one.total)
    return found.currencies


def linked(store: Store, path: OwnerPath, currency: str) -> Decimal:
    found = answer(parse(path.query or ""), ME, store, NOW).totals
    amounts = found.filter(pl.col("currency") == currency)[found.columns[1]]
    return amounts.item() if len(amounts) else Decimal(0)


@settings(max_examples=max(2, settings().max_examples // 250))
@given(seed=st.integers(0, 10**6))
def test_paths_add_up_to_the_answer_and_are_answers(store: Store, seed: int) -> None:
    wanted = order(seed)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    draw = random.Random(seed)
    for place, query in enumerate(QUESTIONS):
        query = query if "period=" in query else f"period=all&{query}"
        currencies = told(store, f"measures={COSTS[place % 4]}&{query}", DIMENSIONS[place % 2])
        paths = [(one.currency, path) for one in currencies for path in one.paths if path.query]
        for currency, path in draw.sample(paths, min(LINKS, len(paths))):
            assert linked(store, path, currency) == Decimal(path.amount), path.query


def test_what_pools_make_of_a_resource_is_what_its_lines_have_of_them(store: Store) -> None:
    wanted = order(11)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    with all_lines(parse("period=all"), ME, store, NOW, shares=True) as found:
        lines = pl.concat(list(found.batches))
    shared = lines.filter(pl.col("allocation") == "shared").drop_nulls("resource")
    several = [(key, part) for (key,), part in shared.group_by("resource", maintain_order=True)][:6]
    assert several
    for resource, part in several:
        net: dict[tuple[str, ...], Decimal] = {}
        for one in told(store, f"period=all&where=resource:{resource}"):
            for path in one.beside:
                for move in path.moves:
                    amount = Decimal(move.amount)
                    for team, signed in ((move.team, amount), (move.from_team, -amount)):
                        key = (one.currency, path.pool or "", team or "")
                        net[key] = net.get(key, Decimal(0)) + signed
        lines_have = {
            (currency, pool, team or ""): total(rows["effective_cost"])
            for (currency, pool, team), rows in part.group_by("currency", "pool", "team")
        }
        assert {key: amount for key, amount in net.items() if amount} == {
            key: amount for key, amount in lines_have.items() if amount
        }


def beside(store: Store, query: str) -> dict[tuple[str, ...], Decimal]:
    return {
        (one.currency, path.pool or "", move.from_team or "", move.team or ""): Decimal(move.amount)
        for one in told(store, query)
        for path in one.beside
        for move in path.moves
    }


def test_what_pools_make_of_a_resource_is_not_told_where_it_is_left_out(store: Store) -> None:
    wanted = order(11)
    store.publish(wanted.org, wanted.rules, author="test", now=NOW, files=wanted.files or {})
    whole, one, others = (beside(store, f"period=all{word}") for word in
                          ("", "&where=resource:resource-1", "&where=-resource:resource-1"))  # fmt: skip
    assert one
    for key, amount in whole.items():
        # a share of a key is exact as a whole; by line each pair may have a last digit of its own
        assert abs(amount - one.get(key, Decimal(0)) - others.get(key, Decimal(0))) < Decimal("1e-15")


def rules(value: str, **more: Any) -> str:
    named = {"id": "compute", "when": {"column": "service_category", "equals": "Compute"}, "value": value,
             "note": "agreed in May"}  # fmt: skip
    narrow = {"id": "narrow", "value": "b",
              "when": {"all": [{"column": "service_category", "equals": "Compute"},
                               {"column": "tag.Team", "equals": "nothing"}]}}  # fmt: skip
    return json.dumps({"dimensions": {"team": {"rules": [narrow, named]}}} | more)


ORG = "teams: [{key: a}, {key: b}, {key: platform}]\n"


def test_each_path_says_its_rule_version_and_near_rules(tmp_path: Path) -> None:
    store = made(tmp_path)
    store.publish(ORG, rules("a"), author="test", now=NOW, files={})
    store.publish(ORG, rules("b", effective_from="2026-09-10"), author="test", now=NOW + timedelta(1), files={})
    (usd,) = [one for one in told(store, "period=2026-09") if one.currency == "USD"]
    by = {(path.value, path.rules_version): path for path in usd.paths}
    assert {("a", 1), ("b", 2)} <= set(by)
    for (value, version), path in by.items():
        assert linked(store, path, "USD") == Decimal(path.amount)
        if value:
            assert (path.layer, path.rule, path.note) == ("rule", "compute", "agreed in May")
            assert path.condition == f'"{value}" when service_category equals "Compute"'
            assert [near.rule for near in path.near] == ["narrow"]
            assert ("..2026-09-09" if version == 1 else "2026-09-10..") in (path.query or "")
    assert [path.reason for path in usd.paths if path.value is None] == ["no_rule"] * 2
    assert linked(store, by["a", 1], "USD") != 0
    store.close()


def test_a_closed_month_is_told_by_the_version_it_was_closed_with(tmp_path: Path) -> None:
    store = made(tmp_path)
    store.publish(ORG, rules("a"), author="test", now=NOW, files={})
    Periods(store.state).close("2026-09", "test", NOW + timedelta(seconds=1))
    store.publish(ORG, rules("b"), author="test", now=NOW + timedelta(1), files={})
    paths = [path for one in told(store, "period=2026-09") for path in one.paths]
    assert {(path.rules_version, *path.closed) for path in paths} == {(1, "2026-09")}
    assert {path.value for path in paths} == {"a", None}
    assert '"a" when' in str([path.condition for path in paths])
    store.close()


def test_a_share_says_from_whom_and_which_part_of_what_was_given(tmp_path: Path) -> None:
    store = made(tmp_path)
    pools = "pools: [{id: half, teams: [platform], split: even, to: [a, b], note: by head}]\n"
    store.publish(ORG, rules("platform"), author="test", now=NOW, files={POOLS: pools})
    for one in told(store, "period=2026-09&where=team:a"):
        (path,) = one.paths
        assert (path.kind, path.pool, path.condition, path.note) == ("pool", "half", "divided even", "by head")
        assert [(move.from_team, move.team, move.of_given) for move in path.moves] == [("platform", "a", "50")]
        assert [stage.stage for stage in one.stages] == ["pool"]
    for one in told(store, "period=2026-09&where=team:platform"):
        direct, given = one.paths
        assert Decimal(direct.amount) == -Decimal(given.amount)
        assert {move.team for move in given.moves} == {"a", "b"}
    store.close()
