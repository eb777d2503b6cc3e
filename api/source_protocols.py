"""What the API asks of the sources that are collected, and of their secrets: part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from api.documents import collecting as doc

if TYPE_CHECKING:
    from api.protocols import Jobs, Progress


class Collects(Protocol):
    """Sources that are collected. Reading them calls no provider."""

    def kinds(self) -> Sequence[doc.CollectorKind]: ...

    def configure(self, source: str, wanted: doc.CollectorSettings, actor: str) -> doc.Collector:
        """Add a source or change it. Raises a fault of slug "invalid", with all faults, or "conflict"."""

    def pause(self, source: str, *, paused: bool) -> doc.Collector: ...

    def sync(self, source: str, order: doc.SyncRequest, actor: str, progress: Progress) -> doc.SyncResult: ...

    def under_way(self, source: str, jobs: Jobs) -> str | None:
        """The job that collects this source now or soon; a second one is not started."""

    def known(self, source: str) -> doc.Collector:
        """Raises a "not_found" fault when nothing of this name is collected."""

    def check(self, source: str, progress: Progress) -> doc.SourceTest: ...

    def test(self, wanted: doc.CollectorSettings, progress: Progress) -> doc.SourceTest:
        """Try settings that are not kept."""

    def spending(self, source: str, days: int | None) -> doc.Spending:
        """Of the last days, or of all that are known."""

    def schema(self, source: str) -> doc.SchemaDrift: ...

    def accounts(self) -> Sequence[doc.Account]: ...

    def invoices(self) -> Sequence[doc.Invoice]: ...

    def budgets(self) -> Sequence[doc.SourceBudget]: ...


class KeepsSecrets(Protocol):
    """Secrets given to the pages: written, replaced, forgotten, never read."""

    def all(self) -> Sequence[doc.StoredSecret]: ...

    def put(self, name: str, value: str, actor: str) -> doc.StoredSecret: ...

    def forget(self, name: str) -> None:
        """Raises "not_found", and "conflict" while a source uses it."""
