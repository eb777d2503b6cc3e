"""The inbox: cost of a month without an owner, or with a doubtful one, as groups with their money."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api import documents as doc
from api.inbox_protocols import InboxWanted
from api.protocols import Help, ProblemError, Progress
from outlay.asking import Asking
from outlay.consents import Consents
from outlay.effects import Estate, estate
from outlay.inbox_orders import carried_out
from outlay.inbox_share import EXCLUDED, open_cost, question, shares
from outlay.inbox_table import InboxTable
from outlay.rulebook import Rulebook
from outlay.ruling import RulesInForce
from outlay.signatures import group_id
from warehouse.attribution import Estate as Combinations
from warehouse.attribution import Rule, Rules, matches, normal_tags
from warehouse.attribution.consent import Tree
from warehouse.attribution.inbox import Group, inbox
from warehouse.attribution.model import ALWAYS, READABLE, checks, prefix_of
from warehouse.focus import plain, total
from warehouse.metrics import CATALOGUE
from warehouse.metrics.query import Filter, Match
from warehouse.store import Snapshot, Store

OWNERS: Final = {"dim": pl.Int64(), "team": pl.String(), "unknown": pl.List(pl.String())}
UNKNOWN: Final = "unknown_team:"
NOT_VALID: Final = "team_not_valid:"
OWNED: Final = """
    select owners.dim, any_value(team) as team, any_value(why) as why from owners join owner_values using (owner)
    where period = $period and valid_from <= $day and valid_to > $day group by owners.dim
"""
KINDS: Final[Mapping[doc.InboxKind, str]] = {
    "unallocated": f"team is null and extra['{EXCLUDED}'] is null",
    "doubtful": "team is not null and json_extract_string(why, '$.team.layer') in ('default', 'name')",
    "excluded": f"team is null and extra['{EXCLUDED}'] is not null",
}
COSTS: Final = f"""
    select lines.dim, currency, team,
    if(team is null, extra['{EXCLUDED}'], json_extract_string(why, '$.team.layer')) as reason,
    sum(effective_cost) as effective_cost, count(*) as rows
    from lines join owners using (period, dim) join owner_values using (owner)
    where day >= $start and day < $end and valid_from <= day and valid_to > day and ({{kind}})
    group by all
"""
"""Per dim and currency, each line under the owner of its own day."""
DOUBTS: Final = {"default": "by default: no rule knows it", "name": "by the name of an account or a resource"}
Listed = tuple[Mapping[str, Decimal], doc.UnallocatedGroup]


@dataclass(frozen=True, slots=True)
class _Found:
    """What the groups are made of. `now` has dim, team, reason: who has it, and why that is said here."""

    estate: Estate
    costs: pl.DataFrame
    owned: pl.DataFrame


@dataclass(frozen=True, slots=True)
class Acting:
    """How an order comes into force, and how it is counted as an act by hand."""

    publish: Callable[[doc.RulesTexts, str, Progress, int | None], doc.RulesApplied]
    record: Callable[[doc.ActKind, str, str | None, str], None]
    consents: Consents
    """For orders on behalf of a team."""
    asking: Asking


class Inbox:
    """One per server. `clock` answers the present UTC time."""

    def __init__(self, store: Store, rulebook: Rulebook, acting: Acting, clock: Callable[[], datetime]) -> None:
        self._store, self._rulebook, self._acting, self._clock = store, rulebook, acting, clock

    def unallocated(self, wanted: InboxWanted) -> doc.Unallocated:
        in_force = self._rulebook.in_force()
        with self._store.read() as snapshot:
            month = wanted.month or _newest(snapshot) or self._clock().strftime("%Y-%m")
            found = _read(snapshot, month, wanted.kind)
        listed = self._listed(found, in_force, wanted)
        knows = EXCLUDED in self._store.dimensions
        query, now = question(wanted.kind, month, knows), self._clock()
        totals = open_cost(self._store, query, now)
        excluded = open_cost(self._store, question("excluded", month, knows), now) if knows else []
        return doc.Unallocated(
            month=month,
            kind=wanted.kind,
            query=str(query),
            groups=[document for _, document in listed[: wanted.limit]],
            totals=totals,
            excluded=excluded,
            shares=shares(self._store, month, in_force.rules.assertions, now),
            owners=_likely(listed),
            more=max(len(listed) - wanted.limit, 0),
            rules_version=in_force.rules_version,
        )

    def table(self, wanted: InboxWanted) -> InboxTable:
        """Every group, however many."""
        return InboxTable(self.unallocated(replace(wanted, limit=sys.maxsize)))

    def draft(self, order: doc.InboxOrder) -> doc.InboxDraft:
        in_force = self._rulebook.in_force()
        texts = carried_out(order, in_force, self._clock().date())
        return doc.InboxDraft(**texts.model_dump(), diff=self._rulebook.against(texts), base=in_force.rules_version)

    def settled(self, order: doc.InboxPublish) -> doc.RulesTexts:
        in_force = self._rulebook.in_force()
        if order.base != in_force.rules_version:
            more = Help("base", (), "Look at the draft again.")
            raise ProblemError("caller", "conflict", f"Version {in_force.rules_version} was published meanwhile.", more)
        return carried_out(order, in_force, self._clock().date())

    def publish(self, order: doc.InboxPublish, actor: str, progress: Progress) -> doc.RulesApplied:
        texts = self.settled(order)
        request = None
        if order.on_behalf:
            wanted = doc.RequestOrder(
                **texts.model_dump(), team=order.on_behalf, base=order.base, note=order.note or ""
            )
            request, applied = self._acting.consents.at_once(wanted, actor, progress, order.act)
        else:
            applied = self._acting.publish(texts, actor, progress, order.base)
            self._acting.record(order.act, actor, None, str(applied.version))
        self._acting.asking.settle(order, actor, request.id if request else None)
        return applied

    def _listed(self, found: _Found, in_force: RulesInForce, wanted: InboxWanted) -> list[Listed]:
        owners = _owners(found, in_force.rules)
        dims = found.estate.dims
        if wanted.kind == "unallocated":
            dims = _unsplit(found.estate, in_force)
        ended = _ended(found.owned, Tree(in_force.rules.teams), self._clock().date())
        groups = inbox(dims, owners, normal_tags(found.estate.tag_sets, in_force.rules), in_force.rules.teams, ended)
        listed = sorted(_documents(groups, found), key=SORTS[wanted.sort])
        return [one for one in listed if not wanted.groups or one[1].id in wanted.groups]


def _read(snapshot: Snapshot, month: str, kind: doc.InboxKind) -> _Found:
    start = date.fromisoformat(f"{month}-01")
    end = (start + timedelta(days=32)).replace(day=1)
    costs = snapshot.frame(COSTS.format(kind=KINDS[kind]), {"start": start, "end": end})
    return _Found(estate(snapshot), costs, snapshot.frame(OWNED, {"period": month, "day": end - timedelta(days=1)}))


def _newest(snapshot: Snapshot) -> str | None:
    newest = snapshot.frame("select max(day) as day from lines")["day"][0]
    return f"{newest:%Y-%m}" if newest else None


def _owners(found: _Found, rules: Rules) -> pl.DataFrame:
    """dim, team, unknown: those that own something on the last day, and those that are asked about in the month."""
    sources = {rule.id: rule.sources[0] for rule in rules.dimensions[0].rules if rule.sources}
    unknown = {dim: _unknown(why, sources) for dim, why in found.owned.select("dim", "why").iter_rows()}
    asked = set(found.costs["dim"])
    rows = [(dim, None, unknown.get(dim)) for dim in sorted(asked)]
    rows += [
        (dim, team, None)
        for dim, team in found.owned.select("dim", "team").iter_rows()
        if dim not in asked and team is not None
    ]
    dims = found.estate.dims
    return pl.DataFrame(rows, schema=OWNERS, orient="row").with_columns(pl.col("dim").cast(dims.schema["dim"]))


def _unknown(why: str | None, sources: Mapping[str, str]) -> list[str] | None:
    """The column that named no team, and what it said."""
    claim = json.loads(why or "{}").get("team") or {}
    reason, rule = claim.get("reason") or "", claim.get("rule")
    column = sources.get(rule or "")
    return [column, reason.removeprefix(UNKNOWN)] if column and reason.startswith(UNKNOWN) else None


def _ended(owned: pl.DataFrame, tree: Tree, today: date) -> dict[int, tuple[str, str]]:
    """dim -> the team that rules give it to and that has ended, and the nearest one above it that exists today."""
    found = {}
    for dim, why in owned.select("dim", "why").iter_rows():
        reason = (json.loads(why or "{}").get("team") or {}).get("reason") or ""
        team = reason.removeprefix(NOT_VALID)
        heir = tree.heir(team, today) if team != reason else None
        if heir not in (None, team):
            found[dim] = (team, heir)
    return found


def _unsplit(found: Estate, in_force: RulesInForce) -> pl.DataFrame:
    """The combinations that no pool takes from nobody: what a pool gives to teams has owners."""
    pools = [pool for pool in in_force.pools.ordered if pool.unallocated and _on_bills(pool.when)]
    if not pools:
        return found.dims
    asked = [Rule(pool.id, ALWAYS if pool.when is None else pool.when) for pool in pools]
    taken = pl.concat(matches(Combinations(found.dims, found.tag_sets, None), asked, in_force.rules.tag_keys))
    return found.dims.filter(~pl.col("dim").is_in(taken.unique().implode()))


def _on_bills(when: Any) -> bool:
    return when is None or all(check.column in READABLE or prefix_of(check.column) == "tag." for check in checks(when))


def _documents(groups: list[Group], found: _Found) -> Iterator[Listed]:
    """Each with what it costs, signs dropped, so that a credit does not make it look small."""
    resources = dict(found.estate.dims.select("dim", "resource").iter_rows())
    money = found.costs.partition_by("dim", as_dict=True)
    for group in groups:
        every = pl.concat([money[dim,] for dim in group.dims])
        for (team, reason), rows in every.partition_by("team", "reason", as_dict=True).items():
            gross: dict[str, Decimal] = {}
            for currency, amount in rows.select("currency", "effective_cost").iter_rows():
                gross[currency] = total([gross.get(currency, Decimal(0)), amount.copy_abs()])
            own = len({resources[dim] for dim in rows["dim"]})
            yield gross, _document(group, rows, (team, reason), own)


def _document(group: Group, rows: pl.DataFrame, said: tuple[Any, Any], resources: int) -> doc.UnallocatedGroup:
    team, reason = said
    return doc.UnallocatedGroup(
        id=group_id(group.signature.columns, team),
        signature=[doc.SignaturePart(column=column, value=value) for column, value in group.signature.columns],
        where=[*_filters(group, team)],
        resources=resources,
        lines=int(rows["rows"].sum()),
        cost=_money(rows.select("currency", "effective_cost").iter_rows()),
        owner=team,
        reason=DOUBTS.get(reason, reason),
        suggestions=[
            doc.OwnerSuggestion(
                team=one.team,
                certainty=f"{one.certainty * 100:.0f}",
                evidence=[
                    doc.OwnerEvidence(kind=why.kind, text=why.text, dims=why.dims, percent=f"{why.share * 100:.0f}")
                    for why in one.evidence
                ],
            )
            for one in group.suggestions
        ],
    )


def _first(document: doc.UnallocatedGroup) -> str | None:
    return document.suggestions[0].team if document.suggestions else None


def _size(listed: Listed) -> Decimal:
    """In whichever currency it is most: currencies are not compared, only ordered."""
    return max(listed[0].values(), default=Decimal(0))


def _urgent(listed: Listed) -> tuple[Any, ...]:
    """Money × certainty."""
    document = listed[1]
    certainty = Decimal(document.suggestions[0].certainty) if document.suggestions else Decimal(1)
    return -_size(listed) * certainty, document.signature[0].value, document.id


SORTS: Final[Mapping[doc.InboxSort, Callable[[Listed], Any]]] = {
    "urgent": _urgent,
    "cost": lambda one: (-_size(one), one[1].id),
    "lines": lambda one: (-one[1].lines, one[1].id),
    "owner": lambda one: (_first(one[1]) is None, _first(one[1]) or "", *_urgent(one)),
}


def _likely(listed: Sequence[Listed]) -> list[doc.LikelyOwner]:
    by_team: dict[str | None, list[doc.UnallocatedGroup]] = {}
    for _, document in listed:
        by_team.setdefault(_first(document), []).append(document)
    return [
        doc.LikelyOwner(
            team=team,
            groups=len(groups),
            cost=_money((one.currency, Decimal(one.effective_cost)) for group in groups for one in group.cost),
        )
        for team, groups in sorted(by_team.items(), key=lambda item: (item[0] is None, item[0] or ""))
    ]


def _money(rows: Any) -> list[doc.EffectiveCost]:
    sums: dict[str, list[Decimal]] = {}
    for currency, amount in rows:
        sums.setdefault(currency, []).append(amount)
    return [doc.EffectiveCost(currency=name, effective_cost=plain(total(sums[name]))) for name in sorted(sums)]


def _filters(group: Group, team: str | None) -> Iterator[str]:
    """Of the signature, what questions have a word for."""
    if team is not None:
        yield f"where={Filter('team', (Match('is', team),))}"
    for column, value in group.signature.columns:
        if CATALOGUE.knows(column):
            yield f"where={Filter(column, (Match('is', value) if value else Match('none'),))}"
