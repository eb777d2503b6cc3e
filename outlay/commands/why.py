"""Where a number comes from: why two periods differ, and everything known about one line."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

import typer

from outlay.commands.ask import Out, give
from outlay.commands.options import Data, speaking
from outlay.commands.terminal import USAGE, console, money, safe, say, table
from outlay.commands.why_owners import percent_text, say_paths

if TYPE_CHECKING:
    from outlay.client import Client

ExplainForm = Annotated[
    Literal["table", "text", "json", "csv", "csv-raw", "parquet"],
    typer.Option("--format", help="text is three sentences; csv and parquet hold every part."),
]
Line = Annotated[str | None, typer.Option("--line", metavar="ID", help="A bill line, as `outlay lines` prints it.")]
Floor = Annotated[str | None, typer.Option("--floor", metavar="AMOUNT", help="Smaller parts are noise; 10.00.")]


def explain(
    ctx: typer.Context,
    text: Annotated[str | None, typer.Argument(metavar="TEXT", help="A question; compare= unless --owners.")] = None,
    line: Line = None,
    floor: Floor = None,
    owners: Annotated[bool, typer.Option("--owners", help="Whose a total is: each path by which it came.")] = False,
    dimension: Annotated[str, typer.Option("--dimension", help="With --owners: what the paths lead to.")] = "team",
    movers: Annotated[int | None, typer.Option("--movers", min=1, max=5000, help="How many; 20 unless told.")] = None,
    form: ExplainForm = "table",
    out: Out = None,
    data: Data = None,
) -> None:
    """Say why two periods differ: outlay explain 'period=2026-10&compare=previous'; with --line or --owners, whose a
    line or a total is."""
    if (text is None) == (line is None):
        say("Ask about one thing: a question with compare=, or --line ID.", stderr=True)
        raise typer.Exit(USAGE)
    if line is not None:
        _explain_line(ctx, line, form, data)
        return
    from outlay.client import url_text

    asked = [url_text(text or "")]
    of = "/costs/paths" if owners else "/costs/explain"
    asked += [f"dimension={quote(dimension)}"] if owners else []
    with speaking(ctx, data) as client:
        if form in ("csv", "csv-raw", "parquet"):
            raw = ["raw=1"] if form == "csv-raw" else []
            give(client, f"{of}.{form.removesuffix('-raw')}", "&".join([*asked, *raw]), out)
            return
        if owners:
            _explain_owners(client, "&".join(asked), form, out)
            return
        asked += [f"floor={quote(floor)}"] if floor else []
        asked.append(f"movers={movers or 20}")
        if form == "json":
            give(client, "/costs/explain", "&".join(asked), out)
        else:
            say_explanation(client.document("/costs/explain", "&".join(asked)), short=form == "text")


def _explain_line(ctx: typer.Context, line: str, form: str, data: Path | None) -> None:
    path = f"/lines/{quote(line, safe='')}"
    with speaking(ctx, data) as client:
        if form == "json":
            give(client, path, "", None)
        else:
            say_line(client.document(path))


def _explain_owners(client: Client, text: str, form: str, out: Path | None) -> None:
    if form == "json":
        give(client, "/costs/paths", text, out)
    else:
        say_paths(client.document("/costs/paths", text), short=form == "text")


def say_explanation(found: Mapping[str, Any], *, short: bool) -> None:
    """Each currency: three sentences, its causes, its groups, its movers."""
    out = console()
    if not found["known_before"]:
        out.print("Nothing is loaded of the period compared with, so there is no change to explain.")
    for part in found["currencies"]:
        out.print(safe(part["text"]))
        if not short:
            _say_parts(part, [item["label"] for item in found["dimensions"]])
    for late in found["late"]:
        out.print(f"Note: {safe(late['label'])} is compared to before {late['now']} only; the rest is late data.")
    for warning in found["warnings"]:
        out.print(f"Note: {safe(warning)}")


def _say_parts(part: Mapping[str, Any], dimensions: list[str]) -> None:
    out = console()
    amount = f"Change, {part['currency']}"
    shown = table(["Cause", amount, "Share"], right=[amount, "Share"])
    for item in part["causes"]:
        shown.add_row(safe(item["label"]), _change(item["amount"]), percent_text(item["share"]))
    shown.add_section()
    shown.add_row("Change", _change(part["change"]), style="bold")
    out.print(shown)
    if part["groups"]:
        columns = [*dimensions, "Before", "Now", amount]
        shown = table(columns, right=columns[len(dimensions) :])
        for group in part["groups"]:
            names = _names(group, dimensions)
            shown.add_row(*names, money(group["before"]), money(group["now"]), _change(group["change"]))
        out.print(shown)
    if part["movers"]:
        shown = table(["Mover", "Cause", *dimensions, amount, "Share", "First day"], right=[amount, "Share"])
        for mover in part["movers"]:
            names = _names(mover, dimensions)
            cells = (_change(mover["amount"]), percent_text(mover["share"]), safe(mover["first_day"]))
            shown.add_row(safe(mover["name"]), safe(mover["label"]), *names, *cells)
        out.print(shown)
    left = part["movers_count"] - len(part["movers"])
    if left > 0:
        out.print(f"{left:,} more above the noise floor: ask with more --movers, or for csv.")


def _names(part: Mapping[str, Any], dimensions: list[str]) -> list[str]:
    """What the groups of a part are called."""
    if part["rest"]:
        return ["(other)"] * len(dimensions)
    return [safe(label or value) for value, label in zip(part["values"], part["labels"], strict=True)]


def _change(value: str) -> str:
    return value if value == "0" else f"{'' if value.startswith('-') else '+'}{money(value)}"


def say_line(line: Mapping[str, Any]) -> None:
    out = console()
    origin = line["origin"]
    row = f", row {origin['row']:,}" if origin["row"] is not None else ""
    out.print(f"Line {safe(line['id'])}")
    out.print(
        f"From {safe(origin['name'])}{row}" + (f" (made here: {origin['generated']})" if origin["generated"] else "")
    )
    _say_owner(line)
    facts = table(["Column", "Value"])
    for part in (line["focus"], line["native"]):
        for name, value in part.items():
            if value not in (None, {}, []):
                facts.add_row(safe(name), safe(value))
    out.print(facts)


def _say_owner(line: Mapping[str, Any]) -> None:
    """The path through the stages, the rules in their own words, and those that nearly answered."""
    out = console()
    for step in line["path"]:
        out.print(f"  {safe(step['text'])}")
    owners = table(["Owner", "Value", "By", "Rule or reason", "Says", "Note"])
    for why in line["why"]:
        rule = f"{why['rule']}, line {why['line']}" if why["rule"] and why["line"] else why["rule"] or why["reason"]
        owners.add_row(*map(safe, (why["dimension"], why["value"], why["layer"], rule, why["condition"], why["note"])))
    out.print(owners)
    near = [(why["dimension"], miss) for why in line["why"] for miss in why["near"]]
    if near:
        missed = table(["Nearly", "Rule", "Asked for", "Found"])
        for dimension, miss in near:
            missed.add_row(*map(safe, (dimension, miss["rule"], miss["failed"], miss["found"])))
        out.print(missed)
