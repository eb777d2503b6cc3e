"""The rules in force, as the store wants them: documents to pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import polars as pl

from warehouse.attribution import Rules, attribute, load_rules, normal_tags

NO_ORG = "teams: []\n"
NO_RULES = "{}\n"


class RulesInForce:
    """Attribution by one version of the documents. Raises RulesError when they are wrong."""

    def __init__(self, documents: Mapping[str, Any] | None) -> None:
        self.rules_version = int(documents["version"]) if documents else 0
        self.org = str(documents["org"]) if documents else NO_ORG
        self.text = str(documents["rules"]) if documents else NO_RULES
        self.files: Mapping[str, str] = documents.get("files") or {} if documents else {}
        self.rules: Rules = load_rules(self.org, self.text, self.files)
        self.extra = self.rules.extra

    def owners(self, dims: pl.DataFrame, tag_sets: pl.DataFrame) -> pl.DataFrame:
        return attribute(dims, tag_sets, self.rules)

    def tags(self, tag_sets: pl.DataFrame) -> pl.DataFrame:
        return normal_tags(tag_sets, self.rules)
