"""Rules: show, check, preview, apply, propose, and their versions."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import quote

import typer

from outlay.commands.naming import team_names
from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.rules_preview import PreviewForm, put_preview, say_faults
from outlay.commands.terminal import FAILED, console, finish, money, put, run_job, safe, say, table
from outlay.rule_files import CATALOGUE, POOLS, tables_beside

SHARED_COST = ("pools:", "specials:", "adjustments:")
rules = typer.Typer(help="Whose cost it is: show, check, preview, apply and propose rules.", no_args_is_help=True)
Files = Annotated[
    list[Path],
    typer.Argument(
        metavar="FILE...",
        exists=True,
        dir_okay=False,
        help="rules.yaml, org.yaml, pools.yaml, catalogue.yaml or several; tables lie beside the rules.",
    ),
]


@rules.callback()
def rules_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@rules.command("show")
def show(
    ctx: typer.Context,
    part: Annotated[Literal["rules", "org", "catalogue"], typer.Argument(help="Which of the texts.")] = "rules",
    form: Form = "table",
    data: Data = None,
) -> None:
    """Print a text that is in force, comments and all."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/rules"))
        else:
            found = client.document("/rules")
            put((found["files"].get(CATALOGUE, "") if part == "catalogue" else found[part]).encode())


@rules.command("check")
def check(ctx: typer.Context, files: Files, form: Form = "table", data: Data = None) -> None:
    """Say what files would change, or every fault in them. Publishes nothing."""
    import json

    with speaking(ctx, data, create=True) as client:
        found = client.post("/rules/check", texts(files, client.document("/rules")))
        if form == "json":
            put(json.dumps(found, ensure_ascii=False).encode())
        else:
            say_check(found, team_names(client))
        if not found["valid"]:
            raise typer.Exit(FAILED)


@rules.command("preview")
def preview(
    ctx: typer.Context,
    files: Files,
    dimension: Annotated[str, typer.Option(help="The dimension whose movement is shown.")] = "team",
    form: PreviewForm = "text",
    data: Data = None,
) -> None:
    """Say what publishing files would move over 13 months. Exit code 1: a fault, or an assertion that fails."""
    with speaking(ctx, data, create=True) as client:
        order = {**texts(files, client.document("/rules")), "dimension": dimension}
        put_preview(client.post("/rules/preview", order), form)


@rules.command("versions")
def versions(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List who published rules and when, newest first."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/rules/versions"))
            return
        shown = table(["Version", "Published", "By", ""], right=["Version"])
        found: Any = client.document("/rules/versions")
        for one in found:
            shown.add_row(
                str(one["version"]), one["created_at"], safe(one["author"]), "in force" if one["in_force"] else ""
            )
        console().print(shown)


@rules.command("diff")
def diff(
    ctx: typer.Context,
    version: Annotated[int, typer.Argument(min=1, help="The version to look at.")],
    against: Annotated[
        int | None, typer.Option(min=0, help="The one to compare with; the one before when absent.")
    ] = None,
    data: Data = None,
) -> None:
    """Say what a version changed: rules by name, then the texts."""
    with speaking(ctx, data) as client:
        asked = "" if against is None else f"?against={against}"
        found = client.document(f"/rules/versions/{version}/diff{asked}")
        for one in found["rules"]:
            say(f"{one['change'].capitalize()}: {safe(one['rule'])} of {safe(one['dimension'])}")
        put(found["text"].encode())


@rules.command("rollback")
def rollback(
    ctx: typer.Context,
    version: Annotated[int, typer.Argument(min=1, help="The version whose texts come back.")],
    data: Data = None,
) -> None:
    """Publish the texts of an earlier version again, as a new version."""
    with speaking(ctx, data) as client:
        job = run_job(client, client.post(f"/rules/versions/{version}/rollback"))
        say_applied(job)
        finish(job)


@rules.command("apply")
def apply(
    ctx: typer.Context,
    files: Files,
    behalf: Annotated[
        str | None,
        typer.Option("--on-behalf", metavar="TEAM", help="Publish as a team, where nobody else has to consent."),
    ] = None,
    data: Data = None,
) -> None:
    """Publish files as the rules in force. Wrong ones change nothing."""
    with speaking(ctx, data, create=True) as client:
        query = f"on_behalf={quote(behalf, safe='')}" if behalf else ""
        job = run_job(client, client.put("/rules", texts(files, client.document("/rules")), query))
        say_applied(job)
        finish(job)


@rules.command("propose")
def propose(
    ctx: typer.Context,
    publish: Annotated[bool, typer.Option("--apply", help="Publish the proposal.")] = False,
    form: Form = "table",
    data: Data = None,
) -> None:
    """Propose starter rules from the data alone."""
    with speaking(ctx, data) as client:
        if publish:
            job = run_job(client, client.post("/rules/proposal/apply"))
            say_applied(job)
            finish(job)
            return
        if form == "json":
            put(client.get("/rules/proposal"))
            return
        found = client.document("/rules/proposal")
        if not found["available"]:
            say("There is no cost yet to propose rules from.")
            return
        say(safe(found["sentence"]))
        say_effects(found, team_names(client))
        say("Publish it with: outlay rules propose --apply")


def texts(files: Sequence[Path], in_force: Mapping[str, Any]) -> dict[str, Any]:
    """The texts in force, less those that the files replace: one with `teams:` at its left edge is org.yaml, one with
    `pools:`, `specials:` or `adjustments:` is pools.yaml, one with `entities:` is catalogue.yaml.

    Tables that the rules name are taken from beside them; other files keep their own name.
    """
    found = {"org": in_force["org"], "rules": in_force["rules"], "files": dict(in_force.get("files") or {})}
    for file in files:
        text = file.read_text(encoding="utf-8")
        lines = text.splitlines()
        if file.suffix.lower() == ".csv":
            found["files"][file.name] = text
        elif any(line.startswith("entities:") for line in lines):
            found["files"][CATALOGUE] = text
        elif any(line.startswith("teams:") for line in lines):
            found["org"] = text
        elif any(line.startswith(SHARED_COST) for line in lines):
            found["files"][POOLS] = text
        else:
            found["rules"] = text
            found["files"] |= tables_beside(file, text)
    return found


def say_check(found: Mapping[str, Any], called: Callable[[str | None], str]) -> None:
    if not found["valid"]:
        say_faults(found)
        return
    say_effects(found, called)
    for rule in found["unused"]:
        say(f"Matches nothing: {safe(rule)}")


def say_effects(found: Mapping[str, Any], called: Callable[[str | None], str]) -> None:
    shown = table(["Team", "Currency", "Before", "After", "Change"], right=["Before", "After", "Change"])
    for effect in found["effects"]:
        amounts = (money(effect[name]) for name in ("before", "after", "change"))
        shown.add_row(called(effect["team"]), safe(effect["currency"]), *amounts)
    console().print(shown)
    say_coverage(found["coverage"])


def say_coverage(coverage: Sequence[Mapping[str, Any]]) -> None:
    for item in coverage:
        say(f"Owned, {safe(item['currency'])}: {item['before']} % before, {item['after']} % after.")


def say_applied(job: Mapping[str, Any]) -> None:
    result = job["result"]
    if job["state"] == "unchanged":
        say(f"Unchanged: these are the rules in force, version {result['version']}.")
        return
    say(f"Rules version {result['version']} is in force.")
    say_coverage(result["coverage"])
