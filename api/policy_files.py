"""Compliance with tag policies as a file."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from api.files import file_name, write_rows
from api.questions import Question


def write_compliance(question: Question, policy: str | None, path: Path, *, raw: bool) -> tuple[str, dict[str, str]]:
    """Write every row; the name and the headers of the file."""
    use = question.use
    found = use.actions.tag_policies.judged(question.query, question.access, policy)
    headers = write_rows(found, path, rows_max=use.settings.export_rows_max, raw=raw)
    name = file_name("compliance", replace(question.query, by=("team",), normalise="none"), found.document())
    return f"{name}{path.suffix}", headers
