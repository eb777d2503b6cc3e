"""The inbox: cost of a month without an owner, as groups with their money; and the rule that would own one."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.effects import estate
from outlay.rulebook import Rulebook
from warehouse.attribution import Rules
from warehouse.attribution.edit import with_rule
from warehouse.attribution.inbox import Group, inbox
from warehouse.focus import plain, total
from warehouse.metrics import CATALOGUE
from warehouse.metrics.query import Filter, Match
from warehouse.store import Snapshot, Store

GROUPS_MAX: Final = 200
OWNERS: Final = {"dim": pl.Int64(), "team": pl.String(), "unknown": pl.List(pl.String())}
UNKNOWN: Final = "unknown_team:"
OWNED: Final = """
    select owners.dim, any_value(team) as team, any_value(why) as why from owners join owner_values using (owner)
    where period = $period and valid_from <= $day and valid_to > $day group by owners.dim
"""
OPEN: Final = """
    select lines.dim, currency, sum(effective_cost) as effective_cost, count(*) as rows
    from lines join owners using (period, dim) join owner_values using (owner)
    where day >= $start and day < $end and valid_from <= day and valid_to > day and team is null
    group by lines.dim, currency
"""
"""Per dim and currency, each line under the owner of its own day."""


class Inbox:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._clock = store, rulebook, clock

    def unallocated(self, month: str | None) -> doc.Unallocated:
        in_force = self._rulebook.in_force()
        rules = in_force.rules
        with self._store.read() as snapshot:
            month = month or _newest(snapshot) or self._clock().strftime("%Y-%m")
            start = date.fromisoformat(f"{month}-01")
            end = (start + timedelta(days=32)).replace(day=1)
            found, costs = estate(snapshot), snapshot.frame(OPEN, {"start": start, "end": end})
            owned = snapshot.frame(OWNED, {"period": month, "day": end - timedelta(days=1)})
        owners = _owners(found.dims, owned, costs, rules)
        groups = inbox(found.dims, owners, in_force.tags(found.tag_sets), rules.teams)
        listed = sorted(_documents(groups, found.dims, costs), key=_urgent)
        return doc.Unallocated(
            month=month,
            groups=[document for _, document in listed[:GROUPS_MAX]],
            totals=_money(costs.select("currency", "effective_cost").iter_rows()),
            more=max(len(listed) - GROUPS_MAX, 0),
        )

    def draft(self, order: doc.AssignOrder) -> doc.RulesTexts:
        rules = self._rulebook.in_force()
        teams = sorted({team.key for team in rules.rules.teams})
        if order.team not in teams:
            step = f"Use one of {', '.join(teams[:20])}." if teams else "Name the teams in org.yaml first."
            raise ProblemError("caller", "invalid", f"There is no team {order.team!r}.", Help("team", (), step))
        columns = [(part.column, part.value) for part in order.signature]
        conditions = [_condition(column, value) for column, value in columns]
        rule: dict[str, Any] = {
            "id": "inbox-" + hashlib.sha256(json.dumps([columns, order.team]).encode()).hexdigest()[:10],
            "when": conditions[0] if len(conditions) == 1 else {"all": conditions},
            "value": order.team,
            "note": order.note or f"from the inbox, {datetime.combine(self._clock().date(), time(), UTC):%Y-%m-%d}",
        }
        return doc.RulesTexts(org=rules.org, rules=with_rule(rules.text, "team", rule), files=dict(rules.files))


def _newest(snapshot: Snapshot) -> str | None:
    newest = snapshot.frame("select max(day) as day from lines")["day"][0]
    return f"{newest:%Y-%m}" if newest else None


def _owners(dims: pl.DataFrame, owned: pl.DataFrame, costs: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """dim, team, unknown: those that own something on the last day, and those without an owner in the month."""
    sources = {rule.id: rule.sources[0] for rule in rules.dimensions[0].rules if rule.sources}
    unknown = {dim: _unknown(why, sources) for dim, why in owned.select("dim", "why").iter_rows()}
    open_dims = set(costs["dim"])
    rows = [
        (dim, None if dim in open_dims else team, unknown[dim] if dim in open_dims else None)
        for dim, team in owned.select("dim", "team").iter_rows()
        if dim in open_dims or team is not None
    ]
    return pl.DataFrame(rows, schema=OWNERS, orient="row").with_columns(pl.col("dim").cast(dims.schema["dim"]))


def _unknown(why: str | None, sources: Mapping[str, str]) -> list[str] | None:
    """The column that named no team, and what it said."""
    claim = json.loads(why or "{}").get("team") or {}
    reason, rule = claim.get("reason") or "", claim.get("rule")
    column = sources.get(rule or "")
    return [column, reason.removeprefix(UNKNOWN)] if column and reason.startswith(UNKNOWN) else None


def _documents(
    groups: list[Group], dims: pl.DataFrame, costs: pl.DataFrame
) -> Iterator[tuple[Mapping[str, Decimal], doc.UnallocatedGroup]]:
    """Each with what it costs, signs dropped, so that a credit does not make it look small."""
    resources = dict(dims.select("dim", "resource").iter_rows())
    money = costs.partition_by("dim", as_dict=True)
    for group in groups:
        rows = pl.concat([money[dim,] for dim in group.dims if (dim,) in money])
        gross: dict[str, Decimal] = {}
        for currency, amount in rows.select("currency", "effective_cost").iter_rows():
            gross[currency] = total([gross.get(currency, Decimal(0)), amount.copy_abs()])
        yield (
            gross,
            doc.UnallocatedGroup(
                signature=[doc.SignaturePart(column=column, value=value) for column, value in group.signature.columns],
                where=list(_filters(group)),
                resources=len({resources[dim] for dim in group.dims}),
                lines=int(rows["rows"].sum()),
                cost=_money(rows.select("currency", "effective_cost").iter_rows()),
                suggestions=[
                    doc.OwnerSuggestion(
                        team=one.team,
                        certainty=f"{one.certainty * 100:.0f}",
                        evidence=[
                            doc.OwnerEvidence(
                                kind=why.kind, text=why.text, dims=why.dims, percent=f"{why.share * 100:.0f}"
                            )
                            for why in one.evidence
                        ],
                    )
                    for one in group.suggestions
                ],
            ),
        )


def _urgent(listed: tuple[Mapping[str, Decimal], doc.UnallocatedGroup]) -> tuple[Decimal, str]:
    """Money × certainty, in whichever currency it is most: currencies are not compared, only ordered."""
    gross, document = listed
    certainty = Decimal(document.suggestions[0].certainty) if document.suggestions else Decimal(1)
    return -max(gross.values(), default=Decimal(0)) * certainty, document.signature[0].value


def _money(rows: Any) -> list[doc.EffectiveCost]:
    sums: dict[str, list[Decimal]] = {}
    for currency, amount in rows:
        sums.setdefault(currency, []).append(amount)
    return [doc.EffectiveCost(currency=name, effective_cost=plain(total(sums[name]))) for name in sorted(sums)]


def _filters(group: Group) -> Iterator[str]:
    """Of the signature, what questions have a word for."""
    for column, value in group.signature.columns:
        if CATALOGUE.knows(column):
            yield f"where={Filter(column, (Match('is', value) if value else Match('none'),))}"


def _condition(column: str, value: str) -> dict[str, Any]:
    if not value:
        return {"column": column, "missing": "true"}
    return {"column": column, "prefix" if column == "resource_name" else "equals": value}
