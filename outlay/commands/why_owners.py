"""How a total came to its owners, printed: stage by stage, then each path in the words of its rule or pool."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from outlay.commands.terminal import console, money, safe, table


def say_paths(found: Mapping[str, Any], *, short: bool) -> None:
    """`short`: the stages alone."""
    out = console()
    if not found["currencies"]:
        out.print("There is no cost in these days.")
    for part in found["currencies"]:
        code = part["currency"]
        out.print(f"{money(part['total'])} {code}, by {safe(found['dimension']['label']).lower()}:")
        shown = table(["Stage", code, "Share"], right=[code, "Share"])
        for stage in part["stages"]:
            shown.add_row(safe(stage["label"]), money(stage["amount"]), percent_text(stage["share"]))
        shown.add_section()
        shown.add_row("Total", money(part["total"]), style="bold")
        out.print(shown)
        if not short:
            _say_paths(part, found["dimension"]["label"])
    for warning in found["warnings"]:
        out.print(f"Note: {safe(warning)}")


def _say_paths(part: Mapping[str, Any], label: str) -> None:
    out, code = console(), part["currency"]
    shown = table([label, code, "Share", "By", "Rule or reason", "Says", "Version"], right=[code, "Share", "Version"])
    for path in part["paths"]:
        cells = (path["condition"], path["rules_version"])
        shown.add_row(
            safe(_owner(path)), money(path["amount"]), percent_text(path["share"]), safe(path["layer"] or path["kind"]),
            safe(_decided(path)), *map(safe, cells),
        )  # fmt: skip
    out.print(shown)
    if part["rest"]["count"]:
        out.print(f"{part['rest']['count']:,} more paths make {money(part['rest']['amount'])} {code}: ask for csv.")
    _say_moves([*part["paths"], *part["beside"]], code)
    near = [(path, miss) for path in part["paths"] for miss in path["near"]]
    if near:
        missed = table(["Nearly", "Rule", "Asked for", "Found"])
        for path, miss in near:
            missed.add_row(*map(safe, (_owner(path), miss["rule"], miss["failed"], miss["found"])))
        out.print(missed)


def _say_moves(paths: list[Mapping[str, Any]], code: str) -> None:
    moves = [(path, move) for path in paths for move in path["moves"]]
    if not moves:
        return
    shown = table(["Pool", "From", "To", code, "Of what it gives"], right=[code, "Of what it gives"])
    for path, move in moves:
        teams = (path["pool"], move["from_team"] or "nobody", move["team"] or "nobody")
        shown.add_row(*map(safe, teams), money(move["amount"]), percent_text(move["of_given"]))
    console().print(shown)


def _owner(path: Mapping[str, Any]) -> str:
    return str(path["pool"] or path["value"] or "Unallocated")


def _decided(path: Mapping[str, Any]) -> str | None:
    if path["rule"] and path["line"]:
        return f"{path['rule']}, line {path['line']}"
    found: str | None = path["rule"] or path["reason"]
    return found


def percent_text(value: str | None) -> str:
    return "–" if value is None else f"{money(value, 1)} %"
