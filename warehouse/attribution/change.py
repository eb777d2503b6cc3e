"""What a change of the rules can touch: found by asking the changed rules alone, not by deciding everything again.

A rule that is the same in both versions, among the same neighbours that match, decides the same. So only dims that a
changed rule holds for, in the old or the new version, can have another owner.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from difflib import SequenceMatcher

import polars as pl

from warehouse.attribution.facts import read_facts
from warehouse.attribution.index import Index, constant
from warehouse.attribution.match import CODE
from warehouse.attribution.model import Dimension, Rule, Rules, TagKey, checks
from warehouse.attribution.pools.model import Pool, Pools


@dataclass(frozen=True, slots=True)
class Estate:
    """What rules read: `dims` and `tag_sets` as `attribute` takes them, and tags of accounts."""

    dims: pl.DataFrame
    tag_sets: pl.DataFrame
    accounts: pl.DataFrame | None = None

    def only(self, dims: pl.Series) -> Estate:
        kept = self.dims.filter(pl.col("dim").is_in(dims.implode()))
        sets = self.tag_sets.join(kept.select("tag_set").unique(), on="tag_set", how="semi")
        return Estate(kept, sets, self.accounts)


@dataclass(frozen=True, slots=True)
class Change:
    """Rules that are in one version only, moved ones included. `everything`: what they touch is not known."""

    gone: tuple[tuple[str, Rule], ...]
    """(dimension, rule)."""
    come: tuple[tuple[str, Rule], ...]
    everything: bool

    @property
    def columns(self) -> frozenset[str]:
        return frozenset(column for _, rule in (*self.gone, *self.come) for column in rule.columns)


def changes(old: Rules, new: Rules) -> Change:
    gone: list[tuple[str, Rule]] = []
    come: list[tuple[str, Rule]] = []
    before = {dimension.name: dimension for dimension in old.dimensions}
    for dimension in new.dimensions:
        was = before.get(dimension.name) or Dimension(dimension.name)
        left, right = [*map(_plain, was.rules)], [*map(_plain, dimension.rules)]
        for start, end, since, until in _apart(left, right):
            gone += [(dimension.name, rule) for rule in was.rules[start:end]]
            come += [(dimension.name, rule) for rule in dimension.rules[since:until]]
    defaults = [{one.name: one.default for one in rules.dimensions} for rules in (old, new)]
    everything = (old.teams, old.tag_keys) != (new.teams, new.tag_keys) or defaults[0] != defaults[1]
    named = {*old.names, *new.names}
    everything = everything or any(rule.columns & named for _, rule in (*gone, *come))
    return Change(tuple(gone), tuple(come), everything)


def _plain(rule: Rule) -> Rule:
    """A rule without what decides nothing."""
    return replace(rule, line=0, note=None)


def pools_apart(old: Pools, new: Pools) -> tuple[Pool, ...]:
    """Pools that are in one version only, or in another place of the text: it decides who takes a line."""
    left, right = (
        [replace(pool, line=0, note=None, name=None) for pool in pools.by_document()] for pools in (old, new)
    )
    return tuple(pool for start, end, since, until in _apart(left, right)
                 for pool in (*left[start:end], *right[since:until]))  # fmt: skip


def _apart(left: Sequence[Hashable], right: Sequence[Hashable]) -> Iterator[tuple[int, int, int, int]]:
    """Where two sequences differ: from and to in the one, from and to in the other."""
    for kind, *places in SequenceMatcher(None, left, right, autojunk=False).get_opcodes():
        if kind != "equal":
            start, end, since, until = places
            yield start, end, since, until


def matches(estate: Estate, rules: Sequence[Rule], tag_keys: Iterable[TagKey]) -> list[pl.Series]:
    """For each rule the dims that its condition holds for on any day, and that it has something to read from."""
    asked = Rules(tag_keys=tuple(tag_keys), dimensions=(Dimension("asked", tuple(rules)),))
    facts = read_facts(estate.dims, estate.tag_sets, asked, estate.accounts)
    columns = list(asked.columns)
    codes, placed = pl.DataFrame(height=1), constant(0, facts.rows.height, CODE)
    if columns:
        rows = facts.rows.select(columns)
        codes = rows.unique(maintain_order=True)
        placed = rows.join(codes.with_row_index("row"), on=columns, how="left", maintain_order="left")["row"]
    index = Index(codes, facts.values, {check for rule in rules for check in checks(rule.when)})
    every = constant(True, codes.height, pl.Boolean)
    found = []
    for rule in rules:
        holds = index.where(rule.when, every)
        if rule.sources:
            holds = holds.filter(codes.select(pl.max_horizontal(rule.sources)).to_series()[holds] > 0)
        truth = constant(False, codes.height, pl.Boolean).scatter(holds, True)
        found.append(estate.dims["dim"][facts.rows["place"].filter(truth[placed])].unique())
    return found


def touched(estate: Estate, change: Change, rules: Rules) -> pl.Series:
    """The dims that `change` may give other answers; `rules` are those of either version."""
    if change.everything:
        return estate.dims["dim"]
    asked = [rule for _, rule in (*change.gone, *change.come)]
    if not asked:
        return estate.dims["dim"].clear()
    return pl.concat(matches(estate, asked, rules.tag_keys)).unique()
