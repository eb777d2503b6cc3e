"""Whether what was known of some days is what is known of them now: then anything can be asked of it, by line too."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

from warehouse.metrics.catalogue import Catalogue
from warehouse.metrics.compile import Span
from warehouse.metrics.query import CostQuery, Fault, QueryError
from warehouse.metrics.tables import Known, Tables

AS_BILLED: Final = frozenset({"source", "provider", "service", "charge_category"})
"""Filters that no rule decides, of everything that is kept of the past."""
NAMED: Final = ", ".join(("day", "period", *sorted(AS_BILLED)))


def changed(query: CostQuery, spans: Sequence[Span], catalogue: Catalogue, past: Known) -> tuple[str, dict[str, Any]]:
    """SQL that says whether any bill of these days, its owners or its shares are others than in the past."""
    tables = Tables("daily", catalogue)
    conditions = [tables.condition(item) for item in query.where if item.dimension in AS_BILLED]
    conditions.append(f"({' or '.join(_days(query, span, tables) for span in spans)})")
    parts = [*_superseded(past, tables), _begun("daily", past.live, tables), _begun("splits", past.split_live, tables)]
    return (
        f"select exists(select 1 from ({' union all '.join(parts)}) f where {' and '.join(conditions)}) as changed",
        tables.parameters,
    )


def _days(query: CostQuery, span: Span, tables: Tables) -> str:
    if span.period is None:
        return "true"
    if query.basis == "billing":
        start, end = (tables.bind(f"{day:%Y-%m}") for day in (span.period.start, span.period.end))
        return f"f.period >= {start} and f.period < {end}"
    return f"f.day >= {tables.bind(span.period.start)} and f.day < {tables.bind(span.period.end)}"


def _superseded(past: Known, tables: Tables) -> Iterator[str]:
    """Rows that stood then and do not now."""
    for name, paths in (("then_daily", past.paths), ("then_splits", past.split_paths)):
        if paths:
            tables.parameters[name] = list(paths)
            yield f"select {NAMED} from read_parquet(${name}, union_by_name = true)"


def _begun(table: str, known: Sequence[tuple[str, str]], tables: Tables) -> str:
    """Rows that stand now, of scopes that have changed since."""
    tables.parameters[f"{table}_sources"] = [source for source, _ in known]
    tables.parameters[f"{table}_periods"] = [period for _, period in known]
    return (
        f"select {NAMED} from {table} anti join (select unnest(${table}_sources::varchar[]) as source, "
        f"unnest(${table}_periods::varchar[]) as period) using (source, period)"
    )


def need_now(query: CostQuery, known: Known | None, what: str) -> None:
    """Raise "not_retained" where only sums by day are kept of what was known then."""
    if known is None:
        return
    word = query.known_on or ""
    message = f"Bills of these days, or whose they are, changed after {word}; {what} kept as they stand now."
    step = (
        "Ask for costs by source, provider, service, charge_category or team as known then, or leave known_on out for "
        "what stands now."
    )
    raise QueryError(Fault(word, "known_on", 0, message, step), slug="not_retained")
