"""Whose cost it is: texts, faults, effects and proposals."""

from __future__ import annotations

from datetime import datetime
from typing import Literal

from pydantic import Field

from api.documents.problem import Document


class RulesTexts(Document):
    """The two documents in force, as text, comments and all."""

    org: str
    rules: str


class RulesDocument(RulesTexts):
    version: int
    applied_at: datetime | None = None
    actor: str | None = None
    writable: bool = True  # false when the configuration names a file: the UI is read-only
    place: str | None = None  # that file


class RuleFault(Document):
    file: str
    line: int | None = None
    column: int | None = None
    problem: str
    expected: str | None = None
    nearest: list[str] = Field(default_factory=list)


class TeamEffect(Document):
    """Money of one owner before and after; a null team is unallocated."""

    team: str | None
    currency: str
    before: str
    after: str
    change: str


class Coverage(Document):
    """Share of effective cost with an owner, as percent text with one digit."""

    currency: str
    before: str
    after: str
    unallocated_before: str
    unallocated_after: str


class RulesCheck(Document):
    """What would happen: nothing is published. `faults` is empty when the texts are right."""

    valid: bool
    faults: list[RuleFault] = Field(default_factory=list)
    effects: list[TeamEffect] = Field(default_factory=list)
    coverage: list[Coverage] = Field(default_factory=list)
    unused: list[str] = Field(default_factory=list)  # rules that match nothing


class RulesApplied(Document):
    version: int
    state: Literal["done", "unchanged"] = "done"
    coverage: list[Coverage] = Field(default_factory=list)


class ProposalDocument(Document):
    """Starter rules from the data alone. `sentence` is "tag `team` covers 71 %, account names the rest"."""

    available: bool
    sentence: str | None = None
    org: str = ""
    rules: str = ""
    teams: list[str] = Field(default_factory=list)
    effects: list[TeamEffect] = Field(default_factory=list)
    coverage: list[Coverage] = Field(default_factory=list)
