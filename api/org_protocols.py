"""What the API asks about the catalogue of the organisation and its tree of teams: part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import TYPE_CHECKING, Literal, Protocol

from api import documents as doc
from api.documents.reviews import ReviewOrder, TeamFacts

if TYPE_CHECKING:
    from api.protocols import Progress


class Catalogues(Protocol):
    """The organisation's own catalogue of teams, applications and systems."""

    def costs(self, period: str, actor: str) -> doc.Entities:
        """Raises a "query" fault for a bad period."""

    def take(self, order: doc.CatalogueOrder, actor: str, progress: Progress) -> doc.CatalogueImported:
        """Raises a fault that names the file and the place in it; then nothing changed."""


class OrgTrees(Protocol):
    """The organisation as it was on a day, as it is, and as somebody proposes it."""

    def tree(self, at: date | None, owned: Literal["then", "now"], period: str | None, actor: str) -> doc.OrgTree:
        """Today when no day is given. Raises a "query" fault for a bad period."""

    def proposed(self, draft: doc.OrgDraft) -> doc.OrgTree: ...

    def rows(self, tree: doc.OrgTree) -> Sequence[doc.OrgTreeRow]:
        """The same as a table."""


class BringsCatalogue(Protocol):
    """The catalogue from where the configuration says it is."""

    def imports(self) -> doc.CatalogueImports: ...

    def bring(self, actor: str, progress: Progress) -> doc.CatalogueImported: ...


class Reviews(Protocol):
    """Teams as they are today, and who reviewed them."""

    def team(self, key: str) -> TeamFacts:
        """Raises "not_found"."""

    def review(self, order: ReviewOrder, actor: str) -> TeamFacts:
        """Raises "not_found" for a team and "invalid" for a week."""
