"""The records of an explanation: amounts are whole units of 1e-18."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any, Final

from warehouse.focus.money import SCALE
from warehouse.focus.period import Period
from warehouse.metrics.catalogue import Measure
from warehouse.metrics.explain.late import Cut
from warehouse.metrics.query import CostQuery

_WIDE: Final = Context(prec=100)
Key = tuple[Any, ...]


def units(amount: Decimal | None, scale: int = SCALE) -> int:
    return 0 if amount is None else int(amount.scaleb(scale, context=_WIDE))


@dataclass(frozen=True, slots=True)
class Group:
    """Values of the dimensions that the question is grouped by; `rest` stands for all beyond the largest."""

    values: tuple[str | None, ...] = ()
    labels: tuple[str | None, ...] = ()
    rest: bool = False

    @property
    def key(self) -> Key:
        return (self.rest, *self.values)


@dataclass(frozen=True, slots=True)
class Mover:
    """One cause of one resource, or of a group of lines without one, in one group of the question."""

    provider: str | None
    service: str | None
    sub_account: str | None
    resource: str | None
    labels: Mapping[str, str | None]
    """Names of the sub account and the resource."""
    folded: bool
    """The resources of the service that moved less than those told one by one."""
    group: Group
    cause: str
    amount: int
    first_day: date | None
    last_day: date | None


@dataclass(frozen=True, slots=True)
class GroupParts:
    group: Group
    before: int
    now: int
    causes: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class CurrencyParts:
    """Amounts in units of 1e-18. `before` and `now` are the answers to the question; the causes add up to their
    difference but for `residual`, which is 0."""

    currency: str
    before: int
    now: int
    causes: Mapping[str, int]
    groups: tuple[GroupParts, ...]
    movers: tuple[Mover, ...]

    @property
    def change(self) -> int:
        return self.now - self.before

    @property
    def residual(self) -> int:
        return self.change - sum(self.causes.values())


@dataclass(frozen=True, slots=True)
class Explained:
    query: CostQuery
    measure: Measure
    period: Period
    compare: Period
    known_before: bool
    """False: nothing of the period compared with is loaded, so there is no difference to explain."""
    currencies: tuple[CurrencyParts, ...]
    """The largest change first."""
    complete_to: date
    data_to: Mapping[str, date]
    late: tuple[Cut, ...]
    generations: str
    rules_version: int
    warnings: tuple[str, ...]
