"""One consistent view of the warehouse for one question."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import polars as pl

from warehouse.focus import plain
from warehouse.focus.period import FiscalYear
from warehouse.store.database import Reader
from warehouse.store.inventory import Names
from warehouse.store.saved import Saved
from warehouse.store.split_lines import SplitLines
from warehouse.store.state import Source, State, instant
from warehouse.store.swap import COSTS, Own
from warehouse.store.would_be import WouldBe, WouldOwn


@dataclass(frozen=True, slots=True)
class SourceState:
    """What a source holds and how fresh it is."""

    source: str
    label: str
    format: str
    kind: str
    active: bool
    scheduled: bool
    """False for files that a person imports: nobody expects newer ones at some hour."""
    grain: str
    """daily, or monthly when it has no line of a day or less."""
    first_day: date | None
    data_to: date | None
    """Last UTC day with complete data; null without lines."""
    normal_lag_hours: int
    loaded_at: datetime | None
    rows: int
    periods: tuple[str, ...]
    warnings: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """What was known on a day: superseded daily rows in files, and the scopes that have not changed since."""

    paths: tuple[Path, ...]
    live: tuple[tuple[str, str], ...]
    split_paths: tuple[Path, ...] = ()
    split_live: tuple[tuple[str, str], ...] = ()
    """The same for splits, which change without the lines of their scope."""


@dataclass(frozen=True, slots=True)
class Header:
    """What every question needs to know of the live generations."""

    rows: pl.DataFrame
    digest: str
    rules_version: int
    sources: tuple[SourceState, ...]
    dimensions: tuple[str, ...]
    tag_days: tuple[date, ...]
    tag_versions: tuple[tuple[str, int], ...]
    fiscal: FiscalYear


class Headers:
    """The header, read again only when it changed: a cached answer costs little else."""

    def __init__(self) -> None:
        self._last: tuple[Any, Header] | None = None

    def of(self, reader: Reader, state: State) -> Header:
        sources, fiscal = state.sources(), Saved(state).fiscal()
        # A generation's number is larger than all before it and never given again. So two sets of live generations
        # that are equally many and have the same largest number are the same set.
        found = reader.row(
            "select count(*), max(generation), (select any_value(rules_version) from meta), "
            "(select any_value(series_version) from split_state) from generations"
        )
        key = (found, tuple(sources), fiscal)
        last = self._last
        if last is None or last[0] != key:
            last = self._last = (key, _header(reader, sources, int(found[2]), int(found[3]), fiscal))
        return last[1]


def _header(
    reader: Reader, sources: Sequence[Source], rules_version: int, series_version: int, fiscal: FiscalYear
) -> Header:
    rows = reader.frame("from generations order by source, period")
    numbers = rows.select("source", "period", "generation").iter_rows()
    named = [f"{source}\0{period}\0{number}" for source, period, number in numbers]
    if series_version:
        named.append(f"series\0{series_version}")
    states = (_state(source, rows.filter(pl.col("source") == source.name)) for source in sources)
    digest = hashlib.sha256("\n".join(named).encode()).hexdigest()[:16]
    dimensions, days = reader.frame("select dimensions, tag_days from meta").row(0)
    read = reader.frame("select distinct rules_version from tag_sets_normal")["rules_version"].to_list()
    decided = rows.group_by("period").agg(pl.col("rules_version").max()).sort("period")
    versions = decided.filter(pl.col("rules_version").is_in(read), pl.col("rules_version") != rules_version)
    told = tuple(versions.iter_rows())
    return Header(rows, digest, rules_version, tuple(states), tuple(dimensions), tuple(days), told, fiscal)


@dataclass(frozen=True, slots=True)
class Beside:
    """What a view needs beside the warehouse: what was in force before and the folder it lies in, names of accounts,
    and attribution."""

    history: Callable[[], tuple[Sequence[dict[str, Any]], Sequence[dict[str, Any]]]]
    folder: Path
    names: Names
    own: Own


class Snapshot:
    """A read transaction, made by `Store.read()`."""

    def __init__(self, reader: Reader, header: Header, beside: Beside) -> None:
        self._reader, self._beside = reader, beside
        self._split_lines: dict[str, SplitLines | None] = {}
        self._generations = header.rows
        self.generations = header.digest
        self.rules_version = header.rules_version
        self.dimensions = header.dimensions
        self.tag_days, self.tag_versions = header.tag_days, header.tag_versions
        self.sources = header.sources
        self.names = beside.names
        self.fiscal = header.fiscal

    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame:
        """The result of one statement with named parameters. Raises QueryTimeoutError past the limit."""
        return self._reader.frame(sql, parameters)

    def would_be(self, change: WouldOwn) -> WouldBe:
        """Splits under other owners. Fills temporary tables of this view."""
        self._split_lines.clear()
        return WouldBe(self._reader, change)

    def split_lines(self, period: str) -> SplitLines | None:
        """Shares by line of a billing period; None where no pools are in force that could tell them."""
        if period not in self._split_lines:
            self._split_lines.clear()  # each fills the same table
            own = self._beside.own
            sharing = own.at(period).sharing if own.rules_version == self.rules_version else None
            self._split_lines[period] = SplitLines(self._reader, period, sharing) if sharing else None
        return self._split_lines[period]

    def interrupt(self) -> None:
        """Stop the statement that runs now, from another thread."""
        self._reader.interrupt()

    def history(self, known_on: date) -> Known:
        """Where the daily rows stand that were in force at the end of `known_on` (UTC)."""
        moment = instant(datetime.combine(known_on + timedelta(days=1), datetime.min.time(), UTC))
        rows, splits = self._beside.history()
        then = [row for row in rows if row["known_from"] < moment <= row["known_to"]]
        superseded = {(row["source"], row["period"]) for row in then}
        live = [
            (source, period)
            for source, period, loaded_at in self._generations.select("source", "period", "loaded_at").iter_rows()
            if instant(loaded_at) < moment and (source, period) not in superseded
        ]
        shared = [row for row in splits if row["known_from"] < moment <= row["known_to"]]
        apart = {(row["source"], row["period"]) for row in shared}
        known = superseded | set(live)
        return Known(
            paths=tuple(self._beside.folder / row["path"] for row in then),
            live=tuple(live),
            split_paths=tuple(
                self._beside.folder / row["path"]
                for row in shared
                if row["path"] and (row["source"], row["period"]) in known
            ),
            split_live=tuple(sorted(known - apart)),
        )


def scope_sums(snapshot: Snapshot, source: str, period: str) -> dict[str, dict[tuple[str, str], str]]:
    """Table -> (cost measure, currency) -> sum as plain text, for lines and each rollup of a scope."""
    found: dict[str, dict[tuple[str, str], str]] = {}
    for table in ("lines", "daily", "monthly_dims"):
        rows = snapshot.frame(
            f"""select currency, {", ".join(f"sum({name}) as {name}" for name in COSTS)} from {table}
            where source = $source and period = $period group by currency""",
            {"source": source, "period": period},
        )
        found[table] = {(name, row["currency"]): plain(row[name]) for row in rows.iter_rows(named=True)
                        for name in COSTS}  # fmt: skip
    return found


def _state(source: Source, rows: pl.DataFrame) -> SourceState:
    daily = rows.filter(pl.col("grain") == "daily")
    warnings = {text for found in rows["warnings"] for text in json.loads(found)}
    return SourceState(
        source=source.name,
        label=source.label,
        format=source.format,
        kind=source.kind,
        active=source.active,
        scheduled=source.scheduled,
        grain="daily" if len(daily) or not len(rows) else "monthly",
        first_day=_day(rows["first_day"].min()),
        data_to=_day((daily if len(daily) else rows)["data_to"].max()),
        normal_lag_hours=source.normal_lag_hours,
        loaded_at=rows["loaded_at"].max(),  # type: ignore[arg-type]
        rows=int(rows["rows"].sum()),
        periods=tuple(rows["period"]),
        warnings=tuple(sorted(warnings)),
    )


def _day(value: Any) -> date | None:
    return value if isinstance(value, date) else None
