"""The catalogue of a running Backstage, over its HTTP interface: read, never written.

Source: the catalogue backend's `GET /api/catalog/entities/by-query` answers `items` and `pageInfo.nextCursor`; a cursor
carries the filter, so the pages after the first name nothing else.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import urlsplit

import httpx2

from collectors.catalogue.backstage import snapshot
from collectors.catalogue.contract import CatalogueError, Snapshot
from collectors.secret import Secret

KINDS: Final = ("component", "system", "resource", "group")
FIELDS: Final = "kind,metadata.name,metadata.namespace,metadata.title,metadata.annotations,spec"
PAGE: Final = 500
PAGES_MAX: Final = 100
SECONDS: Final = 30.0
ANSWER_BYTES_MAX: Final = 64 << 20


def fetch(url: str, token: Secret | None = None) -> Snapshot:
    """Everything it has of the kinds we read. `url` is the backend's, such as https://backstage.example.com.

    Raises CatalogueError: nothing is half read. A token travels over https, or to this machine, only.
    """
    parts = urlsplit(url)
    host = parts.hostname or ""
    if "@" in parts.netloc:
        step = "Leave it out; a token has its own place: env:BACKSTAGE_TOKEN."
        raise CatalogueError("the address has a name or a password in it", host, step)
    if parts.scheme not in ("http", "https") or not host:
        raise CatalogueError(
            "this is no address", url[:200], "Give the backend's, such as https://backstage.example.com."
        )
    if token is not None and parts.scheme == "http" and host not in ("localhost", "127.0.0.1", "::1"):
        raise CatalogueError("a token would travel in the clear", url[:200], "Use https.")
    headers = {"Accept": "application/json"}
    if token is not None:
        headers["Authorization"] = f"Bearer {token.reveal()}"
    with httpx2.Client(base_url=url.rstrip("/"), headers=headers, timeout=SECONDS) as client:
        return snapshot(_items(client, url), url)


def _items(client: httpx2.Client, url: str) -> Iterator[Any]:
    wanted: dict[str, Any] = {"limit": PAGE, "fields": FIELDS, "filter": [f"kind={kind}" for kind in KINDS]}
    seen: set[str] = set()
    for _ in range(PAGES_MAX):
        page = _page(client, url, wanted)
        yield from page["items"]
        cursor = (page.get("pageInfo") or {}).get("nextCursor")
        if not cursor:
            return
        if cursor in seen:
            raise CatalogueError("it answers the same page again and again", url, "Try again later.")
        seen.add(cursor)
        wanted = {"limit": PAGE, "fields": FIELDS, "cursor": cursor}
    raise CatalogueError(f"more than {PAGES_MAX * PAGE:,} entities", url, "Import files of the kinds that have cost.")


def _page(client: httpx2.Client, url: str, wanted: dict[str, Any]) -> dict[str, Any]:
    try:
        answer = client.get("/api/catalog/entities/by-query", params=wanted)
    except httpx2.HTTPError as error:
        raise CatalogueError(
            f"no answer ({type(error).__name__})", url, "Is the address right, is it running?"
        ) from None
    if answer.status_code in (401, 403):
        step = "Give a token that may read the catalogue: --token env:NAME."
        raise CatalogueError(f"it refuses ({answer.status_code})", url, step)
    if answer.status_code != 200 or len(answer.content) > ANSWER_BYTES_MAX:
        raise CatalogueError(f"it answers {answer.status_code}, {len(answer.content)} bytes", url, "Try again later.")
    try:
        page = answer.json()
    except ValueError:
        page = None
    if not isinstance(page, dict) or not isinstance(page.get("items"), list):
        raise CatalogueError("the answer is no list of entities", url, "Is this the backend's address?")
    return page
