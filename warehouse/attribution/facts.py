"""What the rules read, as small integers: one code column per column read, beside its distinct values."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from warehouse.attribution.match import CODE
from warehouse.attribution.model import TAG, Rules
from warehouse.attribution.tags import normal_tags


@dataclass(frozen=True, slots=True)
class Facts:
    """`codes` has one row per dim, in their order, and one column per column read.

    A code is a position in the column's `values`: distinct, and position 0 is the missing value. Text that is blank
    counts as missing.
    """

    codes: pl.DataFrame
    values: Mapping[str, pl.Series]


def read_facts(dims: pl.DataFrame, tag_sets: pl.DataFrame, rules: Rules) -> Facts:
    """`dims` and `tag_sets` as `attribute` takes them."""
    wanted = rules.columns
    plain = [column for column in wanted if not column.startswith(TAG)]
    table = dims.select("tag_set", *(pl.col(column).cast(pl.String) for column in plain))
    tagged = [column.removeprefix(TAG) for column in wanted if column.startswith(TAG)]
    if tagged:
        wide = _wide(normal_tags(tag_sets, rules), tagged, dims.schema["tag_set"])
        table = table.join(wide, on="tag_set", how="left", maintain_order="left")
    codes, values = {}, {}
    for column in wanted:
        codes[column], values[column] = _encode(table[column])
    return Facts(pl.DataFrame(codes) if codes else pl.DataFrame(height=dims.height), values)


def _wide(tags: pl.DataFrame, keys: Iterable[str], dtype: pl.DataType) -> pl.DataFrame:
    """tag_set, and one column `tag.KEY` for each of `keys`, also for those that no set has."""
    wide = tags.select("tag_set").unique()
    by_key = {part["key"][0]: part for part in tags.filter(pl.col("key").is_in(list(keys))).partition_by("key")}
    for key in keys:
        if key in by_key:
            part = by_key[key].select("tag_set", pl.col("value").alias(TAG + key))
            wide = wide.join(part, on="tag_set", how="left")
        else:
            wide = wide.with_columns(pl.lit(None, pl.String).alias(TAG + key))
    return wide.with_columns(pl.col("tag_set").cast(dtype))


def _encode(texts: pl.Series) -> tuple[pl.Series, pl.Series]:
    frame = texts.alias("value").to_frame()
    frame = frame.select(pl.when(pl.col("value").str.strip_chars() != "").then(pl.col("value")))
    distinct = frame.unique().drop_nulls().with_row_index("code", offset=1).with_columns(pl.col("code").cast(CODE))
    codes = frame.join(distinct, on="value", how="left", maintain_order="left")["code"].fill_null(0)
    return codes, pl.concat([pl.Series("value", [None], dtype=pl.String), distinct["value"]])
