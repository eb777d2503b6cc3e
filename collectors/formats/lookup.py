"""Values by other values, on frames that stream. `Expr.replace` would do, but it makes Polars hold the whole frame."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl


def looked_up(text: pl.Expr, table: Mapping[str, str], default: str | None = None) -> pl.Expr:
    """The table's word for each value; `default` for one it lacks."""
    known = dict(table)

    def batch(values: pl.Series) -> pl.Series:
        return values.replace_strict(known, default=default, return_dtype=pl.String)

    return text.map_batches(batch, return_dtype=pl.String, is_elementwise=True)


def renamed(text: pl.Expr, table: Mapping[str, str]) -> pl.Expr:
    """The table's word for each value; a value it lacks stays."""
    known = dict(table)
    return text.map_batches(lambda values: values.replace(known), return_dtype=pl.String, is_elementwise=True)


def unless(text: pl.Expr, nothing: str) -> pl.Expr:
    """Null where the value is the text that stands for nothing."""
    return pl.when(text != nothing).then(text)
