"""A line as SQL: its columns, and which lines a question sums."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from warehouse.metrics.answer import Asked
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.tables import Tables

COSTS: Final = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
QUANTITIES: Final = ("consumed_quantity", "pricing_quantity")
NOTHING: Final = "cast(null as varchar)"
STORED: Final = ("period", "day", "charge_start", "charge_end", "currency")


def cells(wide: Tables) -> str:
    """Every column of a line as SQL, in the order of `line_columns`."""
    columns = [
        "concat(f.source, ':', f.period, ':', f.generation, ':', f.line_no) as id",
        *(f"f.{name}" for name in STORED),
    ]
    for dimension in (*CATALOGUE.dimensions, *CATALOGUE.unit_dimensions):
        columns.append(f"{wide.column(dimension)} as {dimension.name}")
        if dimension.has_label:
            text = wide.label(dimension) if dimension.label_column else NOTHING
            columns.append(f"{text} as {dimension.name}_label")
    columns += [f"f.{name}" for name in (*COSTS, *QUANTITIES)]
    return ", ".join(columns)


def wanted(asked: Asked, tables: Tables) -> str:
    """The WHERE clause of the lines that a question sums, with a line end; empty when it sums them all."""
    conditions = [*in_days(asked, tables), *(tables.condition(item) for item in asked.limited.where)]
    return f"where {' and '.join(conditions)}\n" if conditions else ""


def in_days(asked: Asked, tables: Tables) -> Iterator[str]:
    """Of facts, whether they are of the days and currencies of a question."""
    period = asked.spans[0].period
    if period and asked.query.basis == "billing":
        start, end = tables.bind(f"{period.start:%Y-%m}"), tables.bind(f"{period.end:%Y-%m}")
        yield f"f.period >= {start} and f.period < {end}"
    elif period:
        yield f"f.day >= {tables.bind(period.start)} and f.day < {tables.bind(period.end)}"
    if asked.query.currency:
        yield f"f.currency in ({', '.join(tables.bind(code) for code in asked.query.currency)})"
