"""Who, where, when and what of an AWS line: everything but its amounts."""

from __future__ import annotations

from typing import Final

import polars as pl

from collectors.formats.aws_costs import flexible, frequency, pricing_category
from collectors.formats.aws_maps import json_object
from warehouse.focus import QUANTITY

SELLER: Final = "AWS"
ISSUER: Final = "Amazon Web Services, Inc."
MARKETPLACE: Final = "AWS Marketplace"

_REGION_CODE: Final = r"^[a-z]{2}(?:-[a-z]+)+-\d+$"  # a zone ends in a letter
# arn:partition:service:region:account:type/id or :type:id; a bucket's ARN has no type.
_ARN_TYPE: Final = r"^arn:[^:]*:[^:]*:[^:]*:[^:]*:([A-Za-z][A-Za-z0-9-]*)[/:]"
_BUCKET_ARN: Final = "arn:aws:s3:::"
_IDLE_CAPACITY: Final = r"Unused(?:Box|Ded)"
_OF_A_COMMITMENT: Final = ("refund", "credit", "discount")

_KIND = pl.col("kind")
_PLAN = pl.col("savings_plan_savings_plan_a_r_n")
_RESERVATION = pl.col("reservation_reservation_a_r_n")
_USAGE_TYPE = pl.col("line_item_usage_type")
_FROM_MARKETPLACE = (pl.col("bill_billing_entity") == MARKETPLACE).fill_null(False)


def service() -> pl.Expr:
    """ServiceName as sold."""
    # A row of data transfer names AWS Data Transfer as its servicename and the service it belongs to as its product.
    own = pl.col("product_servicecode").is_null() | (pl.col("product_servicecode") == pl.col("line_item_product_code"))
    return pl.coalesce(
        "product_product_name",
        pl.when(own).then("product_servicename"),
        "line_item_product_code",
        "bill_billing_entity",
        pl.lit(SELLER),
    )


def billing() -> list[pl.Expr]:
    """Payer and billing period: what a row shares with every row of its bill."""
    payer = pl.col("bill_payer_account_id")
    return [
        payer.alias("BillingAccountId"),
        pl.col("bill_payer_account_name").alias("BillingAccountName"),
        pl.when(payer.is_not_null()).then(pl.lit("Management")).alias("BillingAccountType"),
        pl.col("line_item_currency_code").alias("BillingCurrency"),
        pl.col("bill_billing_period_start_date").alias("BillingPeriodStart"),
        pl.col("bill_billing_period_end_date").alias("BillingPeriodEnd"),
    ]


def parties() -> list[pl.Expr]:
    """Who uses, who sells, who invoices."""
    account, legal = pl.col("line_item_usage_account_id"), pl.col("line_item_legal_entity")
    issuer = pl.coalesce("bill_invoicing_entity", legal, pl.lit(ISSUER))
    seller = pl.when(_FROM_MARKETPLACE).then(pl.coalesce(legal, pl.lit(MARKETPLACE))).otherwise(pl.lit(SELLER))
    return [
        account.alias("SubAccountId"),
        pl.col("line_item_usage_account_name").alias("SubAccountName"),
        pl.when(account.is_not_null()).then(pl.lit("Member")).alias("SubAccountType"),
        pl.col("bill_invoice_id").alias("InvoiceId"),
        issuer.alias("InvoiceIssuerName"),
        pl.lit(SELLER).alias("ProviderName"),
        pl.coalesce(legal, issuer).alias("PublisherName"),
        seller.alias("ServiceProviderName"),
        pl.when(~_FROM_MARKETPLACE).then(pl.lit(SELLER)).alias("HostProviderName"),
    ]


def charge() -> list[pl.Expr]:
    """What kind of charge, and when. Expects ChargeCategory."""
    corrects = (_KIND == "refund") & (pl.col("bill_bill_type") == "Refund")
    not_tax = pl.col("ChargeCategory") != "Tax"
    sku = pl.coalesce("product_sku", pl.col("pricing_rate_code").str.extract(r"^([^.]+)\."))
    details = json_object(
        {
            "InstanceType": pl.col("product_instance_type"),
            "OperatingSystem": pl.col("product_operating_system"),
            "StorageClass": pl.col("product_storage_class"),
        }
    )
    return [
        pl.col("line_item_usage_start_date").alias("ChargePeriodStart"),
        pl.col("line_item_usage_end_date").alias("ChargePeriodEnd"),
        pl.when(corrects).then(pl.lit("Correction")).alias("ChargeClass"),
        pl.coalesce("line_item_line_item_description", _USAGE_TYPE, "line_item_line_item_type").alias(
            "ChargeDescription"
        ),
        frequency().alias("ChargeFrequency"),
        pricing_category().alias("PricingCategory"),
        pl.when(not_tax).then(sku).alias("SkuId"),
        pl.when(not_tax).then("pricing_rate_code").alias("SkuPriceId"),
        pl.when(not_tax & sku.is_not_null()).then(pl.coalesce(_USAGE_TYPE, "product_product_family")).alias("SkuMeter"),
        pl.when(not_tax & pl.col("pricing_rate_code").is_not_null()).then(details).alias("SkuPriceDetails"),
    ]


def commitment() -> list[pl.Expr]:
    """Which commitment a row buys, uses or refers to, and how much of it. Expects EffectiveCost and `quantity`."""
    either = _KIND.is_in(_OF_A_COMMITMENT)
    plan = pl.when(_KIND.str.starts_with("sp_") | either).then(_PLAN)
    reservation = pl.when(_KIND.str.starts_with("ri_") | (either & _PLAN.is_null())).then(_RESERVATION)

    def by_commitment(of_plan: str, of_reservation: str) -> pl.Expr:
        return (
            pl.when(plan.is_not_null())
            .then(pl.lit(of_plan))
            .when(reservation.is_not_null())
            .then(pl.lit(of_reservation))
        )

    money = (
        pl.when(_KIND == "sp_covered")
        .then("EffectiveCost")
        .when(_KIND == "sp_fee")
        .then(pl.coalesce("savings_plan_total_commitment_to_date", "BilledCost"))
        .when(_KIND == "sp_upfront")
        .then("BilledCost")
    )
    hours = pl.when(flexible()).then("line_item_normalized_usage_amount").otherwise("quantity")
    reserved = _KIND.is_in(["ri_covered", "ri_fee", "ri_upfront"]) & reservation.is_not_null()
    quantity = pl.when(plan.is_not_null()).then(money.cast(QUANTITY)).when(reserved).then(hours)
    unit = (
        pl.when(plan.is_not_null())
        .then("line_item_currency_code")
        .when(flexible())
        .then(pl.lit("Normalized Hours"))
        .otherwise("unit")
    )
    covered = _KIND.is_in(["sp_covered", "ri_covered"]) & pl.coalesce(plan, reservation).is_not_null()
    return [
        pl.coalesce(plan, reservation).alias("CommitmentDiscountId"),
        by_commitment("Spend", "Usage").alias("CommitmentDiscountCategory"),
        by_commitment("Savings Plan", "Reserved Instance").alias("CommitmentDiscountType"),
        pl.when(covered).then(pl.lit("Used")).alias("CommitmentDiscountStatus"),
        quantity.alias("CommitmentDiscountQuantity"),
        pl.when(quantity.is_not_null()).then(unit).alias("CommitmentDiscountUnit"),
    ]


def place() -> list[pl.Expr]:
    """Region, zone, resource, capacity reservation. Expects ChargeCategory."""
    region = pl.coalesce("product_region_code", "product_region")
    zone = pl.col("line_item_availability_zone")
    resource = pl.col("line_item_resource_id")
    kind_of_resource = (
        pl.when(resource.str.starts_with(_BUCKET_ARN))
        .then(pl.lit("bucket"))
        .otherwise(
            pl.coalesce(resource.str.extract(_ARN_TYPE), "product_product_family", "line_item_product_code", service())
        )
    )
    reserved = pl.coalesce(
        "capacity_reservation_capacity_reservation_arn",
        pl.when(resource.str.contains(":capacity-reservation/", literal=True)).then(resource),
    )
    stated = pl.col("capacity_reservation_capacity_reservation_status").str.to_lowercase()
    idle = (stated == "unused").fill_null(False) | _USAGE_TYPE.str.contains(_IDLE_CAPACITY).fill_null(False)
    return [
        region.alias("RegionId"),
        pl.when(region.is_not_null()).then(pl.coalesce("product_location", region)).alias("RegionName"),
        pl.when(~zone.str.contains(_REGION_CODE)).then(zone).alias("AvailabilityZone"),
        resource.alias("ResourceId"),
        pl.when(resource.is_not_null()).then(kind_of_resource).alias("ResourceType"),
        reserved.alias("CapacityReservationId"),
        pl.when(reserved.is_not_null() & (pl.col("ChargeCategory") == "Usage"))
        .then(pl.when(idle).then(pl.lit("Unused")).otherwise(pl.lit("Used")))
        .alias("CapacityReservationStatus"),
    ]


def facts() -> list[pl.Expr]:
    """Tags and native facts."""
    gross = pl.when(pl.col("is_net")).then("line_item_unblended_cost").cast(pl.String)
    native = {
        "billing_entity": pl.col("bill_billing_entity"),
        "pricing_term": pl.col("pricing_term"),
        "purchase_option": pl.col("pricing_purchase_option"),
        "reservation_subscription_id": pl.col("reservation_subscription_id"),
        "savings_plan_offering_type": pl.col("savings_plan_offering_type"),
        "unblended_cost": gross.str.strip_chars_end("0").str.strip_suffix("."),
    }
    return [
        pl.col("tags").alias("Tags"),
        pl.col("cost_categories").alias("x_CostCategories"),
        pl.col("discounts").alias("x_Discounts"),
        pl.col("line_item_line_item_type").alias("x_LineItemType"),
        _USAGE_TYPE.alias("x_UsageType"),
        pl.col("line_item_operation").alias("x_Operation"),
        pl.col("bill_bill_type").alias("x_BillType"),
        pl.col("line_item_tax_type").alias("x_TaxType"),
        pl.col("line_item_product_code").alias("x_ServiceCode"),
        json_object(native).alias("x_Native"),
    ]
