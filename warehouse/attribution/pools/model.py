"""What `pools.yaml` says, checked: shared cost, how it is split, and adjustments of prices.

Absent: positions in the text beyond a pool's line, and anything computed from cost data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Final, Literal

from warehouse.attribution.model import DAY_MAX, DAY_MIN, Condition, TagKey, Team

Method = Literal["even", "fixed", "proportional", "series"]
Grain = Literal["period", "month", "day"]
Idle = Literal["keep", "spread", "team"]

METHODS: Final = ("even", "fixed", "proportional", "series")
GRAINS: Final = ("period", "month", "day")
FALLBACKS: Final = ("unpartitioned", "period", "even", "keep")
COSTS: Final = ("billed_cost", "effective_cost", "list_cost", "contracted_cost")
OWNED: Final = ("application", "environment")
"""What rules decided beside the team, which a pool may read as well."""
ITEMS: Final = ("commitment_status", "charge_class", "charge_frequency", "pricing_category", "sku")
"""Facts of a line that rules cannot read, but pools can."""
ROLLED_UP: Final = ("provider", "service", "charge_category")
"""What the daily rollup has beside the team: pools that read nothing else need no line."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Percent of what is split: no target gets more than `cap`, none less than `minimum`."""

    cap: Decimal | None = None
    minimum: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Metric:
    """A series as a basis: the label that names the team, and what nobody used."""

    series: str
    label: str = "team"
    capacity: str | None = None
    """The series of the whole; what is above the sum of the teams is idle."""
    idle_labels: tuple[str, ...] = ()
    idle: Idle = "keep"
    idle_team: str | None = None


@dataclass(frozen=True, slots=True)
class Basis:
    """What weighs: a measure of lines in charge categories (all when empty), a bucket of time and a partition."""

    measure: str = "effective_cost"
    charge_categories: tuple[str, ...] = ("Usage",)
    when: Condition | None = None
    grain: Grain = "period"
    partition: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Pool:
    """Shared cost and who gets it. What it takes are lines that are nobody's pool before it, in the document's order,
    and, from `teams`, the shares that these received.
    """

    id: str
    method: Method
    teams: tuple[str, ...] = ()
    unallocated: bool = False
    """Takes cost without a team; beside `teams`, as well."""
    when: Condition | None = None
    to: tuple[str, ...] = ()
    """Empty: every team that weighs and is no pool's own, less `without`, and `include`."""
    include: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    percents: tuple[tuple[str, Decimal], ...] = ()
    remainder: str | None = None
    basis: Basis = Basis()
    metric: Metric | None = None
    limits: Limits = Limits()
    limits_of: tuple[tuple[str, Limits], ...] = ()
    fallback: tuple[str, ...] = ()
    """Asked in order where nothing weighs; what is left stays with whoever has it."""
    name: str | None = None
    note: str | None = None
    rest: str | None = None
    """The pool that takes what nothing weighs for, in place of fallbacks."""
    special: bool = False
    """Comes before all pools, and what pools take weighs for it."""
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX
    line: int = 0

    @property
    def any_team(self) -> bool:
        return not self.teams and not self.unallocated

    def named(self) -> tuple[str, ...]:
        """The teams it may give to by name."""
        given = [*self.to, *self.include, *(team for team, _ in self.percents)]
        given += [team for team in (self.remainder, self.metric and self.metric.idle_team) if team]
        return tuple(dict.fromkeys(given))


@dataclass(frozen=True, slots=True)
class Adjustment:
    """A percentage on top of cost measures, or prices in their place (never of billed cost), against a team that has
    the opposite. Exactly one of `percent`, `percents` and `rates` is set."""

    id: str
    against: str
    percent: Decimal | None = None
    rates: tuple[tuple[str, Decimal], ...] = ()
    """Value of `by` -> price of one unit of its pricing quantity."""
    percents: tuple[tuple[str, Decimal], ...] = ()
    """Value of `by` -> percentage."""
    by: str = "sku"
    measures: tuple[str, ...] = ("effective_cost",)
    when: Condition | None = None
    note: str | None = None
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX
    line: int = 0


@dataclass(frozen=True, slots=True)
class Pools:
    """The whole document; `ordered` in the order in which cost flows, specials first."""

    ordered: tuple[Pool, ...] = ()
    document: tuple[str, ...] = ()
    """Ids in the order of the text, which decides who takes a line that several would."""
    adjustments: tuple[Adjustment, ...] = ()
    teams: tuple[Team, ...] = ()
    tag_keys: tuple[TagKey, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.ordered or self.adjustments)

    @property
    def shared_teams(self) -> frozenset[str]:
        """Teams whose cost some pool takes: an open pool gives them nothing."""
        return frozenset(team for pool in self.ordered for team in pool.teams)

    def by_document(self) -> Iterator[Pool]:
        """Specials, then pools as they are written."""
        by_id: Mapping[str, Pool] = {pool.id: pool for pool in self.ordered}
        return (by_id[name] for name in self.document)

    @property
    def parts(self) -> tuple[str, ...]:
        """Columns whose values tell partitions, or rates, apart."""
        rated = {one.by for one in self.adjustments if one.rates or one.percents}
        return tuple(sorted(rated | {column for pool in self.ordered for column in pool.basis.partition}))

    @property
    def narrow(self) -> tuple[tuple[str, ...], frozenset[str]]:
        """The partition of the pool that hands on what nothing weighs for, and those of its columns that nobody else
        reads: many values, of which the few that its lines have are enough."""
        own = next((pool.basis.partition for pool in self.ordered if pool.rest), ())
        others = {column for pool in self.ordered if not pool.rest for column in pool.basis.partition}
        return own, frozenset(own) - others - {one.by for one in self.adjustments}

    @property
    def rated(self) -> bool:
        """Whether quantities are read."""
        return any(one.rates for one in self.adjustments)

    @property
    def series(self) -> tuple[str, ...]:
        """Names of every series that is read, sorted."""
        metrics = [pool.metric for pool in self.ordered if pool.metric]
        return tuple(sorted({name for one in metrics for name in (one.series, one.capacity) if name}))
