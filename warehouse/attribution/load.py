"""Both documents in, checked rules out, or every fault at once.

The documents are checked together: a rule may only answer with a team that exists.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from warehouse.attribution.conditions import Columns, Reader
from warehouse.attribution.document import Faults, Mark, Node, RulesError, read_document
from warehouse.attribution.fold import folded_all, squash
from warehouse.attribution.grammar import ORG, RULES, RULES_MAX
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import (
    ALWAYS,
    DAY_MAX,
    DAY_MIN,
    DIMENSIONS,
    FOLDS,
    Dimension,
    Rule,
    Rules,
    TagKey,
    Team,
)

EMPTY = Node("mapping", Mark(1, 1))


def load_rules(org_text: str, rules_text: str, *, org_file: str = "org.yaml", rules_file: str = "rules.yaml") -> Rules:
    """The rules of both texts; an empty text is an empty document. Raises RulesError with the faults of both."""
    org_faults, rules_faults = Faults(org_file), Faults(rules_file)
    org_node = read_document(org_text, org_faults)
    # Where that text cannot be read, its own fault is the one to mend: no team is called unknown for it.
    readable = not org_faults.found
    org = ORG.read(org_node or EMPTY, org_faults)
    document = RULES.read(read_document(rules_text, rules_faults) or EMPTY, rules_faults)
    teams = _teams(org, org_faults) if org and readable else None
    rules = _rules(document, teams, rules_faults) if document else Rules()
    faults = org_faults.listed() + rules_faults.listed()
    if faults:
        raise RulesError(faults)
    return rules


def _window(record: Record, faults: Faults) -> dict[str, Any]:
    start, end = record.get("valid_from", DAY_MIN), record.get("valid_to", DAY_MAX)
    if start >= end:
        faults.add(
            record.at("valid_to"),
            f"a window from {start} to {end}",
            "valid_to after valid_from; it is the first day out",
        )
    return {"valid_from": start, "valid_to": end}


def _teams(org: Record, faults: Faults) -> tuple[Team, ...]:
    records: tuple[Record, ...] = tuple(record for record in org.get("teams", ()) if record.get("key"))
    teams = tuple(
        Team(
            key=record.get("key"),
            name=record.get("name") or record.get("key"),
            parent=record.get("parent"),
            cost_centre=record.get("cost_centre"),
            aliases=tuple(spot.value for spot in record.get("aliases", ())),
            **_window(record, faults),
        )
        for record in records
    )
    _check_windows(teams, records, faults)
    _check_names(teams, records, faults)
    _check_parents(teams, records, faults)
    return teams


def _check_windows(teams: Iterable[Team], records: Iterable[Record], faults: Faults) -> None:
    stretches: dict[str, list[tuple[Team, Mark]]] = defaultdict(list)
    for team, record in zip(teams, records, strict=True):
        for other, mark in stretches[team.key]:
            if team.valid_from < other.valid_to and other.valid_from < team.valid_to:
                problem = f'team "{team.key}" a second time for the same days'
                faults.add(record.at("key"), problem, f"days apart from line {mark.line}")
                break
        stretches[team.key].append((team, record.at("key")))


def _check_names(teams: Iterable[Team], records: Iterable[Record], faults: Faults) -> None:
    """A key or alias must lead to one team, also when case, blanks, `_` and `-` are left out of account."""
    spots = [
        (team.key, spot)
        for team, record in zip(teams, records, strict=True)
        for spot in (record.fields["key"], *record.get("aliases", ()))
    ]
    owners: dict[str, tuple[str, Mark]] = {}
    for (key, spot), word in zip(spots, squash(spot.value for _, spot in spots), strict=True):
        known, mark = owners.setdefault(word, (key, spot.mark))
        if not word:
            faults.add(spot.mark, f'"{spot.value[:60]}" names nothing', "a letter or digit in it")
        elif known != key:
            problem = f'"{spot.value[:60]}" would mean the teams "{known}" and "{key}"'
            faults.add(spot.mark, problem, f"names that differ in more than case, blanks, _ and - (line {mark.line})")


def _check_parents(teams: tuple[Team, ...], records: Iterable[Record], faults: Faults) -> None:
    keys = {team.key for team in teams}
    parents: dict[str, set[str]] = defaultdict(set)
    for team, record in zip(teams, records, strict=True):
        if team.parent is None:
            continue
        if team.parent not in keys:
            faults.unknown(record.at("parent"), "team", team.parent, keys)
            continue
        parents[team.key].add(team.parent)
        if _above(team.parent, parents, team.key):
            faults.add(record.at("parent"), f'"{team.key}" above itself', "a parent that is not below it")
            parents[team.key].discard(team.parent)


def _above(start: str, parents: dict[str, set[str]], wanted: str) -> bool:
    """Whether `wanted` is `start` or above it, on any day: a tree that turns over has to take new keys."""
    seen, waiting = set(), [start]
    while waiting:
        key = waiting.pop()
        if key == wanted:
            return True
        if key not in seen:
            seen.add(key)
            waiting.extend(parents.get(key, ()))
    return False


def _rules(document: Record, teams: tuple[Team, ...] | None, faults: Faults) -> Rules:
    tag_keys = _tag_keys(document.get("tag_keys", ()), faults)
    reader = Reader(Columns(tag_keys), faults)
    dimensions = document.get("dimensions") or Record(document.mark, {})
    ids: dict[str, Mark] = {}
    read = tuple(_dimension(name, dimensions.get(name), reader, teams, ids) for name in DIMENSIONS)
    if sum(len(dimension.rules) for dimension in read) > RULES_MAX:
        faults.add(document.mark, f"more than {RULES_MAX} rules", "fewer, with lists in equals, prefix or contains")
    return Rules(teams or (), tag_keys, read)


def _tag_keys(pairs: Iterable[tuple[Spot, Record]], faults: Faults) -> tuple[TagKey, ...]:
    keys, spots = [], []
    for name, record in pairs:
        aliases = record.get("aliases", ())
        spots += [(name.value, spot) for spot in (name, *aliases)]
        key = TagKey(
            key=name.value,
            aliases=tuple(spot.value for spot in aliases),
            fold=tuple(step for step in FOLDS if step in [spot.value for spot in record.get("fold", _all_folds())]),
            values=tuple(
                (use.value, tuple(spot.value for spot in spellings)) for use, spellings in record.get("values", ())
            ),
        )
        _check_values(key, record, faults)
        keys.append(key)
    owners: dict[str, tuple[str, Mark]] = {}
    for (key_name, spot), word in zip(spots, squash(spot.value for _, spot in spots), strict=True):
        known, mark = owners.setdefault(word, (key_name, spot.mark))
        if known != key_name:
            problem = f'"{spot.value[:60]}" is read as "{known}" already (line {mark.line})'
            faults.add(spot.mark, problem, "each raw key once; case, blanks, _ and - do not tell keys apart")
    return tuple(keys)


def _all_folds() -> tuple[Spot, ...]:
    return tuple(Spot(step, Mark(1, 1)) for step in FOLDS)


def _check_values(key: TagKey, record: Record, faults: Faults) -> None:
    spots = [(use, spot) for use, others in record.get("values", ()) for spot in (use, *others)]
    owners: dict[str, str] = {}
    for (use, spot), word in zip(spots, folded_all((spot.value for _, spot in spots), key.fold), strict=True):
        if owners.setdefault(word, use.value) != use.value:
            problem = f'"{spot.value[:60]}" would be "{owners[word][:60]}" and "{use.value[:60]}"'
            faults.add(spot.mark, problem, "each spelling under one value")


def _dimension(
    name: str, record: Record | None, reader: Reader, teams: tuple[Team, ...] | None, ids: dict[str, Mark]
) -> Dimension:
    if record is None:
        return Dimension(name)
    default = record.get("default")
    rules = tuple(_rule(entry, reader) for entry in record.get("rules", ()))
    if name == "team":
        _check_teams(record, teams, reader.faults)
    for entry in record.get("rules", ()):
        if name != "team" and entry.get("unknown"):
            reader.faults.add(entry.at("unknown"), '"unknown" here', "it in team only: other values are free")
        rule_id = entry.get("id")
        if rule_id in ids:
            problem = f'the rule id "{rule_id}" a second time'
            reader.faults.add(entry.at("id"), problem, f"an id of its own (line {ids[rule_id].line} has it)")
        elif rule_id is not None:
            ids[rule_id] = entry.at("id")
    return Dimension(name, rules, default)


def _check_teams(dimension: Record, teams: tuple[Team, ...] | None, faults: Faults) -> None:
    """Answers must be teams; those that are read from the bill are looked up line by line instead."""
    if teams is None:
        return
    stretches: dict[str, list[Team]] = defaultdict(list)
    for team in teams:
        stretches[team.key].append(team)
    default = dimension.get("default")
    if default is not None and default not in stretches:
        faults.unknown(dimension.at("default"), "team", default, stretches)
    for rule in dimension.get("rules", ()):
        value, start, end = rule.get("value"), rule.get("valid_from", DAY_MIN), rule.get("valid_to", DAY_MAX)
        if value is None:
            continue
        if value not in stretches:
            faults.unknown(rule.at("value"), "team", value, stretches)
        elif not any(team.valid_from < end and start < team.valid_to for team in stretches[value]):
            faults.add(
                rule.at("value"), f'team "{value}" on no day of the rule', "a team that exists on one of its days"
            )


def _rule(record: Record, reader: Reader) -> Rule:
    source, when = record.get("from"), record.get("when")
    if source is not None:
        reader.check_column(source, record.at("from"))
    condition = ALWAYS if when is None else reader.read(when)
    return Rule(
        id=record.get("id", "?"),
        when=ALWAYS if condition is None else condition,
        value=record.get("value"),
        source=source,
        stops=record.get("unknown") == "unallocated",
        note=record.get("note"),
        line=record.mark.line,
        **_window(record, reader.faults),
    )
