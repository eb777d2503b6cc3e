"""Bills in: import, sources, loads."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.terminal import (
    console,
    finish,
    money,
    periods,
    put,
    run_job,
    safe,
    say,
    say_problem,
    table,
    totals,
)  # fmt: skip

loads = typer.Typer(help="What was loaded, and the decision about what is held.", no_args_is_help=False)
Paths = Annotated[list[Path], typer.Argument(metavar="PATH...", exists=True, help="Files, or folders with manifests.")]
SourceName = Annotated[str, typer.Option("--source", metavar="NAME", help="The account these bills belong to.")]
FileFormat = Annotated[str | None, typer.Option("--format", metavar="F", help="Read as this format, do not guess.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="KEY=VALUE", help="What the files do not say, as a refusal names it: currency=EUR."),
]
LoadId = Annotated[str, typer.Argument(metavar="ID")]


def import_bills(
    ctx: typer.Context,
    paths: Paths,
    source: SourceName,
    file_format: FileFormat = None,
    settings: Settings = None,
    data: Data = None,
) -> None:
    """Load billing files. The same files again change nothing; newer ones replace their months."""
    given = dict(word.partition("=")[::2] for word in settings or [])
    names = [str(path.resolve()) for path in paths]
    body = {"paths": names, "source": source, "format": file_format, "settings": given}
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, client.post("/imports", body))
        say_import(job["result"])
        finish(job)


def say_import(result: Mapping[str, Any]) -> None:
    rows = result["rows"]
    words = {
        "live": "Loaded",
        "unchanged": "Unchanged: these very files are live already",
        "held": "Held: nothing was changed; a person has to look",
        "quarantined": "Refused: nothing was changed",
    }
    say(f"{words[result['state']]}. Source {safe(result['source'])}, {periods(len(result['loads']))}.")
    if rows["received"]:
        say(
            f"Rows: {rows['received']:,} in = {rows['mapped']:,} mapped + {rows['folded']:,} folded + "
            f"{rows['skipped']:,} skipped + {rows['rejected']:,} rejected; "
            f"{rows['stored']:,} out = {rows['mapped']:,} mapped + {rows['generated']:,} generated."
        )
    for total in result["totals"]:
        effective = f", effective {money(total['effective_cost'])}" if total["effective_cost"] else ""
        say(f"Total: billed {money(total['billed_cost'])}{effective} {safe(total['currency'])}")
    for warning in result["warnings"]:
        say(f"Note: {safe(warning)}")
    if result["state"] == "held":
        for load in result["loads"]:
            if load["state"] == "held":
                say(f"Decide: outlay loads accept {load['id']}, or reject. {safe(load['message'] or '')}")
    refused = [file for file in result["files"] if file["error"]]
    for file in refused[:1] if len({str(file["error"]) for file in refused}) == 1 else refused:
        say_problem(file["error"])


@loads.callback(invoke_without_command=True)
def list_loads(
    ctx: typer.Context,
    source: Annotated[str | None, typer.Option("--source", metavar="NAME", help="Of this source only.")] = None,
    limit: Annotated[int, typer.Option(min=1, max=1000)] = 50,
    form: Form = "table",
    data: Data = None,
) -> None:
    """List loads, newest first; or accept or reject one that is held."""
    remember(ctx, data)
    if ctx.invoked_subcommand:
        return
    query = f"limit={limit}" + (f"&source={quote(source, safe='')}" if source else "")
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/loads", query))
            return
        shown = table(["Load", "Source", "Period", "State", "Rows", "Billed", "When", "Why"], right=["Rows"])
        for item in client.document("/loads", query)["loads"]:
            cells = (item["id"], item["source"], item["period"], item["state"], f"{item['rows']['stored']:,}")
            when = item["created_at"][:16].replace("T", " ")
            shown.add_row(*map(safe, cells), totals(item["totals"]), when, safe(item["message"] or ""))
        console().print(shown)


@loads.command("accept")
def accept(ctx: typer.Context, load: LoadId, data: Data = None) -> None:
    """Let a held load go live, with the others of its import."""
    with speaking(ctx, data) as client:
        job = run_job(client, client.post(f"/loads/{quote(load, safe='')}/accept"))
        say_import(job["result"])
        finish(job)


@loads.command("reject")
def reject(ctx: typer.Context, load: LoadId, data: Data = None) -> None:
    """Drop a held load; what is live stays."""
    with speaking(ctx, data) as client:
        found = client.post(f"/loads/{quote(load, safe='')}/reject")
        say(f"Rejected {safe(found['source'])} {found['period']}; what is live stays.")
