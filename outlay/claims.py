"""What a team's draft would take from whom, and whose consent that needs: from the movement of a preview."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import polars as pl

from outlay.draft_money import Draft, DraftMoney, Touched
from outlay.movement import largest, moves, periods, pieces, summed, values_of
from outlay.preview import ROWS_MAX, move_row
from outlay.ruling import RulesInForce
from outlay.scopes import condition_of, filters_of
from warehouse.attribution import Rule, Rules, changes, matches
from warehouse.attribution.consent import Moved, Need, Side, Tree, needed
from warehouse.focus.period import add_months
from warehouse.store import Store
from warehouse.store.requests import Offer

TEAM: Final = "team"


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
    """As JSON with exact amounts as text: periods, movement, by_month, by_service, by_resource, moved_lines."""


def consequence(store: Store, in_force: RulesInForce, wish: Wish) -> Consequence:
    """Closed periods keep their owners: they need nobody's consent."""
    change, today = changes(in_force.rules, wish.draft.rules), wish.now.date()
    money = DraftMoney(store, in_force, Draft(wish.draft, TEAM, wish.closed), wish.now)
    with store.read() as snapshot:
        labels = periods(snapshot)
        found = money.touched(snapshot, change)
        # Who owns lines: what pools then make of it is theirs to say.
        changed = pieces(*(values_of(owners, TEAM) for owners in (found.before, found.after)))
        moved = moves(snapshot, changed, labels[0] if labels else "")
    moved = moved.filter(~pl.col("period").is_in(list(wish.closed)))
    # Who is above whom says the version in force: no draft makes its own author the parent of others.
    shown_to = _last_day(labels[-1]) if labels else today
    side = Side(wish.team, Tree(in_force.rules.teams), today, max(shown_to, today))
    cells = moved.join(_offered(found, wish), on=["dim", "was"], how="left")
    cells = cells.select("period", "was", "becomes", offered=pl.col("offered").fill_null(value=False)).unique()
    needs = needed(side, change, [Moved(*row) for row in cells.iter_rows()], _unowned(in_force, wish.draft))
    return Consequence(needs, _effect(_told(moved, found), labels))


def _last_day(period: str) -> date:
    return add_months(date.fromisoformat(f"{period}-01"), 1) - timedelta(days=1)


def _offered(found: Touched, wish: Wish) -> pl.DataFrame:
    """dim, was, offered: cost that its owner offers."""
    asked = [
        (offer, condition)
        for offer in wish.offers
        if (condition := condition_of(one for one in filters_of(offer.scope) if one.dimension != TEAM))
    ]
    rules = [Rule(offer.id, condition, value=offer.team) for offer, condition in asked]
    dims = matches(found.estate, rules, wish.draft.rules.tag_keys) if rules else []
    frames = [
        pl.DataFrame({"dim": one}).with_columns(was=pl.lit(offer.team), offered=pl.lit(value=True))
        for (offer, _), one in zip(asked, dims, strict=True)
    ]
    empty = pl.DataFrame(schema={"dim": found.estate.dims.schema["dim"], "was": pl.String(), "offered": pl.Boolean()})
    return pl.concat([empty, *frames]).unique()


def _unowned(old: RulesInForce, new: RulesInForce) -> list[str]:
    """What is changed and belongs to no team."""
    found = [name for name in {**old.files, **new.files} if old.files.get(name) != new.files.get(name)]
    parts = [_beside_rules(one.rules) for one in (old, new)]
    return [*found, *(name for name in parts[0] if parts[0][name] != parts[1][name])]


def _beside_rules(rules: Rules) -> dict[str, Any]:
    return {
        "teams": rules.teams,
        "tag_keys": rules.tag_keys,
        "effective_from": rules.effective_from,
        "defaults": {one.name: (one.default, one.precedence) for one in rules.dimensions},
        "assertions": [str(one) for one in rules.assertions],
    }


def _told(moved: pl.DataFrame, found: Touched) -> pl.DataFrame:
    """With service and resource."""
    return moved.join(found.estate.dims.select("dim", "service", "resource"), on="dim", how="left")


def _effect(moved: pl.DataFrame, labels: list[str]) -> dict[str, Any]:
    months = summed(moved, "period", "was", "becomes", "currency").sort("period", maintain_order=True)
    matrix = summed(moved, "was", "becomes", "currency")
    return {
        "periods": labels,
        "movement": _rows(matrix),
        "by_month": _rows(months),
        "by_service": _rows(summed(moved, "service", "was", "becomes", "currency")),
        "by_resource": _rows(largest(moved)),
        "moved_lines": int(moved["lines"].sum()),
    }


def _rows(table: pl.DataFrame) -> list[dict[str, Any]]:
    return [move_row(row) for row in table.head(ROWS_MAX).iter_rows(named=True)]
