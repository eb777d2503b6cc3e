"""The cells of two periods, summed by the store: the resources that moved most one by one, the others together.

A row of the result is one (resource or group of lines, product, unit) in one group of the question. Sums of cost and
quantity come as decimals and are multiplied by nobody here; `warehouse.metrics.explain.causes` does that with integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from warehouse.focus.period import Period
from warehouse.metrics.answer import Asked
from warehouse.metrics.catalogue import CATALOGUE, Dimension
from warehouse.metrics.compile import sums_of
from warehouse.metrics.explain.late import Cut
from warehouse.metrics.tables import Tables, named

RESOURCES_MAX: Final = 1_000
"""Resources, or groups of lines without one, that are told one by one; the others are added up by product."""
GROUPS_MAX: Final = 100
"""Groups of the question, for each currency, that are told one by one."""
CELLS_MAX: Final = 400_000
ATTRIBUTED: Final = ("owners", "tags")
"""Tables whose columns can change for a line's resource without the resource changing."""
ENTITY: Final = ("provider", "sub_account", "service", "resource")
SHORT: Final = timedelta(days=1)
MONTHLY: Final = timedelta(days=31)
_CATEGORY = named(CATALOGUE, "charge_category")


def _item(column: str) -> Dimension:
    return Dimension(column, column, column, "items", column)


def is_attributed(name: str) -> bool:
    dimension = CATALOGUE.dimension(name)
    return dimension is not None and dimension.table in ATTRIBUTED


@dataclass(slots=True)
class CellSql:
    """The statement for a question with a comparison; `cuts` are the days that only one period has."""

    asked: Asked
    cuts: Sequence[Cut]
    unbilled_side: int | None
    """0 (before) or 1 (now) when monthly charges of that period are still to come."""
    tables: Tables = field(default_factory=lambda: Tables("lines", CATALOGUE))

    @property
    def groups(self) -> list[str]:
        return [f"g{place}" for place in range(len(self.asked.query.by))]

    @property
    def split(self) -> bool:
        """Whether lines of one resource can lie on both sides of a filter or in several groups."""
        query = self.asked.query
        return any(map(is_attributed, (*query.by, *(item.dimension for item in query.where))))

    @property
    def base(self) -> list[str]:
        """What makes a cell, whoever owns it."""
        fixed = [group for group, name in zip(self.groups, self.asked.query.by, strict=True) if not is_attributed(name)]
        return ["currency", *ENTITY, *fixed, "kind", "product", "unit"]

    def statement(self) -> tuple[str, dict[str, Any]]:
        now, before = self.asked.spans
        periods = (before.period, now.period)
        spans = "\nunion all\n".join(self._span(side, period) for side, period in enumerate(periods) if period)
        stages = {
            "facts": spans,
            "cells": self._cells(),
            "owned": self._owned(),
            "apart": self._apart(),
            "seen": self._seen(),
            "weighed": self._weighed(),
            "ranked": f"select *, {', '.join(self._ranks())} from weighed where inside",
        }
        listed = ", ".join(f"{name} as (\n{sql}\n)" for name, sql in stages.items())
        picked = ", ".join(self._picked())
        return (
            f"with {listed}\nselect {picked}\nfrom ranked\ngroup by all\nlimit {CELLS_MAX + 1}",
            self.tables.parameters,
        )

    def _cells(self) -> str:
        labels = ["sub_account_label", "resource_label", *(f"l{place}" for place in range(len(self.groups)))]
        keys = [*self.base, *(group for group in self.groups if group not in self.base), "inside", "late"]
        columns = [*keys, *(f"max({label}) as {label}" for label in labels), *_sides()]
        return f"select {', '.join(columns)}\nfrom facts group by all"

    def _owned(self) -> str:
        """`sole`: in one of the periods the resource belonged to one group alone, so that it can have changed hands."""
        if not self.split:
            return "select *, true as sole, cast(null as ubigint) as owner from cells"
        owner = f"hash({', '.join([*self.groups, 'inside'])})"
        entity = ", ".join(["currency", *ENTITY])
        same = [
            f"coalesce(min({owner}) filter (any{side} and not late) over (partition by {entity})\n"
            f"= max({owner}) filter (any{side} and not late) over (partition by {entity}), false)"
            for side in (0, 1)
        ]
        return f"select *, {owner} as owner, ({' or '.join(same)}) as sole\nfrom cells"

    def _apart(self) -> str:
        """What several groups share, or no resource is named for, is each group's own: it never changes hands."""
        return "select *, if(resource is null or not sole, owner, null) as part from owned"

    def _seen(self) -> str:
        """Where each resource has cost or usage at all, days that are late left aside, and what every owner pays."""
        present = {"here0": "any0", "here1": "any1"}
        columns = [f"bool_or({fact} and not late) over e as {name}" for name, fact in present.items()]
        columns += [*self._wholes(), "bool_or(inside) over e as wanted"]
        windows = [f"e as (partition by {', '.join(['currency', *ENTITY, 'part'])})"]
        windows.append(f"b as (partition by {', '.join([*self.base, 'part', 'late'])})")
        return f"select *, {', '.join(columns)}\nfrom apart window {', '.join(windows)}"

    def _weighed(self) -> str:
        size = "sum(abs(cost1 + covered_cost1 - cost0 - covered_cost0)) filter (inside)"
        columns = [
            "bool_or(here0 and not here1) over r as left_currency",
            "bool_or(here1 and not here0) over r as came_currency",
            f"{size} over e as weight",
            f"{size} over g as weight_of_group",
            f"bool_and({' and '.join(map(_agrees, (0, 1)))}) over b as shared" if self.split else "true as shared",
        ]
        windows = {
            "e": ["currency", *ENTITY],
            "b": [*self.base, "part", "late"],
            "r": [*ENTITY, "part"],
            "g": ["currency", *self.groups],
        }
        named_windows = ", ".join(f"{name} as (partition by {', '.join(keys)})" for name, keys in windows.items())
        return f"select *, {', '.join(columns)}\nfrom seen where wanted window {named_windows}"

    def _span(self, side: int, period: Period) -> str:
        tables, query = self.tables, self.asked.limited
        own = len(self.asked.query.where)  # filters of access come after them, and let nothing through
        outer = [item for item in query.where[:own] if is_attributed(item.dimension)]
        inner = [*(item for item in query.where[:own] if item not in outer), *query.where[own:]]
        columns = [f"{side} as side", "f.currency as currency"]
        columns += [f"{tables.column(named(CATALOGUE, name))} as {name}" for name in ENTITY]
        columns += [f"{tables.column(named(CATALOGUE, name))} as g{place}" for place, name in enumerate(query.by)]
        columns.append(f"coalesce({' and '.join(map(tables.condition, outer)) or 'true'}, false) as inside")
        columns += [f"{expression} as {name}" for name, expression in self._described().items()]
        columns += [f"{self._late(side)} as late", f"{self._lasting(side, period)} as lasting"]
        grouped = ", ".join(str(place + 1) for place in range(len(columns)))
        columns += self._labels()
        columns += self._sums()
        conditions = [*self._days(period), *(tables.condition(item) for item in inner)]
        if query.currency:
            conditions.append(f"f.currency in ({', '.join(map(tables.bind, query.currency))})")
        return (
            f"select {', '.join(columns)}\nfrom {tables.source()}\nwhere {' and '.join(conditions)}\ngroup by {grouped}"
        )

    def _described(self) -> dict[str, str]:
        column, items = self.tables.column, {name: self.tables.column(_item(name)) for name in _ITEMS}
        category = column(_CATEGORY)
        commitment = column(named(CATALOGUE, "commitment"))
        return {
            "kind": (
                f"case when {category} = 'Tax' then 'tax' when {category} = 'Credit' then 'credit'\n"
                f"when {category} = 'Adjustment' or {items['charge_class']} = 'Correction' then 'refund'\n"
                f"when {items['commitment_status']} = 'Unused' then 'commitment'\n"
                f"when {category} = 'Purchase' and {commitment} is not null then 'commitment' else 'usage' end"
            ),
            "product": f"coalesce({items['sku']}, {items['meter']}, {items['usage_type']}, {items['cost_driver']})",
            "unit": items["pricing_unit"],
            "covered": (
                f"coalesce({items['commitment_status']} = 'Used' or {items['pricing_category']} = 'Committed', false)"
            ),
        }

    def _labels(self) -> list[str]:
        labels = [f"max({self.tables.label(named(CATALOGUE, name))}) as {name}_label"
                  for name in ("sub_account", "resource")]  # fmt: skip
        for place, name in enumerate(self.asked.query.by):
            dimension = named(CATALOGUE, name)
            text = self.tables.label(dimension) if dimension.label_column else "cast(null as varchar)"
            labels.append(f"max({text}) as l{place}")
        return labels

    def _sums(self) -> list[str]:
        cost = f"f.{sums_of(self.asked.query, CATALOGUE)[0]}"
        return [
            f"coalesce(sum({cost}), 0) as cost",
            "coalesce(sum(f.pricing_quantity), 0) as quantity",
            f"count(*) filter (f.pricing_quantity is null and coalesce({cost}, 0) <> 0) as uncounted",
            "min(f.day) as first_day",
            "max(f.day) as last_day",
        ]

    def _late(self, side: int) -> str:
        bind = self.tables.bind
        parts = [f"(f.source = {bind(cut.source)} and f.day >= {bind(cut.days[side])})" for cut in self.cuts]
        return f"({' or '.join(parts)})" if parts else "false"

    def _lasting(self, side: int, period: Period) -> str:
        """A monthly charge that reaches past its period, whose like the other period has not been billed yet."""
        if self.unbilled_side is None or side == self.unbilled_side:
            return "false"
        end = self.tables.bind(period.end)
        lasts = "cast(f.charge_end as date) - cast(f.charge_start as date)"
        return f"(cast(f.charge_end as date) > {end} and {lasts} between {SHORT.days + 1} and {MONTHLY.days})"

    def _days(self, period: Period) -> Iterator[str]:
        bind = self.tables.bind
        if self.asked.query.basis == "billing":
            yield f"f.period >= {bind(f'{period.start:%Y-%m}')} and f.period < {bind(f'{period.end:%Y-%m}')}"
        else:
            yield f"f.day >= {bind(period.start)} and f.day < {bind(period.end)}"

    def _wholes(self) -> Iterator[str]:
        """The sums of every owner; the same as the group's own where nothing can be split."""
        for name in _SUMS:
            yield f"{f'sum({name}) over b' if self.split else name} as whole_{name}"

    def _ranks(self) -> Iterator[str]:
        entity = ", ".join(f"{name} nulls last" for name in ("currency", *ENTITY))
        yield f"dense_rank() over (order by weight desc, {entity}) as place"
        groups = "".join(f", {group} nulls last" for group in self.groups)
        yield f"dense_rank() over (partition by currency order by weight_of_group desc{groups}) as place_of_group"
        for side in (0, 1):
            quantity = f"whole_quantity{side} + whole_covered_quantity{side}"
            yield f"({quantity} > 0 and whole_uncounted{side} = 0) as sold{side}"

    def _picked(self) -> Iterator[str]:
        one = f"place <= {self.tables.bind(RESOURCES_MAX)}"
        near = f"place_of_group <= {self.tables.bind(GROUPS_MAX)}"
        yield from ("currency", "provider", "service", f"{one} as single")
        yield from (f"if({one}, {name}, null) as {name}" for name in ("sub_account", "resource"))
        yield from ("product", "unit", "kind", "late", "here0", "here1")
        yield from ("left_currency and came_currency as changed", "lasted", "sold0", "sold1", "shared")
        for place, group in enumerate(self.groups):
            yield f"if({near}, {group}, null) as {group}"
            yield f"max(if({near}, l{place}, null)) as l{place}"
        yield f"{near} as near"
        yield from (f"max({name}) as {name}" for name in ("sub_account_label", "resource_label"))
        yield from (f"sum({name}) as {name}" for name in (*_SUMS, *(f"whole_{name}" for name in _SUMS)))
        yield "min(first_day) as first_day"
        yield "max(last_day) as last_day"


_ITEMS: Final = (
    "charge_class", "commitment_status", "pricing_category", "sku", "meter", "usage_type", "cost_driver",
    "pricing_unit",
)  # fmt: skip
_SUMS: Final = tuple(f"{name}{side}" for name in ("cost", "covered_cost", "quantity", "covered_quantity", "uncounted")
                     for side in (0, 1))  # fmt: skip


def _agrees(side: int) -> str:
    """No group of the cell goes against the sum of all."""
    own, whole = f"cost{side} + covered_cost{side}", f"whole_cost{side} + whole_covered_cost{side}"
    return f"sign({own}) in (0, sign({whole}))"


def _sides() -> Iterator[str]:
    for side in (0, 1):
        for name in ("cost", "quantity"):
            yield f"coalesce(sum({name}) filter (side = {side} and not covered), 0) as {name}{side}"
            yield f"coalesce(sum({name}) filter (side = {side} and covered), 0) as covered_{name}{side}"
        yield f"coalesce(sum(uncounted) filter (side = {side}), 0) as uncounted{side}"
        yield f"coalesce(bool_or(cost <> 0 or quantity <> 0) filter (side = {side}), false) as any{side}"
    yield "coalesce(bool_and(lasting), false) as lasted"
    yield "min(first_day) filter (side = 1) as first_day"
    yield "max(last_day) filter (side = 0) as last_day"
