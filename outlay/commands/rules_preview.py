"""A preview of rules and pools for a terminal, and as Markdown for a pull request."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any, Literal

import typer

from outlay.commands.naming import named
from outlay.commands.terminal import FAILED, console, money, put, safe, say, say_problem, table

PreviewForm = Annotated[Literal["text", "json", "markdown"], typer.Option("--format", help="How to print it.")]

ROWS_SHOWN = 20
HEADINGS = ("From", "To", "Currency", "Moved", "Of that shared", "Lines")
TAKEN = ("Pool", "Of", "Currency", "Shares now", "Would share", "Lines")
WORDS = {
    "never": "matches nothing",
    "dead": "has no day with cost",
    "shadowed": "is answered before by",
    "overlapping": "in part answered before by",
    "unused": "decides nothing, as before",
}


def put_preview(found: Mapping[str, Any], form: str) -> None:
    """Print it; exit code 1 where it does not pass."""
    if form == "json":
        put(json.dumps(found, ensure_ascii=False).encode())
    elif not found["valid"]:
        say_faults(found)
    elif form == "markdown":
        put(markdown(found).encode())
    else:
        say_preview(found)
    if not found["passed"]:
        raise typer.Exit(FAILED)


def say_faults(found: Mapping[str, Any]) -> None:
    detail = f"{len(found['faults'])} to mend; nothing was published."
    say_problem({"title": "The rules are not valid", "detail": detail, "faults": found["faults"]})


def say_preview(found: Mapping[str, Any]) -> None:
    if not found["movement"]:
        say("Nothing moves.")
    else:
        span = f"{found['periods'][0]} to {found['periods'][-1]}"
        say(f"{_counted(found)}, {span}:")
        shown = table([*HEADINGS], right=HEADINGS[3:])
        for move in found["movement"][:ROWS_SHOWN]:
            owners = (named(move[side], found["names"]) for side in ("was", "becomes"))
            shown.add_row(*map(safe, owners), move["currency"], *_figures(move))
        console().print(shown)
        say_rest(found["movement"])
    if found["taken"]:
        shared = table([*TAKEN], right=TAKEN[3:])
        for take in found["taken"][:ROWS_SHOWN]:
            shared.add_row(
                safe(take["pool"]), safe(named(take["was"], found["names"])), take["currency"], *_taken(take)
            )
        console().print(shared)
        say_rest(found["taken"])
    for item in found["coverage"]:
        say(f"Owned, {safe(item['currency'])}: {item['before']} % before, {item['after']} % after.")
    if months := _would_be(found):
        say(f"Closed months are not changed; shown as they would be: {', '.join(months)}.")
    for one in found["rules"]:
        say(safe(_standing(one)))
    for one in found["assertions"]:
        say(safe(f"{'Holds' if one['passed'] else 'FAILS'}: {one['assertion']} (found {one['found']})"))


def say_rest(rows: Sequence[Any]) -> None:
    if len(rows) > ROWS_SHOWN:
        say(f"... and {len(rows) - ROWS_SHOWN} more; --format json has them.")


def markdown(found: Mapping[str, Any]) -> str:
    """For a comment on a pull request: the matrix, assertions first where one fails."""
    lines = ["### Preview", ""]
    for one in found["assertions"]:
        mark = "holds" if one["passed"] else "**fails**"
        lines.append(f"- {mark}: {_cell(one['assertion'])} (found {_cell(one['found'])})")
    lines += [""] if found["assertions"] else []
    if not found["movement"]:
        lines += ["Nothing moves.", ""]
    else:
        lines += [f"{_counted(found)}, {found['periods'][0]} to {found['periods'][-1]}.", ""]
        lines += [f"| {' | '.join(HEADINGS)} |", "|---|---|---|--:|--:|--:|"]
        for move in found["movement"][:ROWS_SHOWN]:
            owners = " | ".join(_cell(named(move[side], found["names"])) for side in ("was", "becomes"))
            lines.append(f"| {owners} | {move['currency']} | {' | '.join(_figures(move))} |")
        lines.append("")
    if found["taken"]:
        lines += [f"| {' | '.join(TAKEN)} |", "|---|---|---|--:|--:|--:|"]
        for take in found["taken"][:ROWS_SHOWN]:
            owners = " | ".join(_cell(name) for name in (take["pool"], named(take["was"], found["names"])))
            lines.append(f"| {owners} | {take['currency']} | {' | '.join(_taken(take))} |")
        lines.append("")
    for item in found["coverage"]:
        lines.append(f"- Owned, {item['currency']}: {item['before']} % before, {item['after']} % after")
    if months := _would_be(found):
        lines.append(f"- Closed months are not changed; shown as they would be: {', '.join(months)}")
    lines += [f"- {_cell(_standing(one))}" for one in found["rules"]]
    return "\n".join(lines) + "\n"


def _figures(move: Mapping[str, Any]) -> tuple[str, str, str]:
    return money(move["amount"]), money(move["shared"]), f"{move['lines']:,}"


def _taken(take: Mapping[str, Any]) -> tuple[str, str, str]:
    return money(take["before"]), money(take["amount"]), f"{take['lines']:,}"


def _counted(found: Mapping[str, Any]) -> str:
    shared = f", {found['shared_lines']:,} would be shared" if found["shared_lines"] else ""
    return f"{found['moved_lines']:,} lines move{shared}"


def _would_be(found: Mapping[str, Any]) -> list[str]:
    return sorted({move["period"] for move in found["by_month"] if move["would_be"]})


def _standing(one: Mapping[str, Any]) -> str:
    others = f" {', '.join(one['others'])}" if one["others"] else ""
    return f"Rule {one['rule']} ({one['dimension']}, line {one['line']}) {WORDS[one['state']]}{others}."


def _cell(text: str) -> str:
    """Text that cannot end a cell or become a link, an image or HTML."""
    escaped = "".join(f"\\{letter}" if letter in "\\`*_{}[]<>()#+!|@~" else letter for letter in text)
    return " ".join(escaped.split())
