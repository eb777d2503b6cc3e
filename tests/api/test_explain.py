"""Explanations over HTTP: one shape, sums that hold in every form, bad words refused, hostile names harmless."""

from __future__ import annotations

import csv
import io
from fractions import Fraction

import openpyxl
import polars as pl
import pytest

from api.documents.explain import ExplainDocument
from tests.api.conftest import Parts
from tests.api.fake_parts import HOSTILE

RANGES = "period=2026-10-08..2026-10-14&compare=2026-10-01..2026-10-07"
QUERIES = [
    f"measures=billed_cost&{RANGES}",
    f"measures=billed_cost&{RANGES}&by=service",
    f"measures=effective_cost,billed_cost&{RANGES}&by=tag.env,team&limit=2&top=3&sort=-billed_cost",
    f"measures=billed_cost&{RANGES}&currency=USD",
]


@pytest.mark.parametrize("query", QUERIES[:2] + QUERIES[3:])
def test_parts_add_up_in_every_form(parts: Parts, query: str) -> None:
    document = parts.client.get(f"/api/v1/costs/explain?{query}&floor=0&movers=5000").json()
    ExplainDocument.model_validate(document)
    changes = {item["currency"]: Fraction(item["change"]) for item in document["currencies"]}
    for item in document["currencies"]:
        assert item["residual"] == "0"
        assert sum(Fraction(part["amount"]) for part in item["causes"]) == changes[item["currency"]]
        assert sum(Fraction(mover["amount"]) for mover in item["movers"]) == changes[item["currency"]]
        assert item["steps"][0]["to"] == item["before"]
        assert item["steps"][-1]["to"] == item["now"]
        for one, after in zip(item["steps"][:-1], item["steps"][1:-1], strict=False):
            assert after["from"] == one["to"]
        assert item["text"].count(". ") >= 2

    text = parts.client.get(f"/api/v1/costs/explain.csv?{query}&raw=1").content.decode()
    rows = list(csv.DictReader(io.StringIO(text, newline="")))
    frame = pl.read_parquet(io.BytesIO(parts.client.get(f"/api/v1/costs/explain.parquet?{query}").content))
    assert frame.schema["amount"] == pl.Decimal(38, 18)
    for currency, change in changes.items():
        assert sum(Fraction(row["amount"]) for row in rows if row["currency"] == currency) == change
        assert frame.filter(pl.col("currency") == currency)["amount"].sum() == change
    book = openpyxl.load_workbook(io.BytesIO(parts.client.get(f"/api/v1/costs/explain.xlsx?{query}").content))
    assert book.sheetnames[-1] == "About"


def test_words_that_mean_nothing_here_may_stand(parts: Parts) -> None:
    found = parts.client.get(f"/api/v1/costs/explain?{QUERIES[2]}")
    assert found.status_code == 200
    assert found.json()["measure"]["name"] == "effective_cost"
    assert [item["name"] for item in found.json()["dimensions"]] == ["tag.env", "team"]


@pytest.mark.parametrize(
    ("words", "field"),
    [
        ("period=2026-10", "compare"),
        (f"{RANGES}&measures=consumed_quantity", "measures"),
        (f"{RANGES}&floor=ten", "floor"),
        (f"{RANGES}&floor=-1", "floor"),
        (f"{RANGES}&by=servise", "by"),
        (f"{RANGES}&movers=0", "movers"),
    ],
)
def test_a_bad_word_is_refused_with_what_to_do(parts: Parts, words: str, field: str) -> None:
    found = parts.client.get(f"/api/v1/costs/explain?{words}")
    assert found.status_code in (400, 422)
    assert found.json()["field"] == field


def test_an_unchanged_explanation_costs_nothing(parts: Parts) -> None:
    address = f"/api/v1/costs/explain?{QUERIES[0]}"
    tag = parts.client.get(address).headers["etag"]
    assert parts.client.get(address, headers={"If-None-Match": tag}).status_code == 304
    assert parts.client.get(f"{address}&floor=1", headers={"If-None-Match": tag}).status_code == 200


def test_hostile_names_stay_text(parts: Parts) -> None:
    query = "measures=billed_cost&period=2026-10&compare=previous&by=service"
    text = parts.client.get(f"/api/v1/costs/explain.csv?{query}").content.decode()
    for row in csv.DictReader(io.StringIO(text, newline="")):
        for name in ("name", "service", "resource"):
            assert row[name].strip(" \u3000")[:1] not in tuple("=+-@\t\r\n\0＝＋－＠")
    found = parts.client.get(f"/api/v1/costs/explain?{query}&floor=0&movers=5000").json()
    assert {mover["service"] for mover in found["currencies"][0]["movers"]} <= set(HOSTILE)
    for item in found["currencies"]:
        assert not any(sign in item["text"] for sign in ("\n", "\r", "\t", "\x1b", "\u202e"))
