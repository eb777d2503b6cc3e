"""Secrets that a vault keeps: `vault:MOUNT/PATH#FIELD` is read from its second key-value engine over HTTP.

The address stands in $VAULT_ADDR, the token in $VAULT_TOKEN or in the file that $VAULT_TOKEN_FILE names (an agent
renews it there), the namespace in $VAULT_NAMESPACE. Nothing is kept: each use reads anew, so rotation counts at once.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote, urlsplit

SECONDS: Final = 5.0
BYTES_MAX: Final = 256 << 10
LOOPBACK: Final = frozenset({"127.0.0.1", "localhost", "::1"})


class VaultError(ValueError):
    """The vault did not give what was asked for. Its text holds neither token nor secret."""


def read(place: str, environ: Mapping[str, str] | None = None) -> str | None:
    """The field of a secret, as `MOUNT/PATH#FIELD`; None when the vault has none. Raises VaultError."""
    import httpx2

    told = os.environ if environ is None else environ
    path, _, name = place.partition("#")
    mount, _, inside = path.partition("/")
    address = told.get("VAULT_ADDR", "").rstrip("/")
    _refuse_open(address)
    headers = {"X-Vault-Token": _token(told), "X-Vault-Request": "true"}
    if space := told.get("VAULT_NAMESPACE"):
        headers["X-Vault-Namespace"] = space
    try:
        answer = httpx2.get(f"{address}/v1/{quote(mount)}/data/{quote(inside)}", headers=headers, timeout=SECONDS)
    except httpx2.HTTPError as error:
        raise VaultError(f"the vault does not answer ({type(error).__name__})") from None
    if answer.status_code == 404:
        return None
    if answer.status_code != 200 or len(answer.content) > BYTES_MAX:
        raise VaultError(f"the vault answered {answer.status_code}")
    return _field(answer, name)


def _field(answer: Any, name: str) -> str | None:
    try:
        found = answer.json()["data"]["data"].get(name)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise VaultError("the vault's answer is not that of a key-value engine, version 2") from None
    return str(found) if found is not None else None


def _refuse_open(address: str) -> None:
    parts = urlsplit(address)
    if not address or parts.scheme not in ("http", "https"):
        raise VaultError("$VAULT_ADDR does not name a vault")
    if parts.scheme == "http" and parts.hostname not in LOOPBACK:
        raise VaultError("$VAULT_ADDR is not encrypted; tokens are sent over https only")


def _token(told: Mapping[str, str]) -> str:
    if file := told.get("VAULT_TOKEN_FILE"):
        try:
            found = Path(file).read_text("utf-8").strip()
        except (OSError, UnicodeDecodeError):
            raise VaultError("the file that $VAULT_TOKEN_FILE names cannot be read") from None
    else:
        found = told.get("VAULT_TOKEN", "")
    if not found:
        raise VaultError("neither $VAULT_TOKEN nor $VAULT_TOKEN_FILE holds a token")
    from collectors.secret import remember

    remember(found)
    return found
