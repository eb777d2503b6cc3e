"""Facts beside bills: taken from landed files into the inventory, and shown."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any, Final, cast

import polars as pl

from api.documents import collecting as doc
from collectors.sources.contract import FactsModule, SourceModule
from outlay.ruling import RulesInForce, account_tags
from warehouse.attribution import Rules
from warehouse.attribution.fold import squash
from warehouse.attribution.model import ACCOUNT_TAG
from warehouse.focus import plain
from warehouse.store import Store
from warehouse.store.collecting import Collected

FACTS: Final = "account tags"
"""The author of a version that says the same about other facts."""


def known_from_now_on(
    store: Store, module: SourceModule, parts: Sequence[Collected], now: datetime
) -> tuple[bool, str | None]:
    """Whether the facts of these parts differ from those before, and what could not be asked."""
    changed = False
    notes: list[str] = []
    before = read_of_accounts(store)
    for part in parts:
        found = cast(FactsModule, module).facts([store.landing.raw(file["digest"]) for file in part.files])
        facts = {(one.kind, one.key): one.values for one in found.facts}
        changed |= store.inventory.put(part.source, f"{part.period}/{part.key}", facts, now)
        notes += found.notes
    own_anew(store, before, now)
    return changed, " ".join(notes) or None


def read_of_accounts(store: Store) -> pl.DataFrame | None:
    """The tags of accounts that the rules in force read, by their days, and those before them that decide earlier days;
    null when none of them reads any. Closed billing periods keep what was known when they were closed."""
    own = store.own if isinstance(store.own, RulesInForce) else None
    parts = []
    while own is not None:
        found = own.accounts()
        if found is not None:
            lasting = found.remove(pl.col("valid_from") == pl.col("valid_to"))
            read = lasting.filter(pl.col("key").is_in(_raw_keys(own.rules, found["key"].unique())))
            parts.append(_together(read).with_columns(version=own.rules_version))
        own = own.before
    return pl.concat(parts) if parts else None


def _raw_keys(rules: Rules, keys: pl.Series) -> list[str]:
    """Those of `keys` that rules may read of an account on some day."""
    read = {column.removeprefix(ACCOUNT_TAG) for column in rules.columns if column.startswith(ACCOUNT_TAG)}
    names = [alias.key for key in rules.tag_keys if key.key in read for alias in key.aliases]
    words = set(squash([*read, *names]))
    return [key for key, word in zip(keys, squash(keys), strict=True) if word in words]


def closed_months_that_read(store: Store, source: str, closed: Collection[str]) -> list[str]:
    """The closed billing periods with cost whose rules read tags that this source told of accounts."""
    told = store.inventory.accounts().filter(pl.col("source") == source)
    keys = account_tags(told)["key"].unique()
    if keys.is_empty():
        return []
    with_cost = {period for _, period in store.state.live()}
    return [period for period in sorted(with_cost.intersection(closed)) if _reads(store, period, keys)]


def _reads(store: Store, period: str, keys: pl.Series) -> bool:
    own = store.own.at(period) if isinstance(store.own, RulesInForce) else None
    while own is not None:
        if _raw_keys(own.rules, keys):
            return True
        own = own.before
    return False


def _together(tags: pl.DataFrame) -> pl.DataFrame:
    """One row for each stretch of days of a value, however often something else of the account changed meanwhile."""
    tags = tags.sort("account", "key", maintain_order=True)
    same = pl.all_horizontal(pl.col(name).eq_missing(pl.col(name).shift()) for name in ("account", "key", "value"))
    lasts = (same & (pl.col("valid_from") == pl.col("valid_to").shift())).fill_null(value=False)
    stretches = tags.group_by((~lasts).cum_sum().alias("stretch"), "account", "key", "value", maintain_order=True)
    return stretches.agg(pl.col("valid_from").first(), pl.col("valid_to").last()).drop("stretch")


def own_anew(store: Store, before: pl.DataFrame | None, now: datetime) -> None:
    """Where tags of accounts differ from `before`, put the rules in force as a new version: every owner, answer and
    history then says by what it was decided."""
    after = read_of_accounts(store)
    if before is None or after is None or before.equals(after):
        return
    store.publish_again(author=FACTS, now=now)


def accounts(store: Store) -> list[doc.Account]:
    """As they are now, in the order of their ids."""
    frame = store.inventory.accounts()
    rows = frame.filter(frame["valid_to"].is_null()).iter_rows(named=True)
    return [doc.Account(**{**row, "tags": _tags(row["tags"])}) for row in rows]


def _tags(pairs: Sequence[dict[str, str]] | None) -> dict[str, str] | None:
    return None if pairs is None else {pair["key"]: pair["value"] for pair in pairs}


def invoices(store: Store) -> list[doc.Invoice]:
    """As the providers state them now, newest period first."""
    found: list[doc.Invoice] = []
    for row in store.inventory.invoices().iter_rows(named=True):
        money: dict[str, Any] = {
            name: None if row[name] is None else plain(row[name]) for name in ("total", "before_tax")
        }
        found.append(doc.Invoice(**{**row, **money}))
    return found


def budgets(store: Store) -> list[doc.SourceBudget]:
    """What providers have as budgets now, by source and id."""
    found = []
    for row in store.inventory.budgets():
        if row["until"] is not None:
            continue
        amount, period = row["amount"], row["period"]
        days = [None, None] if isinstance(period, str) else period
        found.append(
            doc.SourceBudget(
                **{name: row[name] for name in ("source", "budget", "name", "account", "currency", "scope", "since")},
                amount=None if amount is None else plain(Decimal(amount)),
                period=cast(Any, period) if isinstance(period, str) else None,
                starts_on=days[0],
                ends_on=days[1],
                thresholds=[doc.BudgetThreshold(share=share, basis=basis) for share, basis in row["thresholds"]],
            )
        )
    return found
