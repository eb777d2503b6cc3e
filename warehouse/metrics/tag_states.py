"""How the tag of each resource reads on the last days it is billed: missing, not allowed or compliant."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import polars as pl

from warehouse.attribution.model import TAG
from warehouse.attribution.policies import TagPolicy, judge
from warehouse.attribution.policies.judge import EVERY
from warehouse.metrics.answer import answer
from warehouse.metrics.compliance import DIRECT
from warehouse.metrics.freshness import DAY, Access, Store
from warehouse.metrics.query import CostQuery, Filter, Match

KNOWN_BY: Final = ("provider", "sub_account", "resource")
LAST_DAYS: Final = 7
"""Long enough for what is billed by the week, short enough to be the present."""
NAMED_MAX: Final = 1_000
"""Beyond that many accounts, or resources, they are not named in the question."""


@dataclass(frozen=True, slots=True)
class Asker:
    """Who asks, whom, and when."""

    access: Access
    store: Store
    now: datetime


def tag_states(policy: TagPolicy, where: Sequence[Filter], end: date, asker: Asker) -> pl.DataFrame:
    """One row for each resource billed in the LAST_DAYS before `end`: KNOWN_BY, team, region, service, value, state.

    Each as it was on its last billed day; where that day has several, the one that is not in order. The policy has
    one key. A null state is outside its scope.
    """
    return tag_states_on(policy, where, [end], asker)[0]


def tag_states_on(policy: TagPolicy, where: Sequence[Filter], ends: Sequence[date], asker: Asker) -> list[pl.DataFrame]:
    """`tag_states` before each of several days, the earliest first, as one question about all days."""
    key = TAG + policy.keys[0].key
    more = [name for name in policy.columns if name not in (*KNOWN_BY, "team", "region", "service", key)]
    named = Filter("resource", (Match("none"),), exclude=True)
    query = CostQuery(
        by=(*KNOWN_BY, "team", "region", "service", key, *more),
        where=(*where, named, DIRECT),
        period=f"{ends[0] - LAST_DAYS * DAY}..{ends[-1] - DAY}",
        grain="day",
        incomplete="include",
    )
    found = answer(query, asker.access, asker.store, asker.now).rows
    judged = found.with_columns(judge(policy, found)[EVERY].alias("state")).rename({key: "value"})
    return [_last(judged.filter(pl.col("day").is_between(end - LAST_DAYS * DAY, end - DAY))) for end in ends]


def _last(judged: pl.DataFrame) -> pl.DataFrame:
    order = pl.when(pl.col("state") == "compliant").then(2).when(pl.col("state").is_null()).then(1).otherwise(0)
    return (
        judged.filter(pl.col("day") == pl.col("day").max().over(KNOWN_BY))
        .sort(order, *KNOWN_BY, "team", "value", nulls_last=True)
        .unique(KNOWN_BY, keep="first", maintain_order=True)
        .select(*KNOWN_BY, "team", "region", "service", "value", "state")
    )


def within(*values: Sequence[str | None]) -> tuple[Filter, ...]:
    """Filters that keep to these of KNOWN_BY, in turn, where they are few enough to be named."""
    named = zip(KNOWN_BY, values, strict=True)
    return tuple(
        Filter(name, tuple(Match("none") if one is None else Match("is", one) for one in dict.fromkeys(several)))
        for name, several in named
        if 0 < len(set(several)) <= NAMED_MAX
    )
