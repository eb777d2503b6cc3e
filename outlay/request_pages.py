"""Requests as documents: their state at a moment, who is asked and why, and what would move."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from api import documents as doc
from api.protocols import Help, ProblemError
from warehouse.attribution.consent import PLATFORM, Asked, may_answer, state
from warehouse.store.requests import After, GivenAnswer, Request

LARGEST: Final = 2
"""Moves that a list shows of a request."""
DETAILS: Final = ("periods", "movement", "by_month", "by_service", "by_pool", "by_resource", "taken", "left_out")
"""Of an effect: what only the page of a request has."""


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
    moves = request.effect.get("movement", [])
    given = {one.team: one for one in answers}
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
        waits_for=waits_for(request, asked, now),
        dispute=request.dispute,
        conflict=request.conflict,
        version=request.version,
        closed_at=datetime.fromisoformat(request.closed_at) if request.closed_at else None,
        closed_by=request.closed_by,
        largest=moves[:LARGEST],
        moves=len(moves),
        moved_lines=request.effect.get("moved_lines", 0),
        shared_lines=request.effect.get("shared_lines", 0),
    )


def waits_for(request: Request, asked: Asked, now: datetime) -> list[str | None]:
    """Who has to act now; null for the platform."""
    if state(asked, now) == "accepted":
        return [request.team]
    return [who or None for who in sorted({*request.asked, PLATFORM}) if may_answer(asked, who, now)]


def printed(after: After | None) -> str | None:
    return f"{after.ended}~{after.created_at}~{after.id}" if after else None


def placed(cursor: str | None) -> After | None:
    """Raises "invalid" for what no page said."""
    if cursor is None:
        return None
    parts = cursor.split("~")
    if len(parts) != 3 or parts[0] not in ("0", "1"):
        raise ProblemError("caller", "invalid", "There is no such page.", Help(field="cursor", status=422))
    return After(int(parts[0]), parts[1], parts[2])


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
