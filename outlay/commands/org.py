"""The tree of teams: as it was, as it is, as somebody proposes it."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import urlencode

import typer

from outlay.commands.options import Data, speaking
from outlay.commands.rules import texts
from outlay.commands.rules_preview import say_faults
from outlay.commands.terminal import FAILED, console, money, put, safe, say, table

TreeForm = Annotated[Literal["table", "json", "csv"], typer.Option("--format", help="How to print it.")]
Proposed = Annotated[
    list[Path] | None,
    typer.Option(exists=True, dir_okay=False, help="A draft of org.yaml or rules.yaml; may be given several times."),
]
AS = "then: as charges are owned. now: as today's teams and rules would own them all."


def org(
    ctx: typer.Context,
    at: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="The day of the tree; else today.")] = None,
    owned: Annotated[Literal["then", "now"], typer.Option("--as", help=AS)] = "then",
    proposed: Proposed = None,
    period: Annotated[str | None, typer.Option(help="Whose cost; 13 billing months when absent.")] = None,
    form: TreeForm = "table",
    data: Data = None,
) -> None:
    """Teams, who is above whom, and what each and all below it cost: then, now or as a draft would have it."""
    with speaking(ctx, data) as client:
        if proposed:
            draft = {**texts(proposed, client.document("/rules")), "at": at, "period": period}
            if form == "csv":
                put(client.post_for("/org/proposed.csv", draft))
                return
            found = client.post("/org/proposed", draft)
        else:
            told = {"at": at, "owned": owned, "period": period}
            asked = urlencode({name: value for name, value in told.items() if value})
            if form == "csv":
                put(client.get("/org.csv", asked))
                return
            found = client.document("/org", asked)
    if form == "json":
        put(json.dumps(found, ensure_ascii=False).encode())
    elif found["valid"]:
        _say(found)
    else:
        say_faults(found)
    if not found["valid"]:
        raise typer.Exit(FAILED)


def _say(found: Any) -> None:
    compared = found["owned"] != "then"
    say(f"{found['owned'].capitalize()}, teams of {found['at']}, cost of {found['period']}.")
    columns = ["Team", *(["Then"] if compared else []), "Cost", "With all below"]
    shown = table(columns, right=columns[1:])
    for one in [*found["teams"], *found["others"]]:
        name = "  " * one.get("depth", 0) + safe(one.get("name") or one.get("team") or "Unallocated")
        then = [_cost(one["then"])] if compared else []
        shown.add_row(name, *then, _cost(one["cost"]), _cost(one.get("subtree", one["cost"])))
    console().print(shown)
    say(f"Together: {_cost(found['totals'])}.")


def _cost(several: Any) -> str:
    return ", ".join(f"{money(one['effective_cost'])} {safe(one['currency'])}" for one in several) or "none"
