"""Bills of the demo's build service: one FOCUS 1.2 file a month, after the month has ended."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Final

from outlay.demo.estate import TEAMS, Events, season, wobble
from warehouse.focus import add_months, version_columns

VENDOR: Final = "Buildwise"
SEAT: Final = Decimal("21")
MINUTE: Final = Decimal("0.008")


def rows(month: date) -> Iterator[dict[str, str]]:
    """Seats and minutes of each team."""
    for i, team in enumerate(TEAMS):
        seats = 6 + i * 3
        minutes = (Decimal(9_000) * (i + 1) * season(month) * wobble(team, month)).quantize(Decimal(1))
        yield _row(month, team, ("Seats", "Seats", "Recurring"), Decimal(seats), SEAT)
        yield _row(month, team, ("Build minutes", "Minutes", "Usage-Based"), minutes, MINUTE)


def write(folder: Path, month: date, events: Events) -> bool:
    """Write the file of a month that has ended; answers whether there was anything to write."""
    if add_months(month, 1) > events.today:
        return False
    with (folder / f"buildwise_focus_{month:%Y-%m}.csv").open("w", encoding="utf-8", newline="") as target:
        writer = csv.DictWriter(target, [column.name for column in version_columns("1.2")], restval="")
        writer.writeheader()
        writer.writerows(rows(month))
    return True


def _row(month: date, team: str, what: tuple[str, str, str], quantity: Decimal, price: Decimal) -> dict[str, str]:
    name, unit, frequency = what
    cost, following = str(quantity * price), add_months(month, 1)
    used = frequency == "Usage-Based"
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": cost,
        "ContractedCost": cost,
        "BillingAccountId": "BW-1001",
        "BillingAccountName": "Demo company",
        "BillingAccountType": "Organisation",
        "BillingCurrency": "USD",
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{following}T00:00:00Z",
        "ChargePeriodStart": f"{month}T00:00:00Z",
        "ChargePeriodEnd": f"{following}T00:00:00Z",
        "ChargeCategory": "Usage" if used else "Purchase",
        "ChargeDescription": f"{name}, {team}",
        "ChargeFrequency": frequency,
        "ConsumedQuantity": str(quantity) if used else "",
        "ConsumedUnit": unit if used else "",
        "ContractedUnitPrice": str(price),
        "ListUnitPrice": str(price),
        "InvoiceIssuerName": VENDOR,
        "PricingCategory": "Standard",
        "PricingCurrency": "USD",
        "PricingQuantity": str(quantity),
        "PricingUnit": unit,
        "ProviderName": VENDOR,
        "PublisherName": VENDOR,
        "ServiceCategory": "Developer Tools",
        "ServiceSubcategory": "Continuous Integration and Deployment",
        "ServiceName": "Buildwise CI",
        "SkuId": name.upper().replace(" ", "-"),
        "SkuMeter": name,
        "SkuPriceId": name.upper().replace(" ", "-") + "-1",
        "SubAccountId": f"org-{team}",
        "SubAccountName": team,
        "SubAccountType": "Workspace",
        "Tags": f'{{"team":"{team}"}}',
    }
