"""Accounts that a summary leaves out, because a source with full lines counts for them."""

from __future__ import annotations

import json
from collections.abc import Mapping

import polars as pl

REASON = "a source with full lines counts for this account"


def counted_elsewhere(settings: Mapping[str, str], billing: str, sub: str) -> pl.Expr:
    """Whether the row's accounts, in these two columns, are among those of the setting `covered`."""
    pairs = json.loads(settings.get("covered", "[]"))
    if not pairs:
        return pl.lit(value=False)
    return pl.any_horizontal(*((pl.col(billing) == one) & pl.col(sub).eq_missing(pl.lit(two)) for one, two in pairs))
