"""Sources: what they hold and cost, whether they answer, and bringing them up to date."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Annotated, Any
from urllib.parse import quote

import typer

from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.terminal import DONE, FAILED, console, finish, put, run_job, safe, say, table, totals

if TYPE_CHECKING:
    from outlay.client import Client

sources = typer.Typer(help="What is collected and imported, how fresh it is, and what collecting cost.")
Names = Annotated[list[str] | None, typer.Argument(metavar="SOURCE...", help="All that are collected, if none is.")]
From = Annotated[str | None, typer.Option("--from", metavar="MONTH", help="First month, as 2026-09.")]
To = Annotated[str | None, typer.Option("--to", metavar="MONTH", help="Last month; the running one unless told.")]
Name = Annotated[str, typer.Argument(metavar="NAME")]
WORDS = {
    "live": "loaded",
    "unchanged": "unchanged",
    "held": "held for a person",
    "covered": "not loaded, another source counts",
    "quarantined": "refused",
    "planned": "would be fetched",
    "missing": "no longer listed",
}


def sync(
    ctx: typer.Context,
    names: Names = None,
    start: From = None,
    end: To = None,
    full: Annotated[bool, typer.Option("--full", help="Fetch again what has not changed.")] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would be fetched.")] = False,
    data: Data = None,
) -> None:
    """Fetch what is new at the sources, newest months first."""
    order = {"start": start, "end": end, "full": full, "dry_run": dry_run}
    with speaking(ctx, data, create=True) as client:
        wanted = names or [item["source"] for item in _all(client) if item["collector"]]
        if not wanted:
            say("No source is collected yet. Describe one under sources: in outlay.yaml; see docs/collectors.")
            return
        codes = [_sync(client, name, order) for name in wanted]
    if max(codes) != DONE:
        raise typer.Exit(max(codes))


def _sync(client: Client, name: str, order: Mapping[str, Any]) -> int:
    """One source; its failure does not keep the others."""
    try:
        job = run_job(client, client.post(f"/sources/{quote(name, safe='')}/sync", order))
        result = job["result"]
        changed = [month for month in result["months"] if month["state"] != "unchanged"]
        cost = f" It cost {result['cost']} USD." if result["cost"] != "0" else ""
        count = len(result["months"])
        say(f"{safe(name)}: {count} month{'' if count == 1 else 's'}, {len(changed)} of them changed.{cost}")
        for month in changed:
            why = f": {safe(month['message'])}" if month["message"] else ""
            drift = ", a settled month" if month["cause"] == "drift" else ""
            say(f"  {month['period'] or 'all months'} {WORDS.get(month['state'], month['state'])}{drift}{why}")
        finish(job)
    except typer.Exit as left:
        say(f"{safe(name)} is not up to date.", stderr=True)
        return left.exit_code
    return DONE


def _all(client: Client) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.document("/sources")["sources"]
    return found


@sources.callback(invoke_without_command=True)
def list_sources(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List sources with freshness, totals, and what collecting cost this month."""
    remember(ctx, data)
    if ctx.invoked_subcommand:
        return
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/sources"))
            return
        columns = ["Source", "Format", "Months", "Rows", "Data to", "State", "Billed", "Collected", "Cost USD"]
        shown = table(columns, right=["Months", "Rows", "Cost USD"])
        for item in _all(client):
            how = item["collector"]
            period = item["data_to"]
            cells = (item["source"], item["format"], item["periods"], f"{item['rows']:,}", period, _state(item))
            cost = how["cost_month"] if how else ""
            shown.add_row(*map(safe, cells), totals(item["totals"]), safe(_collected(how)), safe(cost))
        console().print(shown)


def _state(item: Mapping[str, Any]) -> str:
    waits = [f"{item[word]} {word}" for word in ("held", "quarantined") if item[word]]
    return ", ".join([*(["late"] if item["late"] else []), *waits]) or "fine"


def _collected(how: Mapping[str, Any] | None) -> str:
    """The last run in a few words."""
    if how is None:
        return "by hand"
    if how["paused"]:
        return "paused"
    last = how["runs"][0] if how["runs"] else None
    if last is None:
        return "not yet"
    when = (last["ended_at"] or last["started_at"])[:16].replace("T", " ")
    return f"{last['state']} {when}" + (", breaker open" if how["breaker_open"] else "")


@sources.command("check")
def check(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Try a source: identity, list, read, format, months; each with what is missing."""
    with speaking(ctx, data) as client:
        result = run_job(client, client.post(f"/sources/{quote(name, safe='')}/check"))["result"]
        shown = table(["Check", "State", "What was found", "Missing", "What to add"])
        for item in result["checks"]:
            state = item["state"] if item["required"] or item["state"] == "ok" else f"{item['state']} (optional)"
            cells = (item["name"], state, item["message"], item["missing"] or "", item["line"] or "")
            shown.add_row(*map(safe, cells))
        console().print(shown)
        if not result["ok"]:
            raise typer.Exit(FAILED)


@sources.command("kinds")
def kinds(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List the kinds of sources that can be collected, with their settings."""
    with speaking(ctx, data, create=True) as client:
        if form == "json":
            put(client.get("/source-kinds"))
            return
        shown = table(["Kind", "What it reads", "Grade", "Settings"])
        for item in client.document("/source-kinds")["kinds"]:
            shown.add_row(item["kind"], item["label"], item["grade"], _fields(item["settings"]))
        console().print(shown)


def _fields(schema: Mapping[str, Any]) -> str:
    required: Sequence[str] = schema.get("required", ())
    return ", ".join(f"{name}*" if name in required else name for name in schema.get("properties", {}))


@sources.command("budgets")
def budgets(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List the budgets that people keep at the providers, as they are there now."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/source-budgets"))
            return
        columns = ["Budget", "Source", "Account", "Amount", "For", "Of", "Thresholds"]
        shown = table(columns, right=["Amount"])
        for one in client.document("/source-budgets")["budgets"]:
            amount = "as the period before" if one["amount"] is None else f"{one['amount']} {one['currency']}"
            span = one["period"] or f"{one['starts_on']} to {one['ends_on'] or 'open end'}"
            scope = "; ".join(f"{what}: {_among(ids)}" for what, ids in one["scope"].items()) or "all cost"
            steps = ", ".join(f"{step['share']} {step['basis'].replace('_', ' ')}" for step in one["thresholds"])
            cells = (one["name"] or one["budget"], one["source"], one["account"], amount, span, scope, steps)
            shown.add_row(*map(safe, cells))
        console().print(shown)


def _among(ids: Any) -> str:
    if isinstance(ids, dict):
        return ", ".join(f"{key}={_among(values)}" for key, values in ids.items())
    return ids if isinstance(ids, str) else ", ".join(map(str, ids))


@sources.command("remove")
def remove(
    ctx: typer.Context,
    name: Name,
    keep: Annotated[bool, typer.Option("--keep", help="Collect it no more; its lines stay.")] = False,
    hide: Annotated[bool, typer.Option("--hide", help="Its lines leave every answer and can come back.")] = False,
    erase: Annotated[bool, typer.Option("--erase", help="Its lines, files and history are gone.")] = False,
    yes: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: Data = None,
) -> None:
    """Remove a source; says first what that does to which months."""
    ways = [way for way, wanted in (("keep", keep), ("hide", hide), ("erase", erase)) if wanted]
    if len(ways) != 1:
        raise typer.BadParameter("say one of --keep, --hide and --erase")
    place = f"/sources/{quote(name, safe='')}"
    with speaking(ctx, data) as client:
        effect = client.document(f"{place}/removal")
        say_effect(effect, ways[0])
        if not yes and not typer.confirm("Go on?"):
            raise typer.Exit(FAILED)
        removed = run_job(client, client.delete(place, f"how={ways[0]}"))["result"]
        done = {"keep": "is collected no more", "hide": "is hidden", "erase": "is erased"}[removed["how"]]
        say(f"{safe(name)} {done}; {removed['rows']:,} lines left the answers.")


def say_effect(effect: Mapping[str, Any], way: str) -> None:
    """What it does, in money by month."""
    say(effect["sentences"][way])
    shown = table(["Month", "Billed", "State"], right=["Billed"])
    for month in effect["months"]:
        shown.add_row(safe(month["period"]), totals(month["totals"]), "closed" if month["closed"] else "open")
    console().print(shown)


@sources.command("bring-back")
def bring_back(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Let a hidden source answer again."""
    with speaking(ctx, data) as client:
        result = run_job(client, client.post(f"/sources/{quote(name, safe='')}/bring-back"))["result"]
        say(f"{safe(name)} is back with {result['rows']:,} lines, {totals(result['totals'])} billed.")


@sources.command("pause")
def pause(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Collect a source no more on the schedule; what is loaded stays."""
    with speaking(ctx, data) as client:
        client.post(f"/sources/{quote(name, safe='')}/pause")
        say(f"{safe(name)} is paused.")


@sources.command("resume")
def resume(ctx: typer.Context, name: Name, data: Data = None) -> None:
    """Collect a source again."""
    with speaking(ctx, data) as client:
        client.post(f"/sources/{quote(name, safe='')}/resume")
        say(f"{safe(name)} goes on.")
