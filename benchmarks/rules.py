"""Rules documents of any size, of the mix that organisations write: accounts, names, tags, services, globs."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.estate import ACCOUNTS, SERVICES, TEAMS


def org_text() -> str:
    """Every team that the tags name."""
    teams = "\n".join(f'  - {{key: team-{i}, name: Team {i}, cost_centre: "{4000 + i}"}}' for i in range(TEAMS))
    return f"version: 1\nteams:\n{teams}\n"


def rules_text(count: int, shift: int = 0) -> str:
    """So many team rules before the tag itself; another `shift` gives the same rules other answers."""
    rules = "".join(
        f"      - {{id: rule-{i}, when: {when}, value: team-{(i + shift) % TEAMS}}}\n"
        for i, when in enumerate(_conditions(count))
    )
    return f"version: 1\ndimensions:\n  team:\n    rules:\n{rules}      - {{id: team-tag, from: tag.team}}\n"


def rich_text(count: int, shift: int = 0) -> str:
    """The same with what the language has beside plain rules: aliases with days, coalesce, precedence, overrides, and
    two more dimensions, one of which builds on the others."""
    plain = rules_text(count, shift).partition("    rules:\n")[2].partition("      - {id: team-tag")[0]
    overrides = "".join(
        f"      - {{id: over-{i}, sub_account: account-{i}, value: team-{i % TEAMS}}}\n" for i in range(20)
    )
    return f"""version: 1
tag_keys:
  team: {{aliases: [squad, {{key: owner, valid_to: 2026-06-01}}]}}
dimensions:
  team:
    precedence: [rule, tag, name]
    overrides:
{overrides}    rules:
{plain}      - {{id: team-tag, from: [tag.team, account_tag.team, resource_group]}}
  application:
    rules:
      - {{id: app, from: [tag.app, tag.name]}}
  division:
    default: Other
    rules:
      - {{id: even, when: {{column: team, suffix: ["0", "2", "4", "6", "8"]}}, value: Even}}
      - id: apps
        when: {{all: [{{column: team, missing: true}}, {{column: application, prefix: app-1}}]}}
        value: Apps
"""


def _conditions(count: int) -> Iterator[str]:
    for i in range(count):
        service, account = i % SERVICES, i % ACCOUNTS
        yield (
            f"{{column: resource_name, equals: unit-{i * 37}}}",
            f"{{column: tag.app, equals: app-{i % 400}-x}}",
            f"{{all: [{{column: sub_account_name, equals: account {account}}}, "
            f"{{column: service, equals: Service {service}}}, {{column: tag.env, equals: dev}}]}}",
            f"{{column: resource_name, prefix: [fleet-{i}-, box-{i}-]}}",
            f'{{column: resource, glob: "*:instance/i-{i:05d}*"}}',
            f"{{all: [{{column: tag.name, equals: fleet-{i * 11}}}, "
            f"{{not: {{column: region, equals: region-{i % 12}}}}}]}}",
            f"{{column: resource_type, contains: kind {i}}}",
            f"{{any: [{{column: commitment, equals: plan-{i}}}, {{column: resource_group, equals: group-{i}}}]}}",
        )[i % 8]


def pools_text(*, deep: bool) -> str:
    """Four pools that feed each other, and tax. `deep` ones read tags, for which lines are looked at again."""
    tagged = "{column: tag.app, prefix: app-1}"
    when = f"{{any: [{tagged}, {{not: {tagged}}}]}}" if deep else "{column: provider, missing: false}"
    return f"""pools:
  - {{id: platform, teams: team-0, when: {when}, split: proportional, include: [team-1]}}
  - {{id: data, teams: team-1, split: proportional, grain: day, partition: provider, fallback: [unpartitioned, even]}}
  - {{id: nobody, unallocated: true, split: proportional, cap: 20}}
  - id: security
    teams: team-2
    split: fixed
    percent: {{team-3: 33.3, team-4: 33.3}}
    remainder: team-5
specials:
  tax: {{partition: {"[provider, billing_account]" if deep else "provider"}}}
"""
