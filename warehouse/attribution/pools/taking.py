"""Which pool takes a line or share, and which lines weigh."""

from __future__ import annotations

from collections.abc import Sequence

import polars as pl

from warehouse.attribution.pools.model import Pool, Pools


def takers(facts: pl.DataFrame, pools: Pools) -> pl.DataFrame:
    """cell, everybody, nobody (who have no team), teams: whose lines of each cell some pool takes, on some day.

    Lines of others are wanted for what they weigh alone. Adjustments change any line.
    """
    none = pl.Series([False], dtype=pl.Boolean).new_from_index(0, facts.height)
    everybody, nobody = none | bool(pools.adjustments), none
    teams = pl.lit([], pl.List(pl.String))
    for pool in pools.ordered:
        here = facts[f"take:{pool.id}"] if pool.when is not None else ~none
        everybody = everybody | (here & pool.any_team)
        nobody = nobody | (here & pool.unallocated)
        teams = pl.when(here).then(pl.concat_list(teams, pl.lit(list(pool.teams), pl.List(pl.String)))).otherwise(teams)
    return facts.select("cell", everybody=everybody, nobody=nobody, teams=teams)


def taker(pools: Sequence[Pool]) -> pl.Expr:
    """The id of the first pool that takes a line or share of its team."""
    found = [pl.when(_takes(pool)).then(pl.lit(pool.id)) for pool in pools]
    return pl.coalesce(found) if found else pl.lit(None, pl.String)


def takes_shares(pool: Pool) -> bool:
    """Whether it also takes what others give; only specials give to nobody."""
    return bool(pool.teams or pool.unallocated)


def _takes(pool: Pool) -> pl.Expr:
    condition = pl.col("day").is_between(pool.valid_from, pool.valid_to, closed="left")
    owners = [pl.col("team").is_in(pool.teams)] if pool.teams else []
    if pool.unallocated:
        owners.append(pl.col("team").is_null())
    if owners:
        condition &= pl.any_horizontal(owners).fill_null(False)
    if pool.when is not None:
        condition &= pl.col(f"take:{pool.id}").fill_null(False)
    return condition


def free(pool: Pool, pools: Pools) -> pl.Expr:
    """Lines that weigh: those that no pool takes; for a special, those that no special takes."""
    if not pool.special:
        return pl.col("taker").is_null()
    names = [other.id for other in pools.ordered if other.special]
    return pl.col("taker").is_null() | ~pl.col("taker").is_in(names)
