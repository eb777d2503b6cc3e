"""Which way the cost of a question came to its owners: by rule, layer and version, then by pools; parts that sum to it.

Direct cost is summed by what the rules said of it and why, per combination of what they read, never line by line.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from warehouse.focus.period import Period
from warehouse.metrics.answer import Asked, answer, resolved
from warehouse.metrics.as_known import need_now
from warehouse.metrics.catalogue import CATALOGUE, DECIDED, Measure, nearest
from warehouse.metrics.compliance import DIRECT
from warehouse.metrics.freshness import Access, OneView, Readable, Store, memo_of
from warehouse.metrics.line_cells import in_days
from warehouse.metrics.parse import valid
from warehouse.metrics.path_moves import Move, moves_beside, moves_within
from warehouse.metrics.query import CostQuery, Fault, QueryError
from warehouse.metrics.tables import OWNERS, READER, STRETCH, Tables, named

LARGEST: Final = 3
"""Combinations of a path that stand for it: the dearest."""
PATHS_MAX: Final = 100_000


@dataclass(frozen=True, slots=True)
class Path:
    """Direct cost that one rule, or none, gave to one value on days [valid_from, valid_to).

    `version` is stored with the owner; rules of before may decide its first days. `largest`: dims, the dearest first.
    """

    currency: str
    amount: Decimal
    value: str | None
    layer: str
    rule: str | None
    reason: str | None
    version: int
    valid_from: date
    valid_to: date
    combinations: int
    largest: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class OwnerPaths:
    """Per currency, `paths` and `moves` add up to `totals`. `beside` is what pools make of cost that the question sums
    before they do: it adds nothing."""

    query: CostQuery
    measure: Measure
    dimension: str
    dimensions: tuple[str, ...]
    """Those that rules decide."""
    period: Period
    totals: dict[str, Decimal]
    paths: tuple[Path, ...]
    moves: tuple[Move, ...]
    beside: tuple[Move, ...]
    complete_to: date
    generations: str
    rules_version: int
    warnings: tuple[str, ...]


def owner_paths(query: CostQuery, dimension: str, access: Access, store: Store, now: datetime) -> OwnerPaths:
    """Of the first cost measure of a question. Raises QueryError, and what the store raises."""
    query = _asked(query)
    with store.read() as reader:
        view = OneView(reader)
        decided = (*DECIDED, *reader.dimensions)
        _check(dimension, decided)
        whole = answer(query, access, view, now)
        asked = resolved(query, access, reader, now, memo_of(view))
        need_now(query, asked.known, "owners of lines are")
        paths = tuple(_direct(asked, dimension, reader))
        moves = moves_within(asked, reader, whole=access.everything)
        beside, left_out = moves_beside(asked, reader, whole=access.everything)
    (name,) = query.measures
    return OwnerPaths(
        query=query,
        measure=next(measure for measure in CATALOGUE.measures if measure.name == name),
        dimension=dimension,
        dimensions=decided,
        period=whole.period,
        totals={row["currency"]: row[name] or Decimal(0) for row in whole.totals.iter_rows(named=True)},
        paths=paths,
        moves=moves,
        beside=beside,
        complete_to=whole.complete_to,
        generations=whole.generations,
        rules_version=whole.rules_version,
        warnings=(*whole.warnings, *left_out),
    )


def _asked(query: CostQuery) -> CostQuery:
    """The words of the question that have a meaning here; its groups, its comparison and its order have none."""
    query = valid(query)
    costs = [measure.name for measure in CATALOGUE.measures if measure.unit == "currency"]
    chosen = next((name for name in query.measures if name in costs), costs[0])
    return CostQuery(
        measures=(chosen,), where=query.where, period=query.period, basis=query.basis, currency=query.currency,
        incomplete=query.incomplete, known_on=query.known_on,
    )  # fmt: skip


def _check(dimension: str, known: Sequence[str]) -> None:
    if dimension not in known:
        step = f"Use one of {', '.join(known)}."
        message = f"No rule decides {dimension!r}."
        raise QueryError(Fault(dimension, "dimension", 0, message, step, nearest(dimension, known)))


def _direct(asked: Asked, dimension: str, reader: Readable) -> Iterator[Path]:
    sql, parameters = _statement(replace(asked, limited=_direct_only(asked.limited)), dimension)
    found = reader.frame(f"{sql}\nlimit {PATHS_MAX + 1}", parameters)
    if len(found) > PATHS_MAX:
        step = "Shorten the period or filter more."
        message = f"The cost came by more than {PATHS_MAX} paths."
        raise QueryError(Fault("", "where", 0, message, step), slug="too_large")
    for row in found.iter_rows(named=True):
        why: dict[str, Any] = json.loads(row.pop("why") or "{}")
        yield Path(
            layer=why.get("layer") or "unallocated",
            rule=why.get("rule"),
            reason=why.get("reason"),
            largest=tuple(row.pop("largest")),
            **row,
        )


def _direct_only(query: CostQuery) -> CostQuery:
    return replace(query, where=(*query.where, DIRECT))


def _statement(asked: Asked, dimension: str) -> tuple[str, dict[str, Any]]:
    tables = Tables("lines", asked.catalogue)
    (name,) = asked.query.measures
    value = tables.column(named(CATALOGUE, dimension))
    told = [tables.decided(column) for column in ("rules_version", "valid_from", "valid_to")]
    conditions = " and ".join(tables.condition(item) for item in asked.limited.where)
    source = tables.source(_summed(asked, tables, name))
    why = f"json_extract({tables.decided('why')}, '$.{dimension}')"
    sql = _PATHS.format(
        columns=f"{value} as value, {why} as why, {', '.join(told)}, f.currency as currency, f.dim as dim",
        source=source,
        conditions=conditions,
        most=LARGEST,
    )
    return sql, tables.parameters


def _summed(asked: Asked, tables: Tables, name: str) -> str:
    """Sums by the numbers of what is joined after: far fewer rows than lines."""
    columns = ["f.source", "f.currency", "f.dim", "f.item", "f.period", "o.owner", "o.valid_from"]
    columns += [f"{tables.stretch} as {STRETCH}"] if tables.dated else []
    columns += [f"{tables.reader} as {READER}"] if tables.versioned else []
    where = " and ".join(in_days(asked, tables)) or "true"
    return (
        f"select {', '.join(columns)}, coalesce(sum(f.{name}), 0) as cost\nfrom lines f\n{OWNERS}\nwhere {where}\n"
        "group by all"
    )


_PATHS: Final = """with cells as (
select {columns}, sum(f.cost) as cost
from {source}
where {conditions} group by all
), placed as (
select *, row_number() over (
    partition by value, why, rules_version, valid_from, valid_to, currency order by abs(cost) desc, dim) as place
from cells)
select currency, sum(cost) as amount, value, why, rules_version as version, valid_from, valid_to,
    count(*) as combinations, list(dim order by place) filter (place <= {most}) as largest
from placed group by all order by abs(amount) desc, value, why, version, valid_from, currency"""
