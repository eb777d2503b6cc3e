"""What the rules read, as small integers: one code column per column read, beside its distinct values.

Some of it changes with the days: aliases have windows, and accounts change their tags. So a row stands for a dim and
the days on which what is read of it stays the same; nearly all dims have one row.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from typing import Final

import polars as pl

from warehouse.attribution.fold import squash
from warehouse.attribution.match import CODE
from warehouse.attribution.model import ACCOUNT_TAG, DAY_MAX, DAY_MIN, TAG, Rules, prefix_of
from warehouse.attribution.tags import normal_tags

ACCOUNTS: Final = pl.Schema(
    {"account": pl.String, "key": pl.String, "value": pl.String, "valid_from": pl.Date, "valid_to": pl.Date}
)
"""Tags of accounts as collectors know them. `account` is what the bill calls a sub account or billing account, or
SUB_ACCOUNT/RESOURCE_GROUP; a tag of an organisational unit is listed for each of its accounts. Null: without end."""


@dataclass(slots=True)
class Facts:
    """`rows`: place (position in dims), valid_from, valid_to, and one code column per column read.

    A code is a position in the column's `values`: distinct, and position 0 is the missing value. Text that is blank
    counts as missing.
    """

    rows: pl.DataFrame
    values: dict[str, pl.Series]

    def put(self, column: str, texts: pl.Series) -> None:
        """Make `texts`, one for each row, readable as `column`."""
        codes, self.values[column] = _encode(texts)
        self.rows = self.rows.with_columns(codes.alias(column))


def read_facts(dims: pl.DataFrame, tag_sets: pl.DataFrame, rules: Rules, accounts: pl.DataFrame | None = None) -> Facts:
    """`dims`, `tag_sets` and `accounts` as `attribute` takes them."""
    wanted = rules.columns
    keys = {prefix: [column.removeprefix(prefix) for column in wanted if prefix_of(column) == prefix]
            for prefix in (TAG, ACCOUNT_TAG)}  # fmt: skip
    plain = [pl.col(column).cast(pl.String) for column in wanted if not prefix_of(column)]
    rows = dims.select(
        pl.int_range(pl.len(), dtype=CODE).alias("place"),
        pl.lit(DAY_MIN).alias("valid_from"),
        pl.lit(DAY_MAX).alias("valid_to"),
        pl.col("tag_set").alias("=set"),
        *plain,
    )
    if keys[TAG]:
        held = _held(tag_sets.rename({"tag_set": "=set"}), [TAG + key for key in keys[TAG]], rules)
        rows = refine(rows, held.with_columns(pl.col("=set").cast(dims.schema["tag_set"])), "=set")
    if keys[ACCOUNT_TAG]:
        rows = _inherited(rows, dims, accounts, [ACCOUNT_TAG + key for key in keys[ACCOUNT_TAG]], rules)
    facts = Facts(rows.select("place", "valid_from", "valid_to"), {})
    for column in wanted:
        facts.put(column, rows[column])
    return facts


def refine(rows: pl.DataFrame, windows: pl.DataFrame, on: str) -> pl.DataFrame:
    """Rows cut at the days of `windows` (`on`, starts, ends, and what holds then); what has none is left whole."""
    joined = rows.join(windows, on=on, how="left", maintain_order="left")
    if windows["starts"].null_count() == windows.height:
        return joined.drop("starts", "ends")
    later = pl.max_horizontal("valid_from", "starts")
    earlier = pl.min_horizontal("valid_to", "ends")
    return (
        joined.with_columns(valid_from=later, valid_to=earlier)
        .drop("starts", "ends")
        .filter(pl.col("valid_from") < pl.col("valid_to"))
    )


def _inherited(
    rows: pl.DataFrame, dims: pl.DataFrame, accounts: pl.DataFrame | None, columns: Sequence[str], rules: Rules
) -> pl.DataFrame:
    """The tag of the resource group, else of the sub account, else of the billing account."""
    if accounts is None or accounts.is_empty():
        return rows.with_columns(pl.lit(None, pl.String).alias(column) for column in columns)
    held = _held(accounts.rename({"account": "=set"}), columns, rules)
    group = pl.concat_str("sub_account", pl.lit("/"), "resource_group")
    levels = dims.select(group.alias("=2"), pl.col("sub_account").alias("=1"), pl.col("billing_account").alias("=0"))
    rows = rows.with_columns(levels.cast(pl.String)[rows["place"]])
    for level in ("=2", "=1", "=0"):
        renamed = {"=set": level} | {column: f"{level}{column}" for column in columns}
        rows = refine(rows, held.rename(renamed), level)
    return rows.with_columns(pl.coalesce(f"{level}{column}" for level in ("=2", "=1", "=0")).alias(column)
                             for column in columns)  # fmt: skip


def inherited_tags(
    accounts: pl.DataFrame | None, dim_row: Mapping[str, object], rules: Rules, day: date
) -> dict[str, str]:
    """What one dim inherits on one day, normalised: of its resource group, else sub account, else billing account."""
    if accounts is None:
        return {}
    sub, group = dim_row.get("sub_account"), dim_row.get("resource_group")
    found: dict[str, str] = {}
    for holder in (dim_row.get("billing_account"), sub, f"{sub}/{group}" if sub and group else None):
        since, until = pl.col("valid_from").fill_null(DAY_MIN), pl.col("valid_to").fill_null(DAY_MAX)
        raw = accounts.filter(pl.col("account") == pl.lit(holder, pl.String), since <= day, until > day)
        sets = raw.unique("key", keep="first", maintain_order=True).select(tag_set=pl.lit(0), key="key", value="value")
        held = normal_tags(sets, rules, day).filter(pl.col("value").str.strip_chars() != "")
        found |= dict(held.select("key", "value").iter_rows())
    return found


def _held(tags: pl.DataFrame, columns: Sequence[str], rules: Rules) -> pl.DataFrame:
    """=set, starts, ends, and one column for each of `columns`: the tags of each set as they are read on its days.

    Tags have =set, key, value, and for accounts valid_from and valid_to. Null ends where nothing ever changes.
    """
    cuts = _cuts(tags, rules)
    if cuts.is_empty():
        wide = _wide(normal_tags(tags.rename({"=set": "tag_set"}), rules), columns).rename({"tag_set": "=set"})
        return wide.with_columns(starts=pl.lit(None, pl.Date), ends=pl.lit(None, pl.Date))
    days, found = _on_days(tags, cuts, rules)
    return days.join(_wide(found, columns), on="tag_set", how="left").drop("tag_set")


def dated_tags(tag_sets: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """As `normal_tags`, with valid_from and valid_to: a set stands there once for each stretch of days on which the
    aliases of its keys do not change.
    """
    tags = tag_sets.rename({"tag_set": "=set"})
    cuts = _cuts(tags, rules)
    if cuts.is_empty():
        return normal_tags(tag_sets, rules).with_columns(valid_from=pl.lit(DAY_MIN), valid_to=pl.lit(DAY_MAX))
    days, found = _on_days(tags, cuts, rules)
    return (
        days.join(found, on="tag_set")
        .select("key", "value", tag_set="=set", valid_from="starts", valid_to="ends")
        .select("tag_set", "key", "value", "valid_from", "valid_to")
    )


def _on_days(tags: pl.DataFrame, cuts: pl.DataFrame, rules: Rules) -> tuple[pl.DataFrame, pl.DataFrame]:
    """Stretches of sets (=set, starts, ends, and tag_set as their number), and the tags of each as they are read."""
    stretches = tags.select("=set").unique()
    days = pl.concat([stretches.with_columns(starts=pl.lit(DAY_MIN)), cuts]).unique().sort("=set", "starts")
    days = days.with_columns(ends=pl.col("starts").shift(-1).over("=set").fill_null(DAY_MAX)).with_row_index("tag_set")
    there = days.join(tags, on="=set", maintain_order="right")
    if "valid_from" in tags.columns:
        since, until = pl.col("valid_from").fill_null(DAY_MIN), pl.col("valid_to").fill_null(DAY_MAX)
        there = there.filter(since <= pl.col("starts"), pl.col("starts") < until)
        # Two sources may know an account: the first is believed.
        there = there.unique(["tag_set", "key"], keep="first", maintain_order=True)
    epochs = sorted({DAY_MIN, *alias_days(rules), DAY_MAX})
    parts = [
        normal_tags(there.filter(pl.col("starts") >= start, pl.col("starts") < end), rules, start)
        for start, end in pairwise(epochs)
    ]
    return days, pl.concat(parts)


def alias_days(rules: Rules) -> set[date]:
    """The days on which an alias begins or ends."""
    days = {day for key in rules.tag_keys for alias in key.aliases for day in (alias.valid_from, alias.valid_to)}
    return days - {DAY_MIN, DAY_MAX}


def _cuts(tags: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """=set, starts: the days on which something about a set may change."""
    nothing = pl.DataFrame(schema={"=set": tags.schema["=set"], "starts": pl.Date})
    parts = [nothing]
    if days := sorted(alias_days(rules)):
        windowed = [alias.key for key in rules.tag_keys for alias in key.aliases if (alias.valid_from, alias.valid_to)
                    != (DAY_MIN, DAY_MAX)]  # fmt: skip
        words, raw = set(squash(windowed)), tags["key"].unique().drop_nulls().to_list()
        read = [key for key, word in zip(raw, squash(raw), strict=True) if word in words]
        touched = tags.filter(pl.col("key").is_in(read)).select("=set").unique()
        parts.append(touched.join(pl.DataFrame({"starts": days}), how="cross"))
    if "valid_from" in tags.columns:
        parts += [tags.select("=set", starts=column).drop_nulls() for column in ("valid_from", "valid_to")]
    return pl.concat(parts).filter(pl.col("starts") > DAY_MIN, pl.col("starts") < DAY_MAX).unique()


def _wide(tags: pl.DataFrame, columns: Sequence[str]) -> pl.DataFrame:
    """tag_set, and one column for each of `columns`, also for those that no set has."""
    keys = {column: column.removeprefix(prefix_of(column)) for column in columns}
    wide = tags.select("tag_set").unique()
    by_key = {
        part["key"][0]: part for part in tags.filter(pl.col("key").is_in(list(keys.values()))).partition_by("key")
    }
    for column, key in keys.items():
        if key in by_key:
            part = by_key[key].select("tag_set", _present("value").alias(column))
            wide = wide.join(part, on="tag_set", how="left")
        else:
            wide = wide.with_columns(pl.lit(None, pl.String).alias(column))
    return wide


def _present(column: str) -> pl.Expr:
    """The text, or null where it is blank."""
    return pl.when(pl.col(column).str.strip_chars() != "").then(pl.col(column))


def _encode(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    frame = texts.alias("value").to_frame().select(_present("value"))
    distinct = frame.unique().drop_nulls().with_row_index("code", offset=1).with_columns(pl.col("code").cast(CODE))
    codes = frame.join(distinct, on="value", how="left", maintain_order="left")["code"].fill_null(0)
    return codes, pl.concat([pl.Series("value", [None], dtype=pl.String), distinct["value"]])
