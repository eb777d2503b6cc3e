"""What a campaign begins with: the resources that lack the tag, what they cost, and the value each probably wants."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any, Final

import polars as pl

from warehouse.attribution.fold import squash
from warehouse.attribution.policies import TagPolicy
from warehouse.focus import plain
from warehouse.focus.period import Period
from warehouse.metrics import CostQuery, Filter, Match, answer
from warehouse.metrics.compliance import DIRECT
from warehouse.metrics.freshness import DAY
from warehouse.metrics.tag_states import KNOWN_BY, Asker, tag_states
from warehouse.store.campaigns import CampaignResource

RESOURCES_MAX: Final = 20_000
"""Nobody works through more in one campaign; what is beyond is said."""
DAYS: Final = 30
MEASURE: Final = "effective_cost"
SIBLINGS_MIN: Final = 2
SIBLINGS_AGREE: Final = Decimal("0.8")
"""Of the tagged resources beside it, so many must say the same."""
NOTHING: Final = "Nothing beside it says which value it wants."


@dataclass(frozen=True, slots=True)
class Start:
    days: Period
    found: list[CampaignResource]
    left_out: int


def begin(policy: TagPolicy, teams: Sequence[str | None], days: Period, asker: Asker) -> Start:
    """`days`: the last complete ones. The dearest first, in whichever currency that is."""
    states = tag_states(policy, (), days.end, asker)
    wanted = states.filter(pl.col("team").is_in([team for team in teams if team]) | _nobody(teams))
    faulty = wanted.filter(pl.col("state").is_in(["missing", "not_allowed"]))
    costs = _costs(faulty, teams, days, asker)
    siblings = _Siblings(policy, states)
    made = [_resource(row, costs.get(_known(row), {}), siblings) for row in faulty.iter_rows(named=True)]
    made.sort(key=lambda one: (-max(map(_size, one.cost.values()), default=Decimal(0)), one.resource))
    return Start(days, made[:RESOURCES_MAX], max(0, len(made) - RESOURCES_MAX))


def _nobody(teams: Sequence[str | None]) -> pl.Expr:
    return pl.col("team").is_null() & pl.lit(None in teams)


def _size(amount: str) -> Decimal:
    return Decimal(amount).copy_abs()


def _known(row: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(row[name] for name in KNOWN_BY)


def _costs(faulty: pl.DataFrame, teams: Sequence[str | None], days: Period, asker: Asker) -> dict[Any, dict[str, str]]:
    """What each resource cost those teams on the days, by currency."""
    if faulty.is_empty():
        return {}
    whose = Filter("team", tuple(Match("is", team) if team else Match("none") for team in teams))
    query = CostQuery(
        (MEASURE,), KNOWN_BY, (whose, DIRECT), f"{days.start}..{days.end - DAY}", incomplete="include"
    )  # fmt: skip
    found: dict[Any, dict[str, str]] = {}
    rows = answer(query, asker.access, asker.store, asker.now).rows
    for row in rows.join(faulty.select(KNOWN_BY), on=KNOWN_BY, how="semi", nulls_equal=True).iter_rows(named=True):
        found.setdefault(_known(row), {})[row["currency"]] = plain(row[MEASURE] or Decimal(0))
    return found


def _resource(row: dict[str, Any], cost: dict[str, str], siblings: _Siblings) -> CampaignResource:
    suggested, evidence = siblings.suggest(row)
    return CampaignResource(
        **{name: row[name] for name in (*KNOWN_BY, "team", "region", "service", "value")},
        fault=row["state"],
        suggested=suggested,
        evidence=evidence,
        cost=cost,
    )


@dataclass(slots=True)
class _Siblings:
    """What the tag says on resources beside one that lacks it."""

    policy: TagPolicy
    states: pl.DataFrame
    _account: dict[Any, Counter[str]] = field(init=False)
    _team: dict[Any, Counter[str]] = field(init=False)

    def __post_init__(self) -> None:
        tagged = self.states.filter(pl.col("state") == "compliant", pl.col("value").is_not_null())
        self._account, self._team = {}, {}
        for team, account, value in tagged.select("team", "sub_account", "value").iter_rows():
            self._account.setdefault((team, account), Counter())[value] += 1
            self._team.setdefault(team, Counter())[value] += 1

    def suggest(self, row: dict[str, Any]) -> tuple[str | None, str]:
        """A value, and why; it is one that the policy allows."""
        return next(self._ways(row), (None, NOTHING))

    def _ways(self, row: dict[str, Any]) -> Iterator[tuple[str, str]]:
        required, team = self.policy.keys[0], row["team"]
        if row["value"] and required.values:
            near = difflib.get_close_matches(row["value"], required.values, n=1, cutoff=0.75)
            yield from ((one, f"{row['value']!r} is nearly this allowed value.") for one in near)
        if team and squash([required.key]) == ["team"] and (not required.values or team in required.values):
            yield team, "The team that owns its cost."
        if team:
            beside = self._account.get((team, row["sub_account"]), Counter())
            yield from _agreed(beside, "tagged resources of the team in its account")
            yield from _agreed(self._team.get(team, Counter()), "tagged resources of the team")


def _agreed(beside: Counter[str], what: str) -> Iterator[tuple[str, str]]:
    count = beside.total()
    for value, votes in beside.most_common(1):
        if votes >= SIBLINGS_MIN and votes >= SIBLINGS_AGREE * count:
            yield value, f"{votes} of {count} {what} say so."
