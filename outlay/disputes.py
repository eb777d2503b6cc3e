"""Disputes: a team says that cost is not its own, and a draft moves it to whose it may be, or to nobody."""

from __future__ import annotations

import uuid
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any, Final

import polars as pl

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.consents import Consents
from outlay.ended import ended_teams
from outlay.movement import estate_of
from outlay.request_pages import placed, printed
from outlay.rulebook import Rulebook
from outlay.ruling import RulesInForce
from outlay.scopes import as_written, condition_of, filters_of
from outlay.toil import Toil
from warehouse.attribution import Estate, Rule, matches, normal_tags
from warehouse.attribution.consent import Tree
from warehouse.attribution.edit import items, moved, with_rule
from warehouse.attribution.model import NOBODY, TAG, All, Check, Condition
from warehouse.focus import plain
from warehouse.metrics import Access, Answer, CostQuery, Filter, Match, answer
from warehouse.store import Store
from warehouse.store.requests import Dispute, Requests
from warehouse.store.state import instant

VALUES_MAX: Final = 1_000
"""Values that tell a team's cost from that of others, in one rule."""
TELLING: Final = ("resource_group", "sub_account", "resource_name", "resource")
"""Columns that may tell it, behind the tags that rules read; those that hold for what comes later are first."""
RULES: Final = ("dimensions", "team", "rules")
OWNERS: Final = "select distinct dim, team from owners join owner_values using (owner) where team is not null"


class Disputes:
    """One per server. Every method may be called from any thread."""

    def __init__(self, store: Store, rulebook: Rulebook, consents: Consents, toil: Toil) -> None:
        self._store, self._rulebook, self._consents, self._toil = store, rulebook, consents, toil
        self._kept = Requests(store.state)

    def page(self, team: str | None, limit: int, cursor: str | None = None) -> doc.Disputes:
        """Newest first; with a team, those that it raised or that name it."""
        found = self._kept.disputes(limit, team, placed(cursor))
        states = self._consents.states([one.request for one in found.rows if one.request])
        shown = [_document(one, states.get(one.request or "", "superseded")) for one in found.rows]
        return doc.Disputes(disputes=shown, next=printed(found.next))

    def open(self, order: doc.DisputeOrder, actor: str) -> doc.Dispute:
        """Keep it with the money at this moment, and ask whoever has to consent to the draft."""
        rules, now = self._rulebook.in_force(), self._rulebook.clock()
        tree = Tree(rules.rules.teams)
        if order.suggested and (order.suggested == order.team or tree.on(order.suggested, now.date()) is None):
            step = "Name another team that exists today, or none."
            raise ProblemError("caller", "invalid", "It cannot be that team's.", Help("suggested", (), step))
        filters = [one for one in filters_of(order.scope) if one.dimension != "team"]
        if not filters:
            step = "Name a service, a resource, an account or a pool."
            raise ProblemError("caller", "invalid", "All of it cannot be disputed at once.", Help("scope", (), step))
        own = Filter("team", (Match("is", order.team),))
        query = CostQuery(where=(*filters, own), period=order.period)
        found = answer(query, Access(actor), self._store, now)
        new = uuid.uuid4().hex
        texts = self._draft(order, filters, found, new)
        request = self._consents.submit(
            doc.RequestOrder(**texts.model_dump(), team=order.team, base=rules.rules_version, note=order.reason),
            actor,
            dispute=new,
        )
        kept = Dispute(
            id=new,
            team=order.team,
            scope=order.scope,
            reason=order.reason,
            suggested=order.suggested,
            # Days, not words: asked again later it is the same question.
            query=str(replace(query, period=f"{found.period.start}..{found.period.end - timedelta(days=1)}")),
            totals=[{"currency": row["currency"], "effective_cost": plain(row["effective_cost"])}
                    for row in found.totals.iter_rows(named=True)],
            actor=actor,
            created_at=instant(now),
            request=request.id,
        )  # fmt: skip
        self._kept.dispute(kept)
        self._toil.record("dispute", actor, order.team, new)
        return _document(kept, request.state)

    def ended_teams(self) -> list[doc.EndedTeam]:
        return ended_teams(self._rulebook)

    def _draft(self, order: doc.DisputeOrder, filters: Sequence[Filter], found: Answer, new: str) -> doc.RulesTexts:
        """The texts in force with a rule before the others; as they are where no rule can say it."""
        rules = self._rulebook.in_force()
        texts = doc.RulesTexts(org=rules.org, rules=rules.text, files=dict(rules.files))
        condition = condition_of(filters)
        if condition is None:
            return texts
        precedence = rules.rules.dimensions[0].precedence if rules.rules.dimensions else ()
        rule: dict[str, Any] = {
            "id": f"dispute-{new[:10]}",
            "when": as_written(self._narrowed(rules, order.team, condition)),
            "value": order.suggested or NOBODY,
            "note": f"not {order.team}'s: {order.reason}"[:2_000],
            "valid_from": str(found.period.start),
        }
        if precedence:
            rule["layer"] = precedence[0]
        behind = with_rule(rules.text, "team", rule)
        return texts.model_copy(update={"rules": moved(behind, RULES, len(items(behind, RULES)) - 1, 0)})

    def _narrowed(self, rules: RulesInForce, team: str, condition: Condition) -> Condition:
        """The condition, narrowed to what the team has where others have cost that it holds for too."""
        with self._store.read() as snapshot:
            estate = estate_of(snapshot, rules.accounts())
            owners = snapshot.frame(OWNERS)
        (held,) = matches(estate, [Rule("held", condition)], rules.rules.tag_keys)
        owners = owners.join(pl.DataFrame({"dim": held}), on="dim", how="semi")
        mine = owners.filter(pl.col("team") == team)["dim"].unique()
        others = owners.filter(~pl.col("dim").is_in(mine.implode()))["dim"].unique()
        if mine.is_empty() or others.is_empty():
            return condition
        for column, values in _columns(rules, estate):
            telling = _telling(values, mine, others)
            if telling:
                return All((condition, Check(column, "equals", telling)))
        return condition


def _columns(rules: RulesInForce, estate: Estate) -> Iterator[tuple[str, pl.DataFrame]]:
    """Columns with dim and value."""
    read = [column for one in rules.rules.dimensions if one.name == "team" for column in one.columns]
    tags = normal_tags(estate.tag_sets, rules.rules)
    for column in (one for one in read if one.startswith(TAG)):
        values = tags.filter(pl.col("key") == column.removeprefix(TAG)).select("tag_set", "value")
        yield column, estate.dims.select("dim", "tag_set").join(values, on="tag_set").select("dim", "value")
    for column in TELLING:
        yield column, estate.dims.select("dim", value=column).drop_nulls()


def _telling(values: pl.DataFrame, mine: pl.Series, others: pl.Series) -> tuple[str, ...]:
    """The values that all of `mine` have and none of `others`; nothing where there are none, or too many."""
    own = values.filter(pl.col("dim").is_in(mine.implode()))
    if own["dim"].n_unique() < len(mine):
        return ()
    theirs = values.filter(pl.col("dim").is_in(others.implode()))["value"].unique()
    found = own["value"].unique().sort()
    if len(found) > VALUES_MAX or found.is_in(theirs.implode()).any():
        return ()
    return tuple(found)


def _document(kept: Dispute, state: doc.RequestState) -> doc.Dispute:
    return doc.Dispute(
        **{name: getattr(kept, name) for name in kept.__slots__ if name not in ("totals", "request")},
        totals=[doc.EffectiveCost(**one) for one in kept.totals],
        request=kept.request or "",
        state=state,
    )
