"""The built web application: hashed assets are kept for a year, the page itself is asked for every time."""

from __future__ import annotations

import re
from pathlib import Path

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, HTMLResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"
TAKES_GZIP = re.compile(r"\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))")


class Pages(StaticFiles):
    """Files of the build. A path without an extension is an address inside the application: it gets index.html."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, follow_symlink=False)
        self.index = folder / "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await self._packed(path, scope) or await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not self._is_address(path):
                raise
            response = self._page(scope)
        response.headers["Cache-Control"] = FOREVER if path.startswith("assets/") else ALWAYS_ASK
        return response

    async def _packed(self, path: str, scope: Scope) -> Response | None:
        """The file as the build compressed it, for who can read it so."""
        if not path.startswith("assets/") or not TAKES_GZIP.search(Headers(scope=scope).get("accept-encoding", "")):
            return None
        try:
            response = await super().get_response(f"{path}.gz", scope)
        except HTTPException as error:
            if error.status_code != 404:
                raise
            return None
        response.headers.update({"Content-Encoding": "gzip", "Vary": "Accept-Encoding"})
        return response

    def _page(self, scope: Scope) -> Response:
        """The page, with its relative addresses led up to the folder it lies in: a browser takes them from the path it
        sees, which may begin with a sub-path that we are not told.
        """
        depth = scope["raw_path"].partition(b"?")[0].count(b"/") - 1
        if depth == 0:
            return FileResponse(self.index)
        text = self.index.read_text(encoding="utf-8")
        return HTMLResponse(re.sub(r'\b(src|href)="\./', rf'\1="{"../" * depth}', text))

    def _is_address(self, path: str) -> bool:
        if path in ("", "."):
            return True
        first, slash, rest = path.partition("/")
        return first not in ("api", "assets", "..") and (bool(slash and rest) or "." not in first)
