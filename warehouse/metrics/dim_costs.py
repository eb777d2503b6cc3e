"""What dims cost: sums finer than any question says, for those who decide again whose these dims are.

A draft moves dims from owner to owner, and suggestions are ranked by what dims cost. Absent: owners, shares of pools.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Final

import polars as pl

from warehouse.metrics.freshness import Readable

_SUMS: Final = "sum(effective_cost) as amount, cast(sum({rows}) as bigint) as lines"
_WANTED: Final = "semi join (select unnest($dims::integer[]) as dim) using (dim) where period >= $first"


def costs_of_dims(reader: Readable) -> pl.DataFrame:
    """dim, currency, effective_cost; one row for each."""
    return reader.frame(
        "select dim, currency, sum(effective_cost) as effective_cost from monthly_dims group by 1, 2 order by 1, 2"
    )


def months_of_dims(reader: Readable, dims: Sequence[int], first: str) -> pl.DataFrame:
    """dim, period, day (the first of a month), currency, amount, lines: since a billing period."""
    return reader.frame(
        f"""select dim, period, month as day, currency, {_SUMS.format(rows="rows")} from monthly_dims {_WANTED}
        group by all""",
        {"dims": list(dims), "first": first},
    )


def days_of_dims(reader: Readable, dims: Sequence[int], first: str, months: Sequence[date]) -> pl.DataFrame:
    """The same for each charge day of some months, from lines."""
    return reader.frame(
        f"""select dim, period, day, currency, {_SUMS.format(rows="1")} from lines {_WANTED}
        and date_trunc('month', day) in (select unnest($months::date[])) group by all""",
        {"dims": list(dims), "first": first, "months": list(months)},
    )


def bills_of_accounts(reader: Readable, periods: Sequence[str]) -> pl.DataFrame:
    """source, period, billing_account, sub_account, currency, billed_cost and the first charge day, of all sources."""
    return reader.frame(
        """select source, period, billing_account, sub_account, currency, sum(billed_cost) as billed_cost,
            min(day) as first_day
        from lines join dims using (dim) where list_contains($periods::varchar[], period) group by all""",
        {"periods": list(periods)},
    )
