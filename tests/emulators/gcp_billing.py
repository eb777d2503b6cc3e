"""Cloud Billing, its catalogue, the resource manager and budgets, as far as collecting asks: five lists in pages."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.emulators.bigquery import refusal
from tests.emulators.loopback import Loopback

ROUTES = {
    "accounts": (re.compile(r"/v1/billingAccounts"), "billingAccounts"),
    "linked": (re.compile(r"/v1/billingAccounts/[^/]+/projects"), "projectBillingInfo"),
    "skus": (re.compile(r"/v1/services/[^/]+/skus"), "skus"),
    "budgets": (re.compile(r"/v1/billingAccounts/[^/]+/budgets"), "budgets"),
    "projects": (re.compile(r"/v1/projects"), "projects"),
}


@dataclass
class Billing(Loopback):
    """`lists` holds what each path lists; `denied` the names of ROUTES that are refused."""

    lists: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    denied: set[str] = field(default_factory=set)
    token: str = "good"
    page_size: int = 100
    repeats: bool = False

    def name(self, request: Request) -> str:
        return next((name for name, (path, _) in ROUTES.items() if path.fullmatch(request.path)), request.path)

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "authError")
        name = self.name(request)
        if name not in ROUTES:
            return refusal(404, "notFound")
        if name in self.denied:
            return refusal(403, "forbidden")
        there = self.lists.get(request.path, [])
        start = int(request.args.get("pageToken") or 0)
        page: dict[str, Any] = {ROUTES[name][1]: there[start : start + self.page_size]}
        if start + self.page_size < len(there):
            page["nextPageToken"] = str(start if self.repeats and start else start + self.page_size)
        return Response(json.dumps(page), content_type="application/json")


def account(number: str, name: str) -> dict[str, Any]:
    return {"name": f"billingAccounts/{number}", "open": True, "displayName": name, "currencyCode": "EUR"}


def linked(account: str, project: str) -> dict[str, Any]:
    return {
        "name": f"projects/{project}/billingInfo",
        "projectId": project,
        "billingAccountName": f"billingAccounts/{account}",
        "billingEnabled": True,
    }


def project(project: str, name: str, **labels: str) -> dict[str, Any]:
    parent = {"type": "folder", "id": "77"}
    return {"projectId": project, "name": name, "labels": labels, "parent": parent, "lifecycleState": "ACTIVE"}


def sku(number: str, price: tuple[int, int], since: str = "2026-11-01T00:00:00Z") -> dict[str, Any]:
    """A SKU with one rate, of units and billionths."""
    rate = {"startUsageAmount": 0, "unitPrice": {"currencyCode": "USD", "units": str(price[0]), "nanos": price[1]}}
    return {
        "name": f"services/6F81-5844-456A/skus/{number}",
        "skuId": number,
        "description": f"Core {number}",
        "category": {"serviceDisplayName": "Engine"},
        "serviceRegions": ["europe-west3"],
        "pricingInfo": [{"effectiveTime": since, "pricingExpression": {"usageUnit": "h", "tieredRates": [rate]}}],
    }


def budget(account: str, number: str, name: str, amount: str | None, **within: Any) -> dict[str, Any]:
    """A budget of whole units of EUR, or of what the period before it cost."""
    own = {"specifiedAmount": {"currencyCode": "EUR", "units": amount}} if amount else {"lastPeriodAmount": {}}
    rules = [{"thresholdPercent": 0.5}, {"thresholdPercent": 0.9, "spendBasis": "FORECASTED_SPEND"}]
    return {
        "name": f"billingAccounts/{account}/budgets/{number}",
        "displayName": name,
        "budgetFilter": {"creditTypesTreatment": "INCLUDE_ALL_CREDITS", "calendarPeriod": "MONTH", **within},
        "amount": own,
        "thresholdRules": rules,
        "etag": "e",
    }
