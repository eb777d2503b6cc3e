"""One row of a cost export to one FOCUS line, by the charge type and pricing model it carries.

An amortized export states what usage cost with its share of commitments, an actual export what was invoiced. Both have
the same columns; which amounts a row of which export gives is decided in `azure_datasets`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats import azure_json, azure_prices
from collectors.formats.azure_tables import UNNAMED, Service, own_columns, region, unit
from collectors.formats.lookup import unless
from warehouse.focus import MONEY, QUANTITY, TIME

AMOUNTS: Final = ("Cost", "PricingCurrencyCost", "ExchangeRate", "Quantity", "UnitPrice", "EffectivePrice")
AMOUNT_COLUMNS: Final = (*AMOUNTS, "PayGPrice", "PayGCost")
TIME_COLUMNS: Final = ("Date", "BillingPeriodStart", "BillingPeriodEnd")
KEPT_AS_WRITTEN: Final = frozenset({"Tags", "AdditionalInfo"})
PLACEHOLDERS: Final = ("", "-2", "unassigned", "none", "null", "00000000-0000-0000-0000-000000000000")
NATIVE: Final = (
    *("AccountName", "BillingProfileName", "CustomerName", "CustomerTenantId", "EffectivePrice", "ExchangeRate"),
    *("InvoiceSectionId", "MeterCategory", "MeterId", "MeterRegion", "MeterSubCategory", "OfferId", "PayGPrice"),
    *("PlanName", "PricingModel", "ProductOrderId", "ProductOrderName", "PublisherType", "Quantity", "ResellerName"),
    *("ServiceFamily", "ServiceInfo1", "ServiceInfo2", "Term", "UnitOfMeasure", "UnitPrice"),
)
"""Facts FOCUS has no column for, kept in x_Native under the names of the export."""
PASSED_ON: Final = (
    *("ContractedUnitPrice", "ListUnitPrice", "PricingQuantity", "PricingUnit", "ConsumedQuantity", "ConsumedUnit"),
    "x_PriceKnown",
)
ISSUER: Final = "Microsoft"
DAY: Final = "1d"


def canonical(frame: pl.LazyFrame, settings: Mapping[str, str]) -> pl.LazyFrame:
    """Every own column, absent ones as nulls, placeholders as nulls; then account, month and kind of each row."""
    present = frame.collect_schema()
    partner = "ExchangeRate" in present or "PricingCurrency" in present  # the Microsoft Customer Agreement family

    def read(name: str) -> pl.Expr:
        if name not in present:
            dtype = MONEY if name in AMOUNT_COLUMNS else TIME if name in TIME_COLUMNS else pl.String()
            return pl.lit(None, dtype=dtype).alias(name)
        if name in AMOUNT_COLUMNS or name in TIME_COLUMNS:
            return pl.col(name)
        text = pl.col(name).cast(pl.String).str.strip_chars()
        if name in KEPT_AS_WRITTEN:
            return unless(text, "").alias(name)
        return pl.when(~text.str.to_lowercase().is_in(PLACEHOLDERS)).then(text).alias(name)

    accounts = ("BillingProfileId", "BillingAccountId") if partner else ("BillingAccountId", "BillingProfileId")
    kinds = {"BillingProfileId": "Billing Profile", "BillingAccountId": "Billing Account"}
    kinds |= {"CustomerTenantId": "Customer Tenant", "SubscriptionId": "Subscription"}
    chain = (*accounts, "CustomerTenantId", "SubscriptionId")
    start = pl.coalesce("BillingPeriodStart", pl.col("Date").dt.truncate("1mo"))
    return (
        frame.select(*map(read, own_columns()), "x_SourceFile", "x_SourceRow")
        .with_columns(
            account=pl.coalesce(*chain, pl.lit(settings.get("billing_account"), dtype=pl.String)),
            account_type=pl.coalesce(
                *(pl.when(pl.col(name).is_not_null()).then(pl.lit(kinds[name])) for name in chain),
                pl.lit("Billing Account"),
            ),
            currency=pl.coalesce("Currency", pl.lit(settings.get("currency"), dtype=pl.String)).str.to_uppercase(),
            period_start=start,
            period_end=pl.coalesce(pl.col("BillingPeriodEnd").dt.offset_by("1d"), start.dt.offset_by("1mo")),
        )
        .with_columns(**_kind_of_row(), resource_type=_resource_type())
    )


def _kind_of_row() -> dict[str, pl.Expr]:
    """type, unused, covered (usage that a commitment paid for), covering (the purchase that pays for other rows)."""
    squeezed = {name: pl.col(name).str.to_lowercase().str.replace_all(r"[\s_]", "") for name in _KINDS}
    kind = squeezed["ChargeType"].fill_null("usage")
    model = squeezed["PricingModel"]
    benefit = pl.coalesce("BenefitId", "ReservationId")
    unused = kind.is_in(["unusedreservation", "unusedsavingsplan"])
    # Exports from before the PricingModel column name the reservation only.
    plan = model.is_in(["reservation", "savingsplan"]) | (model.is_null() & benefit.is_not_null())
    committed = plan.fill_null(False)
    return {
        "type": kind,
        "model": model,
        "unused": unused,
        "covered": unused | ((kind == "usage") & committed),
        "covering": kind.is_in(["purchase", "refund"]) & committed,
        "benefit": pl.coalesce(benefit, "ProductOrderId").str.to_lowercase(),
        "frequency": squeezed["Frequency"].str.replace_all("-", "", literal=True),
    }


_KINDS: Final = ("ChargeType", "PricingModel", "Frequency")


def _resource_type() -> pl.Expr:
    return pl.coalesce(azure_json.distinct("ResourceId", resource_type), pl.col("ResourceType").str.to_lowercase())


def resource_type(path: str) -> str | None:
    """`microsoft.sql/servers/databases` of a resource path: the namespace and every second segment behind it."""
    _, found, own = path.lower().rstrip("/").rpartition("/providers/")
    namespace, *segments = own.split("/")
    return "/".join([namespace, *segments[::2]]) if found else None


def service_key() -> pl.Expr:
    """What decides the service of a row, as one text; `azure_datasets` looks the distinct ones up."""
    parts = ("ConsumedService", "resource_type", "MeterCategory", "Product", "PublisherName")
    return pl.concat_str([pl.col(name).fill_null("") for name in parts], separator="\x1f")


def focus_lines(
    rows: pl.LazyFrame, services: Mapping[str, Service], words: Mapping[str, Sequence[str]]
) -> pl.LazyFrame:
    """FOCUS lines of canonical `rows`, which carry `billed` and `effective` already.

    `services` by service_key, `words` the distinct texts of UnitOfMeasure and ResourceLocation.
    """
    described = rows.with_columns(
        category=_category(),
        block=_looked_up("UnitOfMeasure", words, lambda text: format(unit(text)[1], "f")).cast(MONEY).fill_null(1),
        unit=_looked_up("UnitOfMeasure", words, lambda text: unit(text)[0] or "Units").fill_null("Units"),
        service=_replaced(service_key(), {key: found.name for key, found in services.items()}).fill_null(UNNAMED),
    )
    counted = azure_prices.with_costs(described).with_columns(**azure_prices.quantities())
    priced = counted.with_columns(**azure_prices.unit_prices()).with_columns(
        azure_prices.none_negative("ContractedUnitPrice"), azure_prices.none_negative("ListUnitPrice")
    )
    by_name = {found.name: found for found in services.values()}
    return priced.select(
        **_who(),
        **_when_and_what(),
        **_commitment(),
        **_resource(words),
        **_sku(),
        **_native(),
        BilledCost="billed",
        EffectiveCost="effective",
        PricingCurrencyEffectiveCost=_in_pricing_currency(),
        ContractedCost="contracted",
        ListCost="list",
        **{name: name for name in PASSED_ON},
        ServiceName="service",
        ServiceCategory=_replaced(pl.col("service"), {name: one.category for name, one in by_name.items()}),
        ServiceSubcategory=_replaced(pl.col("service"), {name: one.subcategory for name, one in by_name.items()}),
        x_Generated=pl.lit(None, dtype=pl.String),
        x_SourceFile="x_SourceFile",
        x_SourceRow="x_SourceRow",
    )


def _category() -> pl.Expr:
    kind = pl.col("type")
    return (
        pl.when((kind == "usage") | pl.col("unused"))
        .then(pl.lit("Usage"))
        .when(kind.is_in(["purchase", "refund"]))
        .then(pl.lit("Purchase"))
        .when(kind.is_in(["tax", "credit"]))
        .then(kind.str.to_titlecase())
        .otherwise(pl.lit("Adjustment"))
    )


def _who() -> dict[str, pl.Expr]:
    # "Azure", "Microsoft" and "Microsoft Corporation" sell their own; a marketplace row names its seller.
    foreign = ~pl.col("PublisherType").str.to_lowercase().is_in(["azure", "microsoft"])
    seller = pl.when(foreign).then(pl.col("PublisherName")).fill_null(ISSUER)
    return {
        "BillingAccountId": pl.col("account"),
        "BillingAccountName": pl.coalesce(
            pl.when(pl.col("account_type") == "Billing Profile").then(pl.col("BillingProfileName")),
            "BillingAccountName",
        ),
        "BillingAccountType": pl.col("account_type"),
        "SubAccountId": pl.col("SubscriptionId").str.to_lowercase(),
        "SubAccountName": pl.when(pl.col("SubscriptionId").is_not_null()).then(pl.col("SubscriptionName")),
        "SubAccountType": pl.when(pl.col("SubscriptionId").is_not_null()).then(pl.lit("Subscription")),
        "InvoiceId": pl.col("InvoiceId"),
        "InvoiceIssuerName": pl.col("PartnerName").fill_null(ISSUER),
        "ProviderName": pl.lit(ISSUER),
        "PublisherName": seller,
        "ServiceProviderName": seller,
        "HostProviderName": pl.lit(ISSUER),
    }


def _when_and_what() -> dict[str, pl.Expr]:
    category, day = pl.col("category"), pl.col("Date").dt.truncate(DAY)
    frequency = _replaced(
        pl.col("frequency"), {"onetime": "One-Time", "recurring": "Recurring", "usagebased": "Usage-Based"}
    ).fill_null(pl.when(category == "Usage").then(pl.lit("Usage-Based")).otherwise(pl.lit("One-Time")))
    dynamic = pl.when(pl.col("model") == "spot").then(pl.lit("Dynamic")).otherwise(pl.lit("Standard"))
    return {
        "BillingPeriodStart": pl.col("period_start"),
        "BillingPeriodEnd": pl.col("period_end"),
        "ChargePeriodStart": day,
        "ChargePeriodEnd": day.dt.offset_by(DAY),
        "BillingCurrency": pl.col("currency"),
        "PricingCurrency": pl.coalesce("PricingCurrency", "currency").str.to_uppercase(),
        "ChargeCategory": category,
        "ChargeClass": pl.when(pl.col("type") == "refund").then(pl.lit("Correction")),
        # A purchase happens once or each month, whatever the row says.
        "ChargeFrequency": pl.when((category == "Purchase") & (frequency == "Usage-Based"))
        .then(pl.lit("One-Time"))
        .otherwise(frequency),
        "ChargeDescription": pl.coalesce("Product", pl.concat_str("MeterCategory", "MeterName", separator=" - ")),
        "PricingCategory": pl.when(category == "Usage")
        .then(pl.when(pl.col("covered")).then(pl.lit("Committed")).otherwise(dynamic))
        .when(category == "Purchase")
        .then(pl.lit("Standard")),
    }


def _commitment() -> dict[str, pl.Expr]:
    identity = pl.when(pl.col("covered") | pl.col("covering")).then(pl.col("benefit"))
    named_spend = identity.str.contains("/microsoft.billingbenefits/", literal=True)
    named_usage = identity.str.contains("/microsoft.capacity/", literal=True)
    by_row = (pl.col("model") == "savingsplan").fill_null(False) | (pl.col("type") == "unusedsavingsplan")
    spend = named_spend | (by_row & ~named_usage)  # null where no commitment is named
    ratio = pl.col("AdditionalInfo").str.extract(r'"RINormalizationRatio"\s*:\s*"?([0-9]{1,6}(?:\.[0-9]{1,12})?)', 1)
    bought = pl.col("exact_quantity") * ratio.cast(MONEY).fill_null(1)
    spent = pl.coalesce("PricingCurrencyCost", pl.col("Cost") / azure_prices.rate)
    amount = pl.when(spend).then(spent).when(~spend).then(bought).round(9).cast(QUANTITY)
    hours = pl.when(ratio.is_not_null() & (pl.col("unit") == "Hours")).then(pl.lit("Normalized Hours"))
    measured = pl.when(~spend).then(hours.fill_null(pl.col("unit")))
    return {
        "CommitmentDiscountId": identity,
        "CommitmentDiscountName": pl.when(identity.is_not_null()).then(
            pl.coalesce("BenefitName", "ReservationName", "ProductOrderName")
        ),
        "CommitmentDiscountCategory": pl.when(spend).then(pl.lit("Spend")).when(~spend).then(pl.lit("Usage")),
        "CommitmentDiscountType": pl.when(spend).then(pl.lit("Savings Plan")).when(~spend).then(pl.lit("Reservation")),
        "CommitmentDiscountStatus": pl.when(identity.is_not_null() & pl.col("covered")).then(
            pl.when(pl.col("unused")).then(pl.lit("Unused")).otherwise(pl.lit("Used"))
        ),
        "CommitmentDiscountQuantity": amount,
        "CommitmentDiscountUnit": pl.when(amount.is_not_null()).then(
            measured.fill_null(pl.coalesce("PricingCurrency", "currency"))
        ),
    }


def _resource(words: Mapping[str, Sequence[str]]) -> dict[str, pl.Expr]:
    identity = pl.col("ResourceId").str.to_lowercase()
    kind = pl.coalesce("resource_type", pl.col("ConsumedService").str.to_lowercase(), pl.lit("resource"))
    reserved = r'"VMCapacityReservationId"\s*:\s*"([^"]+)"'
    is_reservation = pl.col("resource_type").str.starts_with("microsoft.compute/capacityreservationgroups")
    itself = pl.when(is_reservation).then(identity)
    capacity = pl.coalesce(pl.col("AdditionalInfo").str.extract(reserved, 1).str.to_lowercase(), itself)
    status = pl.when(is_reservation.fill_null(False)).then(pl.lit("Unused")).otherwise(pl.lit("Used"))
    return {
        "RegionId": _looked_up("ResourceLocation", words, lambda text: region(text)[0]),
        "RegionName": _looked_up("ResourceLocation", words, lambda text: region(text)[1]),
        "AvailabilityZone": pl.col("AvailabilityZone"),
        "ResourceId": identity,
        # Lower case like the id: the export does not keep to one spelling, and a resource has one name.
        "ResourceName": identity.str.extract(r"/([^/]+)/*$", 1),
        "ResourceType": pl.when(identity.is_not_null()).then(kind),
        "CapacityReservationId": capacity,
        "CapacityReservationStatus": pl.when(capacity.is_not_null() & (pl.col("category") == "Usage")).then(status),
        "Tags": azure_json.tags("Tags"),
    }


def _in_pricing_currency() -> pl.Expr:
    """Null where the export states no cost in its pricing currency; then it is the billing currency's."""
    nothing = pl.lit(0).cast(MONEY)
    return pl.when(pl.col("PricingCurrencyCost").is_not_null()).then(
        pl.when(pl.col("effective") == 0).then(nothing).otherwise("PricingCurrencyCost")
    )


def _sku() -> dict[str, pl.Expr]:
    sku = pl.coalesce("ProductId", "PartNumber", "MeterId", "ProductOrderId", "Product")
    parts = [pl.col(name).fill_null("") for name in ("MeterId", "OfferId", "Term", "PricingModel")]
    taxed = pl.col("category") == "Tax"
    priced = ~taxed & pl.col("ContractedUnitPrice").is_not_null() & pl.col("ListUnitPrice").is_not_null()
    return {
        "SkuId": pl.when(~taxed).then(sku),
        # No native id of a price exists. The SKU leads, so that a price belongs to one SKU.
        "SkuPriceId": pl.when(priced & sku.is_not_null()).then(pl.concat_str(sku, *parts, separator="_")),
        "SkuMeter": pl.when(~taxed & sku.is_not_null()).then(pl.col("MeterName")),
    }


def _native() -> dict[str, pl.Expr]:
    facts = pl.struct(
        [
            pl.col(name).cast(pl.String).str.strip_chars_end("0").str.strip_chars_end(".")
            if name in AMOUNT_COLUMNS
            else pl.col(name)
            for name in NATIVE
        ]
    ).struct.json_encode()
    # Longer first: of two patterns that begin at one place the first listed is taken.
    empty = [f'"{name}":null{comma}' for comma in (",", "") for name in NATIVE]
    without_nulls = facts.str.replace_many(empty, [""], leftmost=True).str.replace(r",\}$", "}")
    return {
        "x_LineItemType": pl.col("ChargeType"),
        "x_UsageType": unless(
            pl.concat_str("MeterCategory", "MeterSubCategory", separator=" / ", ignore_nulls=True), ""
        ),
        "x_ServiceCode": pl.col("ConsumedService"),
        "x_AdditionalInfo": azure_json.info("AdditionalInfo"),
        "x_CostCenter": pl.col("CostCenter"),
        "x_InvoiceSection": pl.col("InvoiceSection"),
        "x_ResourceGroup": pl.col("ResourceGroup").str.to_lowercase(),
        "x_CostAllocationRuleName": pl.col("CostAllocationRuleName"),
        "x_Native": unless(without_nulls, "{}"),
    }


def _replaced(text: pl.Expr, table: Mapping[str, str]) -> pl.Expr:
    old = pl.Series(list(table.keys()), dtype=pl.String)
    return text.replace_strict(old, pl.Series(list(table.values()), dtype=pl.String), default=None)


def _looked_up(column: str, words: Mapping[str, Sequence[str]], find: Callable[[str], str]) -> pl.Expr:
    return _replaced(pl.col(column), {text: find(text) for text in words[column]})
