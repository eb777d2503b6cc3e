"""What the API asks about requests between teams, disputes and acts by hand: part of `api.protocols`."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Protocol

from api import documents as doc

if TYPE_CHECKING:
    from api.protocols import Progress


class Consents(Protocol):
    """Requests between teams. Raises "not_found", "conflict" out of turn, "rules" with faults, "invalid"."""

    def at_once(
        self, order: doc.RequestOrder, actor: str, progress: Progress, act: doc.ActKind = "publish"
    ) -> tuple[doc.RuleRequest, doc.RulesApplied]:
        """Publish on behalf of a team, as a request that nobody else has to consent to; else it waits: "conflict"."""

    def submit(self, order: doc.RequestOrder, actor: str) -> doc.RuleRequest: ...

    def page(self, team: str | None, limit: int, cursor: str | None = None) -> doc.RuleRequests:
        """With a team, those that it made or is asked about."""

    def one(self, request: str) -> doc.RequestDetail: ...

    def answer(self, request: str, given: doc.RequestAnswer, actor: str) -> doc.RuleRequest: ...

    def withdraw(self, request: str, by: doc.Acting, actor: str) -> doc.RuleRequest: ...

    def publish(self, request: str, by: doc.Acting, actor: str, progress: Progress) -> doc.RulesApplied: ...


class Offering(Protocol):
    """Cost that teams let others claim without asking."""

    def all(self) -> Sequence[doc.Offer]:
        """Those that stand."""

    def offer(self, order: doc.OfferOrder, actor: str) -> doc.Offer: ...

    def take_back(self, offer: str, team: str | None, actor: str) -> None:
        """`team`: on whose behalf, null for the platform; "forbidden" for others than the one that made it."""


class Disputes(Protocol):
    """Cost that teams say is not their own."""

    def page(self, team: str | None, limit: int, cursor: str | None = None) -> doc.Disputes:
        """With a team, those that it raised or that name it."""

    def open(self, order: doc.DisputeOrder, actor: str) -> doc.Dispute: ...

    def ended_teams(self) -> Sequence[doc.EndedTeam]:
        """Whose cost has to go elsewhere."""


class CountsToil(Protocol):
    """Acts by hand."""

    def record(self, kind: doc.ActKind, actor: str, team: str | None = None, about: str = "") -> None:
        """Count one. `team`: on whose behalf, null for the platform; `about`: what it was done to."""

    def report(self) -> doc.Toil: ...
