"""How commands reach the server: HTTP over the unix socket in the data folder, whoever serves it.

When nobody does, the command serves it itself, from a thread, for as long as it runs. So a command has one code path,
and its result, its progress and its documents are the same with and without a running server.
"""

from __future__ import annotations

import contextlib
import json
import os
import time
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

import httpx2

from outlay.config import Config
from outlay.sockets import is_served, reachable

ENDED: Final = frozenset({"done", "failed"})
LONG_SECONDS: Final = 900.0
"""Longer than any one request takes: previews and exports included. Jobs are watched, not waited for."""
WAIT_SECONDS: Final = 15.0

Document = dict[str, Any]


class ApiError(Exception):
    """The server's problem document, or what stands in the way of asking it."""

    def __init__(self, problem: Mapping[str, Any]) -> None:
        self.problem = problem
        super().__init__(problem.get("detail") or problem.get("title") or "failed")


class Client:
    """Speaks the API. Every method raises ApiError for an answer that is not 2xx."""

    def __init__(self, http: httpx2.Client) -> None:
        self._http = http

    def get(self, path: str, query: str = "") -> bytes:
        """The body as the server sent it. `query` is in URL form already."""
        return self._send("GET", path, query).content

    def document(self, path: str, query: str = "") -> Document:
        found: Document = json.loads(self.get(path, query))
        return found

    def post(self, path: str, body: Any = None, query: str = "") -> Document:
        return self._json("POST", path, query, body)

    def post_for(self, path: str, body: Any) -> bytes:
        """As `post`, where a file comes back."""
        return self._send("POST", path, "", body).content

    def put(self, path: str, body: Any, query: str = "") -> Document:
        return self._json("PUT", path, query, body)

    def delete(self, path: str, query: str = "") -> Document:
        """An answer without content is an empty document."""
        answer = self._send("DELETE", path, query)
        found: Document = answer.json() if answer.content else {}
        return found

    def download(self, path: str, query: str, out: Path) -> int:
        """Write the body to `out`, whole or not at all. Returns its size in bytes."""
        part = out.with_name(f".{out.name}.{os.getpid()}.part")
        try:
            with self._http.stream("GET", _url(path, query)) as response:
                if not response.is_success:
                    response.read()
                    _raise_for(response)
                with part.open("wb") as file:
                    for chunk in response.iter_bytes():
                        file.write(chunk)
            size = part.stat().st_size
            part.replace(out)
        except httpx2.HTTPError as error:
            raise lost(error) from error
        finally:
            part.unlink(missing_ok=True)
        return size

    def watch(self, job: str, on_change: Callable[[Document], None]) -> Document:
        """The job's last document; every one before it goes to `on_change`."""
        while True:
            with contextlib.suppress(httpx2.HTTPError):
                for document, ended in self._events(job):
                    on_change(document)
                    if ended:
                        return document
            # The stream was cut. The job may have gone on: ask for it, which also tells when the server is gone.
            time.sleep(0.2)
            document = self.document(f"/jobs/{job}")
            if document["ended_at"]:
                on_change(document)
                return document

    def _events(self, job: str) -> Iterator[tuple[Document, bool]]:
        with self._http.sse(_url(f"/jobs/{job}/events", ""), max_event_size=None) as events:
            for event in events:
                yield json.loads(event.data), event.event in ENDED

    def _json(self, method: str, path: str, query: str, body: Any) -> Document:
        found: Document = self._send(method, path, query, body).json()
        return found

    def _send(self, method: str, path: str, query: str, body: Any = None) -> httpx2.Response:
        try:
            response = self._http.request(method, _url(path, query), json=body)
        except httpx2.HTTPError as error:
            raise lost(error) from error
        if not response.is_success:
            _raise_for(response)
        return response


@contextlib.contextmanager
def connect(config: Config) -> Iterator[Client]:
    """A client of whoever serves the data folder: a running server, another command, or this very process."""
    with contextlib.ExitStack() as stack:
        _find_or_serve(config, stack)
        yield Client(stack.enter_context(_http(config.socket)))


def _find_or_serve(config: Config, stack: contextlib.ExitStack) -> None:
    """Whoever holds the folder without listening is starting or stopping: wait for it a while."""
    end = time.monotonic() + WAIT_SECONDS
    while not is_served(config.socket):
        from outlay.server import beside

        try:
            stack.enter_context(beside(config))
        except Exception as error:
            if getattr(error, "slug", None) != "in_use" or time.monotonic() > end:
                raise
            time.sleep(0.1)


@contextlib.contextmanager
def _http(path: Path) -> Iterator[httpx2.Client]:
    with (
        reachable(path) as name,
        httpx2.Client(
            transport=httpx2.HTTPTransport(uds=name),
            base_url="http://localhost",
            timeout=httpx2.Timeout(LONG_SECONDS, connect=10.0),
            trust_env=False,
        ) as http,
    ):
        yield http


def _url(path: str, query: str) -> httpx2.URL:
    """The query stays as it was written: the client must not take escapes apart and put them together again."""
    raw = f"/api/v1{path}" + (f"?{query}" if query else "")
    return httpx2.URL("http://localhost").copy_with(raw_path=raw.encode("ascii"))


def url_text(query: str) -> str:
    """A query as people type it, blanks and letters of all kinds, in the form of an address."""
    return quote(query, safe="-._~:,/@()*!&=%+\\'$;?")


def _raise_for(response: httpx2.Response) -> None:
    try:
        problem = response.json()
    except ValueError:
        problem = {"title": "Unexpected answer", "detail": f"The server answered {response.status_code}."}
    raise ApiError(problem)


def lost(error: Exception) -> ApiError:
    return ApiError(
        {
            "title": "The server went away",
            "detail": f"The connection to the server was lost: {error}.",
            "next_step": "Run the command again; what was done is kept.",
        }
    )
