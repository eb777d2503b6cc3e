"""Values of metrics by day: what pools and unit costs weigh with. In the state file, for nothing can rebuild them."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Final

import polars as pl
import sqlalchemy as sa

from warehouse.store.state import State, instant, metadata

VALUES: Final = {"series": pl.String(), "labels": pl.String(), "day": pl.Date(), "value": pl.Decimal(38, 9)}
VERSION: Final = "series version"

series = sa.Table(
    "series",
    metadata,
    sa.Column("name", sa.String, primary_key=True),
    sa.Column("labels", sa.String, primary_key=True),
    sa.Column("day", sa.String, primary_key=True),
    sa.Column("value", sa.String, nullable=False),
    sa.Column("unit", sa.String),
    sa.Column("source", sa.String, nullable=False),
    sa.Column("changed_at", sa.String, nullable=False),
)


@dataclass(frozen=True, slots=True)
class Point:
    """The value of a series on one UTC day; at most 29 digits before the point and 9 behind it."""

    name: str
    labels: Mapping[str, str]
    day: date
    value: Decimal
    unit: str | None = None
    source: str = "upload"


@dataclass(frozen=True, slots=True)
class Known:
    """What there is of a series."""

    name: str
    unit: str | None
    points: int
    first_day: date
    last_day: date


class Series:
    """Its part of the state file; every method is one transaction."""

    def __init__(self, state: State) -> None:
        self._state = state

    def put(self, points: Sequence[Point], now: datetime) -> int:
        """Keep values; one of the same name, labels and day is replaced. Answers the new version."""
        rows = [
            {
                "name": point.name,
                "labels": json.dumps(dict(sorted(point.labels.items())), ensure_ascii=False),
                "day": point.day.isoformat(),
                "value": format(point.value, "f"),
                "unit": point.unit,
                "source": point.source,
                "changed_at": instant(now),
            }
            for point in points
        ]
        statement = sa.text(
            "insert or replace into series (name, labels, day, value, unit, source, changed_at) "
            "values (:name, :labels, :day, :value, :unit, :source, :changed_at)"
        )
        with self._state.engine.begin() as connection:
            if rows:
                connection.execute(statement, rows)
        version = self.version() + 1
        self._state.keep(VERSION, version)
        return version

    def forget(self, source: str) -> int:
        """Keep no values of a source. Answers the new version."""
        with self._state.engine.begin() as connection:
            connection.execute(sa.delete(series).where(series.c.source == source))
        version = self.version() + 1
        self._state.keep(VERSION, version)
        return version

    def names(self, *, besides: str) -> set[str]:
        """Of the series that other sources have values of."""
        query = sa.select(series.c.name).where(series.c.source != besides).distinct()
        with self._state.engine.begin() as connection:
            return set(connection.execute(query).scalars())

    def version(self) -> int:
        """Changes with every upload."""
        return int(self._state.recall(VERSION) or 0)

    def known(self) -> list[Known]:
        query = sa.select(
            series.c.name,
            sa.func.max(series.c.unit),
            sa.func.count(),
            sa.func.min(series.c.day),
            sa.func.max(series.c.day),
        ).group_by(series.c.name)
        with self._state.engine.begin() as connection:
            rows = connection.execute(query.order_by(series.c.name)).all()
        return [Known(name, unit, count, date.fromisoformat(low), date.fromisoformat(high))
                for name, unit, count, low, high in rows]  # fmt: skip

    def labelled(self) -> list[tuple[str, str]]:
        """Every series with each of its labels, a JSON object."""
        query = sa.select(series.c.name, series.c.labels).distinct().order_by(series.c.name, series.c.labels)
        with self._state.engine.begin() as connection:
            return [(name, labels) for name, labels in connection.execute(query)]

    def values(
        self, names: Sequence[str], first: date, last: date, labels: Collection[str] | None = None
    ) -> pl.DataFrame:
        """VALUES of these series on the days from `first` to `last`, both in, under some of their labels or all."""
        query = sa.select(series.c.name, series.c.labels, series.c.day, series.c.value).where(
            series.c.name.in_(list(names)), series.c.day >= first.isoformat(), series.c.day <= last.isoformat()
        )
        if labels is not None:
            wanted = sa.func.json_each(json.dumps(sorted(labels))).table_valued("value")
            query = query.where(series.c.labels.in_(sa.select(wanted.c.value)))
        with self._state.engine.begin() as connection:
            rows = connection.execute(query.order_by(series.c.name, series.c.day, series.c.labels)).all()
        found = [(name, labels, date.fromisoformat(day), Decimal(value)) for name, labels, day, value in rows]
        return pl.DataFrame(found, schema=VALUES, orient="row")
