"""Requests between teams, and disputes: list, show, make, answer, publish."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Annotated, Any
from urllib.parse import quote

import typer

from outlay.commands.naming import team_names
from outlay.commands.options import Data, Form, remember, speaking
from outlay.commands.rules import Files, say_applied, texts
from outlay.commands.rules_preview import ROWS_SHOWN, say_rest
from outlay.commands.terminal import console, finish, money, put, run_job, safe, say, table

requests = typer.Typer(help="What teams want and others have to consent to.", no_args_is_help=True)
disputes = typer.Typer(help="Cost that teams say is not their own.", no_args_is_help=True)
Id = Annotated[str, typer.Argument(metavar="ID", help="Of the request; its beginning is enough.")]
Team = Annotated[str | None, typer.Option("--team", metavar="TEAM", help="On whose behalf; the platform's without.")]
Own = Annotated[str, typer.Option("--team", metavar="TEAM", help="On whose behalf.")]
ID_SHOWN = 8
PAGE_ROWS = 200


@requests.callback()
def requests_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@requests.command("list")
def list_requests(ctx: typer.Context, team: Team = None, form: Form = "table", data: Data = None) -> None:
    """List requests, newest first; with --team those it made or is asked about."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(_whole(client, "/rules/requests", "requests", team))
            return
        shown, called = table(["Request", "State", "By", "Made", "Waits for", "Note"]), team_names(client)
        for one in _every(client, "/rules/requests", "requests", team):
            waits = ", ".join(_name(who, called) for who in one["waits_for"])
            who = called(one["team"])
            cells = (one["id"][:ID_SHOWN], one["state"], who, one["created_at"][:10], waits, one["note"])
            shown.add_row(*map(safe, cells))
        console().print(shown)


@requests.command("show")
def show(ctx: typer.Context, request: Id, form: Form = "table", data: Data = None) -> None:
    """Say who is asked and why, what would move, and what the draft changes."""
    with speaking(ctx, data) as client:
        found = client.document(f"/rules/requests/{_found(client, request)}")
        if form == "json":
            put(json.dumps(found, ensure_ascii=False).encode())
            return
        called = team_names(client)
        who = called(found["team"])
        say(safe(f"{found['state'].capitalize()}: {who} asks, answers until {found['deadline'][:10]}."))
        for one in found["asked"]:
            said = {None: "has not answered", True: "consents", False: "refuses"}[one["accepted"]]
            told = f" ({one['reason']})" if one["reason"] else ""
            say(safe(f"{_name(one['team'], called)} {said}{told}: {', '.join(one['needs'])}"))
        _say_moves(found["movement"], called)
        if found["left_out"]:
            say(f"{found['left_out']:,} rows of smaller amounts are left out.")
        put(found["diff"].encode())


@requests.command("submit")
def submit(
    ctx: typer.Context,
    files: Files,
    team: Own,
    note: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
) -> None:
    """Ask for what files would change, on behalf of a team."""
    with speaking(ctx, data) as client:
        in_force = client.document("/rules")
        order = {**texts(files, in_force), "team": team, "note": note, "base": in_force["version"]}
        _say_state(client.post("/rules/requests", order))


@requests.command("accept")
def accept(
    ctx: typer.Context,
    request: Id,
    team: Team = None,
    reason: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
) -> None:
    """Consent, or decide as the platform."""
    _answer(ctx, request, {"team": team, "accepted": True, "reason": reason}, data)


@requests.command("refuse")
def refuse(
    ctx: typer.Context,
    request: Id,
    reason: Annotated[str, typer.Option(help="Why.")],
    team: Team = None,
    data: Data = None,
) -> None:
    """Refuse, with a reason."""
    _answer(ctx, request, {"team": team, "accepted": False, "reason": reason}, data)


@requests.command("withdraw")
def withdraw(ctx: typer.Context, request: Id, team: Team = None, data: Data = None) -> None:
    """Take a request back."""
    with speaking(ctx, data) as client:
        _say_state(client.post(f"/rules/requests/{_found(client, request)}/withdraw", {"team": team}))


@requests.command("publish")
def publish(ctx: typer.Context, request: Id, team: Team = None, data: Data = None) -> None:
    """Publish what was consented to."""
    with speaking(ctx, data) as client:
        job = run_job(client, client.post(f"/rules/requests/{_found(client, request)}/publish", {"team": team}))
        if job["result"]:
            say_applied(job)
        finish(job)


@requests.command("offers")
def offers(ctx: typer.Context, form: Form = "table", data: Data = None) -> None:
    """List the cost that teams give to whoever wants it."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(client.get("/rules/offers"))
            return
        shown, called = table(["Offer", "Team", "What", "Until", "Note"]), team_names(client)
        for one in client.document("/rules/offers")["offers"]:
            until = one["until"] or "taken back"
            cells = (one["id"][:ID_SHOWN], called(one["team"]), one["scope"], until, one["note"])
            shown.add_row(*map(safe, cells))
        console().print(shown)


@requests.command("offer")
def offer(
    ctx: typer.Context,
    scope: Annotated[str, typer.Argument(metavar="TEXT", help="Filters, as where=sub_account:42.")],
    team: Own,
    until: Annotated[str, typer.Option(metavar="DAY", help="YYYY-MM-DD, the first day on which it stands no more.")],
    note: Annotated[str, typer.Option(help="Why.")] = "",
    data: Data = None,
) -> None:
    """Let others claim cost of a team without asking it, until a day."""
    with speaking(ctx, data) as client:
        made = client.post("/rules/offers", {"team": team, "scope": scope, "until": until, "note": note})
        say(f"Offer {made['id'][:ID_SHOWN]} stands.")


@requests.command("take-back")
def take_back(
    ctx: typer.Context,
    one: Annotated[str, typer.Argument(metavar="ID", help="Of the offer; its beginning is enough.")],
    team: Team = None,
    data: Data = None,
) -> None:
    """Offer it no more."""
    with speaking(ctx, data) as client:
        known = [made["id"] for made in client.document("/rules/offers")["offers"] if made["id"].startswith(one)]
        behalf = f"team={quote(team, safe='')}" if team else ""
        client.delete(f"/rules/offers/{quote(known[0] if len(known) == 1 else one, safe='')}", behalf)
        say("It is offered no more.")


@disputes.callback()
def disputes_group(ctx: typer.Context, data: Data = None) -> None:
    remember(ctx, data)


@disputes.command("list")
def list_disputes(ctx: typer.Context, team: Team = None, form: Form = "table", data: Data = None) -> None:
    """List disputes, newest first; with --team those it raised or that name it."""
    with speaking(ctx, data) as client:
        if form == "json":
            put(_whole(client, "/rules/disputes", "disputes", team))
            return
        shown = table(["Request", "State", "Not of", "But of", "What", "Effective cost", "Reason"])
        called = team_names(client)
        for one in _every(client, "/rules/disputes", "disputes", team):
            cost = ", ".join(f"{money(part['effective_cost'])} {part['currency']}" for part in one["totals"])
            but = called(one["suggested"]) if one["suggested"] else "nobody"
            cells = (one["request"][:ID_SHOWN], one["state"], called(one["team"]), but, one["scope"])
            shown.add_row(*map(safe, (*cells, cost, one["reason"])))
        console().print(shown)


@disputes.command("open")
def dispute(
    ctx: typer.Context,
    scope: Annotated[str, typer.Argument(metavar="TEXT", help="Filters, as where=service:Compute.")],
    team: Own,
    reason: Annotated[str, typer.Option(help="Why it is not.")],
    suggested: Annotated[str | None, typer.Option("--of", metavar="TEAM", help="Whose it is instead.")] = None,
    period: Annotated[str, typer.Option(help="The days it is about.")] = "last_month",
    data: Data = None,
) -> None:
    """Say that cost is not a team's own."""
    with speaking(ctx, data) as client:
        order = {"team": team, "scope": scope, "reason": reason, "suggested": suggested, "period": period}
        made = client.post("/rules/disputes", order)
        say(f"Request {made['request'][:ID_SHOWN]} is {made['state']}.")


def _answer(ctx: typer.Context, request: str, body: Mapping[str, Any], data: Any) -> None:
    with speaking(ctx, data) as client:
        _say_state(client.post(f"/rules/requests/{_found(client, request)}/answer", body))


def _found(client: Any, request: str) -> str:
    """The one whose id begins so; what was said, where that is none or several."""
    known = [one["id"] for one in _every(client, "/rules/requests", "requests") if one["id"].startswith(request)]
    return quote(known[0] if len(known) == 1 else request, safe="")


def _every(client: Any, path: str, name: str, team: str | None = None) -> Iterator[Mapping[str, Any]]:
    """Page after page."""
    of_team, cursor = f"&team={quote(team, safe='')}" if team else "", ""
    while cursor is not None:
        found = client.document(path, f"limit={PAGE_ROWS}{of_team}{cursor and f'&cursor={quote(cursor)}'}")
        yield from found[name]
        cursor = found["next"]


def _whole(client: Any, path: str, name: str, team: str | None) -> bytes:
    return json.dumps({name: list(_every(client, path, name, team))}, ensure_ascii=False).encode()


def _say_state(found: Mapping[str, Any]) -> None:
    waits = ", ".join(who or "the platform" for who in found["waits_for"])
    say(safe(f"Request {found['id'][:ID_SHOWN]} is {found['state']}{f', waiting for {waits}' if waits else ''}."))


def _say_moves(moves: Sequence[Mapping[str, Any]], called: Callable[[str | None], str]) -> None:
    shown = table(["From", "To", "Currency", "Moved", "Lines"], right=["Moved", "Lines"])
    for move in moves[:ROWS_SHOWN]:
        owners = (called(move[side]) for side in ("was", "becomes"))
        shown.add_row(*owners, move["currency"], money(move["amount"]), f"{move['lines']:,}")
    console().print(shown)
    say_rest(moves)


def _name(who: str | None, called: Callable[[str | None], str]) -> str:
    return called(who) if who else "the platform"
