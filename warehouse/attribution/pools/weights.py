"""How much each team weighs for a pool, in each bucket of time, partition and currency.

Weights are integers of 1e-9, never negative. Where nothing weighs, the pool's fallbacks are asked in order, and which
one answered is kept with the weights: nothing falls back in silence.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Final

import polars as pl

from warehouse.attribution.fold import squash
from warehouse.attribution.model import Team
from warehouse.attribution.pools.divide import UNITS, WEIGHT_DIGITS, scaled, units
from warehouse.attribution.pools.model import Limits, Metric, Pool

GROUP: Final = ("bucket", "part", "currency")
WHOLE_PERIOD: Final = "period"
ONE: Final = 10**WEIGHT_DIGITS
SHARES: Final = 100 * ONE
"""What weights within caps and minimums add up to: they are percent."""
WEIGHTS: Final = {
    "bucket": pl.String(),
    "part": pl.String(),
    "currency": pl.String(),
    "team": pl.String(),
    "kept": pl.Boolean(),
    "weight": UNITS(),
    "fallback": pl.String(),
}
"""A row that is `kept` weighs for whoever has the cost now; its team is null. Otherwise null is unallocated."""
SEEN: Final = {"currency": pl.String(), "team": pl.String()}
SERIES: Final = {"series": pl.String(), "labels": pl.String(), "day": pl.Date(), "value": pl.Decimal(38, 9)}


@dataclass(frozen=True, slots=True)
class Weighing:
    """What one pool is weighed with: lines (day, currency, team, charge_category, the four costs, the columns of
    cells), series as SERIES says, and the teams that lines show in the period, for each of its currencies."""

    pool: Pool
    lines: pl.DataFrame
    series: pl.DataFrame
    teams: tuple[Team, ...] = ()
    shared: frozenset[str] = frozenset()
    seen: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=SEEN))

    def targets(self) -> tuple[str, ...] | None:
        """The teams it gives to by name; None when it is open to every team but some."""
        return self.pool.to or None

    def allowed(self, team: str) -> pl.Expr:
        pool = self.pool
        if pool.to:
            return pl.col(team).is_in(pool.to)
        if pool.special:
            return pl.lit(True)
        left_out = (self.shared | set(pool.without) | set(pool.teams)) - set(pool.include)
        return pl.col(team).is_not_null() & ~pl.col(team).is_in(sorted(left_out))


def bucket_of(grain: str, day: str = "day") -> pl.Expr:
    if grain == "period":
        return pl.lit(WHOLE_PERIOD)
    return pl.col(day).dt.strftime("%Y-%m" if grain == "month" else "%Y-%m-%d")


def part_of(columns: Sequence[str]) -> pl.Expr:
    """The partition a line lies in, as a JSON object of column -> value; empty text without a partition."""
    if not columns:
        return pl.lit("")
    return pl.struct(pl.col(f"part:{name}").alias(name) for name in columns).struct.json_encode()


def weigh(asked: Weighing, wanted: pl.DataFrame) -> pl.DataFrame:
    """WEIGHTS for each of the groups (bucket, part, currency) that are `wanted`; each has a positive sum."""
    pool = asked.pool
    found = [_limited(_positive(_primary(asked, wanted)), pool)]
    for name in (*pool.fallback, "keep"):
        missing = wanted.join(pl.concat(found), on=GROUP, how="anti")
        if missing.is_empty():
            break
        made = _fallback(name, asked, missing)
        found.append(_limited(_positive(made), pool).with_columns(fallback=pl.lit(name)))
    return scaled(pl.concat(found), GROUP)


def _primary(asked: Weighing, wanted: pl.DataFrame) -> pl.DataFrame:
    pool = asked.pool
    if pool.method == "even":
        return _even(pool.to, wanted)
    if pool.method == "fixed":
        shares = [(team, int(share * ONE)) for team, share in pool.percents]
        if pool.remainder:
            shares.append((pool.remainder, 100 * ONE - sum(weight for _, weight in shares)))
        return _listed(shares, wanted)
    if pool.method == "series":
        return _metric(asked, wanted, pool.basis.grain)
    return _proportional(asked, wanted, grain=pool.basis.grain, partitioned=True)


def _fallback(name: str, asked: Weighing, wanted: pl.DataFrame) -> pl.DataFrame:
    pool = asked.pool
    if name == "even":
        return _even(pool.to, wanted) if pool.to else _even_open(asked, wanted)
    if name == "unpartitioned" and pool.method == "proportional":
        return _proportional(asked, wanted, grain=pool.basis.grain, partitioned=False)
    if name == "period":
        if pool.method == "series":
            return _metric(asked, wanted, "period")
        return _proportional(asked, wanted, grain="period", partitioned=True)
    if name == "keep":
        return _frame(wanted.with_columns(team=pl.lit(None, pl.String), kept=pl.lit(True), weight=pl.lit(ONE, UNITS)))
    return _frame(wanted.clear().with_columns(team=pl.lit(None, pl.String), weight=pl.lit(0, UNITS)))


def _frame(frame: pl.DataFrame) -> pl.DataFrame:
    extra = {}
    if "kept" not in frame.columns:
        extra["kept"] = pl.lit(False)
    if "fallback" not in frame.columns:
        extra["fallback"] = pl.lit(None, pl.String)
    return frame.with_columns(**extra).select(pl.col(name).cast(kind) for name, kind in WEIGHTS.items())


def _listed(shares: Sequence[tuple[str, int]], wanted: pl.DataFrame) -> pl.DataFrame:
    teams = pl.DataFrame(
        {"team": [team for team, _ in shares], "weight": [weight for _, weight in shares]},
        schema={"team": pl.String, "weight": UNITS},
    )
    return _frame(wanted.join(teams, how="cross"))


def _even(teams: Sequence[str], wanted: pl.DataFrame) -> pl.DataFrame:
    return _listed([(team, ONE) for team in teams], wanted)


def _even_open(asked: Weighing, wanted: pl.DataFrame) -> pl.DataFrame:
    included = pl.DataFrame({"team": asked.pool.include}, schema={"team": pl.String})
    named = wanted.select("currency").unique().join(included, how="cross")
    teams = pl.concat([asked.seen.filter(asked.allowed("team")), named]).unique()
    even = teams.with_columns(weight=pl.lit(ONE, UNITS))
    return _frame(wanted.join(even, on="currency", how="inner", nulls_equal=True))


def _proportional(asked: Weighing, wanted: pl.DataFrame, *, grain: str, partitioned: bool) -> pl.DataFrame:
    """Sums of the measure; those below zero weigh nothing."""
    basis, lines = asked.pool.basis, asked.lines.filter(asked.allowed("team"))
    if basis.charge_categories:
        lines = lines.filter(pl.col("charge_category").is_in(basis.charge_categories))
    if basis.when is not None:
        lines = lines.filter(pl.col(f"weigh:{asked.pool.id}"))
    apart = basis.partition if partitioned else ()
    sums = (
        lines.with_columns(bucket=bucket_of(grain), part=part_of(apart))
        .group_by(*GROUP, "team")
        .agg(pl.col(basis.measure).sum())
    )
    weight = (units(sums[basis.measure]).to_frame("weight").select(pl.col("weight").clip(lower_bound=0)))["weight"]
    sums = sums.with_columns(weight=weight // ONE if len(weight) else weight)
    return _placed(sums, wanted, same_bucket=grain == basis.grain, same_part=partitioned)


def _placed(sums: pl.DataFrame, wanted: pl.DataFrame, *, same_bucket: bool, same_part: bool) -> pl.DataFrame:
    """Weights for the groups that are wanted, whose bucket or part may be finer than that of the sums."""
    on = [*(["bucket"] if same_bucket else []), *(["part"] if same_part else []), "currency"]
    narrow = sums.select(*on, "team", "weight")
    return _frame(wanted.join(narrow, on=on, how="inner", nulls_equal=True))


def _metric(asked: Weighing, wanted: pl.DataFrame, grain: str) -> pl.DataFrame:
    """Values of a series by team; they have no currency, so they weigh the same in each."""
    metric = asked.pool.metric or Metric("")
    labelled = asked.series.with_columns(label=label_of(asked.series["labels"], metric.label))
    values = _values(labelled, metric.series, grain, "label")
    used = values.with_columns(team=team_of(values["label"], asked.teams))
    nobody = pl.col("label").is_in(metric.idle_labels).fill_null(False)
    idle = used.filter(nobody)
    teams = used.filter(~nobody & pl.col("team").is_not_null())
    teams = teams.filter(asked.allowed("team"))
    sums = teams.group_by("bucket", "team").agg(pl.col("weight").sum())
    parts = [sums.with_columns(kept=pl.lit(False))]
    if metric.idle != "spread":
        rest = _idle(metric, idle, used, asked.series, grain)
        to, keeps = pl.lit(metric.idle_team, pl.String), pl.lit(metric.idle == "keep")
        parts.append(rest.with_columns(team=to, kept=keeps))
    found = pl.concat([part.select("bucket", "team", "weight", "kept") for part in parts])
    found = found.group_by("bucket", "team", "kept").agg(pl.col("weight").sum())
    on = ["bucket"] if grain == asked.pool.basis.grain else []
    narrow = found if on else found.drop("bucket")
    return _frame(wanted.join(narrow, on=on, how="inner") if on else wanted.join(narrow, how="cross"))


def _values(series: pl.DataFrame, name: str, grain: str, *by: str) -> pl.DataFrame:
    """bucket, `by`, weight: sums of a series, below zero counted as nothing."""
    found = series.filter(pl.col("series") == name).with_columns(bucket=bucket_of(grain))
    sums = found.group_by("bucket", *by).agg(pl.col("value").sum())
    weight = sums["value"].cast(pl.Decimal(38, WEIGHT_DIGITS)).to_physical().cast(UNITS)
    return sums.select("bucket", *by, weight=weight).with_columns(pl.col("weight").clip(lower_bound=0))


def _idle(metric: Metric, named: pl.DataFrame, used: pl.DataFrame, series: pl.DataFrame, grain: str) -> pl.DataFrame:
    """bucket, weight: what the labels of nobody say, and the capacity that is above all that was used."""
    parts = [named.group_by("bucket").agg(pl.col("weight").sum())]
    if metric.capacity:
        whole = _values(series, metric.capacity, grain)
        spent = used.group_by("bucket").agg(spent=pl.col("weight").sum())
        left = whole.join(spent, on="bucket", how="left").with_columns(pl.col("spent").fill_null(0).cast(UNITS))
        parts.append(left.select("bucket", weight=(pl.col("weight") - pl.col("spent")).clip(lower_bound=0)))
    return pl.concat(parts).group_by("bucket").agg(pl.col("weight").sum())


def label_of(labels: pl.Series, name: str) -> pl.Series:
    """One label out of JSON objects of labels; null where it is absent."""
    found = {text: json.loads(text).get(name) for text in labels.unique().to_list()}
    return pl.Series("label", [found[text] for text in labels], dtype=pl.String)


def team_of(labels: pl.Series, teams: Sequence[Team]) -> pl.Series:
    """The team each label means, by key or alias as in tags; null where it means none."""
    words: dict[str, str] = {}
    for team in teams:
        for word in squash([team.key, *team.aliases]):
            words.setdefault(word, team.key)
    distinct = labels.drop_nulls().unique().to_list()
    known = {label: words.get(word) for label, word in zip(distinct, squash(distinct), strict=True)}
    return pl.Series("team", [known.get(label) for label in labels], dtype=pl.String)


def _positive(weights: pl.DataFrame) -> pl.DataFrame:
    """Rows that weigh; a group without any is left to the fallbacks."""
    return weights.filter(pl.col("weight") > 0)


def _limited(weights: pl.DataFrame, pool: Pool) -> pl.DataFrame:
    """Weights within the caps and minimums of their teams; what no team may have is kept."""
    own = dict(pool.limits_of)
    if (pool.limits == Limits() and not own) or weights.is_empty():
        return weights
    parts = []
    for (bucket, part, currency), group in weights.sort(*GROUP, "kept", "team").group_by(*GROUP, maintain_order=True):
        rows = {team: weight for team, kept, weight in group.select("team", "kept", "weight").iter_rows() if not kept}
        kept = sum(weight for _, was, weight in group.select("team", "kept", "weight").iter_rows() if was)
        for team, one in own.items():
            if one.minimum:
                rows.setdefault(team, 0)
        shares = within(rows, kept, pool.limits, own)
        listed = [(bucket, part, currency, team, team is None, share, None) for team, share in shares if share]
        parts.append(pl.DataFrame(listed, schema=WEIGHTS, orient="row"))
    return pl.concat(parts)


def within(weights: dict[str, int], kept: int, usual: Limits, own: dict[str, Limits]) -> list[tuple[str | None, int]]:
    """Integers that add up to SHARES, in proportion to `weights` between the limits; the last is what is kept.

    A level is sought at which proportion, cut to each team's limits, fills the whole; the exact one, in fractions.
    Minimums that make more than the whole are shortened alike; caps that make less leave a rest that is kept.
    """
    whole = Fraction(sum(weights.values()) + kept)
    spare = Fraction(kept) / whole if whole else Fraction(0)
    bounds = {team: _bounds(team, usual, own) for team in weights}
    room = 1 - spare
    least = sum((low for low, _ in bounds.values()), Fraction(0))
    if least > room:
        bounds = {team: (low * room / least, low * room / least) for team, (low, _) in bounds.items()}
    shares = _level(weights, bounds, room)
    parts = {team: int(share * SHARES) for team, share in shares.items()}
    rest = [(share * SHARES - parts[team], team) for team, share in shares.items()]
    missing = int(sum(shares.values(), Fraction(0)) * SHARES) - sum(parts.values())
    for _, team in sorted(rest, key=lambda one: (-one[0], one[1]))[:missing]:
        parts[team] += 1
    return [*sorted(parts.items()), (None, SHARES - sum(parts.values()))]


def _bounds(team: str, usual: Limits, own: dict[str, Limits]) -> tuple[Fraction, Fraction]:
    one = own.get(team, Limits())
    cap = one.cap if one.cap is not None else usual.cap
    minimum = one.minimum if one.minimum is not None else usual.minimum
    return Fraction(minimum or 0) / 100, Fraction(100 if cap is None else cap) / 100


def _level(
    weights: dict[str, int], bounds: dict[str, tuple[Fraction, Fraction]], room: Fraction
) -> dict[str, Fraction]:
    """share = weight × level, cut to the team's bounds, so that shares add up to `room` if their bounds let them."""

    def at(level: Fraction) -> dict[str, Fraction]:
        return {team: min(max(weight * level, bounds[team][0]), bounds[team][1]) for team, weight in weights.items()}

    steps = sorted(
        {bound / weights[team] for team, pair in bounds.items() for bound in pair if weights[team]} | {Fraction(0)}
    )
    below = steps[0]
    for step in steps:
        if sum(at(step).values(), Fraction(0)) > room:
            break
        below = step
    free = [team for team, share in at(below).items() if weights[team] and bounds[team][0] <= share < bounds[team][1]
            and weights[team] * below >= bounds[team][0]]  # fmt: skip
    gap = room - sum(at(below).values(), Fraction(0))
    rise = sum(weights[team] for team in free)
    return at(below + gap / rise) if rise and gap > 0 else at(below)
