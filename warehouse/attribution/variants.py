"""Spellings that probably mean the same, of tag keys and of the values of one key, and the merge that is suggested."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from warehouse.attribution.draft import DraftKey, rules_text
from warehouse.attribution.evidence import SPELLINGS, family_of
from warehouse.attribution.fold import folded_all, squash
from warehouse.attribution.model import FOLDS

SHORT: Final = {word: words[0] for words in SPELLINGS for word in words}
"""`prod` and `prd` are `production`."""


@dataclass(frozen=True, slots=True)
class Variant:
    """`use` is the spelling with the most money; the others follow by theirs."""

    use: str
    others: tuple[str, ...]


def key_variants(keys: Mapping[str, Decimal]) -> list[Variant]:
    """Keys that differ in case, blanks, `_`, `-` and in what exports put before them; key -> money without its sign."""
    return _variants(keys, dict(zip(keys, map(family_of, squash(keys)), strict=True)))


def value_variants(values: Mapping[str, Decimal]) -> list[Variant]:
    """Values that differ in case, blanks, `_` and `-`, or are usual abbreviations; value -> money without its sign."""
    words = [SHORT.get(word, word) for word in squash(values)]
    return _variants(values, dict(zip(values, words, strict=True)))


def _variants(money: Mapping[str, Decimal], words: Mapping[str, str]) -> list[Variant]:
    groups: dict[str, list[str]] = {}
    for text, word in words.items():
        if word:
            groups.setdefault(word, []).append(text)
    ranked = [sorted(texts, key=lambda text: (-money[text], text)) for texts in groups.values() if len(texts) > 1]
    ranked.sort(key=lambda texts: (-max(money[text] for text in texts), texts[0]))
    return [Variant(texts[0], tuple(texts[1:])) for texts in ranked]


def suggested(keys: Iterable[Variant], values: Mapping[str, Iterable[Variant]]) -> str:
    """The `tag_keys` that would merge them, as YAML. Folding does what it can; only other spellings are listed."""
    aliases = {one.use: one.others for one in keys}
    drafts = []
    for key in dict.fromkeys([*aliases, *values]):
        raw = [other for other in aliases.get(key, ()) if squash([other]) != squash([key])]
        spellings = {one.use: _unlike(one) for one in values.get(key, ())}
        drafts.append(DraftKey(key, tuple(raw), {use: others for use, others in spellings.items() if others}))
    return rules_text(drafts, [])


def _unlike(one: Variant) -> list[str]:
    """The spellings that folding does not make equal, each once."""
    use, *others = folded_all([one.use, *one.others], FOLDS)
    seen = {use}
    kept = []
    for other, fold in zip(one.others, others, strict=True):
        if fold not in seen:
            seen.add(fold)
            kept.append(other)
    return kept
