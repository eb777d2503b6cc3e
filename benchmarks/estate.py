"""Synthetic bills of any size: FOCUS Parquet months and AWS cost and usage reports, the same for the same seed.

Cardinalities follow real estates: fifty lines for a resource and month, one tag set for four resources, sixty
accounts, twelve regions, forty services, three hundred meters. Lines are hourly and daily, in order within chunks.
"""

from __future__ import annotations

import calendar
import gzip
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pyarrow.parquet as pq

CHUNK = 500_000
LINES_FOR_A_RESOURCE = 50
RESOURCES_FOR_A_TAG_SET = 4
ACCOUNTS, REGIONS, SERVICES, METERS, TEAMS = 60, 12, 40, 300, 24
FIRST = date(2025, 1, 1)
CATEGORIES = ("Compute", "Storage", "Networking", "Databases", "Analytics", "Security", "AI and Machine Learning")
MONEY = pl.Decimal(38, 18)


@dataclass(frozen=True, slots=True)
class Estate:
    """So many lines a month, the same resources every month."""

    lines: int
    seed: int = 11

    def month(self, number: int) -> date:
        """The first day of the month `number`, counted from 0."""
        return date(FIRST.year + (FIRST.month - 1 + number) // 12, (FIRST.month - 1 + number) % 12 + 1, 1)

    def focus_parquet(self, path: Path, number: int = 0, amounts: str = "decimal") -> Path:
        """FOCUS 1.2, amounts as decimals or as doubles: exports of both kinds exist."""
        writer = None
        for frame in self._focus(number):
            if amounts == "double":
                frame = frame.with_columns(pl.selectors.decimal().cast(pl.Float64))
            table = frame.to_arrow(compat_level=pl.CompatLevel.oldest())
            writer = writer or pq.ParquetWriter(path, table.schema, compression="snappy")
            writer.write_table(table, row_group_size=131_072)
        assert writer is not None
        writer.close()
        return path

    def cur_csv(self, path: Path, number: int = 0) -> Path:
        """The legacy report as CSV.gz."""
        with gzip.open(path, "wb", compresslevel=4) as file:
            for place, frame in enumerate(self._cur(number)):
                file.write(frame.write_csv(include_header=not place).encode())
        return path

    @property
    def resources(self) -> pl.DataFrame:
        """Everything that repeats on each line of a resource."""
        count = max(self.lines // LINES_FOR_A_RESOURCE, 50)
        chance = Chance(self.seed, count)
        numbers = pl.int_range(count, eager=True)
        service = chance.skewed(SERVICES)
        tag_set = numbers // RESOURCES_FOR_A_TAG_SET
        frame = pl.DataFrame(
            {
                "number": numbers,
                "account": chance.skewed(ACCOUNTS),
                "region": chance.skewed(REGIONS),
                "service": service,
                "meter": (service * 7 + chance.below(7)) % METERS,
                "team": tag_set % TEAMS,
                "tag_set": tag_set,
                "tagged": chance.below(100) < 85,
            }
        )
        padded = pl.col("number").cast(pl.String).str.zfill(17)
        account = pl.format("{}", 100_000_000_000 + pl.col("account"))
        tags = pl.format(
            '{{"app":"app-{}","cost-center":"cc-{}","env":"{}","team":"team-{}"}}',
            pl.col("tag_set") % 400,
            pl.col("team") % 12,
            pl.when(pl.col("tag_set") % 5 == 0).then(pl.lit("dev")).otherwise(pl.lit("prod")),
            pl.col("team"),
        )
        # One tag in each set is its own, as names and versions are in real estates.
        own = pl.concat_str(tags.str.head(-1), pl.format(',"name":"fleet-{}"}}', "tag_set"))
        return frame.with_columns(
            account_id=account,
            account_name=pl.format("account {}", "account"),
            region_id=pl.format("region-{}", "region"),
            region_name=pl.format("Region {}", "region"),
            service_name=pl.format("Service {}", "service"),
            category=pl.Series(CATEGORIES)[service % len(CATEGORIES)],
            resource_id=pl.concat_str(pl.lit("arn:cloud:unit:"), account, pl.lit(":instance/i-"), padded),
            resource_name=pl.format("unit-{}", "number"),
            resource_type=pl.format("type {}", pl.col("service") % 20),
            sku=pl.format("SKU{}", "meter"),
            meter_name=pl.format("meter {}", "meter"),
            unit=pl.when(pl.col("meter") % 3 == 0).then(pl.lit("GB")).otherwise(pl.lit("Hours")),
            tags=pl.when("tagged").then(own),
        )

    def _facts(self, number: int) -> Iterator[pl.DataFrame]:
        """What differs from line to line: resource, time, quantity, costs."""
        resources = self.resources
        month = self.month(number)
        start = datetime(month.year, month.month, 1, tzinfo=UTC)
        days = calendar.monthrange(month.year, month.month)[1]
        for place, first in enumerate(range(0, self.lines, CHUNK)):
            count = min(CHUNK, self.lines - first)
            chance = Chance(hash((self.seed, number, place)), count)
            hours = chance.below(days * 24).sort()
            daily = chance.below(10) < 4
            hours = hours.zip_with(~daily, hours // 24 * 24)
            quantity, rate, discount = chance.below(10**9) + 1, chance.below(10**6) + 1, chance.below(31) + 70
            yield (
                pl.DataFrame(
                    {
                        "start": hours,
                        "end": hours + daily.cast(pl.Int64) * 23 + 1,
                        "quantity": quantity,
                        "rate": rate,
                        "list": (quantity // 1000) * rate,
                        "billed": (quantity // 1000) * rate // 100 * discount,
                    }
                )
                .with_columns(
                    _hour(start, "start"),
                    _hour(start, "end"),
                    quantity=_scaled("quantity", 6),
                    rate=_scaled("rate", 9),
                    list=_scaled("list", 12),
                    billed=_scaled("billed", 12),
                )
                .hstack(resources[chance.below(len(resources))])
            )

    def _focus(self, number: int) -> Iterator[pl.DataFrame]:
        month, after = self.month(number), self.month(number + 1)
        text, moment = pl.lit, pl.Datetime("us", "UTC")
        for facts in self._facts(number):
            yield facts.select(
                BilledCost="billed",
                BillingAccountId=text("900000000001"),
                BillingAccountName=text("Payer"),
                BillingCurrency=text("USD"),
                BillingPeriodEnd=pl.lit(datetime(after.year, after.month, 1, tzinfo=UTC), dtype=moment),
                BillingPeriodStart=pl.lit(datetime(month.year, month.month, 1, tzinfo=UTC), dtype=moment),
                ChargeCategory=text("Usage"),
                ChargeClass=text(None, dtype=pl.String),
                ChargeDescription=pl.format("{} in {}", "meter_name", "region_name"),
                ChargeFrequency=text("Usage-Based"),
                ChargePeriodEnd="end",
                ChargePeriodStart="start",
                CommitmentDiscountId=text(None, dtype=pl.String),
                ConsumedQuantity="quantity",
                ConsumedUnit="unit",
                ContractedCost="billed",
                EffectiveCost="billed",
                InvoiceIssuerName=text("Cloud"),
                ListCost="list",
                ListUnitPrice="rate",
                PricingCategory=text("Standard"),
                PricingQuantity="quantity",
                PricingUnit="unit",
                ProviderName=text("Cloud"),
                PublisherName=text("Cloud"),
                RegionId="region_id",
                RegionName="region_name",
                ResourceId="resource_id",
                ResourceName="resource_name",
                ResourceType="resource_type",
                ServiceCategory="category",
                ServiceName="service_name",
                SkuId="sku",
                SkuMeter="meter_name",
                SkuPriceId=pl.format("{}.ON", "sku"),
                SubAccountId="account_id",
                SubAccountName="account_name",
                Tags="tags",
            )

    def _cur(self, number: int) -> Iterator[pl.DataFrame]:
        month, after = self.month(number), self.month(number + 1)
        text = pl.lit
        for facts in self._facts(number):
            tags = facts["tags"].str.json_decode(
                pl.Struct(dict.fromkeys(("app", "cost-center", "env", "team"), pl.String))
            )
            columns = {
                "identity/LineItemId": pl.format("line{}", pl.int_range(pl.len())),
                "bill/BillType": text("Anniversary"),
                "bill/BillingEntity": text("AWS"),
                "bill/PayerAccountId": text("900000000001"),
                "bill/BillingPeriodStartDate": text(f"{month}T00:00:00Z"),
                "bill/BillingPeriodEndDate": text(f"{after}T00:00:00Z"),
                "lineItem/UsageAccountId": pl.col("account_id"),
                "lineItem/LineItemType": text("Usage"),
                "lineItem/UsageStartDate": pl.col("start").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lineItem/UsageEndDate": pl.col("end").dt.strftime("%Y-%m-%dT%H:%M:%SZ"),
                "lineItem/ProductCode": pl.format("AmazonUnit{}", "service"),
                "lineItem/UsageType": pl.col("meter_name"),
                "lineItem/Operation": text("RunInstances"),
                "lineItem/AvailabilityZone": pl.format("{}a", "region_id"),
                "lineItem/ResourceId": pl.col("resource_id"),
                "lineItem/UsageAmount": pl.col("quantity"),
                "lineItem/CurrencyCode": text("USD"),
                "lineItem/UnblendedRate": pl.col("rate"),
                "lineItem/UnblendedCost": pl.col("billed"),
                "lineItem/BlendedCost": pl.col("billed"),
                "lineItem/LineItemDescription": pl.format("{} in {}", "meter_name", "region_name"),
                "lineItem/LegalEntity": text("Amazon Web Services, Inc."),
                "product/ProductName": pl.col("service_name"),
                "product/region": pl.col("region_id"),
                "product/regionCode": pl.col("region_id"),
                "product/location": pl.col("region_name"),
                "product/productFamily": pl.col("category"),
                "product/instanceType": pl.col("resource_type"),
                "product/servicecode": pl.format("AmazonUnit{}", "service"),
                "product/sku": pl.col("sku"),
                "pricing/RateCode": pl.format("{}.ON", "sku"),
                "pricing/term": text("OnDemand"),
                "pricing/unit": pl.col("unit"),
                "pricing/publicOnDemandCost": pl.col("list"),
                "pricing/publicOnDemandRate": pl.col("rate"),
            }
            named = [column.alias(name) for name, column in columns.items()]
            tagged = [
                tags.struct.field(key).alias(f"resourceTags/user:{key}")
                for key in ("app", "cost-center", "env", "team")
            ]
            yield facts.select(named).hstack(tagged)


class Chance:
    """Columns of pseudo-random whole numbers, the same for a seed in every version of every library."""

    def __init__(self, seed: int, count: int) -> None:
        self._state = pl.int_range(count, dtype=pl.UInt64, eager=True) + (seed * 1_000_003) % (1 << 40)
        self._drawn = 0

    def below(self, bound: int) -> pl.Series:
        """Evenly spread, from 0."""
        self._drawn += 1
        value = self._state * _wrapped(0x9E3779B97F4A7C15) + self._drawn * 0x2545F4914F6CDD1D % (1 << 62)
        for shift, factor in ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB)):
            value = (value ^ (value // (1 << shift))) * _wrapped(factor)
        return (((value ^ (value // (1 << 31))) // 2) % bound).cast(pl.Int64)

    def skewed(self, bound: int) -> pl.Series:
        """Small numbers are far more frequent than large ones, as accounts and services are."""
        even = self.below(1 << 20).cast(pl.Float64) / (1 << 20)
        return (even.pow(3) * bound).cast(pl.Int64)


def _wrapped(number: int) -> pl.Series:
    return pl.Series([number], dtype=pl.UInt64)


def _hour(start: datetime, name: str) -> pl.Expr:
    moment = pl.lit(start, dtype=pl.Datetime("us", "UTC"))
    return (moment + pl.duration(hours=pl.col(name))).alias(name)


def _scaled(name: str, places: int) -> pl.Expr:
    """A whole number as a decimal with so many places, exactly."""
    return (pl.col(name).cast(pl.Decimal(38, 0)) * pl.lit(Decimal(1).scaleb(-places))).cast(pl.Decimal(38, places))
