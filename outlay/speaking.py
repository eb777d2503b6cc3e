"""On whose behalf people act: a team that exists, for what is its own; or the platform, for everybody."""

from __future__ import annotations

from api.protocols import Help, ProblemError
from outlay.rulebook import Rulebook
from warehouse.attribution.consent import Tree


def check_team(rulebook: Rulebook, team: str) -> None:
    """Raises "invalid" unless it exists today."""
    if Tree(rulebook.in_force().rules.teams).on(team, rulebook.clock().date()) is None:
        step = "Name the key of a team that exists today."
        raise ProblemError("caller", "invalid", f"There is no team {team!r} today.", Help("team", (), step))


def speaks_for(team: str | None, owner: str, what: str) -> None:
    """Raises "forbidden" unless it is the owner, or the platform (null)."""
    if team is not None and team != owner:
        raise ProblemError("caller", "forbidden", f"This {what} is of {owner}.", Help("team", (), None, status=403))
