"""What teams are called, in a terminal: by their names, with the key behind, which commands are asked with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

from outlay.commands.terminal import safe

if TYPE_CHECKING:
    from outlay.client import Client

Names = Mapping[str, str]


def team_names(client: Client) -> Callable[[str | None], str]:
    """Of today, as cells of a table; nobody is Unallocated."""
    found: Names = client.document("/catalogue")["names"].get("team", {})
    return lambda team: safe(named(team, found))


def named(value: str | None, names: Names) -> str:
    if value is None:
        return "Unallocated"
    name = names.get(value, value)
    return name if name == value or name.endswith(f" ({value})") else f"{name} ({value})"
