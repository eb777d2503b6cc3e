"""Shared cost for the API: the document of pools, its faults, and values of metrics from files."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Final

from api import documents as doc
from api.protocols import Help, ProblemError, Progress
from outlay import documents
from outlay.condition_query import filters_of
from outlay.rule_files import POOLS
from outlay.rulebook import Rulebook
from warehouse.attribution import RulesError
from warehouse.attribution.pools import Adjustment, Pool, load_pools, team_of
from warehouse.attribution.pools.weights import label_of
from warehouse.metrics import CostQuery, Filter, Match
from warehouse.store import Store
from warehouse.store.series import Point, Series

COLUMNS: Final = ("name", "day", "value", "unit")
POINTS_MAX: Final = 100_000
DIGITS: Final = 9
LIMIT: Final = Decimal(10) ** 20
FAULTS_SHOWN: Final = 5


class Pooling:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, clock: Callable[[], datetime], rulebook: Rulebook) -> None:
        self._store, self._clock, self._rulebook = store, clock, rulebook

    def pools(self) -> doc.PoolsDocument:
        rules = self._rulebook.in_force()
        with self._store.read() as snapshot:
            found = snapshot.frame("select distinct period from pool_weights order by 1 desc")["period"]
        shown = [_shown(pool) for pool in rules.pools.ordered]
        return doc.PoolsDocument(
            text=rules.files.get(POOLS, ""),
            version=rules.rules_version,
            pools=[*shown, *(_adjustment(one) for one in rules.pools.adjustments)],
            periods=list(found),
        )

    def texts(self, wanted: doc.PoolsText) -> doc.RulesOrder:
        """The documents in force with these pools."""
        rules = self._rulebook.in_force()
        files = {name: text for name, text in rules.files.items() if name != POOLS}
        if wanted.text.strip():
            files[POOLS] = wanted.text
        return doc.RulesOrder(org=rules.org, rules=rules.text, files=files, base=rules.rules_version)

    def check(self, wanted: doc.PoolsText) -> doc.PoolsCheck:
        rules = self._rulebook.in_force().rules
        names = {known.name for known in Series(self._store.state).known()}
        try:
            load_pools(wanted.text, rules.teams, rules.tag_keys, series=names)
        except RulesError as error:
            return doc.PoolsCheck(valid=False, faults=documents.rule_faults(error))
        return doc.PoolsCheck(valid=True)

    def series(self) -> Sequence[doc.SeriesKnown]:
        book, teams = Series(self._store.state), self._rulebook.in_force().rules.teams
        found = []
        for known in book.known():
            labels = book.values([known.name], known.first_day, known.last_day)["labels"].unique()
            named = label_of(labels, "team")
            means = zip(named, team_of(named, teams), strict=True)
            unknown = sorted({label for label, team in means if label is not None and team is None})
            found.append(
                doc.SeriesKnown(
                    name=known.name,
                    unit=known.unit,
                    points=known.points,
                    first_day=known.first_day,
                    last_day=known.last_day,
                    unknown=unknown,
                )
            )
        return found

    def points(self, wanted: doc.SeriesUpload) -> list[Point]:
        """Every point, exact. Raises a "bad_request" fault that names the first rows that are wrong."""
        faults: list[str] = []
        rows = list(_rows(wanted, faults))
        found = [point for place, row in rows if (point := _point(place, row, faults))]
        if faults or not found:
            empty = f"There are no values{f' in {wanted.name}' if wanted.name else ''}."
            text = "; ".join(faults[:FAULTS_SHOWN]) or empty
            more = Help(next_step="Give name, day (YYYY-MM-DD) and value; other columns are labels, such as team.")
            raise ProblemError("caller", "bad_request", text, more)
        return found

    def put_series(self, points: Sequence[Point], progress: Progress) -> doc.SeriesTaken:
        progress.stage("swap", "Sharing cost by the new values")
        self._store.put_series(points, now=self._clock())
        return doc.SeriesTaken(points=len(points), series=sorted({point.name for point in points}))


def _rows(wanted: doc.SeriesUpload, faults: list[str]) -> Iterator[tuple[str, doc.SeriesPoint | dict[str, str]]]:
    """Each with its place: in which file, and where there."""
    file = f"{wanted.name}, " if wanted.name else ""
    for place, point in enumerate(wanted.points, 1):
        yield f"{file}point {place}", point
    if wanted.csv is None:
        return
    reader = csv.DictReader(io.StringIO(wanted.csv.removeprefix("\ufeff")), strict=True)
    missing = [name for name in ("name", "day", "value") if name not in (reader.fieldnames or ())]
    if missing:
        faults.append(f"{file}line 1: the columns {', '.join(missing)} are not there")
        return
    try:
        for place, row in enumerate(reader, 2):
            if place > POINTS_MAX + 1:
                faults.append(f"{file}line {place}: more than {POINTS_MAX} values; import them in parts")
                return
            yield f"{file}line {reader.line_num}", row
    except csv.Error as error:
        faults.append(f"{file}line {reader.reader.line_num}: not CSV: {error}")


def _point(place: str, row: doc.SeriesPoint | dict[str, str], faults: list[str]) -> Point | None:
    if isinstance(row, doc.SeriesPoint):
        value = _value(str(row.value))
        if value is not None:
            return Point(row.name, row.labels, row.day, value, row.unit)
        faults.append(f"{place}: {str(row.value)[:40]!r} is no decimal number of at most {DIGITS} digits")
        return None
    try:
        labels = {name: text for name, text in row.items() if name and name not in COLUMNS and text}
        read = doc.SeriesPoint(
            name=row["name"],
            day=date.fromisoformat(row["day"].strip()),
            value=row["value"].strip(),
            labels=labels,
            unit=row.get("unit") or None,
        )
    except (ValueError, AttributeError, TypeError):
        faults.append(f"{place}: a name, a day YYYY-MM-DD and a value are needed")
        return None
    return _point(place, read, faults)


def _value(text: str) -> Decimal | None:
    try:
        value = Decimal(text)
    except InvalidOperation:
        return None
    exponent = value.as_tuple().exponent
    fits = isinstance(exponent, int) and -DIGITS <= exponent <= 20 and value.copy_abs() < LIMIT
    return value if fits else None


def _shown(pool: Pool) -> doc.PoolShown:
    return doc.PoolShown(
        id=pool.id,
        name=pool.name or pool.id,
        kind="special" if pool.special else "pool",
        split=pool.method,
        note=pool.note,
        teams=list(pool.teams),
        to=list(pool.named()),
        fallback=list(pool.fallback or ("keep",)),
        lines=lines_query(pool),
        line=pool.line or None,
    )


def lines_query(pool: Pool) -> str | None:
    """The query of the lines that a pool takes: where a share drills into. Null where no single query says it."""
    filters = [Filter("team", tuple(Match("is", team) for team in pool.teams))] if pool.teams else []
    if pool.unallocated:
        if pool.teams:
            return None
        filters.append(Filter("team", (Match("none"),)))
    scope = filters_of(pool.when)
    if scope is None:
        return None
    filters += scope
    return str(CostQuery(where=tuple(filters)))


def _adjustment(one: Adjustment) -> doc.PoolShown:
    return doc.PoolShown(id=one.id, name=one.id, kind="adjustment", note=one.note, teams=[one.against], line=one.line)
