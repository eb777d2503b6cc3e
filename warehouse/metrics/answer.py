"""A question in, an `Answer` out: the one place where what a person may see is applied and cost is summed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime
from typing import Any, Final

import polars as pl

from warehouse.focus.period import Period
from warehouse.metrics import period_words
from warehouse.metrics.as_known import changed, need_now
from warehouse.metrics.catalogue import CATALOGUE, Catalogue, nearest
from warehouse.metrics.compile import Span, compile, fact_for  # noqa: A004
from warehouse.metrics.freshness import (
    DAY,
    Access,
    Freshness,
    Memo,
    Readable,
    Store,
    carried,
    catalogue_of,
    freshness,
    memo_of,
)
from warehouse.metrics.names import labelled, names_of
from warehouse.metrics.parse import named_in, valid
from warehouse.metrics.per_day import Days, days_of
from warehouse.metrics.period_words import Comparison
from warehouse.metrics.query import CostQuery, Fault, QueryError
from warehouse.metrics.shape import Column, columns_of, ordered, shaped, texts, unknown_before
from warehouse.metrics.tables import Known

GROUPS_MAX: Final = 1_000_000
"""Rows of one answer held in memory; one more is fetched, so that the excess is noticed."""


@dataclass(frozen=True, slots=True)
class Answer:
    """Rows of one page with exact totals of all pages, and everything that says what the numbers stand on."""

    query: CostQuery
    period: Period
    compare: Period | None
    columns: tuple[Column, ...]
    names: dict[str, dict[str, str]]  # dimension -> value of a filter -> what people call it
    rows: pl.DataFrame
    totals: pl.DataFrame
    row_count: int  # of all pages
    other_groups: dict[str, int]  # currency -> how many groups were folded into "(other)"
    complete_to: date
    data_to: dict[str, date]
    generations: str
    rules_version: int
    warnings: tuple[str, ...]
    next: str | None
    detail_kept: bool
    """Whether the same can be asked by line and explained: of the past only where it has not changed since."""
    sql: str

    def document(self) -> dict[str, Any]:
        """The answer as everyone gets it: amounts are plain decimal text, a missing value is null."""
        return {
            "query": str(self.query),
            "period": range_document(self.period),
            "compare": range_document(self.compare) if self.compare else None,
            "basis": self.query.basis,
            "columns": [column.document() for column in self.columns],
            "names": self.names,
            "rows": texts(self.rows, self.columns),
            "totals": texts(self.totals, self.columns),
            "row_count": self.row_count,
            "other_groups": self.other_groups,
            "complete_to": self.complete_to.isoformat(),
            "data_to": {source: day.isoformat() for source, day in self.data_to.items()},
            "known_on": self.query.known_on,
            "detail_kept": self.detail_kept,
            "generations": self.generations,
            "rules_version": self.rules_version,
            "warnings": list(self.warnings),
            "next": self.next,
        }


@dataclass(frozen=True, slots=True)
class Asked:
    """A query with its words made into days."""

    query: CostQuery  # as asked
    limited: CostQuery  # with the filters of access
    fresh: Freshness
    period: Period
    comparison: Comparison | None
    known: Known | None
    catalogue: Catalogue
    warnings: tuple[str, ...]

    @property
    def unknown_before(self) -> bool:
        """Whether nothing of the period compared with is loaded: what is unknown is not zero."""
        return self.comparison is not None and self.comparison.period.end <= self.fresh.days.start

    @property
    def last_day(self) -> date:
        """Whose names are shown: of days to come nobody knows them."""
        today = self.fresh.clock.today
        return min(self.period.end - DAY, today) if self.period.days else today

    @property
    def spans(self) -> list[Span]:
        plain = self.comparison is None and self.query.normalise == "none"
        now = Span(None if self.query.period == "all" and plain else self.period)
        if self.comparison is None:
            return [now]
        return [now, Span(self.comparison.period, self.comparison.months, self.comparison.days)]

    @property
    def days(self) -> list[Days]:
        """What the sums of each span are divided by; nothing when they are wanted as they are."""
        if self.query.normalise == "none":
            return []
        periods = [self.period, *([self.comparison.period] if self.comparison else [])]
        return [days_of(self.query, period, span) for period, span in zip(periods, self.spans, strict=True)]


def answer(query: CostQuery, access: Access, store: Store, now: datetime) -> Answer:
    """What was asked, of what `access` may see. Raises QueryError, and what the store raises past its time limit."""
    query = valid(query)
    with store.read() as reader:
        asked = resolved(query, access, reader, now, memo_of(store))
        sql, parameters = compile(asked.limited, asked.catalogue, asked.spans, asked.known)
        sums = reader.frame(f"{sql}\nlimit {GROUPS_MAX + 1}", parameters)
        warnings = (*asked.warnings, *carried(reader, asked.fresh.sources, asked.spans[0].period))
        version, names = (reader.generations, reader.rules_version), reader.names  # of the same moment
    if len(sums) > GROUPS_MAX:
        raise QueryError(
            Fault(",".join(query.by), "by", 0, f"The answer has more than {GROUPS_MAX} rows.",
                  "Group by less, filter more, or add top=.")
        )  # fmt: skip
    try:
        rows, totals = shaped(sums, query, CATALOGUE, asked.days)
    except OverflowError as error:
        step = "Shorten the period or filter more."
        raise QueryError(
            Fault(",".join(query.measures), "measures", 0, f"The answer would not be exact: {error}.", step),
            slug="too_large",
        ) from error
    if asked.unknown_before:
        rows, totals = (unknown_before(frame) for frame in (rows, totals))
    columns = columns_of(query, CATALOGUE)
    rows = labelled(rows, names, query.by, asked.last_day)
    page, after = paged(ordered(rows, query, columns), query, version)
    return Answer(
        query=query,
        period=asked.period,
        compare=asked.comparison.period if asked.comparison else None,
        columns=tuple(columns),
        names=names_of(query, names, asked.last_day),
        rows=page,
        totals=totals,
        row_count=len(rows),
        other_groups=_folded(sums),
        complete_to=asked.fresh.clock.complete,
        data_to={source.source: source.data_to for source in asked.fresh.sources if source.data_to},
        generations=version[0],
        rules_version=version[1],
        warnings=warnings,
        detail_kept=asked.known is None,
        next=after,
        sql=sql,
    )


def resolved(query: CostQuery, access: Access, reader: Readable, now: datetime, memo: Memo | None = None) -> Asked:
    """Words to days, by how far the data of this question reaches. Raises QueryError for an unknown dimension."""
    check_names(named_in(query), reader)
    if query.known_on:
        now = min(now, datetime.combine(date.fromisoformat(query.known_on) + DAY, datetime.min.time(), UTC))
    limited = access.limit(query)
    fresh = freshness(limited, reader, now, limited=not access.everything, memo=memo)
    clock, warnings = fresh.clock, []
    kept = query.incomplete == "include" and period_words.is_written(query.period)
    whole_days = not kept and (query.compare != "none" or query.normalise != "none")
    if query.incomplete == "include" and not whole_days:
        clock = replace(clock, complete=max(clock.complete, min(fresh.newest, clock.today)))
    elif query.incomplete == "include":
        of = "a comparison" if query.compare != "none" else "values per day"
        warnings.append(f"Incomplete days are left out of {of}.")
    period = period_words.resolve(query.period, clock, fresh.days)
    if whole_days and period.start <= clock.complete < period.end and query.basis == "charge":
        period = Period(period.start, min(period.end, clock.complete + DAY))
    if query.basis == "billing":
        whole = period_words.billing_months(period)
        if whole != period and query.period != "all" and not query.period.endswith("_to_date"):
            warnings.append(f"Billing periods are whole months: {whole.start:%Y-%m} to {whole.end - DAY:%Y-%m}.")
        period = whole
    comparison = period_words.compared(query.compare, query.period, period)
    if comparison and query.basis == "billing":
        comparison = replace(comparison, period=period_words.billing_months(comparison.period))
    if comparison and fresh.sources and comparison.period.start < fresh.days.start:
        warnings.append(f"The comparison begins before the first day that is loaded, {fresh.days.start}.")
    if query.normalise != "none" and fresh.sources and period.start < fresh.days.start:
        warnings.append(f"The days divided by begin before the first day that is loaded, {fresh.days.start}.")
    warnings += fresh.warnings(period, query.grain)
    asked = Asked(query, limited, fresh, period, comparison, None, catalogue_of(reader), tuple(warnings))
    return replace(asked, known=_known(asked, reader)) if query.known_on else asked


def check_names(names: Iterable[str], reader: Readable) -> None:
    """Raise QueryError for a dimension that neither the catalogue nor the rules in force have."""
    known = catalogue_of(reader)
    for name in names:
        if not known.knows(name):
            step = f"Use one of {', '.join(known.dimension_names)} or tag.KEY."
            near = nearest(name, known.dimension_names)
            raise QueryError(Fault(name, "by", 0, f"There is no dimension {name!r}.", step, near))


def paged(rows: pl.DataFrame, query: CostQuery, version: tuple[str, int]) -> tuple[pl.DataFrame, str | None]:
    """The page of rows that limit and cursor ask for, and the cursor of the next one."""
    start = offset_of(query, version)
    if query.limit is None:
        return rows.slice(start), None
    end = start + query.limit
    return rows.slice(start, query.limit), cursor_after(query, version, end) if end < len(rows) else None


def cursor_after(query: CostQuery, version: tuple[str, int], rows: int) -> str:
    """The cursor of the page that begins after so many rows."""
    return f"{rows}.{_mark(query, version)}"


def offset_of(query: CostQuery, version: tuple[str, int]) -> int:
    """Where the page begins. A cursor holds for one question about one version of the data."""
    if query.cursor is None:
        return 0
    start, _, mark = query.cursor.partition(".")
    if mark != _mark(query, version):
        message = "The data or the question changed since the page before."
        raise QueryError(Fault(query.cursor, "cursor", 0, message, "Ask again without cursor."), slug="stale_cursor")
    return int(start)


def _mark(query: CostQuery, version: tuple[str, int]) -> str:
    text = f"{replace(query, cursor=None, limit=None)}\0{version[0]}\0{version[1]}"
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _folded(sums: pl.DataFrame) -> dict[str, int]:
    if "folded" not in sums.columns:
        return {}
    most = sums.drop_nulls("folded").group_by("currency").agg(pl.col("folded").max()).sort("currency")
    return dict(most.iter_rows())


def _known(asked: Asked, reader: Readable) -> Known | None:
    """Where the past stands; null where these days have not changed since. What the daily rollup holds is kept."""
    word = str(asked.query.known_on)
    found = reader.history(date.fromisoformat(word))
    if not found.paths and not found.live:
        earliest = reader.frame("select cast(min(loaded_at) as date) from generations").item()
        step = f"The first load was on {earliest}." if earliest else "Nothing is loaded yet."
        nearest = (earliest.isoformat(),) if earliest else ()
        fault = Fault(word, "known_on", 0, f"Nothing was known on {word}.", step, nearest)
        raise QueryError(fault, slug="not_retained")
    past = Known(
        paths=tuple(str(path) for path in found.paths),
        live=tuple(found.live),
        split_paths=tuple(str(path) for path in found.split_paths),
        split_live=tuple(found.split_live),
    )
    if not reader.frame(*changed(asked.limited, asked.spans, asked.catalogue, past)).item():
        return None
    if fact_for(asked.limited, CATALOGUE, [Span(None)]) != "daily":
        need_now(asked.query, past, "other dimensions and measures are")
    return past


def days_written(found: Answer) -> str:
    """The days an answer is of, as a question says them; the word that was asked for where nothing is loaded."""
    return period_words.written(found.period) if found.period.days else found.query.period


def range_document(period: Period) -> dict[str, str | None]:
    """First day and first day after; nothing when nothing is loaded."""
    if period.end.year == 1:
        return {"start": None, "end": None}
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}
