"""The legacy AWS Cost and Usage Report: `category/Name` headers in CSV, snake case from Athena and in Parquet."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats import aws_columns, aws_maps, aws_rules
from collectors.formats.aws_cur2 import is_cur2
from collectors.formats.contract import Kind, Normalised, RawFile

NAME: Final = "aws-cur"
LABEL: Final = "AWS Cost and Usage Report (legacy)"
VERSION: Final = 1
EXPECTED: Final = (
    "bill/PayerAccountId",
    "bill/BillingPeriodStartDate",
    "bill/BillingPeriodEndDate",
    "lineItem/UsageStartDate",
    "lineItem/UsageEndDate",
    "lineItem/LineItemType",
    "lineItem/ProductCode",
    "lineItem/CurrencyCode",
    "lineItem/UnblendedCost",
)


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    """Own names of the columns; None when a required one is missing or the file has the maps of CUR 2.0."""
    names = aws_columns.own_names(columns)
    return names if aws_columns.complete(names) and not is_cur2(columns) else None


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    """How the text of each known column is read."""
    return aws_columns.kinds(names)


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    """The lines of a report, which may be several files with different columns."""
    return aws_rules.normalise([_native(file.frame) for file in files])


def _native(frame: pl.LazyFrame) -> pl.LazyFrame:
    names = frame.collect_schema().names()
    tags = {key: pl.col(name) for key, name in aws_maps.tag_columns(names).items()}
    categories = {key: pl.col(name) for key, name in aws_maps.category_columns(names).items()}
    made = {"tags": aws_maps.json_object(tags), "cost_categories": aws_maps.json_object(categories)}
    return aws_columns.native(frame, made)
