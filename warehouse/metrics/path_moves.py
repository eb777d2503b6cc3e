"""What pools and adjustments move between teams within a question: from whom, to whom, how much."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.attribution.pools.divide import amounts
from warehouse.metrics.answer import Asked
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.compile import is_shared
from warehouse.metrics.freshness import Readable
from warehouse.metrics.line_cells import wanted
from warehouse.metrics.share_lines import KEY, SCOPE, SHARES, divided
from warehouse.metrics.tables import SHARED, SPLITS, Tables

PAIRS_MAX: Final = 2_000_000
"""Shares times lines that one question divides."""


@dataclass(frozen=True, slots=True)
class Move:
    """Cost that `team` has from `from_team` by a pool, as the question sums it: with the other sign where it `gives`.

    `given` is all that the pool took from `from_team` in the question's days, whoever got it; None where nobody may
    see it. Step 0 is an adjustment, the others are pools.
    """

    currency: str
    pool: str
    step: int
    version: int
    from_team: str | None
    team: str | None
    amount: Decimal
    gives: bool = False
    given: Decimal | None = None


def moves_within(asked: Asked, reader: Readable, *, whole: bool) -> tuple[Move, ...]:
    """The shares that the question sums: received ones and, negative, given ones. `whole`: of a view that sees all."""
    if not is_shared(asked.limited, CATALOGUE):
        return ()
    tables = Tables("splits", CATALOGUE)
    shares = SHARES.format(where=wanted(asked, tables))
    found = reader.frame(_WITHIN.format(shares=shares, name=asked.query.measures[0]), tables.parameters)
    return _told(found, _given(asked, reader) if whole and len(found) else {})


def moves_beside(asked: Asked, reader: Readable, *, whole: bool) -> tuple[tuple[Move, ...], list[str]]:
    """What is moved of cost that the question sums as it was before, and a warning where it is too much to say.

    Shares are of a day, service and charge category. A question about less sees none of them: there a share is
    divided over the lines of its key, as files of lines have it.
    """
    names = {item.dimension for item in asked.limited.where if not item.exclude}
    if "allocation" in names or "pool" in names:
        return (), []
    if not names <= SPLITS:
        return _of_lines(asked, reader)
    if is_shared(asked.limited, CATALOGUE):
        return (), []
    if not {item.dimension for item in asked.limited.where} <= SPLITS:  # what is left out has its part of shares too
        return _of_lines(asked, reader)
    tables = Tables("splits", CATALOGUE)
    where = wanted(asked, tables)
    found = reader.frame(_BESIDE.format(where=where, name=asked.query.measures[0]), tables.parameters)
    return _told(found, _given(asked, reader) if whole and len(found) else {}), []


def _told(found: pl.DataFrame, given: Mapping[tuple[Any, ...], Decimal]) -> tuple[Move, ...]:
    return tuple(
        Move(**row, given=given.get((row["currency"], row["pool"], row["from_team"])))
        for row in found.iter_rows(named=True)
    )


def _given(asked: Asked, reader: Readable) -> dict[tuple[Any, ...], Decimal]:
    """Currency, pool and giver -> what the pool took, whoever has it now."""
    where = tuple(item for item in asked.limited.where if item.dimension not in SHARED)
    tables = Tables("splits", CATALOGUE)
    told = wanted(replace(asked, limited=replace(asked.limited, where=where)), tables)
    found = reader.frame(_GIVEN.format(where=told, name=asked.query.measures[0]), tables.parameters)
    return {(row[0], row[1], row[2]): row[3] for row in found.iter_rows()}


def _of_lines(asked: Asked, reader: Readable) -> tuple[tuple[Move, ...], list[str]]:
    """Of each share, what the question's lines have of it, as files of lines do."""
    tables = Tables("lines", asked.catalogue)
    where = wanted(asked, tables)
    picked = _PICKED_LINES.format(source=tables.source(), where=where)
    pairs = reader.frame(f"{picked}{_PAIRS}", tables.parameters).item()
    if pairs > PAIRS_MAX:
        return (), ["What pools pass on of this is not told: it is too many lines. Ask about fewer days."]
    if not pairs:
        return (), []
    shares = reader.frame(f"{picked}{_SHARES}", tables.parameters)
    mine = reader.frame(f"{picked}{_MINE}", tables.parameters)
    name, keys = asked.query.measures[0], ["currency", "pool", "step", "version", "from_team", "team"]
    parts = [
        divided(reader, here).join(mine, on="row_key", how="semi").select(pl.col(name).alias("amount"), split="group")
        for _, here in shares.group_by("period", maintain_order=True)
    ]
    summed = pl.concat(parts).join(shares.select("split", *keys), on="split").group_by(keys).agg(pl.col("amount").sum())
    summed = summed.with_columns(amounts(summed["amount"])).filter(pl.col("amount") != 0)
    return _told(summed.sort(keys, nulls_last=True), {}), []


def by_pool(moves: Iterable[Move]) -> dict[tuple[str, str], list[Move]]:
    """Currency and pool -> its moves, in the order in which cost flows, the largest first."""
    found: dict[tuple[str, str], list[Move]] = {}
    for move in sorted(moves, key=lambda one: (one.currency, one.step, one.pool, -abs(one.amount))):
        found.setdefault((move.currency, move.pool), []).append(move)
    return found


_PICKED: Final = "currency, pool, step, rules_version as version, from_team, team"
_ORDER: Final = "order by currency, step, pool, version, from_team nulls last, team nulls last, amount"
_WITHIN: Final = f"""with shares as (
{{shares}}
)
select {_PICKED}, sum({{name}}) as amount, false as gives from shares where takes group by all
union all select {_PICKED}, -sum({{name}}) as amount, true as gives from shares where gives group by all
{_ORDER}"""
_BESIDE: Final = f"""with shares as (
select f.currency, f.pool, f.step, f.rules_version, f.from_team, f.team, f.received, f.{{name}} from splits f
{{where}})
select {_PICKED}, sum({{name}}) as amount from shares where received group by all
{_ORDER}"""
_GIVEN: Final = """with shares as (
select f.currency, f.pool, f.from_team, f.received, f.{name} from splits f
{where})
select currency, pool, from_team, sum({name}) as amount from shares where received group by all"""
_SAME: Final = " and ".join(f"k.{name} is not distinct from x.{name}" for name in (*SCOPE, *KEY))
_PICKED_LINES: Final = f"""with picked as (
select f.rowid as row_key, f.period, f.day, f.source, f.currency, key.provider, key.service, key.charge_category
from {{source}}
join dims key on key.dim = f.dim
{{where}}), keys as (select distinct {", ".join((*SCOPE, *KEY))} from picked
), shares as (select x.rowid as split, x.* exclude (received, rules_version), x.rules_version as version
from splits x semi join keys k on {_SAME} where x.received)
"""
_PAIRS: Final = f"""select coalesce(cast(sum(shares * lines) as bigint), 0) from (
    select {", ".join((*SCOPE, *KEY))}, count(*) as shares from shares group by all) k
join (select {", ".join((*SCOPE, *KEY))}, sum(rows) as lines from daily group by all) x on {_SAME}"""
_SHARES: Final = "select * from shares order by split"
_MINE: Final = "select row_key from picked order by row_key"
