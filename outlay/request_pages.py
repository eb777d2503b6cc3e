"""Requests as documents: their state at a moment, who is asked and why, and what would move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api import documents as doc
from warehouse.attribution.consent import PLATFORM, Asked, may_answer, state
from warehouse.store.requests import GivenAnswer, Request

DETAILS: Final = ("by_service", "by_resource")
"""Of an effect: what the list of requests leaves out."""


def asked_of(request: Request, answers: Sequence[GivenAnswer]) -> Asked:
    return Asked(
        asked=frozenset(request.asked),
        deadline=datetime.fromisoformat(request.deadline),
        answers={given.team: given.accepted for given in answers},
        conflict=request.conflict is not None,
        closed=request.closed,  # type: ignore[arg-type]
    )


def page(request: Request, answers: Sequence[GivenAnswer], now: datetime) -> doc.RuleRequest:
    asked = asked_of(request, answers)
    stands = state(asked, now)
    given = {one.team: one for one in answers}
    waits = [who for who in sorted({*request.asked, PLATFORM}) if may_answer(asked, who, now)]
    decided = PLATFORM in given and PLATFORM not in request.asked
    return doc.RuleRequest(
        id=request.id,
        team=request.team,
        actor=request.actor,
        note=request.note,
        state=stands,
        base=request.base,
        created_at=datetime.fromisoformat(request.created_at),
        deadline=asked.deadline,
        asked=[_asked(who, request.reasons.get(who, []), given.get(who)) for who in request.asked],
        decision=_asked(PLATFORM, [], given[PLATFORM]) if decided else None,
        waits_for=[request.team] if stands == "accepted" else [who or None for who in waits],
        dispute=request.dispute,
        conflict=request.conflict,
        version=request.version,
        closed_at=datetime.fromisoformat(request.closed_at) if request.closed_at else None,
        closed_by=request.closed_by,
        **{name: part for name, part in request.effect.items() if name not in DETAILS},
    )


def _asked(who: str, needs: Sequence[str], given: GivenAnswer | None) -> doc.AskedTeam:
    answered = doc.AskedTeam(team=who or None, needs=list(needs))
    if given is None:
        return answered
    return answered.model_copy(
        update={
            "accepted": given.accepted,
            "reason": given.reason or None,
            "actor": given.actor,
            "at": datetime.fromisoformat(given.at),
        }
    )
