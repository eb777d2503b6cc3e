"""A decision is one page and names the check that enforces it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted((ROOT / "docs/decisions").glob("*.md"))


@pytest.mark.parametrize("page", PAGES, ids=[page.stem for page in PAGES])
def test_a_decision_names_its_check(page):
    text = page.read_text()
    assert len(text.splitlines()) <= 60
    checks = re.findall(r"\*\*Checked by\*\* (.+)$", text, re.M)
    assert checks, "no check named"
    for path in re.findall(r"`([^`]+)`", checks[0]):
        assert (ROOT / path).exists(), path


def test_decisions_are_numbered_without_gaps():
    assert [int(page.stem[:4]) for page in PAGES] == list(range(1, len(PAGES) + 1))


def test_links_in_the_docs_lead_somewhere():
    broken = []
    for page in [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]:
        for target in re.findall(r"\]\(([^)#\s]+)\)", page.read_text()):
            if not target.startswith(("http:", "https:")) and not (page.parent / target).exists():
                broken.append(f"{page.relative_to(ROOT)}: {target}")
    assert broken == []
