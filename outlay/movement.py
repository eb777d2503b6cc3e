"""What a draft moves, from the rollups: owners before and after of the dims it touches, joined with their months."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Final

import polars as pl

from outlay.documents import tags_long
from warehouse.attribution import Estate
from warehouse.attribution.model import DIMENSIONS
from warehouse.focus.period import Period, add_months
from warehouse.metrics.dim_costs import days_of_dims, months_of_dims
from warehouse.store import Snapshot

MONTHS: Final = 13
RESOURCES_SHOWN: Final = 50
MOVED: Final = ("period", "currency", "was", "becomes")


def periods(snapshot: Snapshot, months: int | None = MONTHS) -> list[str]:
    """The billing periods of the last months with cost, or all of them, oldest first."""
    known = snapshot.frame("select distinct period from generations where rows > 0 order by 1")["period"].to_list()
    if not known or months is None:
        return known
    first = add_months(date.fromisoformat(f"{known[-1]}-01"), 1 - months)
    return [period for period in known if period >= f"{first:%Y-%m}"]


def estate_of(
    snapshot: Snapshot,
    accounts: pl.DataFrame | None,
    columns: Iterable[str] | None = None,
    dims: pl.Series | None = None,
) -> Estate:
    """Every dim that a live line uses, or those of `dims`; with `columns`, no more of them than rules need of these."""
    kept = "dims.* exclude (digest, salted)"
    if columns is not None:
        plain = {column for column in columns if "." not in column}
        if any(column.startswith("account_tag.") for column in columns):
            plain |= {"sub_account", "billing_account", "resource_group"}
        kept = ", ".join(["dims.dim", "dims.tag_set", *sorted(f"dims.{column}" for column in plain)])
    tagged = columns is None or any("." in column for column in columns)
    chosen = "monthly_dims" if dims is None else "(select unnest($dims::integer[]) as dim)"
    parameters = {} if dims is None else {"dims": dims.to_list()}
    found = snapshot.frame(f"select {kept} from dims semi join {chosen} using (dim)", parameters)
    sets = "tag_sets" if tagged else "(from tag_sets where false)"
    only = "" if dims is None else "semi join (select unnest($sets::integer[]) as tag_set) using (tag_set)"
    entries = snapshot.frame(
        f"select tag_set, unnest(map_entries(raw)) as entry from {sets} {only}",
        {} if dims is None else {"sets": found["tag_set"].unique().drop_nulls().to_list()},
    )
    return Estate(found, tags_long(entries), accounts)


def values_of(owners: pl.DataFrame, dimension: str) -> pl.DataFrame:
    """dim, valid_from, valid_to, value of one dimension."""
    value = pl.col(dimension) if dimension in DIMENSIONS else pl.col("extra").str.json_path_match(f"$.{dimension}")
    return owners.select("dim", "valid_from", "valid_to", value=value)


def pieces(before: pl.DataFrame, after: pl.DataFrame) -> pl.DataFrame:
    """dim, valid_from, valid_to, was, becomes, wherever the two (as `values_of`) differ."""
    both = before.join(after, on="dim", suffix="_new")
    return both.select(
        "dim",
        pl.max_horizontal("valid_from", "valid_from_new").alias("valid_from"),
        pl.min_horizontal("valid_to", "valid_to_new").alias("valid_to"),
        pl.col("value").alias("was"),
        pl.col("value_new").alias("becomes"),
    ).filter(pl.col("valid_from") < pl.col("valid_to"), pl.col("was").ne_missing(pl.col("becomes")))


def within(changed: pl.DataFrame, days: Period) -> pl.DataFrame:
    """What `changed` (as `pieces`) says of these days."""
    start, end = pl.lit(days.start), pl.lit(days.end)
    return changed.with_columns(
        valid_from=pl.max_horizontal("valid_from", start), valid_to=pl.min_horizontal("valid_to", end)
    ).filter(pl.col("valid_from") < pl.col("valid_to"))


def moves(snapshot: Snapshot, changed: pl.DataFrame, first: str) -> pl.DataFrame:
    """dim, period, currency, was, becomes, amount, lines, pool (null): what `changed` (as `pieces`) carries since a
    billing period. Where it names a `period`, of that one.

    Months are asked whole. Only where an owner changes inside a month the days of those dims are read from the lines.
    """
    monthly = months_of_dims(snapshot, changed["dim"].unique().to_list(), first)
    cut = _cut(changed)
    if cut.height:
        dims, months = cut["dim"].unique().to_list(), cut["day"].unique().to_list()
        daily = days_of_dims(snapshot, dims, first, months)
        within = daily.with_columns(month=pl.col("day").dt.truncate("1mo"))
        within = within.join(cut, left_on=["dim", "month"], right_on=["dim", "day"], how="semi").drop("month")
        monthly = pl.concat([monthly.join(cut, on=["dim", "day"], how="anti"), within])
    joined = changed.join(monthly, on=["dim", *({"period"} & set(changed.columns))]).filter(
        pl.col("valid_from") <= pl.col("day"), pl.col("day") < pl.col("valid_to")
    )
    return joined.select("dim", *MOVED, "amount", "lines", pool=pl.lit(None, pl.String))


def _cut(changed: pl.DataFrame) -> pl.DataFrame:
    """(dim, first day of the month) for the months in which an owner changes."""
    days = pl.concat([changed.select("dim", day=column) for column in ("valid_from", "valid_to")])
    inside = days.filter(pl.col("day").dt.day() != 1, pl.col("day").dt.year() < 9999)
    return inside.with_columns(pl.col("day").dt.truncate("1mo")).unique()


def largest(moved: pl.DataFrame, most: int = RESOURCES_SHOWN) -> pl.DataFrame:
    """Of each cell (was, becomes, currency) the resources that move most, and `of` how many."""
    cell = ("was", "becomes", "currency")
    found = summed(moved.filter(pl.col("pool").is_null()), "resource", "service", *cell)
    counted = found.with_columns(of=pl.len().over(cell))
    return counted.filter(pl.int_range(pl.len()).over(cell) < most)


def summed(moved: pl.DataFrame, *names: str) -> pl.DataFrame:
    """Amounts, the part of them that pools share, and lines by `names`, the largest first."""
    shared = pl.col("amount").filter(pl.col("pool").is_not_null()).sum()
    sums = moved.group_by(names).agg(pl.col("amount").sum(), shared.alias("shared"), pl.col("lines").sum())
    return sums.sort(pl.col("amount").abs(), *names, descending=[True, *[False] * len(names)], nulls_last=True)
