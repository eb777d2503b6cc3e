"""What the rules say of a path: the rule in its own words, the version that decided, and rules that nearly answered."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import islice
from typing import Any, Final

from api.documents.answers import NearRule
from outlay.ruling import RulesInForce
from warehouse.attribution import Charge, Rule, explain_each, inherited_tags
from warehouse.attribution.explain import said
from warehouse.attribution.model import DAY_MAX, DAY_MIN
from warehouse.metrics.owner_paths import Path
from warehouse.store import Store

NEAR_PATHS: Final = 12
"""Paths whose near misses are told: the largest."""
NEAR_MAX: Final = 10
Window = tuple[date, date]


@dataclass(frozen=True, slots=True)
class Decider:
    """The rules that decided a path, and the charge days on which they do."""

    rules: RulesInForce
    days: Window

    @property
    def always(self) -> bool:
        return self.days == (DAY_MIN, DAY_MAX)


def decider(stored: RulesInForce, day: date) -> Decider:
    """Of charges of a day under a stored version, which leaves days before its own to those before it."""
    rules, end = stored, DAY_MAX
    while rules.before is not None and day < rules.rules.effective_from:
        end = rules.rules.effective_from
        rules = rules.before
    return Decider(rules, (rules.rules.effective_from if rules.before else DAY_MIN, end))


@dataclass(slots=True)
class Words:
    """Of paths by one dimension, under the rules of every version."""

    in_force: RulesInForce
    dimension: str
    _rules: dict[int, dict[str, Rule]] = field(default_factory=dict)

    def decider(self, path: Path) -> Decider:
        return decider(self.in_force.version(path.version), path.valid_from)

    def rule(self, path: Path, by: RulesInForce) -> Rule | None:
        known = self._rules.get(by.rules_version)
        if known is None:
            here = next((one for one in by.rules.dimensions if one.name == self.dimension), None)
            known = self._rules[by.rules_version] = {rule.id: rule for rule in (here.rules if here else ())}
        return known.get(path.rule or "")

    def near(self, paths: Sequence[Path], start: date, store: Store) -> dict[int, list[NearRule]]:
        """Place of a path -> rules that nearly answered its dearest combinations, of the largest paths."""
        largest = sorted(range(len(paths)), key=lambda place: -abs(paths[place].amount))[:NEAR_PATHS]
        rows = _dims({dim for place in largest for dim in paths[place].largest}, store)
        by_rules: dict[int, list[tuple[int, Charge]]] = {}
        deciders: dict[int, RulesInForce] = {}
        for place in largest:
            path = paths[place]
            by = self.decider(path).rules
            deciders[by.rules_version] = by
            day = max(path.valid_from, min(start, path.valid_to - timedelta(days=1)))
            charges = (_charge(rows[dim], day, by) for dim in path.largest if dim in rows)
            by_rules.setdefault(by.rules_version, []).extend((place, charge) for charge in charges)
        found: dict[int, list[NearRule]] = {}
        for version, asked in by_rules.items():
            told = explain_each([charge for _, charge in asked], deciders[version].rules, self.dimension)
            for (place, _), explanation in zip(asked, told, strict=True):
                (answer,) = explanation.answers
                found.setdefault(place, []).extend(
                    NearRule(rule=one.rule, line=one.line, failed=one.failed, found=one.found, note=one.note)
                    for one in answer.near
                )
        return {place: list(islice(_distinct(near), NEAR_MAX)) for place, near in found.items()}


def rule_text(rule: Rule | None) -> str | None:
    return said(rule) if rule else None


def _distinct(near: Iterable[NearRule]) -> Iterator[NearRule]:
    seen = set()
    for one in near:
        key = (one.rule, one.failed)
        if key not in seen:
            seen.add(key)
            yield one


def _charge(row: Mapping[str, Any], day: date, by: RulesInForce) -> Charge:
    tags = {one["key"]: one["value"] for one in row["raw"] or []}
    return Charge(row, tags, day, inherited_tags(by.accounts(), row, by.rules, day))


def _dims(dims: Iterable[int], store: Store) -> dict[int, dict[str, Any]]:
    with store.read() as snapshot:
        found = snapshot.frame(_DIMS, {"dims": sorted(dims)})
    return {row["dim"]: row for row in found.iter_rows(named=True)}


_DIMS: Final = """select d.*, map_entries(s.raw) as raw
from dims d left join tag_sets s on s.tag_set = d.tag_set where list_contains($dims::integer[], d.dim)"""
