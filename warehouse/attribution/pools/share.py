"""Shared cost to those it is for: lines of one billing period in, weights and splits out. Pure.

Specials come first, then pools in the order of their flow. A split is a pair: what a team gives is what others
receive, on the same day, in the same currency, for the same source, service and charge category. Every step adds up to
nothing, so no total changes unless it is asked for by team.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

import polars as pl

from warehouse.attribution.pools.divide import UNITS, amounts, divide, units
from warehouse.attribution.pools.model import COSTS, Pool, Pools
from warehouse.attribution.pools.prices import adjusted
from warehouse.attribution.pools.taking import free, taker, takes_shares
from warehouse.attribution.pools.weights import GROUP, SEEN, SERIES, WEIGHTS, Weighing, bucket_of, part_of, weigh
from warehouse.attribution.windows import Calendar
from warehouse.focus.period import Period

KEY: Final = ("source", "day", "currency", "provider", "service", "charge_category")
MONEY: Final = pl.Decimal(38, 18)
PERIOD: Final = len("2026-08")
LINES: Final = {
    "source": pl.String(),
    "day": pl.Date(),
    "currency": pl.String(),
    "provider": pl.String(),
    "service": pl.String(),
    "charge_category": pl.String(),
    "team": pl.String(),
    "cell": pl.Int32(),
    **dict.fromkeys(COSTS, MONEY),
}
SPLITS: Final = {
    **{name: LINES[name] for name in (*KEY, "team")},
    "cost_centre": pl.String(),
    "pool": pl.String(),
    "step": pl.Int32(),
    "received": pl.Boolean(),
    "from_team": pl.String(),
    **dict.fromkeys(COSTS, MONEY),
}
"""`team` has these costs more, or, where `received` is false, gives them: then they are the negative of its cost.
`from_team` is who a received share came from. Step 0 are adjustments."""
POOL_WEIGHTS: Final = {
    "bucket": pl.String(),
    "pool": pl.String(),
    "step": pl.Int32(),
    "part": pl.String(),
    "currency": pl.String(),
    "team": pl.String(),
    "kept": pl.Boolean(),
    "weight": pl.Decimal(38, 9),
    "fallback": pl.String(),
    **dict.fromkeys(COSTS, MONEY),
}
"""Weights of a pool, with the cost that came of each; together they are what the pool took."""


@dataclass(frozen=True, slots=True)
class Shared:
    weights: pl.DataFrame
    splits: pl.DataFrame


def share(
    lines: pl.DataFrame,
    facts: pl.DataFrame,
    pools: Pools,
    series: pl.DataFrame | None = None,
    reference: pl.DataFrame | None = None,
) -> Shared:
    """POOL_WEIGHTS and SPLITS of one billing period, in a fixed order.

    `lines` as LINES says, of all sources, with `quantity` where adjustments have rates; `facts` what
    `cells` found out about each cell; `series` as SERIES says;
    `reference` are lines of other billing periods whose charge months are corrected here.
    """
    run = Run(lines, facts, pools, pl.DataFrame(schema=SERIES) if series is None else series, reference)
    return run.through(COSTS).result()


def received(
    lines: pl.DataFrame,
    facts: pl.DataFrame,
    pools: Pools,
    series: pl.DataFrame,
    reference: pl.DataFrame | None,
    *,
    days: Period | None = None,
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """What `share` takes and gives of effective cost alone, of all days or of some, without weights and other costs:
    how many lines (`rows` of the lines) each pool takes of whom, by pool, currency and team; and sums of what is
    received, by currency, service, pool, team and from_team.

    Lines with a `period` are of several, each shared by itself, and so are the sums; series and `reference` are none
    then. Since nothing is ever shared from one currency to another, a period's currencies are made currencies of their
    own.
    """
    if "period" not in lines.columns:
        run = Run(lines, facts, pools, series, reference).through(("effective_cost",))
        return run.taken_rows(days), run.received_sums(days)
    own = lines.with_columns(currency=pl.col("period") + pl.col("currency").fill_null(""))
    run = Run(own, facts, pools, series, None).through(("effective_cost",))
    code = pl.col("currency").str
    apart = {"period": code.head(PERIOD), "currency": code.slice(PERIOD).replace("", None)}
    return run.taken_rows(days).with_columns(**apart), run.received_sums(days).with_columns(**apart)


class Run:
    """The steps of one period: what lines and received shares are left for whom."""

    records: ClassVar[bool] = True
    """Whether weights are told with what came of them, and what is nothing is left out."""

    def __init__(
        self,
        lines: pl.DataFrame,
        facts: pl.DataFrame,
        pools: Pools,
        series: pl.DataFrame,
        reference: pl.DataFrame | None,
    ) -> None:
        self.pools, self.series, self.facts = pools, series, facts
        self.calendar = Calendar(pools.teams or None)
        self.keys, number = self.numbered(lines)
        wanted = [name for name in (*LINES, "quantity", "rows") if name in lines.columns]
        first = taker(tuple(pools.by_document()))
        self.lines = lines.select(*wanted, number).join(facts, on="cell", how="left").with_columns(taker=first)
        self.reference = None
        if reference is not None:
            joined = reference.select(*wanted).join(facts, on="cell", how="left")
            self.reference = joined.with_columns(taker=first)
        self.seen = _seen(lines if "period" in lines.columns else lines.with_columns(period=pl.lit("")))
        self.costs: Sequence[str] = COSTS
        self.received: list[pl.DataFrame] = []
        self.weights: list[pl.DataFrame] = []
        self.splits: list[pl.DataFrame] = []

    def through(self, costs: Sequence[str]) -> Run:
        """Every pool in turn, as far as these costs go."""
        self.costs = costs
        for step, pool in enumerate(self.pools.ordered, 1):
            self.take(step, pool)
        return self

    def take(self, step: int, pool: Pool) -> None:
        """What the pool takes, weighed and divided."""
        taken = self._taken(pool)
        if taken.is_empty():
            return
        weights = self.weighed(pool, taken.select(GROUP).unique())
        if pool.rest:
            weights = weights.filter(~pl.col("kept"))
            self._hand_on(pool, weights.select(GROUP).unique())
        placed = weights.sort("kept", "team", nulls_last=True)
        pairs = taken.join(placed, on=GROUP, how="inner", nulls_equal=True, maintain_order="left_right")
        parts = divide(_valid(pairs, pool, self.calendar), self.costs)
        named = {"pool": pl.lit(pool.id), "step": pl.lit(step, pl.Int32)}
        if self.records and self.costs == COSTS:
            self.weights.append(_recorded(parts, weights).with_columns(**named))
        moved = parts.filter(~pl.col("kept") & pl.col("team").ne_missing(pl.col("from_team")))
        self.splits.append(moved.select("key", "team", "from_team", **named, **{name: name for name in self.costs}))
        self._pass_on(parts, moved, pool)

    def _hand_on(self, pool: Pool, weighed: pl.DataFrame) -> None:
        """Lines of a pool in groups without weights are those of another one."""
        mine = self.lines.filter(pl.col("taker") == pool.id)
        grouped = mine.with_columns(bucket=bucket_of(pool.basis.grain), part=part_of(pool.basis.partition))
        left = grouped.join(weighed, on=GROUP, how="anti", nulls_equal=True).with_columns(taker=pl.lit(pool.rest))
        kept = grouped.join(weighed, on=GROUP, how="semi", nulls_equal=True)
        others = self.lines.filter(pl.col("taker").ne_missing(pool.id))
        self.lines = pl.concat([others, *(part.select(self.lines.columns) for part in (left, kept))])

    def _taken(self, pool: Pool) -> pl.DataFrame:
        """Whole numbers of 1e-18 by daily key, owner and what its weights are apart by, numbered as `group`."""
        parts = [self.lines, *self.received]
        chosen = [part.filter(pl.col("taker") == pool.id) for part in parts]
        found = pl.concat([self._measured(part, pool) for part in chosen])
        apart = ("cell",) if self._feeds(pool) else ()
        sums = found.group_by("key", "from_team", "part", *apart).agg(pl.col(self.costs).sum())
        if self.records:
            sums = sums.filter(pl.any_horizontal(pl.col(name) != 0 for name in self.costs))
        told = self.keys.select("day", "currency", bucket=bucket_of(pool.basis.grain))[sums["key"]]
        return sums.hstack(told).with_row_index("group")

    def _measured(self, part: pl.DataFrame, pool: Pool) -> pl.DataFrame:
        whole = {name: units(part[name]) if part.schema[name] != UNITS else part[name] for name in self.costs}
        return part.select("key", cell="alike", from_team="team", part=part_of(pool.basis.partition), **whole)

    def _feeds(self, pool: Pool) -> bool:
        """Whether a later pool may take what this one gives, so that its cells have to be known."""
        after = self.pools.ordered[self.pools.ordered.index(pool) + 1 :]
        return any(not other.special and (pool.special or takes_shares(other)) for other in after)

    def weighed(self, pool: Pool, wanted: pl.DataFrame) -> pl.DataFrame:
        """WEIGHTS for groups."""
        untaken = free(pool, self.pools)
        found = self.lines.filter(untaken)
        if pool.special and self.reference is not None and pool.basis.grain == "month":
            months = self.reference["day"].dt.strftime("%Y-%m").unique()
            found = found.filter(~pl.col("day").dt.strftime("%Y-%m").is_in(months.implode()))
            found = pl.concat([found.select(self.reference.columns), self.reference.filter(untaken)])
        asked = Weighing(pool, found, self.series, self.pools.teams, self.pools.shared_teams, self.seen)
        return weigh(asked, wanted)

    def _pass_on(self, parts: pl.DataFrame, moved: pl.DataFrame, pool: Pool) -> None:
        """Shares that a later pool takes from those who received them, and what a special leaves with the owner of a
        line: it is as the line was."""
        if "cell" not in parts.columns:
            return
        later = tuple(other for other in self.pools.by_document() if not other.special and other.id != pool.id)
        passed = [(moved, tuple(filter(takes_shares, later)))]
        if pool.special:
            stays = pl.col("kept") | pl.col("team").eq_missing(pl.col("from_team"))
            passed.append((parts.filter(stays).with_columns(team="from_team"), later))
        for part, takers in passed:
            if takers:
                frame = part.select("key", "day", "team", "cell", *self.costs).join(self.facts, on="cell", how="left")
                frame = frame.with_columns(taker=taker(takers))
                self.received.append(frame.filter(pl.col("taker").is_not_null()))

    def result(self) -> Shared:
        return Shared(_weights(self.weights), _paired(self.moved, self.keys, self.calendar))

    def taken_rows(self, days: Period | None) -> pl.DataFrame:
        """Of lines; shares that are passed on have none."""
        taken = self.lines.filter(pl.col("taker").is_not_null())
        if days:
            taken = taken.filter(pl.col("day").is_between(pl.lit(days.start), pl.lit(days.end), closed="left"))
        return taken.group_by("currency", "team", pool="taker").agg(pl.col("rows").sum())

    def received_sums(self, days: Period | None) -> pl.DataFrame:
        by = ("currency", "service", "pool", "team", "from_team")
        parts = [part.select("key", *by[2:], *self.costs) for part in self.moved]
        none = dict.fromkeys(by, pl.String) | dict.fromkeys(self.costs, UNITS)
        if not parts:
            return pl.DataFrame(schema=none)
        moved = pl.concat(parts)
        if days:
            counts = self.keys["day"].is_between(pl.lit(days.start), pl.lit(days.end), closed="left")
            moved = moved.filter(counts[moved["key"]])
        told = self.keys.select("currency", "service")
        places = told.unique(maintain_order=True).with_row_index("place")
        place = told.join(places, on=told.columns, how="left", nulls_equal=True, maintain_order="left")["place"]
        moved = moved.with_columns(
            place[moved["key"]], pl.col("team", "from_team").cast(_enum(moved, "team", "from_team"))
        )
        sums = moved.group_by("place", *by[2:]).agg(pl.col(self.costs).sum())
        sums = sums.with_columns(pl.col("team", "from_team").cast(pl.String))
        return sums.join(places, on="place").select(*by, *self.costs)

    @property
    def moved(self) -> list[pl.DataFrame]:
        """What teams receive, by key, pool and step; of adjustments too."""
        return [*(adjusted(one, self.lines, ("key",)) for one in self.pools.adjustments), *self.splits]

    def numbered(self, lines: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
        """The keys by which cost is divided, with their number as `key`, and the number of each line."""
        return _numbered(lines.select(KEY))


def _numbered(keys: pl.DataFrame) -> tuple[pl.DataFrame, pl.Series]:
    """The distinct rows of `keys` in their order, with their number as `key`, and the number of each row."""
    short = keys.with_columns(
        pl.col(name).cast(_enum(keys, name)) for name, kind in keys.schema.items() if kind == pl.String
    )
    distinct = short.unique().sort(KEY, nulls_last=True).with_row_index("key")
    number = short.join(distinct, on=KEY, how="left", nulls_equal=True, maintain_order="left")["key"]
    return distinct.cast({name: keys.schema[name] for name in KEY}), number


def _enum(frame: pl.DataFrame, *names: str) -> pl.Enum:
    """Texts of some columns as numbers in their order."""
    return pl.Enum(pl.concat([frame[name].unique() for name in names]).drop_nulls().unique().sort())


def _seen(lines: pl.DataFrame) -> pl.DataFrame:
    """The teams of a billing period, for each of its currencies."""
    teams = lines.select("period", "team").unique().drop_nulls()
    return lines.select("period", "currency").unique().join(teams, on="period").select(*SEEN)


def _valid(pairs: pl.DataFrame, pool: Pool, calendar: Calendar) -> pl.DataFrame:
    """A team that does not exist on the day gets nothing: its fixed percentage goes to the remainder or is kept, other
    weights are those of the teams that do. A group without any stays with whoever has it."""
    passing = [team for team in pairs["team"].drop_nulls().unique().sort() if not calendar.always(team)]
    if not passing:
        return pairs
    days = pairs.filter(pl.col("team").is_in(passing)).select("team", "day").unique()
    gone = [(team, day) for team, day in days.iter_rows() if not calendar.valid(team, day)]
    if not gone:
        return pairs
    absent = pl.DataFrame(gone, schema={"team": pl.String, "day": pl.Date}, orient="row").with_columns(
        gone=pl.lit(True)
    )
    marked = pairs.join(absent, on=["team", "day"], how="left").with_columns(pl.col("gone").fill_null(False))
    order = ("group", "kept", "team")
    if pool.method != "fixed":
        stay = pl.col("gone").all().over("group")
        found = marked.filter(~pl.col("gone") | stay)
        found = found.with_columns(team=pl.when(~pl.col("gone")).then("team"), kept=pl.col("kept") | pl.col("gone"))
        return found.drop("gone").sort(order, nulls_last=True)
    rest = pool.remainder if pool.remainder else None
    heir = pl.lit(rest, pl.String)
    lost = pl.lit(rest is None) | (pl.col("team") == heir)
    found = marked.with_columns(
        team=pl.when(pl.col("gone") & lost).then(None).when("gone").then(heir).otherwise("team"),
        kept=pl.col("kept") | (pl.col("gone") & lost),
    )
    return found.drop("gone").sort(order, nulls_last=True)


def _recorded(parts: pl.DataFrame, weights: pl.DataFrame) -> pl.DataFrame:
    """The weights, each with what came of it; a team that got something without a weight of its own is listed too."""
    keys = [*GROUP, "team", "kept"]
    sums = parts.group_by(keys).agg(pl.col(COSTS).sum())
    found = weights.join(sums, on=keys, how="full", coalesce=True, nulls_equal=True)
    return found.with_columns(pl.col("weight", *COSTS).fill_null(pl.lit(0, UNITS)))


def _weights(parts: Sequence[pl.DataFrame]) -> pl.DataFrame:
    if not parts:
        return pl.DataFrame(schema=POOL_WEIGHTS)
    found = pl.concat([part.select(*WEIGHTS, "pool", "step", *COSTS) for part in parts])
    points = pl.Series("weight", found["weight"]).cast(pl.Decimal(38, 0)).to_list()
    found = found.with_columns(
        pl.Series("weight", [point.scaleb(-9) for point in points], dtype=pl.Decimal(38, 9)),
        *(amounts(found[name]) for name in COSTS),
    )
    order = ("step", "bucket", "part", "currency", "kept", "team")
    return found.select(*POOL_WEIGHTS).cast(POOL_WEIGHTS).sort(order, nulls_last=True)  # type: ignore[arg-type]


def _paired(parts: Sequence[pl.DataFrame], keys: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """Received shares as they are, and what was given for them, each of a team summed by daily key."""
    if not parts:
        return pl.DataFrame(schema=SPLITS)
    moved = pl.concat(list(parts))
    teams = _enum(moved, "team", "from_team")
    moved = moved.with_columns(pl.col("team", "from_team").cast(teams))
    by = ["key", "pool", "step"]
    received = moved.group_by(*by, "team", "from_team").agg(pl.col(COSTS).sum()).with_columns(received=pl.lit(True))
    given = received.group_by(*by, team="from_team").agg(pl.col(COSTS).sum())
    given = given.with_columns(
        *((pl.lit(0, UNITS) - pl.col(name)).alias(name) for name in COSTS),
        received=pl.lit(False),
        from_team=pl.lit(None, teams),
    )
    found = pl.concat([received, given.select(received.columns)])
    found = found.filter(pl.any_horizontal(pl.col(name) != 0 for name in COSTS))
    found = found.sort("step", "key", "received", "team", "from_team", nulls_last=True)
    found = found.with_columns(pl.col("team", "from_team").cast(pl.String))
    found = found.hstack(keys.select(KEY)[found["key"]]).with_columns(*(amounts(found[name]) for name in COSTS))
    centres = _centres(found, calendar)
    found = found.join(centres, on=["team", "day"], how="left", nulls_equal=True, maintain_order="left")
    return found.select(*SPLITS).cast(SPLITS)  # type: ignore[arg-type]


def _centres(frame: pl.DataFrame, calendar: Calendar) -> pl.DataFrame:
    """The cost centre of each team on each day it appears."""

    def rows() -> Iterator[tuple[object, object, str | None]]:
        for team, day in frame.select("team", "day").unique().iter_rows():
            yield team, day, calendar.cost_centre(team, day)

    return pl.DataFrame(
        list(rows()), schema={"team": pl.String, "day": pl.Date, "cost_centre": pl.String}, orient="row"
    )
