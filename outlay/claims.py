"""What a team's draft would take from whom, and whose consent that needs: from the movement of a preview."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from outlay.draft_money import Draft, DraftMoney, Moves
from outlay.movement import largest, periods, summed
from outlay.offered import KEY as OFFERED
from outlay.offered import Exceeded, claimed, exceeded
from outlay.passing import REMAINDERS
from outlay.preview import ROWS_MAX, move_row, take_rows, takes
from outlay.rule_files import POOLS
from outlay.ruling import RulesInForce
from warehouse.attribution import Change, Estate, Rule, Rules, changes, matches, pools_apart
from warehouse.attribution.consent import Moved, Need, Share, Side, Tree, Wanted, needed
from warehouse.attribution.model import NOBODY
from warehouse.attribution.pools import Adjustment
from warehouse.focus import total
from warehouse.focus.period import add_months
from warehouse.store import Store
from warehouse.store.requests import Offer

TEAM: Final = "team"
ADJUSTMENTS: Final = "adjustments"
CELL: Final = ("was", "becomes", "currency")


@dataclass(frozen=True, slots=True)
class Wish:
    """A draft on behalf of a team, on a day, with what is offered and the billing periods that are closed."""

    team: str
    draft: RulesInForce
    now: datetime
    offers: Sequence[Offer]
    closed: Collection[str]


@dataclass(frozen=True, slots=True)
class Consequence:
    needs: Mapping[str, set[Need]]
    """Who has to consent and why; empty where the team may publish by itself."""
    effect: dict[str, Any]
    """As JSON with exact amounts as text: periods, movement, by_month, by_service, by_pool, by_resource, taken,
    moved_lines, shared_lines; and `left_out`, how many rows of those tables are more than ROWS_MAX."""
    above: Sequence[Exceeded] = ()
    """Claims of more than an offer goes up to: they count as not offered."""


def consequence(store: Store, in_force: RulesInForce, wish: Wish) -> Consequence:
    """Closed periods keep their owners: they need nobody's consent."""
    change, today = changes(in_force.rules, wish.draft.rules), wish.now.date()
    money = DraftMoney(store, in_force, Draft(wish.draft, TEAM, wish.closed), wish.now)
    with store.read() as snapshot:
        labels = periods(snapshot)
        found = money.touched(snapshot, change)
        whole = money.moved(snapshot, found, TEAM, labels).without(wish.closed)
    moved = whole.rows
    # Who is above whom says the version in force: no draft makes its own author the parent of others.
    shown_to = _last_day(labels[-1]) if labels else today
    side = Side(wish.team, Tree(in_force.rules.teams), today, max(shown_to, today))
    offered, above = _offered(store, wish, side, (moved, found.estate))
    cells = moved.filter(pl.col("pool").is_null()).join(offered, on=OFFERED, how="left")
    cells = cells.select("period", "was", "becomes", pl.col("offered").fill_null(value=False), "passed").unique()
    pools, documents = pools_apart(in_force.pools, wish.draft.pools), _unowned(in_force, wish.draft)
    wanted = Wanted(
        change=change,
        moved=[Moved(*row) for row in cells.iter_rows()],
        shared=list(_shared(moved)),
        pools=pools,
        repooled=bool(pools) or ADJUSTMENTS in documents,
        documents=documents,
        passing=_passing(change, moved, found.estate, wish),
    )
    return Consequence(needed(side, wanted), _effect(whole, labels), above)


def _offered(
    store: Store, wish: Wish, side: Side, found: tuple[pl.DataFrame, Estate]
) -> tuple[pl.DataFrame, list[Exceeded]]:
    """OFFERED and `offered`, of cost to claim without asking; and claims of more than an offer goes up to."""
    moved, estate = found
    months = moved["period"].unique().to_list()
    # What is of the team's own subtree needs no offer.
    offers = [one for one in wish.offers if not all(side.tree.below(one.team, side.team, month) for month in months)]
    claims = claimed(moved, estate, offers, wish.draft.rules.tag_keys)
    above = list(exceeded(claims, offers, months, store, wish.now))
    claims = claims.filter(~pl.col("offer").is_in([one.offer.id for one in above]))
    return claims.select(*OFFERED, offered=pl.lit(value=True)).unique(), above


def _passing(change: Change, moved: pl.DataFrame, estate: Estate, wish: Wish) -> list[Rule]:
    """The new rules that leave to nobody some of the cost that pools pass on."""
    rules = [rule for dimension, rule in change.come if dimension == TEAM and rule.value == NOBODY]
    passed = moved.filter("passed")["dim"].unique()
    found = matches(estate, rules, wish.draft.rules.tag_keys) if rules and len(passed) else []
    return [rule for rule, dims in zip(rules, found, strict=False) if dims.is_in(passed.implode()).any()]


def _shared(moved: pl.DataFrame) -> Iterator[Share]:
    """For whom pools have another share than before, in `moved` as the rows of `Moves`."""
    parts: dict[tuple[str, str, str | None], tuple[list[Decimal], list[Decimal]]] = {}
    for period, was, becomes, currency, amount, share, _ in summed(moved, "period", *CELL).iter_rows():
        for owner, change in ((was, Decimal.copy_negate), (becomes, Decimal)):
            whole, shares = parts.setdefault((period, currency, owner), ([], []))
            whole.append(change(amount))
            shares.append(change(share))
    for (period, _, owner), (whole, shares) in parts.items():
        share = total(shares)
        if share < -REMAINDERS:
            yield Share(period, owner, rises=False)
        elif share > REMAINDERS and total(whole) > REMAINDERS:
            yield Share(period, owner, rises=True)


def _last_day(period: str) -> date:
    return add_months(date.fromisoformat(f"{period}-01"), 1) - timedelta(days=1)


def _unowned(old: RulesInForce, new: RulesInForce) -> list[str]:
    """What is changed and belongs to no team."""
    found = [name for name in {**old.files, **new.files} if old.files.get(name) != new.files.get(name)]
    found = [name for name in found if name != POOLS]  # what it says is compared, not how
    parts = [{**_beside_rules(one.rules), ADJUSTMENTS: _adjustments(one)} for one in (old, new)]
    return [*found, *(name for name in parts[0] if parts[0][name] != parts[1][name])]


def _beside_rules(rules: Rules) -> dict[str, Any]:
    return {
        "teams": rules.teams,
        "tag_keys": rules.tag_keys,
        "effective_from": rules.effective_from,
        "defaults": {one.name: (one.default, one.precedence) for one in rules.dimensions},
        "assertions": [str(one) for one in rules.assertions],
    }


def _adjustments(rules: RulesInForce) -> list[Adjustment]:
    """Prices are nobody's own. Without what decides nothing."""
    return [replace(one, line=0, note=None) for one in rules.pools.adjustments]


def _effect(whole: Moves, labels: list[str]) -> dict[str, Any]:
    moved, taken = whole.rows, takes(whole.taken)
    tables = {
        "movement": summed(moved, *CELL),
        "by_month": summed(moved, "period", *CELL).sort("period", maintain_order=True),
        "by_service": summed(moved, "service", *CELL),
        "by_pool": summed(moved.filter(pl.col("pool").is_not_null()), "pool", *CELL),
        "by_resource": largest(moved),
    }
    return {
        "periods": labels,
        **{name: _rows(table) for name, table in tables.items()},
        "taken": take_rows(taken.head(ROWS_MAX)),
        "moved_lines": int(moved["lines"].sum()),
        "shared_lines": int(taken["lines"].sum()),
        "left_out": sum(max(0, table.height - ROWS_MAX) for table in (*tables.values(), taken)),
    }


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return [move_row(row) for row in table.head(ROWS_MAX).iter_rows(named=True)]
