"""Bills of the demo's Azure enrolment: actual and amortized cost exports, CSV with manifests. Delivered late."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Final, NamedTuple

from outlay.demo.estate import TEAMS, Events, Resource, days, hex_id, quantised, season, wave, wobble
from warehouse.focus import add_months

ACCOUNT: Final = "8600001"
SUBSCRIPTIONS: Final = {
    "shop": ("00000000-1111-4222-8333-000000000001", "Shop"),
    "analytics": ("00000000-1111-4222-8333-000000000002", "Analytics"),
}
RESERVATION: Final = (
    "/providers/Microsoft.Capacity/reservationOrders/7d1f0000-0000-4000-8000-000000000001"
    "/reservations/7d1f0000-0000-4000-8000-000000000002"
)
RESERVED_MACHINES: Final = 4
RESERVED_RATE: Final = Decimal("0.0581")
RESERVED_SPARE: Final = Decimal(6)
"""Reserved hours per day that no machine uses."""


class Kind(NamedTuple):
    consumed_service: str
    resource_type: str
    category: str
    subcategory: str
    meter: str
    unit: str
    rate: Decimal
    per_day: Decimal
    seasonal: bool = False


KINDS: Final = {
    "machine": Kind(
        "Microsoft.Compute",
        "virtualMachines",
        "Virtual Machines",
        "Dv5 Series",
        "D2s v5",
        "1 Hour",
        Decimal("0.096"),
        Decimal(24),
    ),
    "disk": Kind(
        "Microsoft.Compute",
        "disks",
        "Storage",
        "Premium SSD Managed Disks",
        "P10 LRS Disk",
        "1/Month",
        Decimal("17.92"),
        Decimal("0.033"),
    ),
    "database": Kind(
        "Microsoft.Sql", "servers", "SQL Database", "General Purpose", "vCore", "1 Hour", Decimal("0.2519"), Decimal(48)
    ),
    "blob": Kind(
        "Microsoft.Storage",
        "storageAccounts",
        "Storage",
        "Tables",
        "LRS Data Stored",
        "1 GB/Month",
        Decimal("0.0184"),
        Decimal(120),
    ),
    "operations": Kind(
        "Microsoft.Storage",
        "storageAccounts",
        "Storage",
        "General Block Blob",
        "Write Operations",
        "10K",
        Decimal("0.05"),
        Decimal(90),
        seasonal=True,
    ),
    "transfer": Kind(
        "Microsoft.Network",
        "loadBalancers",
        "Bandwidth",
        "Inter-Region",
        "Standard Data Transfer Out",
        "1 GB",
        Decimal("0.087"),
        Decimal(60),
        seasonal=True,
    ),
}
COUNTS: Final = {"machine": 8, "disk": 8, "database": 3, "blob": 4, "operations": 4, "transfer": 3}
GROUPS: Final = ("checkout", "search", "data", "mobile", "platform")


@cache
def resources() -> tuple[Resource, ...]:
    """Everything the subscriptions run."""
    found = []
    for team in (team for team in TEAMS if team in GROUPS):
        for kind, count in COUNTS.items():
            for i in range(count):
                account = "analytics" if team == "data" else "shop"
                environment = "staging" if i % 3 == 2 else "prod"
                shown = KINDS[kind]
                group = f"rg-{team}-{environment}"
                name = f"{team}-{environment}-{shown.resource_type.lower()[:4]}-{hex_id('', f'{team}{kind}{i}', 4)}"
                found.append(
                    Resource(
                        id=f"/subscriptions/{SUBSCRIPTIONS[account][0]}/resourceGroups/{group}/providers/"
                        f"{shown.consumed_service}/{shown.resource_type}/{name}",
                        kind=kind,
                        account=account,
                        # One resource of each kind was made in the portal and has no tags.
                        team=None if i == count - 1 and kind in ("blob", "operations") else team,
                        application=team,
                        environment=environment,
                        project=group,
                        scale=Decimal(70 + (len(team) * 29 + i * 41) % 60) / 100,
                    )
                )
    return tuple(found)


class Charge(NamedTuple):
    """One line of usage at on-demand prices."""

    day: date
    resource: Resource
    quantity: Decimal
    cost: Decimal
    reserved: bool


def charges(month: date, events: Events) -> Iterator[Charge]:
    reserved = {one.id for one in [one for one in resources() if one.kind == "machine"][:RESERVED_MACHINES]}
    for day in days(month, events.late_to):
        for resource in resources():
            kind = KINDS[resource.kind]
            amount = kind.per_day * (resource.scale if kind.unit != "1 Hour" else 1)
            if kind.seasonal:
                amount *= season(day) * wobble(resource.id + resource.kind, day) * wave(resource.team, day)
            amount = quantised(amount)
            yield Charge(day, resource, amount, amount * kind.rate, resource.id in reserved)


def write(folder: Path, month: date, events: Events) -> bool:
    """Write the newest run of both exports; answers whether there was anything to write."""
    if not days(month, events.late_to):
        return False
    for export, amortized in (("demo-actual", False), ("demo-amortized", True)):
        rows = list(_rows(month, events, amortized))
        _write_run(folder, export, "AmortizedCost" if amortized else "ActualCost", (month, events), rows)
    return True


def _write_run(folder: Path, export: str, kind: str, when: tuple[date, Events], rows: list[dict[str, str]]) -> None:
    month, events = when
    last = add_months(month, 1) - timedelta(days=1)
    run = f"00000000-0000-4000-9000-{hex_id('', f'{export}{month}', 12)}"
    base = f"exports/{export}/{month:%Y%m%d}-{last:%Y%m%d}/{run}"
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, COLUMNS, restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    content = b"\xef\xbb\xbf" + text.getvalue().encode()
    target = folder / base / "part_0_0001.csv"
    target.parent.mkdir(parents=True)
    target.write_bytes(content)
    manifest = {
        "manifestVersion": "2024-04-01",
        "byteCount": len(content),
        "blobCount": 1,
        "dataRowCount": len(rows),
        "exportConfig": {"exportName": export, "type": kind, "dataVersion": "2023-12-01-preview"},
        "runInfo": {
            "runId": run,
            "executionType": "Scheduled",
            "submittedTime": f"{events.late_to + timedelta(days=1)}T04:10:00.0000000Z",
            "startDate": f"{month}T00:00:00",
            "endDate": f"{last}T00:00:00",
        },
        "blobs": [{"blobName": f"{base}/part_0_0001.csv", "byteCount": len(content), "dataRowCount": len(rows)}],
    }
    (target.parent / "manifest.json").write_text(json.dumps(manifest, indent=1))


def _rows(month: date, events: Events, amortized: bool) -> Iterator[dict[str, str]]:
    for charge in charges(month, events):
        if not charge.reserved:
            yield _usage(month, charge, charge.cost)
            continue
        cost = charge.quantity * RESERVED_RATE if amortized else Decimal(0)
        yield {**_usage(month, charge, cost), **_reservation(), "PayGPrice": "0"}
    covered = days(month, events.late_to)
    hours = RESERVED_MACHINES * KINDS["machine"].per_day + RESERVED_SPARE
    if not amortized:
        yield _purchase(month, hours * RESERVED_RATE * ((add_months(month, 1) - month).days))
        return
    for day in covered:
        yield _unused(month, day)


def _common(month: date, day: date, account: str) -> dict[str, str]:
    identifier, name = SUBSCRIPTIONS[account]
    last = add_months(month, 1) - timedelta(days=1)
    return {
        "BillingAccountId": ACCOUNT,
        "BillingAccountName": "Demo enrolment",
        "BillingPeriodStartDate": f"{month:%m/%d/%Y}",
        "BillingPeriodEndDate": f"{last:%m/%d/%Y}",
        "BillingProfileId": ACCOUNT,
        "BillingCurrencyCode": "USD",
        "SubscriptionId": identifier,
        "SubscriptionName": name,
        "Date": f"{day:%m/%d/%Y}",
        "PublisherType": "Azure",
        "PublisherName": "Microsoft",
    }


def _usage(month: date, charge: Charge, cost: Decimal) -> dict[str, str]:
    resource, kind = charge.resource, KINDS[charge.resource.kind]
    # The export writes tag pairs without braces.
    tags = {"team": resource.team, "application": resource.application, "environment": resource.environment}
    pairs = ",".join(f'"{key}": "{value}"' for key, value in tags.items() if resource.team)
    return {
        **_common(month, charge.day, resource.account),
        "ResourceGroup": resource.project or "",
        "ResourceLocation": "westeurope",
        "ProductName": f"{kind.category} {kind.subcategory} - {kind.meter} - EU West",
        "MeterCategory": kind.category,
        "MeterSubCategory": kind.subcategory,
        "MeterId": hex_id("", kind.meter, 20),
        "MeterName": kind.meter,
        "MeterRegion": "EU West",
        "UnitOfMeasure": kind.unit,
        "Quantity": str(charge.quantity),
        "EffectivePrice": str(kind.rate),
        "CostInBillingCurrency": str(cost),
        "UnitPrice": str(kind.rate),
        "PayGPrice": str(kind.rate),
        "ConsumedService": kind.consumed_service,
        "ResourceId": resource.id,
        "ResourceName": resource.id.rsplit("/", 1)[1],
        "Tags": pairs,
        "ChargeType": "Usage",
        "Frequency": "UsageBased",
        "PricingModel": "OnDemand",
        "PartNumber": hex_id("", kind.meter, 8).upper(),
        "ServiceFamily": kind.category,
    }


def _reservation() -> dict[str, str]:
    return {
        "PricingModel": "Reservation",
        "ReservationId": "7d1f0000-0000-4000-8000-000000000002",
        "ReservationName": "machines-2y",
        "benefitId": RESERVATION,
        "benefitName": "machines-2y",
        "Term": "12",
    }


def _purchase(month: date, cost: Decimal) -> dict[str, str]:
    kind = KINDS["machine"]
    return {
        **_common(month, month, "shop"),
        **_reservation(),
        "ProductName": "Reserved VM Instance, D2s v5, EU West, 1 Year",
        "MeterCategory": kind.category,
        "MeterSubCategory": kind.subcategory,
        "MeterId": hex_id("", "reservation", 20),
        "MeterName": "D2s v5 Reserved",
        "UnitOfMeasure": "1 Hour",
        "Quantity": "1",
        "EffectivePrice": str(cost),
        "UnitPrice": str(cost),
        "PayGPrice": "0",
        "CostInBillingCurrency": str(cost),
        "ConsumedService": "Microsoft.Capacity",
        "ChargeType": "Purchase",
        "Frequency": "Recurring",
        "PartNumber": "RESERVED",
    }


def _unused(month: date, day: date) -> dict[str, str]:
    kind = KINDS["machine"]
    return {
        **_common(month, day, "shop"),
        **_reservation(),
        "ProductName": "Reserved VM Instance, D2s v5, EU West, 1 Year",
        "MeterCategory": kind.category,
        "MeterSubCategory": kind.subcategory,
        "MeterId": hex_id("", kind.meter, 20),
        "MeterName": kind.meter,
        "UnitOfMeasure": kind.unit,
        "Quantity": str(RESERVED_SPARE),
        "EffectivePrice": str(RESERVED_RATE),
        "UnitPrice": str(kind.rate),
        "PayGPrice": "0",
        "CostInBillingCurrency": str(RESERVED_SPARE * RESERVED_RATE),
        "ConsumedService": "Microsoft.Compute",
        "ResourceId": RESERVATION,
        "ChargeType": "UnusedReservation",
        "Frequency": "UsageBased",
        "PartNumber": hex_id("", kind.meter, 8).upper(),
    }


COLUMNS: Final = (
    "BillingAccountId", "BillingAccountName", "BillingPeriodStartDate", "BillingPeriodEndDate", "BillingProfileId",
    "BillingCurrencyCode", "SubscriptionId", "SubscriptionName", "ResourceGroup", "ResourceLocation", "Date",
    "ProductName", "MeterCategory", "MeterSubCategory", "MeterId", "MeterName", "MeterRegion", "UnitOfMeasure",
    "Quantity", "EffectivePrice", "CostInBillingCurrency", "UnitPrice", "PayGPrice", "CostCenter", "ConsumedService",
    "ResourceId", "ResourceName", "Tags", "OfferId", "AdditionalInfo", "ReservationId", "ReservationName", "Term",
    "PublisherType", "PublisherName", "ChargeType", "Frequency", "PricingModel", "PartNumber", "ServiceFamily",
    "benefitId", "benefitName", "CostAllocationRuleName",
)  # fmt: skip
