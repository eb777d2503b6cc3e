"""What pools and adjustments make of one bill line: its part of each share, as files of lines have it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.attribution.pools.divide import amounts
from warehouse.metrics.freshness import Readable
from warehouse.metrics.share_lines import KEY, SCOPE, divided


@dataclass(frozen=True, slots=True)
class LineShare:
    """Effective cost of a line that a team has from another, by a pool; null is nobody."""

    pool: str
    step: int
    from_team: str | None
    team: str | None
    currency: str
    effective_cost: Decimal


def line_shares(reader: Readable, line: Mapping[str, Any]) -> tuple[LineShare, ...]:
    """In the order of the steps, the largest of each first. `line` names source, period, generation and line_no."""
    shares = reader.frame(_SHARES, dict(line))
    if shares.is_empty():
        return ()
    parts = divided(reader, shares).filter(pl.col("line_no") == line["line_no"]).rename({"group": "split"})
    told = parts.select("split", effective_cost=amounts(parts["effective_cost"]))
    found = told.join(shares.select("split", "pool", "step", "from_team", "team", "currency"), on="split")
    return tuple(sorted(_shares(found), key=lambda one: (one.step, one.pool, -abs(one.effective_cost), one.team or "")))


def _shares(found: pl.DataFrame) -> Iterator[LineShare]:
    for row in found.drop("split").iter_rows(named=True):
        if row["effective_cost"]:
            yield LineShare(**row)


_SAME: Final = " and ".join(f"s.{name} is not distinct from line.{name}" for name in (*SCOPE, *KEY))
_SHARES: Final = f"""with line as (
    select f.period, f.day, f.source, f.currency, d.provider, d.service, d.charge_category from lines f
    join dims d on d.dim = f.dim where f.source = $source and f.period = $period
    and f.generation = $generation and f.line_no = $line_no)
select s.rowid as split, s.* exclude (received, rules_version) from splits s join line on {_SAME} where s.received"""
