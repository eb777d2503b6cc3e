"""An explanation as everyone gets it: amounts as plain decimal text, steps of the waterfall already added up."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Context, Decimal
from typing import Any, Final

from warehouse.focus.money import SCALE, plain
from warehouse.focus.period import Period
from warehouse.metrics.catalogue import CATALOGUE
from warehouse.metrics.explain.causes import CAUSES, LABELS
from warehouse.metrics.explain.parts import CurrencyParts, Explained, Group, GroupParts, Mover
from warehouse.metrics.explain.story import label_of, name_of, story
from warehouse.metrics.explain.wanted import USUAL, Wanted
from warehouse.metrics.percent import percent
from warehouse.metrics.tables import named

STEPS_MAX: Final = 9
"""Movers of the waterfall beside its start, its end and what is left."""
_WIDE: Final = Context(prec=100)


def amount_of(units: int) -> Decimal:
    return Decimal(units).scaleb(-SCALE, context=_WIDE)


def text_of(units: int) -> str:
    return plain(amount_of(units))


def share_of(part: int, whole: int) -> str | None:
    """Percent of the change, one digit; negative where the part goes against it."""
    found = percent(amount_of(part if whole >= 0 else -part), amount_of(whole))
    return None if found is None else str(found)


def document(found: Explained, wanted: Wanted = USUAL) -> dict[str, Any]:
    floor = wanted.floor_units
    return {
        "query": str(found.query),
        "period": _range(found.period),
        "compare": _range(found.compare),
        "basis": found.query.basis,
        "measure": {"name": found.measure.name, "label": found.measure.label},
        "floor": wanted.floor,
        "known_before": found.known_before,
        "causes": [{"name": item.name, "label": item.label, "doc": item.doc} for item in CAUSES],
        "dimensions": [
            {"name": name, "label": named(CATALOGUE, name).label} for name in found.query.by
        ],
        "currencies": [_Currency(found, parts, floor).document(wanted.movers) for parts in _shown(found)],
        "late": [{"source": cut.source, "label": cut.label, "before": cut.days[0].isoformat(),
                  "now": cut.days[1].isoformat()} for cut in found.late],
        "complete_to": found.complete_to.isoformat(),
        "data_to": {source: day.isoformat() for source, day in found.data_to.items()},
        "generations": found.generations,
        "rules_version": found.rules_version,
        "warnings": list(found.warnings),
    }  # fmt: skip


def _shown(found: Explained) -> Iterable[CurrencyParts]:
    return found.currencies if found.known_before else ()


@dataclass(frozen=True, slots=True)
class _Currency:
    found: Explained
    parts: CurrencyParts
    floor: int

    def document(self, most: int) -> dict[str, Any]:
        parts = self.parts
        loud = [mover for mover in parts.movers if abs(mover.amount) >= self.floor]
        told, quiet = loud[:most], parts.movers[len(loud[:most]) :]
        return {
            "currency": parts.currency,
            **_sides(parts.before, parts.now),
            "residual": text_of(parts.residual),
            "causes": list(self._causes(parts.causes)),
            "groups": [self._group(group) for group in parts.groups],
            "movers": [self._mover(mover) for mover in told],
            "movers_count": len(loud),
            "rest": {"count": len(quiet), "amount": text_of(sum(mover.amount for mover in quiet))},
            "quiet": not loud and all(abs(amount) < self.floor for amount in parts.causes.values()),
            "steps": self._steps(self._by_cause()),
            "group_steps": self._steps(self._by_group()) if parts.groups else [],
            "text": story(self.found, parts, self.floor),
        }

    def _causes(self, causes: Mapping[str, int]) -> Iterator[dict[str, Any]]:
        """The largest first."""
        for name, amount in sorted(causes.items(), key=lambda item: -abs(item[1])):
            share = share_of(amount, self.parts.change)
            yield {"cause": name, "label": LABELS[name], "amount": text_of(amount), "share": share}

    def _group(self, group: GroupParts) -> dict[str, Any]:
        change = group.now - group.before
        return {
            **_group_facts(group.group),
            **_sides(group.before, group.now),
            "share": share_of(change, self.parts.change),
            "causes": list(self._causes(group.causes)),
        }

    def _mover(self, mover: Mover) -> dict[str, Any]:
        return {
            "name": name_of(mover),
            "provider": mover.provider,
            "service": mover.service,
            "sub_account": mover.sub_account,
            "sub_account_label": mover.labels["sub_account"],
            "resource": mover.resource,
            "folded": mover.folded,
            **_group_facts(mover.group),
            "cause": mover.cause,
            "label": LABELS[mover.cause],
            "amount": text_of(mover.amount),
            "share": share_of(mover.amount, self.parts.change),
            "first_day": mover.first_day.isoformat() if mover.first_day else None,
            "last_day": mover.last_day.isoformat() if mover.last_day else None,
        }

    def _by_cause(self) -> list[tuple[str, str, int]]:
        return [(name, LABELS[name], amount) for name, amount in self.parts.causes.items()]

    def _by_group(self) -> list[tuple[str, str, int]]:
        return [
            (str(place), label_of(group.group, self.found.query.by), group.now - group.before)
            for place, group in enumerate(self.parts.groups)
            if group.now != group.before
        ]

    def _steps(self, parts: list[tuple[str, str, int]]) -> list[dict[str, str]]:
        """Start, the largest parts each from where the one before ended, what is left, end."""
        ranked = sorted(parts, key=lambda part: -abs(part[2]))
        steps = [_step("start", "start", "Before", 0, self.parts.before)]
        at = self.parts.before
        for key, label, amount in ranked[:STEPS_MAX]:
            steps.append(_step("part", key, label, at, at + amount))
            at += amount
        left = ranked[STEPS_MAX:]
        if left:
            rest = sum(amount for _, _, amount in left)
            steps.append(_step("other", "(other)", f"Other ({len(left)})", at, at + rest))
        return [*steps, _step("end", "end", "Now", 0, self.parts.now)]


def _step(kind: str, key: str, label: str, start: int, end: int) -> dict[str, str]:
    amount = text_of(end - start)
    return {"kind": kind, "key": key, "label": label, "amount": amount, "from": text_of(start), "to": text_of(end)}


def _sides(before: int, now: int) -> dict[str, str | None]:
    change = percent(amount_of(now - before), amount_of(before))
    return {
        "before": text_of(before),
        "now": text_of(now),
        "change": text_of(now - before),
        "change_percent": None if change is None else str(change),
    }


def _group_facts(group: Group) -> dict[str, Any]:
    return {"values": list(group.values), "labels": list(group.labels), "rest": group.rest}


def _range(period: Period) -> dict[str, str]:
    return {"start": period.start.isoformat(), "end": period.end.isoformat()}
