"""The fields of `tags.yaml`: what the loader reads, the schema publishes and the reference explains."""

from __future__ import annotations

from typing import Final

from warehouse.attribution.grammar import (
    CONDITION,
    FILE_NAME,
    FROM,
    LABEL,
    LITERAL,
    NOTE,
    RULE_ID,
    TAG_KEY,
    TO,
    VERSION,
)
from warehouse.attribution.kinds import Field, Fields, Many, Named, Raw

POLICIES_MAX: Final = 100
KEYS_MAX: Final = 20
COLUMNS_MAX: Final = 20
"""That one policy reads: they are groups of one question, beside the team."""
VALUES_MAX: Final = 10_000
REGEXES_MAX: Final = 100

ALLOWED: Final = Fields(
    {
        "table": Field(FILE_NAME, "a CSV file beside the rules, published with them", required=True),
        "column": Field(LABEL, "its column of allowed values", required=True),
    }
)
REQUIRED_KEY: Final = Fields(
    {
        "values": Field(Many(LITERAL, VALUES_MAX, or_one=True, shortest=1), "the allowed values"),
        "regex": Field(
            Many(LITERAL, REGEXES_MAX, or_one=True, shortest=1),
            "allowed where it has a match somewhere; write ^ and $ for the whole value. Rust syntax",
        ),
        "lookup": Field(ALLOWED, "the allowed values are a column of a table"),
    }
)
POLICY: Final = Fields(
    {
        "id": Field(RULE_ID, "names the policy in answers and files; unique, never changes", required=True),
        "when": Field(Raw(CONDITION), "the charges it judges; every charge when absent"),
        "keys": Field(
            Named(REQUIRED_KEY, KEYS_MAX, TAG_KEY),
            "the required keys, each with its allowed values; any value is allowed where none are given",
            required=True,
        ),
        "note": Field(NOTE, "why, for the people who have to follow it"),
        "valid_from": FROM,
        "valid_to": TO,
    }
)
POLICIES: Final = Fields(
    {"version": VERSION, "policies": Field(Many(POLICY, POLICIES_MAX), "in the order in which they are shown")}
)
