"""Shared cost: pools in force and who got which share; values of metrics from files."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final
from urllib.parse import urlencode

import typer

from outlay.commands.naming import team_names
from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.rules_preview import PreviewForm, put_preview
from outlay.commands.terminal import console, finish, money, put, run_job, safe, say, table

if TYPE_CHECKING:
    from outlay.client import ApiError, Client, Document

NAME_MAX: Final = 250
POINTS: Final = "Give a list of points, each with name, day (YYYY-MM-DD), value as text, and labels."
pools = typer.Typer(help="Shared cost: show pools and shares.", no_args_is_help=True)
series = typer.Typer(help="Metrics that cost is shared by.", no_args_is_help=True)


@pools.callback()
def pools_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@series.callback()
def series_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@pools.command("show")
def show(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """Print the document in force, comments and all."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/pools"))
        else:
            put(client.document("/pools")["text"].encode())


@pools.command("apply")
def apply(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="pools.yaml.")],
    data: Data = None,
) -> None:
    """Publish a file with the rules in force. A wrong one changes nothing."""
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, client.put("/pools", {"text": file.read_text(encoding="utf-8")}))
        if job["state"] in ("done", "unchanged"):
            say(f"Version {job['result']['version']} is in force.")
        finish(job)


@pools.command("preview")
def preview(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="pools.yaml.")],
    form: PreviewForm = "text",
    data: Data = None,
) -> None:
    """Say what publishing a file would move over 13 months. Exit code 1: a fault, or an assertion that fails."""
    with speaking(ctx, data, create=True) as client:
        put_preview(client.post("/pools/preview", {"text": file.read_text(encoding="utf-8")}), form)


@pools.command("shares")
def shares(
    ctx: typer.Context,
    period: Annotated[str, typer.Argument(metavar="MONTH", help="Billing period, YYYY-MM.")],
    pool: Annotated[str | None, typer.Argument(metavar="[POOL]", help="One pool only.")] = None,
    form: Form = "table",
    data: Data = None,
) -> None:
    """Who weighed what in a billing period, and got how much."""
    asked = urlencode({"period": period} | ({"pool": pool} if pool else {}))
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/pools/shares", asked))
            return
        found, called = client.document("/pools/shares", asked), team_names(client)
    shown = table(
        ["Pool", "When", "Part", "Team", "Weight", "%", "Effective cost", "Currency", "Fallback"],
        right=["Weight", "%", "Effective cost"],
    )
    for group in found["groups"]:
        for share in group["shares"]:
            team = "(kept)" if share["kept"] else called(share["team"])
            about = (safe(group["pool"]), group["bucket"], safe(group["part"]), team, share["weight"], share["percent"])
            shown.add_row(*about, money(share["effective_cost"]), safe(group["currency"]), group["fallback"] or "")
    console().print(shown)
    for moved in found["moved"]:
        state = "equal to the last digit" if moved["conserved"] else "NOT EQUAL"
        amount = money(moved["given"]["effective_cost"])
        say(f"{safe(moved['pool'])}: given {amount} {safe(moved['currency'])}, received {state}.")


@series.command("list")
def listed(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """The metrics that have values."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/series"))
            return
        shown = table(["Series", "Unit", "Values", "From", "To", "Of no team"], right=["Values"])
        for one in json.loads(client.get("/series")):
            unknown = ", ".join(safe(label) for label in one["unknown"])
            days = (str(one["points"]), one["first_day"], one["last_day"])
            shown.add_row(safe(one["name"]), safe(one["unit"] or ""), *days, unknown)
        console().print(shown)


@series.command("import")
def import_series(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="CSV or JSON.")],
    data: Data = None,
) -> None:
    """Keep values of metrics from a CSV (name, day, value, unit; other columns are labels) or JSON list of points."""
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, _posted(client, file))
        if job["state"] == "done":
            say(f"{job['result']['points']} values of {', '.join(map(safe, job['result']['series']))}.")
        finish(job)


def _posted(client: Client, file: Path) -> Document:
    """Faults name the file, the line or point, what is wrong with it, and what to do."""
    from outlay.client import ApiError

    try:
        text = file.read_text(encoding="utf-8-sig")
        body = {"points": json.loads(text)} if file.suffix.lower() == ".json" else {"csv": text}
    except UnicodeDecodeError as error:
        line = error.object.count(b"\n", 0, error.start) + 1
        raise _unread(file, f"line {line}: not UTF-8 text", "Save it as UTF-8.") from error
    except json.JSONDecodeError as error:
        raise _unread(file, f"line {error.lineno}: not JSON: {error.msg}", POINTS) from error
    if not isinstance(body.get("points", []), list):
        raise _unread(file, "line 1: not a list of points", POINTS)
    try:
        return client.post("/series", {**body, "name": file.name[-NAME_MAX:]})
    except ApiError as error:
        word, _, rest = str(error.problem.get("field") or "").partition(".")
        place = rest.partition(".")[0]
        if word != "points" or not place.isdecimal():
            raise
        message = error.problem["faults"][0]["message"] if error.problem.get("faults") else str(error)
        field = rest.partition(".")[2]
        raise _unread(file, f"point {int(place) + 1}: {field}: {message}", POINTS) from error


def _unread(file: Path, what: str, step: str) -> ApiError:
    from outlay.client import ApiError

    return ApiError({"title": "The values cannot be read", "detail": f"{file.name}, {what}.", "next_step": step})
