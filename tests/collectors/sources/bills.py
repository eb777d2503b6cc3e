"""Small bills in FOCUS, and exports of them laid out as AWS does."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

COLUMNS = (
    "BillingAccountId", "BillingAccountName", "BillingCurrency", "BillingPeriodStart", "BillingPeriodEnd",
    "ChargePeriodStart", "ChargePeriodEnd", "ChargeCategory", "ChargeClass", "ChargeDescription", "ChargeFrequency",
    "BilledCost", "EffectiveCost", "ListCost", "ContractedCost", "ServiceName", "ServiceCategory", "ProviderName",
    "PublisherName", "InvoiceIssuerName", "ResourceId", "SubAccountId", "Tags", "ConsumedQuantity", "ConsumedUnit",
    "PricingQuantity", "PricingUnit", "PricingCategory",
)  # fmt: skip


def following(period: str) -> str:
    year, month = int(period[:4]), int(period[5:])
    return f"{year + month // 12}-{month % 12 + 1:02}"


def next_day(period: str, day: int) -> date:
    return date.fromisoformat(f"{period}-{day:02}") + timedelta(days=1)


def bill(period: str, amounts: Sequence[str], account: str = "0001", sub: str = "sub") -> bytes:
    """CSV with one line for each amount, a day apart."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(COLUMNS)
    for day, amount in enumerate(amounts, 1):
        writer.writerow(
            (account, "Account", "USD", f"{period}-01T00:00:00Z", f"{following(period)}-01T00:00:00Z",
             f"{period}-{day:02}T00:00:00Z", f"{next_day(period, day)}T00:00:00Z", "Usage", "", "d", "Usage-Based",
             amount, amount, amount, amount, "Engine", "Compute", "Vendor", "Vendor", "Vendor", f"res-{day}", sub,
             "{}", "1", "Hours", "1", "Hours", "Standard")
        )  # fmt: skip
    return out.getvalue().encode()


def deliver(s3: Any, bucket: str, export: str, period: str, files: Mapping[str, bytes], run: str = "r1") -> None:
    """A data export's delivery: files first, then the manifest. Names end in .csv.gz to be packed."""
    keys = []
    for name, body in files.items():
        key = f"{export}/data/BILLING_PERIOD={period}/{name}"
        s3.put_object(Bucket=bucket, Key=key, Body=gzip.compress(body, mtime=0) if name.endswith(".gz") else body)
        keys.append(f"s3://{bucket}/{key}")
    manifest = {"executionId": run, "dataFiles": keys}
    name = export.rpartition("/")[2]
    s3.put_object(
        Bucket=bucket,
        Key=f"{export}/metadata/BILLING_PERIOD={period}/{name}-Manifest.json",
        Body=json.dumps(manifest).encode(),
    )


def deliver_report(
    s3: Any, bucket: str, report: str, period: str, files: Mapping[str, bytes], assembly: str = ""
) -> None:
    """A legacy report's delivery; with an assembly it is a folder of its own, as for "create new report"."""
    name = report.rpartition("/")[2]
    folder = f"{report}/{period.replace('-', '')}01-{following(period).replace('-', '')}01"
    at = f"{folder}/{assembly}" if assembly else folder
    keys = []
    for file, body in files.items():
        s3.put_object(Bucket=bucket, Key=f"{at}/{file}", Body=body)
        keys.append(f"{at}/{file}")
    start, end = (f"{label.replace('-', '')}01T000000.000Z" for label in (period, following(period)))
    manifest = {
        "assemblyId": assembly or "a",
        "account": "000123456789",
        "reportName": name,
        "billingPeriod": {"start": start, "end": end},
        "reportKeys": keys,
    }
    for place in dict.fromkeys((at, folder)):
        s3.put_object(Bucket=bucket, Key=f"{place}/{name}-Manifest.json", Body=json.dumps(manifest).encode())


def total(*amounts: str) -> Decimal:
    return sum(map(Decimal, amounts), Decimal(0))
