"""Why two periods differ: a question with a comparison in, parts that add up to its change out."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Final

import polars as pl

from warehouse.metrics.answer import Asked, resolved
from warehouse.metrics.as_known import need_now
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.compile import compile  # noqa: A004
from warehouse.metrics.explain.causes import NAMES, Cell, Presence, Side, parts_of, total_of
from warehouse.metrics.explain.cells import CELLS_MAX, CellSql
from warehouse.metrics.explain.late import cuts, unbilled_side
from warehouse.metrics.explain.parts import CurrencyParts, Explained, Group, GroupParts, Key, Mover, units
from warehouse.metrics.freshness import Access, Readable, Store, carried, memo_of
from warehouse.metrics.names import filled
from warehouse.metrics.parse import valid
from warehouse.metrics.query import CostQuery, Fault, QueryError

QUANTITY_SCALE: Final = 9


def explain(query: CostQuery, access: Access, store: Store, now: datetime) -> Explained:
    """The parts of the change of the first cost measure. Raises QueryError, and what the store raises."""
    query = _asked(valid(query))
    with store.read() as reader:
        asked = resolved(query, access, reader, now, memo_of(store))
        need_now(query, asked.known, "resources are")
        totals = _totals(asked, reader)
        late = cuts(asked)
        sql, parameters = CellSql(asked, late, unbilled_side(asked)).statement()
        found = pl.DataFrame() if asked.unknown_before else _named(reader.frame(sql, parameters), asked, reader)
        warnings = (*asked.warnings, *carried(reader, asked.fresh.sources, asked.spans[0].period))
        version = (reader.generations, reader.rules_version)
    if len(found) > CELLS_MAX:
        step = "Group by less, filter more, or shorten the periods."
        raise QueryError(
            Fault(",".join(query.by), "by", 0, f"The change has more than {CELLS_MAX} parts.", step), slug="too_large"
        )
    assert asked.comparison is not None
    measure = next(item for item in CATALOGUE.measures if item.name == query.measures[0])
    return Explained(
        query=query,
        measure=measure,
        period=asked.period,
        compare=asked.comparison.period,
        known_before=not asked.unknown_before,
        currencies=_currencies(totals, _rows(found, len(query.by))),
        complete_to=asked.fresh.clock.complete,
        data_to={source.source: source.data_to for source in asked.fresh.sources if source.data_to},
        late=tuple(late),
        generations=version[0],
        rules_version=version[1],
        warnings=warnings,
    )


def _named(found: pl.DataFrame, asked: Asked, reader: Readable) -> pl.DataFrame:
    """With the names that bills do not say."""
    columns = [("sub_account", "sub_account", "sub_account_label")]
    columns += [(name, f"g{place}", f"l{place}") for place, name in enumerate(asked.query.by)]
    for name, value, label in columns:
        found = filled(found, reader.names.of(name, asked.last_day), value, label)
    return found


def _asked(query: CostQuery) -> CostQuery:
    """The words of the question that have a meaning here; a page of it, its order and its grain have none."""
    if query.compare == "none":
        step = "Add compare=previous, compare=year or compare=2026-09-01..2026-09-30."
        raise QueryError(Fault("", "compare", 0, "One period alone has no change to explain.", step, ("previous",)))
    costs = [measure.name for measure in CATALOGUE.measures if measure.unit == "currency"]
    chosen = next((name for name in query.measures if name in costs), None)
    if chosen is None:
        word = query.measures[0]
        step = f"Ask for one of {', '.join(costs)}."
        raise QueryError(Fault(word, "measures", 0, f"A change of {word} is not made of causes.", step, (costs[0],)))
    return replace(
        query,
        measures=(chosen,),
        grain="none",
        normalise="none",
        top=None,
        sort=(),
        limit=None,
        cursor=None,
    )


def _totals(asked: Asked, reader: Readable) -> dict[str, tuple[int, int]]:
    """Currency -> (before, now), as the question itself is answered."""
    whole = replace(asked.limited, by=())
    found = reader.frame(*compile(whole, asked.catalogue, asked.spans))
    name = asked.query.measures[0]
    picked = found.select("currency", f"p_{name}", f"s_{name}").iter_rows()
    return {currency: (units(before), units(now)) for currency, before, now in picked}


@dataclass(frozen=True, slots=True)
class _Row:
    """A cell of the result with what names it."""

    facts: Mapping[str, Any]
    group: Group
    cell: Cell
    parts: Mapping[str, int]


def _rows(found: pl.DataFrame, dimensions: int) -> list[_Row]:
    rows = []
    for facts in found.iter_rows(named=True):
        near = facts["near"]
        values = tuple(facts[f"g{place}"] for place in range(dimensions))
        labels = tuple(facts[f"l{place}"] for place in range(dimensions))
        group = Group(values, labels) if near or not dimensions else Group(values, labels, rest=True)
        cell = _cell(facts)
        rows.append(_Row(facts, group, cell, parts_of(cell)))
    return rows


def _cell(facts: Mapping[str, Any]) -> Cell:
    before, now = _side(facts, "", 0), _side(facts, "", 1)
    presence = Presence(
        before=facts["here0"],
        now=facts["here1"],
        currency_changed=facts["changed"],
        unbilled=facts["lasted"] and 0 in (before.total, now.total),
    )
    return Cell(
        kind="late" if facts["late"] else facts["kind"],
        before=before.total,
        now=now.total,
        whole_before=_side(facts, "whole_", 0),
        whole_now=_side(facts, "whole_", 1),
        presence=presence,
        shared=facts["shared"],
    )


def _side(facts: Mapping[str, Any], prefix: str, side: int) -> Side:
    return Side(
        cost=units(facts[f"{prefix}cost{side}"]),
        covered_cost=units(facts[f"{prefix}covered_cost{side}"]),
        quantity=units(facts[f"{prefix}quantity{side}"], QUANTITY_SCALE),
        covered_quantity=units(facts[f"{prefix}covered_quantity{side}"], QUANTITY_SCALE),
        counted=not facts[f"{prefix}uncounted{side}"],
    )


def _currencies(totals: Mapping[str, tuple[int, int]], rows: Sequence[_Row]) -> tuple[CurrencyParts, ...]:
    by_currency: dict[str, list[_Row]] = {currency: [] for currency in totals}
    for row in rows:
        by_currency.setdefault(row.facts["currency"], []).append(row)
    found = [
        CurrencyParts(
            currency=currency,
            before=totals.get(currency, (0, 0))[0],
            now=totals.get(currency, (0, 0))[1],
            causes=total_of([row.parts for row in own]),
            groups=_groups(own),
            movers=_movers(own),
        )
        for currency, own in by_currency.items()
    ]
    return tuple(sorted(found, key=lambda item: (-abs(item.change), item.currency)))


def _groups(rows: Iterable[_Row]) -> tuple[GroupParts, ...]:
    """The groups with the largest change first, the rest of them and lines without a value last."""
    by_key: dict[Key, list[_Row]] = {}
    for row in rows:
        if row.group.values:
            by_key.setdefault(row.group.key, []).append(row)
    found = [
        GroupParts(
            group=own[0].group,
            before=sum(row.cell.before for row in own),
            now=sum(row.cell.now for row in own),
            causes=total_of([row.parts for row in own]),
        )
        for own in by_key.values()
    ]
    return tuple(
        sorted(found, key=lambda item: (item.group.rest, -abs(item.now - item.before), _texts(item.group.key)))
    )


def _movers(rows: Iterable[_Row]) -> tuple[Mover, ...]:
    """Every part, the largest first; parts of one resource, group and cause are one."""
    by_key: dict[Key, list[_Row]] = {}
    for row in rows:
        facts = row.facts
        entity = (facts["single"], facts["provider"], facts["service"], facts["sub_account"], facts["resource"])
        for cause in row.parts:
            by_key.setdefault((*entity, row.group.key, cause), []).append(row)
    found = [_mover(key[-1], own) for key, own in by_key.items()]
    shown = [mover for mover in found if mover.amount]
    return tuple(sorted(shown, key=lambda item: (-abs(item.amount), _texts(_identity(item)))))


def _mover(cause: str, rows: Sequence[_Row]) -> Mover:
    facts = rows[0].facts
    return Mover(
        provider=facts["provider"],
        service=facts["service"],
        sub_account=facts["sub_account"],
        resource=facts["resource"],
        labels={name: facts[f"{name}_label"] if facts["single"] else None for name in ("sub_account", "resource")},
        folded=not facts["single"],
        group=rows[0].group,
        cause=cause,
        amount=sum(row.parts[cause] for row in rows),
        first_day=min((row.facts["first_day"] for row in rows if row.facts["first_day"]), default=None),
        last_day=max((row.facts["last_day"] for row in rows if row.facts["last_day"]), default=None),
    )


def _identity(mover: Mover) -> Key:
    entity = (mover.folded, mover.provider, mover.service, mover.sub_account, mover.resource)
    return (*entity, *mover.group.key, NAMES.index(mover.cause))


def _texts(key: Key) -> tuple[tuple[bool, str], ...]:
    return tuple((value is None, str(value)) for value in key)
