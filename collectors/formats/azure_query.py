"""Answers of Azure's Cost Management query, as landed: one JSON line a row, with the question beside it.

{"query": {"type": "ActualCost", "scope": …, "account": …, "account_type": …, "charge_type": "Usage"},
 "row": {"Cost": 1.25, "UsageDate": 20260914, "SubscriptionId": …, "ServiceName": …, "Currency": "EUR"}}

Actual totals are what is invoiced, amortized totals what was used: of one day, subscription, service and charge type
they are one line. Summary grade: no resource, price or quantity; FOCUS price rules cannot hold for such lines.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

import polars as pl

from collectors.formats.azure_tables import UNNAMED, service
from collectors.formats.contract import FormatError, Kind, Money, Normalised, RawFile, Time
from collectors.formats.left_to_others import REASON, counted_elsewhere
from warehouse.focus import MONEY, period_label_expr

NAME = "azure-query"
LABEL = "Azure Cost Management query (summary)"
VERSION = 1
EXPECTED: tuple[str, ...] = ("query.type", "query.scope", "query.account", "query.charge_type", "row.UsageDate")

ACTUAL: Final = "ActualCost"
AMORTIZED: Final = "AmortizedCost"
_OPTIONAL: Final = ("row.SubscriptionId", "row.ServiceName", "query.account_type")
_NEEDED: Final = (*EXPECTED, "row.Cost", "row.Currency")
_KEY: Final = ("account", "account_type", "scope", "charge_type", "day", "sub_account", "service", "currency")
_ISSUER: Final = "Microsoft"
_USAGE: Final = ("usage", "unusedreservation", "unusedsavingsplan")
_FOLDED: Final = "amortized total of a line that has an actual total"


def recognise(columns: Sequence[str]) -> dict[str, str] | None:
    return {column: column for column in columns} if set(_NEEDED) <= set(columns) else None


def kinds(names: Sequence[str]) -> dict[str, Kind]:
    return {"row.Cost": Money(), "row.UsageDate": Time("%Y%m%d")}


def normalise(files: Sequence[RawFile], settings: Mapping[str, str]) -> Normalised:
    rows = pl.concat([_read(file) for file in files]).collect()
    _check(rows, files)
    everything = len(rows)
    rows = rows.filter(~counted_elsewhere(settings, "account", "sub_account"))
    elsewhere = everything - len(rows)
    actual = rows.filter(pl.col("type") == ACTUAL).drop("type")
    amortized = rows.filter(pl.col("type") == AMORTIZED).drop("type")
    paired = actual.join(amortized, on=_KEY, how="full", coalesce=True, nulls_equal=True, suffix="_amortized")
    folded = len(rows) - len(paired)
    counts = [("folded", _FOLDED, folded), ("skipped", REASON, elsewhere)]
    left_out = pl.LazyFrame(
        [one for one in counts if one[2]],
        schema={"kind": pl.String, "reason": pl.String, "rows": pl.Int64},
        orient="row",
    )
    control = actual.lazy().group_by(
        BillingAccountId="account", BillingCurrency="currency", period=period_label_expr("day")
    ).agg(BilledCost=pl.col("cost").sum())  # fmt: skip
    return Normalised(_lines(paired).lazy(), left_out, control, tuple(_warnings(rows)))


def _read(file: RawFile) -> pl.LazyFrame:
    present = file.frame.collect_schema().names()
    absent = {name: pl.lit(None, dtype=pl.String) for name in _OPTIONAL if name not in present}
    return file.frame.with_columns(**absent).select(
        "x_SourceFile",
        "x_SourceRow",
        type="query.type",
        account="query.account",
        account_type=pl.col("query.account_type").fill_null("Billing Account"),
        scope="query.scope",
        charge_type="query.charge_type",
        day="row.UsageDate",
        sub_account=pl.col("row.SubscriptionId").str.to_lowercase(),
        service="row.ServiceName",
        currency=pl.col("row.Currency").str.to_uppercase(),
        cost="row.Cost",
    )


def _check(rows: pl.DataFrame, files: Sequence[RawFile]) -> None:
    """A row without amount, day or currency, and one total answered twice: pages that overlap count money double."""
    names = {file.digest: file.name for file in files}
    faults = {
        "the row has no amount, day, currency or account.": pl.any_horizontal(
            pl.col("cost", "day", "currency", "account").is_null()
        ),
        "the row is of no known type of cost.": ~pl.col("type").is_in([ACTUAL, AMORTIZED]),
        "the same total was answered twice.": pl.struct("type", *_KEY).is_duplicated(),
    }
    for message, wrong in faults.items():
        for found in rows.filter(wrong).head(1).iter_rows(named=True):
            name, row = names.get(found["x_SourceFile"]), found["x_SourceRow"]
            raise FormatError(message, file=name, row=row, next_step="Ask for the month again.")


def _lines(paired: pl.DataFrame) -> pl.DataFrame:
    nothing = pl.lit(0).cast(MONEY)
    billed, effective = pl.col("cost").fill_null(nothing), pl.col("cost_amortized").fill_null(nothing)
    kind = pl.col("charge_type").str.to_lowercase()
    category = (
        pl.when(kind.is_in(_USAGE)).then(pl.lit("Usage"))
        .when(kind.is_in(["purchase", "refund"])).then(pl.lit("Purchase"))
        .when(kind.is_in(["tax", "credit"])).then(kind.str.to_titlecase())
        .otherwise(pl.lit("Adjustment"))
    )  # fmt: skip
    # What usage would have cost is not told; the nearest known figure stands in, and x_PriceKnown says so.
    usual = pl.when(category == "Usage").then(effective).otherwise(billed)
    services = {name: service("", "", [name]) for name in paired["service"].drop_nulls().unique()}

    def looked_up(fact: str, missing: str) -> pl.Expr:
        table = {name: getattr(found, fact) for name, found in services.items()}
        return pl.col("service").replace_strict(table, default=missing, return_dtype=pl.String)

    unnamed = service("", "", [UNNAMED])
    texts = {"ProviderName", "PublisherName", "ServiceProviderName", "HostProviderName", "InvoiceIssuerName"}
    month = pl.col("day").dt.truncate("1mo")
    return paired.select(
        **{name: pl.lit(_ISSUER) for name in sorted(texts)},
        BillingAccountId="account",
        BillingAccountType="account_type",
        SubAccountId="sub_account",
        SubAccountType=pl.when(pl.col("sub_account").is_not_null()).then(pl.lit("Subscription")),
        BillingPeriodStart=month,
        BillingPeriodEnd=month.dt.offset_by("1mo"),
        ChargePeriodStart="day",
        ChargePeriodEnd=pl.col("day").dt.offset_by("1d"),
        BillingCurrency="currency",
        PricingCurrency="currency",
        BilledCost=billed,
        EffectiveCost=effective,
        ListCost=usual,
        ContractedCost=usual,
        ChargeCategory=category,
        ChargeClass=pl.when(kind == "refund").then(pl.lit("Correction")),
        ChargeFrequency=pl.when(category == "Usage").then(pl.lit("Usage-Based")).otherwise(pl.lit("One-Time")),
        ServiceName=looked_up("name", unnamed.name),
        ServiceCategory=looked_up("category", unnamed.category),
        ServiceSubcategory=looked_up("subcategory", unnamed.subcategory),
        x_LineItemType="charge_type",
        x_PriceKnown=pl.lit("false"),
        x_Generated=pl.lit(None, dtype=pl.String),
        x_SourceFile=pl.coalesce("x_SourceFile", "x_SourceFile_amortized"),
        x_SourceRow=pl.coalesce("x_SourceRow", "x_SourceRow_amortized"),
    )


def _warnings(rows: pl.DataFrame) -> list[str]:
    scopes = ", ".join(rows["scope"].unique().sort())
    found = [f"Azure, {scopes}: daily totals of the query API, without resources, prices and quantities."]
    missing = {ACTUAL, AMORTIZED} - set(rows["type"])
    return found + [f"Azure, {scopes}: there are no {kind} totals." for kind in sorted(missing)]
