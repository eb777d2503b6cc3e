"""The gate: a frame that passes is storable and means one thing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import polars as pl

from warehouse.focus.columns import BY_NAME, COLUMNS, SCHEMA
from warehouse.focus.money import CURRENCIES

EXAMPLES_PER_RULE = 3
"""How many rows a fault shows; it always counts all."""


@dataclass(frozen=True, slots=True)
class Fault:
    """One broken rule at one place."""

    column: str
    rule: str
    value: str | None = None
    row: int | None = None
    """Data row of `file`, counted from 1; null for a fault of the whole column."""
    file: str | None = None
    count: int = 1
    """Rows that break this rule in this column; only the first few are listed."""

    def __str__(self) -> str:
        place = f"row {self.row}, " if self.row is not None else ""
        shown = "" if self.value is None else f" (found {self.value[:80]!r})"
        more = f", {self.count} rows in all" if self.count > 1 else ""
        return f"{place}column {self.column}: {self.rule}{shown}{more}"


class ConformError(ValueError):
    """The frame is not FOCUS; `faults` lists every broken rule."""

    def __init__(self, faults: list[Fault]) -> None:
        self.faults = tuple(faults)
        super().__init__("; ".join(str(fault) for fault in faults[:20]))


@dataclass(frozen=True, slots=True)
class _Rule:
    column: str
    text: str
    broken: pl.Expr


def conform(frame: pl.LazyFrame | pl.DataFrame) -> pl.LazyFrame:
    """The frame with every column of the schema, in its order and type; absent columns are nulls.

    Raises ConformError with all faults at once: unknown columns, types that do not fit, nulls where one is refused,
    values outside an allowed list, unknown currencies, periods that end before they start. Reads the frame once.
    """
    lazy = frame.lazy()
    schema = lazy.collect_schema()
    faults = list(_structure(schema))
    if faults:
        raise ConformError(faults)
    full = lazy.select(
        pl.col(name).cast(dtype) if name in schema else pl.lit(None, dtype=dtype).alias(name)
        for name, dtype in SCHEMA.items()
    )
    rules = list(_rules())
    counts = full.select(rule.broken.fill_null(False).sum().alias(str(i)) for i, rule in enumerate(rules)).collect()
    broken = [(rules[i], int(count)) for i, count in enumerate(counts.row(0)) if count]
    if broken:
        raise ConformError([fault for rule, count in broken for fault in _examples(full, rule, count)])
    return full


def _structure(schema: pl.Schema) -> Iterator[Fault]:
    for name, dtype in schema.items():
        if name not in BY_NAME:
            yield Fault(name, "is not a FOCUS column; native columns need the prefix x_ and a row in columns.csv")
        elif dtype not in (SCHEMA[name], pl.Null()):
            yield Fault(name, f"has type {dtype}, expected {SCHEMA[name]}")
    for column in COLUMNS:
        if column.required and column.name not in schema:
            yield Fault(column.name, "is mandatory and absent")


def _rules() -> Iterator[_Rule]:
    for column in COLUMNS:
        here = pl.col(column.name)
        if column.required:
            missing = here.is_null() if column.kind != "text" else here.is_null() | (here == "")
            yield _Rule(column.name, "must not be empty", missing)
        if column.allowed:
            yield _Rule(column.name, f"must be one of {', '.join(column.allowed)}", ~here.is_in(list(column.allowed)))
    yield _Rule(
        "BillingCurrency", "must be an ISO 4217 currency code", ~pl.col("BillingCurrency").is_in(list(CURRENCIES))
    )
    yield _Rule(
        "BillingPeriodEnd",
        "must lie after BillingPeriodStart",
        pl.col("BillingPeriodEnd") <= pl.col("BillingPeriodStart"),
    )
    yield _Rule(
        "ChargePeriodEnd",
        "must not lie before ChargePeriodStart",
        pl.col("ChargePeriodEnd") < pl.col("ChargePeriodStart"),
    )


def _examples(full: pl.LazyFrame, rule: _Rule, count: int) -> Iterator[Fault]:
    rows = (
        full.filter(rule.broken)
        .select(pl.col(rule.column).cast(pl.String).alias("value"), "x_SourceFile", "x_SourceRow")
        .head(EXAMPLES_PER_RULE)
        .collect()
    )
    for value, file, row in rows.iter_rows():
        yield Fault(rule.column, rule.text, value=value, row=row, file=file, count=count)
