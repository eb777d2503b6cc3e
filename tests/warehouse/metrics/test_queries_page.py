"""docs/queries.md lists the catalogue as it is, and its examples are questions that can be asked."""

from __future__ import annotations

import re
from pathlib import Path

from warehouse.metrics import CATALOGUE, parse
from warehouse.metrics.period_words import WORDS
from warehouse.metrics.query import FIELDS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "queries.md"
TEXT = PAGE.read_text(encoding="utf-8")


def table(kind: str) -> str:
    if kind == "measures":
        head = "| name | unit | what it is |\n|---|---|---|\n"
        return head + "".join(f"| `{item.name}` | {item.unit} | {item.doc} |\n" for item in CATALOGUE.measures)
    head = "| name | what it is |\n|---|---|\n"
    return head + "".join(f"| `{item.name}` | {item.doc} |\n" for item in CATALOGUE.dimensions)


def filled(text: str) -> str:
    """The page with its generated lists made anew."""
    return re.sub(
        r"(<!-- (measures|dimensions): [^\n]*-->\n).*?(<!-- end -->)",
        lambda match: match[1] + table(match[2]) + match[3],
        text,
        flags=re.DOTALL,
    )


def test_lists_are_those_of_the_catalogue() -> None:
    assert filled(TEXT) == TEXT, "the lists of docs/queries.md are old: write filled(TEXT) to the page"


def test_fields_and_words_are_all_there() -> None:
    words = set(re.findall(r"`([^`\n]+)`", TEXT))
    assert set(FIELDS) <= words
    assert set(WORDS) <= words


def test_examples_can_be_asked() -> None:
    written = re.findall(r"^(measures=\S+)$", TEXT, re.MULTILINE) + re.findall(r"`(where=(?!NAME)[^`]*)`", TEXT)
    assert len(written) >= 8
    for text in written:
        assert str(parse(text)).replace("%5C", "\\") == text
