"""Pools in plain Python, obviously right and slow: what the frames are held to."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from fractions import Fraction

from warehouse.attribution.model import All, AnyOf, Check, Condition, Not
from warehouse.attribution.pools import Pool, Pools
from warehouse.focus import split, total

COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
KEY = ("source", "day", "currency", "provider", "service", "charge_category")
Line = dict[str, object]


@dataclass(frozen=True)
class Point:
    """One value of a series."""

    series: str
    label: str
    day: date
    value: Decimal


def holds(condition: Condition | None, line: Mapping[str, object]) -> bool:
    if condition is None:
        return True
    if isinstance(condition, All):
        return all(holds(part, line) for part in condition.parts)
    if isinstance(condition, AnyOf):
        return any(holds(part, line) for part in condition.parts)
    if isinstance(condition, Not):
        return not holds(condition.part, line)
    assert isinstance(condition, Check) and condition.operator in ("equals", "missing")
    value = line[condition.column]
    return (value is None) == condition.missing if condition.operator == "missing" else value in condition.operands


def takes(pool: Pool, line: Mapping[str, object], *, received: bool) -> bool:
    if not pool.valid_from <= line["day"] < pool.valid_to:
        return False
    owned = line["team"] in pool.teams or (pool.unallocated and line["team"] is None)
    if received and pool.any_team:
        return False
    return (owned or pool.any_team) and holds(pool.when, line)


def bucket(grain: str, day: date) -> str:
    return {"period": "period", "month": f"{day:%Y-%m}", "day": f"{day}"}[grain]


def shares(lines: list[Line], pools: Pools, points: Iterable[Point] = ()) -> dict[tuple[object, ...], Decimal]:
    """(key..., pool, team, who it came from, received, cost) -> amount, without zeros."""
    points = list(points)
    document = list(pools.by_document())
    stock = [(line, next((pool.id for pool in document if takes(pool, line, received=False)), None)) for line in lines]
    seen = sorted({line["team"] for line in lines if line["team"]})
    specials = {pool.id for pool in document if pool.special}
    stock = handed_on(stock, specials, pools, points, seen)
    found: dict[tuple[object, ...], list[Decimal]] = defaultdict(list)
    received: list[tuple[Line, str | None]] = []
    for place, pool in enumerate(pools.ordered):
        later = [other for other in document if not other.special and other.id != pool.id]
        feeds = any(not other.special and (pool.special or not other.any_team) for other in pools.ordered[place + 1 :])
        groups: dict[tuple[object, ...], list[Line]] = defaultdict(list)
        for line, taker in [*stock, *received]:
            if taker == pool.id:
                part = tuple(line[column] for column in pool.basis.partition)
                cell = line["alike"] if feeds else None
                key = (*(line[name] for name in KEY), line["team"], part, cell)
                groups[key].append(line)
        basis = [line for line, taker in stock if taker is None or (pool.special and taker not in specials)]
        for key, members in groups.items():
            sums = {name: total(line[name] for line in members) for name in COSTS}
            if not any(sums.values()):
                continue
            giver = members[0]["team"]
            weights = weigh(pool, members[0], basis, pools, points, seen)
            order = sorted(weights, key=lambda one: (one[1], one[0] is None, one[0] or ""))
            for name in COSTS:
                for (team, kept), amount in zip(order, split(sums[name], [weights[one] for one in order]), strict=True):
                    if kept or team == giver or not amount:
                        continue
                    found[(*key[:6], pool.id, team, giver, True, name)].append(amount)
                    found[(*key[:6], pool.id, giver, None, False, name)].append(amount.copy_negate())
            parts = {name: split(sums[name], [weights[one] for one in order]) for name in COSTS}
            for index, (team, kept) in enumerate(order):
                stays = kept or team == giver
                if stays and not pool.special:
                    continue
                line = {**members[0], "team": giver if stays else team, **{name: parts[name][index] for name in COSTS}}
                taker = next((other.id for other in later if takes(other, line, received=not stays)), None)
                if taker:
                    received.append((line, taker))
    sums = {key: total(amounts) for key, amounts in found.items()}
    return {key: amount for key, amount in sums.items() if amount}


def handed_on(
    stock: list[tuple[Line, str | None]], specials: set[str], pools: Pools, points: list[Point], seen: list[str]
) -> list[tuple[Line, str | None]]:
    """Lines for which nothing weighs are another pool's, if theirs says so."""
    basis = [line for line, taker in stock if taker not in specials]
    rest = {pool.id: pool for pool in pools.ordered if pool.rest}

    def after(line: Line, taker: str | None) -> str | None:
        if taker not in rest:
            return taker
        own = rest[taker]
        return taker if any(not kept for _, kept in weigh(own, line, basis, pools, points, seen)) else own.rest

    return [(line, after(line, taker)) for line, taker in stock]


def weigh(
    pool: Pool, line: Line, basis: list[Line], pools: Pools, points: list[Point], seen: list[str]
) -> dict[tuple[str | None, bool], int]:
    """(team, kept) -> integer weight, the first of the pool's ways that weighs anything."""
    for way in ("usual", *pool.fallback, "keep"):
        weights = {
            key: weight for key, weight in one_way(way, pool, line, basis, pools, points, seen).items() if weight > 0
        }
        if weights:
            return cut(bounded(pool, weights))
    raise AssertionError("keep always weighs")


def cut(weights: dict[tuple[str | None, bool], int]) -> dict[tuple[str | None, bool], int]:
    """No more than 1e18 in all, by dropping digits."""
    power = 1
    while sum(weights.values()) > 10**18 * power:
        power *= 10
    return {key: weight // power for key, weight in weights.items()}


def one_way(
    way: str, pool: Pool, line: Line, basis: list[Line], pools: Pools, points: list[Point], seen: list[str]
) -> dict[tuple[str | None, bool], int]:
    if way == "keep":
        return {(None, True): 1}
    if way == "even" or (way == "usual" and pool.method == "even"):
        teams = pool.to or sorted({team for team in seen if gets(pool, team, pools)} | set(pool.include))
        return {(team, False): 1 for team in teams}
    if pool.method == "fixed":
        rows = {(team, False): int(share * 10**9) for team, share in pool.percents}
        if pool.remainder:
            rows[pool.remainder, False] = 100 * 10**9 - sum(rows.values())
        return rows
    grain = "period" if way == "period" else pool.basis.grain
    if pool.method == "series":
        return metric(pool, line, grain, pools, points) if way in ("usual", "period") else {}
    sums: dict[str | None, list[Decimal]] = defaultdict(list)
    for one in basis:
        same_part = way == "unpartitioned" or all(one[c] == line[c] for c in pool.basis.partition)
        if (
            gets(pool, one["team"], pools)
            and one["currency"] == line["currency"]
            and same_part
            and bucket(grain, one["day"]) == bucket(grain, line["day"])
            and (not pool.basis.charge_categories or one["charge_category"] in pool.basis.charge_categories)
            and holds(pool.basis.when, one)
        ):
            sums[one["team"]].append(one[pool.basis.measure])
    return {(team, False): int(max(total(amounts), Decimal(0)).scaleb(9)) for team, amounts in sums.items()}


def gets(pool: Pool, team: object, pools: Pools) -> bool:
    if pool.to:
        return team in pool.to
    if pool.special:
        return True
    if team is None:
        return False
    return team in pool.include or team not in (pools.shared_teams | set(pool.without) | set(pool.teams))


def metric(pool: Pool, line: Line, grain: str, pools: Pools, points: list[Point]) -> dict[tuple[str | None, bool], int]:
    one = pool.metric
    here = [point for point in points if bucket(grain, point.day) == bucket(grain, line["day"])]
    by_label: dict[str, Decimal] = defaultdict(Decimal)
    for point in here:
        if point.series == one.series:
            by_label[point.label] += point.value
    by_label = {label: max(value, Decimal(0)) for label, value in by_label.items()}
    whole = max(total(point.value for point in here if point.series == one.capacity), Decimal(0))
    idle = total(value for label, value in by_label.items() if label in one.idle_labels)
    if one.capacity:
        idle += max(whole - total(by_label.values()), Decimal(0))
    rows: dict[tuple[str | None, bool], int] = defaultdict(int)
    known = {team.key for team in pools.teams}
    for label, value in by_label.items():
        if label not in one.idle_labels and label in known and gets(pool, label, pools):
            rows[label, False] += int(value.scaleb(9))
    if one.idle != "spread":
        rows[one.idle_team, one.idle == "keep"] += int(idle.scaleb(9))
    return rows


def bounded(pool: Pool, weights: dict[tuple[str | None, bool], int]) -> dict[tuple[str | None, bool], int]:
    """Caps alone are tried here, by taking from who is above and giving to the others until nobody is."""
    cap = pool.limits.cap
    if cap is None:
        return weights
    whole = sum(weights.values())
    most = Fraction(cap) / 100
    shares_of = {key: Fraction(weight, whole) for key, weight in weights.items()}
    fixed: dict[tuple[str | None, bool], Fraction] = {key: share for key, share in shares_of.items() if key[1]}
    free = {key: share for key, share in shares_of.items() if not key[1]}
    while free:
        room = 1 - sum(fixed.values(), Fraction(0))
        size = sum(free.values())
        above = [key for key, share in free.items() if share * room / size > most]
        if not above:
            fixed |= {key: share * room / size for key, share in free.items()}
            break
        for key in above:
            fixed[key] = most
            del free[key]
    parts = {key: int(share * 10**11) for key, share in fixed.items() if not key[1]}
    missing = int(sum((share for key, share in fixed.items() if not key[1]), Fraction(0)) * 10**11) - sum(
        parts.values()
    )
    for key in sorted(parts, key=lambda one: (-(fixed[one] * 10**11 - parts[one]), one[0]))[:missing]:
        parts[key] += 1
    rest = 10**11 - sum(parts.values())
    return {key: part for key, part in {**parts, (None, True): rest}.items() if part}


def limited(
    weights: dict[str, int], kept: int, bounds: dict[str, tuple[Fraction, Fraction]]
) -> dict[str | None, Fraction]:
    """Shares within minimums and caps, by freezing whoever breaks one and giving the rest to the others again."""
    room = 1 - Fraction(kept, sum(weights.values()) + kept)
    least = sum((low for low, _ in bounds.values()), Fraction(0))
    if least > room:
        return {team: low * room / least for team, (low, _) in bounds.items()}
    frozen: dict[str | None, Fraction] = {}
    free = set(weights)
    while free:
        rest, size = room - sum(frozen.values()), sum(weights[team] for team in free)
        wanted = {team: weights[team] * rest / size if size else Fraction(0) for team in free}
        cut = {team: min(max(share, bounds[team][0]), bounds[team][1]) for team, share in wanted.items()}
        over = sum(cut[team] - wanted[team] for team in free)
        broken = {team for team in free if (cut[team] - wanted[team]) * over > 0} if size and over else free
        frozen |= {team: cut[team] for team in broken}
        free -= broken
    return frozen
