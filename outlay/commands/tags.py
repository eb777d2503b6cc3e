"""Tags: policies in force, and who follows them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from outlay.commands.ask import AnswerForm, Out, give
from outlay.commands.campaigns import campaigns
from outlay.commands.naming import team_names
from outlay.commands.options import Data, Form, Query, remember, speaking
from outlay.commands.terminal import FAILED, console, finish, money, put, run_job, safe, say, say_problem, table
from outlay.rule_files import tables_beside

tags = typer.Typer(help="Tags: policies, and who follows them.", no_args_is_help=True)
tags.add_typer(campaigns, name="campaigns")
File = Annotated[Path, typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="tags.yaml.")]


@tags.callback()
def tags_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@tags.command("show")
def show(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """Print the policies in force, comments and all."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/tags/policies"))
        else:
            put(client.document("/tags/policies")["text"].encode())


@tags.command("check")
def check(ctx: typer.Context, file: File, form: Form = "table", data: Data = None) -> None:
    """Name every fault of a file of policies. Publishes nothing."""
    with speaking(ctx, data, create=True) as client:
        found = client.post("/tags/policies/check", _text(file))
        if form == "json":
            put(json.dumps(found, ensure_ascii=False).encode())
        elif found["valid"]:
            say("These policies could be published.")
        else:
            detail = f"{len(found['faults'])} to mend; nothing was published."
            say_problem({"title": "The policies are not valid", "detail": detail, "faults": found["faults"]})
        if not found["valid"]:
            raise typer.Exit(FAILED)


@tags.command("apply")
def apply(ctx: typer.Context, file: File, data: Data = None) -> None:
    """Publish a file of policies with the rules in force. A wrong one changes nothing."""
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, client.put("/tags/policies", _text(file)))
        if job["state"] in ("done", "unchanged"):
            say(f"Version {job['result']['version']} is in force.")
        finish(job)


@tags.command("compliance")
def compliance(
    ctx: typer.Context,
    text: Query = "",
    policy: Annotated[str | None, typer.Option(help="One policy; all of them when absent.")] = None,
    form: AnswerForm = "table",
    out: Out = None,
    data: Data = None,
) -> None:
    """What policies say of a question's cost, by key and team: outlay tags compliance 'period=last_month'."""
    from outlay.client import url_text

    asked = "&".join(filter(None, (url_text(text), f"policy={quote(policy, safe='')}" if policy else "")))
    with speaking(ctx, data) as client:
        if form == "table":
            _say(client.document("/tags/compliance", asked), team_names(client))
        elif form == "json":
            give(client, "/tags/compliance", asked, out)
        else:
            plain = "raw=1" if form == "csv-raw" else ""
            path = f"/tags/compliance.{form.removesuffix('-raw')}"
            give(client, path, "&".join(filter(None, (asked, plain))), out)


def _text(file: Path) -> dict[str, Any]:
    text = file.read_text(encoding="utf-8-sig")
    return {"text": text, "tables": tables_beside(file, text)}


def _say(found: Any, called: Callable[[str | None], str]) -> None:
    if not found["policies"]:
        say("There are no tag policies. Write tags.yaml and publish it: outlay tags apply tags.yaml")
        return
    right = ["Judged", "Compliant", "Missing", "Not allowed", "%"]
    shown = table(["From", "Policy", "Key", "Team", *right, "Currency"], right=right)
    rows = [(called(row["team"]), row) for row in found["rows"]] + [("Total", row) for row in found["totals"]]
    for team, row in rows:
        amounts = [money(row[name]) for name in ("judged", "compliant", "missing", "not_allowed")]
        key = "every key" if row["key"] is None else safe(row["key"])
        cells = [safe(row["bucket"] or ""), safe(row["policy"]), key, team, *amounts]
        shown.add_row(*cells, row["percent"] or "", safe(row["currency"]))
    console().print(shown)
    for warning in found["warnings"]:
        say(f"Note: {safe(warning)}")
