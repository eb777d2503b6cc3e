"""Upkeep: rebuild, check, version."""

from __future__ import annotations

from typing import Annotated

import typer

from outlay.commands.options import Data, Form, speaking
from outlay.commands.terminal import FAILED, console, finish, put, run_job, safe, say, table, totals


def rebuild(
    ctx: typer.Context,
    renormalise: Annotated[
        bool, typer.Option("--renormalise", help="Read the files as received once more, with today's mapping.")
    ] = False,
    data: Data = None,
) -> None:
    """Make the warehouse anew from landed files."""
    with speaking(ctx, data) as client:
        job = run_job(client, client.post("/rebuild", {"renormalise": renormalise}))
        result = job["result"]
        say(f"Rebuilt {result['periods']} billing periods, {result['rows']:,} rows: {totals(result['totals'])}.")
        for changed in result["changed"]:
            say(f"Changed: {safe(changed)}")
        finish(job)


def check(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """Check every invariant now: live list, landed files, lines and rollups, to the last digit."""
    import json

    with speaking(ctx, data) as client:
        body = client.get("/check")
        found = json.loads(body)
        if form == "json":
            put(body)
        else:
            shown = table(["Check", "State", "What was found", "What to do"])
            for item in found["checks"]:
                cells = (item["name"], "fine" if item["ok"] else "BROKEN", item["message"], item["next_step"] or "")
                shown.add_row(*map(safe, cells))
            console().print(shown)
        if not found["ok"]:
            raise typer.Exit(FAILED)


def version() -> None:
    """Print the version."""
    from outlay import __version__

    say(f"outlay {__version__}")
