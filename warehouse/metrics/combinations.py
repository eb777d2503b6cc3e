"""Answers by groups that no word names: sets of combinations of what bills say, as whoever asks puts them together."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Final

import polars as pl

from warehouse.metrics.answer import resolved
from warehouse.metrics.catalogue import CATALOGUE, Catalogue, Dimension
from warehouse.metrics.compile import compile, sums_of  # noqa: A004
from warehouse.metrics.freshness import Access, Store, catalogue_of, memo_of
from warehouse.metrics.parse import valid
from warehouse.metrics.query import CostQuery

COMBINATION: Final = "combination"
WORDS: Final = Catalogue(
    CATALOGUE.measures,
    (*CATALOGUE.dimensions, Dimension(COMBINATION, "Combination", "What a bill says of a charge.", "lines", "dim")),
    CATALOGUE.unit_dimensions,
)


def by_combinations(
    query: CostQuery, groups: Mapping[int, str], access: Access, store: Store, now: datetime
) -> pl.DataFrame:
    """group, the words that `query` is by, currency, its cost measures, and `size`: the first of them, signs dropped.

    `groups`: combination to the name of its group; what is in none is left out. Shares of shared cost are of no
    combination. Raises as `answer` does.
    """
    query = valid(query)
    with store.read() as reader:
        asked = resolved(query, access, reader, now, memo_of(store))
        single = replace(asked.limited, by=(COMBINATION, *query.by))
        sql, parameters = compile(single, catalogue_of(reader, WORDS), asked.spans, asked.known)
        by = ", ".join(f'd{place} as "{name}"' for place, name in enumerate(query.by, 1))
        names = sums_of(query, CATALOGUE)
        sums = ", ".join(f"sum(s_{name}) as {name}" for name in names)
        size = f"sum(abs(s_{names[0]})) as size"
        parameters |= {"combinations": list(groups), "groups": list(groups.values())}
        return reader.frame(_TOGETHER.format(sql=sql, by=f"{by}, " if by else "", sums=f"{sums}, {size}"), parameters)


_TOGETHER: Final = """with single as (
{sql}
), named as (
select unnest(cast($combinations as bigint[])) as combination, unnest(cast($groups as varchar[])) as "group"
)
select "group", {by}currency, {sums} from single join named on named.combination = single.d0
group by all order by all"""
