"""Groups of the inbox: which combinations of a month are asked about, and what they have in common."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

import polars as pl

from api import documents as doc
from outlay.inbox_share import EXCLUDED, WEAK
from outlay.movement import estate_of
from outlay.passing import taken_from_nobody
from outlay.ruling import RulesInForce
from warehouse.attribution import Estate, Rules, normal_tags
from warehouse.attribution.consent import Tree
from warehouse.attribution.contradict import FIRM, Decided, contradicted, opinions
from warehouse.attribution.inbox import Group, inbox
from warehouse.store import Snapshot

OWNERS: Final = {"dim": pl.Int64(), "team": pl.String(), "unknown": pl.List(pl.String())}
UNKNOWN: Final = "unknown_team:"
NOT_VALID: Final = "team_not_valid:"
OWNED: Final = """
    select owners.dim, any_value(team) as team, any_value(why) as why from owners join owner_values using (owner)
    where period = $period and valid_from <= $day and valid_to > $day group by owners.dim
"""


def _one_of(layers: Collection[str]) -> str:
    return f"({', '.join(repr(layer) for layer in layers)})"


ASKED: Final[Mapping[doc.InboxKind, tuple[str, str]]] = {
    "unallocated": ("team is null and excluded is null", "cast(null as varchar)"),
    "doubtful": (f"team is not null and layer in {_one_of(WEAK)}", "layer"),
    "contradicted": (f"team is not null and layer not in {_one_of(FIRM)}", "rule"),
    "excluded": ("team is null and excluded is not null", "excluded"),
}
"""What `inbox_share.question` asks about, and why it is asked about."""
LINES: Final = f"""
    select dim, team, {{reason}} as reason, any_value(layer) as layer, count(*) as lines from (
        select lines.dim, team, extra['{EXCLUDED}'] as excluded, json_extract_string(why, '$.team.layer') as layer,
            json_extract_string(why, '$.team.rule') as rule
        from lines join owners using (period, dim) join owner_values using (owner)
        where day >= $start and day < $end and valid_from <= day and valid_to > day
    ) where {{kind}} group by dim, team, reason
"""
"""Each line under the owner of its own day. What lines cost is an answer."""


@dataclass(frozen=True, slots=True)
class Found:
    """What groups are made of. `lines` has dim, team, reason, layer, lines: who has it, and why it is asked about."""

    estate: Estate
    lines: pl.DataFrame
    owned: pl.DataFrame
    last: date
    """Of the month; `owned` is as on that day."""


def read(snapshot: Snapshot, month: str, kind: doc.InboxKind, in_force: RulesInForce) -> Found:
    start = date.fromisoformat(f"{month}-01")
    end = (start + timedelta(days=32)).replace(day=1)
    condition, reason = ASKED[kind]
    lines = snapshot.frame(LINES.format(kind=condition, reason=reason), {"start": start, "end": end})
    last = end - timedelta(days=1)
    owned = snapshot.frame(OWNED, {"period": month, "day": last})
    return Found(estate_of(snapshot, in_force.accounts()), lines, owned, last)


def groups(found: Found, in_force: RulesInForce, kind: doc.InboxKind, today: date) -> list[Group]:
    tags = normal_tags(found.estate.tag_sets, in_force.rules)
    if kind == "contradicted":
        return _contradicted(found, in_force.rules, tags)
    dims = _unsplit(found.estate, in_force) if kind == "unallocated" else found.estate.dims
    ended = _ended(found.owned, Tree(in_force.rules.teams), today)
    return inbox(dims, _owners(found, in_force.rules), tags, in_force.rules.teams, ended)


def _contradicted(found: Found, rules: Rules, tags: pl.DataFrame) -> list[Group]:
    """What had one owner all the month and has it still, so that it is clear who is contradicted."""
    owned = found.owned.drop_nulls("team").select("dim", "team")
    asked = found.lines.filter(pl.len().over("dim") == 1).join(owned, on=["dim", "team"], how="semi")
    asked = asked.select("dim", "team", "layer", rule="reason")
    read_by = {rule.id: rule.columns for rule in rules.dimensions[0].rules}
    decided = Decided(owned, asked, opinions(found.estate, rules, asked, found.last), read_by)
    return contradicted(found.estate.dims, tags, decided)


def _owners(found: Found, rules: Rules) -> pl.DataFrame:
    """dim, team, unknown: those that own something on the last day, and those that are asked about in the month."""
    sources = {rule.id: rule.sources[0] for rule in rules.dimensions[0].rules if rule.sources}
    unknown = {dim: _unknown(why, sources) for dim, why in found.owned.select("dim", "why").iter_rows()}
    asked = set(found.lines["dim"])
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
    taken = taken_from_nobody(found, in_force.pools, in_force.rules.tag_keys)
    return found.dims.filter(~pl.col("dim").is_in(taken.implode()))
