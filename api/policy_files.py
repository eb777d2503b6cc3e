"""Compliance with tag policies, and the lists of campaigns, as files."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from api.files import Described, file_name, write_rows
from api.questions import Question


def write_compliance(question: Question, policy: str | None, path: Path, *, raw: bool) -> tuple[str, dict[str, str]]:
    """Write every row; the name and the headers of the file."""
    use = question.use
    found = use.actions.tag_policies.judged(question.query, question.access, policy)
    headers = write_rows(found, path, rows_max=use.settings.export_rows_max, raw=raw)
    name = file_name("compliance", replace(question.query, by=("team",), normalise="none"), found.document())
    return f"{name}{path.suffix}", headers


def write_campaign(table: Described, path: Path, rows_max: int) -> dict[str, str]:
    """Write a list of resources; headers about it."""
    return write_rows(table, path, rows_max=rows_max, raw=False)
