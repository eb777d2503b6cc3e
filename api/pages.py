"""The built web application: hashed assets are kept for a year, the page itself is asked for every time."""

from __future__ import annotations

from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.responses import FileResponse, Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

FOREVER = "public, max-age=31536000, immutable"
ALWAYS_ASK = "no-cache"


class Pages(StaticFiles):
    """Files of the build. A path without an extension is an address inside the application: it gets index.html."""

    def __init__(self, folder: Path) -> None:
        super().__init__(directory=folder, follow_symlink=False)
        self.index = folder / "index.html"

    async def get_response(self, path: str, scope: Scope) -> Response:
        try:
            response = await super().get_response(path, scope)
        except HTTPException as error:
            if error.status_code != 404 or not self._is_address(path):
                raise
            response = FileResponse(self.index)
        response.headers["Cache-Control"] = FOREVER if path.startswith("assets/") else ALWAYS_ASK
        return response

    def _is_address(self, path: str) -> bool:
        if path in ("", "."):
            return True
        return path.partition("/")[0] not in ("api", "assets") and "." not in path.rpartition("/")[2]
