"""The documents in, checked rules out, or every fault at once.

They are checked together: a rule may only answer with a team that exists, and only look up in a table that is there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from graphlib import CycleError, TopologicalSorter

from warehouse.attribution.catalogue import CATALOGUE_FILE, Catalogue, all_teams, load_catalogue, with_catalogue
from warehouse.attribution.conditions import Columns, Reader
from warehouse.attribution.document import Fault, Faults, Mark, Node, RulesError, read_document
from warehouse.attribution.fold import folded_all, squash
from warehouse.attribution.grammar import ASSERTED, ORG, OVERRIDDEN, RESERVED, RULES, RULES_MAX
from warehouse.attribution.kinds import Record, Spot
from warehouse.attribution.model import (
    ALWAYS,
    DAY_MAX,
    DAY_MIN,
    DIMENSIONS,
    FOLDS,
    LAYERS,
    NOBODY,
    READABLE,
    Alias,
    Assertion,
    Check,
    Dimension,
    Rule,
    Rules,
    TagKey,
    Team,
)
from warehouse.attribution.org import read_teams, window
from warehouse.attribution.tables import Tables

EMPTY = Node("mapping", Mark(1, 1))


def load_rules(
    org_text: str,
    rules_text: str,
    files: Mapping[str, str] | None = None,
    *,
    org_file: str = "org.yaml",
    rules_file: str = "rules.yaml",
) -> Rules:
    """The rules of both texts; an empty text is an empty document. Raises RulesError with the faults of all.

    `files`: name -> text of the tables that the rules look up in.
    """
    org_faults, rules_faults = Faults(org_file), Faults(rules_file)
    org_node = read_document(org_text, org_faults)
    # Where that text cannot be read, its own fault is the one to mend: no team is called unknown for it.
    readable = not org_faults.found
    org = ORG.read(org_node or EMPTY, org_faults)
    document = RULES.read(read_document(rules_text, rules_faults) or EMPTY, rules_faults)
    teams = read_teams(org, org_faults) if org and readable else None
    tag_keys = _tag_keys(document.get("tag_keys", ()), rules_faults) if document else ()
    catalogue, catalogue_faults = _catalogue((files or {}).get(CATALOGUE_FILE, ""), teams, tag_keys)
    teams = None if teams is None or catalogue_faults else all_teams(teams, catalogue.teams)
    tables = Tables(files or {}, teams)
    rules = _rules(document, (teams, tag_keys), tables, rules_faults) if document else Rules(teams or ())
    faults = org_faults.listed() + rules_faults.listed() + catalogue_faults + tables.faults()
    if faults:
        raise RulesError(faults)
    return with_catalogue(rules, catalogue)


def _catalogue(
    text: str, teams: tuple[Team, ...] | None, tag_keys: tuple[TagKey, ...]
) -> tuple[Catalogue, list[Fault]]:
    try:
        return load_catalogue(text, [team.key for team in teams or ()], tag_keys), []
    except RulesError as error:
        return Catalogue(), list(error.faults)


def _rules(
    document: Record, known: tuple[tuple[Team, ...] | None, tuple[TagKey, ...]], tables: Tables, faults: Faults
) -> Rules:
    teams, tag_keys = known
    written: dict[str, tuple[Spot, Record]] = {
        name.value: (name, record) for name, record in document.get("dimensions", ()) if record is not None
    }
    names = (*DIMENSIONS, *(name for name in written if name not in DIMENSIONS))
    for name in names[len(DIMENSIONS) :]:
        if name in READABLE or name in RESERVED:
            faults.add(written[name][0].mark, f'a dimension called "{name}"', "a name that means nothing else yet")
    reading = _Reading(Reader(Columns(tag_keys, names), faults), teams, tables)
    read = tuple(reading.dimension(name, written[name][1]) if name in written else Dimension(name) for name in names)
    if sum(len(dimension.rules) for dimension in read) > RULES_MAX:
        faults.add(document.mark, f"more than {RULES_MAX} rules", "fewer, with lists in equals, prefix or contains")
    _check_order(read, {name: record for name, (_, record) in written.items()}, faults)
    asserted = tuple(_assertion(record, names, faults) for record in document.get("assertions", ()))
    return Rules(teams or (), tag_keys, read, asserted, document.get("effective_from", DAY_MIN))


def _check_order(dimensions: Iterable[Dimension], records: Mapping[str, Record], faults: Faults) -> None:
    by_name = {dimension.name: dimension for dimension in dimensions}
    reads = {name: [column for column in by_name[name].columns if column in by_name] for name in by_name}
    try:
        TopologicalSorter(reads).prepare()
    except CycleError as error:
        path = list(reversed(error.args[1]))
        line = next(rule.line for rule in by_name[path[0]].rules if path[1] in rule.columns)
        place = Mark(line, 1) if line else records[path[0]].mark
        told = " reads ".join(f'"{name}"' for name in path)
        faults.add(place, f"dimensions in a circle: {told}", "dimensions that build on each other one way")


def _assertion(record: Record, names: tuple[str, ...], faults: Faults) -> Assertion:
    dimension = record.get("dimension", "team")
    if dimension not in names:
        faults.unknown(record.at("dimension"), "dimension", dimension, names)
    measure = next((name for name in ASSERTED if name in record.fields), "")
    if (measure == "change_percent_below") != (record.get("value") is not None) and measure:
        faults.add(record.mark, f"{measure} {'without' if measure.startswith('change') else 'with'} a value",
                   "change_percent_below with the value it is about, the others without")  # fmt: skip
    return Assertion(
        measure=measure,
        limit=record.get(measure),
        dimension=dimension,
        value=record.get("value"),
        currency=record.get("currency"),
        line=record.mark.line,
    )


def _tag_keys(pairs: Iterable[tuple[Spot, Record]], faults: Faults) -> tuple[TagKey, ...]:
    keys, spots = [], []
    for name, record in pairs:
        aliases = [_alias(written, faults) for written in record.get("aliases", ())]
        spots += [(name.value, name), *((name.value, spot) for spot, _ in aliases)]
        key = TagKey(
            key=name.value,
            aliases=tuple(alias for _, alias in aliases),
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


def _alias(written: Spot | Record, faults: Faults) -> tuple[Spot, Alias]:
    if isinstance(written, Spot):
        return written, Alias(written.value)
    key = written.get("key") or ""
    return Spot(key, written.at("key")), Alias(key, **window(written, faults))


def _all_folds() -> tuple[Spot, ...]:
    return tuple(Spot(step, Mark(1, 1)) for step in FOLDS)


def _check_values(key: TagKey, record: Record, faults: Faults) -> None:
    spots = [(use, spot) for use, others in record.get("values", ()) for spot in (use, *others)]
    owners: dict[str, str] = {}
    for (use, spot), word in zip(spots, folded_all((spot.value for _, spot in spots), key.fold), strict=True):
        if owners.setdefault(word, use.value) != use.value:
            problem = f'"{spot.value[:60]}" would be "{owners[word][:60]}" and "{use.value[:60]}"'
            faults.add(spot.mark, problem, "each spelling under one value")


@dataclass(slots=True)
class _Reading:
    """The rules of one document, dimension by dimension."""

    reader: Reader
    teams: tuple[Team, ...] | None
    tables: Tables
    ids: dict[str, Mark] = field(default_factory=dict)

    def dimension(self, name: str, record: Record) -> Dimension:
        overrides, written = record.get("overrides", ()), record.get("rules", ())
        if name == "team":
            self._check_teams(record)
        for entry in (*overrides, *written):
            if name != "team" and entry.get("unknown"):
                self.reader.faults.add(entry.at("unknown"), '"unknown" here', "it in team only: other values are free")
            self._check_id(entry)
        rules = [self._rule(name, entry) for entry in written]
        wanted = tuple(spot.value for spot in record.get("precedence", ()))
        if wanted:
            order = [*wanted, *(layer for layer in LAYERS if layer not in wanted)]
            rules.sort(key=lambda rule: order.index(rule.layer()))
        return Dimension(
            name, (*(self._override(name, one) for one in overrides), *rules), record.get("default"), wanted
        )

    def _check_id(self, entry: Record) -> None:
        rule_id = entry.get("id")
        if rule_id in self.ids:
            problem = f'the rule id "{rule_id}" a second time'
            expected = f"an id of its own (line {self.ids[rule_id].line} has it)"
            self.reader.faults.add(entry.at("id"), problem, expected)
        elif rule_id is not None:
            self.ids[rule_id] = entry.at("id")

    def _check_teams(self, dimension: Record) -> None:
        """Answers must be teams; those that are read from the bill are looked up line by line instead."""
        if self.teams is None:
            return
        faults = self.reader.faults
        stretches: dict[str, list[Team]] = defaultdict(list)
        for team in self.teams:
            stretches[team.key].append(team)
        default = dimension.get("default")
        if default is not None and default not in stretches:
            faults.unknown(dimension.at("default"), "team", default, stretches)
        for rule in (*dimension.get("overrides", ()), *dimension.get("rules", ())):
            value, start, end = rule.get("value"), rule.get("valid_from", DAY_MIN), rule.get("valid_to", DAY_MAX)
            if value is None or value == NOBODY:
                continue
            if value not in stretches:
                faults.unknown(rule.at("value"), "team", value, stretches)
            elif not any(team.valid_from < end and start < team.valid_to for team in stretches[value]):
                expected = "a team that exists on one of its days"
                faults.add(rule.at("value"), f'team "{value}" on no day of the rule', expected)

    def _rule(self, dimension: str, record: Record) -> Rule:
        when, lookup = record.get("when"), record.get("lookup")
        condition = ALWAYS if when is None else self.reader.read(when)
        sources = self._sources(record)
        found = None
        if lookup:
            sources = self._sources(lookup) or self._key_column(lookup)
            found = self.tables.lookup(lookup, sources, self.reader, teams=dimension == "team")
        return Rule(
            id=record.get("id", "?"),
            when=ALWAYS if condition is None else condition,
            value=record.get("value"),
            sources=sources,
            lookup=found,
            stops=record.get("unknown") == "unallocated" or (dimension, record.get("value")) == ("team", NOBODY),
            note=record.get("note"),
            line=record.mark.line,
            stated=record.get("layer"),
            **window(record, self.reader.faults),
        )

    def _sources(self, record: Record) -> tuple[str, ...]:
        spots: tuple[Spot, ...] = record.get("from", ())
        for spot in spots:
            self.reader.check_column(spot.value, spot.mark)
        return tuple(dict.fromkeys(spot.value for spot in spots))

    def _key_column(self, lookup: Record) -> tuple[str, ...]:
        key = lookup.get("key")
        if key is None or "from" in lookup.fields:
            return ()
        self.reader.check_column(key, lookup.at("key"))
        return (key,)

    def _override(self, dimension: str, record: Record) -> Rule:
        column = next((name for name in OVERRIDDEN if name in record.fields), "resource")
        operands = tuple(dict.fromkeys(spot.value for spot in record.get(column, ())))
        return Rule(
            id=record.get("id", "?"),
            when=Check(column, "equals", operands),
            value=record.get("value"),
            stops=(dimension, record.get("value")) == ("team", NOBODY),
            note=record.get("note"),
            line=record.mark.line,
            stated="override",
            **window(record, self.reader.faults),
        )
