"""Explanations: the rule's own words, and the rules that one thing kept from answering."""

from __future__ import annotations

from datetime import date

from warehouse.attribution import READABLE, explain, load_rules

ORG = "teams: [{key: checkout, cost_centre: 4711}, {key: search}, {key: old, valid_to: 2026-01-01}]"
RULES = """\
tag_keys: {team: {aliases: squad}}
dimensions:
  team:
    rules:
      - id: indexers
        when: {all: [{column: service, equals: Search}, {column: sub_account, equals: [lab, shop]}]}
        value: search
      - id: spring
        when: {column: service, prefix: Pay}
        value: search
        valid_from: 2026-03-01
        valid_to: 2026-06-01
      - id: retired
        when: {column: service, prefix: Pay}
        value: old
      - {id: tagged, from: tag.team}
      - id: shop
        when: {not: {any: [{column: sub_account, missing: true}, {column: region, equals: north}]}}
        value: checkout
        note: the shop pays for what nobody claims
      - id: late
        when: {all: [{column: service, prefix: Pay}, {column: region, equals: south}]}
        value: search
"""


def told(facts, tags, day="2026-07-01"):
    rules = load_rules(ORG, RULES)
    explanation = explain(dict.fromkeys(READABLE) | facts, tags, rules, day=date.fromisoformat(day))
    return explanation, explanation.answers[0]


def test_the_rule_that_answered_is_told_in_its_own_words():
    explanation, team = told({"service": "Payments", "sub_account": "shop"}, {"Squad": "No Body"})
    assert (team.value, team.rule, team.layer, team.reason, team.line) == ("checkout", "shop", "rule", None, 17)
    assert team.condition == '"checkout" when not (sub_account is missing or region equals "north")'
    assert team.note == "the shop pays for what nobody claims"
    assert explanation.cost_centre == "4711"
    assert explanation.tags == {"team": "no-body"}


def test_near_misses_are_the_rules_before_it_that_one_thing_kept_from_answering():
    _, team = told({"service": "Payments", "sub_account": "shop"}, {"squad": "nobody"})
    assert [(miss.rule, miss.failed, miss.found) for miss in team.near] == [
        ("indexers", 'service equals "Search"', "Payments"),
        ("spring", "a day from 2026-03-01 and before 2026-06-01", "2026-07-01"),
        ("retired", "a team that exists on 2026-07-01", "old"),
        ("tagged", "a known team", "nobody"),
    ]


def test_unallocated_cost_tells_what_nearly_matched():
    _, team = told({"service": "Search", "sub_account": "attic", "region": "north"}, {})
    assert (team.value, team.layer, team.reason) == (None, "unallocated", "no_rule")
    assert [(miss.rule, miss.failed, miss.found) for miss in team.near] == [
        ("indexers", 'sub_account equals "lab" or "shop"', "attic"),
        ("shop", 'not (region equals "north")', "north"),
    ]


def test_a_dimension_without_rules_is_told_too():
    explanation, _ = told({}, {})
    assert [(answer.dimension, answer.value, answer.reason, answer.near) for answer in explanation.answers[1:]] == [
        ("application", None, "no_rule", ()),
        ("environment", None, "no_rule", ()),
    ]
