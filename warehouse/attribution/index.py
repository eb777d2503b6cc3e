"""Which rows a condition holds for: an index from value to rows, asked for the rarest comparison first.

Series are indexed with `[]` throughout: it is ten times cheaper per call than `gather`, and there are thousands.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import reduce
from operator import and_, or_
from typing import Final

import polars as pl

from warehouse.attribution.match import CODE, NO_CODES, matching
from warehouse.attribution.model import AnyOf, Check, Condition, Not

MASKS_MAX: Final = 512
"""Row masks kept for comparisons that hold for many rows; one takes a bit per row."""
RARE: Final = 16
"""A condition that needs a comparison which holds for less than one row in this many is looked up in the index."""
CODES_MAX: Final = 64
"""With more values than this, their rows are collected in one go instead of one by one."""


def constant(value: object, length: int, dtype: pl.DataType | type[pl.DataType]) -> pl.Series:
    return pl.Series([value], dtype=dtype).new_from_index(0, length)


class Index:
    """Over `codes`, one row per combination; `asked` are all comparisons that will be asked about."""

    def __init__(self, codes: pl.DataFrame, values: Mapping[str, pl.Series], asked: set[Check]) -> None:
        self.height = codes.height
        self._codes = {column: codes[column] for column in codes.columns}
        self._found: dict[Check, pl.Series] = {}
        self._rows: dict[str, pl.Series] = {}
        self._sizes: dict[str, pl.Series] = {}
        self._size: dict[Check, int] = {}
        self._masks: dict[Check, pl.Series] = {}
        self._holds: dict[Check, pl.Series] = {}
        self._lengths = {column: len(series) for column, series in values.items()}
        for column in sorted({check.column for check in asked}):
            self._found |= matching([check for check in asked if check.column == column], values[column])
            rows = codes.select(pl.col(column).alias("code")).with_row_index("row").group_by("code").agg("row")
            every = pl.DataFrame({"code": pl.int_range(len(values[column]), dtype=CODE, eager=True)})
            by_code = every.join(rows, on="code", how="left", maintain_order="left")["row"]
            self._rows[column], self._sizes[column] = by_code, by_code.list.len().fill_null(0)

    def where(self, condition: Condition, unsettled: pl.Series) -> pl.Series:
        """The rows the condition holds for, of those not settled yet, in order."""
        needed = self._needs(condition)
        size = self.height if needed is None else self._total(needed)
        if not size:
            return NO_CODES
        if needed is None or size * RARE > self.height:
            return (self._truth(condition, None) & unsettled).arg_true().cast(CODE)
        parts = [rows for check in needed for rows in self._rows_of(check)]
        rows = (pl.concat(parts).unique() if len(needed) > 1 else pl.concat(parts)).sort()
        rows = rows.filter(unsettled[rows])
        return rows if condition == needed[0] else rows.filter(self._truth(condition, rows))

    def _rows_of(self, check: Check) -> list[pl.Series]:
        """The rows it holds for, in parts without a row in common."""
        by_code, found = self._rows[check.column], self._found[check]
        if len(found) > CODES_MAX:
            return [by_code[found].explode().drop_nulls()]
        return [rows for rows in (by_code[code] for code in found) if rows is not None]

    def _truth(self, condition: Condition, rows: pl.Series | None) -> pl.Series:
        """One truth value for each of `rows`, or for all rows."""
        if isinstance(condition, Check):
            if rows is None:
                return self._mask(condition)
            return self._hold(condition)[self._codes[condition.column][rows]]
        if isinstance(condition, Not):
            return ~self._truth(condition.part, rows)
        either = isinstance(condition, AnyOf)
        if not condition.parts:
            return constant(not either, self.height if rows is None else len(rows), pl.Boolean)
        return reduce(or_ if either else and_, [self._truth(part, rows) for part in condition.parts])

    def _mask(self, check: Check) -> pl.Series:
        """One truth value per row."""
        if check not in self._masks:
            if len(self._masks) >= MASKS_MAX:
                self._masks.pop(next(iter(self._masks)))
            self._masks[check] = self._hold(check)[self._codes[check.column]]
        return self._masks[check]

    def _hold(self, check: Check) -> pl.Series:
        """One truth value per distinct value of the column."""
        if check not in self._holds:
            if len(self._holds) >= MASKS_MAX:
                self._holds.pop(next(iter(self._holds)))
            holds = constant(False, self._lengths[check.column], pl.Boolean)
            self._holds[check] = holds.scatter(self._found[check], True)
        return self._holds[check]

    def _needs(self, condition: Condition) -> tuple[Check, ...] | None:
        """Comparisons of which at least one holds wherever the condition does, with few rows. None: there are none."""
        if isinstance(condition, Check):
            return (condition,)
        if isinstance(condition, Not):
            return None
        parts = [self._needs(part) for part in condition.parts]
        if isinstance(condition, AnyOf):
            return None if None in parts else tuple(check for part in parts if part for check in part)
        return min((part for part in parts if part is not None), key=self._total, default=None)

    def _total(self, needed: tuple[Check, ...]) -> int:
        return sum(map(self._size_of, needed))

    def _size_of(self, check: Check) -> int:
        """How many rows it holds for."""
        if check not in self._size:
            found = self._found[check]
            self._size[check] = int(self._sizes[check.column][found].sum()) if len(found) else 0
        return self._size[check]
