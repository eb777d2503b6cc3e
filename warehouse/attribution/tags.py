"""Raw tags to the tags that rules and questions read: one name per key, one spelling per value."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Final

import polars as pl

from warehouse.attribution.fold import aliases_by_squash, normal_values, squash
from warehouse.attribution.model import DAY_MAX, Rules

LATEST: Final = DAY_MAX - timedelta(days=1)


def normal_tags(tag_sets: pl.DataFrame, rules: Rules, day: date = LATEST) -> pl.DataFrame:
    """`tag_sets` and the result have the columns tag_set, key, value; one value per set and key.

    Aliases count that are read on `day`; those without an end, when none is named.

    A key that no tag key reads stays as it is, its values too. Where several raw keys of one set are read as the same
    key, a value that is not blank comes first, then the key itself, then the aliases in their order.
    """
    tags = tag_sets.select("tag_set", pl.col("key").cast(pl.String), pl.col("value").cast(pl.String).fill_null(""))
    plan = _plan(tags, rules, day)
    untouched = tags.join(plan, on="key", how="anti", maintain_order="left")
    touched = tags.join(plan, on="key", how="inner")
    if touched.is_empty():
        return untouched
    touched = touched.join(_spellings(touched, rules), on=["canonical", "value"], how="left").with_columns(
        blank=pl.col("normal").str.strip_chars().eq("")
    )
    chosen = touched.sort("tag_set", "canonical", "blank", "place", "key").unique(
        ["tag_set", "canonical"], keep="first", maintain_order=True
    )
    return pl.concat([untouched, chosen.select("tag_set", key="canonical", value="normal")])


def _plan(tags: pl.DataFrame, rules: Rules, day: date) -> pl.DataFrame:
    """One row per raw key that is read under another name or folded: key, canonical, place in the preference."""
    raw = tags["key"].unique().drop_nulls().to_list()
    by_squash = aliases_by_squash(rules.tag_keys, day)
    rows = []
    for key, word in zip(raw, squash(raw), strict=True):
        if word in by_squash:
            reader, place = by_squash[word]
            exact = key in (reader.key, *(alias.key for alias in reader.aliases))
            rows.append((key, reader.key, 2 * place + (not exact)))
    return pl.DataFrame(rows, schema={"key": pl.String, "canonical": pl.String, "place": pl.Int64}, orient="row")


def _spellings(touched: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """canonical, value, normal: folded once per distinct value, not per tag set."""
    distinct = touched.select("canonical", "value").unique()
    parts = []
    for key in rules.tag_keys:
        part = distinct.filter(pl.col("canonical") == key.key)
        parts.append(part.with_columns(normal_values(key, part["value"]).alias("normal")))
    return pl.concat(parts)
