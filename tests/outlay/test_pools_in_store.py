"""Pools through the whole store: loads, versions, series, history and rebuilds, with the questions people ask."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from outlay.demo.manage import Demo
from outlay.ruling import POOLS, RulesInForce
from tests.warehouse.store.made import MONTH, NOW, bill, prepared, put
from warehouse.focus import total
from warehouse.metrics import Access, answer, lines, parse
from warehouse.store import Periods, Store
from warehouse.store.series import Point, Series

ORG = """
teams:
  - {key: platform, cost_centre: "1"}
  - {key: checkout, cost_centre: "2"}
  - {key: search, cost_centre: "3"}
"""
RULES = """
dimensions:
  team:
    rules:
      - {id: compute, when: {column: service_category, equals: Compute}, value: checkout}
      - {id: storage, when: {column: service_category, equals: Storage}, value: search}
      - {id: other, when: {column: charge_category, equals: [Usage, Credit]}, value: platform}
"""
SHALLOW = "pools: [{id: shared, split: proportional, teams: [platform], fallback: [even], to: [checkout, search]}]"
DEEP = """
pools:
  - id: shared
    split: proportional
    teams: [platform]
    when: {any: [{column: provider, missing: false}, {column: resource, equals: never}, {column: tag.x, equals: y}]}
    basis: {not: {column: sku, equals: never}}
    fallback: even
    to: [checkout, search]
"""
LATER = NOW + timedelta(days=3)
ME = Access("tester")
COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    found = Store(tmp_path, RulesInForce, now=NOW)
    yield found
    found.close()


def publish(store: Store, pools: str, now: datetime = NOW) -> None:
    store.publish(ORG, RULES, author="test", now=now, files={POOLS: pools} if pools else {})


def ask(store: Store, query: str, now: datetime = NOW) -> list[dict[str, Any]]:
    measures = "" if "measures=" in query else f"measures={','.join(COSTS)}&"
    return answer(parse(f"{measures}period=all&{query}"), ME, store, now).document()["rows"]


def sums(store: Store, query: str, *by: str) -> dict[tuple[Any, ...], Decimal]:
    """Billed cost by the named columns and currency, zeros left out."""
    rows = ask(store, query)
    found = {(*(row[name] for name in by), row["currency"]): Decimal(row["billed_cost"]) for row in rows}
    assert len(found) == len(rows)
    return {key: amount for key, amount in found.items() if amount}


def table(store: Store, name: str) -> pl.DataFrame:
    with store.read() as reader:
        return reader.frame(f"select * exclude (rules_version) from {name} order by all")


WITHOUT_TEAMS = ("by=service", "by=resource,region", "by=environment", "by=charge_category&grain=day", "by=source,sku",
                 "by=service&where=service:Block storage", "measures=consumed_quantity&by=team")  # fmt: skip


def test_nothing_changes_but_who_has_it(store: Store) -> None:
    put(store, bill())
    put(store, bill(20, seed=3), source="south")
    publish(store, "")
    before = {query: ask(store, query) for query in WITHOUT_TEAMS}
    owned = sums(store, "by=team", "team")
    publish(store, SHALLOW)
    assert {query: ask(store, query) for query in WITHOUT_TEAMS} == before
    after = sums(store, "by=team", "team")
    assert ("platform", "USD") in owned and ("platform", "USD") not in after
    assert after.get((None, "USD")) == owned.get((None, "USD"))
    for currency in ("USD", "EUR"):
        assert total(a for key, a in after.items() if key[-1] == currency) == total(
            a for key, a in owned.items() if key[-1] == currency
        )


def test_direct_and_shared_stand_apart_at_every_depth(store: Store) -> None:
    put(store, bill())
    publish(store, "")
    owned = sums(store, "by=team", "team")
    publish(store, SHALLOW)
    apart = sums(store, "by=team,allocation", "team", "allocation")
    assert {(team, code): amount for (team, kind, code), amount in apart.items() if kind == "direct"} == owned
    received = {team: amount for (team, kind, code), amount in apart.items() if kind == "shared" and code == "USD"}
    assert total(received.values()) == 0
    assert received["platform"] == owned["platform", "USD"].copy_negate()
    assert sums(store, "by=cost_centre", "cost_centre")["3", "USD"] == sums(store, "by=team", "team")["search", "USD"]
    deep = sums(store, "by=team,resource,pool", "team", "resource", "pool")
    assert deep["search", None, "shared", "USD"] == received["search"]
    whole = sums(store, "by=team", "team")
    for team in ("checkout", "search"):
        parts = [amount for key, amount in deep.items() if key[0] == team and key[-1] == "USD"]
        assert total(parts) == whole[team, "USD"]
    only = sums(store, "by=team&where=pool:shared,team:search", "team")
    assert only["search", "USD"] == received["search"]
    listed = lines(parse("period=all&where=team:search"), ME, store, NOW)
    assert all(row["pool"] is None and row["allocation"] == "direct" for row in listed["rows"])
    assert listed["warnings"][-1] == (
        "Shares of shared cost are not lines and not listed here: shared. "
        "Ask for them with by=pool, or list them with shares=1."
    )
    assert "Shares" not in str(lines(parse("period=all"), ME, store, NOW)["warnings"])


def test_what_is_read_deep_agrees_with_the_rollup(store: Store) -> None:
    put(store, bill())
    put(store, bill(20, seed=3), source="south")
    publish(store, SHALLOW)
    shallow = table(store, "splits")
    assert len(shallow)
    publish(store, DEEP)
    assert table(store, "splits").equals(shallow)


def test_a_load_of_one_source_shares_the_others_anew_and_the_past_is_kept(store: Store) -> None:
    put(store, bill())
    publish(store, SHALLOW)
    before = sums(store, "by=team", "team")
    put(store, bill(20, seed=3), source="south", now=LATER)
    old = sums(store, "by=team&where=source:north", "team")
    assert old != before
    assert sums(store, f"by=team&known_on={NOW:%Y-%m-%d}", "team") == before
    tomorrow = LATER + timedelta(days=1)
    now = {row["team"]: row["billed_cost"] for row in ask(store, "by=team&where=source:north&currency=USD")}
    known = f"by=team&where=source:north&currency=USD&known_on={LATER:%Y-%m-%d}"
    assert {row["team"]: row["billed_cost"] for row in ask(store, known, tomorrow)} == now


def test_a_version_without_pools_leaves_no_split_and_the_past_is_kept(store: Store) -> None:
    put(store, bill())
    publish(store, "", NOW)
    plain = sums(store, "by=team", "team")
    publish(store, SHALLOW, NOW + timedelta(days=1))
    shared = sums(store, "by=team", "team")
    publish(store, "", NOW + timedelta(days=2))
    assert len(table(store, "splits")) == len(table(store, "pool_weights")) == 0
    assert sums(store, "by=team", "team") == plain
    assert sums(store, f"by=team&known_on={NOW:%Y-%m-%d}", "team") == plain
    assert sums(store, f"by=team&known_on={NOW + timedelta(days=1):%Y-%m-%d}", "team") == shared


SERIES = (
    "pools: [{id: shared, split: series, series: requests, teams: [platform], fallback: even, to: [checkout, search]}]"
)


def points(checkout: int, search: int) -> list[Point]:
    return [
        Point("requests", {"team": team}, MONTH.date() + timedelta(days=2), Decimal(value))
        for team, value in (("checkout", checkout), ("search", search))
    ]


def test_values_of_a_series_share_anew_and_show_in_every_answer(store: Store) -> None:
    put(store, bill())
    publish(store, SERIES)
    assert table(store, "pool_weights")["fallback"].unique().to_list() == ["even"]
    with store.read() as reader:
        version = reader.generations
    store.put_series(points(3, 1), now=LATER)
    weights = table(store, "pool_weights")
    assert weights["fallback"].to_list() == [None] * len(weights)
    with store.read() as reader:
        assert reader.generations != version
    store.put_series(points(1, 1), now=LATER)
    assert set(table(store, "pool_weights")["weight"]) == {Decimal(1)}
    store.forget_series("upload", now=LATER)
    assert table(store, "pool_weights")["fallback"].unique().to_list() == ["even"]


def test_the_demo_counts_nothing_that_somebody_else_counts(store: Store) -> None:
    kept, day = Series(store.state), NOW.date() - timedelta(days=1)
    own = Point("orders", {"team": "checkout"}, day, Decimal(7))
    store.put_series([own], now=NOW)
    demo = Demo(store, lambda: NOW)
    demo._put_metrics(day, NOW)
    assert kept.values(["orders"], day, day)["value"].to_list() == [own.value]
    assert kept.values(["searches"], day, day).height == 1
    demo.forget_rules()
    assert [(one.name, one.points) for one in kept.known()] == [("orders", 1)]


def test_a_start_finishes_what_an_upload_began(tmp_path: Path) -> None:
    store = Store(tmp_path, RulesInForce, now=NOW)
    put(store, bill())
    publish(store, SERIES)
    store.put_series(points(3, 1), now=LATER)
    wanted = table(store, "splits")
    with store._database.transaction() as cursor:
        cursor.execute("delete from splits")
        cursor.execute("update split_state set series_version = 0")
    store.close()
    again = Store(tmp_path, RulesInForce, now=LATER)
    try:
        assert table(again, "splits").equals(wanted)
    finally:
        again.close()


def test_a_rebuild_makes_the_same_splits(store: Store) -> None:
    put(store, bill())
    put(store, bill(20, seed=3), source="south")
    publish(store, DEEP)
    wanted, weights = table(store, "splits"), table(store, "pool_weights")
    store.rebuild(now=LATER)
    assert table(store, "splits").equals(wanted)
    assert table(store, "pool_weights").equals(weights)


def test_a_source_that_leaves_takes_its_weights_along(store: Store) -> None:
    put(store, bill())
    publish(store, SHALLOW)
    wanted = table(store, "splits")
    put(store, bill(20, seed=3), source="south")
    assert not table(store, "splits").equals(wanted)
    store.remove_sources(["south"], now=LATER)
    assert table(store, "splits").equals(wanted)


def dated(frame: pl.DataFrame, **columns: Any) -> pl.DataFrame:
    return frame.with_columns(pl.lit(value).cast(frame.schema[name]).alias(name) for name, value in columns.items())


def test_what_nobody_used_of_a_commitment_goes_to_who_is_named(store: Store) -> None:
    unused = dated(bill(1), CommitmentDiscountStatus="Unused", ServiceCategory="Compute", ChargeCategory="Usage")
    used = dated(bill(1), CommitmentDiscountStatus="Used", ServiceCategory="Compute", ChargeCategory="Usage")
    put(store, pl.concat([unused, used]))
    publish(store, "specials: {commitments: {unused: platform}}")
    found = sums(store, "by=team,pool", "team", "pool")
    amounts = {key[:2]: amount for key, amount in found.items()}
    one = unused["BilledCost"][0]
    assert amounts["platform", "special.commitments"] == one
    assert amounts["checkout", "special.commitments"] == one.copy_negate()
    assert amounts["checkout", None] == total([one, one])


def test_tax_follows_the_lines_of_its_account(store: Store) -> None:
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", BillingAccountId="0001")
    rows = [
        dated(base, ServiceCategory="Compute", BilledCost=Decimal(30)),
        dated(base, ServiceCategory="Storage", BilledCost=Decimal(10)),
        dated(base, ServiceCategory="Storage", BilledCost=Decimal(1000), BillingAccountId="0002"),
        dated(base, ServiceCategory="Other", ChargeCategory="Tax", BilledCost=Decimal(8)),
    ]
    put(store, pl.concat(rows))
    publish(store, "specials: {tax: {}}")
    found = sums(store, "by=team&where=pool:special.tax", "team")
    assert found == {(None, "USD"): Decimal(-8), ("checkout", "USD"): Decimal(6), ("search", "USD"): Decimal(2)}


def test_a_correction_follows_the_month_it_corrects(store: Store) -> None:
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", BillingAccountId="0001", SkuId="s-1")
    usage = [
        dated(base, ServiceCategory="Compute", EffectiveCost=Decimal(1)),
        dated(base, ServiceCategory="Storage", EffectiveCost=Decimal(3)),
        dated(base, ServiceCategory="Storage", EffectiveCost=Decimal(100), SkuId="s-2"),
        # What a special takes there weighs as little in the month after.
        dated(base, ServiceCategory="Other", EffectiveCost=Decimal(20), CommitmentDiscountStatus="Unused"),
    ]
    put(store, pl.concat(usage))
    october = MONTH.replace(month=10)
    later = dated(base, BillingPeriodStart=october, BillingPeriodEnd=october.replace(month=11))
    refund = dated(later, ServiceCategory="Other", ChargeCategory="Credit", ResourceId=None, BilledCost=Decimal(-8))
    other = dated(later, ServiceCategory="Compute", EffectiveCost=Decimal(50), ChargePeriodStart=october,
                  ChargePeriodEnd=october + timedelta(days=1))  # fmt: skip
    store.load([prepared(store, pl.concat([refund, other]), "north", october)], actor="test", now=LATER)
    publish(store, "specials: {credits: {}, commitments: {unused: platform}}")
    found = sums(store, "by=team&where=pool:special.credits", "team")
    assert found == {
        ("platform", "USD"): Decimal(8),
        ("checkout", "USD"): Decimal(-2),
        ("search", "USD"): Decimal(-6),
    }
    # The month is loaded again, and what follows it follows at once; a closed month stays as it is.
    usage[0] = dated(usage[0], EffectiveCost=Decimal(5))
    put(store, pl.concat(usage), now=LATER + timedelta(days=1))
    after = {("platform", "USD"): Decimal(8), ("checkout", "USD"): Decimal(-5), ("search", "USD"): Decimal(-3)}
    assert sums(store, "by=team&where=pool:special.credits", "team") == after
    Periods(store.state).close("2026-10", "finance", LATER + timedelta(days=2))
    put(store, pl.concat(usage[1:]), now=LATER + timedelta(days=3))
    store.put_series([Point("requests", {"team": "search"}, MONTH.date(), Decimal(1))], now=LATER + timedelta(days=4))
    assert sums(store, "by=team&where=pool:special.credits", "team") == after


def test_a_credit_of_a_resource_goes_to_who_has_the_resource_then(store: Store) -> None:
    """What names a resource and has no owner: by the resource's lines in the month that is corrected, else by those of
    the SKU, else as the fallback says. What has an owner stays."""
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", BillingAccountId="0001", SkuId="s-1",
                 SubAccountId="sub", ResourceId="vm-1")  # fmt: skip
    usage = [
        dated(base, ServiceCategory="Compute", EffectiveCost=Decimal(1)),
        dated(base, ServiceCategory="Storage", EffectiveCost=Decimal(3)),
        dated(base, ServiceCategory="Storage", EffectiveCost=Decimal(100), ResourceId="vm-2"),
        dated(base, ServiceCategory="Storage", EffectiveCost=Decimal(100), SubAccountId="other"),
        dated(base, ServiceCategory="Databases", ChargeCategory="Purchase", EffectiveCost=Decimal(96)),
    ]
    put(store, pl.concat(usage))
    october = MONTH.replace(month=10)
    later = dated(base, BillingPeriodStart=october, BillingPeriodEnd=october.replace(month=11),
                  ServiceCategory="Databases", ChargeCategory="Adjustment")  # fmt: skip
    lines_then = [
        dated(later, BilledCost=Decimal(-100)),
        dated(later, BilledCost=Decimal(-300), ResourceId="vm-gone"),
        dated(later, BilledCost=Decimal(-7), ResourceId="vm-gone", SkuId="s-gone", BillingAccountId="0009"),
        dated(later, BilledCost=Decimal(-50), ServiceCategory="Storage"),
        dated(later, EffectiveCost=Decimal(900), ServiceCategory="Compute", ChargeCategory="Usage",
              ChargePeriodStart=october, ChargePeriodEnd=october + timedelta(days=1)),
    ]  # fmt: skip
    october_bill = [prepared(store, pl.concat(lines_then), "north", october)]
    store.load(october_bill, actor="test", now=LATER)
    publish(
        store,
        "specials: {credits: {fallback: keep}}\npools: [{id: rest, unallocated: true, split: even, to: [platform]}]",
    )
    named = sums(store, "by=team&where=pool:special.resource_credits", "team")
    assert named == {(None, "USD"): Decimal(4), ("checkout", "USD"): Decimal(-1), ("search", "USD"): Decimal(-3)}
    # vm-gone had no cost in September: by its SKU, 1 : 203 and 96 of nobody; the SKU that nobody used stays.
    by_sku = sums(store, "by=team&where=pool:special.credits", "team")
    assert by_sku == {(None, "USD"): Decimal(204), ("checkout", "USD"): Decimal(-1), ("search", "USD"): Decimal(-203)}
    # What is left with nobody is what the pool of nobody's cost takes.
    rest = sums(store, "by=team&where=pool:rest&where=charge_category:Adjustment", "team")
    assert rest == {(None, "USD"): Decimal(199), ("platform", "USD"): Decimal(-199)}
    with store.read() as reader:
        told = reader.frame("select part, weight, kept from pool_weights where fallback = 'keep'").rows()
    assert told == [('{"billing_account":"0009","sku":"s-gone"}', Decimal(1), True)]
    put(store, pl.concat([dated(usage[0], EffectiveCost=Decimal(51)), *usage[1:]]), now=LATER + timedelta(days=1))
    named = sums(store, "by=team&where=pool:special.resource_credits", "team")
    assert named == {(None, "USD"): Decimal(36), ("checkout", "USD"): Decimal(-34), ("search", "USD"): Decimal(-2)}


def test_an_adjustment_changes_what_was_not_billed(store: Store) -> None:
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", EffectiveCost=Decimal("9.99"))
    put(store, dated(base, ServiceCategory="Compute"))
    publish(store, "")
    billed = sums(store, "by=team", "team")
    publish(store, "adjustments: [{id: mark-up, percent: 5, against: platform}]")
    assert sums(store, "by=team", "team") == billed
    rows = {row["team"]: row["effective_cost"] for row in ask(store, "by=team")}
    assert rows == {"checkout": "10.4895", "platform": "-0.4995"}
    assert {row["team"]: row["effective_cost"] for row in ask(store, "by=team&where=allocation:direct")} == {
        "checkout": "9.99"
    }


def test_rates_take_the_place_of_a_cost(store: Store) -> None:
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", ServiceCategory="Compute", ListCost=Decimal(9))
    metered = dated(base, EffectiveCost=Decimal("9.99"), PricingQuantity=Decimal("1.5"), PricingUnit="Hours", SkuId="a")
    unpriced = dated(base, EffectiveCost=Decimal(1), SkuId="a")
    other = dated(metered, SkuId="b", EffectiveCost=Decimal(4))
    put(store, pl.concat([metered, unpriced, other]))
    publish(store, "adjustments: [{id: private, rates: {a: 2.000000001, c: 7}, against: platform}]")
    rows = {row["team"]: row for row in ask(store, "by=team&where=pool:private")}
    assert rows["checkout"]["effective_cost"] == "-6.9899999985"
    assert rows["platform"]["effective_cost"] == "6.9899999985"
    assert rows["checkout"]["billed_cost"] == rows["checkout"]["list_cost"] == "0"


def test_tables_of_percentages_and_prices_by_service_and_account(store: Store) -> None:
    base = dated(bill(1), ChargeCategory="Usage", BillingCurrency="USD", ServiceCategory="Compute", ServiceName="One",
                 BillingAccountId="0001", EffectiveCost=Decimal(200), PricingQuantity=Decimal(3))  # fmt: skip
    put(store, pl.concat([base, dated(base, ServiceName="Two", EffectiveCost=Decimal(-50), BillingAccountId="0002")]))
    tables = {
        "by: service, percents: {One: 5, Two: 10, Three: 1}": "5",
        'by: billing_account, percents: {"0002": -4.5}': "2.25",
        "by: service, rates: {Two: 1.5}": "54.5",
        "by: service, rates: {Two: 1.5}, measures: list_cost": "0",
    }
    for table_text, more in tables.items():
        publish(store, f"adjustments: [{{id: reseller, {table_text}, against: platform}}]")
        rows = {row["team"]: row for row in ask(store, "by=team&where=pool:reseller")}
        found = {team: rows[team]["effective_cost"] if rows else "0" for team in ("checkout", "platform")}
        assert Decimal(found["checkout"]) == Decimal(more) == -Decimal(found["platform"]), table_text
        assert all(row["billed_cost"] == "0" for row in rows.values())


def test_a_closed_month_keeps_its_shares(store: Store) -> None:
    put(store, bill())
    publish(store, SHALLOW)
    before = table(store, "splits")
    assert before.height
    periods = Periods(store.state)
    periods.close("2026-09", "finance", NOW)
    publish(store, "", now=LATER)
    assert table(store, "splits").equals(before)
    store.rebuild(now=LATER)
    assert table(store, "splits").equals(before)
    periods.open("2026-09")
    publish(store, "", now=LATER)
    assert table(store, "splits").is_empty()
