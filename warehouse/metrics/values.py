"""The values of a dimension, ranked by money: what a filter can be completed with."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import polars as pl

from warehouse.focus.money import plain
from warehouse.metrics.answer import resolved
from warehouse.metrics.catalogue import CATALOGUE, Catalogue, Dimension, nearest
from warehouse.metrics.compile import compile  # noqa: A004
from warehouse.metrics.freshness import Access, Store, catalogue_of, memo_of
from warehouse.metrics.names import filled, matching
from warehouse.metrics.parse import valid
from warehouse.metrics.query import CostQuery, Fault, QueryError

VALUES_MAX: Final = 1_000
TAG_KEYS: Final = "tag"
"""Stands for a dimension when the keys of tags are wanted, not the values of one."""
KEYS: Final = Catalogue(
    CATALOGUE.measures,
    (*CATALOGUE.dimensions, Dimension(TAG_KEYS, "Tag key", "Keys of tags.", "tag_keys", "key")),
    CATALOGUE.unit_dimensions,
)


@dataclass(frozen=True, slots=True)
class Search:
    """What to complete: values of `dimension` that contain `text` in themselves or their label, in any case."""

    dimension: str
    text: str = ""
    limit: int = 50


def values(search: Search, query: CostQuery, access: Access, store: Store, now: datetime) -> dict[str, Any]:
    """The document of ranked values: by size within the period and filters of `query`, less those on `dimension`.

    A value with several currencies stands where its best rank is; its amounts stay apart.
    """
    query = valid(query)
    measure = next((name for name in query.measures if _is_cost(name)), "effective_cost")
    asked = replace(
        query, measures=(measure,), by=(), grain="none", compare="none", normalise="none", top=None, sort=(),
        limit=None, cursor=None,
        where=tuple(item for item in query.where if item.dimension != search.dimension),
    )  # fmt: skip
    limit = max(1, min(search.limit, VALUES_MAX))
    with store.read() as reader:
        dimension = _dimension(search.dimension, reader.dimensions)
        days = resolved(asked, access, reader, now, memo_of(store))
        grouped, words = replace(days.limited, by=(dimension.name,)), catalogue_of(reader, KEYS)
        sql, parameters = compile(grouped, words, days.spans, days.known)
        label = "l0" if dimension.label_column else "cast(null as varchar)"
        names = reader.names.of(dimension.name, days.last_day)
        named = matching(names, search.text)
        parameters |= {"search": search.text, "count": limit + 1, "named": named}
        found = reader.frame(_RANKED.format(sql=sql, label=label, measure=f"s_{measure}"), parameters)
        facts = {"generations": reader.generations, "rules_version": reader.rules_version}
    entries = _entries(filled(found, names, "value", "label"), measure)
    return {
        "dimension": search.dimension,
        "search": search.text,
        "measure": measure,
        "period": {"start": days.period.start.isoformat(), "end": days.period.end.isoformat()},
        "values": entries[:limit],
        "more": len(entries) > limit,
        **facts,
    }


_RANKED: Final = """with grouped as (
{sql}
), ranked as (
select d0 as value, {label} as label, currency, {measure} as amount,
    row_number() over (partition by currency order by abs({measure}) desc nulls last, d0 nulls last) as place
from grouped
where $search = '' or contains(lower(d0), lower($search)) or contains(lower({label}), lower($search))
    or list_contains(cast($named as varchar[]), d0)
), placed as (select *, min(place) over (partition by value) as best from ranked)
select value, label, currency, amount from placed
qualify dense_rank() over (order by best, value nulls last) <= $count
order by best, value nulls last, currency"""


def _dimension(name: str, ruled: tuple[str, ...]) -> Dimension:
    catalogue = replace(KEYS, ruled=ruled)
    dimension = catalogue.dimension(name)
    if dimension is None or not catalogue.knows(name):
        known = catalogue.dimension_names
        step = f"Use one of {', '.join(known)} or tag.KEY."
        raise QueryError(Fault(name, "dimension", 0, f"There is no dimension {name!r}.", step, nearest(name, known)))
    return dimension


def _is_cost(name: str) -> bool:
    measure = CATALOGUE.measure(name)
    return measure is not None and measure.unit == "currency"


def _entries(found: pl.DataFrame, measure: str) -> Sequence[dict[str, Any]]:
    entries: list[dict[str, Any]] = []
    for value, label, currency, amount in found.iter_rows():
        if not entries or entries[-1]["value"] != value:
            entries.append({"value": value, "label": label, "amounts": []})
        entries[-1]["label"] = entries[-1]["label"] or label
        entries[-1]["amounts"].append({"currency": currency, measure: None if amount is None else plain(amount)})
    return entries
