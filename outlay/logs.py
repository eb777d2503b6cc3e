"""Logs: one JSON object per line, on standard error or in a file, and no secret in any of them."""

from __future__ import annotations

import logging
import os
import re
from collections.abc import Mapping, MutableMapping
from pathlib import Path
from typing import Any, Final, TextIO

import structlog

SECRET_NAMES: Final = re.compile(
    r"authorization|cookie|password|passwd|secret|token|api[-_]?key|access[-_]?key|connection[-_]?string|signature",
    re.IGNORECASE,
)
SECRET_SHAPES: Final = re.compile(
    r"(?P<keep>"
    r"\bBearer\s+|\bBasic\s+|"
    r"\b(?:X-Amz-(?:Signature|Credential|Security-Token)|sig|token|access_token|AccountKey|SharedAccessKey|"
    r"password|passwd|pwd|secret|client_secret|api_key)\s*[=:]\s*|"
    r"://[^\s/:@]{1,100}:)"
    r"(?P<secret>[^\s&;,'\"@]+)",
    re.IGNORECASE,
)
KEY_SHAPES: Final = re.compile(
    r"\b(?:AKIA|ASIA)[A-Z0-9]{16}\b|\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]*|"
    r"-----BEGIN [A-Z ]*PRIVATE KEY-----.*?(?:-----END|$)",
    re.DOTALL,
)
MASK: Final = "***"
FILE_BYTES_MAX: Final = 10 << 20


def redacted(text: str) -> str:
    """The text without what looks like a credential, and without every secret that was ever read."""
    from collectors.secret import redact as hidden

    text = hidden(text)
    return KEY_SHAPES.sub(MASK, SECRET_SHAPES.sub(lambda found: found["keep"] + MASK, text))


def redact(_logger: Any, _method: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """The processor that every event passes, tracebacks included."""
    for name, value in event.items():
        event[name] = MASK if SECRET_NAMES.search(name) else _clean(value)
    return event


def _clean(value: Any) -> Any:
    if isinstance(value, str):
        return redacted(value)
    if isinstance(value, Mapping):
        return {name: MASK if SECRET_NAMES.search(str(name)) else _clean(item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_clean(item) for item in value]
    return value


def configure(out: TextIO, level: str = "info") -> None:
    """Send every log event, ours and the libraries', to `out`."""
    threshold = logging.getLevelNamesMapping()[level.upper()]
    before: list[Any] = [
        structlog.contextvars.merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    after: list[Any] = [structlog.processors.format_exc_info, redact, structlog.processors.JSONRenderer()]
    structlog.configure(
        processors=[*before, *after],
        wrapper_class=structlog.make_filtering_bound_logger(threshold),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=False,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, *after],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(max(threshold, logging.WARNING))


def open_file(folder: Path) -> TextIO:
    """The log of commands that run without a server: `outlay.log` in the data folder, started anew past 10 MiB."""
    path = folder / "outlay.log"
    if path.exists() and path.stat().st_size > FILE_BYTES_MAX:
        path.replace(folder / "outlay.log.1")
    handle = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | os.O_CLOEXEC, 0o600)
    return os.fdopen(handle, "a", encoding="utf-8", buffering=1)
