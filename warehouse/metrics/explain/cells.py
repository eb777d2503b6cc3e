"""The cells of two periods, summed by the store: the resources that moved most one by one, the others together.

A row of the result is one (resource or group of lines, product, unit) in one group of the question. Sums of cost and
quantity come as decimals and are multiplied by nobody here; `warehouse.metrics.explain.causes` does that with integers.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from warehouse.metrics.answer import Asked
from warehouse.metrics.explain.facts import ENTITY, FactSql, is_attributed
from warehouse.metrics.explain.late import Cut
from warehouse.metrics.tables import Tables

RESOURCES_MAX: Final = 1_000
"""Resources, or groups of lines without one, that are told one by one; the others are added up by product."""
GROUPS_MAX: Final = 100
"""Groups of the question, for each currency, that are told one by one."""
CELLS_MAX: Final = 400_000


@dataclass(slots=True)
class CellSql:
    """The statement for a question with a comparison; `cuts` are the days that only one period has."""

    asked: Asked
    cuts: Sequence[Cut]
    unbilled_side: int | None
    """0 (before) or 1 (now) when monthly charges of that period are still to come."""
    facts: FactSql = field(init=False)

    def __post_init__(self) -> None:
        self.facts = FactSql(self.asked, self.cuts, self.unbilled_side)

    @property
    def tables(self) -> Tables:
        return self.facts.lines

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
        spans = self.facts.statement(periods)
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
        columns += [*self._wholes(), "bool_or(inside) over e as wanted", f"{_SIZE} over e as weight"]
        windows = [f"e as (partition by {', '.join(['currency', *ENTITY, 'part'])})"]
        windows.append(f"b as (partition by {', '.join([*self.base, 'part', 'late'])})")
        return f"select *, {', '.join(columns)}\nfrom apart window {', '.join(windows)}"

    def _weighed(self) -> str:
        columns = [
            "bool_or(here0 and not here1) over r as left_currency",
            "bool_or(here1 and not here0) over r as came_currency",
            f"{_SIZE} over g as weight_of_group" if self.groups else "0 as weight_of_group",
            f"bool_and({' and '.join(map(_agrees, (0, 1)))}) over b as shared" if self.split else "true as shared",
        ]
        windows = {"b": [*self.base, "part", "late"], "r": [*ENTITY, "part"], "g": ["currency", *self.groups]}
        named_windows = ", ".join(f"{name} as (partition by {', '.join(keys)})" for name, keys in windows.items())
        return f"select *, {', '.join(columns)}\nfrom seen where wanted window {named_windows}"

    def _wholes(self) -> Iterator[str]:
        """The sums of every owner; the same as the group's own where nothing can be split."""
        for name in _SUMS:
            yield f"{f'sum({name}) over b' if self.split else name} as whole_{name}"

    def _ranks(self) -> Iterator[str]:
        entity = ", ".join(f"{name} nulls last" for name in ("currency", *ENTITY))
        yield f"dense_rank() over (order by weight desc, {entity}) as place"
        groups = "".join(f", {group} nulls last" for group in self.groups)
        ranked = f"dense_rank() over (partition by currency order by weight_of_group desc{groups})"
        yield f"{ranked if self.groups else 1} as place_of_group"
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


_SUMS: Final = tuple(f"{name}{side}" for name in ("cost", "covered_cost", "quantity", "covered_quantity", "uncounted")
                     for side in (0, 1))  # fmt: skip


_SIZE: Final = "sum(abs(cost1 + covered_cost1 - cost0 - covered_cost0)) filter (inside)"


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
