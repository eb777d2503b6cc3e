"""How far the data of a question reaches: its sources, the last complete day, and the sentences that say so.

The data-complete day is the earliest last day of the sources that are active, deliver by day and are within their
normal lag. Late, paused and monthly sources do not move it, nor do old files that a person imported; they are named
with their share of the money.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, Literal, Protocol
from weakref import WeakKeyDictionary

import polars as pl

from warehouse.focus.period import FiscalYear, Period, add_months
from warehouse.metrics.catalogue import CATALOGUE, Catalogue
from warehouse.metrics.compile import Span, compile  # noqa: A004
from warehouse.metrics.names import Names
from warehouse.metrics.percent import percent
from warehouse.metrics.period_words import Clock, is_written
from warehouse.metrics.query import CostQuery, Filter, Match
from warehouse.metrics.tables import DAILY

DAY: Final = timedelta(days=1)
SHARE_MONTHS: Final = 3
"""The running month and those before it over which a source's share of the money is named."""
Timeliness = Literal["on time", "late", "by hand", "paused", "monthly"]
_STATES: Final = {
    "late": "is late",
    "by hand": "is imported by hand",
    "paused": "is paused",
    "monthly": "reports by month",
}


class SourceFacts(Protocol):
    """What is asked of a source; `warehouse.store.SourceState` has it."""

    @property
    def source(self) -> str: ...
    @property
    def label(self) -> str: ...
    @property
    def active(self) -> bool: ...
    @property
    def scheduled(self) -> bool: ...
    @property
    def grain(self) -> str: ...
    @property
    def first_day(self) -> date | None: ...
    @property
    def data_to(self) -> date | None: ...
    @property
    def normal_lag_hours(self) -> int: ...
    @property
    def warnings(self) -> Sequence[str]: ...


class SplitLines(Protocol):
    """Shares by line of one billing period; `warehouse.store.split_lines` has it."""

    def pieces(self, shares: pl.DataFrame) -> pl.DataFrame: ...
    def counts(self, shares: pl.DataFrame) -> pl.DataFrame: ...


class Readable(Protocol):
    """One consistent view of the store for one question."""

    @property
    def generations(self) -> str: ...
    @property
    def rules_version(self) -> int: ...
    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those that the rules in force name beside the catalogue's."""
        ...

    @property
    def tag_days(self) -> tuple[date, ...]:
        """On which the tags of some charges begin to be read in another way, in order."""
        ...

    @property
    def tag_versions(self) -> tuple[tuple[str, int], ...]:
        """Closed billing periods whose tags are read by another version than `rules_version`, with it."""
        ...

    @property
    def fiscal(self) -> FiscalYear: ...
    @property
    def sources(self) -> Sequence[SourceFacts]: ...
    @property
    def names(self) -> Names: ...
    def frame(self, sql: str, parameters: dict[str, Any] | None = None) -> pl.DataFrame: ...
    def history(self, known_on: date) -> Any: ...
    def split_lines(self, period: str) -> SplitLines | None: ...


def catalogue_of(reader: Readable, catalogue: Catalogue = CATALOGUE) -> Catalogue:
    """The words of questions as the rules in force have them."""
    versions = (("", reader.rules_version), *reader.tag_versions) if reader.tag_versions else ()
    return replace(catalogue, ruled=reader.dimensions, tag_days=reader.tag_days, tag_versions=versions)


class Store(Protocol):
    """What a question needs of the store."""

    def read(self) -> AbstractContextManager[Readable]: ...


class OneView:
    """One consistent view for several questions."""

    def __init__(self, reader: Readable) -> None:
        self._reader = reader

    @contextmanager
    def read(self) -> Iterator[Readable]:
        yield self._reader


@dataclass(frozen=True, slots=True)
class Access:
    """Who asks, and the filters that their view is limited to; limited without a filter means nothing at all."""

    actor: str
    everything: bool = True
    where: tuple[Filter, ...] = ()

    def limit(self, query: CostQuery) -> CostQuery:
        """The same question, about what this person may see. Applied here and nowhere else."""
        if self.everything:
            return query
        return replace(query, where=(*query.where, *(self.where or (Filter("source", ()),))))


@dataclass(frozen=True, slots=True)
class Freshness:
    """`days` covers everything loaded; `newest` is the last day with any data, complete or not."""

    clock: Clock
    sources: tuple[SourceFacts, ...]
    notes: tuple[tuple[SourceFacts, str], ...]
    days: Period
    newest: date

    def warnings(self, period: Period, grain: str) -> list[str]:
        """The sentences of sources whose data ends before `period` does, or does not stand on the days it is of."""
        return [
            sentence
            for source, sentence in self.notes
            if (source.data_to and source.data_to + DAY < period.end)
            or (source.grain == "monthly" and grain in ("day", "week"))
        ]


Memo = dict[Hashable, pl.DataFrame]
"""What was found before about the same version of the data, of one store."""
MEMO_MAX: Final = 256
_MEMOS: WeakKeyDictionary[Store, Memo] = WeakKeyDictionary()


def memo_of(store: Store) -> Memo:
    return _MEMOS.setdefault(store, {})


def freshness(
    query: CostQuery, reader: Readable, now: datetime, *, limited: bool, memo: Memo | None = None
) -> Freshness:
    """How far data reaches for a query that access has been applied to. `limited`: it sees only a part."""
    sources = [source for source in reader.sources if source.data_to and _named(query, source)]
    states = {source.source: timeliness(source, now) for source in sources}
    narrowed = any(item.dimension != "source" and item.dimension in DAILY for item in query.where)
    troubled = any(state != "on time" for state in states.values())
    spent = pl.DataFrame()
    if limited or (len(sources) > 1 and narrowed) or troubled:
        spent = _spent(query, reader, {} if memo is None else memo, limited=limited)
        seen = set(spent["d0"])
        sources = [source for source in sources if source.source in seen]
    today = now.astimezone(UTC).date()
    complete = min(_complete_day(sources, states) or today - DAY, today - DAY)
    notes = [
        (source, f"{source.label} {_STATES[state]}: data to {source.data_to}, {_share(source, spent, complete)}.")
        for source in sources
        if (state := states[source.source]) != "on time"
    ]
    reaching = query.incomplete == "include" and not is_written(query.period)
    beyond = not limited and (query.period == "all" or reaching)
    first, last = _span_of(reader, sources, beyond=beyond)
    return Freshness(
        Clock(today, complete, reader.fiscal), tuple(sources), tuple(notes), Period(first, last + DAY), last
    )


def timeliness(source: SourceFacts, now: datetime) -> Timeliness:
    if not source.active:
        return "paused"
    if source.grain == "monthly":
        return "monthly"
    if source.data_to is None:
        return "late"
    ended = datetime.combine(source.data_to + DAY, datetime.min.time(), UTC)
    if now - ended <= timedelta(hours=source.normal_lag_hours):
        return "on time"
    return "late" if source.scheduled else "by hand"


def matches(item: Filter, value: str | None) -> bool:
    """Does a value pass the filter? The meaning that SQL is held to."""
    return any(_match(match, value) for match in item.values) != item.exclude


def carried(reader: Readable, sources: Iterable[SourceFacts], period: Period | None) -> list[str]:
    """The warnings of every generation that `period` touches, once for each source."""
    labels = {source.source: source.label for source in sources if source.warnings}
    if not labels:
        return []
    start, end = (period.start, period.end) if period else (date.min, date.max)
    found = reader.frame(
        "select distinct source, unnest(from_json(warnings, '[\"varchar\"]')) as warning from generations\n"
        "where first_day < $end and cast(period_end as date) >= $start order by all",
        {"start": start, "end": end},
    )
    return [f"{labels[source]}: {warning}" for source, warning in found.iter_rows() if source in labels]


def _named(query: CostQuery, source: SourceFacts) -> bool:
    return all(matches(item, source.source) for item in query.where if item.dimension == "source")


def _match(match: Match, value: str | None) -> bool:
    if value is None or match.kind == "none":
        return value is None and match.kind == "none"
    return value == match.text if match.kind == "is" else match.text in value


def _spent(query: CostQuery, reader: Readable, memo: Memo, *, limited: bool) -> pl.DataFrame:
    """Money by source, month and currency of all that the query's filters let through, whatever its period."""
    where = query.where if limited else tuple(item for item in query.where if item.dimension in DAILY)
    broad = CostQuery(by=("source",), where=where, period="all", grain="month", currency=query.currency)
    key = (reader.generations, reader.rules_version, broad)
    if key not in memo:
        if len(memo) >= MEMO_MAX:
            memo.clear()
        memo[key] = reader.frame(*compile(broad, catalogue_of(reader), [Span(None)]))
    return memo[key]


def _complete_day(sources: Sequence[SourceFacts], states: Mapping[str, Timeliness]) -> date | None:
    """The earliest of those on time; when none is, the latest of those that are not paused, else of all."""
    ends: dict[Timeliness, list[date]] = {}
    for source in sources:
        if source.data_to:
            ends.setdefault(states[source.source], []).append(source.data_to)
    if "on time" in ends:
        return min(ends["on time"])
    running = [end for state, group in ends.items() if state != "paused" for end in group]
    return max(running or ends.get("paused", []), default=None)


def _span_of(reader: Readable, sources: Sequence[SourceFacts], *, beyond: bool) -> tuple[date, date]:
    """First and last day that hold data; with `beyond`, incomplete days count, which costs a look at the rollup."""
    firsts = [source.first_day for source in sources if source.first_day]
    lasts = [source.data_to for source in sources if source.data_to]
    if not firsts or not lasts:
        return date.min + DAY, date.min
    newest = reader.frame("select max(day) from daily").item() if beyond else None
    return min(firsts), max([*lasts, *([newest] if newest else [])])


def _share(source: SourceFacts, spent: pl.DataFrame, complete: date) -> str:
    """ "0.8 % of effective cost in USD in the last 3 months", for each currency."""
    since = add_months(complete, 1 - SHARE_MONTHS)
    recent = spent.filter(pl.col("bucket") >= since) if len(spent) else spent
    recent = recent if len(recent) else spent
    totals: dict[str, Decimal] = {}
    own: dict[str, Decimal] = {}
    for name, currency, amount in recent.select("d0", "currency", "s_effective_cost").iter_rows():
        totals[currency] = totals.get(currency, Decimal(0)) + abs(amount or 0)
        if name == source.source:
            own[currency] = own.get(currency, Decimal(0)) + abs(amount or 0)
    parts = [f"{percent(amount, totals[code])} % of {code}" for code, amount in sorted(own.items()) if totals[code]]
    return f"{' and '.join(parts) or 'no'} cost in the last {SHARE_MONTHS} months"
