"""Money under a draft: what it and its pools move, from what every screen has before. Nothing else sums it."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from outlay.movement import estate_of, moves, periods, pieces, summed, values_of
from outlay.preview_shares import Shares, share_moves
from outlay.ruling import RulesInForce
from warehouse.attribution import Change, Estate, changes, touched
from warehouse.attribution.model import DIMENSIONS
from warehouse.focus import total
from warehouse.focus.period import add_months
from warehouse.metrics import Access, CostQuery, answer
from warehouse.store import Snapshot, Store
from warehouse.store.series import Series

READER: Final = "preview"
SHARED: Final = "team"
"""The dimension that pools share cost by; of the others nobody receives a share."""
Totals = dict[tuple[str | None, str], Decimal]
"""(owner, currency) -> effective cost."""


@dataclass(frozen=True, slots=True)
class Draft:
    rules: RulesInForce
    dimension: str
    closed: Collection[str]
    """Billing periods that are closed: shown as they would be."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What the draft decides otherwise, with its owners before and after."""

    estate: Estate
    before: pl.DataFrame
    after: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Figures:
    """One dimension: money before and after, shares of pools included, and what moves (period, currency, service,
    resource, was, becomes, amount, lines; `pool` where a pool shares it).

    Closed months stay as they are.
    """

    before: Totals
    after: Totals
    moved: pl.DataFrame


def together(totals: Totals, owners: Collection[str | None]) -> dict[str, Decimal]:
    """Currency -> what these owners have."""
    found: dict[str, list[Decimal]] = {}
    for (owner, currency), amount in totals.items():
        if owner in owners:
            found.setdefault(currency, []).append(amount)
    return {currency: total(amounts) for currency, amounts in sorted(found.items())}


@dataclass(frozen=True, slots=True)
class DraftMoney:
    """`in_force` are the rules that the store is owned by."""

    store: Store
    in_force: RulesInForce
    draft: Draft
    now: datetime

    def touched(self, snapshot: Snapshot, change: Change) -> Touched:
        """What has to be decided again, and how it is decided."""
        old, new = self.in_force, self.draft.rules
        known = new.accounts()
        accounts = old.accounts() if known is None else known
        # What the version before decides on earlier days was not compared.
        if change.everything or old.before or (new.before and new.before is not old):
            estate = estate_of(snapshot, accounts)
        else:
            dims = pl.Series("dim", [], dtype=pl.Int32)
            if change.gone or change.come:
                dims = touched(estate_of(snapshot, accounts, change.columns), change, new.rules)
            estate = estate_of(snapshot, accounts, dims=dims)
        before, after = (one.owners(estate.dims, estate.tag_sets) for one in (old, new))
        return Touched(estate, before, after)

    def moved(self, snapshot: Snapshot, found: Touched, dimension: str, labels: list[str]) -> pl.DataFrame:
        """As `Figures.moved`, closed months included."""
        changed = pieces(*(values_of(owners, dimension) for owners in (found.before, found.after)))
        direct = moves(snapshot, changed, labels[0] if labels else "")
        direct = direct.join(found.estate.dims.select("dim", "service", "resource"), on="dim", how="left").drop("dim")
        if dimension != SHARED:
            return direct
        asked = Shares(
            in_force=self.in_force,
            draft=self.draft.rules,
            owners=found.after.select("dim", "valid_from", "valid_to", "team", "application", "environment"),
            pieces=changed,
            moved=frozenset(direct["period"].unique()),
            periods=labels,
            closed=self.draft.closed,
        )
        shares = share_moves(snapshot, asked, Series(self.store.state))
        return pl.concat([direct, shares.with_columns(lines=pl.lit(0, pl.Int64))], how="diagonal")

    def figures(self, dimension: str, moved: pl.DataFrame, labels: list[str]) -> Figures:
        before = totals_of(self.store, dimension, labels, self.now)
        kept = moved.filter(~pl.col("period").is_in(list(self.draft.closed)))
        return Figures(before, _after(before, kept), kept)


def effect(store: Store, in_force: RulesInForce, rules: RulesInForce, now: datetime) -> Figures:
    """By team, over every billing period there is, as if none were closed."""
    money = DraftMoney(store, in_force, Draft(rules, SHARED, ()), now)
    with store.read() as snapshot:
        labels = periods(snapshot, months=None)
        found = money.touched(snapshot, changes(in_force.rules, rules.rules))
        moved = money.moved(snapshot, found, SHARED, labels)
    return money.figures(SHARED, moved, labels)


def reorganised(store: Store, in_force: RulesInForce, rules: RulesInForce, now: datetime) -> Figures:
    """By team, over the months of a preview: what `rules` make of them, closed or not, against what every screen has.

    Each month is compared with the rules that decided it.
    """
    draft = Draft(rules, SHARED, ())
    with store.read() as snapshot:
        labels = periods(snapshot)
        decided: dict[int, tuple[RulesInForce, list[str]]] = {}
        for label in labels:
            theirs = in_force.at(label)
            decided.setdefault(theirs.rules_version, (theirs, []))[1].append(label)
        parts = []
        for theirs, months in decided.values():
            money = DraftMoney(store, theirs, draft, now)
            moved = money.moved(snapshot, money.touched(snapshot, changes(theirs.rules, rules.rules)), SHARED, months)
            parts.append(moved.filter(pl.col("period").is_in(months)))
    if not parts:
        return Figures({}, {}, pl.DataFrame())
    return DraftMoney(store, in_force, draft, now).figures(SHARED, pl.concat(parts), labels)


def owned(store: Store, now: datetime) -> Totals:
    """By team, of every billing period there is."""
    with store.read() as snapshot:
        labels = periods(snapshot, months=None)
    return totals_of(store, SHARED, labels, now)


def months_query(labels: list[str]) -> CostQuery:
    """All cost of these billing periods, the first and the last of which count."""
    last = add_months(date.fromisoformat(f"{labels[-1]}-01"), 1) - timedelta(days=1)
    return CostQuery(period=f"{labels[0]}-01..{last}", basis="billing")


def totals_of(store: Store, dimension: str, labels: list[str], now: datetime) -> Totals:
    """Of the rules in force, as every screen has them."""
    if not labels:
        return {}
    known = dimension in (*DIMENSIONS, *store.dimensions)
    return owners_of(store, months_query(labels), Access(READER), now, dimension if known else None)


def owners_of(store: Store, query: CostQuery, access: Access, now: datetime, dimension: str | None = SHARED) -> Totals:
    """Of the rules in force, of the cost that a question is about; all of it together without a dimension."""
    rows = answer(replace(query, by=(dimension,) if dimension else ()), access, store, now).rows
    owners = rows[dimension] if dimension else [None] * len(rows)
    return {
        (owner, currency): amount
        for owner, currency, amount in zip(owners, rows["currency"], rows["effective_cost"], strict=True)
    }


def _after(before: Totals, moved: pl.DataFrame) -> Totals:
    after = dict(before)
    for was, becomes, currency, amount, *_ in summed(moved, "was", "becomes", "currency").iter_rows():
        for owner, change in ((was, amount.copy_negate()), (becomes, amount)):
            after[owner, currency] = total([after.get((owner, currency), Decimal(0)), change])
    return after
