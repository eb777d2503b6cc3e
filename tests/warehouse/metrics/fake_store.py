"""The store's tables in memory, filled from plain Python lines, and strategies for such lines."""

from __future__ import annotations

import atexit
import contextlib
import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from importlib.resources import files
from itertools import pairwise, product
from pathlib import Path
from typing import Any

import duckdb
import polars as pl
from hypothesis import strategies as st

from warehouse.focus.period import CALENDAR_YEAR
from warehouse.store.inventory import Names
from warehouse.store.snapshot import Known
from warehouse.store.swap import FILL_DAILY

NOW = datetime(2026, 11, 18, 7, tzinfo=UTC)
COSTS = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
QUANTITIES = ("consumed_quantity", "pricing_quantity")
OWNER = ("team", "application", "environment", "cost_centre")
SCHEMA = "set TimeZone = 'UTC';" + files("warehouse.store").joinpath("schema.sql").read_text(encoding="utf-8")
OPEN = (date(1, 1, 1), date(9999, 12, 31))


@dataclass(frozen=True)
class Line:
    """One stored line with everything that any question may read, in plain Python."""

    source: str = "north"
    period: str = "2026-10"
    day: date = date(2026, 10, 5)
    currency: str = "EUR"
    dim: int = 0
    item: int = 0
    amounts: Mapping[str, Decimal | None] = field(default_factory=dict)


@dataclass(frozen=True)
class Estate:
    lines: tuple[Line, ...]
    dims: tuple[Mapping[str, Any], ...] = ({},)  # column -> text; "tags" -> mapping
    items: tuple[Mapping[str, str], ...] = ({},)
    owners: Mapping[int, Sequence[tuple[date, date, Mapping[str, str]]]] = field(default_factory=dict)  # by dim
    tag_days: tuple[date, ...] = ()  # from each on, the tags under "from DAY" are read

    def value(self, line: Line, dimension: str) -> str | None:
        """The oracle's own reading of a dimension."""
        if dimension in ("source", "currency"):
            return getattr(line, dimension)
        if dimension.startswith("tag."):
            return self.tags(line.dim, line.day).get(dimension[4:])
        if dimension in OWNER:
            return next(owner.get(dimension) for start, end, owner in self.windows(line.dim) if start <= line.day < end)
        return {**self.items[line.item], **self.dims[line.dim]}.get(dimension)

    def tags(self, dim: int, day: date) -> Mapping[str, str]:
        began = [f"from {start}" for start in self.tag_days if start <= day]
        return self.dims[dim].get(began[-1] if began else "tags", {})

    def windows(self, dim: int) -> Sequence[tuple[date, date, Mapping[str, str]]]:
        return self.owners.get(dim, ((*OPEN, {}),))


@dataclass(frozen=True)
class FakeSource:
    source: str
    label: str = "North"
    active: bool = True
    grain: str = "daily"
    first_day: date | None = date(2026, 8, 28)
    data_to: date | None = date(2026, 11, 17)
    normal_lag_hours: int = 36
    scheduled: bool = True
    warnings: tuple[str, ...] = ()


class FakeReader:
    def __init__(self, store: FakeStore) -> None:
        self._cursor = store.connection.cursor()
        self._store = store
        self.generations, self.rules_version, self.sources = store.generations, 1, store.sources
        self.names = store.names
        self.dimensions, self.tag_days, self.tag_versions = store.dimensions, store.tag_days, ()
        self.fiscal = store.fiscal

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        self._store.asked.append(sql)
        return self._cursor.sql(sql, params=parameters or {}).pl()

    def history(self, known_on: date) -> Known:
        return self._store.past.get(known_on, Known((), ()))


_SLOTS: dict[int, duckdb.DuckDBPyConnection] = {}
TABLES = ("generations", "lines", "dims", "items", "tag_sets_normal", "owners", "owner_values", "daily", "monthly_dims")


def _emptied(slot: int) -> duckdb.DuckDBPyConnection:
    """Making a database anew costs more than any question, so the one of the last example is emptied."""
    if slot not in _SLOTS:
        _SLOTS[slot] = duckdb.connect(config={"threads": 1})
        _SLOTS[slot].execute(SCHEMA)
        atexit.register(_SLOTS[slot].close)
    _SLOTS[slot].execute("; ".join(f"truncate {table}" for table in TABLES))
    return _SLOTS[slot]


class FakeStore:
    """`read()` as the real store has it; `asked` collects the SQL of every question. One lives in each slot."""

    def __init__(self, estate: Estate, sources: Sequence[FakeSource] | None = None, slot: int = 0) -> None:
        self.connection = _emptied(slot)
        self.asked: list[str] = []
        self.dimensions = ("division",)
        self.tag_days = estate.tag_days
        self.fiscal = CALENDAR_YEAR
        self.generations = "0123456789abcdef"
        self.past: dict[date, Known] = {}
        self.names = Names()
        names = sorted({line.source for line in estate.lines}) or ["north"]
        self.sources = tuple(sources or (FakeSource(name, name.capitalize()) for name in names))
        self._fill(estate)

    @contextlib.contextmanager
    def read(self) -> Iterator[FakeReader]:
        yield FakeReader(self)

    def set_warnings(self, source: str, period: str, warnings: Sequence[str]) -> None:
        self.connection.execute(
            "update generations set warnings = $w where source = $s and period = $p",
            {"w": json.dumps(list(warnings)), "s": source, "p": period},
        )

    def _insert(self, table: str, rows: Sequence[Mapping[str, Any]]) -> None:
        if not rows:
            return
        names = list(rows[0])
        places = ", ".join(f"({', '.join('?' for _ in names)})" for _ in rows)
        cells = [value for row in rows for value in row.values()]
        self.connection.execute(f"insert into {table} ({', '.join(names)}) values {places}", cells)

    def _fill(self, estate: Estate) -> None:
        columns = sorted({name for dim in estate.dims for name in dim if name.split()[0] not in ("tags", "from")})
        self._insert("dims", [{"dim": index, "tag_set": index} | {name: dim.get(name) for name in columns}
                              for index, dim in enumerate(estate.dims)])  # fmt: skip
        days = (OPEN[0], *estate.tag_days, OPEN[1])
        stretches = list(product(range(len(estate.dims)), pairwise(days)))
        self._insert("tag_sets_normal", [{"tag_set": index, "valid_from": start, "valid_to": end, "rules_version": 1,
                                          "tags": dict(estate.tags(index, start))}
                                         for index, (start, end) in stretches])  # fmt: skip
        columns = sorted({name for item in estate.items for name in item})
        self._insert("items", [{"item": index} | {name: item.get(name) for name in columns}
                               for index, item in enumerate(estate.items)])  # fmt: skip
        values: list[Mapping[str, str]] = []
        owned: list[dict[str, Any]] = []
        for period, dim in sorted({(line.period, line.dim) for line in estate.lines}):
            for start, end, owner in estate.windows(dim):
                if owner not in values:
                    values.append(owner)
                owned.append(
                    {"period": period, "dim": dim, "valid_from": start, "valid_to": end,
                     "owner": values.index(owner), "rules_version": 1, "why": "{}"}
                )  # fmt: skip
        self._insert("owners", owned)
        self._insert("owner_values", [{"owner": index} | {name: owner.get(name) for name in OWNER}
                                      | {"extra": {name: owner.get(name) for name in self.dimensions}}
                                      for index, owner in enumerate(values)])  # fmt: skip
        self._insert("lines", [_stored(line, number) for number, line in enumerate(estate.lines)])
        self._insert("generations", [_generation(source, period) for source, period in
                                     sorted({(line.source, line.period) for line in estate.lines})])  # fmt: skip
        self.connection.execute(FILL_DAILY.format(where=""))
        sums = ", ".join(f"sum({name})" for name in COSTS)
        self.connection.execute(
            "insert into monthly_dims select source, period, date_trunc('month', day), currency, dim, "
            f"{sums}, count(*) from lines group by all"
        )


def _stored(line: Line, number: int) -> dict[str, Any]:
    start = datetime.combine(line.day, datetime.min.time(), UTC)
    facts = {"source": line.source, "period": line.period, "generation": 1, "line_no": number, "day": line.day,
             "charge_start": start, "charge_end": start + timedelta(days=1), "dim": line.dim, "item": line.item,
             "currency": line.currency}  # fmt: skip
    return facts | {name: line.amounts.get(name) for name in (*COSTS, *QUANTITIES)}


def _generation(source: str, period: str) -> dict[str, Any]:
    start = datetime.strptime(period, "%Y-%m").replace(tzinfo=UTC)
    end = (start + timedelta(days=32)).replace(day=1)
    return {"source": source, "period": period, "generation": 1, "loaded_at": end, "period_start": start,
            "period_end": end, "first_day": start.date(), "data_to": end.date() - timedelta(days=1), "grain": "daily",
            "warnings": "[]", "rules_version": 1}  # fmt: skip


def parquet_past(store: FakeStore, estate: Estate, path: Path) -> None:
    """Write the daily rows of another estate to a file, as history has them."""
    other = FakeStore(estate, slot=1)
    other.connection.execute(f"copy daily to '{path}' (format parquet)")


WORDS = st.sampled_from(["a", "b", "Tax", "(other)", "it's", "é,~:\\", ""])
MAYBE = st.none() | WORDS
MONEY = st.decimals(-(10**6), 10**6, places=18) | st.sampled_from([Decimal(0), Decimal("-0.000000000000000001")])
QUANTITY = st.decimals(-1000, 1000, places=9)
DAYS = st.dates(date(2026, 8, 30), date(2026, 11, 17))
DIM_COLUMNS = ("provider", "service", "region", "resource", "charge_category", "billing_account",
               "billing_account_name", "resource_type")  # fmt: skip


def _told(values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in values.items() if value is not None}


@st.composite
def estates(draw: st.DrawFn) -> Estate:
    begins = sorted(draw(st.sets(DAYS | st.sampled_from([date(2026, 10, 1), date(2026, 11, 1)]), max_size=2)))
    tags = st.dictionaries(st.sampled_from(["env", "a:b,c"]), WORDS)
    dims = draw(st.lists(st.fixed_dictionaries(
        dict.fromkeys(DIM_COLUMNS, MAYBE) | dict.fromkeys(["tags", *(f"from {day}" for day in begins)], tags)
    ).map(_told), min_size=1, max_size=4))  # fmt: skip
    items = draw(st.lists(st.fixed_dictionaries(
        dict.fromkeys(("sku", "cost_driver"), MAYBE) | {name: st.sampled_from([None, "Hours", "GiB"])
                                                            for name in ("consumed_unit", "pricing_unit")}
    ).map(_told), min_size=1, max_size=3))  # fmt: skip
    owner = st.fixed_dictionaries(dict.fromkeys(OWNER[:2], MAYBE)).map(_told)
    owners: dict[int, Any] = {}
    for dim in range(len(dims)):
        first, cut, second = draw(owner), draw(st.none() | DAYS), draw(owner)
        owners[dim] = (
            [(*OPEN, first)] if cut is None else [(OPEN[0], cut, first), (cut, OPEN[1], second)]
        )  # fmt: skip
    lines = tuple(draw(st.lists(_lines(len(dims), len(items)), max_size=14)))
    return Estate(lines, tuple(dims), tuple(items), owners, tuple(begins))


@st.composite
def _lines(draw: st.DrawFn, dims: int, items: int) -> Line:
    day = draw(DAYS)
    label = day if draw(st.booleans()) else day.replace(day=1) - timedelta(days=1)
    amounts: dict[str, Decimal | None] = {name: draw(MONEY) for name in COSTS[:2]}
    amounts |= {"list_cost": draw(st.none() | MONEY)}
    amounts |= {name: draw(st.none() | QUANTITY) for name in QUANTITIES}
    return Line(draw(st.sampled_from(["north", "south"])), f"{label:%Y-%m}", day, draw(st.sampled_from(["EUR", "USD"])),
                draw(st.integers(0, dims - 1)), draw(st.integers(0, items - 1)), amounts)  # fmt: skip
