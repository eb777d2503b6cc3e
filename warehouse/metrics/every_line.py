"""Every line of a question, a batch at a time, with the totals that the question has: what a file of lines holds."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import chain
from typing import Any, Final

import polars as pl

from warehouse.metrics.answer import Asked, range_document, resolved
from warehouse.metrics.as_known import need_now
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.freshness import Access, Readable, Store, carried, memo_of
from warehouse.metrics.line_cells import COSTS, QUANTITIES, cells, wanted
from warehouse.metrics.lines import LINES_ARE, line_columns, sorted_by
from warehouse.metrics.names import labelled
from warehouse.metrics.parse import valid
from warehouse.metrics.query import CostQuery
from warehouse.metrics.shape import texts
from warehouse.metrics.share_lines import ShareLines, share_lines
from warehouse.metrics.tables import Tables

BATCH_ROWS: Final = 20_000
"""Wide lines held in memory at once: some ten megabytes."""


@dataclass(frozen=True, slots=True)
class AllLines:
    """`document` is what an answer says of itself, with totals and without rows; `long` names the amounts of which
    some have more than 15 digits. The batches can be taken once, while the store is held.
    """

    document: dict[str, Any]
    row_count: int
    long: tuple[str, ...]
    batches: Iterator[pl.DataFrame]


@contextmanager
def all_lines(
    query: CostQuery, access: Access, store: Store, now: datetime, *, shares: bool = False
) -> Iterator[AllLines]:
    """The lines of one consistent view: as the bills have them, by source and month, unless the query sorts them.

    With `shares`, rows of shared cost follow by day, and all of them add up to what the question has.
    """
    query = replace(valid(query), compare="none", normalise="none", top=None, limit=None, cursor=None)
    with store.read() as reader:
        asked = resolved(query, access, reader, now, memo_of(store))
        need_now(query, asked.known, LINES_ARE)
        sums, shared = _sums(asked, reader), share_lines(asked, reader) if shares else None
        count = int(sums["lines"].sum())
        if shared and shared.row_count:
            count += shared.row_count
            sums = _with_shares(sums, shared)
        fresh = asked.fresh
        document = {
            "query": str(query),
            "period": range_document(asked.period),
            "basis": query.basis,
            "columns": [column.document() for column in line_columns()],
            "totals": texts(sums, [column for column in line_columns() if column.name in ("currency", *COSTS)]),
            "data_to": {item.source: item.data_to.isoformat() for item in fresh.sources if item.data_to},
            "known_on": query.known_on,
            "generations": reader.generations,
            "rules_version": reader.rules_version,
            "warnings": [*asked.warnings, *carried(reader, fresh.sources, asked.spans[0].period)],
        }
        long = tuple(name for name in (*COSTS, *QUANTITIES) if sums[f"long_{name}"].any())
        batches = chain(_batches(asked, reader), shared.wide() if shared else ())
        yield AllLines(document, count, long, _labelled(batches, asked, reader))


def _labelled(batches: Iterable[pl.DataFrame], asked: Asked, reader: Readable) -> Iterator[pl.DataFrame]:
    for rows in batches:
        yield labelled(rows, reader.names, CATALOGUE.dimension_names, asked.last_day)


def _with_shares(sums: pl.DataFrame, shared: ShareLines) -> pl.DataFrame:
    """Shares have digits to the last."""
    flags = {f"long_{name}": pl.lit(name in COSTS) for name in (*COSTS, *QUANTITIES)}
    more = shared.sums.with_columns(lines=pl.lit(0, pl.Int64), **flags).select(sums.columns)
    both = pl.concat([sums, more]).group_by("currency")
    costs, long = pl.col(*COSTS, "lines").sum(), pl.col(*flags).any()
    return both.agg(costs, long).select(sums.columns).sort("currency")


def _sums(asked: Asked, reader: Readable) -> pl.DataFrame:
    """Per currency: how many lines, their costs, and whether an amount has more digits than a spreadsheet keeps."""
    tables = Tables("lines", asked.catalogue)
    where = wanted(asked, tables)
    columns = [f"sum(f.{name}) as {name}" for name in COSTS]
    digits = "length(ltrim(replace(replace(rtrim(cast(f.{} as varchar), '0'), '.', ''), '-', ''), '0')) > 15"
    columns += [f"coalesce(bool_or({digits.format(name)}), false) as long_{name}" for name in (*COSTS, *QUANTITIES)]
    sql = (
        f"select f.currency as currency, count(*) as lines, {', '.join(columns)}\n"
        f"from {tables.source()}\n{where}group by 1 order by 1"
    )
    return reader.frame(sql, tables.parameters)


def _batches(asked: Asked, reader: Readable) -> Iterator[pl.DataFrame]:
    """The places of all lines first, in order; then their cells, so that few wide rows are in memory at once."""
    narrow = Tables("lines", asked.catalogue)
    where = wanted(asked, narrow)
    falling = [
        f"{sorted_by(item, asked.query, narrow)}{' desc' if item.descending else ''} nulls last"
        for item in asked.query.sort
    ]
    order = ", ".join([*falling, "f.source", "f.period", "f.line_no"])
    places = reader.frame(
        f"select f.rowid as row_key from {narrow.source()}\n{where}order by {order}", narrow.parameters
    )["row_key"]
    wide = Tables("lines", asked.catalogue)
    sql = (
        f"select {cells(wide)}\nfrom {wide.source()}\njoin (select unnest($rows::bigint[]) as row_key, "
        "unnest(range(len($rows::bigint[]))) as place) picked on picked.row_key = f.rowid\norder by picked.place"
    )
    for start in range(0, max(1, len(places)), BATCH_ROWS):
        rows = places.slice(start, BATCH_ROWS).to_list()
        yield reader.frame(sql, {**wide.parameters, "rows": rows})
