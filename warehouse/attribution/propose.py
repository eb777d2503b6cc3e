"""Starter rules from the data alone, for the first import: no YAML by hand from a bill to a table by team.

Only drafts: publishing is the pipeline's. What the draft achieves is not estimated; the drafted rules are loaded and
run over the dims, and the result is counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

import polars as pl

from warehouse.attribution.attribute import attribute
from warehouse.attribution.draft import DraftKey, DraftRule, org_text, rules_text, tag_source
from warehouse.attribution.evidence import (
    APPLICATION_WORDS,
    ENVIRONMENT_WORDS,
    SPELLINGS,
    TEAM_WORDS,
    KeyRank,
    Spend,
    best_named,
    rank_keys,
    richest,
    spend,
)
from warehouse.attribution.fold import folded_all, squash
from warehouse.attribution.load import load_rules
from warehouse.attribution.model import DAY_MAX, FOLDS, Rules

_DIGIT: Final = Decimal("0.1")
WORTHWHILE: Final = Decimal("0.05")
"""Share of the money below which a key or a name column is not worth a rule."""
NAMES_MAX: Final = 1_000
"""Teams from one name column, those with the most money; the others show up as unknown teams."""
EXTRA_KEYS: Final = 2
"""Tag keys for teams beside the best one, when their word speaks for teams (3 or more in TEAM_WORDS)."""
ALIASES_MAX: Final = 200
"""As many as the loader takes for one key."""
NAME_COLUMNS: Final[Mapping[str, str]] = {
    "sub_account_name": "account names",
    "resource_group": "resource groups",
    "sub_account": "account ids",
    "billing_account_name": "billing account names",
}
"""Tried for what tags leave over, the first wins where several cover the same."""


@dataclass(frozen=True, slots=True)
class Source:
    """One drafted rule for teams, and the share of the money it claims."""

    rule: str
    column: str
    label: str
    shares: Mapping[str, Decimal]


@dataclass(frozen=True, slots=True)
class Effect:
    """Effective cost of one currency, signs kept."""

    currency: str
    total: Decimal
    unallocated_before: Decimal
    unallocated_after: Decimal


@dataclass(frozen=True, slots=True)
class Proposal:
    org_text: str
    rules_text: str
    sentence: str
    ranking: tuple[KeyRank, ...]
    """All tag keys, the best name for a team first: also those the draft does not use."""
    sources: tuple[Source, ...]
    teams_before: int
    teams_after: int
    effects: tuple[Effect, ...]


def propose(
    dims: pl.DataFrame, tag_sets: pl.DataFrame, costs: pl.DataFrame, *, current: Rules | None = None
) -> Proposal:
    """`dims` and `tag_sets` as `attribute` takes them; `costs`: dim, currency, effective_cost (decimals).

    `current` are the rules in force, for "before"; a window counts when it has no end.
    """
    money = spend(dims, costs)
    ranks = rank_keys(tag_sets, money)
    chosen = _team_keys(ranks, tag_sets, money)
    others = _other_keys(ranks, chosen)
    columns, names = _names(dims, tag_sets, money, chosen)
    rules = [*_tag_rules("team", chosen), *_column_rules(columns), *_other_rules(others)]
    used = {rank.key: rank for rank in (*chosen, *others.values())}
    org = org_text(names)
    book = rules_text([_draft_key(rank, tag_sets) for rank in used.values()], rules)
    drafted = load_rules(org, book)
    before, after = _owned(dims, tag_sets, money, current or Rules()), _owned(dims, tag_sets, money, drafted)
    labels = {rule.id: (rule.source, _label(rule.source)) for rule in rules if rule.dimension == "team"}
    sources = tuple(
        Source(rule, column, label, money.shares(after.filter(pl.col("rule") == rule)))
        for rule, (column, label) in labels.items()
    )
    return Proposal(
        org_text=org,
        rules_text=book,
        sentence=_sentence(sources, money.shares(after.filter(pl.col("team").is_null()))),
        ranking=tuple(ranks),
        sources=sources,
        teams_before=before["team"].drop_nulls().n_unique(),
        teams_after=after["team"].drop_nulls().n_unique(),
        effects=_effects(money, before, after),
    )


def _team_keys(ranks: list[KeyRank], tag_sets: pl.DataFrame, money: Spend) -> list[KeyRank]:
    """The best key, then keys of owners that cover a worthwhile part of what is still bare."""
    chosen = [rank for rank in ranks[:1] if rank.score > 0 and rank.share >= WORTHWHILE]
    if not chosen:
        return []
    for rank in ranks[1:]:
        speaks = Decimal(TEAM_WORDS.get(rank.word, "0")) >= 3 and rank.score > 0
        if not speaks or rank.share < WORTHWHILE or len(chosen) > EXTRA_KEYS:
            continue
        bare = _bare(money, tag_sets, chosen)
        more = bare.join(_sets_with(tag_sets, [rank]), on="tag_set", how="semi")
        if money.average(money.shares(more)) >= WORTHWHILE:
            chosen.append(rank)
    return chosen


def _sets_with(tag_sets: pl.DataFrame, ranks: Iterable[KeyRank]) -> pl.DataFrame:
    raw = [key for rank in ranks for key in rank.raw]
    valued = pl.col("key").is_in(raw) & (pl.col("value").str.strip_chars() != "")
    return tag_sets.filter(valued).select("tag_set").unique()


def _bare(money: Spend, tag_sets: pl.DataFrame, chosen: Iterable[KeyRank]) -> pl.DataFrame:
    """The money rows that none of the chosen keys covers."""
    return money.rows.join(_sets_with(tag_sets, chosen), on="tag_set", how="anti")


def _other_keys(ranks: list[KeyRank], chosen: list[KeyRank]) -> dict[str, KeyRank]:
    free = [rank for rank in ranks if rank.share >= WORTHWHILE and rank not in chosen]
    found = {
        "application": best_named(free, APPLICATION_WORDS, 1_000),
        "environment": best_named(free, ENVIRONMENT_WORDS, 50),
    }
    return {dimension: rank for dimension, rank in found.items() if rank is not None}


def _names(
    dims: pl.DataFrame, tag_sets: pl.DataFrame, money: Spend, chosen: list[KeyRank]
) -> tuple[list[str], list[str]]:
    """The columns that name what tags leave over, and all names of teams: from tags, then from those columns."""
    by_set = money.rows.group_by("tag_set").agg(pl.col("gross").sum())
    names: list[str] = []
    for rank in chosen:
        names += richest(tag_sets.filter(pl.col("key").is_in(list(rank.raw))).join(by_set, on="tag_set"))
    bare = _bare(money, tag_sets, chosen).join(dims.select("dim", *NAME_COLUMNS), on="dim")
    columns: list[str] = []
    while column := _best_column(bare, money, columns):
        columns.append(column)
        names += richest(bare.select(pl.col(column).alias("value"), "gross"))[:NAMES_MAX]
        bare = bare.filter((pl.col(column).str.strip_chars() == "").fill_null(True))
    return columns, names


def _best_column(bare: pl.DataFrame, money: Spend, used: list[str]) -> str | None:
    best, best_worth = None, Decimal(0)
    for column in NAME_COLUMNS:
        named = bare.filter(pl.col(column).str.strip_chars() != "")
        share = money.average(money.shares(named))
        # One name for everything covers the money and says nothing.
        worth = share * (Decimal("0.3") if named[column].n_unique() == 1 else 1)
        if column not in used and worth > best_worth and (share >= WORTHWHILE or not used):
            best, best_worth = column, worth
    return best


def _tag_rules(dimension: str, ranks: Iterable[KeyRank]) -> list[DraftRule]:
    return [
        DraftRule(
            dimension,
            f"{dimension}-by-tag" + (f"-{place}" if place > 1 else ""),
            tag_source(rank.key),
            f"drafted from the data: {rank.values} values",
        )
        for place, rank in enumerate(ranks, start=1)
    ]


def _other_rules(others: Mapping[str, KeyRank]) -> list[DraftRule]:
    return [rule for dimension, rank in others.items() for rule in _tag_rules(dimension, [rank])]


def _column_rules(columns: Iterable[str]) -> list[DraftRule]:
    note = "drafted from the data: for what tags leave over"
    return [DraftRule("team", "team-by-" + column.replace("_", "-"), column, note) for column in columns]


def _draft_key(rank: KeyRank, tag_sets: pl.DataFrame) -> DraftKey:
    aliases = tuple(raw for raw, word in zip(rank.raw, squash(rank.raw), strict=True) if word != rank.word)
    if rank.word not in ENVIRONMENT_WORDS:
        return DraftKey(rank.key, aliases[:ALIASES_MAX])
    found = tag_sets.filter(pl.col("key").is_in(list(rank.raw)))["value"].unique().to_list()
    present = set(folded_all(found, FOLDS))
    groups = [[word for word in group if word in present] for group in SPELLINGS]
    return DraftKey(rank.key, aliases[:ALIASES_MAX], {group[0]: group[1:] for group in groups if len(group) > 1})


def _owned(dims: pl.DataFrame, tag_sets: pl.DataFrame, money: Spend, rules: Rules) -> pl.DataFrame:
    """The money rows with team and the rule that answered, in the last window."""
    owners = attribute(dims, tag_sets, rules).filter(pl.col("valid_to") == DAY_MAX)
    rule = pl.col("why").str.json_path_match("$.team.rule")
    named = owners.select("dim", "team", rule=pl.when(pl.col("team").is_not_null()).then(rule))
    return money.rows.join(named, on="dim", how="left")


def _effects(money: Spend, before: pl.DataFrame, after: pl.DataFrame) -> tuple[Effect, ...]:
    bare = [Spend(owned.filter(pl.col("team").is_null())).totals("net") for owned in (before, after)]
    zero = Decimal(0)
    return tuple(
        Effect(currency, total, bare[0].get(currency, zero), bare[1].get(currency, zero))
        for currency, total in money.totals("net").items()
    )


def _label(column: str) -> str:
    return NAME_COLUMNS.get(column) or f"tag `{column.partition('.')[2]}`"


def _sentence(sources: Iterable[Source], bare: Mapping[str, Decimal]) -> str:
    """Such as: tag `team` covers 71 %, account names the rest."""
    if not bare:
        return "there is no cost to propose rules from"
    useful = [source for source in sources if any(source.shares.values())]
    if not useful:
        return "nothing in the data names an owner: no useful tag key, no account or resource group names"
    told = []
    for place, source in enumerate(useful):
        last = place == len(useful) - 1 and place > 0 and not any(bare.values())
        verb = "" if place else " covers" if source.label.startswith("tag ") else " cover"
        told.append(f"{source.label}{verb} {'the rest' if last else _percents(source.shares)}")
    if any(bare.values()):
        told.append(f"{_percents(bare)} stays unallocated")
    return ("; " if len(bare) > 1 else ", ").join(told)


def _percents(shares: Mapping[str, Decimal]) -> str:
    if len(shares) == 1:
        return _percent(next(iter(shares.values())))
    parts = [f"{_percent(share)} of {currency}" for currency, share in shares.items()]
    return ", ".join(parts[:-1]) + " and " + parts[-1]


def _percent(share: Decimal) -> str:
    """With one digit, as on every screen; 0.0 and 100.0 mean nothing and all of it."""
    shown = (share * 100).quantize(_DIGIT)
    if share and not shown:
        return "less than 0.1 %"
    if share != 1 and shown == 100:
        return "more than 99.9 %"
    return f"{shown} %"
