"""Teams that ended, and the rules that still give cost to them: whoever answers for them has to change those."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date

from api import documents as doc
from outlay.rulebook import Rulebook
from warehouse.attribution import Rules, Team
from warehouse.attribution.consent import Tree


def ended_teams(rulebook: Rulebook) -> list[doc.EndedTeam]:
    """By the day on which they ended, the last first; those that come back later are not among them."""
    rules, today = rulebook.in_force().rules, rulebook.clock().date()
    last: dict[str, Team] = {}
    for team in sorted(rules.teams, key=lambda one: one.valid_from):
        last[team.key] = team
    tree = Tree(rules.teams)
    gone = [team for team in last.values() if team.valid_to <= today]
    return [
        doc.EndedTeam(
            team=team.key, name=team.name, ended=team.valid_to, heir=tree.heir(team.key, today),
            rules=list(_naming(rules, team.key, today)),
        )
        for team in sorted(gone, key=lambda one: (-one.valid_to.toordinal(), one.key))
    ]  # fmt: skip


def _naming(rules: Rules, team: str, today: date) -> Iterator[doc.NamedRule]:
    """Rules that answer with it on days from now on."""
    for dimension in rules.dimensions:
        for rule in dimension.rules:
            if dimension.name == "team" and rule.value == team and rule.valid_to > today:
                yield doc.NamedRule(dimension=dimension.name, rule=rule.id, line=rule.line if rule.written else None)
