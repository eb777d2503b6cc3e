"""The formulas of docs/explain.md over plain lines, with fractions: slow, in the order of the page, no SQL."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from tests.warehouse.metrics.fake_store import OWNER, Estate, Line
from tests.warehouse.metrics.oracle import passes
from warehouse.focus import Period
from warehouse.metrics import CostQuery

Totals = dict[str, dict[str, Fraction]]
Entity = tuple[Any, ...]


@dataclass(frozen=True)
class Asked:
    query: CostQuery
    before: Period
    now: Period
    late: Callable[[Line, int], bool]  # (line, side): is its day one that a period has not got?

    @property
    def spans(self) -> tuple[Period, Period]:
        return self.before, self.now


@dataclass(frozen=True)
class Charge:
    """A line with what the formulas ask of it."""

    side: int
    entity: Entity
    group: tuple[str | None, ...]
    inside: bool
    kind: str
    product: str | None
    unit: str | None
    covered: bool
    late: bool
    cost: Fraction
    quantity: Fraction | None

    @property
    def owner(self) -> Any:
        return (self.group, self.inside)


def attributed(name: str) -> bool:
    return name in OWNER or name.startswith("tag.")


def charges(estate: Estate, asked: Asked) -> list[Charge]:
    outer = [item for item in asked.query.where if attributed(item.dimension)]
    inner = [item for item in asked.query.where if not attributed(item.dimension)]
    measure = asked.query.measures[0]
    found = []
    for side, span in enumerate(asked.spans):
        for line in estate.lines:
            if line.day not in span or not all(passes(estate, line, item) for item in inner):
                continue

            def value(name: str, line: Line = line) -> str | None:
                return estate.value(line, name)

            quantity = line.amounts.get("pricing_quantity")
            found.append(
                Charge(
                    side=side,
                    entity=(line.currency, *map(value, ("provider", "sub_account", "service", "resource"))),
                    group=tuple(map(value, asked.query.by)),
                    inside=all(passes(estate, line, item) for item in outer),
                    kind=kind_of(value),
                    product=value("sku") or value("meter") or value("usage_type") or value("cost_driver"),
                    unit=value("pricing_unit"),
                    covered=value("commitment_status") == "Used" or value("pricing_category") == "Committed",
                    late=asked.late(line, side),
                    cost=Fraction(line.amounts.get(measure) or 0),
                    quantity=None if quantity is None else Fraction(quantity),
                )
            )
    return found


def kind_of(value: Callable[[str], str | None]) -> str:
    category = value("charge_category")
    if category in ("Tax", "Credit"):
        return category.lower()
    if category == "Adjustment" or value("charge_class") == "Correction":
        return "refund"
    idle = value("commitment_status") == "Unused"
    return "commitment" if idle or (category == "Purchase" and value("commitment") is not None) else "usage"


def explained(estate: Estate, asked: Asked) -> Totals:
    """Currency -> cause -> part, exactly, of what the filters let through."""
    by_entity: dict[Entity, list[Charge]] = defaultdict(list)
    for charge in charges(estate, asked):
        by_entity[charge.entity].append(charge)
    apart = dict(_entities(by_entity, asked.query))
    totals: Totals = defaultdict(lambda: defaultdict(Fraction))
    for entity, own in apart.items():
        if any(charge.inside for charge in own):
            for cause, part in entity_parts(entity, own, apart, asked.query):
                totals[entity[0]][cause] += part
    return {currency: {cause: part for cause, part in parts.items() if part} for currency, parts in totals.items()}


def _entities(by_entity: Mapping[Entity, Sequence[Charge]], query: CostQuery) -> Iterable[tuple[Entity, list[Charge]]]:
    """What several groups share, or has no resource, is each group's own."""
    split = any(map(attributed, (*query.by, *(item.dimension for item in query.where))))
    for entity, own in by_entity.items():
        owners = [{charge.owner for charge in own if charge.side == side and counts(charge)} for side in (0, 1)]
        if not split or (entity[-1] is not None and 1 in map(len, owners)):
            yield (*entity, None), list(own)
        else:
            for owner in {charge.owner for charge in own}:
                yield (*entity, owner), [charge for charge in own if charge.owner == owner]


def counts(charge: Charge) -> bool:
    return not charge.late and (charge.cost != 0 or bool(charge.quantity))


def present(charges: Iterable[Charge], side: int) -> bool:
    return any(charge.side == side and counts(charge) for charge in charges)


def entity_parts(
    entity: Entity, own: Sequence[Charge], every: Mapping[Entity, Sequence[Charge]], query: CostQuery
) -> Iterable[tuple[str, Fraction]]:
    products = {(c.kind, c.product, c.unit, c.late, fixed(c, query)) for c in own}
    for kind, product, unit, late, place in products:
        whole = [c for c in own if (c.kind, c.product, c.unit, c.late, fixed(c, query)) ==
                 (kind, product, unit, late, place)]  # fmt: skip
        for group in {c.group for c in whole if c.inside}:
            part = [c for c in whole if c.inside and c.group == group]
            change = cost(part, 1) - cost(part, 0)
            if late:
                yield "late", change
            elif kind != "usage":
                yield kind, change
            elif not (present(own, 0) and present(own, 1)):
                yield absent(entity, own, every), change
            else:
                yield from compared(part, whole)


def fixed(charge: Charge, query: CostQuery) -> tuple[str | None, ...]:
    """Groups that a resource cannot leave are part of what makes a cell."""
    return tuple(value for value, name in zip(charge.group, query.by, strict=True) if not attributed(name))


def absent(entity: Entity, own: Sequence[Charge], every: Mapping[Entity, Sequence[Charge]]) -> str:
    elsewhere = [others for key, others in every.items() if key[1:] == entity[1:]]
    left = any(present(others, 0) and not present(others, 1) for others in elsewhere)
    came = any(present(others, 1) and not present(others, 0) for others in elsewhere)
    if left and came and (present(own, 0) or present(own, 1)):
        return "currency"
    return "new" if present(own, 1) else "ended"


def cost(charges: Iterable[Charge], side: int) -> Fraction:
    return sum((c.cost for c in charges if c.side == side), Fraction(0))


def compared(part: Sequence[Charge], whole: Sequence[Charge]) -> Iterable[tuple[str, Fraction]]:
    mine, all_of = [cost(part, side) for side in (0, 1)], [cost(whole, side) for side in (0, 1)]
    if mine == all_of:
        had, has = Fraction(1), Fraction(1)
    elif all(all_of) and all(0 <= share <= 1 for side in (0, 1) for share in shares(whole, side)):
        had, has = mine[0] / all_of[0], mine[1] / all_of[1]
    else:
        yield "mix", mine[1] - mine[0]
        return
    for cause, effect in effects(whole).items():
        yield cause, had * effect
    yield "attribution", (has - had) * all_of[1]


def shares(whole: Sequence[Charge], side: int) -> Iterable[Fraction]:
    for owner in {c.owner for c in whole}:
        yield cost([c for c in whole if c.owner == owner], side) / cost(whole, side)


def effects(whole: Sequence[Charge]) -> dict[str, Fraction]:
    prices, quantities = [], []
    for side in (0, 1):
        own = [c for c in whole if c.side == side]
        if any(c.quantity is None and c.cost for c in own):
            return {"mix": cost(whole, 1) - cost(whole, 0)}
        sums = {flag: (sum((c.cost for c in own if c.covered == flag), Fraction(0)),
                       sum((c.quantity or Fraction(0) for c in own if c.covered == flag), Fraction(0)))
                for flag in (False, True)}  # fmt: skip
        if any(q < 0 or (q == 0 and c) for c, q in sums.values()) or not any(q for _, q in sums.values()):
            return {"mix": cost(whole, 1) - cost(whole, 0)}
        prices.append({flag: c / q if q else None for flag, (c, q) in sums.items()})
        quantities.append({flag: q for flag, (_, q) in sums.items()})
    total = [sum(quantities[side].values()) for side in (0, 1)]
    share = [quantities[side][True] / total[side] for side in (0, 1)]
    old = {flag: next((p for p in (prices[0][flag], prices[1][flag]) if p is not None), Fraction(0))
           for flag in (False, True)}  # fmt: skip
    new = {flag: prices[1][flag] or Fraction(0) for flag in (False, True)}
    return {
        "usage": (total[1] - total[0]) * cost(whole, 0) / total[0],
        "commitment": total[1] * (share[1] - share[0]) * (old[True] - old[False]),
        "rate": total[1] * ((1 - share[1]) * (new[False] - old[False]) + share[1] * (new[True] - old[True])),
    }


def never(_line: Line, _side: int) -> bool:
    return False


def after(days: Mapping[str, tuple[date, date]]) -> Callable[[Line, int], bool]:
    """Late from these days (before, now) of a source on."""
    return lambda line, side: line.source in days and line.day >= days[line.source][side]
