"""A server in the foreground: serve, and demo with its data."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from outlay.commands.options import Data, config_of, require_folder, speaking
from outlay.commands.terminal import USAGE, failing, finish, run_job, safe, say, totals

if TYPE_CHECKING:
    from outlay.config import Config

PORT_SECONDS = 1.0  # between two looks at a port that another program has
Host = Annotated[str | None, typer.Option("--host", help="Address to listen on; 127.0.0.1 unless told otherwise.")]
Port = Annotated[int | None, typer.Option("--port", min=0, max=65535, help="Port to listen on; 8080 unless told.")]
AllowToken = Annotated[
    bool, typer.Option("--allow-token", help="Listen beyond this machine, opened by a link that works once.")
]
Standby = Annotated[
    bool, typer.Option("--standby", help="Wait while another server has the data folder, and take over when it ends.")
]


def serve(
    ctx: typer.Context,
    host: Host = None,
    port: Port = None,
    allow_token: AllowToken = False,
    standby: Standby = False,
    data: Data = None,
) -> None:
    """Serve pages and the API until stopped."""
    with failing():
        config = _listening(config_of(ctx, data), host, port)
        if standby:
            _stand_by(config, allow_token=allow_token)
        else:
            _serve(config, lambda: None, allow_token=allow_token)


def _stand_by(config: Config, *, allow_token: bool) -> None:
    """Serve to the end once the folder and the port are free; where another one was quicker, stand by again."""
    import time

    from outlay.server import PortInUseError
    from warehouse.store import InUseError, wait_until_free

    require_folder(config, create=True)
    told, folder = "", f"no other server has {safe(config.data)}"
    awaited = folder
    while True:
        if awaited != told:
            say(f"Standing by: waiting until {awaited}.", stderr=True)
            told = awaited
        wait_until_free(config.data)
        try:
            _serve(config, lambda: None, allow_token=allow_token)
            return
        except InUseError:
            awaited = folder
        except PortInUseError:
            awaited = f"port {config.port} is free"
            time.sleep(PORT_SECONDS)


def demo(
    ctx: typer.Context,
    load_only: Annotated[bool, typer.Option("--load-only", help="Load the demo data and end.")] = False,
    remove: Annotated[bool, typer.Option("--remove", help="Remove the demo data.")] = False,
    port: Port = None,
    data: Data = None,
) -> None:
    """Serve deterministic demo data: fourteen months, three clouds, six teams."""
    from outlay.sockets import is_served

    with failing():
        config = _listening(config_of(ctx, data), None, port)
        if remove:
            _remove(ctx, data)
        elif load_only or is_served(config.socket):
            _load(ctx, data)
        else:
            _serve(config, lambda: _start_loading(config), allow_token=False)


def _listening(config: Config, host: str | None, port: int | None) -> Config:
    return replace(config, host=host or config.host, port=config.port if port is None else port)


def _serve(config: Config, on_start: Callable[[], None], *, allow_token: bool) -> None:
    """The store is opened before the port is told, so that what is announced answers."""
    import secrets
    import sys

    from outlay import logs
    from outlay.application import open_application
    from outlay.server import Place, serve, tcp_socket

    if not Place(config.host, config.port).loopback and not allow_token:
        say(
            f"Refused to listen on {safe(config.host)}: nobody is asked to sign in yet, so everyone there could read "
            "your bills.\nListen on 127.0.0.1, or add --allow-token to guard it with a link that works once.",
            stderr=True,
        )
        raise typer.Exit(USAGE)
    require_folder(config, create=True)
    logs.configure(sys.stderr, config.log)
    with tcp_socket(config.host, config.port) as public:
        place = Place(config.host, public.getsockname()[1])
        token = None if place.loopback else secrets.token_urlsafe(24)
        application = open_application(config, token, place.address)

        def announce() -> None:
            say(greeting(place, token))
            on_start()

        serve(config, public, application, announce)


def greeting(place: object, token: str | None) -> str:
    """What the operator reads first: where it is, and who can reach it."""
    from outlay.server import Place

    assert isinstance(place, Place)
    if token is None:
        return f"Outlay is at {place.address}\nOnly this machine can reach it. Stop with Ctrl+C."
    return (
        f"Open Outlay with this link; it works once: {place.address}/access?token={token}\n"
        f"It listens on {place.host}; from another machine, put this one's address into the link.\n"
        "Whoever opens it first can read your bills. Stop with Ctrl+C."
    )


def _start_loading(config: Config) -> None:
    from outlay.client import connect

    with connect(config) as client:
        client.post("/demo")
    say("The demo data is loading, newest months first.")


def _load(ctx: typer.Context, data: Path | None) -> None:
    with speaking(ctx, data, create=True) as client:
        job = run_job(client, client.post("/demo"))
        result = job["result"]
        word = "Unchanged" if job["state"] == "unchanged" else "Loaded"
        say(f"{word}: {result['rows']:,} demo rows, {totals(result['totals'])}.")
        address = client.document("/status")["address"]
        say(f"Look at it: {address}" if address else "Look at it: outlay serve")
        finish(job)


def _remove(ctx: typer.Context, data: Path | None) -> None:
    with speaking(ctx, data) as client:
        job = run_job(client, client.delete("/demo"))
        result = job["result"]
        say(f"Removed {len(result['sources'])} demo sources, {result['rows']:,} rows.")
        finish(job)
