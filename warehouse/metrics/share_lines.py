"""Shared cost as rows of lines: what pools and adjustments make of each line by itself.

A share is given at a daily key. Its parts are of the lines there that the pool took or the adjustment is about, also
where the share was passed on, each as large as if the line were alone; what division left over in the whole goes to the
largest. Each row stands twice, with who receives it and, negative, with who gives it, so that the shares of a line add
up to nothing and those of a question to what its answer says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import polars as pl

from warehouse.attribution.pools.divide import UNITS, amounts, units
from warehouse.metrics.answer import Asked
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.freshness import Readable
from warehouse.metrics.line_cells import COSTS, cells, wanted
from warehouse.metrics.tables import Tables

SCOPE: Final = ("period", "day")
KEY: Final = ("source", "currency", "provider", "service", "charge_category")
SHARED: Final = "shared"
_SAME: Final = " and ".join(
    f"g.{name} is not distinct from s.{name}" for name in (*SCOPE, *KEY, "pool", "step")
)  # fmt: skip
_COSTS: Final = ", ".join(COSTS)


@dataclass(frozen=True, slots=True)
class ShareLines:
    """The shares of one question in one view. `shares` are splits that it sums, received ones with whether it sums
    what was received (`takes`) and what was given for it (`gives`); `counts` how many rows there are of each day."""

    reader: Readable
    shares: pl.DataFrame
    counts: pl.DataFrame
    sums: pl.DataFrame
    """Per currency, the costs that these rows add up to."""

    @property
    def row_count(self) -> int:
        return int(self.counts["rows"].sum())

    def batches(self) -> Iterator[pl.DataFrame]:
        """row_key, source, period, line_no, team, cost_centre, pool, other_team and costs, a day at a time."""
        for scope in self.counts.select(SCOPE).iter_rows():
            yield self._day(scope)

    def wide(self) -> Iterator[pl.DataFrame]:
        """The same with every column of a line, in the order of `line_columns`: those of the line that it is of."""
        for rows in self.batches():
            yield self.widened(rows)

    def slice(self, start: int, length: int) -> pl.DataFrame:
        """So many rows from the one at `start`, as `wide` has them."""
        left, parts = length, []
        for scope, rows in self.counts.select(pl.struct(SCOPE), "rows").iter_rows():
            if start >= rows or left <= 0:
                start -= rows
                continue
            part = self._day(tuple(scope.values())).slice(start, left)
            parts.append(self.widened(part))
            left, start = left - len(part), 0
        return pl.concat(parts) if parts else self.widened(pl.DataFrame(schema=_EMPTY))

    def of(self, source: str, period: str) -> pl.DataFrame:
        """As `batches` has them, of one source and billing period."""
        here = self.shares.filter(pl.col("source") == source, pl.col("period") == period)
        days = self.counts.filter(pl.col("period") == period).select(SCOPE)
        parts = [ShareLines(self.reader, here, self.counts, self.sums)._day(scope) for scope in days.iter_rows()]
        return pl.concat(parts) if parts else pl.DataFrame(schema=_EMPTY)

    def teams(self, source: str, period: str) -> pl.DataFrame:
        """line_no and team of every line of a source and billing period."""
        return self.reader.frame(_TEAMS, {"source": source, "period": period})

    def _day(self, scope: tuple[object, ...]) -> pl.DataFrame:
        found = self.shares.filter(pl.col("period") == scope[0], pl.col("day") == scope[1])
        if found.is_empty():
            return pl.DataFrame(schema=_EMPTY)
        return sides(divided(self.reader, found), found)

    def widened(self, rows: pl.DataFrame) -> pl.DataFrame:
        tables = Tables("lines", CATALOGUE)
        picked = "(select unnest($rows::bigint[]) as row_key) picked on picked.row_key = f.rowid"
        sql = f"select f.rowid as row_key, {cells(tables)}\nfrom {tables.source()}\njoin {picked}"
        found = self.reader.frame(sql, {**tables.parameters, "rows": rows["row_key"].unique().to_list()})
        mine = ("team", "cost_centre", "pool", *COSTS)
        named = rows.select("row_key", *(pl.col(name).alias(f"={name}") for name in mine))
        joined = named.join(found, on="row_key", how="left", maintain_order="left")
        return joined.with_columns(
            *(pl.col(f"={name}").alias(name) for name in mine),
            allocation=pl.lit(SHARED),
            consumed_quantity=pl.lit(None, found.schema["consumed_quantity"]),
            pricing_quantity=pl.lit(None, found.schema["pricing_quantity"]),
        ).select(name for name in found.columns if name != "row_key")


def share_lines(asked: Asked, reader: Readable) -> ShareLines:
    tables = Tables("splits", CATALOGUE)
    where = wanted(asked, tables)
    found = reader.frame(SHARES.format(where=where), tables.parameters)
    sums = reader.frame(
        f"select f.currency as currency, {', '.join(f'sum(f.{name}) as {name}' for name in COSTS)} from splits f "
        f"{where}group by 1",
        tables.parameters,
    )
    shares = found.with_columns(
        sides=pl.col("takes").cast(pl.Int64) + pl.col("gives").cast(pl.Int64),
    )
    return ShareLines(reader, shares, _counts(shares, reader), sums)


SHARES: Final = f"""with matched as (select f.rowid as row_key from splits f
{{where}}), given as (select g.* exclude ({_COSTS}) from splits g semi join matched on row_key = g.rowid
    where not g.received)
select s.rowid as split, s.* exclude (received), m.row_key is not null as takes,
    g.source is not null as gives, g.cost_centre as from_centre
from splits s left join matched m on m.row_key = s.rowid
left join given g on {_SAME} and g.team is not distinct from s.from_team
where s.received and (m.row_key is not null or g.source is not null)
order by s.period, s.day, s.source, s.step, s.pool, s.service, s.currency, s.provider, s.charge_category, s.team,
    s.from_team"""
_TEAMS: Final = """select f.line_no, v.team from lines f join owners o on o.period = f.period and o.dim = f.dim
    and f.day >= o.valid_from and f.day < o.valid_to join owner_values v using (owner)
where f.source = $source and f.period = $period"""


def _counts(shares: pl.DataFrame, reader: Readable) -> pl.DataFrame:
    """period, day, rows."""
    parts = [pl.DataFrame(schema={"period": pl.String, "day": pl.Date, "rows": pl.Int64})]
    for (period,), here in shares.group_by("period", maintain_order=True):
        lines = reader.split_lines(str(period))
        counted = lines.counts(here) if lines else pl.DataFrame(schema={"split": pl.Int64, "rows": pl.Int64})
        if counted.height < here.height:
            left = here.join(counted, on="split", how="anti")
            counted = pl.concat([counted, loose(reader, left).group_by("split").agg(rows=pl.len().cast(pl.Int64))])
        told = here.join(counted, on="split").group_by(SCOPE).agg(rows=(pl.col("sides") * pl.col("rows")).sum())
        parts.append(told)
    return pl.concat(parts).sort(SCOPE)


def divided(reader: Readable, shares: pl.DataFrame) -> pl.DataFrame:
    """Of shares of one billing period, a row for each share (`group`) and line that has a part of it, with the parts as
    whole numbers of 1e-18."""
    lines = reader.split_lines(shares["period"][0])
    found = lines.pieces(shares) if lines else pl.DataFrame(schema=_LOOSE)
    left = shares.join(found, on="split", how="anti")
    if left.height:
        found = pl.concat([found.select(*_LOOSE), loose(reader, left)])
    wanted = shares.select("split", "source", "period", *(units(shares[name]).alias(f"={name}") for name in COSTS))
    pairs = found.join(wanted, on="split").rename({"split": "group"}).sort("group", "line_no")
    return pairs.with_columns(_settled(name) for name in COSTS).select("group", "row_key", *_LINE, *COSTS)


def _settled(name: str) -> pl.Expr:
    """The parts of a cost, with what they lack of the whole: one unit each, the largest first."""
    lacking, count, one = (
        pl.col(f"={name}") - pl.col(name).sum().over("group"),
        pl.len().over("group"),
        pl.lit(1, UNITS),
    )
    size, count = lacking.abs(), count.cast(UNITS)
    place = pl.col(name).abs().rank("ordinal", descending=True).over("group").cast(UNITS)
    more = size // count + pl.when(place <= size % count).then(one).otherwise(one - one)
    return pl.col(name) + pl.when(lacking < 0).then(one - one - more).otherwise(more)


def loose(reader: Readable, shares: pl.DataFrame) -> pl.DataFrame:
    """Shares that pools in force make of no line: an older program made them, or others are just being published. Any
    line of the key has a part."""
    lines = reader.frame(_ANY_LINE, {"period": shares["period"][0], "days": shares["day"].unique().to_list()})
    pairs = shares.select("split", *SCOPE, *KEY).join(lines, on=[*SCOPE, *KEY], nulls_equal=True)
    return pairs.with_columns(pl.lit(0, UNITS).alias(name) for name in COSTS).select(*_LOOSE)


_LINE: Final = ("source", "period", "line_no")
_LOOSE: Final = {"split": pl.Int64(), "row_key": pl.Int64(), "line_no": pl.Int64(), **dict.fromkeys(COSTS, UNITS())}
_ANY_LINE: Final = """select f.rowid as row_key, f.line_no, f.source, f.period, f.day, f.currency, d.provider,
    d.service, d.charge_category from lines f join dims d on d.dim = f.dim
where f.period = $period and list_contains($days, f.day)"""


def sides(pairs: pl.DataFrame, shares: pl.DataFrame) -> pl.DataFrame:
    """Who receives each part and who gives it, as far as the question sums them."""
    about = shares.select("takes", "gives", "team", "cost_centre", "from_team", "from_centre", "pool", group="split")
    found = pairs.select("group", "row_key", "source", "period", "line_no", *COSTS).join(
        about, on="group", how="left", maintain_order="left"
    )
    takes = found.filter("takes").with_columns(other_team="from_team", place=pl.lit(0))
    gives = found.filter("gives").with_columns(
        *((pl.lit(0, UNITS) - pl.col(name)).alias(name) for name in COSTS),
        team="from_team",
        cost_centre="from_centre",
        other_team="team",
        place=pl.lit(1),
    )
    both = pl.concat([part.select(*_ROWS, "group", "place") for part in (takes, gives)])
    both = both.sort("source", "line_no", "group", "place")
    return both.with_columns(amounts(both[name]) for name in COSTS).select(_ROWS)


_ROWS: Final = ("row_key", "source", "period", "line_no", "team", "cost_centre", "pool", "other_team", *COSTS)
_EMPTY: Final = {
    "row_key": pl.Int64(),
    "source": pl.String(),
    "period": pl.String(),
    "line_no": pl.Int64(),
    **dict.fromkeys(("team", "cost_centre", "pool", "other_team"), pl.String()),
    **dict.fromkeys(COSTS, pl.Decimal(38, 18)),
}
