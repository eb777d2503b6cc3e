"""Identities of the Google Cloud sources, and what the failures of their calls mean. A part of sources, none itself."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from typing import Any, Final, TypeVar

from collectors.meter import Meter
from collectors.retrying import Retry, asked_wait
from collectors.secret import Secret, SecretError, remember
from collectors.sources.contract import Settings
from collectors.sources.failures import SourceError
from collectors.sources.patience import patiently

T = TypeVar("T")

PAGES_MAX: Final = 1_000
SCOPES: Final = ("https://www.googleapis.com/auth/cloud-platform.read-only",)
QUERY_SCOPES: Final = ("https://www.googleapis.com/auth/bigquery",)
_THROTTLED: Final = frozenset({"rateLimitExceeded", "jobRateLimitExceeded", "userRateLimitExceeded", "backendError"})
_CAPPED: Final = frozenset({"quotaExceeded", "bytesBilledLimitExceeded", "dailyLimitExceeded"})
_PERMISSION: Final = re.compile(r"\b((?:bigquery|billing|resourcemanager|serviceusage|storage)(?:\.[A-Za-z]+){2,3})\b")


@dataclass(frozen=True, slots=True)
class Access:
    """How calls are made. The standard one is right for the cloud; tests reach a server of this machine with theirs."""

    credential: Any = None  # in place of the one that the settings name
    retry: Retry = field(default_factory=Retry)


CLOUD: Final = Access()


class Identity(Settings):
    """Who asks. Nothing set means the identity of the machine or pod it runs on, which is the best choice."""

    credentials: Secret | None = None
    """Reference to the JSON of a workload identity federation, or of a service account key."""
    impersonate: str | None = None
    """Service account to act as, by its address; the identity needs to be its token creator."""


def credential(identity: Identity, scopes: tuple[str, ...]) -> Any:
    """The credential that the settings name, read now, so that a rotated one counts. Raises SourceError."""
    import google.auth
    from google.auth import impersonated_credentials
    from google.auth.exceptions import GoogleAuthError

    try:
        if identity.credentials:
            found = _made(_facts(identity.credentials), list(scopes))
        else:
            found, _ = google.auth.default(scopes=scopes)
    except (GoogleAuthError, ValueError) as error:
        if isinstance(error, SourceError):
            raise
        raise SourceError(
            "configuration",
            f"There is no usable identity ({type(error).__name__}).",
            next_step="Attach a service account to this machine, or give credentials.",
        ) from None
    if identity.impersonate:
        return impersonated_credentials.Credentials(found, identity.impersonate, list(scopes))  # type: ignore[no-untyped-call]
    return found


def _made(facts: Mapping[str, Any], scopes: list[str]) -> Any:
    """Of the kinds of credential files the two that are meant for services."""
    from google.auth import aws, identity_pool
    from google.oauth2 import service_account

    if facts.get("type") == "service_account":
        return service_account.Credentials.from_service_account_info(facts, scopes=scopes)  # type: ignore[no-untyped-call]
    if facts.get("type") == "external_account":
        elsewhere = str((facts.get("credential_source") or {}).get("environment_id", "")).startswith("aws")
        kind = aws.Credentials if elsewhere else identity_pool.Credentials
        return kind.from_info(facts, scopes=scopes)  # type: ignore[no-untyped-call]
    raise ValueError("another kind of credential")


def _facts(secret: Secret) -> dict[str, Any]:
    try:
        facts = json.loads(secret.reveal())
    except SecretError as error:
        raise SourceError("configuration", f"{error}.", next_step="Set it, or name another reference.") from None
    except ValueError:
        facts = None
    if not isinstance(facts, dict):
        raise SourceError("configuration", f"{secret.reference} is not the JSON of a credential.")
    remember(*(str(facts[name]) for name in ("private_key", "private_key_id", "client_secret") if facts.get(name)))
    return facts


@dataclass(frozen=True, slots=True)
class Need:
    """What a call needs, for the sentence when it is refused."""

    doing: str
    missing: str  # the permission where the answer names none
    line: str  # that grants it


def called(work: Callable[[], T], need: Need) -> T:
    """The answer of an SDK's call; whatever it raises becomes a SourceError with who must act."""
    from google.api_core.exceptions import GoogleAPIError
    from google.auth.exceptions import GoogleAuthError

    try:
        return work()
    except SourceError:
        raise
    except (GoogleAPIError, GoogleAuthError, OSError, ValueError) as error:
        raise failure(error, need) from None  # the chain would carry tokens and queries into a traceback


@dataclass(slots=True)
class Calls:
    """Calls that are metered, tried again, and fail in our words."""

    meter: Meter
    access: Access

    def asked(self, work: Callable[[], T], need: Need) -> T:
        def once() -> T:
            self.meter.charge("call")
            return called(lambda: patiently(partial(_read, work), self.access.retry.on_wait), need)

        return self.access.retry.call(once)

    def pages(self, ask: Callable[[str], T], need: Need) -> Iterator[T]:
        """All pages; a token that comes back is no answer."""
        token, seen = "", set()
        for _ in range(PAGES_MAX):
            page = self.asked(partial(ask, token), need)
            yield page
            token = _token(page)
            if not token:
                return
            if token in seen:
                raise SourceError("data", f"While {need.doing}, a page came back that was answered already.")
            seen.add(token)
        raise SourceError("data", f"While {need.doing}: more than {PAGES_MAX:,} pages.")


def _token(page: Any) -> str:
    return str((page.get("nextPageToken") if isinstance(page, dict) else page.next_page_token) or "")


def _read(work: Callable[[], T]) -> T:
    """The answer of a call; one that is no JSON as the error that plain JSON would raise."""
    from google.protobuf.json_format import ParseError

    try:
        return work()
    except ParseError as error:
        raise ValueError("no JSON") from error


def failure(error: Exception, need: Need) -> SourceError:
    """One failed call in our words."""
    from google.auth.exceptions import GoogleAuthError, TransportError

    if isinstance(error, ValueError):  # JSON that is none; of the client library's also an OSError
        return SourceError(
            "data",
            f"While {need.doing}, something answered that is not the service: its text is no JSON.",
            next_step="Look for a proxy or a sign-in page between here and the cloud.",
        )
    if isinstance(error, GoogleAuthError) and not isinstance(error, TransportError):
        return _unknown(type(error).__name__, need)
    status = getattr(error, "code", None)
    if status is None:
        return SourceError("transient", f"While {need.doing}: the connection failed ({type(error).__name__}).")
    return _answered(int(status), error, need)


def _answered(status: int, error: Exception, need: Need) -> SourceError:
    reasons = [str(one.get("reason")) for one in getattr(error, "errors", ()) or () if isinstance(one, dict)]
    reason = reasons[0] if reasons else "no reason given"
    about = f"While {need.doing}: {reason} ({status})."
    if reason in _CAPPED:
        return SourceError("budget", about, next_step="Raise scan_bytes_max or the quota, or wait for the next run.")
    if status in (408, 429) or status >= 500 or reason in _THROTTLED:
        response = getattr(error, "response", None)
        wait = asked_wait(dict(response.headers), datetime.now(UTC)) if response is not None else None
        return SourceError("transient", about, wait_seconds=wait)
    if status == 401:
        return _unknown(reason, need)
    if status == 403:
        named = _PERMISSION.search(str(getattr(error, "message", "")))  # the rest of the text may quote the query
        missing = named[1] if named else need.missing
        return SourceError(
            "configuration",
            f"While {need.doing}: permission is missing ({missing}).",
            next_step=f"Grant {missing}.",
            missing=missing,
            line=need.line,
        )
    if status == 404:
        return SourceError("configuration", about, next_step="Check project, data set and table in the settings.")
    return SourceError("data", about, next_step="Check whether the export has the columns that it had.")


def _unknown(reason: str, need: Need) -> SourceError:
    """It is not a permission that is missing: what is optional does not go on without it."""
    return SourceError(
        "configuration",
        f"While {need.doing}: the credential is wrong, expired or revoked ({reason}).",
        next_step="Renew it, and check this machine's clock.",
    )


def money(amount: Mapping[str, Any]) -> str:
    """An amount as the services write it, units and billionths, exactly."""
    units, nanos = int(amount.get("units", 0)), int(amount.get("nanos", 0))
    whole = units * 10**9 + nanos
    sign, digits = ("-" if whole < 0 else ""), f"{abs(whole):010}"
    return f"{sign}{digits[:-9]}.{digits[-9:]}".rstrip("0").rstrip(".")
