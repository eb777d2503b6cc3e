"""Money under a draft: what it and its pools move, from what every screen has before. Nothing else sums it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

import polars as pl

from outlay.movement import estate_of, moves, periods, pieces, summed, values_of, within
from outlay.passing import with_passed
from outlay.preview_shares import TAKEN, Shares, share_moves
from outlay.ruling import RulesInForce
from warehouse.attribution import Change, Estate, changes, touched
from warehouse.attribution.model import DIMENSIONS
from warehouse.focus import total
from warehouse.focus.period import Period, add_months
from warehouse.metrics import Access, CostQuery, answer
from warehouse.metrics.answer import resolved
from warehouse.metrics.freshness import OneView
from warehouse.metrics.freshness import Store as Asked
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
    days: Period | None = None
    """The charge days that count; without them every day of the billing periods."""
    whole: bool = False
    """Every row of every table, for a file; a page shows the largest."""


@dataclass(frozen=True, slots=True)
class Touched:
    """What the draft decides otherwise, with its owners before and after.

    `before` is by the rules in force. `earlier` are owners by other versions, with the billing periods that these
    decided: closed ones, and such as were opened again and wait for the next publication.
    """

    estate: Estate
    before: pl.DataFrame
    after: pl.DataFrame
    earlier: tuple[tuple[RulesInForce, pl.DataFrame, tuple[str, ...]], ...] = ()

    @property
    def by_others(self) -> frozenset[str]:
        return frozenset(month for *_, months in self.earlier for month in months)


@dataclass(frozen=True, slots=True)
class Moves:
    """In one dimension: `rows` are what moves (dim, period, currency, service, resource, was, becomes, amount, lines;
    `pool`, and no dim, where a pool shares it; `passed` where pools pass on what goes to nobody), `taken` what pools
    take, as TAKEN."""

    rows: pl.DataFrame
    taken: pl.DataFrame

    def without(self, closed: Collection[str]) -> Moves:
        """Of billing periods that are not closed."""
        return Moves(*(part.filter(~pl.col("period").is_in(list(closed))) for part in (self.rows, self.taken)))


@dataclass(frozen=True, slots=True)
class Figures:
    """Money before and after, shares of pools included, and what moves. Closed months stay as they are."""

    before: Totals
    after: Totals
    moved: Moves


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
        """What has to be decided again, and how it is decided. `change` is from the rules in force."""
        old, new = self.in_force, self.draft.rules
        earlier = self._earlier(snapshot)
        known = new.accounts()
        accounts = old.accounts() if known is None else known
        wanted = together_of([change, *(changes(one.rules, new.rules) for one, _ in earlier)])
        # What the version before decides on earlier days was not compared, nor what is known of accounts since.
        others = any(one.before or not _same(one.accounts(), accounts) for one, _ in earlier)
        if wanted.everything or others or old.before or (new.before and new.before is not old):
            estate = estate_of(snapshot, accounts)
        else:
            dims = pl.Series("dim", [], dtype=pl.Int32)
            if wanted.gone or wanted.come:
                dims = touched(estate_of(snapshot, accounts, wanted.columns), wanted, new.rules)
            estate = estate_of(snapshot, accounts, dims=dims)
        before, after, *others_before = (
            one.owners(estate.dims, estate.tag_sets) for one in (old, new, *(one for one, _ in earlier))
        )
        told = zip(earlier, others_before, strict=True)
        return Touched(estate, before, after, tuple((one, owners, months) for (one, months), owners in told))

    def _earlier(self, snapshot: Snapshot) -> list[tuple[RulesInForce, tuple[str, ...]]]:
        """The versions beside the one in force that decided some billing periods, with these."""
        rows = snapshot.frame("select period, max(rules_version) as version from generations group by 1 order by 1")
        found = rows.filter(pl.col("version") != self.in_force.rules_version).partition_by("version", as_dict=True)
        return [(self.in_force.version(version), tuple(months["period"])) for (version,), months in found.items()]

    def moved(self, snapshot: Snapshot, found: Touched, dimension: str, labels: list[str]) -> Moves:
        """Closed months included."""
        changed = _changed(snapshot, found, dimension)
        first = labels[0] if labels else ""
        every = moves(snapshot, changed, first)
        days = self.draft.days
        direct = moves(snapshot, within(changed, days), first) if days else every
        direct = direct.filter(pl.col("period").is_in(labels))
        direct = direct.join(found.estate.dims.select("dim", "service", "resource"), on="dim", how="left")
        if dimension != SHARED:
            return Moves(direct.with_columns(passed=pl.lit(value=False)), pl.DataFrame(schema=TAKEN))
        asked = Shares(
            draft=self.draft.rules,
            owners=found.after.select("dim", "valid_from", "valid_to", "team", "application", "environment"),
            pieces=changed,
            moved=frozenset(every["period"].unique()),
            recast=self._recast(found, labels),
            periods=labels,
            closed=self.draft.closed,
            days=days,
        )
        shares = share_moves(snapshot, asked, Series(self.store.state))
        both = pl.concat([direct, shares.moves.with_columns(lines=pl.lit(0, pl.Int64))], how="diagonal")
        rows = with_passed(both, found.estate, self.draft.rules.pools, self.draft.rules.rules.tag_keys)
        return Moves(rows, shares.taken)

    def _recast(self, found: Touched, labels: list[str]) -> frozenset[str]:
        """The billing periods whose pools would be others."""
        new = self.draft.rules
        decided = [
            (self.in_force, frozenset(labels) - found.by_others),
            *((one, months) for one, _, months in found.earlier),
        ]
        return frozenset(
            month for old, months in decided if old.pools != new.pools or old.before or new.before for month in months
        )

    def figures(self, snapshot: Snapshot, dimension: str, moved: Moves, labels: list[str]) -> Figures:
        before = totals_of(snapshot, dimension, labels, self.now)
        kept = moved.without(self.draft.closed)
        return Figures(before, _after(before, kept.rows), kept)


def effect(
    store: Store, in_force: RulesInForce, rules: RulesInForce, closed: Collection[str], now: datetime
) -> Figures:
    """By team, over every billing period there is; closed ones stay as they are."""
    money = DraftMoney(store, in_force, Draft(rules, SHARED, closed), now)
    with store.read() as snapshot:
        labels = periods(snapshot, months=None)
        found = money.touched(snapshot, changes(in_force.rules, rules.rules))
        return money.figures(snapshot, SHARED, money.moved(snapshot, found, SHARED, labels), labels)


def reorganised(store: Store, rules: RulesInForce, in_force: RulesInForce, query: CostQuery, now: datetime) -> Figures:
    """By team, of the cost that a question is about: what `rules` make of it, in closed months too, against what every
    screen has."""
    with store.read() as snapshot:
        period = resolved(query, Access(READER), snapshot, now).period
        charged = query.basis == "charge"
        labels = _labels(snapshot, period, "day" if charged else "cast(period || '-01' as date)")
        money = DraftMoney(store, in_force, Draft(rules, SHARED, (), period if charged else None), now)
        moved = money.moved(snapshot, money.touched(snapshot, changes(in_force.rules, rules.rules)), SHARED, labels)
        before = owners_of(OneView(snapshot), query, Access(READER), now)
    return Figures(before, _after(before, moved.rows), moved)


def _changed(snapshot: Snapshot, found: Touched, dimension: str) -> pl.DataFrame:
    """Wherever an owner changes, as `pieces`; with the `period` where these were not all decided by one version."""
    before, after = (values_of(owners, dimension) for owners in (found.before, found.after))
    if not found.earlier:
        return pieces(before, after)
    known = snapshot.frame("select distinct period from generations order by 1")
    parts = [pieces(before, after).join(known.filter(~pl.col("period").is_in(list(found.by_others))), how="cross")]
    for _, owners, months in found.earlier:
        parts.append(pieces(values_of(owners, dimension), after).join(pl.DataFrame({"period": months}), how="cross"))
    return pl.concat(parts)


def together_of(several: Sequence[Change]) -> Change:
    """What any of them touches."""
    gone, come = (
        (tuple(dict.fromkeys(one for change in several for one in getattr(change, side)))) for side in ("gone", "come")
    )
    return Change(gone, come, any(change.everything for change in several))


def _same(one: pl.DataFrame | None, other: pl.DataFrame | None) -> bool:
    return (one is None and other is None) or (one is not None and other is not None and one.equals(other))


def _labels(snapshot: Snapshot, period: Period, day: str) -> list[str]:
    """The billing periods with cost in a period."""
    sql = f"select distinct period from daily where {day} >= $start and {day} < $end order by 1"
    return snapshot.frame(sql, {"start": period.start, "end": period.end})["period"].to_list()


def owned(store: Store, now: datetime) -> Totals:
    """By team, of every billing period there is."""
    with store.read() as snapshot:
        return totals_of(snapshot, SHARED, periods(snapshot, months=None), now)


def months_query(labels: list[str]) -> CostQuery:
    """All cost of these billing periods, the first and the last of which count."""
    last = add_months(date.fromisoformat(f"{labels[-1]}-01"), 1) - timedelta(days=1)
    return CostQuery(period=f"{labels[0]}-01..{last}", basis="billing")


def totals_of(snapshot: Snapshot, dimension: str, labels: list[str], now: datetime) -> Totals:
    """Of the rules in force, as every screen has them."""
    if not labels:
        return {}
    known = dimension in (*DIMENSIONS, *snapshot.dimensions)
    return owners_of(OneView(snapshot), months_query(labels), Access(READER), now, dimension if known else None)


def owners_of(store: Asked, query: CostQuery, access: Access, now: datetime, dimension: str | None = SHARED) -> Totals:
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
