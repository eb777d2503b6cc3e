"""The columns of AWS cost and usage reports, by one name whatever the spelling, and the frame the rules read.

`lineItem/UnblendedCost` (CSV), `line_item_unblended_cost` (Athena, Parquet, CUR 2.0) and
`savingsPlan/SavingsPlanArn` beside `savings_plan_savings_plan_a_r_n` differ only in case and in what stands between
the letters; so a column is known by its letters and digits alone. Our own names are those of CUR 2.0.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats.contract import Kind, Money, Quantity, Time
from warehouse.focus import MONEY, QUANTITY, TIME

REQUIRED: Final = (
    "bill_payer_account_id",
    "bill_billing_period_start_date",
    "bill_billing_period_end_date",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
    "line_item_line_item_type",
    "line_item_product_code",
    "line_item_currency_code",
    "line_item_unblended_cost",
)
"""Without one of these a row has no place, no meaning or no amount. Every other column may be missing."""

_TEXT: Final = (
    "bill_payer_account_id",
    "bill_payer_account_name",
    "bill_invoice_id",
    "bill_invoicing_entity",
    "bill_billing_entity",
    "bill_bill_type",
    "line_item_usage_account_id",
    "line_item_usage_account_name",
    "line_item_line_item_type",
    "line_item_product_code",
    "line_item_usage_type",
    "line_item_operation",
    "line_item_availability_zone",
    "line_item_resource_id",
    "line_item_currency_code",
    "line_item_line_item_description",
    "line_item_tax_type",
    "line_item_legal_entity",
    "line_item_normalization_factor",  # "NA" in old files, so text; only its presence is read
    "product_product_name",
    "product_servicename",
    "product_servicecode",
    "product_product_family",
    "product_region_code",
    "product_region",
    "product_location",
    "product_sku",
    "product_marketoption",
    "product_instance_type",
    "product_operating_system",
    "product_storage_class",
    "pricing_rate_code",
    "pricing_unit",
    "pricing_term",
    "pricing_purchase_option",
    "reservation_reservation_a_r_n",
    "reservation_subscription_id",
    "savings_plan_savings_plan_a_r_n",
    "savings_plan_offering_type",
    "capacity_reservation_capacity_reservation_arn",
    "capacity_reservation_capacity_reservation_status",
    "split_line_item_parent_resource_id",
)
_MONEY: Final = (
    "line_item_unblended_cost",
    "line_item_net_unblended_cost",
    "line_item_unblended_rate",
    "line_item_net_unblended_rate",
    "pricing_public_on_demand_cost",
    "pricing_public_on_demand_rate",
    "reservation_effective_cost",
    "reservation_net_effective_cost",
    "reservation_unused_amortized_upfront_fee_for_billing_period",
    "reservation_net_unused_amortized_upfront_fee_for_billing_period",
    "reservation_unused_recurring_fee",
    "reservation_net_unused_recurring_fee",
    "savings_plan_savings_plan_effective_cost",
    "savings_plan_net_savings_plan_effective_cost",
    "savings_plan_total_commitment_to_date",
    "savings_plan_used_commitment",
    "discount_total_discount",
)
_QUANTITY: Final = (
    "line_item_usage_amount",
    "line_item_normalized_usage_amount",
    "reservation_unused_quantity",
    "reservation_unused_normalized_unit_quantity",
)
_TIME: Final = (
    "bill_billing_period_start_date",
    "bill_billing_period_end_date",
    "line_item_usage_start_date",
    "line_item_usage_end_date",
)
MAPS: Final = ("tags", "cost_categories", "discounts")
"""Columns of the native frame that hold canonical JSON text, made by each format in its own way."""

_TYPES: Final[Mapping[str, pl.DataType]] = {
    **dict.fromkeys(_TEXT, pl.String()),
    **dict.fromkeys(_MONEY, MONEY),
    **dict.fromkeys(_QUANTITY, QUANTITY),
    **dict.fromkeys(_TIME, TIME),
}
_NOTHING: Final = "None"  # how some tools write an empty field
_NOT_A_LETTER: Final = re.compile(r"[^a-z0-9]")


def folded(name: str) -> str:
    """What two spellings of one column share."""
    return _NOT_A_LETTER.sub("", name.casefold())


_BY_FOLDED: Final = {folded(name): name for name in _TYPES}


def own_names(columns: Sequence[str]) -> dict[str, str]:
    """Raw header to own name; a column without a meaning here keeps its header, tags among them."""
    names: dict[str, str] = {}
    taken: set[str] = set()
    for column in columns:
        plain = column.strip().lstrip("\ufeff")
        name = _BY_FOLDED.get(folded(plain), plain)
        # Two spellings of one column in one file: the first is read, the other stays beside it under its header.
        while name in taken:
            name = plain if plain not in taken else f"{name} "
        names[column] = name
        taken.add(name)
    return names


def complete(names: Mapping[str, str]) -> bool:
    """Whether every required column is there."""
    return set(REQUIRED) <= set(names.values())


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    """How the text of each known column is read."""
    by_type: dict[str, Kind] = {
        **dict.fromkeys(_MONEY, Money()),
        **dict.fromkeys(_QUANTITY, Quantity()),
        **dict.fromkeys(_TIME, Time()),
    }
    return {name: by_type[name] for name in names if name in by_type}


def native(frame: pl.LazyFrame, made: Mapping[str, pl.Expr]) -> pl.LazyFrame:
    """Every known column of one file: as read, else as `made` from others, else null; then MAPS and provenance.

    `amortises_*` say whether the file can spread a commitment's fee over what it covers: without the effective cost
    of covered usage, a fee that counted as zero would be lost.
    """
    present = set(frame.collect_schema().names())
    columns = [_column(name, dtype, present, made).alias(name) for name, dtype in _TYPES.items()]
    maps = [made[name].alias(name) if name in made else pl.lit(None, pl.String).alias(name) for name in MAPS]
    flags = [
        pl.lit("reservation_effective_cost" in present).alias("amortises_reservations"),
        pl.lit("savings_plan_savings_plan_effective_cost" in present).alias("amortises_savings_plans"),
    ]
    return frame.select(*columns, *maps, *flags, "x_SourceFile", "x_SourceRow")


def _column(name: str, dtype: pl.DataType, present: set[str], made: Mapping[str, pl.Expr]) -> pl.Expr:
    if name not in present:
        return made.get(name, pl.lit(None, dtype))
    here = pl.col(name)
    read = pl.when(here != _NOTHING).then(here) if dtype == pl.String() else here
    return pl.coalesce(read, made[name]) if name in made else read
