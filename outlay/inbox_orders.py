"""What is to be done about groups of the inbox, as documents: rules that assign or exclude, pools that split."""

from __future__ import annotations

import hashlib
import json
from datetime import date
from typing import Any, Final

from api import documents as doc
from api.protocols import Help, ProblemError
from outlay.inbox_share import EXCLUDED
from outlay.rule_files import POOLS
from outlay.ruling import RulesInForce
from warehouse.attribution.edit import with_item, with_rule

TEAMS_SHOWN: Final = 20


def carried_out(order: doc.InboxOrder, in_force: RulesInForce, today: date) -> doc.RulesTexts:
    """The texts in force with what the order asks for, behind everything else: it takes nothing from anybody. What is
    said of a resource by its id is an override, before everything else.

    Raises "invalid" where the order lacks what its act needs.
    """
    files = dict(in_force.files)
    text = in_force.text
    if order.act == "split":
        files[POOLS] = with_item(files.get(POOLS, ""), ("pools",), _pool(order, in_force, today))
    else:
        value = _team(order.team, in_force) if order.act == "assign" else _reason(order)
        dimension = "team" if order.act == "assign" else EXCLUDED
        for signature in order.groups:
            text = _with(text, dimension, signature, _rule(signature, value, order, today))
    return doc.RulesTexts(org=in_force.org, rules=text, files=files)


def _with(text: str, dimension: str, signature: list[doc.SignaturePart], rule: dict[str, Any]) -> str:
    if [part.column for part in signature] != ["resource"]:
        return with_rule(text, dimension, rule)
    override = {("resource" if name == "when" else name): item for name, item in rule.items()}
    return with_item(text, ("dimensions", dimension, "overrides"), {**override, "resource": signature[0].value})


def _rule(signature: list[doc.SignaturePart], value: str, order: doc.InboxOrder, today: date) -> dict[str, Any]:
    return {
        "id": _id(order.act, [signature], value),
        "when": _all(signature),
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
    conditions = [_all(signature) for signature in order.groups]
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


def _all(signature: list[doc.SignaturePart]) -> dict[str, Any]:
    conditions = [_condition(part.column, part.value) for part in signature]
    return conditions[0] if len(conditions) == 1 else {"all": conditions}


def _condition(column: str, value: str) -> dict[str, Any]:
    if not value:
        return {"column": column, "missing": "true"}
    return {"column": column, "prefix" if column == "resource_name" else "equals": value}
