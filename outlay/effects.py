"""What other rules would change, as documents: money by team before and after, and rules that decide nothing."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import ROUND_DOWN, Decimal

import polars as pl

from api import documents as doc
from outlay.documents import tags_long
from outlay.ruling import RulesInForce
from warehouse.focus import plain, total
from warehouse.metrics.dim_costs import costs_of_dims
from warehouse.store import Snapshot


@dataclass(frozen=True, slots=True)
class Estate:
    """What rules read, with the money behind it."""

    dims: pl.DataFrame
    tag_sets: pl.DataFrame
    costs: pl.DataFrame
    """dim, currency, effective_cost; one row for each."""


def estate(snapshot: Snapshot) -> Estate:
    """Every dim that a live line uses."""
    dims = snapshot.frame(
        "select dims.* exclude (digest, salted) from dims semi join monthly_dims using (dim) order by dim"
    )
    entries = snapshot.frame(
        "select tag_set, unnest(map_entries(raw)) as entry from tag_sets semi join dims using (tag_set)"
    )
    return Estate(dims, tags_long(entries), costs_of_dims(snapshot))


def compare(
    before: dict[tuple[str | None, str], Decimal], after: dict[tuple[str | None, str], Decimal]
) -> tuple[list[doc.TeamEffect], list[doc.Coverage]]:
    """The change of each team, largest first, and the share of cost that has an owner."""
    effects = []
    for team, currency in {**before, **after}:
        was, will = before.get((team, currency), Decimal(0)), after.get((team, currency), Decimal(0))
        effects.append((team, currency, was, will, total([will, was.copy_negate()])))
    effects.sort(key=lambda effect: (effect[0] is None, effect[4].copy_abs().copy_negate(), effect[0] or "", effect[1]))
    documents = [
        doc.TeamEffect(team=team, currency=currency, before=plain(was), after=plain(will), change=plain(change))
        for team, currency, was, will, change in effects
    ]
    currencies = sorted({currency for _, currency in {**before, **after}})
    return documents, [_coverage(currency, before, after) for currency in currencies]


def _coverage(
    currency: str, before: dict[tuple[str | None, str], Decimal], after: dict[tuple[str | None, str], Decimal]
) -> doc.Coverage:
    return doc.Coverage(
        currency=currency,
        before=_owned_percent(currency, before),
        after=_owned_percent(currency, after),
        unallocated_before=plain(before.get((None, currency), Decimal(0))),
        unallocated_after=plain(after.get((None, currency), Decimal(0))),
    )


def _owned_percent(currency: str, sums: dict[tuple[str | None, str], Decimal]) -> str:
    """Share of |cost| with an owner, one digit; signs are dropped so that credits do not hide what has no owner."""
    here = [(team, amount.copy_abs()) for (team, found), amount in sums.items() if found == currency]
    whole = total(amount for _, amount in here)
    owned = total(amount for team, amount in here if team is not None)
    if not whole:
        return "0"
    # Rounded down: nothing is "100 %" while a cent has no owner.
    return plain((owned * 100 / whole).quantize(Decimal("0.1"), ROUND_DOWN))


def unused_rules(found: Estate, rules: RulesInForce) -> Sequence[str]:
    """Rules of the document that decide nothing on any dim of the estate."""
    reasons = rules.owners(found.dims, found.tag_sets)["why"].unique()
    decided = {
        (dimension, claim.get("rule")) for text in reasons for dimension, claim in json.loads(text or "{}").items()
    }
    return [
        rule.id
        for dimension in rules.rules.dimensions
        for rule in dimension.rules
        if rule.written and (dimension.name, rule.id) not in decided
    ]
