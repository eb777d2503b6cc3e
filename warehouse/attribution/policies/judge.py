"""What a policy says of charges: pure, over distinct combinations of what it reads."""

from __future__ import annotations

from typing import Final

import polars as pl

from warehouse.attribution.facts import Facts
from warehouse.attribution.index import Index, constant
from warehouse.attribution.model import TAG, Check, Condition, checks
from warehouse.attribution.policies.model import TagPolicy

STATES: Final = ("compliant", "missing", "not_allowed")
EVERY: Final = ""
"""The column that judges the keys together: missing where any is, else not allowed where any is not."""


def judge(policy: TagPolicy, rows: pl.DataFrame) -> pl.DataFrame:
    """A state for each row and key, and for EVERY; null where the policy does not judge the row.

    `rows` has the columns that the policy reads, tags normalised; days are the caller's.
    """
    facts = Facts(rows.select(pl.int_range(pl.len()).alias("=row")), {})
    for column in policy.columns:
        facts.put(column, rows[column].cast(pl.String))
    absent = {one.key: Check(TAG + one.key, "missing") for one in policy.keys}
    asked = {check for condition in (policy.when, *(one.allowed for one in policy.keys)) for check in checks(condition)}
    index = Index(facts.rows.select(policy.columns), facts.values, asked | set(absent.values()))
    everywhere = constant(True, rows.height, pl.Boolean)

    def holds(condition: Condition) -> pl.Series:
        return constant(False, rows.height, pl.Boolean).scatter(index.where(condition, everywhere), True)

    scope = holds(policy.when)
    found = {one.key: _state(scope, holds(absent[one.key]), holds(one.allowed)) for one in policy.keys}
    together = pl.DataFrame(found)
    return together.with_columns(
        pl.when(~pl.lit(scope))
        .then(None)
        .when(pl.any_horizontal(pl.all() == "missing"))
        .then(pl.lit("missing"))
        .when(pl.any_horizontal(pl.all() == "not_allowed"))
        .then(pl.lit("not_allowed"))
        .otherwise(pl.lit("compliant"))
        .alias(EVERY)
    )


def _state(scope: pl.Series, absent: pl.Series, allowed: pl.Series) -> pl.Series:
    return pl.select(
        pl.when(~pl.lit(scope))
        .then(None)
        .when(pl.lit(absent))
        .then(pl.lit("missing"))
        .when(pl.lit(allowed))
        .then(pl.lit("compliant"))
        .otherwise(pl.lit("not_allowed"))
    ).to_series()
