"""The documents as they are read on one day, for every day: what was so before, or will be, plays no part."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import TypeVar

from warehouse.attribution.model import DAY_MAX, DAY_MIN, Alias, Dimension, Rule, Rules, Team
from warehouse.attribution.pools import Pools
from warehouse.attribution.pools.model import Adjustment, Pool

Dated = TypeVar("Dated", Team, Alias, Rule, Pool, Adjustment)


def rules_as_of(rules: Rules, day: date) -> Rules:
    return replace(
        rules,
        teams=_holding(rules.teams, day),
        tag_keys=tuple(replace(key, aliases=_holding(key.aliases, day)) for key in rules.tag_keys),
        dimensions=tuple(_dimension(one, day) for one in rules.dimensions),
        effective_from=DAY_MIN,
    )


def pools_as_of(pools: Pools, day: date) -> Pools:
    ordered = _holding(pools.ordered, day)
    known = {pool.id for pool in ordered}
    return replace(
        pools,
        ordered=ordered,
        document=tuple(name for name in pools.document if name in known),
        adjustments=_holding(pools.adjustments, day),
        teams=_holding(pools.teams, day),
        tag_keys=tuple(replace(key, aliases=_holding(key.aliases, day)) for key in pools.tag_keys),
    )


def _dimension(one: Dimension, day: date) -> Dimension:
    return replace(one, rules=_holding(one.rules, day))


def _holding(several: tuple[Dated, ...], day: date) -> tuple[Dated, ...]:
    """Those whose window has the day, without a window."""
    return tuple(
        replace(one, valid_from=DAY_MIN, valid_to=DAY_MAX) for one in several if one.valid_from <= day < one.valid_to
    )
