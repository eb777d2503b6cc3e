"""Why a team has its share of a pool: weights, the fallback that was asked, and the cost that came of them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from itertools import groupby
from typing import Any, Final

import polars as pl

from warehouse.focus.money import plain, split
from warehouse.focus.period import Period
from warehouse.metrics.freshness import Access, Readable, Store, matches

COSTS: Final = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
TENTHS: Final = Decimal(1_000).scaleb(-18)
_SUMS: Final = ", ".join(f"sum({name}) as {name}" for name in COSTS)


@dataclass(frozen=True, slots=True)
class PoolQuestion:
    """One pool in one billing period, `YYYY-MM`; null: all pools."""

    period: str
    pool: str | None = None


def pool_shares(asked: PoolQuestion, access: Access, store: Store) -> dict[str, Any]:
    """The document of shares: for each pool, bucket, partition and currency, who weighed what and got how much.

    Percentages of a group make 100.0 exactly: the largest remainder gets what is left. A limited view sees its own
    teams only, without the sums of the others.
    """
    with store.read() as reader:
        weights = _frame(reader, asked, "select * exclude (period) from pool_weights", _ORDER)
        moved = _frame(
            reader,
            asked,
            f"select pool, currency, received, {_SUMS} from splits",
            "group by pool, currency, received order by pool, currency, received",
        )
        facts = {"generations": reader.generations, "rules_version": reader.rules_version}
    groups = [group for group in _groups(weights) if access.everything or _narrowed(group, access)]
    return {
        "period": asked.period,
        "pool": asked.pool,
        "groups": groups,
        "moved": list(_moved(moved)) if access.everything else [],
        **facts,
    }


def received_shares(reader: Readable, periods: Sequence[str], days: Period | None = None) -> pl.DataFrame:
    """period, currency, service, pool, from_team, team, effective_cost: what teams receive of each other in billing
    periods, on some charge days or on all."""
    counted = days or Period(date.min, date.max)
    return reader.frame(
        """select period, currency, service, pool, from_team, team, sum(effective_cost) as effective_cost
        from splits where received and list_contains($periods::varchar[], period) and day >= $start and day < $end
        group by all""",
        {"periods": list(periods), "start": counted.start, "end": counted.end},
    )


_ORDER: Final = "order by step, pool, bucket, part, currency, kept, team nulls last"


def _frame(reader: Readable, asked: PoolQuestion, sql: str, tail: str) -> pl.DataFrame:
    where = "where period = $period and ($pool is null or pool = $pool)"
    return reader.frame(f"{sql} {where} {tail}", {"period": asked.period, "pool": asked.pool})


def _groups(weights: pl.DataFrame) -> Iterator[dict[str, Any]]:
    keys = ("pool", "step", "bucket", "part", "currency")
    for key, members in groupby(weights.iter_rows(named=True), lambda row: tuple(row[name] for name in keys)):
        rows = list(members)
        integers = [int(row["weight"].scaleb(9)) for row in rows]
        tenths = split(TENTHS, integers) if sum(integers) else [Decimal(0)] * len(rows)
        yield dict(zip(keys, key, strict=True)) | {
            "fallback": rows[0]["fallback"],
            "shares": [_share(row, part) for row, part in zip(rows, tenths, strict=True)],
        }


def _share(row: dict[str, Any], tenths: Decimal) -> dict[str, Any]:
    return {
        "team": row["team"],
        "kept": row["kept"],
        "weight": plain(row["weight"]),
        "percent": plain(tenths.scaleb(17)),
        **{name: plain(row[name]) for name in COSTS},
    }


def _narrowed(group: dict[str, Any], access: Access) -> bool:
    """Leaves the teams that a limited view sees; whether there are any."""
    seen = [
        share
        for share in group["shares"]
        if access.where
        and not share["kept"]
        and all(item.dimension == "team" and matches(item, share["team"]) for item in access.where)
    ]
    group["shares"] = seen
    return bool(seen)


def _moved(moved: pl.DataFrame) -> Iterator[dict[str, Any]]:
    """What each pool took from its teams and what others received: to the last digit the same."""
    for (pool, currency), part in moved.group_by("pool", "currency", maintain_order=True):
        got = {row["received"]: row for row in part.iter_rows(named=True)}
        zero = dict.fromkeys(COSTS, Decimal(0))
        given, received = got.get(False, zero), got.get(True, zero)
        yield {
            "pool": pool,
            "currency": currency,
            "given": {name: plain(given[name].copy_negate()) for name in COSTS},
            "received": {name: plain(received[name]) for name in COSTS},
            "conserved": all(given[name] == received[name].copy_negate() for name in COSTS),
        }
