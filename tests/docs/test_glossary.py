"""The glossary and the code use the same words."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = re.findall(r"^\| ([a-z][^|]*) \| ([^|]+) \| `([^`]+)` \|$", (ROOT / "docs/glossary.md").read_text(), re.M)
CODE = "\n".join(
    (ROOT / name).read_text()
    for name in subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True).stdout.splitlines()
    if name.split("/")[0] in ("api", "collectors", "outlay", "warehouse") and name.endswith((".py", ".sql"))
)


def test_there_are_words():
    assert len(ROWS) > 30


@pytest.mark.parametrize(("word", "meaning", "name"), ROWS, ids=[word for word, _, _ in ROWS])
def test_each_word_is_used_in_code(word, meaning, name):
    assert re.search(rf"\b{re.escape(name)}\b", CODE), f"{name} is not in the code"


def test_each_word_is_explained_once():
    words = [word for word, _, _ in ROWS]
    assert sorted(words) == sorted(set(words))


def test_words_that_compete_are_not_used():
    """Names the field or this project gave up, each with the word that took its place."""
    for banned in (r"class \w*(Microservice|Tenant)\b", r"\bamortised_cost\b", r"\bcost_center\b(?!\s*=)"):
        assert not re.search(banned, CODE), banned
