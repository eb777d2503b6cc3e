"""What pools read of lines, as few cells: combinations of which filters hold and which partitions a line lies in.

Like rules, pools are asked about distinct combinations of columns, never about lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Final

import polars as pl

from warehouse.attribution.facts import read_facts
from warehouse.attribution.index import Index, constant
from warehouse.attribution.match import CODE
from warehouse.attribution.model import Condition, Dimension, Rule, Rules, checks
from warehouse.attribution.pools.model import ITEMS, OWNED, ROLLED_UP, Pools

CELL: Final = pl.Int32


@dataclass(frozen=True, slots=True)
class Reads:
    """The columns that pools read, by where they stand. Only `daily`: the rollup is enough."""

    dims: tuple[str, ...]
    items: tuple[str, ...]
    owned: tuple[str, ...]
    daily: tuple[str, ...]

    @property
    def deep(self) -> bool:
        return bool(self.dims or self.items or self.owned)


def conditions(pools: Pools) -> dict[str, Condition]:
    """Every condition of the document by the name of its column: `take:ID`, `weigh:ID`, `adjust:ID`."""
    found: dict[str, Condition] = {}
    for pool in pools.by_document():
        if pool.when is not None:
            found[f"take:{pool.id}"] = pool.when
        if pool.basis.when is not None:
            found[f"weigh:{pool.id}"] = pool.basis.when
    for one in pools.adjustments:
        if one.when is not None:
            found[f"adjust:{one.id}"] = one.when
    return found


def reads(pools: Pools) -> Reads:
    names = {check.column for condition in conditions(pools).values() for check in checks(condition)}
    names |= set(pools.parts)
    plain = sorted(names)
    return Reads(
        dims=tuple(name for name in plain if name not in (*ITEMS, *OWNED, *ROLLED_UP)),
        items=tuple(name for name in plain if name in ITEMS),
        owned=tuple(name for name in plain if name in OWNED),
        daily=tuple(name for name in plain if name in ROLLED_UP),
    )


def cells(combinations: pl.DataFrame, tag_sets: pl.DataFrame, pools: Pools) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(a cell for each combination and day, what is true of each cell).

    `combinations` have every column that pools read, tags as `tag_set`, and may say which are `unowned` on some day.
    The first answer has `place` (their row), `valid_from`, `valid_to` and `cell`; the days of a place are disjoint and
    cover every day. The second has `cell`, `alike` (the first cell that differs in `narrow` columns at most), a truth
    column for each of `conditions`, and `part:COLUMN` for each column of a partition.
    """
    asked = conditions(pools)
    parts = pools.parts
    if "tag_set" not in combinations.columns:
        combinations = combinations.with_columns(tag_set=pl.lit(None, pl.Int32))
    facts = read_facts(combinations, tag_sets, _asking(pools, asked, parts))
    height = facts.rows.height
    table: dict[str, pl.Series] = {}
    if asked:
        index = Index(facts.rows, facts.values, {check for one in asked.values() for check in checks(one)})
        for name, condition in asked.items():
            rows = index.where(condition, constant(True, height, pl.Boolean))
            table[name] = constant(False, height, pl.Boolean).scatter(rows, True)
    places = facts.rows.select("place", "valid_from", "valid_to")
    codes = {column: facts.rows[column] for column in parts}
    if "unowned" in combinations.columns:
        codes |= _narrowed(codes, table, combinations["unowned"][places["place"]], pools)
    for column in parts:
        table[f"part:{column}"] = facts.values[column].cast(pl.String)[codes[column]]
    if not table:
        alone = pl.DataFrame({"cell": [0], "alike": [0]}, schema={"cell": CELL, "alike": CELL})
        return places.with_columns(cell=pl.lit(0, CELL)), alone
    frame = pl.DataFrame(table)
    distinct = frame.unique(maintain_order=True).with_row_index("cell").with_columns(pl.col("cell").cast(CELL))
    wide = [name for name in table if name.removeprefix("part:") not in pools.narrow[1]]
    alike = pl.col("cell").min().over(wide, mapping_strategy="group_to_rows") if wide else pl.col("cell").min()
    distinct = distinct.with_columns(alike=alike)
    placed = frame.join(distinct, on=list(table), how="left", nulls_equal=True, maintain_order="left")
    return places.with_columns(placed["cell"]), distinct


def _narrowed(
    codes: Mapping[str, pl.Series], truths: Mapping[str, pl.Series], unowned: pl.Series, pools: Pools
) -> dict[str, pl.Series]:
    """Codes of what only a pool that hands on reads: no value but in the partitions that its lines lie in."""
    partition, columns = pools.narrow
    if not columns:
        return {}
    here = pl.DataFrame({column: codes[column] for column in partition})
    taken = reduce(or_, [truths[f"take:{pool.id}"] for pool in pools.ordered if pool.rest])
    named = here.filter(taken & unowned).unique().with_columns(named=pl.lit(True))
    there = here.join(named, on=partition, how="left", maintain_order="left")["named"].fill_null(False)
    none = pl.zeros(len(there), CODE, eager=True)
    return {column: codes[column].zip_with(there, none) for column in columns}


def _asking(pools: Pools, asked: Mapping[str, Condition], parts: Sequence[str]) -> Rules:
    """Rules that read what pools read, so that columns and tags are read as rules read them."""
    rules = [Rule(name, when=condition) for name, condition in asked.items()]
    rules += [Rule(f"part:{column}", sources=(column,)) for column in parts]
    return Rules(tag_keys=pools.tag_keys, dimensions=(Dimension("team", tuple(rules)),))
