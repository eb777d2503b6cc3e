"""What is to be done about groups of the inbox, as documents: rules that assign or exclude, pools that split."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Iterator, Sequence
from datetime import date
from typing import Any, Final

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.inbox_share import EXCLUDED
from outlay.inbox_standing import Standing, asked_before, excluding, narrowed, position, standings
from outlay.rule_files import POOLS
from outlay.ruling import RulesInForce
from outlay.scopes import as_written, readable
from warehouse.attribution.edit import items, moved, removed, with_item, with_rule
from warehouse.attribution.model import NOBODY, All, Check, Condition, Rule, prefix_of
from warehouse.store import Store

TEAMS_SHOWN: Final = 20
TEAM: Final = ("dimensions", "team", "rules")
OVERRIDES: Final = ("dimensions", "team", "overrides")
OWNED: Final = ("doubtful", "contradicted")
"""Kinds of cost that a team has: what is split or excluded of it is taken from that team."""
FREED: Final = "-team"
"""Behind the id of what excludes or splits cost: the rule that takes it from its team."""
Signature = list[doc.SignaturePart]


def carried_out(order: doc.InboxOrder, in_force: RulesInForce, store: Store, today: date) -> doc.RulesTexts:
    """The texts in force with what the order asks for. It decides what stands in its groups as they are listed, and
    takes nothing else from anybody: behind everything else, or right before the rule that decides that cost. A
    contradicted resource is assigned by an override, before everything else.

    Raises "invalid" where the order lacks what its act needs, "conflict" where nothing of that kind is left.
    """
    files = dict(in_force.files)
    if order.act == "include":
        text = _included(in_force.text, excluding(store, in_force, list(map(_condition_of, order.groups))))
        return doc.RulesTexts(org=in_force.org, rules=text, files=files)
    if order.act == "assign":
        value = _team(order.team, in_force)
    elif order.act == "exclude":
        value = _reason(order)
    else:
        pool = _pool(order, in_force, today)
        files[POOLS] = with_item(files.get(POOLS, ""), ("pools",), pool)
        value = str(pool["id"])
    text = in_force.text
    found = standings(store, in_force, order.kind, [_condition_of(one) for one in order.groups])
    for signature, standing in zip(order.groups, found, strict=True):
        if order.kind in OWNED and not standing.owners:
            more = Help("groups", (), "Look at the inbox again.")
            raise ProblemError("caller", "conflict", f"No team has {order.kind} cost of this group any more.", more)
        for rule in _team_rules(order, signature, value, today):
            text = _with(text, rule, signature, standing, in_force)
        if order.act == "exclude":
            text = with_rule(text, EXCLUDED, _rule(order, signature, value, today))
    return doc.RulesTexts(org=in_force.org, rules=text, files=files)


def _team_rules(order: doc.InboxOrder, signature: Signature, value: str, today: date) -> Iterator[dict[str, Any]]:
    """Who has it from now on, where the act says so: what a team has is nobody's before it is split or excluded."""
    if order.act == "assign":
        yield _rule(order, signature, value, today)
    elif order.kind in OWNED:
        rule = _rule(order, signature, value, today)
        yield {**rule, "id": f"{rule['id']}{FREED}", "value": NOBODY}


def _with(text: str, rule: dict[str, Any], signature: Signature, standing: Standing, in_force: RulesInForce) -> str:
    """The text with a rule for teams where it decides."""
    team = in_force.rules.dimensions[0]
    if rule["value"] != NOBODY and [part.column for part in signature] == ["resource"]:
        override = {("resource" if name == "when" else name): item for name, item in rule.items()}
        return with_item(text, OVERRIDES, {**override, "resource": signature[0].value})
    ahead = [one for one in standing.before if not asked_before(one, team)]
    if standing.behind or len(ahead) < len(standing.before):
        text = with_rule(text, "team", rule)
    for place, one in enumerate(ahead, 1):
        when = as_written(narrowed(_condition_of(signature), one))
        named = {**rule, "id": f"{rule['id']}-{place}", "when": when}
        text = _before(text, {**named, "layer": one.layer()} if team.precedence else named, one)
    return text


def _before(text: str, rule: dict[str, Any], decided: Rule) -> str:
    """The text with a rule right before the one that decides; behind all others where a catalogue made that one."""
    if position(decided, items(text, OVERRIDES)) is not None:
        more = Help("groups", (), "Change or remove the override among the rules.")
        raise ProblemError("caller", "conflict", f"The override {decided.id} decides it, before every rule.", more)
    behind = with_rule(text, "team", rule)
    written = items(behind, TEAM)
    place = position(decided, written)
    return behind if place is None else moved(behind, TEAM, len(written) - 1, place)


def _included(text: str, rules: Collection[str]) -> str:
    """The text without rules that exclude cost, and without what took it from its team for that."""
    was, parts = text, tuple(f"{rule}{FREED}" for rule in rules)
    for dimension, list_ in ((EXCLUDED, "rules"), (EXCLUDED, "overrides"), ("team", "rules")):
        path = ("dimensions", dimension, list_)
        for place, one in reversed([*enumerate(items(text, path))]):
            name = one.item.get("id", "")
            if name.startswith(parts) if dimension == "team" else name in rules:
                text = removed(text, path, place)
    if text == was:
        more = Help("groups", (), "Look at the inbox again.")
        raise ProblemError("caller", "conflict", "No rule of the document excludes this cost.", more)
    return text


def _rule(order: doc.InboxOrder, signature: Signature, value: str, today: date) -> dict[str, Any]:
    return {
        "id": _id(order.act, [signature], value),
        "when": as_written(_condition_of(signature)),
        "value": value,
        "note": _note(order, today),
        **_days(order),
    }


def _pool(order: doc.InboxOrder, in_force: RulesInForce, today: date) -> dict[str, Any]:
    split = order.split
    if split is None:
        raise _missing("split", "Say how it is divided.")
    for team in (*split.to, *split.percent):
        _team(team, in_force)
    conditions = [as_written(_condition_of(signature)) for signature in order.groups]
    pool: dict[str, Any] = {
        "id": _id(order.act, order.groups, split.method),
        "unallocated": "true",
        "when": conditions[0] if len(conditions) == 1 else {"any": conditions},
        "split": split.method,
    }
    if split.method == "fixed":
        pool["percent"] = dict(split.percent)
    elif split.to:
        pool["to"] = list(split.to)
    if split.method == "series":
        pool["series"] = split.series or ""
    return {**pool, "note": _note(order, today), **_days(order)}


def _id(act: str, groups: list[list[doc.SignaturePart]], value: str) -> str:
    said = [[[part.column, part.value] for part in signature] for signature in groups]
    word = "inbox" if act == "assign" else f"inbox-{act}"
    return f"{word}-{hashlib.sha256(json.dumps([*said, value]).encode()).hexdigest()[:10]}"


def _note(order: doc.InboxOrder, today: date) -> str:
    return order.note or f"from the inbox, {today}"


def _days(order: doc.InboxOrder) -> dict[str, str]:
    days = {"valid_from": order.valid_from, "valid_to": order.valid_to}
    return {name: day.isoformat() for name, day in days.items() if day}


def _team(team: str | None, in_force: RulesInForce) -> str:
    teams = sorted({one.key for one in in_force.rules.teams})
    if team is None or team not in teams:
        named = ", ".join(teams[:TEAMS_SHOWN])
        step = f"Use one of {named}." if teams else "Name the teams in org.yaml first."
        raise ProblemError("caller", "invalid", f"There is no team {team!r}.", Help("team", (), step))
    return team


def _reason(order: doc.InboxOrder) -> str:
    if not order.reason:
        raise _missing("reason", "Say why nobody has to own it.")
    return order.reason


def _missing(field: str, step: str) -> ProblemError:
    return ProblemError("caller", "invalid", f"The order has no {field}.", Help(field, (), step))


def _condition_of(signature: Sequence[doc.SignaturePart]) -> Condition:
    for part in signature:
        if not (readable(part.column) or prefix_of(part.column)):
            more = Help("groups", (), "Take the groups as the inbox lists them.")
            raise ProblemError("caller", "invalid", f"Rules cannot read {part.column[:100]!r}.", more)
    parts = tuple(_check(part.column, part.value) for part in signature)
    return parts[0] if len(parts) == 1 else All(parts)


def _check(column: str, value: str) -> Check:
    if not value:
        return Check(column, "missing")
    return Check(column, "prefix" if column == "resource_name" else "equals", (value,))
