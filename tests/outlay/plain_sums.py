"""Costs of a file, added up from the mapping paper with csv and Decimal alone: no code of the product in it."""

from __future__ import annotations

import ast
import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from decimal import ROUND_HALF_EVEN, Context, Decimal
from pathlib import Path

EXACT = Context(prec=200)
SCALE = Decimal(1).scaleb(-18)
Row = Mapping[str, str]
Key = tuple[str | None, ...]
Charge = tuple[Key, Decimal, Decimal]
"""(provider, service, billing account, sub account, currency), billed cost, effective cost; as written."""


def rows(path: Path) -> Iterator[dict[str, str]]:
    with path.open(encoding="utf-8-sig", newline="") as table:
        for row in csv.DictReader(table):
            yield {name: "" if text in ("NULL", "null") else text for name, text in row.items()}


def sums(charges: Iterable[Charge]) -> tuple[dict[Key, tuple[Decimal, Decimal]], Decimal, Decimal]:
    """Sums at 18 places by key, and what of billed and effective cost lies beyond them."""
    found: dict[Key, tuple[Decimal, Decimal]] = {}
    beyond = [Decimal(0), Decimal(0)]
    for key, *amounts in charges:
        kept = [amount.quantize(SCALE, ROUND_HALF_EVEN, EXACT) for amount in amounts]
        beyond = [EXACT.add(b, EXACT.subtract(a, k)) for b, a, k in zip(beyond, amounts, kept, strict=True)]
        before = found.get(key, (Decimal(0), Decimal(0)))
        found[key] = (EXACT.add(before[0], kept[0]), EXACT.add(before[1], kept[1]))
    return found, beyond[0], beyond[1]


def focus(path: Path) -> Iterator[Charge]:
    for row in rows(path):
        provider = row.get("ServiceProviderName") or row.get("ProviderName")
        key = (provider, row["ServiceName"], row["BillingAccountId"], row.get("SubAccountId") or None)
        yield (*key, row["BillingCurrency"]), Decimal(row["BilledCost"]), Decimal(row["EffectiveCost"])


def aws_legacy(path: Path) -> Iterator[Charge]:
    """Section 1.3 and 1.4, for files of usage and tax alone."""
    for row in rows(path):
        assert row["lineItem/LineItemType"] in ("Usage", "Tax") and row["bill/BillingEntity"] == "AWS"
        service = row.get("product/ProductName") or row.get("product/servicename") or row["lineItem/ProductCode"]
        cost = Decimal(row["lineItem/UnblendedCost"])
        key = ("AWS", service, row["bill/PayerAccountId"], row["lineItem/UsageAccountId"])
        yield (*key, row["lineItem/CurrencyCode"]), cost, cost


def azure(path: Path, services: Path) -> Iterator[Charge]:
    """Section 2.3 for one file alone: usage under a commitment is billed at 0."""
    known = {(r["ConsumedService"].lower(), r["ResourceType"].lower()): r["ServiceName"] for r in rows(services)}
    for raw in rows(path):
        row = {name.rpartition("(")[2].rstrip(")").lower(): text for name, text in raw.items()}
        read = _reader(row)
        own = read("resourceid", "instanceid", "instancename").lower().rpartition("/providers/")[2].split("/")
        service = known.get((read("consumedservice").lower(), "/".join([own[0], *own[1::2]])))
        service = service or known.get((own[0], "/".join([own[0], *own[1::2]])), read("consumedservice"))
        cost = Decimal(read("costinbillingcurrency", "cost", "pretaxcost"))
        account = read("billingprofileid", "billingaccountid", "subscriptionid", "subscriptionguid")
        subscription = read("subscriptionid", "subscriptionguid").lower()
        currency = read("billingcurrency", "billingcurrencycode", "currency")
        committed = row.get("pricingmodel", "") in ("Reservation", "SavingsPlan")
        yield ("Microsoft", service, account, subscription, currency), Decimal(0) if committed else cost, cost


def _reader(row: Row) -> Callable[..., str]:
    return lambda *names: next((row[name] for name in names if row.get(name)), "")


def google(path: Path) -> Iterator[Charge]:
    """Section 3.2: cost and all credits; without commitments both costs are one."""
    for row in rows(path):
        try:
            granted = json.loads(row["credits"] or "[]", parse_float=Decimal)
        except ValueError:
            granted = ast.literal_eval(row["credits"])
        cost = Decimal(row["cost"])
        for credit in granted:
            assert "COMMITTED" not in credit["type"]
            cost = EXACT.add(cost, Decimal(str(credit["amount"])))
        key = ("Google Cloud", row["service.description"], row["billing_account_id"], row["project.id"] or None)
        yield (*key, row["currency"]), cost, cost
