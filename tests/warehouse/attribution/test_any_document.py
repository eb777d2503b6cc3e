"""Whatever the text, loading it ends in rules or in RulesError; and Python and Polars agree on what is blank."""

from __future__ import annotations

import sys

import polars as pl
import yaml
from hypothesis import given
from hypothesis import strategies as st

from warehouse.attribution import Rules, RulesError, load_rules
from warehouse.attribution.fold import blank
from warehouse.attribution.grammar import (
    ASSERTION,
    CHECKS,
    DIMENSION,
    LOOKUP,
    ORG,
    OVERRIDE,
    RULE,
    RULES,
    TAG_READING,
    TEAM,
)

NAMES = [*ORG.known, *RULES.known, *TEAM.known, *RULE.known, *DIMENSION.known, *TAG_READING.known, *CHECKS]
NAMES += [*OVERRIDE.known, *LOOKUP.known, *ASSERTION.known, "account_tag.team", "t.csv", "division"]
NAMES += ["team", "environment", "all", "any", "not", "column", "tag.team"]
SCALARS = st.one_of(
    st.none(), st.booleans(), st.integers(-5, 5), st.floats(), st.dates(), st.text(max_size=4), st.sampled_from(NAMES)
)


def nested(inner):
    return st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(NAMES) | SCALARS, inner, max_size=4)


def loads_or_refuses(org, rules, table="team,key\na,b\n"):
    try:
        assert isinstance(load_rules(org, rules, {"t.csv": table}), Rules)
    except RulesError as error:
        assert error.faults
        for fault in error.faults:
            assert fault.line >= 1
            assert fault.column >= 1
            assert fault.problem
            assert fault.expected
            assert str(fault) in str(error)


@given(st.recursive(SCALARS, nested, max_leaves=20), st.recursive(SCALARS, nested, max_leaves=20))
def test_any_structure_is_loaded_or_refused(org, rules):
    loads_or_refuses(yaml.safe_dump(org, allow_unicode=True), yaml.safe_dump(rules, allow_unicode=True))


@given(st.recursive(SCALARS, nested, max_leaves=20))
def test_any_list_of_rules_is_loaded_or_refused(rules):
    document = {"dimensions": {"team": {"rules": [rules]}, "application": {"rules": [{"id": "a", "when": rules}]}}}
    loads_or_refuses("", yaml.safe_dump(document, allow_unicode=True))


@given(st.text(alphabet="team,key\"'\n\r\t \\=+-@\x00\ufeffé", max_size=60))
def test_any_table_is_loaded_or_refused(table):
    rules = "dimensions: {division: {rules: [{id: a, lookup: {table: t.csv, key: team, value: key, from: service}}]}}"
    loads_or_refuses("", rules, "team,key\n" + table)
    loads_or_refuses("", rules, table)


@given(st.text(alphabet="{}[]:,-#&*!|>'\"%@`?\n\t ab1\\é\x00\ufeff\u2028", max_size=40))
def test_any_text_is_loaded_or_refused(text):
    loads_or_refuses(text, text)


def test_blanks_are_those_of_polars():
    every = [chr(number) for number in range(sys.maxunicode + 1) if not 0xD800 <= number < 0xE000]
    stripped = pl.Series(every).to_frame("text").select(pl.col("text").str.strip_chars() == "").to_series()
    assert [blank(char) for char in every] == stripped.to_list()
