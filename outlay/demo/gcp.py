"""Bills of the demo's Google Cloud billing account: detailed export as gzipped JSON lines."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any, Final, NamedTuple

from outlay.demo.estate import TEAMS, Events, Resource, days, hex_id, quantised, season, wave, wobble
from warehouse.focus import add_months

ACCOUNT: Final = "01D3A0-0FF1CE-0B111E"
CREDIT: Final = Decimal("-1800")
QUERY_PRICES: Final = (Decimal("5"), Decimal("6.25"))
"""Per TiB before and after the price change."""


NUMBER: Final = re.compile(r'("(?:amount|amount_in_pricing_units|cost|cost_at_list)":)"(-?[0-9.]+)"')
"""Amounts are numbers in the export; taken out of their quotes here, they keep their exact decimal text."""


GIBIBYTE: Final = 1 << 30


class Kind(NamedTuple):
    service: str
    service_id: str
    sku: str
    unit: str
    pricing_unit: str
    per_pricing_unit: int
    rate: Decimal
    per_day: Decimal
    seasonal: bool = False
    discount: Decimal = Decimal(0)


KINDS: Final = {
    "cores": Kind("Compute Engine", "6F81-5844-456A", "N2 Instance Core running in Belgium", "seconds", "hour", 3600,
                  Decimal("0.034773"), Decimal(96), discount=Decimal("0.2")),
    "memory": Kind("Compute Engine", "6F81-5844-456A", "N2 Instance Ram running in Belgium", "byte-seconds",
                   "gibibyte hour", GIBIBYTE * 3600, Decimal("0.004661"), Decimal(384), discount=Decimal("0.2")),
    "query": Kind("BigQuery", "24E6-581D-38E5", "Analysis (eu)", "bytes", "tebibyte", GIBIBYTE * 1024, Decimal("5"),
                  Decimal("1.1"), seasonal=True),
    "storage": Kind("Cloud Storage", "95FF-2EF5-5EA1", "Standard Storage Belgium", "byte-seconds", "gibibyte month",
                    GIBIBYTE * 2_592_000, Decimal("0.02"), Decimal(110)),
    "egress": Kind("Networking", "E505-1604-58F8", "Network Internet Data Transfer Out from Belgium to EMEA", "bytes",
                   "gibibyte", GIBIBYTE, Decimal("0.085"), Decimal(70), seasonal=True),
    "run": Kind("Cloud Run", "152E-C115-5142", "Services CPU (Request-based billing) in europe-west1", "seconds",
                "second", 1, Decimal("0.000024"), Decimal(310_000), seasonal=True),
}  # fmt: skip
NAMES: Final = {
    "cores": "//compute.googleapis.com/projects/{account}/zones/europe-west1-b/instances/{id}",
    "memory": "//compute.googleapis.com/projects/{account}/zones/europe-west1-b/instances/{id}",
    "query": "//bigquery.googleapis.com/projects/{account}/datasets/{id}",
    "storage": "//storage.googleapis.com/projects/_/buckets/{id}",
    "egress": "//compute.googleapis.com/projects/{account}/regions/europe-west1/forwardingRules/{id}",
    "run": "//run.googleapis.com/projects/{account}/locations/europe-west1/services/{id}",
}
"""Full resource names, as the export writes them for each kind."""
COUNTS: Final = {"cores": 9, "memory": 9, "query": 4, "storage": 8, "egress": 5, "run": 8}
OWNERS: Final = ("data", "mobile", "catalogue", "search", "platform", "checkout")


@cache
def resources() -> tuple[Resource, ...]:
    """Everything the projects run."""
    assert set(OWNERS) == set(TEAMS)
    found = []
    for team in OWNERS:
        for kind, count in COUNTS.items():
            for i in range(count if team != "checkout" else 1):
                environment = "dev" if i % 4 == 3 else "prod"
                found.append(
                    Resource(
                        id=f"{team}-{kind}-{hex_id('', f'{team}{kind}{i}', 5)}",
                        kind=kind,
                        account=f"{team}-{environment}",
                        team=team,
                        application=f"{team}-{'api' if i % 2 else 'jobs'}",
                        environment=environment,
                        scale=Decimal(55 + (len(team) * 31 + i * 47) % 90) / 100,
                    )
                )
    return tuple(found)


def label(resource: Resource, day: date, events: Events) -> str | None:
    """The team label; from the day of the drift on, one team's pipeline writes it wrong."""
    return "mobil" if resource.team == "mobile" and day >= events.drift else resource.team


class Charge(NamedTuple):
    """One line of usage: list cost, and what the discount takes back."""

    day: date
    resource: Resource
    quantity: Decimal
    cost: Decimal
    discount: Decimal


def rate(resource: Resource, day: date, events: Events) -> Decimal:
    if resource.kind == "query":
        return QUERY_PRICES[day >= events.price_change]
    return KINDS[resource.kind].rate


def charges(month: date, events: Events) -> Iterator[Charge]:
    for day in days(month, events.today - timedelta(days=1)):
        for resource in resources():
            kind = KINDS[resource.kind]
            amount = kind.per_day * resource.scale
            if kind.seasonal:
                amount *= season(day) * wobble(resource.id, day) * wave(resource.team, day)
            amount = quantised(amount, 3)
            cost = amount * rate(resource, day, events)
            yield Charge(day, resource, amount, cost, -quantised(cost * kind.discount))


def write(folder: Path, month: date, events: Events) -> bool:
    """Write the rows of an invoice month; answers whether there was anything to write."""
    rows = list(_rows(month, events))
    if not rows:
        return False
    lines = "\n".join(NUMBER.sub(r"\1\2", json.dumps(row, separators=(",", ":"))) for row in rows) + "\n"
    (folder / f"gcp_billing_{month:%Y%m}.json.gz").write_bytes(gzip.compress(lines.encode(), 3, mtime=0))
    return True


def _rows(month: date, events: Events) -> Iterator[dict[str, Any]]:
    usage = Decimal(0)
    for charge in charges(month, events):
        usage += charge.cost + charge.discount
        yield _usage(month, charge, events)
    if month == events.credit_month:
        yield _credit(month, events)
    if usage and add_months(month, 1) <= events.today:
        yield _tax(month, quantised(usage / 50, 2))


def _instant(day: date, hour: int = 8) -> str:
    """Rows of the demo begin at 08:00 UTC, which lies in the same invoice month in every season."""
    return datetime.combine(day, time(hour)).strftime("%Y-%m-%d %H:%M:%S UTC")


def _usage(month: date, charge: Charge, events: Events) -> dict[str, Any]:
    resource, kind = charge.resource, KINDS[charge.resource.kind]
    discounts = [{"id": "sustained", "full_name": "Sustained usage discount", "name": "Sustained usage discount",
                "type": "SUSTAINED_USAGE_DISCOUNT", "amount": str(charge.discount)}]  # fmt: skip
    team = label(resource, charge.day, events)
    return {
        "billing_account_id": ACCOUNT,
        "service": {"id": kind.service_id, "description": kind.service},
        "sku": {"id": hex_id("", kind.sku, 12).upper(), "description": kind.sku},
        "usage_start_time": _instant(charge.day),
        "usage_end_time": _instant(charge.day + timedelta(days=1), 0),
        "project": {"id": resource.account, "name": resource.account, "labels": [], "number": "1"},
        "labels": [
            {"key": "team", "value": team},
            {"key": "app", "value": resource.application},
            {"key": "env", "value": resource.environment},
        ],
        "system_labels": [],
        "location": {"location": "europe-west1", "country": "BE", "region": "europe-west1", "zone": None},
        "resource": {
            "name": resource.id,
            "global_name": NAMES[resource.kind].format(account=resource.account, id=resource.id),
        },
        "export_time": _instant(charge.day + timedelta(days=1)),
        "cost": str(charge.cost),
        "cost_at_list": str(charge.cost),
        "currency": "USD",
        "currency_conversion_rate": "1",
        "usage": {
            "amount": str(charge.quantity * kind.per_pricing_unit),
            "unit": kind.unit,
            "amount_in_pricing_units": str(charge.quantity),
            "pricing_unit": kind.pricing_unit,
        },
        "credits": discounts if charge.discount else [],
        "invoice": {"month": f"{month:%Y%m}"},
        "cost_type": "regular",
    }


def _credit(month: date, events: Events) -> dict[str, Any]:
    """A promotion granted after the month had ended, as a row of its own."""
    last = add_months(month, 1) - timedelta(days=1)
    return {
        **_account_row(month, last, "Compute Engine", "6F81-5844-456A"),
        "export_time": _instant(events.today - timedelta(days=2)),
        "cost": "0",
        "credits": [{"id": "grant", "full_name": "Migration grant", "name": "Migration grant", "type": "PROMOTION",
                     "amount": str(CREDIT)}],
        "cost_type": "regular",
    }  # fmt: skip


def _tax(month: date, cost: Decimal) -> dict[str, Any]:
    last = add_months(month, 1) - timedelta(days=1)
    return {**_account_row(month, last, "Invoice", "8A6B-0000-0001"), "cost": str(cost), "cost_type": "tax"}


def _account_row(month: date, day: date, service: str, service_id: str) -> dict[str, Any]:
    return {
        "billing_account_id": ACCOUNT,
        "service": {"id": service_id, "description": service},
        "sku": {"id": hex_id("", service, 12).upper(), "description": service},
        "usage_start_time": _instant(day),
        "usage_end_time": _instant(day + timedelta(days=1), 0),
        "export_time": _instant(day + timedelta(days=1)),
        "currency": "USD",
        "currency_conversion_rate": "1",
        "credits": [],
        "invoice": {"month": f"{month:%Y%m}"},
    }
