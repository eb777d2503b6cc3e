"""How collecting fails: by kind, with the sentence that says who must act."""

from __future__ import annotations

from typing import Final, Literal

from collectors.secret import redact

Failure = Literal["transient", "budget", "configuration", "data", "bug", "storage"]
Who = Literal["operator", "provider", "us"]

WHO: Final[dict[Failure, Who]] = {
    "transient": "provider",  # 429, 5xx, timeouts, a manifest before its files: tried again, then at the next run
    "budget": "operator",  # a cap was reached before the call: goes on when the cap allows
    "configuration": "operator",  # wrong key, missing permission, wrong name, clock off: no retry storm
    "data": "provider",  # checksum, cut body, HTML with status 200, schema: the same object is not tried again
    "bug": "us",
    "storage": "operator",  # our own disk
}


class SourceError(Exception):
    """A failure of one source. `failure` decides what happens next, `kind` says who must act.

    The text is cleaned of secrets here, so that no caller can forget it. `missing` is the permission that lacks and
    `line` what to add where, when the provider told enough to know.
    """

    def __init__(
        self,
        failure: Failure,
        message: str,
        *,
        next_step: str | None = None,
        missing: str | None = None,
        line: str | None = None,
        wait_seconds: float | None = None,
    ) -> None:
        self.message = redact(message)
        self.failure: Failure = failure
        self.kind: Who = WHO[failure]
        self.slug = f"source_{failure}"
        self.next_step = redact(next_step) if next_step else None
        self.missing = missing
        self.line = line
        self.wait_seconds = wait_seconds  # what the provider asked us to wait, the longest of all it said
        super().__init__(self.message)
