"""What people call the values of an answer, beside them: accounts that a bill does not name, teams, and entities."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import Protocol

import polars as pl

from warehouse.metrics.query import CostQuery
from warehouse.metrics.shape import REST


class Names(Protocol):
    """What `warehouse.store` knows. Two of the same `version` say the same."""

    @property
    def version(self) -> str: ...

    def of(self, dimension: str, day: date) -> pl.DataFrame:
        """The columns value and name, a row for each value that has a name on that day."""
        ...


def labelled(rows: pl.DataFrame, names: Names, dimensions: Iterable[str], day: date) -> pl.DataFrame:
    """`rows` with the empty labels of these dimensions filled, in the same order: a bill's own name always wins."""
    for dimension in dimensions:
        label = f"{dimension}_label"
        if label in rows.columns:
            called = filled(rows, names.of(dimension, day), dimension, label)
            rest = pl.col(REST).is_null() if REST in rows.columns else pl.lit(value=True)
            rows = called.with_columns(pl.when(rest).then(label).alias(label))
    return rows


def names_of(query: CostQuery, names: Names, day: date) -> dict[str, dict[str, str]]:
    """Dimension -> value -> name, of the values that the question filters by."""
    found: dict[str, dict[str, str]] = {}
    for item in query.where:
        values = [match.text for match in item.values if match.kind == "is"]
        known = names.of(item.dimension, day).filter(pl.col("value").is_in(values))
        if len(known):
            found.setdefault(item.dimension, {}).update(known.iter_rows())
    return found


def filled(rows: pl.DataFrame, names: pl.DataFrame, value: str, label: str) -> pl.DataFrame:
    """`rows` with the empty labels in one column filled, by the values in another."""
    if names.is_empty() or rows.is_empty():
        return rows
    known = names.rename({"value": value, "name": "known"})
    found = rows.join(known, on=value, how="left", maintain_order="left")
    return found.with_columns(pl.coalesce(label, "known").alias(label)).drop("known")


def matching(names: pl.DataFrame, text: str) -> list[str]:
    """Values whose name holds the text, in any case."""
    if not text or names.is_empty():
        return []
    held = pl.col("name").str.to_lowercase().str.contains(text.lower(), literal=True)
    return names.filter(held)["value"].to_list()
