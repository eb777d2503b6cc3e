"""What is published with the rules, found beside their file: the tables they look up in, and other documents."""

from __future__ import annotations

import re
from pathlib import Path

POOLS = "pools.yaml"
"""The document of shared cost among the files that are published with the rules."""
CATALOGUE = "catalogue.yaml"
"""The document of entities and their owners among them; imports write it."""
TAGS = "tags.yaml"
"""The document of tag policies among them."""


def tables_in(text: str) -> list[str]:
    """The names of the tables that a rules document looks up in."""
    return sorted(set(re.findall(r"\btable:\s*[\"']?([A-Za-z0-9][A-Za-z0-9._-]*)", text)))


def tables_beside(rules: Path, text: str) -> dict[str, str]:
    """Those that lie in the folder of the rules."""
    found = {name: rules.parent / name for name in tables_in(text)}
    return {name: path.read_text(encoding="utf-8-sig") for name, path in found.items() if path.is_file()}


def documents_beside(rules: Path, text: str) -> dict[str, str]:
    """The tables, and the documents of shared cost, tag policies and entities, with the tables that those name."""
    found = tables_beside(rules, text)
    for path in (rules.parent / name for name in (POOLS, TAGS, CATALOGUE)):
        if path.is_file():
            found[path.name] = path.read_text(encoding="utf-8-sig")
            found |= tables_beside(path, found[path.name])
    return found
