"""`outlay`: the command line. Each verb speaks HTTP to whoever serves the data folder, itself when nobody does."""

from __future__ import annotations

from typing import Annotated

import typer

from outlay.commands import (
    ask,
    bills,
    collect,
    entities,
    keeping,
    org,
    requests,
    rules,
    serve,
    shared,
    tags,
    upkeep,
    why,
)
from outlay.commands.options import ConfigFile, Data, remember

app = typer.Typer(
    name="outlay",
    help="What your clouds cost, whose cost it is, and what to do about it.",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(wanted: bool) -> None:
    if wanted:
        upkeep.version()
        raise typer.Exit


@app.callback()
def outlay(
    ctx: typer.Context,
    data: Data = None,
    config: ConfigFile = None,
    version: Annotated[
        bool, typer.Option("--version", callback=_version, is_eager=True, help="Print the version.")
    ] = False,
) -> None:
    """What your clouds cost, whose cost it is, and what to do about it."""
    remember(ctx, data, config)


app.command("demo")(serve.demo)
app.command("serve")(serve.serve)
app.command("import")(bills.import_bills)
app.command("query")(ask.query)
app.command("lines")(ask.lines)
app.command("explain")(why.explain)
app.command("sync")(collect.sync)
app.add_typer(collect.sources, name="sources")
app.add_typer(bills.loads, name="loads")
app.add_typer(keeping.periods, name="periods")
app.add_typer(keeping.secrets, name="secrets")
app.add_typer(rules.rules, name="rules")
app.add_typer(requests.requests, name="requests")
app.add_typer(requests.disputes, name="disputes")
app.add_typer(shared.pools, name="pools")
app.add_typer(shared.series, name="series")
app.add_typer(tags.tags, name="tags")
app.add_typer(entities.entities, name="entities")
app.command("org")(org.org)
app.add_typer(ask.export, name="export")
app.command("rebuild")(upkeep.rebuild)
app.command("check")(upkeep.check)
app.command("version")(upkeep.version)


def main() -> None:
    app()


if __name__ == "__main__":
    main()
