"""What a module of tagging is: the only place that knows how a provider's resources are tagged from a shell."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from typing import Final, Protocol

UNWRITABLE: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff]")
"""What a line of text cannot hold, or would show as another than it is."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """A tag to write. All of it comes from bills and people: it is hostile until quoted."""

    provider: str
    resource: str
    """Its id, as bills have it."""
    key: str
    value: str
    sub_account: str | None = None
    region: str | None = None
    service: str | None = None


class NotReadyError(Exception):
    """There is no command line for this; the message says why, in words for the one who would have run it."""


class TaggingModule(Protocol):
    PROVIDERS: tuple[str, ...]
    """Names of the provider on bills; case does not count."""

    def command(self, wanted: Wanted) -> list[str]:
        """The words of the command, unquoted. Raises NotReadyError."""


def line(words: list[str]) -> str:
    """One line for a POSIX shell. Whatever an id or a value holds, it stays one word of its command."""
    if any(UNWRITABLE.search(word) for word in words):
        raise NotReadyError("The id or the tag has characters that no command line should hold.")
    return " ".join(map(shlex.quote, words))


def plain_name(name: str) -> str:
    """A word that stands by itself in a command. Raises NotReadyError where it would be read as an option."""
    if not name or name.startswith("-"):
        raise NotReadyError(f"The name {name!r} would be read as an option.")
    return name
