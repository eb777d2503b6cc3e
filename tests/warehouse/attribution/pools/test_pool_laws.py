"""Laws of pools on random documents and estates, and agreement with the plain reference."""

from __future__ import annotations

import random
from decimal import Decimal
from fractions import Fraction

import polars as pl
from hypothesis import example, given
from hypothesis import strategies as st
from polars.testing import assert_frame_equal

from tests.warehouse.attribution.pools import pools_reference as plain
from tests.warehouse.attribution.pools.made_pools import (
    COSTS,
    KEY,
    TEAMS,
    amount,
    as_sums,
    celled,
    document,
    estate,
    points,
    run,
)
from warehouse.attribution.pools import LINES, SERIES, Pools, load_pools, received, share, takers
from warehouse.attribution.pools.divide import UNITS, amounts, divide, units
from warehouse.attribution.pools.model import Limits
from warehouse.attribution.pools.weights import SHARES, within
from warehouse.focus import split

SEEDS = st.integers(0, 10**9)


def pools_of(seed: int) -> Pools:
    return load_pools(document(seed), TEAMS)


@given(SEEDS)
def test_the_frames_agree_with_the_plain_reference(seed: int) -> None:
    pools, lines, values = pools_of(seed), estate(seed), points(seed)
    shared = run(lines, pools, values)
    assert as_sums(shared.splits) == plain.shares(lines, pools, values)


@given(SEEDS)
def test_every_step_adds_up_to_nothing(seed: int) -> None:
    splits = run(estate(seed), pools_of(seed), points(seed)).splits
    sums = splits.group_by(*KEY, "pool").agg(pl.col(COSTS).sum())
    assert sums.select(pl.any_horizontal(pl.col(name) != 0 for name in COSTS)).sum().item() in (0, None)


@given(SEEDS)
def test_weights_say_where_everything_went(seed: int) -> None:
    """What came of a pool's weights, kept parts included, is what the pool took."""
    pools, lines = pools_of(seed), estate(seed)
    shared = run(lines, pools, points(seed))
    assert (shared.weights["weight"] >= 0).all()
    got = shared.weights.filter(~pl.col("kept"))
    for pool in pools.ordered:
        received = shared.splits.filter((pl.col("pool") == pool.id) & pl.col("received"))
        for name in COSTS:
            own = got.filter((pl.col("pool") == pool.id) & pl.col("team").is_in(pool.teams))
            listed = got.filter(pl.col("pool") == pool.id)
            if own.is_empty() and not pool.any_team and not pool.special:
                assert listed[name].sum() == received[name].sum()


@given(SEEDS)
def test_the_order_of_teams_and_lines_does_not_matter(seed: int) -> None:
    lines = estate(seed)
    turned = list(lines)
    random.Random(seed).shuffle(turned)
    usual = run(lines, pools_of(seed), points(seed))
    other = load_pools(document(seed), tuple(reversed(TEAMS)))
    assert run(turned, other, list(reversed(points(seed)))).splits.equals(usual.splits)


@given(SEEDS)
def test_periods_that_are_shared_together_are_shared_as_if_alone(seed: int) -> None:
    pools = next(found for one in range(seed, seed + 100) if not (found := pools_of(one)).series)
    months = {"2026-08": estate(seed), "2026-09": estate(seed + 1), "2026-10": estate(seed + 2, 2)}
    facts = celled([line for lines in months.values() for line in lines], pools)
    series = pl.DataFrame(schema=SERIES)
    frames = {
        month: pl.DataFrame([{name: line[name] for name in LINES} for line in lines], schema=LINES).with_columns(rows=2)
        for month, lines in months.items()
    }
    labelled = [frame.with_columns(period=pl.lit(month)) for month, frame in frames.items()]
    together = received(pl.concat(labelled), facts, pools, series, None)
    alone = [
        [part.with_columns(period=pl.lit(month)) for part in received(frame, facts, pools, series, None)]
        for month, frame in frames.items()
    ]
    for found, parts in zip(together, zip(*alone, strict=True), strict=True):
        assert_frame_equal(found, pl.concat(parts), check_row_order=False, check_column_order=False)


@given(SEEDS)
def test_lines_that_no_pool_takes_may_be_told_together(seed: int) -> None:
    pools = next(found for one in range(seed, seed + 100) if not (found := pools_of(one)).series)
    lines = estate(seed, 60)
    facts = celled(lines, pools)
    whole = pl.DataFrame([{name: line[name] for name in LINES} for line in lines], schema=LINES)
    takes = whole.join(takers(facts, pools), on="cell", how="left", maintain_order="left")
    taken = pl.any_horizontal(
        "everybody", pl.col("nobody") & pl.col("team").is_null(), pl.col("teams").list.contains(pl.col("team"))
    ).fill_null(False)
    named = takes.with_columns(pl.when(taken).then(name).alias(name) for name in ("source", "provider", "service"))
    keys = [name for name in LINES if name not in COSTS]
    told = named.group_by(keys).agg(pl.col(COSTS).sum()).select(*LINES).cast(LINES)
    usual, other = (share(frame, facts, pools) for frame in (whole, told))
    assert_frame_equal(usual.splits, other.splits)
    assert_frame_equal(usual.weights, other.weights)


@given(SEEDS)
def test_a_pool_that_matches_nothing_does_nothing(seed: int) -> None:
    text = document(seed)
    more = "  - {id: zz, split: even, to: [a, b], when: {column: service, equals: nowhere}}\n"
    where = text.index("pools:\n") + len("pools:\n")
    usual = run(estate(seed), load_pools(text, TEAMS), points(seed)).splits
    added = run(estate(seed), load_pools(text[:where] + more + text[where:], TEAMS), points(seed)).splits
    assert added.drop("step").equals(usual.drop("step"))


@given(SEEDS)
def test_the_order_of_pools_apart_does_not_matter(seed: int) -> None:
    """Pools of different services: whichever stands first takes the same."""
    draw = random.Random(seed)
    texts = [
        "  - {id: x, split: proportional, when: {column: service, equals: s}, fallback: even}",
        "  - {id: y, split: even, to: [a, c], when: {column: service, equals: t}}",
        "  - {id: z, split: fixed, percent: {b: 100}, when: {column: service, missing: true}, unallocated: true}",
    ]
    usual = run(estate(seed), load_pools("\n".join(["pools:", *texts]), TEAMS)).splits
    draw.shuffle(texts)
    assert run(estate(seed), load_pools("\n".join(["pools:", *texts]), TEAMS)).splits.equals(usual)


@given(SEEDS)
@example(0)
def test_division_is_that_of_money(seed: int) -> None:
    """From 1e-18 to 1e12 and weights up to the largest, as `focus.split` divides one amount after the other."""
    draw = random.Random(seed)
    rows, wanted = [], []
    for group in range(20):
        weights = [draw.choice([0, 1, 3, 10**9, draw.randint(0, 10**17)]) for _ in range(draw.randint(1, 8))]
        weights[0] += not sum(weights)
        whole = amount(draw)
        wanted += split(whole, weights)
        rows += [(group, place, weight, whole) for place, weight in enumerate(weights)]
    schema = {"group": pl.UInt32, "place": pl.UInt32, "weight": UNITS, "cost": pl.Decimal(38, 18)}
    frame = pl.DataFrame(rows, schema=schema, orient="row")
    parts = divide(frame.with_columns(units(frame["cost"])), ["cost"])
    assert amounts(parts["cost"]).to_list() == wanted


def test_amounts_survive_the_way_to_units_and_back() -> None:
    found = pl.Series("a", [Decimal("1e-18"), Decimal(10**12), Decimal("-0.3"), Decimal(0)], dtype=pl.Decimal(38, 18))
    assert amounts(units(found)).to_list() == found.to_list()
    assert amounts(units(found)[1:3]).to_list() == found[1:3].to_list()


@given(SEEDS)
def test_minimums_and_caps_agree_with_the_plain_reference(seed: int) -> None:
    draw = random.Random(seed)
    teams = [team.key for team in TEAMS][: draw.randint(1, 6)]
    weights = {team: draw.choice([0, 1, draw.randint(0, 10**9)]) for team in teams}
    weights[teams[0]] += 1
    kept = draw.choice([0, 0, draw.randint(1, 10**9)])
    own = {team: Limits(Decimal(draw.randint(30, 100)), Decimal(draw.randint(0, 30))) for team in teams[::2]}
    usual = draw.choice([Limits(), Limits(cap=Decimal("33.3")), Limits(minimum=Decimal("12.5")),
                         Limits(Decimal(40), Decimal(10))])  # fmt: skip
    bounds = {}
    for team in teams:
        one = own.get(team, usual)
        low, high = one.minimum or Decimal(0), Decimal(100) if one.cap is None else one.cap
        bounds[team] = (Fraction(low) / 100, Fraction(high) / 100)
    exact = plain.limited(weights, kept, bounds)
    found = dict(within(weights, kept, usual, own))
    assert sum(found.values()) == SHARES
    assert all(abs(Fraction(found[team], SHARES) - share) < Fraction(1, SHARES) for team, share in exact.items())
