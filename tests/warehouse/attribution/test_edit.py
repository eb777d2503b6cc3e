"""A rule put into a document that people wrote."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution import load_rules
from warehouse.attribution.edit import items, moved, removed, replaced, with_item, with_rule

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


LISTED = ("dimensions", "team", "rules")


def test_a_rule_that_is_changed_keeps_the_lines_that_say_the_same() -> None:
    first, second = items(WRITTEN, LISTED)
    assert (first.item["id"], first.line, second.line) == ("first", 6, 11)
    text = replaced(WRITTEN, LISTED, 0, {**first.item, "value": "search", "note": "asked"})
    assert "- id: first   # the oldest\n        value: search\n        when: {column: service, equals: Queue}\n" in text
    assert "        note: asked\n" in text
    assert replaced(WRITTEN, LISTED, 0, first.item) == WRITTEN
    dropped = replaced(WRITTEN, LISTED, 0, {"id": "first", "value": "checkout"})
    assert "Queue" not in dropped and "# the last one" in dropped


def test_a_rule_moves_and_goes_with_its_comment() -> None:
    up = moved(WRITTEN, LISTED, 1, 0)
    assert ids(up) == ["second", "first"]
    assert up.index("# the last one") < up.index("- id: second") < up.index("# the oldest") < up.index("# environments")
    assert moved(up, LISTED, 1, 0) == WRITTEN
    gone = removed(WRITTEN, LISTED, 1)
    assert ids(gone) == ["first"] and "# the last one" not in gone and "# environments" in gone
    none = removed(gone, LISTED, 0)
    assert "rules: []\n" in none and "# whose is what" in none and "# environments" in none


def test_a_list_that_is_not_there_is_made_without_writing_the_rest_anew() -> None:
    text = with_rule(WRITTEN, "excluded", RULE)
    assert "# whose is what" in text and "# environments" in text
    assert [one.item["id"] for one in items(text, ("dimensions", "excluded", "rules"))] == ["inbox-1"]
    pools = "# shared\nspecials:\n  credits: {}  # follow\n"
    made = with_item(pools, ("pools",), {"id": "a", "split": "even"})
    assert made.startswith(pools) and items(made, ("pools",))[0].item == {"id": "a", "split": "even"}


NAMES = st.text("abc", min_size=1, max_size=3)
RULES_ = st.lists(st.dictionaries(NAMES, st.sampled_from(["x", "no", "0047", "a: b", "# c"]), min_size=1), min_size=1)


@given(RULES_, st.data(), st.booleans())
def test_every_change_means_what_it_says(rules: list[dict[str, str]], data: st.DataObject, flow: bool) -> None:
    text = yaml.safe_dump({"pools": rules, "z": "end"}, default_flow_style=flow, sort_keys=False)
    place = data.draw(st.integers(0, len(rules) - 1))
    to = data.draw(st.integers(0, len(rules) - 1))
    item = data.draw(st.dictionaries(NAMES, st.sampled_from(["y", "~", "2026-01-01"]), min_size=1))

    def read(changed: str) -> list[dict[str, str]]:
        return [one.item for one in items(changed, ("pools",))]

    assert read(replaced(text, ("pools",), place, item)) == [*rules[:place], item, *rules[place + 1 :]]
    assert read(removed(text, ("pools",), place)) == rules[:place] + rules[place + 1 :]
    rest = rules[:place] + rules[place + 1 :]
    assert read(moved(text, ("pools",), place, to)) == [*rest[:to], rules[place], *rest[to:]]
    assert read(with_item(text, ("pools",), item)) == [*rules, item]
