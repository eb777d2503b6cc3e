"""Campaigns that put a tag in order."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote, urlencode

import typer

from outlay.commands.ask import give
from outlay.commands.naming import team_names
from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.terminal import console, money, put, safe, say, table

campaigns = typer.Typer(help="Put a tag in order: who has to, what, and how far they got.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="CAMPAIGN", help="Its id, as campaigns list says it.")]
Team = Annotated[str | None, typer.Option(help="One owner, (none) for what nobody owns; all when absent.")]


@campaigns.callback()
def campaigns_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@campaigns.command("list")
def listed(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """Every campaign, the open ones first."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/tags/campaigns"))
            return
        shown = table(["Campaign", "Name", "Key", "Due", "State", "Resources", "Cost"], right=["Resources", "Cost"])
        for one in client.document("/tags/campaigns")["campaigns"]:
            cost = ", ".join(f"{money(amount)} {safe(code)}" for code, amount in one["cost"].items())
            name, key = safe(one["name"]), safe(one["key"])
            shown.add_row(safe(one["id"]), name, key, one["due"], one["state"], str(one["resources"]), cost)
        console().print(shown)


@campaigns.command("begin")
def begin(
    ctx: typer.Context,
    key: Annotated[str, typer.Argument(metavar="KEY", help="The tag key, as rules read it.")],
    team: Annotated[list[str], typer.Option(help="A team that takes part; may be repeated. (none): nobody's.")],
    due: Annotated[str, typer.Option(metavar="YYYY-MM-DD", help="Until when.")],
    policy: Annotated[str | None, typer.Option(help="Whose allowed values count; any value when absent.")] = None,
    name: Annotated[str, typer.Option(help="What people call it.")] = "",
    note: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
) -> None:
    """Begin one with the resources that lack the tag now."""
    order = {"key": key, "teams": team, "due": due, "policy": policy, "name": name, "note": note}
    with speaking(ctx, data) as client:
        made = client.post("/tags/campaigns", order)
        say(f"Campaign {safe(made['id'])} began with {made['resources']} resources.")


@campaigns.command("show")
def show(ctx: typer.Context, campaign: Id, form: Form = "table", data: Data = None) -> None:
    """How far it got, by month and owner."""
    with speaking(ctx, data) as client:
        path = f"/tags/campaigns/{quote(campaign, safe='')}"
        if form == "json":
            put(client.get(path))
            return
        found = client.document(path)
        right = ["Resources", "Fixed", "Gone", "Open", "Cost", "Done, %"]
        shown = table(["To", "Owner", *right, "Currency"], right=right)
        called = team_names(client)
        for month in found["months"]:
            for owner in month["owners"]:
                _say_owner(shown, month["to"], owner, called)
        console().print(shown)


@campaigns.command("resources")
def resources(
    ctx: typer.Context,
    campaign: Id,
    team: Team = None,
    form: Annotated[Literal["csv", "xlsx", "parquet", "json"], typer.Option("--format")] = "csv",
    out: Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")] = None,
    data: Data = None,
) -> None:
    """The list of an owner: what is wrong, which value is suggested, and a command to read and run."""
    path = f"/tags/campaigns/{quote(campaign, safe='')}/resources{'' if form == 'json' else f'.{form}'}"
    with speaking(ctx, data) as client:
        give(client, path, urlencode({"team": team}) if team else "", out)


@campaigns.command("close")
def close(ctx: typer.Context, campaign: Id, data: Data = None) -> None:
    """End it: later bills no longer count."""
    with speaking(ctx, data) as client:
        closed = client.post(f"/tags/campaigns/{quote(campaign, safe='')}/close")
        say(f"{safe(closed['name'])} is closed.")


def _say_owner(shown: Any, to: str, owner: Any, called: Callable[[str | None], str]) -> None:
    team = "Nobody" if owner["team"] is None else called(owner["team"])
    counts = [str(owner[name]) for name in ("resources", "fixed", "gone", "open")]
    for one in owner["money"]:
        shown.add_row(to, team, *counts, money(one["cost"]), one["percent"] or "", safe(one["currency"]))
