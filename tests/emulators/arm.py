"""Cost Management's query and list of exports, as Azure's management service answers them, over a few charges.

It groups by at most two dimensions, answers days as numbers and months as texts, and pages by `nextLink`. Resource
Graph beside it answers containers, leaves out silently what may not be seen, and pages by `$skipToken`.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

from azure.core.credentials import AccessToken
from azure.core.pipeline.policies import SansIOHTTPPolicy
from werkzeug.wrappers import Request, Response

from tests.emulators.loopback import Loopback


@dataclass(frozen=True)
class Charge:
    day: str  # 2026-09-14
    actual: str
    amortized: str
    service: str = "Virtual Machines"
    charge_type: str = "Usage"
    subscription: str = "0b1f0c3a-0001-4000-8000-00000000000a"
    currency: str = "EUR"


@dataclass
class Management(Loopback):
    charges: list[Charge] = field(default_factory=list)
    token: str = "good"  # the one in force
    page_size: int = 1_000
    repeats: bool = False
    elsewhere: str | None = None
    bodies: list[dict] = field(default_factory=list)
    containers: list[dict] = field(default_factory=list)
    denied: set[str] = field(default_factory=set)  # types of containers that may not be seen

    def name(self, request: Request) -> str:
        return request.path.rpartition("/")[2]

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "ExpiredAuthenticationToken")
        if request.path.endswith("/exports"):
            one = {"name": "daily", "properties": {"definition": {"type": "ActualCost", "timeframe": "MonthToDate"}}}
            return Response(json.dumps({"value": [one]}), content_type="application/json")
        body = request.get_json()
        self.bodies.append(body)
        if request.path == "/providers/Microsoft.ResourceGraph/resources":
            return self._graph(body)
        if len(body["dataset"]["grouping"]) > 2:
            return refusal(400, "BadRequest")
        columns, rows = self._rows(body)
        start = int(request.args.get("$skiptoken") or 0)
        following = start + self.page_size if start + self.page_size < len(rows) else None
        if self.repeats and start:
            following = start
        own = f"{self.elsewhere or self.address}{request.path}?api-version=2025-03-01&$skiptoken={following}"
        return self._page(columns, rows[start : start + self.page_size], own if following else None)

    def _graph(self, body: dict) -> Response:
        wanted = {name.casefold() for name in body.get("subscriptions", ())}
        above = {name.casefold() for name in body.get("managementGroups", ())}
        if wanted and above:
            return refusal(400, "InvalidScope")
        kind = re.search(r"where type =~ '([^']+)'", body["query"])
        assert kind and "project id, " in body["query"]  # the service pages only where ids are shown
        known = [one for one in self.containers if one["type"] == SUBSCRIPTIONS]
        chains = {one["subscriptionId"].casefold(): one.get("above") or () for one in known}
        rows = [
            {name: value for name, value in one.items() if name != "type"}
            for one in sorted(self.containers, key=lambda one: one["id"])
            if one["type"] == kind[1] and kind[1] not in self.denied
            and (not wanted or one["subscriptionId"].casefold() in wanted)
            and (not above or above & {unit["name"].casefold() for unit in chains[one["subscriptionId"].casefold()]})
        ]  # fmt: skip
        size, start = min(self.page_size, body["options"]["$top"]), int(body["options"].get("$skipToken") or 0)
        page = {"totalRecords": len(rows), "count": len(rows[start : start + size]), "facets": [],
                "data": rows[start : start + size], "resultTruncated": "false"}  # fmt: skip
        if start + size < len(rows):
            page["$skipToken"] = str(start if self.repeats and start else start + size)
        return Response(json.dumps(page), content_type="application/json")

    def _page(self, columns: Sequence[dict], rows: Sequence[tuple], following: str | None) -> Response:
        text = json.dumps({"properties": {"nextLink": following, "columns": columns, "rows": []}})
        written = ",".join("[" + ",".join(v if i == 0 else json.dumps(v) for i, v in enumerate(r)) + "]" for r in rows)
        return Response(text.replace('"rows": []', f'"rows": [{written}]'), content_type="application/json")

    def _rows(self, body: dict) -> tuple[list[dict], list[tuple]]:
        daily = body["dataset"]["granularity"] == "Daily"
        start, end = (body["timePeriod"][key][:10] for key in ("from", "to"))
        only = body["dataset"].get("filter", {}).get("dimensions", {}).get("values")
        by = [one["name"] for one in body["dataset"]["grouping"]]
        facts = {"SubscriptionId": "subscription", "ServiceName": "service", "ChargeType": "charge_type"}
        sums: dict[tuple, Decimal] = defaultdict(Decimal)
        for one in self.charges:
            cost = one.actual if body["type"] == "ActualCost" else one.amortized
            if start <= one.day <= end and cost and (only is None or one.charge_type in only):
                when = int(one.day.replace("-", "")) if daily else f"{one.day[:7]}-01T00:00:00"
                sums[(when, *(getattr(one, facts[name]) for name in by), one.currency)] += Decimal(cost)
        names = ["Cost", "UsageDate" if daily else "BillingMonth", *by, "Currency"]
        columns = [{"name": name, "type": "Number" if name in ("Cost", "UsageDate") else "String"} for name in names]
        return columns, [(f"{cost:f}", *key) for key, cost in sorted(sums.items(), key=str)]


SUBSCRIPTIONS, GROUPS = "microsoft.resources/subscriptions", "microsoft.resources/subscriptions/resourcegroups"


def subscription(number: str, name: str, *units: str, **tags: str) -> dict:
    """A subscription below management groups, named from the root down."""
    above = [{"name": unit.casefold(), "displayName": unit} for unit in reversed(units)]
    return {"id": f"/subscriptions/{number}", "type": SUBSCRIPTIONS, "name": name, "subscriptionId": number,
            "tags": tags or None, "state": "Enabled", "above": above or None}  # fmt: skip


def group(number: str, name: str, **tags: str) -> dict:
    place = f"/subscriptions/{number}/resourceGroups/{name}"
    return {"id": place, "type": GROUPS, "name": name, "subscriptionId": number, "tags": tags or None}


def refusal(status: int, code: str, **headers: str) -> Response:
    body = {"error": {"code": code, "message": "no"}}
    return Response(json.dumps(body), status=status, content_type="application/json", headers=headers)


class LoopbackHttp(SansIOHTTPPolicy):
    """Lets a token go over http, to this machine only."""

    def on_request(self, request) -> None:
        if request.http_request.url.startswith("http://127.0.0.1:"):
            request.context.options.setdefault("enforce_https", False)


@dataclass
class Token:
    """A credential with whatever token is set."""

    token: str = "good"

    def get_token(self, *scopes: str, **options: object) -> AccessToken:
        return AccessToken(self.token, 4_000_000_000)
