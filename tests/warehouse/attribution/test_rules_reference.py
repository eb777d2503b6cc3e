"""docs/attribution/rules.md: its examples do what it says, and it names all there is."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import polars as pl
import pytest

from warehouse.attribution import READABLE, RulesError, attribute, load_rules
from warehouse.attribution.facts import ACCOUNTS
from warehouse.attribution.grammar import ASSERTED, CHECKS, DIMENSION, LOOKUP, OVERRIDE, RULE, TAG_READING, TEAM
from warehouse.attribution.model import LAYERS

PAGE = Path(__file__).resolve().parents[3] / "docs" / "attribution" / "rules.md"
TEXT = PAGE.read_text(encoding="utf-8")


FILES = dict(re.findall(r"```csv ([\w.-]+)\n(.*?)```", TEXT, re.S))
ACCOUNT_TAGS = pl.read_csv(FILES["account-tags"].encode(), schema=ACCOUNTS)


def examples():
    """(org text, rules text, table rows or expected faults) for each rules block, in the order of the page."""
    org = re.search(r"```yaml org\n(.*?)```", TEXT, re.S).group(1)
    for block in re.finditer(r"```yaml rules\n(.*?)```\n+((?:\|[^\n]*\n)+|```text\n.*?```)", TEXT, re.S):
        rules, shown = block.groups()
        if shown.startswith("|"):
            header, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in shown.splitlines()]
            shown = [dict(zip(header, row, strict=True)) for row in rows]
        else:
            shown = shown.removeprefix("```text\n").removesuffix("\n```")
        yield org, rules, shown


def test_the_page_has_examples():
    assert len(list(examples())) == TEXT.count("```yaml rules") == 12


@pytest.mark.parametrize(
    "example", list(examples()), ids=lambda example: re.search(r"id: ([\w-]+)", example[1]).group(1)
)
def test_an_example_does_what_the_page_says(example):
    org, text, shown = example
    if isinstance(shown, str):
        with pytest.raises(RulesError) as caught:
            load_rules(org, text, FILES)
        assert str(caught.value) == shown
        return
    rules = load_rules(org, text, FILES)
    for row in shown:
        facts = dict(re.findall(r"([\w.:]+)=((?:[^ ]| (?![\w.:]+=))+)", row["charge"].strip("`")))
        tags = [(1, key.removeprefix("tag."), value) for key, value in facts.items() if key.startswith("tag.")]
        dims = pl.DataFrame(
            [dict.fromkeys(READABLE) | {key: value for key, value in facts.items() if key in READABLE}],
            schema=dict.fromkeys(READABLE, pl.String),
        ).with_columns(dim=pl.lit(1), tag_set=pl.lit(1))
        tag_sets = pl.DataFrame(tags, schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String}, orient="row")
        day = date.fromisoformat(row["day"])
        owners = attribute(dims, tag_sets, rules, ACCOUNT_TAGS)
        (owner,) = owners.filter((pl.col("valid_from") <= day) & (day < pl.col("valid_to"))).to_dicts()
        why = json.loads(owner["why"])[next(name for name in rules.names if name in row)]
        found = {**owner, **json.loads(owner["extra"]), **why}
        assert {name: found[name] or "" for name in row if name not in ("charge", "day")} == {
            name: value for name, value in row.items() if name not in ("charge", "day")
        }, row


def test_the_page_names_every_column_field_and_comparison():
    rows = dict(re.findall(r"^\| `(\w+)` \| (.*?) \|$", TEXT, re.M))
    for column, focus in READABLE.items():
        assert rows[column] == focus
    for name in [*CHECKS, *RULE.known, *TEAM.known, *TAG_READING.known, *ASSERTED, *LAYERS]:
        assert name in rows
    for name in [*OVERRIDE.known, *DIMENSION.known, *LOOKUP.known]:
        assert f"`{name}`" in TEXT or f"{name}: " in TEXT


def test_the_assertions_of_the_page_are_read():
    org = re.search(r"```yaml org\n(.*?)```", TEXT, re.S).group(1)
    text = re.search(r"```yaml assertions\n(.*?)```", TEXT, re.S).group(1)
    rules = load_rules(org, text)
    assert [str(one) for one in rules.assertions] == [
        "team: unallocated percent below 5",
        "team, EUR: moved percent below 10",
        "team, checkout: change percent below 20",
        "environment: unallocated percent below 30",
        "team: dead rules at most 0",
    ]
