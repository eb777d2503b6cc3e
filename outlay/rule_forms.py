"""Rules for forms: what a text says, the text with one rule changed, and what each rule in force does."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl
import yaml

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay import documents
from outlay.movement import estate_of
from outlay.rulebook import Rulebook
from outlay.ruling import RulesInForce
from warehouse.attribution import DIMENSIONS, READABLE, RulesError, matches
from warehouse.attribution.document import Faults, read_document
from warehouse.attribution.edit import items, moved, removed, replaced, with_item
from warehouse.attribution.grammar import CHECKS, OVERRIDDEN
from warehouse.attribution.standing import Standing, standings
from warehouse.focus import plain
from warehouse.metrics import Access, CostQuery, Filter, Match, answer
from warehouse.metrics.catalogue import RULE_PREFIX
from warehouse.store import Snapshot, Store

READER: Final = "rules"
LISTS: Final = ("overrides", "rules")
DEPTH_MAX: Final = 20
"""Of a condition that a form sends; the reader of the text has limits of its own."""
WHYS: Final = """
    select why, count(*) as lines from lines join owners using (period, dim)
    where day >= $start and day < $end and valid_from <= day and valid_to > day group by why
"""


class RuleForms:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._clock = store, rulebook, clock

    def read(self, text: str) -> doc.RulesRead:
        """Of any text that is YAML: whether its rules are right the check says. Raises its faults for what is none."""
        document = _checked(text)
        named = [name for name in _mapping(document.get("dimensions")) if isinstance(name, str)]
        names = list(dict.fromkeys([*DIMENSIONS, *named]))
        found = [
            doc.RuleWritten(
                dimension=name, list=kind, place=place, item=one.item, line=one.line, entries=one.entries
            )
            for name in names
            for kind in LISTS
            for place, one in enumerate(items(text, ("dimensions", name, kind)))
        ]  # fmt: skip
        columns = [*READABLE, *names]
        return doc.RulesRead(
            rules=found, dimensions=names, columns=columns, comparisons=list(CHECKS), overridden=list(OVERRIDDEN)
        )

    def edit(self, order: doc.RulesEdit) -> doc.RulesEdited:
        """Raises the faults of a text that is no YAML, "invalid" where the place is none."""
        _checked(order.rules)
        if _deep(order.item) > DEPTH_MAX:
            raise ProblemError("caller", "invalid", "The condition is nested too deep.", Help("item"))
        path = ("dimensions", order.dimension, order.list)
        count = len(items(order.rules, path))
        places = {"add": (), "put": (order.place,), "remove": (order.place,), "move": (order.place, order.to)}
        if any(not 0 <= place < count for place in places[order.act]):
            raise ProblemError("caller", "invalid", "There is no rule at this place.", Help("place"))
        try:
            return doc.RulesEdited(rules=_edited(order, path))
        except (AttributeError, TypeError) as error:
            raise ProblemError("caller", "invalid", "The text is no document of rules.", Help("rules")) from error

    def effects(self) -> doc.RulesEffects:
        """Of each rule in force, in the newest month with cost."""
        in_force = self._rulebook.in_force()
        with self._store.read() as snapshot:
            newest = snapshot.frame("select max(day) as day from lines")["day"][0]
            if newest is None:
                return doc.RulesEffects(month=None, rules=[])
            start = newest.replace(day=1)
            end = (start + timedelta(days=32)).replace(day=1)
            whys = snapshot.frame(WHYS, {"start": start, "end": end})
            found = _standings(snapshot, in_force, (start, end - timedelta(days=1)))
        lines: Counter[tuple[str, str]] = Counter()
        for why, count in whys.iter_rows():
            for dimension, told in json.loads(why or "{}").items():
                if told.get("rule") is not None and told.get("layer") != "unallocated":
                    lines[dimension, told["rule"]] += count
        costs = {name: self._costs(start, name) for name in {one.dimension for one in found}}
        return doc.RulesEffects(
            month=f"{start:%Y-%m}",
            rules=[
                doc.RuleEffect(
                    dimension=one.dimension, rule=one.rule, line=one.line, state=one.state, others=list(one.others),
                    lines=lines[one.dimension, one.rule],
                    cost=costs[one.dimension].get(one.rule, []),
                )
                for one in found
            ],
        )  # fmt: skip

    def _costs(self, start: date, dimension: str) -> dict[str, list[doc.EffectiveCost]]:
        """By the rule that decided; one that read what is no team decided nothing."""
        by = f"{RULE_PREFIX}{dimension}"
        decided = (Filter("layer", (Match("is", "unallocated"),), exclude=True),) if dimension == "team" else ()
        query = CostQuery(by=(by,), where=decided, period=f"{start:%Y-%m}")
        rows = answer(query, Access(READER), self._store, self._clock()).rows
        found: dict[str, list[doc.EffectiveCost]] = {}
        for row in rows.drop_nulls(by).iter_rows(named=True):
            cost = doc.EffectiveCost(currency=row["currency"], effective_cost=plain(row["effective_cost"]))
            found.setdefault(row[by], []).append(cost)
        return found


def _edited(order: doc.RulesEdit, path: tuple[str, ...]) -> str:
    if order.act == "add":
        return with_item(order.rules, path, order.item)
    if order.act == "put":
        return replaced(order.rules, path, order.place, order.item)
    if order.act == "move":
        return moved(order.rules, path, order.place, order.to)
    return removed(order.rules, path, order.place)


def _standings(snapshot: Snapshot, in_force: RulesInForce, days: tuple[date, date]) -> list[Standing]:
    """Rules that read other dimensions are not asked where they hold: of these the answers alone say what they do."""
    rules = in_force.rules
    names = set(rules.names)
    asked = [(one.name, rule) for one in rules.dimensions for rule in one.rules]
    estate = estate_of(snapshot, in_force.accounts())
    on_bills = [pair for pair in asked if not pair[1].columns & names]
    by_bill = iter(matches(estate, [rule for _, rule in on_bills], rules.tag_keys) if on_bills else [])
    owners = in_force.owners(estate.dims, estate.tag_sets)
    matched = [next(by_bill) if not rule.columns & names else _answering(owners, name, rule.id) for name, rule in asked]
    return standings(asked, matched, owners, days)


def _answering(owners: pl.DataFrame, dimension: str, rule: str) -> pl.Series:
    told = pl.col("why").str.json_path_match(f"$.{dimension}.rule")
    return owners.filter(told == rule)["dim"].unique()


def _checked(text: str) -> dict[str, Any]:
    """The document; anchors, tags and what is no YAML are refused as the rules' own reader refuses them."""
    faults = Faults("rules.yaml")
    read_document(text, faults)
    if faults.found:
        raise documents.RulesFaultError(documents.rule_faults(RulesError(faults.listed())))
    return _mapping(yaml.safe_load(text))


def _mapping(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}


def _deep(value: Any) -> int:
    below = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return 1 + max((_deep(one) for one in below), default=0)
