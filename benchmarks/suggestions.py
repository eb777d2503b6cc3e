"""How often the inbox is right: owners of the demo, and of a generated estate that is less tidy, are hidden, and the
first suggestion is held against them.

python -m benchmarks.suggestions          # prints a table; docs/attribution/inbox.md has the last one
"""

from __future__ import annotations

import random
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Final

import polars as pl

from benchmarks.site import NoProgress
from outlay.demo.manage import Demo
from outlay.effects import Estate, estate
from outlay.inbox_groups import OWNERS
from outlay.ruling import RulesInForce
from warehouse.attribution import READABLE
from warehouse.attribution.contradict import OPINIONS, Decided, contradicted
from warehouse.attribution.inbox import inbox
from warehouse.store import Store

NOW: Final = datetime(2026, 11, 18, 9, tzinfo=UTC)
HIDDEN: Final = (0.1, 0.3)
SEEDS: Final = (1, 2, 3)
LEVELS: Final = {
    "nothing but the team": ("team",),
    "every tag of a team or application": ("team", "app", "application"),
}
TEAMS: Final = 12
ACCOUNTS: Final = 20
RESOURCES: Final = 2_000
RULES: Final = "dimensions: {team: {rules: [{id: tagged, from: tag.team}]}}"
CERTAIN: Final = (0.05, 0.5, 0.8)
WRONG: Final = (0.02, 0.05, 0.1)
TAG: Final = "team"
READ: Final = {"tagged": frozenset(("tag.team",)), "labelled": frozenset(("tag.team",))}


@dataclass(frozen=True, slots=True)
class Trial:
    """`first`: the first suggestion for each hidden dim, its certainty, and whether it is right."""

    first: tuple[tuple[float, bool], ...]
    hidden: int

    def at(self, certainty: float) -> tuple[float, float]:
        """Precision of the suggestions that are at least so certain, and the share of hidden dims that have one."""
        said = [right for sure, right in self.first if sure >= certainty]
        return sum(said) / max(len(said), 1), len(said) / max(self.hidden, 1)


def trial(found: Estate, rules: RulesInForce, share: float, keys: Iterable[str], seed: int) -> Trial:
    """Hide the owner, and the tags called `keys`, of a share of the resources that have one."""
    owners = rules.owners(found.dims, found.tag_sets).sort("dim", "valid_from").unique("dim", keep="last")
    truth = dict(owners.drop_nulls("team").select("dim", "team").iter_rows())
    dims = found.dims.with_columns(tag_set=pl.col("dim"))  # each its own tags, so that nobody else's are hidden
    tags = found.dims.select("dim", "tag_set").join(rules.tags(found.tag_sets), on="tag_set")
    owned = dims.filter(pl.col("dim").is_in(list(truth)) & pl.col("resource").is_not_null())
    resources = owned["resource"].unique().sort().to_list()
    chosen = random.Random(seed).sample(resources, round(len(resources) * share))
    hidden = set(owned.filter(pl.col("resource").is_in(chosen))["dim"])
    seen = [(dim, None if dim in hidden else truth.get(dim), None) for dim in dims["dim"]]
    left = tags.filter(~(pl.col("dim").is_in(list(hidden)) & pl.col("key").is_in(list(keys))))
    known = pl.DataFrame(seen, schema=OWNERS, orient="row").with_columns(pl.col("dim").cast(dims.schema["dim"]))
    groups = inbox(dims, known, left.select(tag_set="dim", key="key", value="value"), rules.rules.teams)
    first = [
        (group.suggestions[0].certainty, group.suggestions[0].team == truth[dim])
        for group in groups
        for dim in group.dims
        if dim in hidden and group.suggestions
    ]
    return Trial(tuple(first), len(hidden))


@dataclass(frozen=True, slots=True)
class Doubted:
    """Resources whose team was made wrong: how many are called contradicted, and how many of those called are wrong."""

    precision: float
    right: float
    """Of those called and wrong, the share whose likeliest other team is the true one."""
    found: float


def doubted(found: Estate, rules: RulesInForce, share: float, seed: int) -> Doubted:
    """Give a share of the resources the team tag of another team, and look for what is contradicted."""
    chance = random.Random(seed)
    owners = rules.owners(found.dims, found.tag_sets).sort("dim", "valid_from").unique("dim", keep="last")
    truth = found.dims.select("dim", "resource").join(owners.select("dim", "team"), on="dim").drop_nulls()
    teams = truth["team"].unique().sort().to_list()
    by_resource = dict(truth.unique("resource", keep="first").sort("resource").select("resource", "team").iter_rows())
    chosen = chance.sample(sorted(by_resource), round(len(by_resource) * share))
    wrong = {one: chance.choice([team for team in teams if team != by_resource[one]]) for one in chosen}
    dims = found.dims.with_columns(tag_set=pl.col("dim"))
    tags = found.dims.select("dim", "tag_set", "resource").join(rules.tags(found.tag_sets), on="tag_set")
    swapped = pl.col("resource").replace_strict(wrong, default=None, return_dtype=pl.String)
    tags = tags.select(
        "key", tag_set="dim", value=pl.when(pl.col("key") == TAG).then(pl.coalesce(swapped, "value")).otherwise("value")
    )
    owned = truth.select("dim", team=pl.coalesce(swapped, "team"))
    asked = owned.with_columns(rule=pl.lit("tagged"))
    decided = Decided(owned, asked, pl.DataFrame(schema=OPINIONS), READ)
    named = {group.signature.columns[0][1]: group for group in contradicted(dims, tags, decided)}
    hits = [one for one in named if one in wrong]
    right = [one for one in hits if named[one].suggestions[0].team == by_resource[one]]
    return Doubted(len(hits) / max(len(named), 1), len(right) / max(len(hits), 1), len(hits) / max(len(wrong), 1))


def generated(seed: int) -> tuple[Estate, RulesInForce]:
    """Accounts that several teams share, names that say nothing, applications of two teams, and people who leave."""
    chance = random.Random(seed)
    teams = [f"team-{place}" for place in range(TEAMS)]
    homes = {team: chance.sample(range(ACCOUNTS), 2) for team in teams}
    dims, tags = [], []
    for place in range(RESOURCES):
        team = chance.choice(teams)
        account = chance.choice(homes[team]) if chance.random() < 0.8 else chance.randrange(ACCOUNTS)
        app = f"{team if chance.random() < 0.9 else chance.choice(teams)}-app{chance.randrange(3)}"
        word = app if chance.random() < 0.5 else chance.choice(("worker", "cache", "node", "data"))
        dims.append(
            {
                **dict.fromkeys(READABLE),
                "dim": place,
                "tag_set": place,
                "sub_account": f"account-{account}",
                "service": chance.choice(("Compute", "Storage", "Database", "Network")),
                "resource": f"r-{place}",
                "resource_name": f"{word}-{place}",
            }
        )
        said = {"team": team, "network-id": f"net-{account}-{chance.randrange(2)}"}
        if chance.random() < 0.6:
            said["app"] = app
        if chance.random() < 0.7:
            said["created-by"] = f"{team if chance.random() < 0.9 else chance.choice(teams)}-{chance.randrange(4)}"
        tags += [{"tag_set": place, "key": key, "value": value, "raw": key} for key, value in said.items()]
    org = "teams: [" + ", ".join(f"{{key: {team}}}" for team in teams) + "]"
    rules = RulesInForce({"org": org, "rules": RULES})
    schema = {"dim": pl.Int32, "tag_set": pl.Int32}
    costs = pl.DataFrame(schema={"dim": pl.Int32, "currency": pl.String, "effective_cost": pl.Decimal(38, 18)})
    return Estate(
        pl.DataFrame(dims, schema_overrides=schema), pl.DataFrame(tags, schema_overrides=schema), costs
    ), rules


def rows(found: Estate, rules: RulesInForce) -> Iterator[str]:
    yield "| hidden | of the resources | certainty at least | precision at 1 | coverage |"
    yield "|---|---|---|---|---|"
    for name, keys in LEVELS.items():
        for share in HIDDEN:
            trials = [trial(found, rules, share, keys, seed) for seed in SEEDS]
            for certainty in CERTAIN:
                seen = [one.at(certainty) for one in trials]
                precision, coverage = (sum(values) / len(values) for values in zip(*seen, strict=True))
                yield f"| {name} | {share:.0%} | {certainty:.0%} | {precision:.2f} | {coverage:.2f} |"


def doubted_rows(found: Estate, rules: RulesInForce) -> Iterator[str]:
    yield "| wrong teams | precision | likeliest is the true team | found |"
    yield "|---|---|---|---|"
    for share in WRONG:
        trials = [doubted(found, rules, share, seed) for seed in SEEDS]
        figures = [
            sum(values) / len(trials) for values in zip(*((t.precision, t.right, t.found) for t in trials), strict=True)
        ]
        yield f"| {share:.0%} | {' | '.join(f'{figure:.2f}' for figure in figures)} |"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        store = Store(Path(folder), RulesInForce, now=NOW)
        try:
            Demo(store, lambda: NOW).load("benchmark", NoProgress())
            with store.read() as snapshot:
                found = estate(snapshot)
            assert isinstance(store.own, RulesInForce)
            estates = {"The demo": (found, store.own), "A generated estate": generated(SEEDS[0])}
            for name, one in estates.items():
                print("\n".join([name, "", *rows(*one), "", *doubted_rows(*one), ""]))
        finally:
            store.close()


if __name__ == "__main__":
    main()
