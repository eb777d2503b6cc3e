"""From a catalogue to the rules of its layer.

Two things name an entity: a condition of its own, and a column or tag that holds its name. Both give the application.
The team is the owner of that entity on the day of the charge, the system the one it is part of. The rules are made when
the documents are read, never stored: what the catalogue says tomorrow needs no change of a rule.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from warehouse.attribution.catalogue.document import Catalogue, Entity
from warehouse.attribution.model import LAYERS, Called, Dimension, Lookup, Rule, Rules, Team

LAYER: Final = "catalogue"
SYSTEM: Final = "system"
Window = tuple[date, date]


def with_catalogue(rules: Rules, catalogue: Catalogue) -> Rules:
    """The rules with the layer `catalogue`, asked where the precedence of a dimension has it, else behind the others.

    The teams of the rules are those of `all_teams`.
    """
    if not catalogue.entities:
        return rules
    answers: dict[str, Callable[[Entity], str | None]] = {
        "application": lambda entity: entity.name if entity.kind == "component" else None,
        "team": lambda entity: entity.owner,
        SYSTEM: lambda entity: entity.name if entity.kind == "system" else entity.system,
    }
    if SYSTEM not in rules.names and not any(map(answers[SYSTEM], catalogue.entities)):
        del answers[SYSTEM]
    decided = () if "team" in _read_by(rules, "application") else ("application",)
    sources = {"application": (), "team": decided, SYSTEM: decided if SYSTEM not in rules.names else ()}
    made = {name: tuple(_rules(name, answer, catalogue, sources[name])) for name, answer in answers.items()}
    known = {dimension.name: dimension for dimension in rules.dimensions}
    dimensions = [*rules.dimensions, *(Dimension(name) for name in made if name not in known)]
    return replace(
        rules,
        dimensions=tuple(_placed(dimension, made.get(dimension.name, ())) for dimension in dimensions),
        called=tuple(_called(catalogue.entities)),
    )


def _called(entities: Iterable[Entity]) -> Iterator[Called]:
    """The titles of applications and systems."""
    for one in entities:
        dimension = {"component": "application", "system": SYSTEM}.get(one.kind)
        if dimension:
            yield Called(dimension, one.name, one.title or one.name, one.valid_from, one.valid_to)


def all_teams(teams: tuple[Team, ...], others: Iterable[Team]) -> tuple[Team, ...]:
    """Those that `org.yaml` has as they are there, and the others of a catalogue."""
    there = {team.key for team in teams}
    return (*teams, *(team for team in others if team.key not in there))


def _placed(dimension: Dimension, made: tuple[Rule, ...]) -> Dimension:
    if not dimension.precedence:
        return replace(dimension, rules=(*dimension.rules, *made))
    order = ["override", *dimension.precedence, *(one for one in LAYERS if one not in dimension.precedence)]
    place = sum(order.index(rule.layer()) <= order.index(LAYER) for rule in dimension.rules)
    return replace(dimension, rules=(*dimension.rules[:place], *made, *dimension.rules[place:]))


def _read_by(rules: Rules, name: str) -> set[str]:
    """The dimensions that one builds on, at any depth."""
    columns = {dimension.name: dimension.columns for dimension in rules.dimensions}
    found, waiting = set(), [name]
    while waiting:
        new = [column for column in columns[waiting.pop()] if column in columns and column not in found]
        found.update(new)
        waiting += new
    return found


def _rules(
    dimension: str, answer: Callable[[Entity], str | None], catalogue: Catalogue, decided: tuple[str, ...]
) -> Iterator[Rule]:
    """Conditions first, for somebody wrote them; then names, a table for each stretch of days.

    `decided` is the application where its rules do not read this dimension: one that a rule found has an owner too.
    """
    named: dict[Window, list[Entity]] = defaultdict(list)
    for entity in sorted(catalogue.entities, key=lambda entity: (entity.ref, entity.valid_from)):
        window = entity.valid_from, entity.valid_to
        named[window].append(entity)
        value = answer(entity)
        if value is not None and entity.when is not None:
            yield Rule(_id(dimension, entity.ref), entity.when, value, stated=LAYER, valid_from=window[0],
                       valid_to=window[1])  # fmt: skip
    for window, entities in sorted(named.items()):
        if pairs := tuple(sorted(_pairs(entities, answer))):
            days = "" if len(named) == 1 else f" {window[0]}..{window[1]}"
            for what, sources in (("application", decided), ("names", catalogue.names)):
                if sources:
                    yield Rule(_id(dimension, what + days), sources=sources, lookup=Lookup(LAYER, pairs), stated=LAYER,
                               valid_from=window[0], valid_to=window[1])  # fmt: skip


def _pairs(entities: Iterable[Entity], answer: Callable[[Entity], str | None]) -> Iterator[tuple[str, str]]:
    """Every way to name an entity; a name that two entities answer differently is nobody's."""
    meant: dict[str, set[str | None]] = defaultdict(set)
    for entity in entities:
        short = entity.ref.partition(":")[2]
        for name in {entity.name, entity.ref, short, short.removeprefix("default/")}:
            meant[name].add(answer(entity))
    for name, values in meant.items():
        (value, *others) = values
        if value is not None and not others:
            yield name, value


def _id(dimension: str, name: str) -> str:
    """No rule of a document can be called so: its id has neither colon nor blank."""
    return f"{LAYER}:{dimension}:{name}"
