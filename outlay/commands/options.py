"""Options that many verbs share, and what they say about where the data is."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

if TYPE_CHECKING:
    from outlay.client import Client
    from outlay.config import Config

Data = Annotated[
    Path | None, typer.Option("--data", metavar="DIR", help="Data folder; ./outlay-data unless told otherwise.")
]
ConfigFile = Annotated[Path | None, typer.Option("--config", metavar="FILE", help="Configuration file.")]
Form = Annotated[Literal["table", "json"], typer.Option("--format", help="json prints the API's document.")]
Query = Annotated[str, typer.Argument(metavar="TEXT", help="A question, as in the address of a page.")]


def remember(ctx: typer.Context, data: Path | None, config: Path | None = None) -> None:
    """Keep what a level of the command line says; a later one wins."""
    told: dict[str, Path] = ctx.ensure_object(dict)
    told |= {name: path for name, path in (("data", data), ("config", config)) if path}


def config_of(ctx: typer.Context, data: Path | None) -> Config:
    from outlay.config import load_config

    remember(ctx, data)
    told: dict[str, Path] = ctx.ensure_object(dict)
    return load_config(told.get("data"), told.get("config"), os.environ)


@contextlib.contextmanager
def speaking(ctx: typer.Context, data: Path | None, *, create: bool = False) -> Iterator[Client]:
    """A client of whoever serves the data folder. Failures become a sentence and an exit code."""
    from outlay.client import connect
    from outlay.commands.terminal import failing

    with failing():
        config = config_of(ctx, data)
        require_folder(config, create=create)
        with connect(config) as client:
            yield client


def require_folder(config: Config, *, create: bool) -> None:
    """Asking about a folder that is not there is a slip of the hand; only verbs that bring data in make one."""
    from outlay.client import ApiError

    if config.data.is_dir():
        return
    if not create:
        step = "Name another with --data, or make one with outlay import or outlay demo."
        raise ApiError({"title": "No data", "detail": f"There is no data folder at {config.data}.", "next_step": step})
    config.data.mkdir(mode=0o700, parents=True)
