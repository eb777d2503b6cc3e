"""Starter documents as text: teams from names, rules from where the names were found.

Names come from tags and accounts, so anything may be in them: every text is written by the YAML library, and the
result is read back by `load_rules` before anybody sees it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

import yaml

from warehouse.attribution.fold import folded_all, squash
from warehouse.attribution.grammar import TEAM_KEY
from warehouse.attribution.model import FOLDS, TAG, shorten

KEY_CHARS: Final = 60
LABEL_CHARS: Final = 200


class _Dumper(yaml.SafeDumper):
    """Writes every value out: the loader refuses aliases."""

    def ignore_aliases(self, data: Any) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class DraftKey:
    """A tag key to read, with the raw keys that need naming and the spellings to merge."""

    key: str
    aliases: tuple[str, ...] = ()
    values: dict[str, list[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class DraftRule:
    dimension: str
    id: str
    source: str
    note: str


def org_text(names: Iterable[str]) -> str:
    """One team per name; names that differ in case, blanks, `_` and `-` only are one team, called as the first is."""
    first: dict[str, str] = {}
    texts = list(names)
    for word, text in zip(squash(texts), texts, strict=True):
        if word:
            first.setdefault(word, text)
    teams = []
    for word, key in sorted(_keys(first).items(), key=lambda item: item[1]):
        team: dict[str, Any] = {"key": key, "name": _label(first[word])}
        if squash([key])[0] != word:
            team["aliases"] = [first[word]]
        teams.append(team)
    return _text({"version": 1, "teams": teams})


def rules_text(keys: Iterable[DraftKey], rules: Iterable[DraftRule]) -> str:
    tag_keys: dict[str, Any] = {}
    for key in keys:
        entry: dict[str, Any] = {"aliases": list(key.aliases)} if key.aliases else {}
        tag_keys[key.key] = entry | ({"values": key.values} if key.values else {})
    dimensions: dict[str, Any] = {}
    for rule in rules:
        section = dimensions.setdefault(rule.dimension, {"rules": []})
        section["rules"].append({"id": rule.id, "from": rule.source, "note": rule.note})
    return _text({"version": 1, "tag_keys": tag_keys, "dimensions": dimensions})


def tag_source(key: str) -> str:
    return TAG + key


def _text(document: dict[str, Any]) -> str:
    return str(yaml.dump(document, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=100))


def _label(text: str) -> str:
    return shorten(" ".join(text.split()), LABEL_CHARS) or text[:LABEL_CHARS]


def _keys(first: dict[str, str]) -> dict[str, str]:
    """Word -> team key. Keys that mean their own name come first; the others step aside with a number."""
    slugs = {word: _slug(text) for word, text in first.items()}
    keys = {word: slug for word, slug in slugs.items() if squash([slug])[0] == word}
    taken = set(first)
    for word, slug in slugs.items():
        number = 1
        while word not in keys:
            key = slug if number == 1 else f"{slug}-{number}"
            number += 1
            meant = squash([key])[0]
            if meant not in taken:
                taken.add(meant)
                keys[word] = key
    return keys


def _slug(text: str) -> str:
    folded = re.sub(r"[^\w.@+&/-]+", "-", folded_all([text], FOLDS)[0])
    slug = folded.strip("-._/@+&")[:KEY_CHARS].strip("-._/@+&")
    return slug if slug and squash([slug])[0] and re.fullmatch(str(TEAM_KEY.pattern), slug) else "team"
