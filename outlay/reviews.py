"""Who a team is today, and in which weeks somebody looked at its cost."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import asdict
from datetime import date, datetime, timedelta
from typing import Final

from api.documents.reviews import Review, ReviewOrder, TeamFacts
from api.protocols import Help, ProblemError, not_found
from outlay.rulebook import Rulebook
from warehouse.attribution.model import Team
from warehouse.store import Store
from warehouse.store.reviews import Review as Kept
from warehouse.store.reviews import Reviews
from warehouse.store.state import instant

SHOWN: Final = 13


class Reviewing:
    """Implements `api.org_protocols.Reviews`. Reviews are everybody's to see."""

    def __init__(self, store: Store, rulebook: Rulebook, clock: Callable[[], datetime]) -> None:
        self._kept, self._rulebook, self._clock = Reviews(store.state), rulebook, clock

    def team(self, key: str) -> TeamFacts:
        """As it is today; its last stretch where it has ended."""
        team, today = self._known(key), self._clock().date()
        parent = None if team.parent is None else self._known(team.parent)
        return TeamFacts(
            team=key,
            name=team.name,
            parent=team.parent,
            parent_name=parent.name if parent else None,
            week=week_of(today - timedelta(days=7)),
            reviews=[Review(**asdict(one)) for one in self._kept.of(key)[:SHOWN]],
        )

    def review(self, order: ReviewOrder, actor: str) -> TeamFacts:
        """Raises "not_found" for a team, "invalid" for a week that is none or has not begun."""
        self._known(order.team)
        try:
            begins = date.fromisoformat(f"{order.week}-1")
        except ValueError:
            begins = date.max
        if begins > self._clock().date():
            step = f"The last full week is {week_of(self._clock().date() - timedelta(days=7))}."
            raise ProblemError(
                "caller", "invalid", f"{order.week} is no week that can be reviewed.", Help("week", (), step)
            )
        self._kept.add(Kept(order.team, order.week, actor, instant(self._clock())))
        return self.team(order.team)

    def _known(self, key: str) -> Team:
        today = self._clock().date()
        stretches = [team for team in self._rulebook.in_force().rules.teams if team.key == key]
        if not stretches:
            raise not_found("team", key)
        here = [team for team in stretches if team.valid_from <= today < team.valid_to]
        return (here or sorted(stretches, key=lambda team: team.valid_from))[-1]


def week_of(day: date) -> str:
    return f"{day:%G-W%V}"
