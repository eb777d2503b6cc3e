"""Which files describe the organisation's own catalogue; imports nothing, so that the command line starts at once."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

ENTITY_FILES: Final = ("catalog-info.yaml", "catalog-info.yml")


def entity_files(path: Path) -> Iterator[Path]:
    """The file itself, or those of a folder that describe entities."""
    if not path.is_dir():
        yield path
        return
    yield from sorted(one for name in ENTITY_FILES for one in path.rglob(name))
