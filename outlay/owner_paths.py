"""How a total came to its owners, as a document and as rows of a file."""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from typing import Final

from api import documents as doc
from api.documents.answers import NearRule
from api.documents.explain import ChangeRest, ExplainedMeasure
from api.documents.paths import (
    CurrencyPaths,
    OwnerPath,
    PathKind,
    PathMove,
    PathRow,
    PathsDocument,
    PathStage,
)
from api.path_protocols import PathsAsked
from outlay.path_words import Decider, Words, rule_text
from outlay.rulebook import Rulebook
from warehouse.attribution.model import LAYERS
from warehouse.attribution.pools import Adjustment, Pool
from warehouse.focus import Period, plain
from warehouse.focus import total as added
from warehouse.metrics import CATALOGUE, CostQuery, Filter, Match
from warehouse.metrics.owner_paths import OwnerPaths as Found
from warehouse.metrics.owner_paths import Path, owner_paths
from warehouse.metrics.path_moves import Move, by_pool
from warehouse.metrics.percent import percent
from warehouse.metrics.period_words import written
from warehouse.store import Store
from warehouse.store.removal import Periods

MOVES_TOLD: Final = 30
"""Pairs of teams of a pool; files have them all."""
STAGES: Final = {
    **{layer: layer.capitalize() for layer in LAYERS},
    "unallocated": "Unallocated",
    "adjustment": "Adjustments",
    "pool": "Pools",
}


class OwnerPaths:
    """One per server. `query` of what is asked is read as any question; see `owner_paths`."""

    def __init__(self, store: Store, rulebook: Rulebook) -> None:
        self._store, self._rulebook = store, rulebook

    def document(self, asked: PathsAsked) -> PathsDocument:
        telling = self._telling(asked)
        found = telling.found
        return PathsDocument(
            query=str(found.query),
            period=_range(found.period),
            basis=found.query.basis,
            measure=ExplainedMeasure(name=found.measure.name, label=found.measure.label),
            dimension=_labelled(asked.dimension),
            dimensions=[_labelled(name) for name in found.dimensions],
            currencies=telling.currencies(),
            complete_to=found.complete_to,
            generations=found.generations,
            rules_version=found.rules_version,
            warnings=list(found.warnings),
        )

    def rows(self, asked: PathsAsked) -> Sequence[PathRow]:
        """Every path, and every pair of teams."""
        telling = self._telling(replace(asked, paths=sys.maxsize), sys.maxsize)
        return [row for one in telling.currencies() for row in _rows(one)]

    def _telling(self, asked: PathsAsked, moves: int = MOVES_TOLD) -> _Telling:
        found = owner_paths(asked.query, asked.dimension, asked.access, self._store, asked.now)
        return _Telling(found, Words(self._rulebook.in_force(), asked.dimension), self._store, (asked.paths, moves))


@dataclass(frozen=True, slots=True)
class _Told:
    """Near misses by the place of their path, closed billing periods with their version, and whether there are several
    versions."""

    near: Mapping[int, list[NearRule]]
    closed: Mapping[str, int]
    several: bool


@dataclass(slots=True)
class _Telling:
    """Paths that were decided alike, of however many windows of owners, as one; then in words.

    `most`: direct paths, and pairs of teams of a pool, that are told one by one.
    """

    found: Found
    words: Words
    store: Store
    most: tuple[int, int]

    def currencies(self) -> list[CurrencyPaths]:
        joined = self._joined()
        near = self.words.near([path for path, _ in joined], self.found.period.start, self.store)
        told = _Told(near, self._closed(), len({path.version for path, _ in joined}) > 1)
        shares, beside = by_pool(self.found.moves), by_pool(self.found.beside)
        found = []
        for currency, total in sorted(self.found.totals.items(), key=lambda item: (-abs(item[1]), item[0])):
            direct = [(place, *one) for place, one in enumerate(joined) if one[0].currency == currency]
            pools = [moves for (code, _), moves in shares.items() if code == currency]
            passed = [moves for (code, _), moves in beside.items() if code == currency]
            sizes = [(path.layer, path.amount) for _, path, _ in direct]
            sizes += [(_kind(moves), move.amount) for moves in pools for move in moves]
            rest = [path.amount for _, path, _ in direct[self.most[0] :]]
            found.append(
                CurrencyPaths(
                    currency=currency,
                    total=plain(total),
                    residual=plain(added([total, *(amount.copy_negate() for _, amount in sizes)])),
                    stages=list(_stages(sizes, total)),
                    paths=[
                        *(self._direct(place, path, by, total, told) for place, path, by in direct[: self.most[0]]),
                        *(self._pool(moves, total) for moves in pools),
                    ],
                    paths_count=len(direct) + len(pools),
                    rest=ChangeRest(count=len(rest), amount=plain(added(rest))),
                    beside=[self._pool(moves, total).model_copy(update={"query": None}) for moves in passed],
                )
            )
        return found

    def _joined(self) -> list[tuple[Path, Decider]]:
        """The largest first."""
        kept: dict[tuple[object, ...], tuple[Path, Decider]] = {}
        for path in self.found.paths:
            by = self.words.decider(path)
            key = (path.currency, path.value, path.layer, path.rule, path.reason, path.version, by.rules.rules_version)
            if key in kept:
                before, _ = kept[key]
                path = replace(
                    before,
                    amount=added([before.amount, path.amount]),
                    combinations=before.combinations + path.combinations,
                )
            kept[key] = (path, by)
        return sorted(kept.values(), key=lambda one: -abs(one[0].amount))

    def _direct(self, place: int, path: Path, by: Decider, total: Decimal, told: _Told) -> OwnerPath:
        rule = self.words.rule(path, by.rules)
        days = self._days(by)
        older = path.version != self.found.rules_version
        return OwnerPath(
            kind="direct",
            value=path.value,
            layer=path.layer,
            rule=path.rule,
            line=rule.line if rule else None,
            condition=rule_text(rule),
            note=rule.note if rule else None,
            reason=path.reason,
            rules_version=by.rules.rules_version,
            days=None if by.always else _range(days),
            closed=[label for label, version in told.closed.items() if older and version == path.version],
            amount=plain(path.amount),
            share=_percent(path.amount, total),
            combinations=path.combinations,
            near=told.near.get(place, []),
            query=self._query(path, days, several=told.several),
        )

    def _days(self, by: Decider) -> Period:
        """Those of the question that the decider decides."""
        period = self.found.period
        start = max(period.start, by.days[0])
        return Period(start, max(start, min(period.end, by.days[1])))

    def _query(self, path: Path, days: Period, *, several: bool) -> str | None:
        """The question whose answer the path is: what it was decided by, and the days of who decided."""
        asked, name = self.found.query, self.words.dimension
        if asked.basis == "billing" and days != self.found.period:
            return None
        told: list[tuple[str, str | None]] = [(name, path.value), (f"layer.{name}", path.layer)]
        told += [(f"rule.{name}", path.rule)]
        told += [(f"reason.{name}", path.reason)] if path.value is None or path.reason else []
        told += [(f"version.{name}", str(path.version))] if several else []
        told += [("allocation", "direct")]
        return _asked(asked, days, [Filter(word, (_match(text),)) for word, text in told])

    def _pool(self, moves: Sequence[Move], total: Decimal) -> OwnerPath:
        """All of one pool."""
        pool, versions = moves[0].pool, {move.version for move in moves}
        one = versions.pop() if len(versions) == 1 else None
        words = self._pool_words(pool, self.found.rules_version if one is None else one)
        where = [Filter("allocation", (Match("is", "shared"),)), Filter("pool", (_match(pool),))]
        amount = added(move.amount for move in moves)
        return OwnerPath(
            kind=_kind(moves),
            pool=pool,
            line=words.line if words else None,
            condition=_divided(words),
            note=words.note if words else None,
            rules_version=one,
            amount=plain(amount),
            share=_percent(amount, total),
            moves=[_move(move, total) for move in moves[: self.most[1]]],
            moves_count=len(moves),
            query=_asked(self.found.query, self.found.period, where),
        )

    def _pool_words(self, pool: str, version: int) -> Pool | Adjustment | None:
        pools = self.words.in_force.version(version).pools
        known: tuple[Pool | Adjustment, ...] = (*pools.ordered, *pools.adjustments)
        return next((one for one in known if one.id == pool), None)

    def _closed(self) -> dict[str, int]:
        """Closed billing periods of the question -> the version that decides them."""
        period, in_force = self.found.period, self.words.in_force
        labels = [
            label
            for label in Periods(self.store.state).closed()
            if f"{period.start:%Y-%m}" <= label <= f"{period.end:%Y-%m}"
        ]
        return {label: in_force.at(label).rules_version for label in labels}


def _labelled(name: str) -> ExplainedMeasure:
    dimension = CATALOGUE.dimension(name)
    return ExplainedMeasure(name=name, label=dimension.label if dimension else name)


def _asked(query: CostQuery, period: Period, filters: Iterable[Filter]) -> str:
    where = [*query.where, *(one for one in filters if one not in query.where)]
    days = written(period) if period.days else query.period
    return str(replace(query, where=tuple(where), period=days, incomplete="include"))


def _match(text: str | None) -> Match:
    return Match("none") if text is None else Match("is", text)


def _divided(pool: Pool | Adjustment | None) -> str | None:
    if pool is None:
        return None
    return f"divided {pool.method}" if isinstance(pool, Pool) else f"against {pool.against}"


def _kind(moves: Sequence[Move]) -> PathKind:
    return "pool" if moves[0].step else "adjustment"


def _move(move: Move, total: Decimal) -> PathMove:
    return PathMove(
        from_team=move.from_team,
        team=move.team,
        amount=plain(move.amount),
        share=_percent(move.amount, total),
        gives=move.gives,
        of_given=_of_given(move),
        rules_version=move.version,
    )


def _of_given(move: Move) -> str | None:
    if not move.given:
        return None
    alike = move.gives == (move.given < 0)
    return _percent(move.amount if alike else move.amount.copy_negate(), move.given)


def _stages(sizes: Sequence[tuple[str, Decimal]], total: Decimal) -> Iterator[PathStage]:
    for stage, label in STAGES.items():
        here = [amount for name, amount in sizes if name == stage]
        if here:
            amount = added(here)
            yield PathStage(
                stage=stage, label=label, amount=plain(amount), share=_percent(amount, total), parts=len(here)
            )


def _rows(found: CurrencyPaths) -> Iterator[PathRow]:
    for path in found.paths:
        same = {name: getattr(path, name) for name in PathRow.model_fields if name in OwnerPath.model_fields}
        same |= {"currency": found.currency, "nearly": [f"{one.rule}: {one.failed}" for one in path.near]}
        if path.kind == "direct":
            yield PathRow(**same)
        for move in path.moves:
            yield PathRow(**same | move.model_dump(include=set(PathRow.model_fields)))


def _percent(part: Decimal, whole: Decimal | None) -> str | None:
    found = percent(part, whole)
    return None if found is None else plain(found)


def _range(period: Period) -> doc.Range:
    empty: date | None = None
    return doc.Range(start=period.start, end=period.end) if period.end.year > 1 else doc.Range(start=empty, end=empty)
