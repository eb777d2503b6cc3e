"""Cost Management's query and list of exports, as Azure's management service answers them, over a few charges.

It groups by at most two dimensions, answers days as numbers and months as texts, and pages by `nextLink`.
"""

from __future__ import annotations

import json
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
        if len(body["dataset"]["grouping"]) > 2:
            return refusal(400, "BadRequest")
        columns, rows = self._rows(body)
        start = int(request.args.get("$skiptoken") or 0)
        following = start + self.page_size if start + self.page_size < len(rows) else None
        if self.repeats and start:
            following = start
        own = f"{self.elsewhere or self.address}{request.path}?api-version=2025-03-01&$skiptoken={following}"
        return self._page(columns, rows[start : start + self.page_size], own if following else None)

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
