"""Compliance with tag policies as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from api.files import file_name, write_rows
from api.questions import Question
from api.writing import How, Written


def write_compliance(question: Question, policy: str | None, path: Path, how: How) -> Written:
    """Write every row."""
    found = question.use.actions.tag_policies.judged(question.query, question.access, policy)
    name = file_name("compliance", replace(question.query, by=("team",), normalise="none"), found.document())
    return write_rows(found, name, path, how)
