"""Tags, cost categories and discounts of AWS reports as canonical JSON text: one flat object, keys sorted."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any, Final

import polars as pl

from collectors.formats.contract import FormatError

_REMEMBERED: Final = 200_000  # distinct values; about 100 MB when each is a long tag set

_CONTROL: Final = {code: f"\\u{code:04x}" for code in range(32)} | {8: "\\b", 9: "\\t", 10: "\\n", 12: "\\f", 13: "\\r"}
_ESCAPES: Final = {'"': '\\"', "\\": "\\\\"} | {chr(code): text for code, text in _CONTROL.items()}

_TAG: Final = re.compile(r"(?:resource_?tags[/_])?(user|aws)[:_](.+)", re.IGNORECASE)
_CATEGORY: Final = re.compile(r"cost_?category[/_](.+)", re.IGNORECASE)


def tag_key(name: str) -> str:
    """The key its owner gave the tag: `resourceTags/user:Team`, `user:Team`, `user_Team` are all "Team".

    AWS's own tags keep `aws:`, so that they never meet a user's key.
    """
    found = _TAG.fullmatch(name)
    if not found:
        return name
    return found[2] if found[1].lower() == "user" else f"aws:{found[2]}"


def tag_columns(names: Sequence[str]) -> dict[str, str]:
    """Tag key to the column that holds it, in a file with one column per tag."""
    return {
        tag_key(name): name for name in reversed(names) if re.match(r"resource_?tags[/_](user|aws)[:_]", name, re.I)
    }


def category_columns(names: Sequence[str]) -> dict[str, str]:
    """Cost category name to its column."""
    return {found[1]: name for name in reversed(names) if (found := _CATEGORY.fullmatch(name))}


def json_object(columns: Mapping[str, pl.Expr]) -> pl.Expr:
    """The object of every key whose text is not null; null when none is."""
    pairs = [_pair(key, columns[key]) for key in sorted(columns)]
    if not pairs:
        return pl.lit(None, pl.String)
    inside = pl.concat_str(pairs, separator=",", ignore_nulls=True)
    return pl.when(inside != "").then(pl.concat_str(pl.lit("{"), inside, pl.lit("}")))


def _pair(key: str, text: pl.Expr) -> pl.Expr:
    escaped = text.str.replace_many(list(_ESCAPES), list(_ESCAPES.values()))
    return pl.concat_str(pl.lit(json.dumps(key, ensure_ascii=False) + ':"'), escaped, pl.lit('"'))


def canonical_map(text: pl.Expr, column: str, rename: Callable[[str], str] = str) -> pl.Expr:
    """A column of JSON objects with its keys renamed and sorted and every value as text; empty objects are null."""

    def one(raw: str) -> str | None:
        return _canonical(_parsed(raw, column), rename)

    return by_distinct(text, one)


def map_values(text: pl.Expr, column: str, keys: Sequence[str]) -> pl.Expr:
    """Chosen keys of a column of JSON objects, each as text, in one structure."""
    dtype = pl.Struct(dict.fromkeys(keys, pl.String))

    def chosen(texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        objects = [_parsed(raw, column) for raw in distinct]
        records = [{key: None if one.get(key) in (None, "") else str(one[key]) for key in keys} for one in objects]
        table = pl.DataFrame({"raw": distinct, "record": pl.Series(records, dtype=dtype)})
        return texts.to_frame("raw").join(table, on="raw", how="left", maintain_order="left")["record"]

    return text.map_batches(chosen, return_dtype=dtype, is_elementwise=True)


def map_total(text: pl.Expr, column: str, dtype: pl.DataType) -> pl.Expr:
    """The sum of the amounts in a column of JSON objects, exactly."""

    def total(texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        amounts = [[str(amount) for amount in _parsed(raw, column).values()] for raw in distinct]
        sums = pl.Series(amounts, dtype=pl.List(pl.String)).list.eval(pl.element().cast(dtype)).list.sum()
        table = pl.DataFrame({"raw": distinct, "total": sums.cast(dtype)})
        return texts.to_frame("raw").join(table, on="raw", how="left", maintain_order="left")["total"]

    return text.map_batches(total, return_dtype=dtype, is_elementwise=True)


def by_distinct(text: pl.Expr, one: Callable[[str], str | None]) -> pl.Expr:
    """`one` of each value, called once per distinct value: a month has millions of rows and thousands of tag sets."""
    remembered = lru_cache(maxsize=_REMEMBERED)(one)  # rows come in batches that repeat each other's values

    def batch(texts: pl.Series) -> pl.Series:
        distinct = texts.drop_nulls().unique()
        results = pl.Series([remembered(raw) for raw in distinct], dtype=pl.String)
        return texts.replace_strict(distinct, results, default=None, return_dtype=pl.String)

    return text.map_batches(batch, return_dtype=pl.String, is_elementwise=True)


def looked_up(text: pl.Expr, table: Mapping[str, str | None], default: str | None = None) -> pl.Expr:
    """Each text by a table. Batch by batch: Polars' own lookup waits for the whole column and keeps it in memory."""

    def batch(texts: pl.Series) -> pl.Series:
        return texts.replace_strict(dict(table), default=default, return_dtype=pl.String)

    return text.map_batches(batch, return_dtype=pl.String, is_elementwise=True)


def _parsed(raw: str, column: str) -> dict[str, Any]:
    try:
        # Numbers stay the text they were written as: a discount is money.
        parsed = json.loads(raw, parse_float=str, parse_int=str)
    except ValueError:
        parsed = None
    if not isinstance(parsed, dict):
        raise FormatError(
            f"{raw[:60]!r} is not a JSON object.",
            column=column,
            value=raw,
            next_step="Load the export as it was delivered; an editor may have changed its quotes.",
        )
    return parsed


def _canonical(parsed: Mapping[str, Any], rename: Callable[[str], str]) -> str | None:
    named: dict[str, str] = {}
    # Sorted, so that of two spellings of one key the same one wins whatever their order in the file.
    for key in sorted(parsed):
        if parsed[key] not in (None, ""):
            named.setdefault(rename(key), str(parsed[key]))
    return json.dumps(named, sort_keys=True, separators=(",", ":"), ensure_ascii=False) if named else None
