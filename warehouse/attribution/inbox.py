"""What has no owner, grouped by what it has in common, with who probably owns it and why that is thought.

Evidence is a feature that cost without an owner shares with cost that has one: a tag, a resource group, the beginning
of a name, an account. How far it speaks for a team is the team's share among the owned dims with that feature, beyond
its share everywhere (a team that owns most of all is no news), and less where few dims are behind it. Evidence of
different kinds adds up as independent witnesses do: 1 − (1 − a)(1 − b).
"""

from __future__ import annotations

import difflib
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import polars as pl

from warehouse.attribution.fold import squash
from warehouse.attribution.model import Team

SUPPORT: Final = 2.0
"""Owned dims that make a share half believed."""
WEIGHTS: Final[Mapping[str, float]] = {
    "spelling": 0.95, "resource_group": 0.9, "tag": 0.85, "name": 0.8, "creator": 0.75, "account": 0.7,
    "network": 0.6, "service": 0.4, "ended": 0.9, "catalogue": 0.85, "rule": 0.4,
}  # fmt: skip
CREATOR_WORDS: Final = frozenset(("createdby", "creator", "createdbyuser", "launchedby", "provisionedby", "requester"))
NETWORK_WORDS: Final = frozenset(
    ("network", "networkid", "vpc", "vpcid", "vnet", "vnetid", "subnet", "subnetid", "virtualnetwork")
)
"""Tag keys that say who made a resource, and where it is connected; what exports put before a key does not count."""
TOLD_BY: Final = ("tag", "resource_group", "creator", "network")
"""The kinds of evidence that cost is grouped by, where one says much."""
TAGS: Final = ("tag", "creator", "network")
NEAR: Final = 0.75
"""Likeness of two words from which one may be the other misspelt."""
CERTAIN_MAX: Final = 0.99
SUGGESTIONS_MAX: Final = 3
TELLING: Final = 0.3
"""How far a tag has to speak for a team before cost is grouped by it."""
BETWEEN: Final = "\x1f"
"""Between the key and the value of a tag: either may hold anything else."""
LEAST: Final = 0.05
"""A suggestion below is none."""
VALUE_CHARS_MAX: Final = 256
_INTEGERS: Final = {"group": pl.Int64, "dim": pl.Int64, "size": pl.Int64}
NAME_PART: Final = r"^([\p{L}]+(?:[-_./][\p{L}]+)*)"
"""The words a name begins with, before the first number."""


@dataclass(frozen=True, slots=True)
class Evidence:
    """One reason: `dims` owned ones share the feature, `share` of them (0 to 1) belong to the team."""

    kind: str
    text: str
    dims: int
    share: float


Heard = tuple[str, float, Evidence]
"""A team, how far it is spoken for (0 to 1), and by what."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    team: str
    certainty: float
    """0 to 1."""
    evidence: tuple[Evidence, ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """What a group has in common: columns that rules can read, and their values."""

    columns: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Group:
    signature: Signature
    dims: tuple[int, ...]
    suggestions: tuple[Suggestion, ...]
    """The likeliest first; empty where nothing speaks for anybody."""


def inbox(
    dims: pl.DataFrame,
    owners: pl.DataFrame,
    tag_sets: pl.DataFrame,
    teams: Sequence[Team],
    ended: Mapping[int, tuple[str, str]] = MappingProxyType({}),
) -> list[Group]:
    """`dims` and `tag_sets` as `attribute` takes them; `owners`: dim, team, and `unknown` (the value that is no team).

    `ended`: dim -> the team that had it until it ended, and who answers for that team.

    Each dim without a team is in exactly one group. Sorted by signature: money is the caller's.
    """
    features = features_of(dims, tag_sets)
    votes = _votes(features, owners)
    words = _words(teams)
    open_dims = dims.join(owners.filter(pl.col("team").is_null()).select("dim", "unknown"), on="dim")
    groups = sorted(_signatures(open_dims, _telling(features, votes)).items())
    heard = _heard(features, votes, [members for _, members in groups])
    return [
        Group(
            Signature(signature),
            tuple(members),
            suggested(heard[place] + _spelt(signature, words) + _ended(members, ended)),
        )
        for place, (signature, members) in enumerate(groups)
    ]


def _telling(features: pl.DataFrame, votes: pl.DataFrame) -> dict[int, tuple[str, str]]:
    """dim -> the tag or resource group that says most about its owner, where one says much."""
    strongest = votes.group_by("kind", "text").agg(pl.col("strength").max())
    heard = features.join(strongest, on=["kind", "text"]).filter(
        pl.col("kind").is_in(TOLD_BY), pl.col("strength") >= TELLING
    )
    ranked = heard.sort("strength", "kind", "text", descending=[True, False, False])
    best = ranked.unique("dim", keep="first", maintain_order=True)
    return {dim: (kind, text) for dim, kind, text in best.select("dim", "kind", "text").iter_rows()}


def _signatures(
    dims: pl.DataFrame, telling: Mapping[int, tuple[str, str]]
) -> dict[tuple[tuple[str, str], ...], list[int]]:
    """What a rule could name: a wrong team, what tells most of the owner, else where it is and how its name begins."""
    part = pl.col("resource_name").str.extract(NAME_PART, 1)
    rows = dims.select("dim", "unknown", "resource_group", "sub_account", "service", part=part)
    groups: dict[tuple[tuple[str, str], ...], list[int]] = defaultdict(list)
    for dim, unknown, resource_group, account, service, name in rows.iter_rows():
        where = [("sub_account", account)] if account else []
        kind, text = telling.get(dim, ("", ""))
        if unknown:
            column, value = unknown
            key = [(column, value)]
        elif kind in TAGS:
            column, _, value = text.partition(BETWEEN)
            key = [(f"tag.{column}", value)]
        elif resource_group:
            key = [*where, ("resource_group", resource_group)]
        elif name and service:
            key = [*where, ("service", service), ("resource_name", name)]
        else:
            key = [*where, ("service", service or "")]
        groups[tuple(key)].append(dim)
    return groups


def features_of(dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
    """dim, kind, text: everything of a dim that others may share."""
    account = pl.coalesce("sub_account", "billing_account")
    columns = {
        "resource_group": pl.concat_str(account, "resource_group", separator="/"),
        "name": pl.col("resource_name").str.extract(NAME_PART, 1),
        "account": account,
        "service": pl.concat_str(account, "service", separator=" "),
    }
    parts = [dims.select("dim", pl.lit(kind).alias("kind"), text=text) for kind, text in columns.items()]
    tags = tag_sets.filter(pl.col("value").str.len_chars() <= VALUE_CHARS_MAX)
    tagged = tags.select(pl.col("tag_set").cast(dims.schema["tag_set"]), "key", "value").join(
        dims.select("dim", "tag_set"), on="tag_set"
    )
    text = pl.concat_str("key", "value", separator=BETWEEN)
    kinds = {"": "tag", **_kinds(tagged["key"].unique().to_list())}
    kind = pl.col("key").replace_strict(kinds, return_dtype=pl.String)
    parts.append(tagged.select("dim", kind=kind, text=text))
    return pl.concat(parts).drop_nulls("text").unique()


def _kinds(keys: Sequence[str]) -> dict[str, str]:
    """What the tag of a key is evidence of."""
    plain = squash(re.split(r"[:/.]", key)[-1] for key in keys)
    named = {**dict.fromkeys(CREATOR_WORDS, "creator"), **dict.fromkeys(NETWORK_WORDS, "network")}
    return {key: named.get(word, "tag") for key, word in zip(keys, plain, strict=True)}


def _votes(features: pl.DataFrame, owners: pl.DataFrame) -> pl.DataFrame:
    """kind, text, team, dims, share, strength: what the owned dims say."""
    owned = owners.filter(pl.col("team").is_not_null()).select("dim", "team")
    usual = owned.group_by("team").agg(usual=pl.len() / max(owned.height, 1))
    counted = features.join(owned, on="dim").group_by("kind", "text", "team").agg(count=pl.len())
    counted = counted.with_columns(dims=pl.col("count").sum().over("kind", "text")).join(usual, on="team")
    counted = counted.with_columns(share=pl.col("count") / pl.col("dims"))
    return counted.select("kind", "text", "team", "dims", "share", strength=strength()).filter(pl.col("strength") > 0)


def strength() -> pl.Expr:
    """How far a feature speaks for a team, from `kind`, `dims`, and the team's `share` here and `usual` share."""
    beyond = (pl.col("share") - pl.col("usual")) / (1 - pl.col("usual"))
    believed = pl.col("dims") / (pl.col("dims") + SUPPORT)
    weight = pl.col("kind").replace_strict(WEIGHTS, return_dtype=pl.Float64)
    # Where one team owns all there is, everything is usual: then its share speaks as it is.
    return pl.when(pl.col("usual") >= 1).then(pl.col("share")).otherwise(beyond) * believed * weight


def _heard(features: pl.DataFrame, votes: pl.DataFrame, groups: Sequence[Sequence[int]]) -> dict[int, list[Heard]]:
    """For each group the best of each kind for each team; a feature of half the group is half heard."""
    found: dict[int, list[Heard]] = defaultdict(list)
    members = [(place, dim, len(group)) for place, group in enumerate(groups) for dim in group]
    table = pl.DataFrame(members, schema=["group", "dim", "size"], schema_overrides=_INTEGERS, orient="row")
    inside = table.with_columns(pl.col("dim").cast(features.schema["dim"])).join(features, on="dim")
    held = inside.group_by("group", "kind", "text").agg(part=pl.len() / pl.col("size").first())
    heard = held.join(votes, on=["kind", "text"]).with_columns(strength=pl.col("strength") * pl.col("part"))
    best = heard.sort("strength", "text", descending=[True, False]).unique(
        ["group", "kind", "team"], keep="first", maintain_order=True
    )
    for row in best.iter_rows(named=True):
        evidence = Evidence(row["kind"], row["text"].replace(BETWEEN, "="), row["dims"], row["share"])
        found[row["group"]].append((row["team"], row["strength"], evidence))
    return found


def _words(teams: Iterable[Team]) -> dict[str, str]:
    names = [(name, team.key) for team in teams for name in (team.key, team.name, *team.aliases)]
    return dict(zip(squash(name for name, _ in names), (key for _, key in names), strict=True))


def _spelt(signature: tuple[tuple[str, str], ...], words: Mapping[str, str]) -> list[Heard]:
    """Values that are nearly the name of a team."""
    found = []
    for column, value in signature:
        if column.startswith(("tag.", "resource_group")):
            (word,) = squash([value[:VALUE_CHARS_MAX]])
            for near in difflib.get_close_matches(word, words, n=1, cutoff=NEAR):
                likeness = difflib.SequenceMatcher(None, word, near).ratio()
                evidence = Evidence("spelling", f"{value} is nearly {words[near]}", 0, likeness)
                found.append((words[near], likeness * WEIGHTS["spelling"], evidence))
    return found


def _ended(members: Sequence[int], ended: Mapping[int, tuple[str, str]]) -> list[Heard]:
    """Who answers for the teams that had it until they ended, the more the more of the group was theirs."""
    counted = Counter(ended[dim] for dim in members if dim in ended)
    return [
        (heir, WEIGHTS["ended"] * number / len(members), Evidence("ended", f"{team} ended, below {heir}", number, 1.0))
        for (team, heir), number in counted.items()
    ]


def suggested(heard: Iterable[Heard]) -> tuple[Suggestion, ...]:
    doubt: dict[str, float] = defaultdict(lambda: 1.0)
    reasons: dict[str, list[tuple[float, Evidence]]] = defaultdict(list)
    for team, strength, evidence in heard:
        doubt[team] *= 1 - min(strength, CERTAIN_MAX)
        reasons[team].append((strength, evidence))
    found = [
        Suggestion(
            team,
            min(1 - left, CERTAIN_MAX),
            tuple(one for _, one in sorted(reasons[team], key=lambda pair: (-pair[0], pair[1].kind))),
        )
        for team, left in doubt.items()
        if 1 - left >= LEAST
    ]
    return tuple(sorted(found, key=lambda one: (-one.certainty, one.team))[:SUGGESTIONS_MAX])
