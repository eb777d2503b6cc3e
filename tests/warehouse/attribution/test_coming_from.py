"""docs/attribution/coming-from.md: each example gives the numbers that its tables say."""

from __future__ import annotations

import json
import re
from datetime import date
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from warehouse.attribution import READABLE, attribute, load_rules
from warehouse.attribution.facts import ACCOUNTS

TEXT = (Path(__file__).resolve().parents[3] / "docs" / "attribution" / "coming-from.md").read_text(encoding="utf-8")
FILES = dict(re.findall(r"```csv ([\w.-]+)\n(.*?)```", TEXT, re.S))
ORG = re.search(r"```yaml org\n(.*?)```", TEXT, re.S).group(1)
BILL = pl.read_csv(FILES["bill"].encode(), schema_overrides={"cost": pl.Decimal(38, 18)})
ACCOUNT_TAGS = pl.read_csv(FILES["account-tags"].encode(), schema=ACCOUNTS)
DAY = date(2026, 9, 15)


def examples():
    """(rules text, tables) of each part; a table is rows of value, cost, lines under the name of its dimension."""
    for part in TEXT.split("\n## ")[1:]:
        rules = re.search(r"```yaml rules\n(.*?)```", part, re.S)
        if rules:
            yield part.partition("\n")[0], rules.group(1), list(tables(part))


def tables(part):
    for block in re.findall(r"(?m)^\| \w+ \| cost \| lines \|\n\|[-|:]+\|\n(?:\|.*\n)+", part):
        header, _, *rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in block.splitlines()]
        yield header[0], {(value or None): (Decimal(cost), lines) for value, cost, lines in rows}


def decided(text):
    """line, cost and every dimension, on one day."""
    lines = BILL.with_row_index("dim")
    columns = {"sub_account": "account", "sub_account_name": "account_name", "resource_group": "resource_group",
               "service": "service", "charge_category": "charge_category"}  # fmt: skip
    dims = lines.select(
        "dim",
        pl.col("dim").alias("tag_set"),
        *(pl.col(columns[name]).alias(name) if name in columns else pl.lit(None, pl.String).alias(name)
          for name in READABLE),
    )  # fmt: skip
    pairs = [(dim, *tag.split("=")) for dim, tag in lines.select("dim", "tags").drop_nulls().iter_rows()]
    tags = pl.DataFrame(pairs, schema={"tag_set": pl.UInt32, "key": pl.String, "value": pl.String}, orient="row")
    owners = attribute(dims, tags, load_rules(ORG, text, FILES), ACCOUNT_TAGS)
    today = owners.filter(pl.col("valid_from") <= DAY, pl.col("valid_to") > DAY)
    for row in today.join(lines, on="dim").sort("dim").iter_rows(named=True):
        yield {**row, **json.loads(row["extra"])}


@pytest.mark.parametrize(("name", "text", "shown"), list(examples()), ids=lambda value: str(value)[:24])
def test_an_example_gives_its_numbers(name, text, shown):
    assert shown
    for dimension, expected in shown:
        found = {}
        for row in decided(text):
            cost, lines = found.get(row[dimension], (Decimal(0), []))
            found[row[dimension]] = (cost + row["cost"], [*lines, str(row["line"])])
        assert {value: (cost, ", ".join(lines)) for value, (cost, lines) in found.items()} == expected
        assert sum(cost for cost, _ in expected.values()) == Decimal("300")


def test_the_page_has_its_examples():
    assert len(list(examples())) == TEXT.count("```yaml rules") >= 6
