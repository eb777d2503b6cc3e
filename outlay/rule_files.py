"""The tables that rules look up in, found beside the file of the rules."""

from __future__ import annotations

import re
from pathlib import Path

POOLS = "pools.yaml"
"""The document of shared cost among the files that are published with the rules."""


def tables_in(text: str) -> list[str]:
    """The names of the tables that a rules document looks up in."""
    return sorted(set(re.findall(r"\btable:\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)", text)))


def tables_beside(rules: Path, text: str) -> dict[str, str]:
    """Those that lie in the folder of the rules."""
    found = {name: rules.parent / name for name in tables_in(text)}
    return {name: path.read_text(encoding="utf-8-sig") for name, path in found.items() if path.is_file()}
