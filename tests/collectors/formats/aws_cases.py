"""Raw rows of AWS reports beside the lines they must become, and how to read the one into the other."""

from __future__ import annotations

import csv
import hashlib
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl

from collectors.formats import Normalised, RawFile, named
from collectors.reading import load, open_file
from warehouse.focus import SCHEMA, conform, plain

HERE = Path(__file__).parent


def read(path: Path, format_name: str, work: Path) -> RawFile:
    """A file through the real reader, in the named format."""
    module = named(format_name)
    folder = work / hashlib.sha256(str(path).encode()).hexdigest()[:16]
    folder.mkdir()
    opened = open_file(path, path.name, hashlib.sha256(path.read_bytes()).hexdigest(), folder)
    names = module.recognise(opened.content.columns)
    assert names is not None, f"{path} is not {format_name}"
    return load(opened, names, module.kinds(list(names.values()))).file


def normalised(format_name: str, *files: RawFile) -> Normalised:
    return named(format_name).normalise(files, {})


def lines(of: Normalised) -> pl.DataFrame:
    """The lines as they pass the gate."""
    return conform(of.lines).collect()


def write_rows(path: Path, rows: list[dict[str, str]]) -> Path:
    columns = list(dict.fromkeys(name for row in rows for name in row))
    with path.open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, columns, restval="")
        writer.writeheader()
        writer.writerows(rows)
    return path


def raw_rows(path: Path) -> list[dict[str, str]]:
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def as_text(value: Any) -> str:
    """A value as expected.csv writes it."""
    if value is None:
        return ""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%SZ")
    return plain(value) if isinstance(value, Decimal) else str(value)


def check_case(folder: Path, format_name: str, work: Path) -> pl.DataFrame:
    """Every line of a case against expected.csv: no column may hold a value that expected.csv does not name."""
    result = normalised(format_name, read(folder / "raw.csv", format_name, work))
    found = lines(result)
    expected = raw_rows(folder / "expected.csv")
    unnamed = [name for name in SCHEMA if name not in expected[0] and found[name].null_count() < len(found)]
    assert unnamed == ["x_SourceFile"] + ["x_SourceRow"] * ("x_SourceRow" not in expected[0])
    key = ("x_SourceRow", "x_Generated")
    shown = [{name: as_text(row[name]) for name in expected[0]} for row in found.to_dicts()]

    def order(row: Mapping[str, str]) -> tuple[str, ...]:
        return tuple(row[name] for name in key)

    assert sorted(shown, key=order) == sorted(expected, key=order)
    check_laws(result, found, len(raw_rows(folder / "raw.csv")))
    return found


def check_laws(result: Normalised, found: pl.DataFrame, received: int) -> None:
    """received = mapped + folded + skipped; control = billed, per account, currency and period."""
    mapped = found.filter(pl.col("x_Generated").is_null()).height
    assert received == mapped + result.left_out.collect()["rows"].sum()
    billed = found.group_by(
        "BillingAccountId", "BillingCurrency", period=pl.col("BillingPeriodStart").dt.strftime("%Y-%m")
    ).agg(pl.col("BilledCost").sum())
    control = {tuple(row[:3]): row[3] for row in result.control.collect().rows()}
    assert {tuple(row[:3]): row[3] for row in billed.rows()} == control
    by_service = found.select("ServiceName", "ServiceCategory", "ServiceSubcategory").unique()
    assert by_service["ServiceName"].is_unique().all()
