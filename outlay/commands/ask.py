"""Questions: query, lines, export."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal
from urllib.parse import quote

import typer

from outlay.commands.naming import named
from outlay.commands.options import Data, Form, Query, remember, speaking
from outlay.commands.terminal import USAGE, console, money, put, safe, say, table

if TYPE_CHECKING:
    from outlay.client import Client

export = typer.Typer(help="Lines in a form that other programs read.", no_args_is_help=True)
AnswerForm = Annotated[
    Literal["table", "csv", "csv-raw", "json", "parquet"],
    typer.Option("--format", help="csv is defused for spreadsheets, csv-raw is for programs."),
]
Out = Annotated[Path | None, typer.Option("--out", metavar="FILE", help="Write to this file.")]
LINE_COLUMNS = ("id", "day", "sub_account", "service", "resource", "team", "currency", "billed_cost", "effective_cost")
DIGITS = {"currency": 2, "quantity": 3, "rate": 6, "percent": 1}


def query(
    ctx: typer.Context,
    text: Query,
    form: AnswerForm = "table",
    out: Out = None,
    data: Data = None,
) -> None:
    """Answer a question: outlay query 'measures=billed_cost&by=service&period=last_month'."""
    from outlay.client import url_text

    asked = url_text(text)
    with speaking(ctx, data) as client:
        if form == "table":
            say_answer(client.document("/costs", asked))
        elif form == "json":
            give(client, "/costs", asked, out)
        else:
            plain = "raw=1" if form == "csv-raw" else ""
            give(client, f"/costs.{form.removesuffix('-raw')}", "&".join(filter(None, (asked, plain))), out)


def lines(
    ctx: typer.Context,
    text: Query = "",
    limit: Annotated[int | None, typer.Option(min=1, max=1000, help="How many; 20 unless told.")] = None,
    form: Form = "table",
    data: Data = None,
) -> None:
    """List the bill lines behind a question, largest first."""
    from outlay.client import url_text

    asked = url_text(text)
    if limit is not None or "limit=" not in asked:
        asked = "&".join(filter(None, (asked, f"limit={limit or 20}")))
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/lines", asked))
        else:
            say_lines(client.document("/lines", asked))


@export.callback()
def export_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@export.command("focus")
def export_focus(
    ctx: typer.Context,
    period: Annotated[str, typer.Option("--period", metavar="P", help="A period, as in questions.")],
    out: Annotated[Path, typer.Option("--out", metavar="FILE")],
    version: Annotated[Literal["1.0", "1.1", "1.2", "1.3", "1.4"], typer.Option("--version")] = "1.4",
    form: Annotated[Literal["csv", "parquet"] | None, typer.Option("--format", help="Else by the ending.")] = None,
    shares: Annotated[bool, typer.Option("--shares", help="With teams, and rows of shared cost.")] = False,
    data: Data = None,
) -> None:
    """Write all lines of a period in a version of FOCUS."""
    chosen = form or ("parquet" if out.suffix == ".parquet" else "csv")
    asked = f"version={version}&period={quote(period, safe='.')}&format={chosen}{'&shares=1' if shares else ''}"
    with speaking(ctx, data) as client:
        say(f"Wrote {out}, {client.download('/export/focus', asked, out):,} bytes.")


def give(client: Client, path: str, asked: str, out: Path | None) -> None:
    """To a file, or exactly the API's bytes to standard output."""
    if out:
        say(f"Wrote {out}, {client.download(path, asked, out):,} bytes.", stderr=True)
    elif path.endswith(".parquet") and sys.stdout.isatty():
        say("Parquet is not for terminals: name a file with --out.", stderr=True)
        raise typer.Exit(USAGE)
    else:
        put(client.get(path, asked))


def say_answer(answer: Mapping[str, Any]) -> None:
    columns = [column for column in answer["columns"] if _said(answer["rows"], column)]
    names = [column.get("label") or column["name"] for column in columns]
    right = [name for name, column in zip(names, columns, strict=True) if column["kind"] == "measure"]
    shown = table(names, right=right)
    for row in answer["rows"]:
        shown.add_row(*(_cell(row.get(column["name"]), column) for column in columns))
    shown.add_section()
    for total in answer["totals"]:
        cells = [_cell(total.get(column["name"]), column, "") for column in columns]
        shown.add_row(*(["Total", *cells[1:]] if not cells[0] else cells), style="bold")
    out = console()
    out.print(shown)
    out.print(_basis(answer))
    for warning in answer["warnings"]:
        out.print(f"Note: {safe(warning)}")
    if answer.get("next"):
        out.print("There is more: ask with a larger limit.")


def _said(rows: Sequence[Mapping[str, Any]], column: Mapping[str, Any]) -> bool:
    """Names that no value has need no column."""
    return column["kind"] != "rest" and (column["kind"] != "label" or any(row[column["name"]] for row in rows))


def say_lines(found: Mapping[str, Any]) -> None:
    """The columns that tell lines apart; --format json has them all."""
    columns = {column["name"]: column for column in found["columns"]}
    shown = table([columns[name]["label"] for name in LINE_COLUMNS], right=["Billed cost", "Effective cost"])
    for row in found["rows"]:
        known = {row["team"]: row["team_label"]} if row["team_label"] else {}
        cells = {**row, "team": row["team"] and named(row["team"], known)}
        shown.add_row(*(_cell(cells[name], columns[name]) for name in LINE_COLUMNS))
    out = console()
    out.print(shown)
    for warning in found["warnings"]:
        out.print(f"Note: {safe(warning)}")
    if found["next"]:
        out.print("There are more: ask with a larger --limit.")


def _cell(value: str | None, column: Mapping[str, Any], missing: str = "–") -> str:
    if value is None:
        return missing
    return money(value, DIGITS.get(column.get("unit") or "", 2)) if column["kind"] == "measure" else safe(value)


def _basis(answer: Mapping[str, Any]) -> str:
    period = answer["period"]
    span = f"{period['start']} to before {period['end']}" if period["start"] else "everything"
    data_to = ", ".join(f"{safe(source)} {day}" for source, day in answer["data_to"].items()) or "no data"
    return f"{answer['basis']} basis · {span} · data to: {data_to} · rules {answer['rules_version']}"
