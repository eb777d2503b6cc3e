"""What each FOCUS column is in a row of the Google Cloud billing export."""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from functools import cache
from importlib import resources
from typing import Final

import polars as pl

from collectors.formats.lookup import looked_up, renamed, unless
from warehouse.focus import MONEY, QUANTITY
from warehouse.focus.units import normal_unit

ROW: Final = ["x_file", "x_SourceRow"]
PROVIDER: Final = "Google Cloud"
PACIFIC: Final = "America/Los_Angeles"  # invoice months begin at midnight there, in summer an hour earlier in UTC
FEE_SKU: Final = r"(?i)^commitment\b"
DYNAMIC_SKU: Final = r"(?i)\b(spot|preemptible)\b"
REGION: Final = r"^([a-z]+-[a-z]+[0-9]+)$"  # "global", "us", "eu" and "nam4" are not one place
ZONE: Final = r"^([a-z]+-[a-z]+[0-9]+)-[a-z]$"
COMMITTED: Final = "COMMITTED_USAGE_DISCOUNT"
ZERO: Final = pl.lit(0, dtype=MONEY)
# Quantities and amounts within these bounds divide without leaving Decimal(38, 18).
DIVISOR_MIN: Final = pl.lit("0.000001").cast(QUANTITY)
DIVIDEND_MAX: Final = pl.lit(10**13).cast(MONEY)
NO_MONEY: Final = pl.lit(None, dtype=MONEY)
NO_QUANTITY: Final = pl.lit(None, dtype=QUANTITY)
NO_TEXT: Final = pl.lit(None, dtype=pl.String)
# Read by name, and also kept as they are, because no FOCUS column says the same.
KEPT: Final = (
    "adjustment_info.description",
    "adjustment_info.id",
    "adjustment_info.mode",
    "adjustment_info.type",
    "consumption_model.description",
    "currency_conversion_rate",
    "location.location",
    "seller_name",
    "subscription.instance_id",
    "system_labels",
    "transaction_type",
)
# The load partition, and what the reader added.
NOT_FACTS: Final = (
    "partition_date",
    "partition_time",
    "_partitiontime",
    "_partitiondate",
    "x_SourceFile",
    "x_SourceRow",
)


def costs(raw: pl.LazyFrame) -> pl.LazyFrame:
    """Raw rows with what the columns are derived from: kinds of row, sums of credits, commitment, place, month."""
    kind = pl.col("cost_type").fill_null("regular").str.to_lowercase().str.replace_all("[ -]", "_")
    model = pl.col("consumption_model.description").fill_null("").str.contains("(?i)default").not_()
    local_month = pl.col("usage_start_time").dt.convert_time_zone(PACIFIC).dt.strftime("%Y%m")
    rows = raw.with_columns(
        _credit_sum(pl.lit(True)).alias("x_all_credits"),
        _credit_sum(_credit("type") == "PROMOTION").alias("x_promotion"),
        _credit_sum(_credit("type").str.starts_with(COMMITTED)).alias("x_commitment_credit"),
        _first_commitment("type").alias("x_covered_by"),
        _first_commitment("id").alias("x_credit_id"),
        pl.coalesce(_first_commitment("full_name"), _first_commitment("name")).alias("x_credit_name"),
        pl.col("x_credits").list.eval(pl.element().filter(_credit("type") == "PROMOTION")).alias("x_promotions"),
        pl.col("credits").str.contains("FEE_UTILIZATION_OFFSET", literal=True).fill_null(False).alias("x_offset"),
        (pl.col("consumption_model.id").is_not_null() & model).alias("x_model"),
        kind.alias("x_kind"),
        pl.coalesce("invoice.month", local_month).alias("invoice.month"),
        local_month.alias("x_usage_month"),
        _region().alias("x_region"),
    )
    fee_sku = pl.col("sku.description").str.contains(FEE_SKU).fill_null(False) & (pl.col("x_kind") == "regular")
    dollars = pl.col("sku.description").str.contains("(?i)dollar").fill_null(False)
    # A fee that an offset reduces bills its unused part alone, so that billed and effective cost agree already.
    return rows.with_columns(
        x_purchase=fee_sku,
        x_fee=fee_sku & ~pl.col("x_offset") & ~pl.col("x_model"),
        x_spend=(pl.col("x_covered_by") == f"{COMMITTED}_DOLLAR_BASE").fill_null(fee_sku & dollars | pl.col("x_model")),
        x_billed=pl.col("cost") + pl.col("x_all_credits") - pl.col("x_promotion"),
        x_commitment=pl.when(fee_sku | pl.col("x_covered_by").is_not_null() | pl.col("x_model")).then(
            pl.coalesce(
                "subscription.instance_id",
                "x_credit_id",
                "x_credit_name",
                pl.when("x_model").then("consumption_model.id"),
            )
        ),
    )


def _credit(field: str) -> pl.Expr:
    return pl.element().struct.field(field)


def _credit_sum(which: pl.Expr) -> pl.Expr:
    amount = pl.when(which).then(_credit("amount").cast(MONEY))
    return pl.col("x_credits").list.eval(amount).list.sum().fill_null(0)


def _first_commitment(field: str) -> pl.Expr:
    found = _credit(field).filter(_credit("type").str.starts_with(COMMITTED))
    return pl.col("x_credits").list.eval(found).list.first()


def _region() -> pl.Expr:
    places = [pl.col(name).str.to_lowercase() for name in ("location.region", "location.location", "location.zone")]
    return pl.coalesce(*(place.str.extract(form) for place in places for form in (REGION, ZONE)))


def focus_columns() -> dict[str, pl.Expr]:
    """Every FOCUS column of a mapped row, over the columns of `costs` joined with its share of fees."""
    return _who() | _when() | _what() | _where() | _amounts() | _prices() | _commitment() | _kept()


def _who() -> dict[str, pl.Expr]:
    own = pl.col("transaction_type").fill_null("GOOGLE").str.to_uppercase() == "GOOGLE"
    seller = pl.when(own).then(pl.lit(PROVIDER)).otherwise(pl.col("seller_name").fill_null(PROVIDER))
    project = pl.col("project.id")
    return {
        "ProviderName": pl.lit(PROVIDER),
        "PublisherName": seller,
        "ServiceProviderName": pl.lit(PROVIDER),
        "HostProviderName": pl.lit(PROVIDER),
        "InvoiceIssuerName": pl.lit(PROVIDER),
        "BillingAccountId": pl.col("billing_account_id"),
        "BillingAccountType": pl.lit("Billing Account"),
        "BillingCurrency": pl.col("currency"),
        "SubAccountId": project,
        "SubAccountName": pl.when(project.is_not_null()).then(pl.coalesce("project.name", project)),
        "SubAccountType": pl.when(project.is_not_null()).then(pl.lit("Project")),
    }


def _when() -> dict[str, pl.Expr]:
    first = (pl.col("invoice.month") + "01").str.to_date("%Y%m%d", strict=False)
    return {
        "BillingPeriodStart": _pacific_midnight(first),
        "BillingPeriodEnd": _pacific_midnight(first.dt.offset_by("1mo")),
        "ChargePeriodStart": pl.col("usage_start_time"),
        "ChargePeriodEnd": pl.coalesce("usage_end_time", "usage_start_time"),
    }


def _pacific_midnight(day: pl.Expr) -> pl.Expr:
    return day.cast(pl.Datetime("us")).dt.replace_time_zone(PACIFIC).dt.convert_time_zone("UTC")


def _what() -> dict[str, pl.Expr]:
    kind, purchase = pl.col("x_kind"), pl.col("x_purchase")
    adjusted = pl.any_horizontal(pl.col(f"adjustment_info.{name}").is_not_null() for name in ("id", "mode", "type"))
    usage = ~kind.is_in(["tax", "adjustment", "rounding_error"])
    category = (
        pl.when(kind == "tax").then(pl.lit("Tax")).when(~usage).then(pl.lit("Adjustment"))
        .when(purchase).then(pl.lit("Purchase")).otherwise(pl.lit("Usage"))
    )  # fmt: skip
    committed = (pl.col("x_covered_by").is_not_null() | pl.col("x_model")) & ~purchase
    dynamic = pl.col("sku.description").str.contains(DYNAMIC_SKU).fill_null(False)
    subscribed = pl.col("subscription.instance_id").is_not_null() & ~committed
    service = pl.coalesce("service.description", "service.id", pl.lit("Unknown"))
    folded = service.str.to_lowercase()  # the product of a marketplace seller is in no list of ours: Other
    earlier = pl.col("x_usage_month") < pl.col("invoice.month")
    return {
        "ChargeCategory": category,
        "ChargeClass": pl.when(adjusted & earlier).then(pl.lit("Correction")),
        "ChargeFrequency": pl.when(~usage).then(pl.lit("One-Time")).when(purchase | subscribed)
        .then(pl.lit("Recurring")).otherwise(pl.lit("Usage-Based")),
        "ChargeDescription": pl.coalesce("adjustment_info.description", "sku.description", "service.description"),
        "PricingCategory": pl.when(kind == "tax").then(NO_TEXT).when(committed).then(pl.lit("Committed"))
        .when(dynamic & ~purchase).then(pl.lit("Dynamic")).otherwise(pl.lit("Standard")),
        "ServiceName": service,
        "ServiceCategory": looked_up(folded, _services("service_category"), "Other"),
        "ServiceSubcategory": looked_up(folded, _services("service_subcategory"), "Other (Other)"),
        "SkuId": pl.when(kind != "tax").then("sku.id"),
        "SkuMeter": pl.when((kind != "tax") & pl.col("sku.id").is_not_null()).then("sku.description"),
        # A row without a quantity, such as a grant, has no price that an id could name.
        "SkuPriceId": unless(
            pl.when((kind != "tax") & pl.col("usage.amount_in_pricing_units").is_not_null()).then(
                pl.concat_str("sku.id", pl.lit("/") + _plain("price.tier_start_amount"), ignore_nulls=True)
            ),
            "",
        ),
    }  # fmt: skip


def _where() -> dict[str, pl.Expr]:
    identity = pl.coalesce("resource.global_name", "resource.name")
    # //compute.googleapis.com/projects/1/zones/z/instances/2 -> compute.googleapis.com/instances
    form = r"^//([^/]+)/(?:.*/)?([^/]+)/[^/]+$"
    kind = pl.col("resource.global_name").str.replace(form, "${1}/${2}")
    formed = pl.col("resource.global_name").str.contains(form)
    return {
        "ResourceId": identity,
        "ResourceName": pl.when(pl.col("resource.name") != identity).then("resource.name"),
        "ResourceType": pl.when(formed).then(kind).when(identity.is_not_null()).then("service.description"),
        "RegionId": pl.col("x_region"),
        "RegionName": renamed(pl.col("x_region"), _regions()),
        "AvailabilityZone": pl.col("location.zone"),
        "Tags": pl.col("x_tags"),
    }


def _amounts() -> dict[str, pl.Expr]:
    billed = pl.col("x_billed")
    bare = pl.col("x_kind").is_in(["tax", "adjustment", "rounding_error"])
    return {
        "BilledCost": billed,
        "EffectiveCost": billed + pl.col("x_share").fill_null(0),
        "ContractedCost": pl.when(bare).then(billed).otherwise("cost"),
        "ListCost": pl.when(bare).then(billed).otherwise(pl.coalesce("cost_at_list", "cost")),
    }


def _prices() -> dict[str, pl.Expr]:
    tax, quantity = pl.col("x_kind") == "tax", pl.col("usage.amount_in_pricing_units")
    consumed = (pl.col("x_kind") == "regular") & ~pl.col("x_purchase") & pl.col("usage.amount").is_not_null()
    priced = ~tax & quantity.is_not_null()
    agreed = pl.col("price.effective_price")
    derived = _unit_price("cost")
    near = (derived - agreed).abs() <= agreed / 1_000_000
    return {
        "PricingQuantity": pl.when(priced).then(quantity),
        "PricingUnit": pl.when(priced).then(_unit("usage.pricing_unit").fill_null("Units")),
        "ConsumedQuantity": pl.when(consumed).then("usage.amount"),
        "ConsumedUnit": pl.when(consumed).then(_unit("usage.unit").fill_null("Units")),
        # The price that was agreed, unless it is not what the row was charged: tiers and rounding.
        "ContractedUnitPrice": pl.when(tax).then(NO_MONEY).when(near | derived.is_null() & (agreed >= 0)).then(agreed)
        .otherwise(derived),
        "ListUnitPrice": pl.when(~tax).then(pl.coalesce(_unit_price("cost_at_list"), derived)),
    }  # fmt: skip


def _unit_price(cost: str) -> pl.Expr:
    """Cost per pricing unit; null when it would be negative or the numbers are out of every proportion."""
    quantity = pl.col("usage.amount_in_pricing_units")
    fits = (quantity.abs() >= DIVISOR_MIN) & (pl.col(cost).abs() <= DIVIDEND_MAX)
    price = pl.when(fits).then(cost) / pl.when(fits).then(quantity)
    return pl.when(price >= 0).then(price).cast(MONEY)


def _unit(column: str) -> pl.Expr:
    """The normal spelling; a block such as "1000 count" keeps its own, because its quantity is in blocks."""

    def spell(texts: pl.Series) -> pl.Series:
        found = texts.drop_nulls().unique()
        normal = [unit if factor == 1 else text for text in found for unit, factor in (normal_unit(text),)]
        return texts.replace_strict(found, pl.Series(normal, dtype=pl.String), default=None, return_dtype=pl.String)

    return pl.col(column).map_batches(spell, return_dtype=pl.String, is_elementwise=True)


def _commitment() -> dict[str, pl.Expr]:
    identity = pl.col("x_commitment")
    known, purchase = identity.is_not_null(), pl.col("x_purchase")
    name = pl.coalesce("x_credit_name", pl.when("x_model").then("consumption_model.description"), "sku.description")
    bought = pl.when(purchase).then("usage.amount_in_pricing_units").otherwise("x_covered")
    measured = known & bought.is_not_null()
    return {
        "CommitmentDiscountId": identity,
        "CommitmentDiscountName": pl.when(known).then(name),
        "CommitmentDiscountType": pl.when(known).then(pl.lit("Committed Use Discount")),
        "CommitmentDiscountCategory": pl.when(known).then(
            pl.when("x_spend").then(pl.lit("Spend")).otherwise(pl.lit("Usage"))
        ),
        "CommitmentDiscountStatus": pl.when(known & ~purchase & (pl.col("x_kind") == "regular")).then(pl.lit("Used")),
        "CommitmentDiscountQuantity": pl.when(measured).then(bought),
        "CommitmentDiscountUnit": pl.when(measured).then(_unit("usage.pricing_unit").fill_null("Units")),
    }


def _kept() -> dict[str, pl.Expr]:
    return {
        "x_CostType": pl.col("cost_type"),
        "x_Credits": pl.col("credits"),
        "x_ExportTime": pl.col("export_time"),
        "x_InvoiceMonth": pl.col("invoice.month"),
        "x_ConsumptionModelId": pl.col("consumption_model.id"),
        "x_ServiceCode": pl.col("service.id"),
        "x_Native": pl.col("x_native"),
        "x_Generated": NO_TEXT,
    }


def promotions(mapped: pl.LazyFrame) -> pl.LazyFrame:
    """One Credit line per promotional credit (free trial, grant), beside the line whose credits held it."""
    amount = pl.col("x_promotions").struct.field("amount").cast(MONEY)
    granted = mapped.filter(pl.col("x_promotions").list.len() > 0).explode("x_promotions")
    name = pl.coalesce(*(pl.col("x_promotions").struct.field(field) for field in ("full_name", "name", "id")))
    return granted.filter(amount.is_not_null()).with_columns(
        pl.lit("Credit").alias("ChargeCategory"),
        pl.lit("One-Time").alias("ChargeFrequency"),
        pl.coalesce(name, "ChargeDescription").alias("ChargeDescription"),
        *(amount.alias(cost) for cost in ("BilledCost", "EffectiveCost", "ListCost", "ContractedCost")),
        *(NO_MONEY.alias(price) for price in ("ListUnitPrice", "ContractedUnitPrice")),
        *(NO_QUANTITY.alias(f"{what}Quantity") for what in ("Pricing", "Consumed", "CommitmentDiscount")),
        *(NO_TEXT.alias(f"{what}Unit") for what in ("Pricing", "Consumed", "CommitmentDiscount")),
        *(NO_TEXT.alias(f"CommitmentDiscount{what}") for what in ("Id", "Name", "Type", "Category", "Status")),
        *(NO_TEXT.alias(column) for column in ("PricingCategory", "SkuPriceId", "x_Credits")),
        pl.lit("promotion_credit").alias("x_Generated"),
    ).drop("x_promotions")  # fmt: skip


def native_facts(others: Sequence[str]) -> pl.Expr:
    """A JSON object of the facts that are present: columns not known by name, and those that FOCUS cannot hold."""
    names = sorted({*KEPT, *others} - set(NOT_FACTS))
    rate = _plain("currency_conversion_rate")
    facts = [rate if name == "currency_conversion_rate" else unless(pl.col(name), "[]").alias(name) for name in names]
    return pl.struct(facts).map_batches(_objects, return_dtype=pl.String, is_elementwise=True)


def _objects(rows: pl.Series) -> pl.Series:
    """Rows as JSON objects without their nulls; facts repeat, so each combination is written once."""
    frame = rows.struct.unnest()
    frame = frame.select(name for name in frame.columns if frame[name].null_count() < len(frame))
    if not frame.width:
        return pl.repeat(None, len(rows), dtype=pl.String, eager=True)
    found = frame.unique()
    # A quote inside a value is escaped, so that what this finds between quotes is a key.
    text = found.to_struct().struct.json_encode().str.replace_all(r'"[^"\\]*":null,?', "").str.replace(r",\}$", "}")
    return frame.join(
        found.with_columns(text.replace("{}", None).alias(" ")),
        on=frame.columns,
        how="left",
        nulls_equal=True,
        maintain_order="left",
    )[" "]


def _plain(column: str) -> pl.Expr:
    """A decimal as text without trailing zeros, so that every file type gives the same text."""
    return pl.col(column).cast(pl.String).str.replace(r"\.?0+$", "")


@cache
def _table(name: str) -> tuple[Mapping[str, str], ...]:
    text = resources.files("collectors.formats").joinpath("data", name).read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))


def _services(column: str) -> dict[str, str]:
    return {row["service"].lower(): row[column] for row in _table("gcp_services.csv")}


def _regions() -> dict[str, str]:
    return {row["region"]: row["name"] for row in _table("gcp_regions.csv")}
