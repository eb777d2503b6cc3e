"""The organisation's own catalogue: import it, and see what it costs."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Any
from urllib.parse import quote

import typer

from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.terminal import console, finish, money, put, run_job, safe, say, table
from outlay.entity_files import entity_files

entities = typer.Typer(help="Applications and systems of your own catalogue, and who owns them.", no_args_is_help=True)


@entities.callback()
def entities_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@entities.command("import")
def take(
    ctx: typer.Context,
    paths: Annotated[
        list[Path] | None,
        typer.Argument(metavar="[PATH...]", exists=True, help="YAML, JSON or CSV; of a folder its catalog-info.yaml."),
    ] = None,
    url: Annotated[str | None, typer.Option(help="The address of a Backstage backend instead of files.")] = None,
    token: Annotated[str | None, typer.Option(help="Where its token is: env:NAME or file:/path.")] = None,
    complete: Annotated[bool, typer.Option("--complete", help="What the files do not have is gone.")] = False,
    day: Annotated[str | None, typer.Option(metavar="YYYY-MM-DD", help="From when; today when absent.")] = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would change. Publishes nothing.")] = False,
    data: Data = None,
) -> None:
    """Bring the catalogue up to date; ownership before the day stays as it was."""
    order = {
        "files": [{"name": str(path), "text": path.read_text(encoding="utf-8-sig")} for path in _files(paths or [])],
        "url": url, "token": token, "complete": complete, "day": day, "dry_run": dry_run,
    }  # fmt: skip
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, client.post("/entities/import", order))
        finish(job)
        found = job["result"]
        for warning in found["warnings"]:
            say(f"Left out: {safe(warning)}")
        for one in found["changes"]:
            moved = f" from {safe(one['before'] or 'nobody')} to {safe(one['after'] or 'nobody')}"
            say(f"{one['change'].capitalize()}: {safe(one['ref'])}{moved if one['change'] == 'changed' else ''}")
        version = f" Version {found['version']} of the rules." if found["version"] else ""
        say(f"{len(found['changes'])} changes.{version}")


@entities.command("list")
def listed(
    ctx: typer.Context,
    period: Annotated[str, typer.Option(help="Whose cost is shown.")] = "last_30_days",
    gaps: Annotated[bool, typer.Option("--gaps", help="Only entities without cost, and cost without entity.")] = False,
    form: Form = "table",
    data: Data = None,
) -> None:
    """What the catalogue has, with its cost."""
    with speaking(ctx, data) as client:
        path = f"/entities?period={quote(period)}"
        if form == "json":
            put(client.get(path))
            return
        found = client.document(path)
        shown = table(["Entity", "Owner", "System", "Cost"], right=["Cost"])
        for one in found["entities"]:
            if not (gaps and one["cost"]):
                owner = safe(one["owner"] or "nobody") + (
                    "" if one["owner_known"] or not one["owner"] else " (no team)"
                )
                shown.add_row(safe(one["ref"]), owner, safe(one["system"] or ""), _cost(one))
        for one in found["unknown"]:
            shown.add_row(f"not in the catalogue: {safe(one['application'] or '(none)')}", "", "", _cost(one))
        console().print(shown)


def _owner(one: Any) -> str:
    if not one["owner"]:
        return "nobody"
    return safe(one["owner"]) + ("" if one["owner_known"] else " (no team)")


def _cost(one: Any) -> str:
    return ", ".join(f"{money(cost['effective_cost'])} {safe(cost['currency'])}" for cost in one["cost"]) or "none"


def _files(paths: list[Path]) -> list[Path]:
    """The files themselves, and those of a folder that describe entities."""
    return [one for path in paths for one in entity_files(path)]
