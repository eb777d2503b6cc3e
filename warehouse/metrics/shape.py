"""From the sums of a group to the columns of an answer: rates, shares, changes, totals, order. Columns, not rows."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.focus import MONEY, QUANTITY
from warehouse.metrics.catalogue import PERCENT_DIGITS, RATE_DIGITS, Catalogue, Measure, Unit
from warehouse.metrics.parse import unit_columns
from warehouse.metrics.per_day import Days
from warehouse.metrics.percent import percent, rate
from warehouse.metrics.query import CostQuery
from warehouse.metrics.tables import named

Numbers = Sequence[Decimal | None]
TYPES: Final = {
    "currency": MONEY,
    "quantity": QUANTITY,
    "rate": pl.Decimal(38, RATE_DIGITS),
    "percent": pl.Decimal(38, PERCENT_DIGITS),
}
PREVIOUS, CHANGE, CHANGE_PERCENT = "previous_", "change_", "change_percent_"
SIDES: Final = ("s_", "p_")
NO_ROWS: Final = "_"
REST: Final = "rest"
"""The column that tells the row of all folded groups from groups, whatever their names."""


@dataclass(frozen=True, slots=True)
class Column:
    """What a column of an answer holds. `kind` is grain, dimension, label, rest, unit or measure."""

    name: str
    label: str
    kind: str
    unit: Unit | None = None
    of: str | None = None  # a label's dimension, a quantity's unit column, a compare column's measure
    per: str | None = None  # "day": a sum divided by the days it is of

    def document(self) -> dict[str, str]:
        facts = {"name": self.name, "label": self.label, "kind": self.kind, "unit": self.unit, "of": self.of,
                 "per": self.per}  # fmt: skip
        return {name: value for name, value in facts.items() if value is not None}


def columns_of(query: CostQuery, catalogue: Catalogue) -> list[Column]:
    """The columns of the answer, in order."""
    found = [Column(query.grain, query.grain.capitalize(), "grain")] if query.grain != "none" else []
    for name in query.by:
        dimension = named(catalogue, name)
        found.append(Column(name, dimension.label, "dimension"))
        if dimension.has_label:
            found.append(Column(f"{name}_label", f"{dimension.label} name", "label", of=name))
    if has_rest(query):
        found.append(Column(REST, "Rest of the list", "rest"))
    found.append(Column("currency", "Currency", "dimension"))
    found += [Column(name, named(catalogue, name).label, "unit") for name in unit_columns(query, catalogue)]
    for measure in measures_of(query, catalogue):
        per = "day" if query.normalise == "day" and measure.additive else None
        text = f"{measure.label} per day" if per else measure.label
        found.append(Column(measure.name, text, "measure", measure.unit, measure.unit_column, per))
        if query.compare != "none" and measure.name != "share":
            name = measure.name
            found += [
                Column(PREVIOUS + name, f"{text}, before", "measure", measure.unit, name, per),
                Column(CHANGE + name, f"{text}, change", "measure", measure.unit, name, per),
                Column(CHANGE_PERCENT + name, f"{text}, change in percent", "measure", "percent", name),
            ]
    return found


def has_rest(query: CostQuery) -> bool:
    """Whether the answer can hold a row of folded groups."""
    return query.top is not None and bool(query.by)


def measures_of(query: CostQuery, catalogue: Catalogue) -> list[Measure]:
    return [measure for name in query.measures if (measure := catalogue.measure(name))]


def shaped(
    sums: pl.DataFrame, query: CostQuery, catalogue: Catalogue, days: Sequence[Days] = ()
) -> tuple[pl.DataFrame, pl.DataFrame]:
    """(rows, totals) with every column of the answer, from what `compile` asked for.

    `days` are those of each span when sums are wanted per day: rows and totals are each divided once, from exact
    sums. Totals are of all rows, per currency and unit. Sums that need more than 38 digits raise OverflowError.
    """
    names = {f"d{index}": name for index, name in enumerate(query.by)}
    names |= {f"l{index}": f"{name}_label" for index, name in enumerate(query.by)}
    names |= {f"u{index}": name for index, name in enumerate(unit_columns(query, catalogue))}
    names["bucket"] = query.grain
    columns = columns_of(query, catalogue)
    apart = [column for column in sums.columns if column == "currency" or column[0] == "u"]
    sums = _sides(sums)
    if has_rest(query):
        sums = sums.with_columns(pl.when(pl.col(REST)).then(pl.lit("true")).alias(REST))
    totals = _totals(sums, apart)
    wanted = [column.name for column in columns]
    shared = _totals(sums, ["currency"]) if "share" in query.measures else pl.DataFrame()
    whole = {row["currency"]: row for row in shared.iter_rows(named=True)}
    measured = _Measured(query, catalogue, whole, dict(zip(SIDES, days, strict=False)))
    rows = measured.of(sums).rename(names, strict=False)
    # What documents name is no text of a bill: the column waits for `names.labelled`.
    rows = rows.with_columns(pl.lit(None, pl.String).alias(name) for name in wanted if name not in rows.columns)
    rows = rows.select(wanted)
    in_totals = [column.name for column in columns if column.kind in ("unit", "measure") or column.name == "currency"]
    return rows, measured.of(totals).rename(names, strict=False).select(in_totals)


def unknown_before(frame: pl.DataFrame) -> pl.DataFrame:
    """The frame without values of the period compared with, and so without changes."""
    names = [name for name in frame.columns if name.startswith(("previous_", "change_"))]
    return frame.with_columns(pl.lit(None, dtype=frame.schema[name]).alias(name) for name in names)


def ordered(rows: pl.DataFrame, query: CostQuery, columns: Sequence[Column]) -> pl.DataFrame:
    """Rows in the order asked for, else in time and by size; the rest of a top list, then missing values, last.

    Values that have names stand in the order of these, in any case, as they are shown.
    """
    usual = [column.name for column in columns if column.kind in ("grain", "unit") or column.name == "currency"]
    first = query.measures[0]
    by = [item.column for item in query.sort] or [*usual, first]
    falling = [item.descending for item in query.sort] or [*(False for _ in usual), True]
    if query.by:
        missing = pl.all_horizontal(pl.col(name).is_null() for name in query.by)
        folded = pl.col(REST).is_not_null() if has_rest(query) else pl.lit(value=False)
        rank = pl.when(missing).then(2).when(folded).then(1).otherwise(0)
        rows = rows.with_columns(rank.alias(NO_ROWS))
        place = 0 if query.sort else len(usual)
        by.insert(place, NO_ROWS)
        falling.insert(place, False)
    ties = [name for name in (*usual, *query.by) if name not in by]
    labels = {column.of: column.name for column in columns if column.kind == "label"}
    keys = [[pl.coalesce(labels[name], name).str.to_lowercase(), pl.col(name)] if name in labels else [pl.col(name)]
            for name in by]  # fmt: skip
    sides = [side for side, key in zip(falling, keys, strict=True) for _ in key]
    order = [*(one for key in keys for one in key), *map(pl.col, ties)]
    ranked = rows.sort(order, descending=[*sides, *(False for _ in ties)], nulls_last=True)
    return ranked.drop(NO_ROWS, strict=False)


def texts(rows: pl.DataFrame, columns: Sequence[Column]) -> list[dict[str, Any]]:
    """Rows as objects of text: plain decimals without an exponent, ISO days, null for what is missing."""
    return rows.select(_text(column) for column in columns if column.name in rows.columns).to_dicts()


def _text(column: Column) -> pl.Expr:
    value = pl.col(column.name).cast(pl.String)
    if column.kind != "measure" or column.unit == "percent":
        return value
    return value.str.strip_chars_end("0").str.strip_chars_end(".")


def _sides(sums: pl.DataFrame) -> pl.DataFrame:
    """A group without a line on one side has nothing there: zero, not unknown."""
    if "here" not in sums.columns:
        return sums
    fill = [
        pl.when(~pl.col(present)).then(pl.lit(0).cast(sums.schema[name])).otherwise(pl.col(name)).alias(name)
        for side, present in (("s_", "here"), ("p_", "before"))
        for name in sums.columns
        if name.startswith(side)
    ]
    return sums.with_columns(fill)


def _totals(sums: pl.DataFrame, apart: Sequence[str]) -> pl.DataFrame:
    """One row for each currency and unit. Series are summed one by one: a group-by wraps around without a word."""
    numbers = [name for name in sums.columns if name[:2] in SIDES]
    schema = {name: sums.schema[name] for name in (*apart, *numbers)}
    try:
        found = [
            [*key, *(part[name].sum() if part[name].count() else None for name in numbers)]
            for key, part in sums.partition_by(apart, as_dict=True).items()
        ]
    except pl.exceptions.ComputeError as error:
        raise OverflowError("the total needs more than 38 digits") from error
    return pl.DataFrame(found, schema=schema, orient="row").sort(apart, nulls_last=True)


@dataclass(frozen=True, slots=True)
class _Measured:
    """The measures of one question, of rows and of totals alike."""

    query: CostQuery
    catalogue: Catalogue
    whole: dict[str, dict[str, Any]]  # currency -> its sums
    days: Mapping[str, Days]  # side -> what its sums are divided by

    def of(self, sums: pl.DataFrame) -> pl.DataFrame:
        """Each measure, its side before, its change."""
        added = []
        compared = any(name.startswith("p_") for name in sums.columns)
        for measure in measures_of(self.query, self.catalogue):
            if measure.name == "share":
                base = next(item.sums[0] for item in measures_of(self.query, self.catalogue) if item.unit == "currency")
                added.append(_share(sums, f"s_{base}", self.whole))
                continue
            now = self._value(sums, measure, "s_").alias(measure.name)
            added.append(now)
            if compared:
                before = self._value(sums, measure, "p_").alias(PREVIOUS + measure.name)
                change = _difference(now, before).alias(CHANGE + measure.name)
                percents = _column(CHANGE_PERCENT + measure.name, "percent", percent, change, before)
                added += [before, change, percents]
        return sums.with_columns(added)

    def _value(self, sums: pl.DataFrame, measure: Measure, side: str) -> pl.Series:
        parts = [sums[side + name] for name in measure.sums]
        if len(parts) > 1:
            return _column(measure.name, measure.unit, rate, *parts)
        return self.days[side].divide(parts[0], sums) if side in self.days else parts[0]


def _share(sums: pl.DataFrame, name: str, whole: dict[str, dict[str, Any]]) -> pl.Series:
    totals = [whole[currency][name] for currency in sums["currency"]]
    signed = [-part if total and part and total < 0 else part for part, total in zip(sums[name], totals, strict=True)]
    values = [percent(part, total) for part, total in zip(signed, totals, strict=True)]
    return pl.Series("share", values, TYPES["percent"])


def _difference(now: pl.Series, before: pl.Series) -> pl.Series:
    try:
        return now - before
    except pl.exceptions.ComputeError as error:
        raise OverflowError("a change needs more than 38 digits") from error


def _column(name: str, unit: str, ratio: Callable[..., Decimal | None], *parts: pl.Series) -> pl.Series:
    return pl.Series(name, [ratio(*numbers) for numbers in zip(*parts, strict=True)], TYPES[unit])
