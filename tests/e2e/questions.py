"""Generated questions about the demo, and the sums that prove their answers, in decimals throughout."""

from __future__ import annotations

import csv
import io
from collections import defaultdict
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from random import Random
from typing import Any
from urllib.parse import quote

import openpyxl
import pyarrow.parquet

MEASURES = ("effective_cost", "billed_cost", "list_cost", "contracted_cost")
DIMENSIONS = (
    "provider",
    "service",
    "service_category",
    "team",
    "application",
    "environment",
    "region",
    "sub_account",
    "charge_category",
    "cost_driver",
    "resource_type",
    "source",
    "cost_centre",
    "tag.team",
    "tag.project",
)
LETS_IN = (
    "provider:AWS,Google Cloud",
    "provider:Microsoft",
    "service:~Amazon",
    "service_category:Compute,Networking",
    "team:checkout,search,(none)",
    "team:~",
    "tag.team:~a",
    "tag.environment:prod",
    "cost_driver:compute,storage,nat",
    "charge_category:Usage,Credit",
    "region:eu-west-1,(none)",
)
LEAVES_OUT = (
    "-charge_category:Tax",
    "-service:BigQuery,AWS Lambda",
    "-team:(none)",
    "-tag.project:network-lab",
    "-provider:Buildwise",
    "-tag.team:~mobil",
    "-cost_driver:compute",
)
PERIODS = (
    "last_7_days",
    "last_30_days",
    "last_90_days",
    "last_week",
    "last_month",
    "last_3_months",
    "month_to_date",
    "2026-10",
    "2026-09-10..2026-10-05",
    "all",
)
COMPARES = ("none", "none", "previous", "year", "2026-09-01..2026-09-20")


def question(seed: int) -> str:
    """The text of a question, the same for the same seed."""
    random = Random(seed)
    by = random.sample(DIMENSIONS, random.choice((1, 1, 2)))
    where = random.sample(LETS_IN, random.choice((0, 1, 1))) + random.sample(LEAVES_OUT, random.choice((0, 0, 1, 2)))
    words = [("measures", random.choice(MEASURES)), ("by", ",".join(by)), *(("where", text) for text in where)]
    words.append(("period", random.choice(PERIODS)))
    basis = random.choice(("charge", "charge", "charge", "billing"))
    grains = ("none", "month") if basis == "billing" else ("none", "none", "day", "week", "month")
    words += [("grain", random.choice(grains)), ("basis", basis)]
    words.append(("compare", random.choice(COMPARES)))
    if random.random() < 0.3:
        words.append(("top", str(random.choice((1, 3, 5)))))
    usual = {"grain": "none", "basis": "charge", "compare": "none"}
    return "&".join(f"{name}={quote(text, safe='-._~:,()')}" for name, text in words if usual.get(name) != text)


Totals = dict[tuple[str, ...], Decimal]
"""What each group of `keys` adds up to."""


def summed(rows: Iterable[Mapping[str, Any]], column: str, keys: tuple[str, ...] = ("currency",)) -> Totals:
    totals: Totals = defaultdict(Decimal)
    for row in rows:
        if row[column] not in (None, ""):
            totals[tuple(str(row[key] or "") for key in keys)] += Decimal(str(row[column]))
    return dict(totals)


def csv_rows(content: bytes) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(content.decode("utf-8"))))


def parquet_rows(content: bytes) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = pyarrow.parquet.read_table(io.BytesIO(content)).to_pylist()
    return rows


def xlsx_rows(content: bytes, totals: int) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Rows and total rows of the sheet; amounts that a number cannot hold come from their exact column."""
    sheet = openpyxl.load_workbook(io.BytesIO(content), read_only=True)["Costs"]
    names, *lines = [list(line) for line in sheet.iter_rows(values_only=True)]
    rows = [_exact(dict(zip(names, line, strict=True))) for line in lines]
    return rows[: len(rows) - totals], rows[len(rows) - totals :]


def _exact(row: dict[str, Any]) -> dict[str, Any]:
    mark = " (exact)"
    return row | {name.removesuffix(mark): value for name, value in row.items() if name.endswith(mark)}


def printed(amount: Decimal | None) -> str:
    """As the pages print money in a table."""
    if amount is None:
        return "–"
    minus = "−" if amount < 0 else ""
    if amount and abs(amount) < Decimal("0.005"):
        return f"{minus}<0.01"
    rounded = abs(amount).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return f"{minus if rounded else ''}{rounded:,}"
