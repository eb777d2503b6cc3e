"""What tag policies say of cost: answers by team, sorted into compliant, missing and not allowed.

A policy judges direct cost on charge days: a share of a pool has no tags of its own. Each policy is one question,
grouped by what the policy reads; groups are judged, and their sums are added up here.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.attribution.policies import STATES, TagPolicy, judge
from warehouse.attribution.policies.judge import EVERY
from warehouse.focus import MONEY, total
from warehouse.focus.period import Period
from warehouse.metrics.answer import Answer, answer, range_document
from warehouse.metrics.freshness import Access, OneView, Store
from warehouse.metrics.percent import percent
from warehouse.metrics.period_words import written
from warehouse.metrics.query import CostQuery, Fault, Filter, Match, QueryError
from warehouse.metrics.shape import TYPES, Column, texts

DIRECT: Final = Filter("allocation", (Match("is", "direct"),))
PERCENT: Final = "compliant_percent"
_AMOUNTS: Final = {
    "judged": "Judged",
    "compliant": "Compliant",
    "missing": "Key missing",
    "not_allowed": "Value not allowed",
}


@dataclass(frozen=True, slots=True)
class Compliance:
    """`rows` by policy, key, team, currency and, with a grain, bucket; key "" is every key of the policy together.

    `totals` are the same without the team. It has the shape of an answer.
    """

    query: CostQuery
    period: Period
    columns: tuple[Column, ...]
    rows: pl.DataFrame
    totals: pl.DataFrame
    whole: Answer
    """The question itself, without a group: what is judged is a part of it."""

    def document(self) -> dict[str, Any]:
        """As an answer's, for files."""
        return {
            **self.whole.document(),
            "query": str(self.query),
            "period": range_document(self.period),
            "columns": [column.document() for column in self.columns],
            "rows": texts(self.rows, self.columns),
            "totals": texts(self.totals, self.columns),
            "row_count": len(self.rows),
        }


def compliance(
    query: CostQuery, policies: Sequence[TagPolicy], access: Access, store: Store, now: datetime
) -> Compliance:
    """The first cost measure of a question, judged. Raises QueryError, and what the store raises."""
    measure = next((name for name in query.measures if name.endswith("_cost")), "effective_cost")
    asked = replace(
        query, measures=(measure,), by=(), where=(*query.where, DIRECT), basis="charge", compare="none",
        normalise="none", top=None, sort=(), limit=None, cursor=None,
    )  # fmt: skip
    with store.read() as reader:
        view = OneView(reader)
        whole = answer(replace(asked, grain="none"), access, view, now)
        parts = [
            part
            for policy in policies
            if (days := _days(policy, whole.period))
            for part in _judged(policy, answer(_grouped(asked, policy, days), access, view, now))
        ]
    keys = [name for name in _keys(asked) if name != "team"]
    return Compliance(
        query=replace(query, measures=(measure,)),
        period=whole.period,
        columns=tuple(_columns(asked)),
        rows=_rows(parts, _keys(asked), [column.name for column in _columns(asked)]),
        totals=_rows(parts, keys, [column.name for column in _columns(asked) if column.name != "team"]),
        whole=whole,
    )


def _days(policy: TagPolicy, period: Period) -> Period | None:
    start, end = max(policy.valid_from, period.start), min(policy.valid_to, period.end)
    return Period(start, end) if start < end else None


def _grouped(asked: CostQuery, policy: TagPolicy, days: Period) -> CostQuery:
    by = ("team", *(name for name in policy.columns if name != "team"))
    return replace(asked, by=by, period=written(days), incomplete="include")


def _judged(policy: TagPolicy, found: Answer) -> Iterator[pl.DataFrame]:
    """One frame for each key: what it is judged by, the state and the sum."""
    states, query = judge(policy, found.rows), found.query
    kept = ["team", "currency", *([] if query.grain == "none" else [query.grain])]
    for key in (EVERY, *(one.key for one in policy.keys)):
        yield (
            found.rows.select(*kept, amount=query.measures[0])
            .with_columns(pl.lit(policy.id).alias("policy"), pl.lit(key).alias("key"), states[key].alias("state"))
            .drop_nulls("state")
        )


def _keys(asked: CostQuery) -> list[str]:
    return [*([] if asked.grain == "none" else [asked.grain]), "policy", "key", "team", "currency"]


def _columns(asked: CostQuery) -> list[Column]:
    grain = [] if asked.grain == "none" else [Column(asked.grain, asked.grain.capitalize(), "grain")]
    named = [Column(name, name.capitalize(), "dimension") for name in ("policy", "key", "team", "currency")]
    amounts = [Column(name, label, "measure", "currency") for name, label in _AMOUNTS.items()]
    return [*grain, *named, *amounts, Column(PERCENT, "Compliant, percent", "measure", "percent")]


def _rows(parts: Sequence[pl.DataFrame], keys: Sequence[str], names: Sequence[str]) -> pl.DataFrame:
    """Sums by `keys`, in the order of the policies and their keys. A group-by would wrap around without a word."""
    sums: dict[tuple[Any, ...], dict[str, Decimal]] = {}
    try:
        for part in parts:
            for (*group, state), inside in part.partition_by([*keys, "state"], as_dict=True).items():
                amount = inside["amount"].sum() if inside["amount"].count() else 0
                sums.setdefault(tuple(group), dict.fromkeys(STATES, Decimal(0)))[str(state)] = Decimal(amount)
    except pl.exceptions.ComputeError as error:
        fault = Fault("", "measures", 0, "The answer would not be exact.", "Shorten the period or filter more.")
        raise QueryError(fault, slug="too_large") from error
    rows = []
    for key, amounts in sums.items():
        judged = total(amounts.values())
        share = percent(amounts["compliant"], judged)
        rows.append(dict(zip(keys, key, strict=True)) | amounts | {"judged": judged, PERCENT: share})
    schema: dict[str, Any] = dict.fromkeys(keys, pl.String) | dict.fromkeys(_AMOUNTS, MONEY)
    schema |= {PERCENT: TYPES["percent"]} | {name: pl.Date for name in keys if name in ("day", "week", "month")}
    return pl.DataFrame(rows, schema=schema).select(names)
