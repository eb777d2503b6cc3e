"""The rules in force, as the store wants them: documents to pure functions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import polars as pl

from outlay.sharing import Sharing
from warehouse.attribution import Rules, attribute, load_rules, normal_tags
from warehouse.attribution.model import ACCOUNT_TAG
from warehouse.attribution.pools import Pools, load_pools

NO_ORG = "teams: []\n"
NO_RULES = "{}\n"
POOLS = "pools.yaml"
"""The document of shared cost among the files that are published with the rules."""


def unwritten(documents: Mapping[str, Any] | None) -> bool:
    """Whether no rule is in force: none was ever published, or those of the demo left with it."""
    return documents is None or (documents["org"], documents["rules"]) == (NO_ORG, NO_RULES)


class RulesInForce:
    """Attribution by one version of the documents. Raises RulesError when they are wrong.

    `documents` may bring `series`, the names of metrics that have values: then pools may read no others; and
    `accounts`, which answers what sources know of accounts: they change without the rules.
    """

    def __init__(self, documents: Mapping[str, Any] | None) -> None:
        found: Mapping[str, Any] = documents or {}
        self.rules_version = int(found.get("version", 0))
        self.org = str(found.get("org", NO_ORG))
        self.text = str(found.get("rules", NO_RULES))
        self.files: Mapping[str, str] = found.get("files") or {}
        self.rules: Rules = load_rules(self.org, self.text, self.files)
        self.extra = self.rules.extra
        self.pools: Pools = load_pools(
            self.files.get(POOLS, ""), self.rules.teams, self.rules.tag_keys, series=found.get("series")
        )
        self.sharing = Sharing(self.pools, self.rules_version) if self.pools else None
        self._known: Callable[[], pl.DataFrame] | None = found.get("accounts")

    def owners(self, dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
        return attribute(dims, tag_sets, self.rules, self.accounts())

    def tags(self, tag_sets: pl.DataFrame) -> pl.DataFrame:
        return normal_tags(tag_sets, self.rules)

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
