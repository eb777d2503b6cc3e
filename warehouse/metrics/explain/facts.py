"""The lines of two periods, and what pools gave and took of them, as facts that cells are made of: one SELECT each."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Final

from warehouse.focus.period import Period
from warehouse.metrics.answer import Asked
from warehouse.metrics.catalogue import CATALOGUE, Dimension
from warehouse.metrics.compile import is_shared, sums_of
from warehouse.metrics.explain.late import Cut
from warehouse.metrics.tables import OWNERS, READER, SPLITS, STRETCH, Tables, named

ATTRIBUTED: Final = ("owners", "tags", "why")
"""Tables whose columns can change for a line's resource without the resource changing."""
ENTITY: Final = ("provider", "sub_account", "service", "resource")
SHORT: Final = timedelta(days=1)
MONTHLY: Final = timedelta(days=31)
NOTHING: Final = "cast(null as varchar)"
_CATEGORY = named(CATALOGUE, "charge_category")


def _item(column: str) -> Dimension:
    return Dimension(column, column, column, "items", column)


def is_attributed(name: str) -> bool:
    dimension = CATALOGUE.dimension(name)
    return dimension is not None and dimension.table in ATTRIBUTED


_ITEMS: Final = (
    "charge_class", "commitment_status", "pricing_category", "sku", "meter", "usage_type", "cost_driver",
    "pricing_unit",
)  # fmt: skip


@dataclass(slots=True)
class FactSql:
    asked: Asked
    cuts: Sequence[Cut]
    unbilled_side: int | None
    lines: Tables = field(init=False)

    def __post_init__(self) -> None:
        self.lines = Tables("lines", self.asked.catalogue)

    def statement(self, periods: Sequence[Period | None]) -> str:
        """The facts of both sides, 0 before and 1 now."""
        tables = [self.lines]
        if is_shared(self.asked.limited, CATALOGUE):
            tables.append(self.lines.beside("splits"))
        spans = [(side, period) for side, period in enumerate(periods) if period]
        return "\nunion all\n".join(self._span(side, period, one) for one in tables for side, period in spans)

    def _span(self, side: int, period: Period, tables: Tables) -> str:
        query = self.asked.limited
        own = len(self.asked.query.where)  # filters of access come after them, and let nothing through
        outer = [item for item in query.where[:own] if is_attributed(item.dimension)]
        inner = [*(item for item in query.where[:own] if item not in outer), *query.where[own:]]
        columns = [f"{side} as side", "f.currency as currency"]
        columns += [f"{tables.column(named(CATALOGUE, name))} as {name}" for name in ENTITY]
        columns += [f"{tables.column(named(CATALOGUE, name))} as g{place}" for place, name in enumerate(query.by)]
        columns.append(f"coalesce({' and '.join(map(tables.condition, outer)) or 'true'}, false) as inside")
        columns += [f"{expression} as {name}" for name, expression in self._described(tables).items()]
        columns += ["f.late as late", "f.lasting as lasting"]
        grouped = ", ".join(str(place + 1) for place in range(len(columns)))
        columns += self._labels(tables)
        columns += self._sums(tables)
        where = " and ".join(tables.condition(item) for item in inner) or "true"
        source = tables.source(self._summed(side, period, tables))
        return f"select {', '.join(columns)}\nfrom {source}\nwhere {where}\ngroup by {grouped}"

    def _summed(self, side: int, period: Period, tables: Tables) -> str:
        """Sums by the numbers of dims, items and owners, which are few beside lines: texts are joined after."""
        name = sums_of(self.asked.query, CATALOGUE)[0]
        shared = tables.fact == "splits"
        columns = ["f.source", "f.currency", f"{self._late(side)} as late"]
        columns.append(f"{self._lasting(side, period, tables)} as lasting")
        columns += sorted(f"f.{name}" for name in SPLITS - {"source"}) if shared else ["f.dim", "f.item"]
        columns += ["o.owner"] if tables.owned else []
        columns += ["f.period", "o.valid_from"] if tables.reasoned else []
        columns += [f"{tables.stretch} as {STRETCH}"] if tables.dated else []
        columns += [f"{tables.reader} as {READER}"] if tables.versioned else []
        grouped = ", ".join(str(place + 1) for place in range(len(columns)))
        unknown = "false" if shared else "f.pricing_quantity is null"
        columns += [
            f"sum(f.{name}) as {name}",
            *([] if shared else ["sum(f.pricing_quantity) as pricing_quantity"]),
            f"count(*) filter ({unknown} and coalesce(f.{name}, 0) <> 0) as uncounted",
            "min(f.day) as first_day",
            "max(f.day) as last_day",
        ]
        conditions = list(self._days(period))
        if self.asked.limited.currency:
            conditions.append(f"f.currency in ({', '.join(map(tables.bind, self.asked.limited.currency))})")
        owners = f"\n{OWNERS}" if tables.owned else ""
        return (
            f"select {', '.join(columns)}\nfrom {tables.fact} f{owners}\nwhere {' and '.join(conditions)}\n"
            f"group by {grouped}"
        )

    def _described(self, tables: Tables) -> dict[str, str]:
        if tables.fact == "splits":
            pool = tables.column(named(CATALOGUE, "pool"))
            return {"kind": "'shared'", "product": pool, "unit": NOTHING, "covered": "false"}
        column, items = tables.column, {name: tables.column(_item(name)) for name in _ITEMS}
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

    def _labels(self, tables: Tables) -> list[str]:
        wanted = {"sub_account_label": named(CATALOGUE, "sub_account"), "resource_label": named(CATALOGUE, "resource")}
        wanted |= {f"l{place}": named(CATALOGUE, name) for place, name in enumerate(self.asked.query.by)}
        told = {name: dimension for name, dimension in wanted.items() if tables.fact != "splits"}
        texts = {name: tables.label(dimension) for name, dimension in told.items() if dimension.label_column}
        return [f"max({texts.get(name, NOTHING)}) as {name}" for name in wanted]

    def _sums(self, tables: Tables) -> list[str]:
        return [
            f"coalesce({tables.sum(sums_of(self.asked.query, CATALOGUE)[0])}, 0) as cost",
            f"coalesce({tables.sum('pricing_quantity')}, 0) as quantity",
            "cast(sum(f.uncounted) as bigint) as uncounted",
            "min(f.first_day) as first_day",
            "max(f.last_day) as last_day",
        ]

    def _late(self, side: int) -> str:
        bind = self.lines.bind
        parts = [f"(f.source = {bind(cut.source)} and f.day >= {bind(cut.days[side])})" for cut in self.cuts]
        return f"({' or '.join(parts)})" if parts else "false"

    def _lasting(self, side: int, period: Period, tables: Tables) -> str:
        """A monthly charge that reaches past its period, whose like the other period has not been billed yet."""
        if tables.fact == "splits" or self.unbilled_side is None or side == self.unbilled_side:
            return "false"
        end = tables.bind(period.end)
        lasts = "cast(f.charge_end as date) - cast(f.charge_start as date)"
        return f"(cast(f.charge_end as date) > {end} and {lasts} between {SHORT.days + 1} and {MONTHLY.days})"

    def _days(self, period: Period) -> Iterator[str]:
        bind = self.lines.bind
        if self.asked.query.basis == "billing":
            yield f"f.period >= {bind(f'{period.start:%Y-%m}')} and f.period < {bind(f'{period.end:%Y-%m}')}"
        else:
            yield f"f.day >= {bind(period.start)} and f.day < {bind(period.end)}"
