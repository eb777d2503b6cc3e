"""Identities of the Azure sources, and what the failures of their calls mean. A part of sources, none itself."""

from __future__ import annotations

import email.utils
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, TypeVar

from pydantic import model_validator

from collectors.retrying import Retry, asked_wait
from collectors.secret import Secret, SecretError
from collectors.sources.contract import Settings
from collectors.sources.failures import SourceError

T = TypeVar("T")

TIMEOUT_SECONDS: Final = 9
"""Of silence on a connection; below ten, so that cancelling is heard in time."""
PASSING: Final = frozenset({408, 412, 429, 500, 502, 503, 504})
"""412: the file was replaced while it was read."""


@dataclass(frozen=True, slots=True)
class Access:
    """How calls are made. The standard one is right for clouds; tests reach a server of this machine with their own."""

    credential: Any = None  # in place of the one that the settings name
    options: Mapping[str, Any] = field(default_factory=dict)  # more arguments of the SDK's client
    retry: Retry = field(default_factory=Retry)


CLOUD: Final = Access()


class Identity(Settings):
    """Who asks. Nothing set means the identity of the machine or pod it runs on, which is the best choice."""

    tenant: str | None = None
    """Directory (tenant) id; needed with a client secret or a federated token."""
    client: str | None = None
    """Application (client) id; of a user-assigned managed identity too."""
    client_secret: Secret | None = None
    """Reference to a client secret."""
    federated_token_file: Path | None = None
    """File with a token of another identity provider, exchanged for one of Azure's; needs no secret."""

    @model_validator(mode="after")
    def _complete(self) -> Identity:
        if (self.client_secret or self.federated_token_file) and not (self.tenant and self.client):
            raise ValueError("a client secret or a federated token needs tenant and client")
        if self.client_secret and self.federated_token_file:
            raise ValueError("client_secret and federated_token_file exclude each other")
        return self


def credential(identity: Identity) -> Any:
    """The credential that the settings name; secrets are read now, so a rotated one counts."""
    from azure.identity import ClientSecretCredential, DefaultAzureCredential, WorkloadIdentityCredential

    if identity.client_secret and identity.tenant and identity.client:
        return ClientSecretCredential(identity.tenant, identity.client, revealed(identity.client_secret))
    if identity.federated_token_file:
        return WorkloadIdentityCredential(
            tenant_id=identity.tenant, client_id=identity.client, token_file_path=str(identity.federated_token_file)
        )
    return DefaultAzureCredential(managed_identity_client_id=identity.client)


def revealed(secret: Secret) -> str:
    """What a reference holds, or whose configuration lacks it."""
    try:
        return secret.reveal()
    except SecretError as error:
        raise SourceError("configuration", f"{error}.", next_step="Set it, or name another reference.") from None


@dataclass(frozen=True, slots=True)
class Need:
    """What a call needs, for the sentence when it is refused."""

    doing: str  # "listing the container"
    missing: str  # the permission, "Storage Blob Data Reader on …"
    line: str  # that grants it


def called(work: Callable[[], T], need: Need) -> T:
    """The answer of an SDK's call; whatever it raises becomes a SourceError with who must act."""
    from azure.core.exceptions import AzureError

    try:
        return work()
    except (AzureError, ValueError, OSError) as error:
        raise failure(error, need) from None  # the chain would carry signed addresses into a traceback


def json_object(text: str, service: str) -> dict[str, Any]:
    """An answer, every number as its text."""
    try:
        found = json.loads(text, parse_float=str, parse_int=str)
    except ValueError:
        found = None
    if not isinstance(found, dict):
        raise SourceError(
            "data",
            f"Something answered that is not {service}: its text is no JSON object.",
            next_step="Look for a proxy or a sign-in page between here and the cloud.",
        )
    return found


def failure(error: Exception, need: Need) -> SourceError:
    """One failed call in our words."""
    from azure.core import exceptions as azure

    response = getattr(error, "response", None)
    status = getattr(error, "status_code", None)
    if isinstance(error, azure.IncompleteReadError):  # also a DecodeError, though nothing was decoded
        return SourceError("transient", f"While {need.doing}: the answer was cut off.")
    if isinstance(error, azure.DecodeError | ValueError) or (status == 200 and response is not None):
        return SourceError(
            "data",
            f"While {need.doing}, something answered that is not the service: its text is neither XML nor JSON.",
            next_step="Look for a proxy or a sign-in page between here and the cloud.",
        )
    if status is None:
        return _unanswered(error, need)
    headers = dict(response.headers) if response is not None else {}
    code = _code(error)
    if status in PASSING:
        wait = asked_wait(headers, _moment(headers))
        return SourceError("transient", f"While {need.doing}: {code} ({status}).", wait_seconds=wait)
    return _refused(status, code, need)


def _unanswered(error: Exception, need: Need) -> SourceError:
    from azure.core import exceptions as azure

    if isinstance(error, azure.ClientAuthenticationError):
        return SourceError(
            "configuration",
            f"While {need.doing}: no token was given to this identity.",
            next_step="Check tenant, client and secret, or that a managed identity is assigned.",
            missing=need.missing,
            line=need.line,
        )
    return SourceError("transient", f"While {need.doing}: the connection failed ({type(error).__name__}).")


def _refused(status: int, code: str, need: Need) -> SourceError:
    if status == 401 or code in _EXPIRED:
        return SourceError(
            "configuration",
            f"While {need.doing}: the credential is wrong, expired or revoked ({code}).",
            next_step="Renew it, and check this machine's clock.",
        )
    if status == 403:
        return SourceError(
            "configuration",
            f"While {need.doing}: permission is missing ({code}).",
            next_step=f"Grant {need.missing}.",
            missing=need.missing,
            line=need.line,
        )
    what = "there is no such place" if status == 404 else "the service refused the request"
    step = "Check the names in the settings."
    return SourceError("configuration", f"While {need.doing}: {what} ({code}, {status}).", next_step=step)


_EXPIRED: Final = ("AuthenticationFailed", "ExpiredAuthenticationToken", "InvalidAuthenticationInfo")


def _code(error: Exception) -> str:
    """The service's word for it; messages are not repeated, because they quote addresses."""
    found = getattr(error, "error_code", None) or getattr(getattr(error, "error", None), "code", None)
    return str(getattr(found, "value", found) or getattr(error, "reason", None) or "no reason given")[:80]


def _moment(headers: Mapping[str, str]) -> datetime:
    """When the answer was written, by the clock that its dates are of."""
    stated = next((value for name, value in headers.items() if name.casefold() == "date"), "")
    try:
        return email.utils.parsedate_to_datetime(stated).astimezone(UTC)
    except ValueError:
        return datetime.now(UTC)
