"""`python -m api.openapi` prints the contract of the API, always the same text for the same code."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TextIO, cast

from api.app import create_app
from api.protocols import Actions, Jobs
from api.settings import ApiSettings


def document() -> dict[str, Any]:
    """OpenAPI of an application that is never run; the version is the API's, not the program's."""
    settings = ApiSettings(scratch=Path("unused"), now=lambda: datetime.fromtimestamp(0, UTC), version="1")
    return create_app(None, cast(Jobs, None), cast(Actions, None), settings).openapi()


def write(out: TextIO) -> None:
    json.dump(document(), out, indent=1, sort_keys=True, ensure_ascii=False)
    out.write("\n")


if __name__ == "__main__":
    write(sys.stdout)
