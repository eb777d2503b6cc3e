"""Offers: cost that a team lets others claim without asking it, until a day."""

from __future__ import annotations

import uuid
from dataclasses import fields
from typing import Final

from api import documents as doc
from api.protocols import Help, ProblemError, not_found
from outlay.rulebook import Rulebook
from outlay.scopes import condition_of, filters_of
from outlay.speaking import check_team, speaks_for
from outlay.toil import Toil
from warehouse.store import Store
from warehouse.store.requests import Offer, Requests
from warehouse.store.state import instant


class Offering:
    """One per server. Every method may be called from any thread."""

    def __init__(self, store: Store, rulebook: Rulebook, toil: Toil) -> None:
        self._rulebook, self._toil = rulebook, toil
        self._kept = Requests(store.state)

    def standing(self) -> list[Offer]:
        """Neither taken back nor over, the oldest first."""
        today = self._rulebook.clock().date().isoformat()
        return [one for one in self._kept.offers() if one.until is None or today < one.until]

    def all(self) -> list[doc.Offer]:
        return [_document(one) for one in self.standing()]

    def offer(self, order: doc.OfferOrder, actor: str) -> doc.Offer:
        check_team(self._rulebook, order.team)
        now = self._rulebook.clock()
        if order.until <= now.date():
            raise ProblemError("caller", "invalid", "It would be over already.", Help("until", (), "Name a later day."))
        if (order.up_to is None) != (order.currency is None):
            step = "Name an amount and its currency, or neither."
            raise ProblemError("caller", "invalid", "An amount needs a currency.", Help("currency", (), step))
        if condition_of(one for one in filters_of(order.scope) if one.dimension != "team") is None:
            step = "Filter by what a bill has: service, sub_account, resource, tag.KEY."
            raise ProblemError("caller", "invalid", "Rules cannot find this cost.", Help("scope", (), step))
        new = Offer(
            id=uuid.uuid4().hex,
            team=order.team,
            scope=order.scope,
            note=order.note,
            actor=actor,
            created_at=instant(now),
            until=order.until.isoformat(),
            up_to=order.up_to,
            currency=order.currency,
        )
        self._kept.offer(new)
        self._toil.record("offer", actor, order.team, new.id)
        return _document(new)

    def take_back(self, offer: str, team: str | None, actor: str) -> None:
        """By the team that made it, or by the platform (null)."""
        found = next((one for one in self.standing() if one.id == offer), None)
        if found is None:
            raise not_found("offer", offer)
        speaks_for(team, found.team, "offer")
        self._kept.take_back(offer, actor, instant(self._rulebook.clock()))


def _document(kept: Offer) -> doc.Offer:
    same = {one.name: getattr(kept, one.name) for one in fields(kept) if one.name not in _UNSEEN}
    return doc.Offer(**same)


_UNSEEN: Final = ("taken_back_at", "taken_back_by")
