"""A rule put into a document that people wrote."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution import load_rules
from warehouse.attribution.edit import with_rule

ORG = "teams: [{key: search}, {key: checkout}]"
RULE = {"id": "inbox-1", "when": {"column": "service", "equals": 'a "b": #c'}, "value": "search"}
WRITTEN = """\
# whose is what
version: 1
dimensions:
  team:
    rules:
      - id: first   # the oldest
        value: checkout
        when: {column: service, equals: Queue}

      # the last one
      - id: second
        from: tag.team
  # environments
  environment:
    default: unknown
"""


def ids(text: str) -> list[str]:
    return [rule.id for rule in load_rules(ORG, text).dimensions[0].rules]


def test_everything_else_stays_as_written() -> None:
    text = with_rule(WRITTEN, "team", RULE)
    assert ids(text) == ["first", "second", "inbox-1"]
    added = [line for line in text.splitlines() if line not in WRITTEN.splitlines()]
    assert [line for line in text.splitlines() if line not in added] == WRITTEN.splitlines()
    assert text.index("inbox-1") < text.index("# environments")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{}\n",
        "dimensions: {}",
        "dimensions: {team: {rules: [{id: a, value: search}]}}",
        "dimensions:\n  team:\n    default: search",
        "dimensions:\n  team:\n    rules: []\n",
        "dimensions:\n  team:\n    rules:\n    - id: a\n      value: search",
        "dimensions:\n  environment:\n    default: '0047'\n",
        "dimensions:\n  team:\n    rules:\n    - {id: a, value: search}\n    # end\n\n\n",
    ],
)
def test_whatever_was_there(text: str) -> None:
    before = load_rules(ORG, text)
    after = load_rules(ORG, with_rule(text, "team", RULE))
    assert [rule.id for rule in after.dimensions[0].rules] == [
        *(rule.id for rule in before.dimensions[0].rules), "inbox-1",
    ]  # fmt: skip
    assert after.dimensions[1:] == before.dimensions[1:]
    assert after.dimensions[0].default == before.dimensions[0].default


@given(st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), min_size=1, max_size=30))
def test_any_value_of_a_bill_means_itself(value: str) -> None:
    if not value.strip():
        return
    rule = {"id": "inbox-1", "when": {"column": "service", "equals": value}, "value": "search"}
    found = load_rules(ORG, with_rule(WRITTEN, "team", rule)).dimensions[0].rules[-1]
    assert getattr(found.when, "operands", None) == (value,)
