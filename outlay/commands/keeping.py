"""Billing periods that are closed, and secrets that are kept."""

from __future__ import annotations

import sys
from typing import Annotated
from urllib.parse import quote

import typer

from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.terminal import console, put, safe, say, table

periods = typer.Typer(help="Billing periods: open, or closed so that what they stand on is not erased.")
secrets = typer.Typer(help="Secrets that Outlay keeps, encrypted; settings name them as stored:NAME.")
Month = Annotated[str, typer.Argument(metavar="MONTH", help="As 2026-09.")]
Name = Annotated[str, typer.Argument(metavar="NAME")]


@periods.callback(invoke_without_command=True)
def list_periods(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List billing periods with lines, and the closed ones."""
    remember(ctx, data)
    if ctx.invoked_subcommand:
        return
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/periods"))
            return
        shown = table(["Month", "State", "Closed at", "By", "Sources"])
        for item in client.document("/periods")["periods"]:
            when = (item["closed_at"] or "")[:16].replace("T", " ")
            state = "closed" if item["closed"] else "open"
            cells = (item["period"], state, when, item["actor"] or "", ", ".join(item["sources"]))
            shown.add_row(*map(safe, cells))
        console().print(shown)


@periods.command("close")
def close(ctx: typer.Context, month: Month, data: Data = None) -> None:
    """Close a billing period: sources it stands on are not erased."""
    _set(ctx, month, data, closed=True)


@periods.command("open")
def reopen(ctx: typer.Context, month: Month, data: Data = None) -> None:
    """Open a billing period again."""
    _set(ctx, month, data, closed=False)


def _set(ctx: typer.Context, month: str, data: Data, *, closed: bool) -> None:
    with speaking(ctx, data) as client:
        state = client.put(f"/periods/{quote(month, safe='')}", {"closed": closed})
        say(f"{safe(state['period'])} is {'closed' if state['closed'] else 'open'}.")


@secrets.callback(invoke_without_command=True)
def list_secrets(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List names, dates and users of stored secrets; never what they hold."""
    remember(ctx, data)
    if ctx.invoked_subcommand:
        return
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/secrets"))
            return
        shown = table(["Reference", "Changed", "By", "Used by"])
        for item in client.document("/secrets")["secrets"]:
            cells = (item["reference"], item["changed_at"][:16].replace("T", " "), item["actor"])
            shown.add_row(*map(safe, (*cells, ", ".join(item["used_by"]))))
        console().print(shown)


@secrets.command("put")
def put_secret(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Keep a secret, or replace it. It is read from standard input, never from the command line."""
    value = typer.prompt("Secret", hide_input=True) if sys.stdin.isatty() else sys.stdin.read()
    with speaking(ctx, data, create=True) as client:
        kept = client.put(f"/secrets/{quote(name, safe='')}", {"value": value.strip()})
        say(f"Kept. Settings name it {safe(kept['reference'])}.")


@secrets.command("forget")
def forget(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Forget a secret that no source uses."""
    with speaking(ctx, data) as client:
        client.delete(f"/secrets/{quote(name, safe='')}")
        say(f"{safe(name)} is forgotten.")
