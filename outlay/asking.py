"""Questions to teams about cost without an owner: asked once, and kept with what was answered."""

from __future__ import annotations

import uuid
from collections.abc import Collection, Sequence
from dataclasses import fields, replace
from datetime import datetime
from typing import Final
from urllib.parse import quote

from api import documents as doc
from api.inbox_protocols import WhichQuestions
from api.protocols import Help, ProblemError, not_found
from outlay.consents import Consents
from outlay.request_pages import placed, printed
from outlay.rulebook import Rulebook
from outlay.signatures import group_id, pairs
from outlay.speaking import check_team
from outlay.toil import Toil
from warehouse.store import Store
from warehouse.store.questions import Answer, Answered, Question, Questions
from warehouse.store.state import instant

OPEN: Final = "open"
CLAIMED: Final = "claimed"
LISTED: Final[dict[doc.InboxKind, str]] = {
    "unallocated": "without an owner",
    "doubtful": "with a doubtful owner",
    "contradicted": "whose owner is contradicted by what else is known of it",
    "excluded": "without an owner on purpose",
}


class Asking:
    """One per server. Every method may be called from any thread."""

    def __init__(self, store: Store, rulebook: Rulebook, consents: Consents, toil: Toil) -> None:
        self._kept, self._rulebook, self._consents, self._toil = Questions(store.state), rulebook, consents, toil

    def all(self, team: str | None = None) -> list[doc.OwnerQuestion]:
        """Newest first; with a team, those that it was asked."""
        return self._documents(self._kept.all(team))

    def page(self, which: WhichQuestions, limit: int, cursor: str | None = None) -> doc.OwnerQuestions:
        """Newest first."""
        found = self._kept.page(limit, which.team, which.groups, placed(cursor))
        standing = self._standing(self._kept.all(which.team, which.groups))
        waiting = sum(state == OPEN for state in standing.values())
        return doc.OwnerQuestions(questions=self._documents(found.rows), waiting=waiting, next=printed(found.next))

    def _documents(self, kept: Sequence[Question]) -> list[doc.OwnerQuestion]:
        standing = self._standing(kept)
        return [_document(one, standing[one.id]) for one in kept]

    def _standing(self, kept: Sequence[Question]) -> dict[str, doc.QuestionState]:
        """What each comes to: "ours" is as good as the claim that says so."""
        claims = self._consents.claims(_claims(kept))
        return {one.id: claims.get(one.request or "", one.answer or OPEN) for one in kept}

    def ask(self, wanted: doc.InboxQuestion, actor: str) -> doc.InboxAsked:
        """Raises "conflict" where the team has said of every group that it is not its own."""
        for team in (wanted.team, wanted.on_behalf):
            if team is not None:
                check_team(self._rulebook, team)
        groups = {group_id(pairs(signature)): pairs(signature) for signature in wanted.groups}
        said = [one for one in self._kept.about(groups) if one.team == wanted.team]
        standing = self._standing(said)
        denied = {one.group: one for one in said if one.answer == "not_ours"}
        left = [one for one in groups if one not in denied]
        if not left:
            reason = next(iter(denied.values())).reason
            step = "Ask another team."
            raise ProblemError("caller", "conflict", f"{wanted.team} has said no: {reason}", Help("team", (), step))
        waiting = {one.group for one in said if standing[one.id] in (OPEN, CLAIMED)}
        now = instant(self._rulebook.clock())
        self._kept.add(
            [
                Question(uuid.uuid4().hex, one, [list(pair) for pair in groups[one]], wanted.team, wanted.on_behalf,
                         actor, now, kind=wanted.kind)
                for one in left if one not in waiting
            ]
        )  # fmt: skip
        self._toil.record("ask", actor, wanted.on_behalf, f"{wanted.team} {' '.join(left)}")
        return _asked(wanted, left, len(denied))

    def deny(self, given: doc.QuestionsAnswer, actor: str) -> doc.OwnerQuestions:
        """Not the team's own. Raises "conflict" where one has an answer already."""
        found = self._kept.some(given.questions)
        if missing := set(given.questions) - {one.id for one in found}:
            raise not_found("question", min(missing))
        standing = self._standing(found)
        no = Answered("not_ours", actor, instant(self._rulebook.clock()), given.reason)
        stands = any(state != OPEN for state in standing.values())
        if stands or self._kept.answer(given.questions, no, fallen=_claims(found)) < len(found):
            raise ProblemError("caller", "conflict", "It has been answered already.", Help("questions"))
        for team in sorted({one.team for one in found}):
            self._toil.record("answer", actor, team, " ".join(given.questions))
        return doc.OwnerQuestions(questions=self._documents(self._kept.some(given.questions)), waiting=0)

    def settle(self, order: doc.InboxPublish, actor: str, request: str | None) -> None:
        """Groups have an owner, or need none: the team that takes them has said yes, the others need not answer."""
        self._settle(order, actor, request, claimed=False)

    def claimed(self, order: doc.InboxPublish, actor: str, request: str) -> None:
        """The team that was asked wants them, by a request that still waits for others."""
        self._settle(order, actor, request, claimed=True)

    def _settle(self, order: doc.InboxPublish, actor: str, request: str | None, *, claimed: bool) -> None:
        about = self._kept.about(_ids(order))
        standing = self._standing(about)
        now = instant(self._rulebook.clock())
        for one in (one for one in about if standing[one.id] == OPEN):
            own = order.act == "assign" and order.team == one.team
            answer: Answer = "ours" if own else "settled"
            if not claimed or (own and order.on_behalf == one.team):
                given = Answered(answer, actor, now, request=request if own else None)
                self._kept.answer([one.id], given, fallen=_claims([one]))


def _claims(kept: Sequence[Question]) -> Collection[str]:
    return [one.request for one in kept if one.request]


def _ids(order: doc.InboxPublish) -> Collection[str]:
    return [group_id(pairs(signature)) for signature in order.groups]


def _asked(wanted: doc.InboxQuestion, groups: Sequence[str], denied: int) -> doc.InboxAsked:
    place = f"group:{','.join(groups)};team:{wanted.team}"
    listed = "" if wanted.kind == "unallocated" else f"{wanted.kind};"
    count = "cost" if len(groups) == 1 else f"{len(groups)} groups of cost"
    return doc.InboxAsked(
        path=f"/attribution?tab=inbox&sel={quote(listed + place, safe=':,;')}",
        text=f"We found {count} {LISTED[wanted.kind]}, probably of {wanted.team}. Please open the address and say "
        "whether it is yours.",
        left_out=denied,
    )


def _document(kept: Question, state: doc.QuestionState) -> doc.OwnerQuestion:
    if state == OPEN and kept.answer:
        kept = replace(kept, answer=None, reason="", answered_by=None, answered_at=None, request=None)
    same = {one.name: getattr(kept, one.name) for one in fields(kept) if one.name not in _OTHERWISE}
    return doc.OwnerQuestion(
        **same,
        signature=[doc.SignaturePart(column=column, value=value) for column, value in kept.signature],
        state=state,
        asked_at=datetime.fromisoformat(kept.asked_at),
        answered_at=datetime.fromisoformat(kept.answered_at) if kept.answered_at else None,
    )


_OTHERWISE: Final = ("signature", "answer", "asked_at", "answered_at")
