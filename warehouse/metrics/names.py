"""Names of accounts that a bill does not name, from the inventory: a bill's own name always wins."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol

import polars as pl

NAMED: Final = frozenset({"billing_account", "sub_account"})
"""Dimensions whose values the inventory may name."""


class AccountNames(Protocol):
    """What `warehouse.store` knows: `frame` has the columns value and name, a row for each value."""

    @property
    def version(self) -> str: ...
    @property
    def frame(self) -> pl.DataFrame: ...


def labelled(rows: pl.DataFrame, names: AccountNames, dimensions: Iterable[str]) -> pl.DataFrame:
    """`rows` with the empty labels of these dimensions filled, in the same order."""
    for dimension in NAMED.intersection(dimensions):
        rows = filled(rows, names, dimension, f"{dimension}_label")
    return rows


def filled(rows: pl.DataFrame, names: AccountNames, value: str, label: str) -> pl.DataFrame:
    """`rows` with the empty labels in one column filled, by the accounts in another."""
    if names.frame.is_empty() or rows.is_empty():
        return rows
    known = names.frame.rename({"value": value, "name": "known"})
    found = rows.join(known, on=value, how="left", maintain_order="left")
    return found.with_columns(pl.coalesce(label, "known").alias(label)).drop("known")


def matching(names: AccountNames, dimension: str, text: str) -> list[str]:
    """Values of the dimension whose name holds the text, in any case."""
    if dimension not in NAMED or not text:
        return []
    held = pl.col("name").str.to_lowercase().str.contains(text.lower(), literal=True)
    return names.frame.filter(held)["value"].to_list()
