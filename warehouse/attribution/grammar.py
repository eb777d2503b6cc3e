"""The fields of `org.yaml` and `rules.yaml`: what the loader reads, the schema publishes and the reference explains."""

from __future__ import annotations

from typing import Final

from warehouse.attribution.kinds import Day, Field, Fields, Many, Named, Raw, Text, Truth, Word
from warehouse.attribution.model import DIMENSIONS, FOLDS

TEAMS_MAX: Final = 5_000
RULES_MAX: Final = 5_000
"""Of all dimensions together."""
OPERANDS_MAX: Final = 10_000
PARTS_MAX: Final = 1_000
TAG_KEYS_MAX: Final = 500
REGEXES_MAX: Final = 1_000
"""Distinct ones: each is compiled when the rules are read."""
REGEX_CLASSES_MAX: Final = 5_000
"""Character classes such as `\\w` in all expressions together, times their counted repetitions. A class compiles in
up to three milliseconds, and whoever checks rules waits for the answer."""
LITERAL_CHARS_MAX: Final = 4_096

_CHARACTER: Final = r"[^\s,:~()\\\"'\x00-\x1f\x7f]"
KEY_PATTERN: Final = rf"(?!-){_CHARACTER}(?:(?:{_CHARACTER}| )*{_CHARACTER})?"
"""Keys of teams stand in addresses and queries: without the characters that would have to be escaped there."""

TEAM_KEY: Final = Text(100, KEY_PATTERN, "a team key: no quotes and none of , : ~ ( ) \\, not beginning with -")
RULE_ID: Final = Text(100, r"[A-Za-z0-9][A-Za-z0-9._-]*", "an id of letters, digits, dots, _ and -")
LABEL: Final = Text(200)
LITERAL: Final = Text(LITERAL_CHARS_MAX)
TAG_KEY: Final = Text(512)
NOTE: Final = Text(2_000)

FROM: Final = Field(Day(), "first day (UTC) this holds; from the beginning when absent")
TO: Final = Field(Day(), "first day (UTC) this no longer holds; for ever when absent")
VERSION: Final = Field(Word(("1",)), "version of this document's form")

TEAM: Final = Fields(
    {
        "key": Field(TEAM_KEY, "what rules, queries and files call the team; never changes", required=True),
        "name": Field(LABEL, "what people call it; the key when absent"),
        "parent": Field(TEAM_KEY, "key of the team above"),
        "cost_centre": Field(LABEL, "where finance books its cost"),
        "aliases": Field(Many(LITERAL, 1_000, or_one=True), "other names of the team in tags and account names"),
        "valid_from": FROM,
        "valid_to": TO,
    }
)
ORG: Final = Fields({"version": VERSION, "teams": Field(Many(TEAM, TEAMS_MAX), "the teams, in any order")})

TAG_READING: Final = Fields(
    {
        "aliases": Field(Many(TAG_KEY, 200, or_one=True), "raw tag keys read as this one, the preferred first"),
        "fold": Field(
            Many(Word(FOLDS), len(FOLDS)), "what values may differ in and still be the same; all when absent"
        ),
        "values": Field(
            Named(Many(LITERAL, 1_000, or_one=True), 1_000, LITERAL), "value to use, with its other spellings"
        ),
    }
)

CONDITION: Final = "#/$defs/condition"
RULE: Final = Fields(
    {
        "id": Field(RULE_ID, "names the rule in every explanation; unique, never changes", required=True),
        "when": Field(Raw(CONDITION), "what must be true; always when absent"),
        "value": Field(LABEL, "the answer; in team, the key of a team"),
        "from": Field(
            TAG_KEY, "the column or tag.KEY whose value is the answer; the rule is silent where it is missing"
        ),
        "unknown": Field(
            Word(("next", "unallocated")),
            "in team, where the answer is no team of that day: ask the next rule, or stop",
        ),
        "note": Field(NOTE, "why the rule exists, for the people who read explanations"),
        "valid_from": FROM,
        "valid_to": TO,
    },
    one_of=("value", "from"),
)
DIMENSION: Final = Fields(
    {
        "rules": Field(Many(RULE, RULES_MAX), "asked in this order; the first that answers wins"),
        "default": Field(LABEL, "the answer where no rule answers; without it the cost is unallocated"),
    }
)
RULES: Final = Fields(
    {
        "version": VERSION,
        "tag_keys": Field(Named(TAG_READING, TAG_KEYS_MAX, TAG_KEY), "tag keys with other names or spellings"),
        "dimensions": Field(
            Fields({name: Field(DIMENSION, f"rules that decide the {name}") for name in DIMENSIONS}),
            "the rules; the cost centre is the team's and has none",
        ),
    }
)

OPERANDS: Final = Many(LITERAL, OPERANDS_MAX, or_one=True, shortest=1)
CHECKS: Final[dict[str, Field]] = {
    "equals": Field(OPERANDS, "exactly this text, case included"),
    "prefix": Field(OPERANDS, "begins with this text"),
    "suffix": Field(OPERANDS, "ends with this text"),
    "contains": Field(OPERANDS, "has this text somewhere"),
    "glob": Field(OPERANDS, "the whole value, where * is any text and ? any one character"),
    "regex": Field(OPERANDS, "has a match somewhere; Rust syntax, no look-around, no backreferences"),
    "missing": Field(Truth(), "true: there is no value, or only blanks; false: there is one"),
}
CHECK: Final = Fields(
    {"column": Field(TAG_KEY, "a readable column, or tag.KEY", required=True)} | CHECKS, one_of=tuple(CHECKS)
)
