"""The FOCUS columns, read from `columns.csv`: type, null rule, allowed values, versions, place in the store.

The table is the union of the Cost and Usage columns of FOCUS 1.0 to 1.4, with `x_` columns for native facts that the
standard has no column for. Source: the FOCUS specification, versions 1.0 to 1.4.
"""

from __future__ import annotations

import csv
from dataclasses import dataclass
from importlib.resources import files

import polars as pl

MONEY = pl.Decimal(38, 18)
"""Amounts and unit prices: 20 digits before the point, 18 behind it."""
QUANTITY = pl.Decimal(38, 9)
TIME = pl.Datetime("us", "UTC")

KINDS: dict[str, pl.DataType] = {
    "money": MONEY,
    "quantity": QUANTITY,
    "time": TIME,
    "json": pl.String(),
    "text": pl.String(),
    "integer": pl.Int64(),
}
VERSIONS = ("1.0", "1.1", "1.2", "1.3", "1.4")


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    kind: str
    """money, quantity, time, json, text or integer."""
    level: str
    """mandatory, conditional, recommended; native for `x_` columns."""
    required: bool
    """A null is refused."""
    allowed: tuple[str, ...]
    """Empty: any value."""
    introduced: str
    removed: str
    table: str
    """Where the store keeps it: lines, dims or items; empty when only the landed file has it."""
    column: str
    """Its name there."""
    meaning: str

    @property
    def dtype(self) -> pl.DataType:
        return KINDS[self.kind]

    def in_version(self, version: str) -> bool:
        """Whether this column belongs to FOCUS `version`; `x_` columns belong to none."""
        return bool(self.introduced) and self.introduced <= version and not (self.removed and self.removed <= version)


def _read() -> tuple[Column, ...]:
    text = files("warehouse.focus").joinpath("columns.csv").read_text(encoding="utf-8")
    return tuple(
        Column(
            name=row["name"],
            kind=row["kind"],
            level=row["level"],
            required=row["required"] == "yes",
            allowed=tuple(value for value in row["allowed"].split("|") if value),
            introduced=row["introduced"],
            removed=row["removed"],
            table=row["table"],
            column=row["column"],
            meaning=row["meaning"],
        )
        for row in csv.DictReader(text.splitlines())
    )


COLUMNS: tuple[Column, ...] = _read()
BY_NAME: dict[str, Column] = {column.name: column for column in COLUMNS}
SCHEMA: dict[str, pl.DataType] = {column.name: column.dtype for column in COLUMNS}
COST_COLUMNS = ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")
PROVENANCE = ("x_SourceFile", "x_SourceRow")
"""Say where a row came from; not part of its content."""


def version_columns(version: str) -> tuple[Column, ...]:
    """The columns of FOCUS `version` ("1.0" to "1.4"), in the order of the specification. KeyError when unknown."""
    if version not in VERSIONS:
        raise KeyError(version)
    return tuple(column for column in COLUMNS if column.in_version(version))
