"""Secrets that were given to the pages: sealed with a key that does not lie in the state file, and never told again.

The key is 32 bytes as base64: $OUTLAY_SECRET_KEY, else the file that $OUTLAY_SECRET_KEY_FILE names, else `secret.key`
in the data folder, made when the first secret is given. A backup of the state without the key tells nothing.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from api.documents import collecting as doc
from api.protocols import Help, ProblemError, not_found
from collectors.secret import SecretError, remember, stored_by
from warehouse.store import Store
from warehouse.store.collecting import Collecting
from warehouse.store.sealed import Sealed, SealedSecrets

KEY_FILE: Final = "secret.key"
KEY_BYTES: Final = 32
NONCE_BYTES: Final = 12
NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,199}")


class StoredSecrets:
    """Implements `KeepsSecrets`. One per server: from its making `stored:NAME` is read from here."""

    def __init__(self, store: Store, clock: Callable[[], datetime], environ: Mapping[str, str] | None = None) -> None:
        self._sealed = SealedSecrets(store.state)
        self._collecting = Collecting(store.state)
        self._clock = clock
        self._environ = os.environ if environ is None else environ
        self._own_file = store.folder / KEY_FILE
        stored_by(self.reveal)

    def all(self) -> Sequence[doc.StoredSecret]:
        users = self._users()
        return [
            doc.StoredSecret(
                name=one.name,
                reference=f"stored:{one.name}",
                actor=one.actor,
                changed_at=datetime.fromisoformat(one.changed_at),
                used_by=users.get(f"stored:{one.name}", []),
            )
            for one in self._sealed.all().values()
        ]

    def put(self, name: str, value: str, actor: str) -> doc.StoredSecret:
        """Keep a secret, or put a new one in its place. It is never answered again."""
        remember(value)
        key = self._key(make=True)
        nonce = os.urandom(NONCE_BYTES)
        # The name is sealed with it: a row cannot be passed off as another's.
        sealed = nonce + AESGCM(key).encrypt(nonce, value.encode(), name.encode())
        text = base64.b64encode(sealed).decode()
        self._sealed.put(Sealed(name, _key_id(key), text, actor), self._clock())
        return next(one for one in self.all() if one.name == name)

    def forget(self, name: str) -> None:
        if name not in self._sealed.all():
            raise not_found("stored secret", name)
        if users := self._users().get(f"stored:{name}"):
            step = "Give those sources another reference first."
            raise ProblemError("caller", "conflict", f"{', '.join(users)} uses {name}.", Help(next_step=step))
        self._sealed.forget(name)

    def reveal(self, name: str) -> str | None:
        """What is kept under the name; None when nothing is. Raises SecretError when it cannot be opened."""
        one = self._sealed.all().get(name)
        if one is None:
            return None
        sealed = base64.b64decode(one.sealed)
        try:
            key = self._key(make=False)
            return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], name.encode()).decode()
        except ProblemError as error:
            raise SecretError(f"stored:{name} cannot be opened: {error.message}") from None
        except InvalidTag:
            raise SecretError(f"stored:{name} was sealed with another key ({one.key_id}); give it again") from None

    def _users(self) -> dict[str, list[str]]:
        """Reference -> sources whose settings hold it."""
        found: dict[str, list[str]] = {}
        for source in self._collecting.configured():
            for value in source.settings.values():
                if isinstance(value, str) and value.startswith("stored:"):
                    found.setdefault(value, []).append(source.name)
        return found

    def _key(self, *, make: bool) -> bytes:
        """Raises ProblemError for a key that is none; makes one in the data folder where none is named."""
        if text := self._environ.get("OUTLAY_SECRET_KEY"):
            return _decoded(text, "$OUTLAY_SECRET_KEY")
        named = self._environ.get("OUTLAY_SECRET_KEY_FILE")
        path = Path(named) if named else self._own_file
        if make and not named and not path.exists():
            _write_key(path)
        try:
            return _decoded(path.read_text("ascii"), str(path) if named else KEY_FILE)
        except (OSError, UnicodeDecodeError) as error:
            raise _bad_key(str(path) if named else KEY_FILE) from error


def _write_key(path: Path) -> None:
    """A new key, readable by its owner alone and complete or absent."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    handle = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(base64.b64encode(os.urandom(KEY_BYTES)).decode() + "\n")
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def _decoded(text: str, place: str) -> bytes:
    try:
        key = base64.b64decode(text.strip(), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if len(key) != KEY_BYTES:
        raise _bad_key(place)
    return key


def _bad_key(place: str) -> ProblemError:
    step = "Make one: openssl rand -base64 32. Secrets that another key sealed have to be given again."
    return ProblemError("operator", "secret_key", f"{place} holds no key of 32 bytes as base64.", Help(next_step=step))


def _key_id(key: bytes) -> str:
    return hashlib.sha256(b"outlay secret key" + key).hexdigest()[:12]
