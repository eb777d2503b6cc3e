"""Groups of the inbox as they are listed: each with its money, an answer, and in the order that is asked for."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api import documents as doc
from outlay.held import Held
from outlay.inbox_groups import Found
from outlay.inbox_share import BY, READER
from outlay.signatures import group_id
from warehouse.attribution.inbox import Group
from warehouse.focus import plain
from warehouse.metrics import CATALOGUE, Access, CostQuery
from warehouse.metrics.combinations import by_combinations
from warehouse.metrics.query import Filter, Match

DOUBTS: Final = {"default": "by default: no rule knows it", "name": "by the name of an account or a resource"}
NOBODY: Final = ""
"""The group of what no team is thought of for; no team is called so."""
Owner = tuple[str | None, str | None]
"""Who has it, and why it is asked about."""


@dataclass(frozen=True, slots=True)
class Listed:
    """A group with its size in each currency: signs dropped, so that a credit does not make it look small."""

    sizes: Mapping[str, Decimal]
    document: doc.UnallocatedGroup

    @property
    def likely(self) -> str | None:
        return self.document.suggestions[0].team if self.document.suggestions else None

    @property
    def size(self) -> Decimal:
        """In whichever currency it is most: currencies are not compared, only ordered."""
        return max(self.sizes.values(), default=Decimal(0))


@dataclass(frozen=True, slots=True)
class Asking:
    """The question whose answers groups are parts of."""

    store: Held
    kind: doc.InboxKind
    query: CostQuery
    now: datetime

    def answers(self, names: Mapping[int, str], by: tuple[str, ...] = ()) -> pl.DataFrame:
        query = CostQuery(where=self.query.where, period=self.query.period, by=by)
        return by_combinations(query, names, Access(READER), self.store, self.now)


def listed(groups: Sequence[Group], found: Found, asking: Asking) -> Iterator[Listed]:
    ids = {dim: group_id(group.signature.columns) for group in groups for dim in group.dims}
    if not ids:
        return
    by = BY[asking.kind]
    answers = asking.answers(ids, by).partition_by("group", *by, as_dict=True)
    named = found.lines.with_columns(group=pl.col("dim").replace_strict(ids, default=None, return_dtype=pl.String))
    named = named.drop_nulls("group").join(found.estate.dims.select("dim", "resource"), on="dim")
    counted = named.group_by("group", "team", "reason").agg(pl.col("resource").n_unique(), pl.col("lines").sum())
    owners: dict[str, list[tuple[Owner, int, int]]] = defaultdict(list)
    for name, team, reason, resources, lines in counted.sort("group", "team", "reason").iter_rows():
        owners[name].append(((team, reason), resources, lines))
    for group in groups:
        name = group_id(group.signature.columns)
        for owner, resources, lines in owners[name]:
            money = answers[(name, *owner[2 - len(by) :])]
            sizes = dict(money.select("currency", "size").iter_rows())
            yield Listed(sizes, _document(group, owner, (resources, lines), effective(money)))


def effective(rows: pl.DataFrame) -> list[doc.EffectiveCost]:
    cells = rows.sort("currency").select("currency", "effective_cost").iter_rows()
    return [doc.EffectiveCost(currency=currency, effective_cost=plain(amount)) for currency, amount in cells]


def likely(groups: Sequence[Group], shown: Sequence[Listed], asking: Asking) -> list[doc.LikelyOwner]:
    """By the team that is first thought of, nobody last."""
    counts: dict[str, int] = defaultdict(int)
    for one in shown:
        counts[one.likely or NOBODY] += 1
    ids = {one.document.id for one in shown}
    teams = {
        dim: group.suggestions[0].team if group.suggestions else NOBODY
        for group in groups
        if group_id(group.signature.columns) in ids
        for dim in group.dims
    }
    cost = asking.answers(teams).partition_by("group", as_dict=True) if teams else {}
    return [
        doc.LikelyOwner(team=team or None, groups=counts[team], cost=effective(cost[team,]))
        for team in sorted(counts, key=lambda team: (team == NOBODY, team))
    ]


def together(groups: Sequence[Group], asking: Asking) -> list[doc.EffectiveCost]:
    """What all groups cost."""
    names = {dim: NOBODY for group in groups for dim in group.dims}
    return effective(asking.answers(names)) if names else []


def _document(
    group: Group, owner: Owner, counted: tuple[int, int], cost: list[doc.EffectiveCost]
) -> doc.UnallocatedGroup:
    team, reason = owner
    return doc.UnallocatedGroup(
        id=group_id(group.signature.columns),
        signature=[doc.SignaturePart(column=column, value=value) for column, value in group.signature.columns],
        where=[*_filters(group, team)],
        resources=counted[0],
        lines=counted[1],
        cost=cost,
        owner=team,
        reason=DOUBTS.get(reason or "", reason),
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


def _filters(group: Group, team: str | None) -> Iterator[str]:
    """Of the signature, what questions have a word for; a name begins with its value."""
    if team is not None:
        yield f"where={Filter('team', (Match('is', team),))}"
    for column, value in group.signature.columns:
        if column == "resource_name":
            yield f"where={Filter(column, (Match('contains', value),))}"
        elif CATALOGUE.knows(column):
            yield f"where={Filter(column, (Match('is', value) if value else Match('none'),))}"


def _urgent(one: Listed) -> tuple[Any, ...]:
    """Money × certainty."""
    certainty = Decimal(one.document.suggestions[0].certainty) if one.document.suggestions else Decimal(1)
    return -one.size * certainty, one.document.signature[0].value, one.document.id, one.document.owner or ""


SORTS: Final[Mapping[doc.InboxSort, Callable[[Listed], Any]]] = {
    "urgent": _urgent,
    "cost": lambda one: (-one.size, one.document.id, one.document.owner or ""),
    "lines": lambda one: (-one.document.lines, one.document.id, one.document.owner or ""),
    "owner": lambda one: (one.likely is None, one.likely or "", *_urgent(one)),
}
