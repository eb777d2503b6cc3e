"""The rules in force, as the store wants them: documents to pure functions."""

from __future__ import annotations

import copy
from collections.abc import Callable, Collection, Mapping
from datetime import date, timedelta
from typing import Any

import polars as pl

from outlay.rule_files import POOLS, TAGS
from outlay.sharing import Sharing
from warehouse.attribution import Rules, alias_days, attribute, dated_tags, load_rules
from warehouse.attribution.as_of import pools_as_of, rules_as_of
from warehouse.attribution.model import ACCOUNT_TAG, DAY_MIN
from warehouse.attribution.names import EntityNames
from warehouse.attribution.policies import TagPolicy, load_policies
from warehouse.attribution.pools import Pools, load_pools

NO_ORG = "teams: []\n"
NO_RULES = "{}\n"


def unwritten(documents: Mapping[str, Any] | None) -> bool:
    """Whether no rule is in force: none was ever published, or those of the demo left with it."""
    return documents is None or (documents["org"], documents["rules"]) == (NO_ORG, NO_RULES)


class RulesInForce:
    """Attribution by one version of the documents. Raises RulesError when they are wrong.

    `documents` may bring `series`, the names of metrics that have values: then pools may read no others; and
    `accounts`, which answers what sources know of accounts: they change without the rules. `older` answers the version
    before a version (0: the one in force), `by_version` a version, and `closed` the version of each closed period.
    """

    def __init__(self, documents: Mapping[str, Any] | None) -> None:
        found: Mapping[str, Any] = documents or {}
        self.rules_version = int(found.get("version", 0))
        self.org = str(found.get("org", NO_ORG))
        self.text = str(found.get("rules", NO_RULES))
        self.files: Mapping[str, str] = found.get("files") or {}
        self.rules: Rules = load_rules(self.org, self.text, self.files)
        self.names = EntityNames(self.rules)
        self._found = found
        self.before = self._version_before()
        earlier = self.before.extra if self.before else ()
        self.extra: tuple[str, ...] = tuple(dict.fromkeys((*self.rules.extra, *earlier)))
        self.pools: Pools = load_pools(
            self.files.get(POOLS, ""), self.rules.teams, self.rules.tag_keys, series=found.get("series")
        )
        self.policies: tuple[TagPolicy, ...] = load_policies(
            self.files.get(TAGS, ""), self.rules.tag_keys, self.rules.names, files=self.files
        )
        self.sharing = Sharing(self.pools, self.rules_version) if self.pools else None
        self._known: Callable[[], pl.DataFrame] | None = found.get("accounts")

    def _version_before(self) -> RulesInForce | None:
        """What decides the days before these rules begin; None when they decide every day."""
        older = self._found.get("older")
        if self.rules.effective_from == DAY_MIN or older is None:
            return None
        before = older(self.rules_version)
        return before if isinstance(before, RulesInForce) else RulesInForce(None)

    def at(self, period: str) -> RulesInForce:
        """What decides a billing period: of a closed one the rules that were in force when it was closed."""
        closed = self._found.get("closed")
        return self.version(closed().get(period, self.rules_version) if closed else self.rules_version)

    def version(self, version: int) -> RulesInForce:
        """Another version, as it decides closed billing periods."""
        if version == self.rules_version or self.rules_version == 0:
            return self
        found = self._found["by_version"](version)
        assert isinstance(found, RulesInForce)
        return found

    def on(self, day: date) -> RulesInForce:
        """What decides a charge day."""
        return self.before.on(day) if self.before and day < self.rules.effective_from else self

    def as_of(self, day: date) -> RulesInForce:
        """What decides a charge of that day, asked about the charges of every day."""
        found = copy.copy(self.on(day))
        found.rules, found.before = rules_as_of(found.rules, day), None
        found.pools = pools_as_of(found.pools, day)
        found.extra = found.rules.extra
        found.sharing = Sharing(found.pools, found.rules_version) if found.pools else None
        return found

    def owners(self, dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
        """Of every day: those before these rules begin are decided by the version before."""
        owners = attribute(dims, tag_sets, self.rules, self.accounts())
        if self.before is None:
            return owners
        return self._from_their_day(self.before.owners(dims, tag_sets), owners).sort("dim", "valid_from")

    def tags(self, tag_sets: pl.DataFrame) -> pl.DataFrame:
        """As rules read them on each day."""
        if self.before is None or not self.tag_days:
            return dated_tags(tag_sets, self.rules)
        return self._from_their_day(self.before.tags(tag_sets), dated_tags(tag_sets, self.rules))

    @property
    def _readings(self) -> list[tuple[date, Any]]:
        """From which charge days on tags are read by which keys."""
        own = (self.rules.effective_from, self.rules.tag_keys)
        if self.before is None:
            return [(DAY_MIN, own[1])]
        earlier = [one for one in self.before._readings if one[0] < own[0]]
        return earlier if earlier and earlier[-1][1] == own[1] else [*earlier, own]

    def tag_readers(self, periods: Collection[str]) -> list[RulesInForce]:
        """The versions of closed billing periods that read tags in another way."""
        closed = self._found.get("closed")
        known = closed() if closed else {}
        others = {known.get(period, self.rules_version) for period in periods}
        found = [self.version(version) for version in sorted(others)]
        return [one for one in found if one._readings != self._readings]

    @property
    def tag_days(self) -> tuple[date, ...]:
        """On which the tags of some set may begin to be read in another way."""
        own, start = alias_days(self.rules), self.rules.effective_from
        if self.before is None:
            return tuple(sorted(own))
        same = self.before.on(start - timedelta(days=1)).rules.tag_keys == self.rules.tag_keys
        earlier = {day for day in self.before.tag_days if day < start}
        return tuple(sorted(earlier | {day for day in own if day >= start} | (set() if same else {start})))

    def _from_their_day(self, earlier: pl.DataFrame, later: pl.DataFrame) -> pl.DataFrame:
        """Rows with valid_from and valid_to: before these rules begin the first, from then on the second."""
        start = pl.lit(self.rules.effective_from)
        earlier = earlier.filter(pl.col("valid_from") < start)
        later = later.filter(pl.col("valid_to") > start)
        return pl.concat(
            [
                earlier.with_columns(valid_to=pl.min_horizontal("valid_to", start)),
                later.with_columns(valid_from=pl.max_horizontal("valid_from", start)),
            ]
        )

    def accounts(self) -> pl.DataFrame | None:
        """Tags of accounts, when a rule reads any."""
        wanted = any(column.startswith(ACCOUNT_TAG) for column in self.rules.columns)
        return account_tags(self._known()) if wanted and self._known else None


def account_tags(accounts: pl.DataFrame) -> pl.DataFrame:
    """What the inventory knows, one row for each tag: what is seen on a day holds from that day on."""
    return (
        accounts.select("account", "tags", pl.col("valid_from", "valid_to").dt.date())
        .explode("tags")
        .unnest("tags")
        .drop_nulls("key")
        .select("account", "key", "value", "valid_from", "valid_to")
    )
