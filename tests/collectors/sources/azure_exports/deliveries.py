"""Azure cost exports as they are delivered: a folder a run, data first, the manifest last."""

from __future__ import annotations

import csv
import gzip
import io
import json
from calendar import monthrange
from collections.abc import Mapping, Sequence

import polars as pl

from tests.emulators.blob import BlobService

SCOPE = "/subscriptions/0b1f0c3a-0001-4000-8000-00000000000a"
PLAN = "/providers/Microsoft.Capacity/reservationOrders/aaaa/reservations/bbbb"
COLUMNS = (
    "BillingAccountId", "BillingPeriodStartDate", "BillingPeriodEndDate", "SubscriptionId", "Date", "ProductName",
    "MeterId", "MeterCategory", "Quantity", "CostInBillingCurrency", "UnitPrice", "BillingCurrencyCode",
    "ResourceLocation", "ConsumedService", "UnitOfMeasure", "PublisherName", "ChargeType", "Frequency",
    "PublisherType", "PayGPrice", "PricingModel", "benefitId",
)  # fmt: skip


def row(period: str, cost: str, charge: str = "Usage", model: str = "OnDemand", plan: str = "") -> Mapping[str, str]:
    year, month = period.split("-")
    last = monthrange(int(year), int(month))[1]
    values = (
        "7001234", f"{month}/01/{year}", f"{month}/{last}/{year}", SCOPE.rpartition("/")[2], f"{month}/05/{year}",
        "Virtual Machines D2", "m-1", "Virtual Machines", "1", cost, cost, "EUR", "westeurope", "Microsoft.Compute",
        "1 Hour", "Microsoft", charge, "UsageBased" if charge == "Usage" else "OneTime", "Azure", cost, model, plan,
    )  # fmt: skip
    return dict(zip(COLUMNS, values, strict=True))


def actual(period: str, amounts: Sequence[str], bought: str | None = None) -> list[Mapping[str, str]]:
    rows = [row(period, amount) for amount in amounts]
    if bought is None:
        return rows
    return [*rows, row(period, "0", model="Reservation", plan=PLAN),
            row(period, bought, "Purchase", "Reservation", PLAN)]  # fmt: skip


def amortized(period: str, amounts: Sequence[str], used: str) -> list[Mapping[str, str]]:
    return [*(row(period, amount) for amount in amounts), row(period, used, model="Reservation", plan=PLAN)]


def as_csv(rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, COLUMNS)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def packed(rows: Sequence[Mapping[str, str]]) -> bytes:
    return gzip.compress(as_csv(rows), mtime=0)


def as_parquet(rows: Sequence[Mapping[str, str]]) -> bytes:
    out = io.BytesIO()
    pl.DataFrame(rows).write_parquet(out)
    return out.getvalue()


def folder(period: str, export: str, run: str, prefix: str = "costs") -> str:
    year, month = period.split("-")
    dates = f"{year}{month}01-{year}{month}{monthrange(int(year), int(month))[1]}"
    return f"{prefix}/{export}/{dates}/{run}"


def deliver(
    service: BlobService, period: str, kind: str, parts: Sequence[Sequence[Mapping[str, str]]], **more: str
) -> str:
    """One run of one export, a file for each of `parts`; answers its folder.

    `run` and `submitted` (a day of the month after) tell runs apart; `form` is csv, csv.gz or parquet.
    """
    run, export = more.get("run", "11111111-0000-4000-8000-000000000001"), more.get("export", kind.lower())
    at = folder(period, export, run, more.get("prefix", "costs"))
    form = more.get("form", "csv")
    write = {"csv": as_csv, "csv.gz": packed, "parquet": as_parquet}[form]
    blobs = []
    for number, rows in enumerate(parts):
        name, body = f"{at}/part_{number}_0001.{form}", write(rows)
        service.put(name, body)
        blobs.append({"blobName": name, "byteCount": len(body), "dataRowCount": len(rows)})
    service.put(f"{at}/manifest.json", manifest(period, kind, export, run, blobs, more.get("submitted", "06")))
    return at


def manifest(period: str, kind: str, export: str, run: str, blobs: list[dict[str, object]], day: str) -> bytes:
    year, month = period.split("-")
    facts = {
        "manifestVersion": "2024-04-01",
        "blobCount": len(blobs),
        "exportConfig": {
            "exportName": export, "type": kind, "dataVersion": "2021-10-01",
            "resourceId": f"{SCOPE}/providers/Microsoft.CostManagement/exports/{export}",
        },
        "runInfo": {
            "runId": run, "submittedTime": f"{period}-{day}T06:00:00.1234567Z",
            "startDate": f"{period}-01T00:00:00",
            "endDate": f"{period}-{monthrange(int(year), int(month))[1]}T00:00:00",
        },
        "blobs": blobs,
    }  # fmt: skip
    return b"\xef\xbb\xbf" + json.dumps(facts).encode()
