"""`CostQuery` to SQL: pure. Every value is a bound parameter; every identifier comes from the catalogue or from here.

The result has columns by place, not by name, because a tag key may be any text: `bucket`, `d0`.. the groups, `l0`..
their labels, `currency`, `u0`.. units, `s_COLUMN` the sums and, when two spans are asked for, `p_COLUMN` the sums of
the earlier one with `here` and `before` saying where the group has lines; with a top, `rest` marks the row of the
folded groups, which no value can be taken for, and `folded` counts them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from warehouse.focus.period import Period
from warehouse.metrics.catalogue import Catalogue, Dimension
from warehouse.metrics.parse import unit_columns
from warehouse.metrics.query import OTHER_MARK, CostQuery
from warehouse.metrics.tables import DAILY, SHARED, Fact, Known, Tables, named


@dataclass(frozen=True, slots=True)
class Span:
    """Days to sum, or all of them; `months` and `days` move an earlier span onto the one it is compared with."""

    period: Period | None
    months: int = 0
    days: int = 0


def compile(  # noqa: A001 - the word of the trade
    query: CostQuery, catalogue: Catalogue, spans: Sequence[Span], known: Known | None = None
) -> tuple[str, dict[str, Any]]:
    """SQL and named parameters for one span, or for two: the one asked about and the one it is compared with."""
    tables = Tables(fact_for(query, catalogue, spans), catalogue, known)
    sql = _Build(query, tables, tuple(spans)).sql()
    return sql, tables.parameters


def fact_for(query: CostQuery, catalogue: Catalogue, spans: Sequence[Span]) -> Fact:
    """The smallest table that can answer: the daily rollup, the monthly one by resource, or the lines."""
    names = {*query.by, *(item.dimension for item in query.where), *unit_columns(query, catalogue)}
    costs_only = all(name.endswith("_cost") for name in sums_of(query, catalogue))
    if names <= DAILY and costs_only:
        return "daily"
    dimensions = [named(catalogue, name) for name in names]
    by_dim = all(item.table in ("dims", "tags", "lines", "splits") for item in dimensions)
    whole = query.basis == "billing" or all(_whole_months(span) for span in spans)
    whole = whole and query.grain in ("none", "month") and not (_tagged(dimensions) and _cut(catalogue, query, spans))
    return "monthly_dims" if by_dim and costs_only and whole else "lines"


def _tagged(dimensions: Sequence[Dimension]) -> bool:
    return any(item.table == "tags" for item in dimensions)


def _cut(catalogue: Catalogue, query: CostQuery, spans: Sequence[Span]) -> bool:
    """Whether tags begin to be read in another way inside a month that is asked about."""
    inside = [day for day in catalogue.tag_days if day.day > 1]
    if query.basis == "billing":
        return bool(inside)
    periods = [span.period for span in spans]
    return any(period is None or period.start < day < period.end for day in inside for period in periods)


def is_shared(query: CostQuery, catalogue: Catalogue) -> bool:
    """Whether splits change the answer: a question about who has cost, not about quantities."""
    names = {*query.by, *(item.dimension for item in query.where)}
    measures = [catalogue.measure(name) for name in query.measures]
    return bool(names & SHARED) and any(measure and measure.unit == "currency" for measure in measures)


def sums_of(query: CostQuery, catalogue: Catalogue) -> tuple[str, ...]:
    """The stored columns that the measures are made of, each once."""
    measures = (catalogue.measure(name) for name in query.measures)
    return tuple(dict.fromkeys(column for measure in measures if measure for column in measure.sums))


def _whole_months(span: Span) -> bool:
    return span.period is None or (span.period.start.day == span.period.end.day == 1 and span.days == 0)


@dataclass(slots=True)
class _Build:
    query: CostQuery
    tables: Tables
    spans: tuple[Span, ...]
    by: list[Dimension] = field(init=False)
    units: list[Dimension] = field(init=False)
    sums: tuple[str, ...] = field(init=False)
    parts: list[Tables] = field(init=False)

    def __post_init__(self) -> None:
        catalogue = self.tables.catalogue
        self.by = [named(catalogue, name) for name in self.query.by]
        self.units = [named(catalogue, name) for name in unit_columns(self.query, catalogue)]
        self.sums = sums_of(self.query, catalogue)
        self.parts = [self.tables]
        if is_shared(self.query, catalogue) and not self.tables.known:
            self.parts.append(self.tables.beside("splits"))

    @property
    def groups(self) -> list[str]:
        return [f"d{index}" for index in range(len(self.by))]

    @property
    def apart(self) -> list[str]:
        """What is never added up: currencies, and units."""
        return ["currency", *(f"u{index}" for index in range(len(self.units)))]

    @property
    def labels(self) -> list[str]:
        return [f"l{index}" for index, dimension in enumerate(self.by) if dimension.label_column]

    @property
    def bucket(self) -> list[str]:
        return [] if self.query.grain == "none" else ["bucket"]

    def sql(self) -> str:
        parts = [self._span(span) for span in self.spans]
        top = self.query.top if self.by else None
        if len(parts) == 1 and top is None:
            return parts[0]
        grouped = "\nunion all\n".join(f"select {index} as span, * from ({part})" for index, part in enumerate(parts))
        keys = [*self.bucket, *self.groups, *self.apart]
        source, ranked, folded = "grouped", "", []
        if top is not None:
            keys.append("rest")
            source, ranked = self._folded(top), f", ranked as (\n{self._ranked()}\n)"
            folded = ["max(folded) as folded"]
        labels = [f"max({label}) as {label}" for label in self.labels]
        picked = [*keys, *labels, *self._sides(len(parts)), *folded]
        return (
            f"with grouped as (\n{grouped}\n){ranked}\nselect {', '.join(picked)}\nfrom {source}\n"
            f"group by {', '.join(keys)}"
        )

    def _sides(self, count: int) -> Iterator[str]:
        for index, side in enumerate(("s", "p")[:count]):
            for name in self.sums:
                yield f"sum(s_{name}) filter (span = {index}) as {side}_{name}"
        if count == 2:
            yield from ("bool_or(span = 0) as here", "bool_or(span = 1) as before")

    def _ranked(self) -> str:
        """Groups by size over the whole of both spans, apart for each currency and unit.

        The group whose values are all missing is not ranked, so it is never folded.
        """
        first = next(name for name in self.query.measures if name in self.sums)
        keys, apart = ", ".join([*self.groups, *self.apart]), ", ".join(self.apart)
        missing = " and ".join(f"{group} is null" for group in self.groups)
        order = ", ".join(["sum(size) desc", *(f"{group} nulls last" for group in self.groups)])
        return (
            f"select {keys}, row_number() over (partition by {apart} order by {order}) as place,\n"
            f"count(*) over (partition by {apart}) as groups\n"
            f"from (select {keys}, abs(sum(s_{first})) as size from grouped where not ({missing})\n"
            f"group by {keys}, span) group by {keys}"
        )

    def _folded(self, top: int) -> str:
        most, other = self.tables.bind(top), self.tables.bind(OTHER_MARK)
        folds = [f"if(r.place > {most}, {other}, g.{group}) as {group}" for group in self.groups]
        folds += [f"if(r.place > {most}, null, g.{label}) as {label}" for label in self.labels]
        same = " and ".join(f"g.{key} is not distinct from r.{key}" for key in [*self.groups, *self.apart])
        return (
            f"(select g.* exclude ({', '.join([*self.groups, *self.labels])}), {', '.join(folds)},\n"
            f"coalesce(r.place > {most}, false) as rest,\nif(r.place > {most}, r.groups - {most}, null) as folded\n"
            f"from grouped g left join ranked r on {same})"
        )

    def _span(self, span: Span) -> str:
        """The grouped sums of one span."""
        parts = [self._part(span, tables) for tables in self.parts]
        if len(parts) == 1:
            return parts[0]
        keys = [*self.bucket, *self.groups, *self.apart]
        picked = [*keys, *(f"max({label}) as {label}" for label in self.labels)]
        picked += [f"sum(s_{name}) as s_{name}" for name in self.sums]
        together = "\nunion all\n".join(parts)
        return f"select {', '.join(picked)}\nfrom (\n{together}\n)\ngroup by {', '.join(keys)}"

    def _part(self, span: Span, tables: Tables) -> str:
        """The grouped sums of one span in one fact table."""
        columns = [f"{self._bucket(span, tables)} as bucket"] if self.bucket else []
        columns += [f"{tables.column(item)} as d{place}" for place, item in enumerate(self.by)]
        columns.append("f.currency as currency")
        columns += [f"{tables.column(item)} as u{place}" for place, item in enumerate(self.units)]
        groups = ", ".join(str(place + 1) for place in range(len(columns)))
        columns += [f"{tables.largest_label(item)} as l{place}" for place, item in enumerate(self.by)
                    if item.label_column]  # fmt: skip
        columns += [f"{tables.sum(name)} as s_{name}" for name in self.sums]
        conditions = [*self._days(span, tables), *(tables.condition(item) for item in self.query.where)]
        if self.query.currency:
            codes = ", ".join(tables.bind(code) for code in self.query.currency)
            conditions.append(f"f.currency in ({codes})")
        where = f"\nwhere {' and '.join(conditions)}" if conditions else ""
        return f"select {', '.join(columns)}\nfrom {tables.source()}{where}\ngroup by {groups}"

    def _bucket(self, span: Span, tables: Tables) -> str:
        billing = self.query.basis == "billing"
        day = "cast(f.period || '-01' as date)" if billing else f"f.{_day(tables)}"
        if span.months or span.days:
            day = f"({day} + to_months({tables.bind(span.months)}) + to_days({tables.bind(span.days)}))"
        elif billing:
            return "f.period"
        if billing:
            return f"strftime({day}, '%Y-%m')"
        return f"cast(date_trunc('{self.query.grain}', {day}) as date)"

    def _days(self, span: Span, tables: Tables) -> Iterator[str]:
        if span.period is None:
            return
        start, end = span.period.start, span.period.end
        if self.query.basis == "billing":
            yield f"f.period >= {tables.bind(f'{start:%Y-%m}')} and f.period < {tables.bind(f'{end:%Y-%m}')}"
        else:
            yield f"f.{_day(tables)} >= {tables.bind(start)} and f.{_day(tables)} < {tables.bind(end)}"


def _day(tables: Tables) -> str:
    return "month" if tables.fact == "monthly_dims" else "day"
