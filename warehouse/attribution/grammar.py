"""The fields of `org.yaml` and `rules.yaml`: what the loader reads, the schema publishes and the reference explains."""

from __future__ import annotations

from typing import Final

from warehouse.attribution.kinds import Day, Either, Field, Fields, Many, Named, Number, Raw, Text, Truth, Word
from warehouse.attribution.model import DIMENSIONS, FOLDS, LAYERS

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
DIMENSIONS_MAX: Final = 24
"""As many names as one question takes."""
SOURCES_MAX: Final = 20
ASSERTIONS_MAX: Final = 100
RESERVED: Final = frozenset((
    "allocation", "billed_cost", "billing_account", "charge_category", "charge_end", "charge_frequency",
    "charge_start", "commitment", "consumed_quantity", "consumed_unit", "contracted_cost", "cost_centre",
    "cost_driver", "currency", "day", "dim", "dimension", "effective_cost", "effective_rate", "extra", "id",
    "invoice", "label", "layer", "list_cost", "month", "other", "owner", "period", "place", "pool", "pricing_category",
    "pricing_quantity", "pricing_unit", "provider", "region", "resource", "resource_type", "row", "rule", "service",
    "service_category", "share", "sku", "source", "sub_account", "tag", "tag_set", "valid_from", "valid_to",
    "value", "week", "why", "year",
))  # fmt: skip
"""What questions mean something else by; a test compares it with their catalogue."""

_CHARACTER: Final = r"[^\s,:~()\\\"'\x00-\x1f\x7f]"
KEY_PATTERN: Final = rf"(?!-){_CHARACTER}(?:(?:{_CHARACTER}| )*{_CHARACTER})?"
"""Keys of teams stand in addresses and queries: without the characters that would have to be escaped there."""

TEAM_KEY: Final = Text(100, KEY_PATTERN, "a team key: no quotes and none of , : ~ ( ) \\, not beginning with -")
RULE_ID: Final = Text(100, r"[A-Za-z0-9][A-Za-z0-9._-]*", "an id of letters, digits, dots, _ and -")
LABEL: Final = Text(200)
LITERAL: Final = Text(LITERAL_CHARS_MAX)
TAG_KEY: Final = Text(512)
NOTE: Final = Text(2_000)
DIMENSION_NAME: Final = Text(40, r"[a-z][a-z0-9_]*", "a name of small letters, digits and _")
FILE_NAME: Final = Text(100, r"[A-Za-z0-9][A-Za-z0-9._-]*", "the name of a file beside the rules")
COLUMNS: Final = Many(TAG_KEY, SOURCES_MAX, or_one=True, shortest=1)

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
        "aliases": Field(
            Many(
                Either(
                    TAG_KEY,
                    Fields({"key": Field(TAG_KEY, "the raw key", required=True), "valid_from": FROM, "valid_to": TO}),
                ),
                200,
                or_one=True,
            ),
            "raw tag keys read as this one, the preferred first; each with the days it is read, if not always",
        ),
        "fold": Field(
            Many(Word(FOLDS), len(FOLDS)), "what values may differ in and still be the same; all when absent"
        ),
        "values": Field(
            Named(Many(LITERAL, 1_000, or_one=True), 1_000, LITERAL), "value to use, with its other spellings"
        ),
    }
)

CONDITION: Final = "#/$defs/condition"
LOOKUP: Final = Fields(
    {
        "table": Field(FILE_NAME, "a CSV file beside the rules, published with them", required=True),
        "key": Field(LABEL, "the table's column that is compared with what was read", required=True),
        "value": Field(LABEL, "the table's column that has the answer", required=True),
        "from": Field(COLUMNS, "what is read; the column called as the key when absent"),
    }
)
RULE: Final = Fields(
    {
        "id": Field(RULE_ID, "names the rule in every explanation; unique, never changes", required=True),
        "when": Field(Raw(CONDITION), "what must be true; always when absent"),
        "value": Field(LABEL, "the answer; in team, the key of a team, or (none)"),
        "from": Field(
            COLUMNS,
            "the column, tag.KEY or dimension whose value is the answer; of several, the first that has one. The rule "
            "is silent where all are missing",
        ),
        "lookup": Field(LOOKUP, "the answer is looked up in a table; the rule is silent about what it does not have"),
        "unknown": Field(
            Word(("next", "unallocated")),
            "in team, where the answer is no team of that day: ask the next rule, or stop",
        ),
        "layer": Field(Word(LAYERS[1:-1]), "the kind of evidence, where it is another than the one read off the rule"),
        "note": Field(NOTE, "why the rule exists, for the people who read explanations"),
        "valid_from": FROM,
        "valid_to": TO,
    },
    one_of=("value", "from", "lookup"),
)
OVERRIDDEN: Final = ("resource", "resource_group", "sub_account", "billing_account", "commitment")
OVERRIDE: Final = Fields(
    {
        "id": Field(RULE_ID, "names the override in every explanation; unique, never changes", required=True),
        **{
            name: Field(
                Many(LITERAL, OPERANDS_MAX, or_one=True, shortest=1), f"one {name} or several, exactly as on the bill"
            )
            for name in OVERRIDDEN
        },
        "value": Field(LABEL, "the answer; in team, the key of a team, or (none)", required=True),
        "note": Field(NOTE, "why, for the people who read explanations"),
        "valid_from": FROM,
        "valid_to": TO,
    },
    one_of=OVERRIDDEN,
)
DIMENSION: Final = Fields(
    {
        "overrides": Field(Many(OVERRIDE, RULES_MAX), "what is decided for single resources and accounts, before all"),
        "precedence": Field(
            Many(Word(LAYERS[1:-1]), len(LAYERS), or_one=True, shortest=1),
            "the layers in the order they are asked, those left out behind; without it rules are asked as written",
        ),
        "rules": Field(Many(RULE, RULES_MAX), "asked in this order; the first that answers wins"),
        "default": Field(LABEL, "the answer where no rule answers; without it the cost is unallocated"),
    }
)
ASSERTED: Final[dict[str, Field]] = {
    "unallocated_percent_below": Field(Number(), "what stays without an owner, of all cost"),
    "newly_unallocated_percent_below": Field(Number(), "what loses its owner, of all cost"),
    "moved_percent_below": Field(Number(), "what gets another owner, of all cost"),
    "change_percent_below": Field(Number(), "how far the cost of one owner goes up or down, of what it was"),
    "dead_rules_at_most": Field(Number(), "rules that decide nothing"),
}
ASSERTION: Final = Fields(
    {
        "dimension": Field(DIMENSION_NAME, "team when absent"),
        "value": Field(LABEL, "the owner that change_percent_below is about"),
        "currency": Field(Text(3, "[A-Z]{3}", "a currency such as EUR"), "this currency alone; each when absent"),
    }
    | ASSERTED,
    one_of=tuple(ASSERTED),
)
RULES: Final = Fields(
    {
        "version": VERSION,
        "effective_from": Field(
            Day(), "first charge day (UTC) this version decides; days before keep what the one before decided"
        ),
        "tag_keys": Field(Named(TAG_READING, TAG_KEYS_MAX, TAG_KEY), "tag keys with other names or spellings"),
        "dimensions": Field(
            Named(DIMENSION, DIMENSIONS_MAX, DIMENSION_NAME),
            f"the rules of {', '.join(DIMENSIONS)} and of any other dimension; the cost centre is the team's",
        ),
        "assertions": Field(Many(ASSERTION, ASSERTIONS_MAX), "what must hold of a draft; a preview says whether"),
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
