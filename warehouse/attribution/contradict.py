"""Whose team is contradicted: rules gave a resource to one team, and what else is known of it speaks for another.

The evidence is that of the inbox, with two things left out: the resource itself, which would speak for the team it has,
and whatever the rule that decided has read, which cannot bear witness for it. Beside it stands what the rules say
without those of the layer that decided: a catalogue that names another team contradicts a tag by itself, another rule
only together with something else, because a general rule behind a special one is no doubt.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Set
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

import polars as pl

from warehouse.attribution.attribute import attribute
from warehouse.attribution.change import Estate
from warehouse.attribution.inbox import (
    BETWEEN,
    CERTAIN_MAX,
    TAGS,
    WEIGHTS,
    Evidence,
    Group,
    Heard,
    Signature,
    features_of,
    strength,
    suggested,
)
from warehouse.attribution.model import Rules

CERTAINTY: Final = 0.8
"""Of another team, from which on the team that has it is contradicted."""
BEYOND: Final = 2.0
"""How much likelier the other team has to be: where evidence speaks for both, the rule is believed."""
READ_AS: Final = {"account": "sub_account", "resource_group": "resource_group", "name": "resource_name",
                  "service": "service"}  # fmt: skip
"""Kinds of evidence that are columns; the others are tags."""
FIRM: Final = ("override", "name", "default")
"""Layers that are not looked at and not asked: the first is somebody's decision, the others are doubtful anyway."""
_FEATURE: Final = ("kind", "text")
OPINIONS: Final = pl.Schema({"dim": pl.Int64, "other": pl.String, "kind": pl.String, "text": pl.String})


@dataclass(frozen=True, slots=True)
class Decided:
    """`owned`: dim, team of everything that has one. `asked`: dim, team, rule of what is looked at; a dim stands there
    once. `opinions`: OPINIONS, what rules of other layers say. `read`: rule to the columns it reads.
    """

    owned: pl.DataFrame
    asked: pl.DataFrame
    opinions: pl.DataFrame
    read: Mapping[str, Set[str]]


def opinions(estate: Estate, rules: Rules, asked: pl.DataFrame, day: date) -> pl.DataFrame:
    """OPINIONS: whose it would be on a day without the rules of the layer that decided. `asked`: dim, layer."""
    team, *others = rules.dimensions
    found = [pl.DataFrame(schema=OPINIONS)]
    for (layer,), rows in asked.partition_by("layer", as_dict=True).items():
        left = tuple(rule for rule in team.rules if rule.layer() not in (layer, *FIRM))
        without = replace(rules, dimensions=(replace(team, rules=left, default=None), *others))
        here = estate.only(rows["dim"])
        owners = attribute(here.dims, here.tag_sets, without, here.accounts)
        owners = owners.filter(pl.col("valid_from") <= day, pl.col("valid_to") > day).drop_nulls("team")
        found.append(owners.select("dim", pl.col("team").alias("other"), *_said()).cast(OPINIONS))
    return pl.concat(found)


def _said() -> tuple[pl.Expr, pl.Expr]:
    """The kind of rule, and which."""
    told = pl.col("why").str.json_path_match
    kind = pl.when(told("$.team.layer") == "catalogue").then(pl.lit("catalogue")).otherwise(pl.lit("rule"))
    return kind.alias("kind"), told("$.team.rule").alias("text")


def contradicted(dims: pl.DataFrame, tag_sets: pl.DataFrame, decided: Decided) -> list[Group]:
    """A group for each resource whose team is contradicted, with the teams that are likelier; sorted by resource.

    What is of no resource is not looked at.
    """
    places = dims.select("dim", "resource").drop_nulls()
    looked = decided.asked.join(places, on="dim").with_columns(size=pl.len().over("resource", "team"))
    features = features_of(dims, tag_sets)
    heard = _heard(_held(features, looked, decided.read), features, places, decided.owned)
    heard = pl.concat([heard, _opined(looked, decided.opinions).select(heard.columns)], how="vertical_relaxed")
    heard = heard.join(_likelier(heard), on=["resource", "team", "other"])
    parts = looked.partition_by("resource", "team", as_dict=True)
    found: dict[tuple[object, ...], list[Heard]] = defaultdict(list)
    for row in heard.sort("resource", "team", "other", "kind").iter_rows(named=True):
        evidence = Evidence(row["kind"], row["text"].replace(BETWEEN, "="), row["dims"], row["share"])
        found[row["resource"], row["team"]].append((row["other"], row["strength"], evidence))
    return [
        Group(Signature((("resource", str(key[0])),)), tuple(parts[key]["dim"]), suggested(spoken))
        for key, spoken in found.items()
    ]


def _held(features: pl.DataFrame, looked: pl.DataFrame, read: Mapping[str, Set[str]]) -> pl.DataFrame:
    """resource, team, kind, text, part: what a resource has, less what its rule read; a half of it is half heard."""
    pairs = [(rule, column) for rule, columns in read.items() for column in columns]
    known = pl.DataFrame(pairs, schema={"rule": pl.String, "column": pl.String}, orient="row")
    key = pl.concat_str(pl.lit("tag."), pl.col("text").str.split(BETWEEN).list.first())
    plain = pl.col("kind").replace_strict(READ_AS, default=None, return_dtype=pl.String)
    column = pl.when(pl.col("kind").is_in(TAGS)).then(key).otherwise(plain)
    inside = looked.join(features, on="dim").with_columns(column=column).join(known, on=["rule", "column"], how="anti")
    return inside.group_by("resource", "team", *_FEATURE).agg(part=pl.len() / pl.col("size").first())


def _opined(looked: pl.DataFrame, opinions: pl.DataFrame) -> pl.DataFrame:
    """As `_heard` says it, of what other rules say."""
    found = looked.join(opinions.with_columns(pl.col("dim").cast(looked.schema["dim"])), on="dim")
    part = (pl.len() / pl.col("size").first()).alias("part")
    counted = found.group_by("resource", "team", "other", *_FEATURE).agg(part, dims=pl.len())
    weight = pl.col("kind").replace_strict(WEIGHTS, return_dtype=pl.Float64)
    return counted.with_columns(share=pl.lit(1.0), strength=weight * pl.col("part"))


def _heard(held: pl.DataFrame, features: pl.DataFrame, places: pl.DataFrame, owned: pl.DataFrame) -> pl.DataFrame:
    """resource, team, other, kind, text, dims, share, strength: what speaks for which team, its own among them.

    Votes are of all but the resource itself; of each kind the best counts.
    """
    votes = features.join(owned, on="dim")
    usual = owned.group_by("team").agg(usual=pl.len() / max(owned.height, 1)).rename({"team": "other"})
    named = votes.rename({"team": "other"})
    counted = named.group_by(*_FEATURE, "other").agg(count=pl.len())
    counted = counted.with_columns(dims=pl.col("count").sum().over(*_FEATURE)).join(usual, on="other")
    own = named.join(places, on="dim").join(held.select("resource").unique(), on="resource")
    own = own.group_by("resource", *_FEATURE, "other").agg(own=pl.len())
    all_own = own.group_by("resource", *_FEATURE).agg(all_own=pl.col("own").sum())
    pairs = (
        held.join(counted, on=_FEATURE)
        .join(own, on=["resource", *_FEATURE, "other"], how="left")
        .join(all_own, on=["resource", *_FEATURE], how="left")
        .with_columns(
            count=pl.col("count") - pl.col("own").fill_null(0), dims=pl.col("dims") - pl.col("all_own").fill_null(0)
        )
        .filter(pl.col("count") > 0)
        .with_columns(share=pl.col("count") / pl.col("dims"))
    )
    pairs = pairs.with_columns(strength=strength() * pl.col("part")).filter(pl.col("strength") > 0)
    return (
        pairs.sort("strength", "text", descending=[True, False])
        .unique(["resource", "team", "other", "kind"], keep="first", maintain_order=True)
        .select("resource", "team", "other", *_FEATURE, "dims", "share", "strength")
    )


def _likelier(heard: pl.DataFrame) -> pl.DataFrame:
    """resource, team, other: the teams that contradict."""
    doubt = (1 - pl.col("strength").clip(upper_bound=CERTAIN_MAX)).product()
    sure = heard.group_by("resource", "team", "other").agg(sure=1 - doubt)
    own = sure.filter(pl.col("team") == pl.col("other")).select("resource", "team", own="sure")
    others = sure.filter(pl.col("team") != pl.col("other"), pl.col("sure") >= CERTAINTY)
    others = others.join(own, on=["resource", "team"], how="left")
    return others.filter(pl.col("sure") >= BEYOND * pl.col("own").fill_null(0)).select("resource", "team", "other")
