"""Random documents, estates and series for pools, and the way from them to splits."""

from __future__ import annotations

import json
import random
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import polars as pl

from tests.warehouse.attribution.pools.pools_reference import COSTS, KEY, Point
from warehouse.attribution import Team
from warehouse.attribution.pools import LINES, SERIES, Pools, Shared, cells, share

TEAMS = tuple(Team(key, key) for key in ("a", "b", "c", "d", "platform", "data"))
KEYS = tuple(team.key for team in TEAMS)
START = date(2026, 3, 1)
COLUMNS = ("provider", "service", "charge_category", "region", "charge_class", "sub_account", "resource")


def amount(draw: random.Random) -> Decimal:
    """From 1e-18 to 1e12, a third of them negative."""
    digits = draw.choice([1, 3, 12, 18, 20, 24, 30])
    return Decimal(draw.randint(-(10**digits) // 2, 10**digits)).scaleb(-18)


def estate(seed: int, rows: int = 25) -> list[dict[str, Any]]:
    draw = random.Random(seed)
    return [
        {
            "source": draw.choice(["one", "two"]),
            "day": START + timedelta(days=draw.choice([0, 1, 30, 33])),
            "currency": draw.choice(["USD", "USD", "EUR"]),
            "provider": draw.choice(["p", "q"]),
            "service": draw.choice(["s", "t", None]),
            "charge_category": draw.choice(["Usage", "Usage", "Usage", "Tax", "Purchase", "Credit", "Adjustment"]),
            "region": draw.choice(["north", "south", None]),
            "charge_class": draw.choice([None, None, None, "Correction"]),
            "sub_account": draw.choice(["x", "x", None]),
            "resource": draw.choice(["r", "r", "v", None]),
            "team": draw.choice([*KEYS, None]),
            **{name: amount(draw) for name in COSTS},
        }
        for _ in range(draw.randint(1, rows))
    ]


def points(seed: int) -> list[Point]:
    draw = random.Random(seed)
    labels = ["a", "b", "idle", "stranger", "data"]
    return [
        Point(
            series=draw.choice(["requests", "capacity"]),
            label=draw.choice(labels),
            day=START + timedelta(days=draw.choice([0, 1, 30])),
            value=Decimal(draw.randint(-5, 10 ** draw.randint(0, 9))).scaleb(-draw.randint(0, 9)),
        )
        for _ in range(draw.randint(0, 8))
    ]


def document(seed: int) -> str:
    """Text of a document whose pools may feed each other, downwards only; tax and credits follow in some."""
    draw = random.Random(seed)
    lines = ["version: 1", "pools:"]
    for place in range(draw.randint(1, 4)):
        lines += _pool(draw, place)
    found = [text for text in ("  tax: {partition: provider}", "  credits: {partition: region}")
             if draw.random() < 0.33]  # fmt: skip
    lines += ["specials:", *found] if found else []
    return "\n".join(lines) + "\n"


def _pool(draw: random.Random, place: int) -> list[str]:
    method = draw.choice(["even", "fixed", "proportional", "proportional", "series"])
    found = [f"  - id: p{draw.randint(0, 9)}{place}", f"    split: {method}"]
    owner = draw.choice(["platform", "data", None, "none"])
    product = ["a", "b", "c"] + (["data"] if owner == "platform" else [])
    if owner in ("platform", "data"):
        found.append(f"    teams: [{owner}]")
    elif owner == "none":
        found.append("    unallocated: true")
    if owner is None or draw.random() < 0.4:
        found.append(draw.choice(["    when: {column: service, equals: s}", "    when: {column: region, missing: true}",
                                  "    when: {not: {column: region, equals: north}}"]))  # fmt: skip
    to = sorted(draw.sample(product, draw.randint(1, len(product))))
    if method == "even":
        return [*found, f"    to: [{', '.join(to)}]"]
    if method == "fixed":
        shares = draw.choice([["12.5"], ["33.3", "33.3"], ["0.000000001", "50"]])[: len(to)]
        rest = next(team for team in ["d", *product] if team not in to[: len(shares)])
        listed = ", ".join(f"{team}: {share}" for team, share in zip(to, shares, strict=False))
        return [*found, f"    percent: {{{listed}}}", f"    remainder: {rest}"]
    if draw.random() < 0.5:
        found.append(f"    to: [{', '.join(to)}]")
    elif owner == "platform" and draw.random() < 0.5:
        found.append("    include: [data]")
    found.append(f"    grain: {draw.choice(['period', 'month', 'day'])}")
    if draw.random() < 0.3:
        found.append(f"    cap: {draw.choice(['10', '40', '66.6'])}")
    if draw.random() < 0.7:
        found.append(f"    fallback: [{draw.choice(['period, even', 'unpartitioned', 'even', 'unpartitioned, keep'])}]")
    return [*found, *(_metric(draw) if method == "series" else _basis(draw))]


def _basis(draw: random.Random) -> list[str]:
    found = [f"    measure: {draw.choice(COSTS)}"]
    if draw.random() < 0.5:
        found.append(f"    partition: [{draw.choice(['region', 'provider', 'provider, region'])}]")
    if draw.random() < 0.5:
        found.append(f"    charge_categories: [{draw.choice(['all', 'Usage, Tax', 'Purchase'])}]")
    if draw.random() < 0.3:
        found.append("    basis: {column: service, equals: [s, t]}")
    return found


def _metric(draw: random.Random) -> list[str]:
    policy = draw.choice(["keep", "spread", "team, team: d"])
    capacity = draw.choice([", capacity: capacity", ""])
    return ["    series: requests", f"    idle: {{policy: {policy}, labels: [idle]{capacity}}}"]


def celled(lines: list[dict[str, Any]], pools: Pools) -> pl.DataFrame:
    """Gives each line its cell, and answers what is true of cells."""
    combinations = pl.DataFrame(
        [{name: line[name] for name in COLUMNS} for line in lines], schema=dict.fromkeys(COLUMNS, pl.String)
    ).with_columns(unowned=pl.Series([line["team"] is None for line in lines], dtype=pl.Boolean))
    tags = pl.DataFrame(schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String})
    places, facts = cells(combinations, tags, pools)
    alike = dict(facts.select("cell", "alike").iter_rows())
    for line, cell in zip(lines, places.sort("place")["cell"], strict=True):
        line |= {"cell": cell, "alike": alike[cell]}
    return facts


def run(lines: list[dict[str, Any]], pools: Pools, values: list[Point] | None = None) -> Shared:
    """The frames' answer. Lines get their cell on the way."""
    facts = celled(lines, pools)
    frame = pl.DataFrame([{name: line[name] for name in LINES} for line in lines], schema=LINES)
    series = pl.DataFrame(
        [(one.series, json.dumps({"team": one.label}), one.day, one.value) for one in values or ()],
        schema=SERIES,
        orient="row",
    )
    return share(frame, facts, pools, series)


def as_sums(splits: pl.DataFrame) -> dict[tuple[object, ...], Decimal]:
    """Splits as the reference says them: (key..., pool, team, from, received, cost) -> amount."""
    found = {}
    for row in splits.iter_rows(named=True):
        for name in COSTS:
            if row[name]:
                key = (*(row[one] for one in KEY), row["pool"], row["team"], row["from_team"], row["received"], name)
                assert key not in found
                found[key] = row[name]
    return found
