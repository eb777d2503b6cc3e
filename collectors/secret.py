"""Secrets: configuration holds references to them, and what they hold never shows.

token: env:COST_TOKEN            # read from the environment when it is used
key: file:/run/secrets/key       # read from the file when it is used, so a rotated one counts at once
key: vault:secret/costs#key      # read from a vault when it is used: see collectors.vault
key: stored:payer.key            # given to the Data page and kept there, encrypted
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, core_schema

from collectors import expiry, vault

HIDDEN: Final = "***"
SHAPES: Final = "env:NAME, file:/path, vault:MOUNT/PATH#FIELD or stored:NAME"
_REFERENCE: Final = re.compile(
    r"env:[A-Za-z_][A-Za-z0-9_]*|file:/\S.*|stored:[A-Za-z0-9][A-Za-z0-9._-]{0,199}"
    r"|vault:[A-Za-z0-9_-]+(?:/[A-Za-z0-9][A-Za-z0-9._-]*)+#[A-Za-z0-9._-]+"
)
_BYTES_MAX: Final = 64 << 10
"""Of a secret file: a key file of a cloud has three kilobytes."""


class SecretError(ValueError):
    """A reference that is wrong or leads nowhere. Its text never holds what was given or found."""


class Secret:
    """A reference to a secret. `repr`, `str`, pickles and JSON of it are `***`; `reveal` reads it anew each time."""

    __slots__ = ("_reference",)

    def __init__(self, reference: str) -> None:
        if not _REFERENCE.fullmatch(reference):
            raise SecretError(f"expected a reference, {SHAPES}; a secret itself never stands here")
        self._reference = reference

    @property
    def reference(self) -> str:
        """Where the secret is, not what it is: may be stored and shown."""
        return self._reference

    def reveal(self) -> str:
        """What it holds now. From then on `redact` hides it. Raises SecretError when it is not there."""
        kind, _, place = self._reference.partition(":")
        try:
            found = _READERS[kind](place)
        except vault.VaultError as error:
            raise SecretError(f"{self._reference}: {error}") from None
        if not found:
            raise SecretError(f"{self._reference} holds no secret")
        remember(found)
        return found

    def ends(self) -> datetime | None:
        """When it runs out, if it says so itself. A vault is not asked for that."""
        if self._reference.startswith("vault:"):
            return None
        try:
            return expiry.ends(self.reveal())
        except SecretError:
            return None

    def __repr__(self) -> str:
        return HIDDEN

    __str__ = __repr__

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and other._reference == self._reference

    def __hash__(self) -> int:
        return hash(self._reference)

    def __reduce__(self) -> tuple[Callable[[str], str], tuple[str]]:
        return str, (HIDDEN,)

    def __copy__(self) -> Secret:
        return self

    def __deepcopy__(self, memo: Any) -> Secret:
        return self

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        made = core_schema.no_info_plain_validator_function(_validated, metadata={"secret": True})
        made["serialization"] = core_schema.plain_serializer_function_ser_schema(str)
        return made

    @classmethod
    def __get_pydantic_json_schema__(cls, schema: CoreSchema, handler: GetJsonSchemaHandler) -> dict[str, Any]:
        return {"type": "string", "format": "secret", "description": SHAPES}


def _read(path: Path) -> str | None:
    try:
        return path.read_text("utf-8").strip() if path.is_file() and path.stat().st_size <= _BYTES_MAX else None
    except (OSError, UnicodeDecodeError):
        return None


_READERS: Final[dict[str, Callable[[str], str | None]]] = {
    "env": lambda place: os.environ.get(place),
    "file": lambda place: _read(Path(place)),
    "vault": vault.read,
    "stored": lambda place: None,
}


def stored_by(read: Callable[[str], str | None]) -> None:
    """How `stored:` references are read from now on, in this process: by whoever holds the data folder."""
    _READERS["stored"] = read


def _validated(given: Any) -> Secret:
    if isinstance(given, Secret):
        return given
    return Secret(given if isinstance(given, str) else "")


_known: set[str] = set()
_SHAPES: Final = tuple(
    re.compile(shape)
    for shape in (
        r"(?i)(?<=authorization:)\s*\S+(\s+\S+)?",
        r"(?i)\bbearer\s+[A-Za-z0-9._~+/=-]{8,}",
        r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b",
        r"\beyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]*",
        r"(?i)(?<=accountkey=)[^;\s]+",
        r"(?i)(?<=sharedaccesssignature=)[^;\s]+",
        r"(?i)(?<=[?&])(?:sig|x-amz-[a-z-]+|x-goog-[a-z-]+|signature|awsaccesskeyid|token|code)=[^&\s\"'<>]+",
        r"-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*?(?:-----END [A-Z ]*PRIVATE KEY-----|\Z)",
    )
)


def remember(*secrets: str) -> None:
    """Hide these too from now on: short-lived tokens, keys that an SDK made out of others."""
    _known.update(one for one in secrets if len(one) >= _SHORT)


_SHORT: Final = 6  # what is shorter would hide ordinary words


def redact(text: str, extra: Iterable[str] = ()) -> str:
    """The text without secrets: known ones, and what has the shape of a key, a token or a signed address."""
    for one in sorted({*_known, *extra}, key=len, reverse=True):
        text = text.replace(one, HIDDEN)
    for shape in _SHAPES:
        text = shape.sub(HIDDEN, text)
    return text
