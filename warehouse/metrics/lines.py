"""The lines behind a figure: what is stored of each, a page at a time."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from typing import Any, Final

import polars as pl

from warehouse.metrics.answer import Asked, cursor_after, offset_of, range_document, resolved
from warehouse.metrics.as_known import need_now
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.compile import compile, is_shared, sums_of  # noqa: A004
from warehouse.metrics.freshness import Access, Readable, Store, carried, memo_of
from warehouse.metrics.line_cells import COSTS, QUANTITIES, STORED, cells, wanted
from warehouse.metrics.names import labelled
from warehouse.metrics.parse import valid
from warehouse.metrics.query import CostQuery, Fault, Filter, Match, QueryError, Sort
from warehouse.metrics.shape import Column, texts
from warehouse.metrics.share_lines import share_lines
from warehouse.metrics.tables import Tables, named

LINES_MAX: Final = 1_000
LINES_USUAL: Final = 100
POOLS_NAMED: Final = 5
LINES_ARE: Final = "lines are"


def lines(query: CostQuery, access: Access, store: Store, now: datetime, *, shares: bool = False) -> dict[str, Any]:
    """The document of the lines that `query` sums, the largest first unless it says how to sort; with `shares`, rows of
    shared cost behind them, by day.

    What a question is grouped by does not matter here, except that it can be sorted by. Lines are read from the live
    generations: a query with known_on is refused where they have changed since.
    """
    query = valid(query)
    limit = min(query.limit or LINES_USUAL, LINES_MAX)
    with store.read() as reader:
        asked = resolved(replace(query, compare="none", normalise="none"), access, reader, now, memo_of(store))
        need_now(query, asked.known, LINES_ARE)
        version = (reader.generations, reader.rules_version)
        start = offset_of(query, version)
        sql, parameters = _sql(asked)
        found = reader.frame(sql, {**parameters, "count": limit + 1, "start": start})
        if shares and len(found) <= limit:
            found = _with_shares(found, asked, reader, (start, limit + 1))
        warnings = [*asked.warnings, *carried(reader, asked.fresh.sources, asked.spans[0].period)]
        warnings += [] if shares else _shares_left_out(asked, reader)
        found = labelled(found, reader.names, CATALOGUE.dimension_names, asked.last_day)
    columns = line_columns()
    rows = line_texts(found.head(limit))
    return {
        "query": str(query),
        "period": range_document(asked.period),
        "columns": [column.document() for column in columns],
        "rows": rows,
        "generations": version[0],
        "rules_version": version[1],
        "warnings": warnings,
        "next": cursor_after(query, version, start + limit) if len(found) > limit else None,
    }


def _with_shares(found: pl.DataFrame, asked: Asked, reader: Readable, page: tuple[int, int]) -> pl.DataFrame:
    """The page (its first row and length) filled up with rows of shared cost."""
    start, length = page
    if start:
        tables = Tables("lines", asked.catalogue)
        where = wanted(asked, tables)
        counted = reader.frame(f"select count(*) as lines from {tables.source()}\n{where}", tables.parameters)
        start = max(0, start - int(counted["lines"][0]))
    shared = share_lines(asked, reader).slice(start, length - len(found))
    return pl.concat([found, shared], how="vertical_relaxed")


def _shares_left_out(asked: Asked, reader: Readable) -> list[str]:
    """The pools whose shares the sums of this question hold, but no line."""
    if not is_shared(asked.limited, CATALOGUE):
        return []
    shared = Filter("allocation", (Match("is", "shared"),))
    query = replace(asked.limited, by=("pool",), where=(*asked.limited.where, shared), grain="none", top=None)
    found = reader.frame(*compile(query, asked.catalogue, asked.spans[:1]))
    names = sorted(set(found["d0"]))
    if not names:
        return []
    more = f" and {len(names) - POOLS_NAMED} more" if len(names) > POOLS_NAMED else ""
    listed = ", ".join(names[:POOLS_NAMED])
    told = f"Shares of shared cost are not lines and not listed here: {listed}{more}."
    return [f"{told} Ask for them with by=pool, or list them with shares=1."]


def line_texts(found: pl.DataFrame) -> list[dict[str, Any]]:
    """Lines as objects of text."""
    instants = pl.col("charge_start", "charge_end").dt.strftime("%Y-%m-%dT%H:%M:%SZ")
    return texts(found.with_columns(instants), line_columns())


def line_columns() -> list[Column]:
    """What a line shows: its id, when, every dimension with its label, units, amounts."""
    found = [Column("id", "Line", "dimension")]
    found += [Column(name, name.replace("_", " ").capitalize(), "dimension") for name in STORED]
    for dimension in CATALOGUE.dimensions:
        found.append(Column(dimension.name, dimension.label, "dimension"))
        if dimension.has_label:
            found.append(Column(f"{dimension.name}_label", f"{dimension.label} name", "label", of=dimension.name))
    found += [Column(item.name, item.label, "unit") for item in CATALOGUE.unit_dimensions]
    for name in (*COSTS, *QUANTITIES):
        measure = CATALOGUE.measure(name)
        if measure:
            found.append(Column(name, measure.label, "measure", measure.unit, measure.unit_column))
    return found


def _sql(asked: Asked) -> tuple[str, dict[str, Any]]:
    """Pick the page by narrow columns first; only its rows are joined with their names."""
    narrow = Tables("lines", asked.catalogue)
    where = wanted(asked, narrow)
    order = [(sorted_by(item, asked.query, narrow), item.descending) for item in _sorts(asked.query)]
    order += [("f.day", True), ("f.source", False), ("f.period", False), ("f.line_no", False)]
    keys = [f"{column} as o{place}" for place, (column, _) in enumerate(order)]
    places = [f"o{place}{' desc' if falling else ''} nulls last" for place, (_, falling) in enumerate(order)]
    picked = (
        f"select f.rowid as row_key, {', '.join(keys)}\nfrom {narrow.source()}\n{where}order by {', '.join(places)}\n"
        "limit $count offset $start"
    )
    wide = Tables("lines", asked.catalogue, parameters=narrow.parameters)
    sql = (
        f"with picked as materialized (\n{picked}\n)\nselect {cells(wide)}\nfrom {wide.source()}\n"
        f"join picked on picked.row_key = f.rowid order by {', '.join(places)}"
    )
    return sql, narrow.parameters


def _sorts(query: CostQuery) -> tuple[Sort, ...]:
    summed = [*sums_of(query, CATALOGUE), "effective_cost"]
    return query.sort or (Sort(summed[0], descending=True),)


def sorted_by(item: Sort, query: CostQuery, tables: Tables) -> str:
    if item.column == query.grain:
        return "f.day"
    if item.column in (*COSTS, *QUANTITIES, "currency"):
        return f"f.{item.column}"
    if CATALOGUE.dimension(item.column):
        return tables.column(named(CATALOGUE, item.column))
    raise QueryError(
        Fault(item.column, "sort", 0, f"Lines have no column {item.column!r}.", "Sort by a cost or a dimension.")
    )
