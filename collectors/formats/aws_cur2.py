"""AWS CUR 2.0 (Data Exports): snake case with a fixed set of columns, the variable ones in maps."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats import aws_columns, aws_maps, aws_rules
from collectors.formats.contract import Kind, Normalised, RawFile
from warehouse.focus import MONEY

NAME: Final = "aws-cur2"
LABEL: Final = "AWS CUR 2.0 (Data Exports)"
VERSION: Final = 1
EXPECTED: Final = (*aws_columns.REQUIRED, "product", "resource_tags")

_OWN: Final = frozenset(
    {
        "product",
        "resource_tags",
        "cost_category",
        "discount",
        "bill_payer_account_name",
        "line_item_usage_account_name",
    }
)
# Keys of the product map that have a meaning here, by the name they have as columns of a legacy report.
_PRODUCT: Final = {
    "product_product_name": "product_name",
    "product_servicename": "servicename",
    "product_region": "region",
    "product_marketoption": "marketoption",
    "product_operating_system": "operating_system",
    "product_storage_class": "storage_class",
    "product_instance_type": "instance_type",
    "product_product_family": "product_family",
    "product_sku": "sku",
}


def is_cur2(columns: Sequence[str]) -> bool:
    """Whether any column exists in CUR 2.0 alone."""
    return any(column.strip().lstrip("\ufeff").casefold() in _OWN for column in columns)


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    """Own names of the columns; None when a required one is missing or none is of CUR 2.0 alone."""
    names = aws_columns.own_names(columns)
    if not aws_columns.complete(names) or not is_cur2(columns):
        return None
    return {raw: own.casefold() if own.casefold() in _OWN else own for raw, own in names.items()}


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    """How the text of each known column is read; maps stay text."""
    return aws_columns.kinds(names)


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    """The lines of an export, which may be several files with different columns."""
    return aws_rules.normalise([_native(file.frame) for file in files])


def _native(frame: pl.LazyFrame) -> pl.LazyFrame:
    present = set(frame.collect_schema().names())
    made: dict[str, pl.Expr] = {}
    if "product" in present:
        # A column of its own, so that the objects are read once and not once per key.
        values = aws_maps.map_values(pl.col("product"), "product", list(_PRODUCT.values()))
        frame = frame.with_columns(values.alias("product"))
        made |= {name: pl.col("product").struct.field(key) for name, key in _PRODUCT.items()}
    if "resource_tags" in present:
        made["tags"] = aws_maps.canonical_map(pl.col("resource_tags"), "resource_tags", aws_maps.tag_key)
    if "cost_category" in present:
        made["cost_categories"] = aws_maps.canonical_map(pl.col("cost_category"), "cost_category")
    if "discount" in present:
        made["discounts"] = aws_maps.canonical_map(pl.col("discount"), "discount")
        if "discount_total_discount" not in present:
            made["discount_total_discount"] = aws_maps.map_total(pl.col("discount"), "discount", MONEY)
    return aws_columns.native(frame, made)
