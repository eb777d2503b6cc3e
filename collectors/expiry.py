"""When a credential runs out, where the credential itself says so; no provider is asked."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Final
from urllib.parse import unquote

WARNED_DAYS: Final = 14
_SIGNED: Final = re.compile(r"(?:^|[?&])se=([^&\s]+)")
"""The end that a shared access signature carries beside its `sig`."""


def ends(secret: str) -> datetime | None:
    """The end of a shared access signature, UTC; None for what does not tell its end."""
    found = _SIGNED.search(secret)
    if found is None or "sig=" not in secret:
        return None
    try:
        moment = datetime.fromisoformat(unquote(found[1]))
    except ValueError:
        return None
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def warned(end: datetime | None, now: datetime) -> str | None:
    """A sentence when the end is near or past."""
    if end is None or end - now > timedelta(days=WARNED_DAYS):
        return None
    if end <= now:
        return f"The credential ran out at {end:%Y-%m-%d %H:%M} UTC."
    return f"The credential runs out at {end:%Y-%m-%d %H:%M} UTC, in {(end - now).days} days."
