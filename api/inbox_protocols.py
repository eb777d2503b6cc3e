"""What the API asks about cost without an owner: part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

from api import documents as doc

if TYPE_CHECKING:
    from api.protocols import Progress


@dataclass(frozen=True, slots=True)
class InboxWanted:
    """Of which month (the newest when none is named), what of it, in which order; `groups` are ids, or all."""

    month: str | None = None
    kind: doc.InboxKind = "unallocated"
    sort: doc.InboxSort = "urgent"
    groups: tuple[str, ...] = ()
    limit: int = 200


class Inboxes(Protocol):
    def unallocated(self, wanted: InboxWanted) -> doc.Unallocated: ...

    def table(self, wanted: InboxWanted) -> Any:
        """The same as rows in the shape of an answer."""

    def draft(self, order: doc.InboxOrder) -> doc.InboxDraft:
        """Raises "invalid" for a team that does not exist, or where the order lacks what its act needs."""

    def settled(self, order: doc.InboxPublish) -> doc.RulesTexts:
        """The texts of the order. Raises "conflict" when another version than its base is in force."""

    def publish(self, order: doc.InboxPublish, actor: str, progress: Progress) -> doc.RulesApplied: ...


@dataclass(frozen=True, slots=True)
class WhichQuestions:
    team: str | None = None
    """What this team was asked; what anybody was when absent."""
    groups: tuple[str, ...] = ()
    """About these, else about all."""


class Asks(Protocol):
    """Questions to teams about cost without an owner."""

    def all(self, team: str | None = None) -> Sequence[doc.OwnerQuestion]: ...

    def page(self, which: WhichQuestions, limit: int, cursor: str | None = None) -> doc.OwnerQuestions: ...

    def ask(self, wanted: doc.InboxQuestion, actor: str) -> doc.InboxAsked: ...

    def deny(self, given: doc.QuestionsAnswer, actor: str) -> doc.OwnerQuestions: ...
