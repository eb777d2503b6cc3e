"""How the cost of a group stands: who has it, and which rules a new one has to come before so that it decides."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from api import documents as doc
from outlay.inbox_share import EXCLUDED, WEAK
from outlay.movement import estate_of
from outlay.ruling import RulesInForce
from warehouse.attribution import Rule, matches
from warehouse.attribution.contradict import FIRM
from warehouse.attribution.model import LAYERS, All, AnyOf, Check, Condition, Dimension, checks
from warehouse.store import Snapshot, Store

OF_KIND: Final[dict[doc.InboxKind, pl.Expr]] = {
    "unallocated": pl.col("team").is_null(),
    "excluded": pl.col("team").is_null(),
    "doubtful": pl.col("team").is_not_null() & pl.col("layer").is_in(WEAK),
    "contradicted": pl.col("team").is_not_null() & ~pl.col("layer").is_in(FIRM),
}
_OWNERS: Final = """select distinct dim, team, json_extract_string(why, '$.team.layer') as layer,
    json_extract_string(why, '$.team.rule') as rule
from owners join owner_values using (owner) semi join (select unnest($dims::integer[]) as dim) using (dim)"""

_EXCLUDING: Final = f"""select distinct json_extract_string(why, '$.{EXCLUDED}.rule') as rule
from owners join owner_values using (owner) semi join (select unnest($dims::integer[]) as dim) using (dim)
where team is null order by 1"""


@dataclass(frozen=True, slots=True)
class Standing:
    owners: tuple[str, ...]
    """The teams that have it, where it is doubtful or contradicted."""
    behind: bool
    """Whether a rule behind all others decides some of it."""
    before: tuple[Rule, ...]
    """The rules that decide the rest of it, in the order in which they are asked."""


def standings(
    store: Store, in_force: RulesInForce, kind: doc.InboxKind, groups: Sequence[Condition]
) -> Iterator[Standing]:
    """Of each group, which has this condition in common."""
    team = in_force.rules.dimensions[0]
    with store.read() as snapshot:
        found = _members(snapshot, in_force, groups)
        owners = snapshot.frame(_OWNERS, {"dims": pl.concat(found).unique().to_list()}).filter(OF_KIND[kind])
    for members in found:
        here = owners.filter(pl.col("dim").is_in(members.implode()))
        deciding = set(here["rule"].drop_nulls().to_list())
        owned = kind in ("doubtful", "contradicted")
        # What a rule says that stops is final; where it names nobody, later rules are asked.
        before = tuple(rule for rule in team.rules if rule.id in deciding and (owned or rule.stops))
        left = here.filter(~pl.col("rule").fill_null("").is_in([rule.id for rule in before]))
        yield Standing(
            tuple(here["team"].drop_nulls().unique().sort()) if owned else (),
            behind=not left.is_empty() or not before,
            before=before,
        )


def excluding(store: Store, in_force: RulesInForce, groups: Sequence[Condition]) -> list[str]:
    """The rules that exclude cost of these groups."""
    with store.read() as snapshot:
        dims = pl.concat(_members(snapshot, in_force, groups)).unique()
        found = snapshot.frame(_EXCLUDING, {"dims": dims.to_list()})["rule"]
    return found.drop_nulls().to_list()


def _members(snapshot: Snapshot, in_force: RulesInForce, groups: Sequence[Condition]) -> list[pl.Series]:
    """The dims of each group."""
    asked = [Rule(str(place), when) for place, when in enumerate(groups)]
    return matches(estate_of(snapshot, in_force.accounts()), asked, in_force.rules.tag_keys)


def asked_before(rule: Rule, team: Dimension) -> bool:
    """Whether a rule with an answer of its own is asked before this one, wherever it stands in the text."""
    if not team.precedence:
        return False
    order = [*team.precedence, *(layer for layer in LAYERS if layer not in team.precedence)]
    return order.index("rule") < order.index(rule.layer())


def narrowed(condition: Condition, rule: Rule) -> Condition:
    """The condition, as far as the rule answers: a new one before it takes from no other."""
    parts: list[Condition] = [condition]
    if next(checks(rule.when), None):
        parts.append(rule.when)
    if rule.sources:
        there = tuple(Check(source, "missing", missing=False) for source in rule.sources)
        parts.append(there[0] if len(there) == 1 else AnyOf(there))
    return parts[0] if len(parts) == 1 else All(_flat(parts))


def _flat(parts: Sequence[Condition]) -> tuple[Condition, ...]:
    return tuple(one for part in parts for one in (part.parts if isinstance(part, All) else (part,)))


def position(rule: Rule, written: Sequence[Any]) -> int | None:
    """Where it stands in the list of the text; None where it does not."""
    return next((place for place, one in enumerate(written) if one.item.get("id") == rule.id), None)
