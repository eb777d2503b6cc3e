"""Requests, a dispute and an offer as the API would tell them, to be shown without making them first."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime

from playwright.sync_api import Page, Route

from api import documents as doc

AT = datetime(2026, 10, 1, 9, tzinfo=UTC)
OPEN, DONE = "1" * 32, "2" * 32
MOVE = {"was": "data", "becomes": "search", "currency": "USD", "amount": "12.5", "shared": "2.5", "lines": 3}


def request(id_: str, **more: object) -> doc.RuleRequest:
    known = {
        "team": "search",
        "actor": "local",
        "note": "crawlers run there",
        "base": 1,
        "created_at": AT,
        "deadline": AT,
        "largest": [MOVE],
        "moves": 3,
        "moved_lines": 3,
    }
    return doc.RuleRequest.model_validate({"id": id_, **known, **more})


def asked() -> dict[str, doc.Document]:
    """By path below the API."""
    waits = {"team": "data", "needs": ["takes", "pool"]}
    said = {"team": "checkout", "needs": ["gives"], "accepted": True, "reason": "fine", "actor": "local", "at": AT}
    open_ = request(OPEN, state="open", asked=[waits, said], waits_for=["data"])
    done = request(DONE, state="published", asked=[], waits_for=[], dispute="3" * 32, note="not ours", version=2)
    detail = {
        **open_.model_dump(),
        "texts": {"org": "", "rules": ""},
        "diff": "--- a/rules.yaml\n+++ b/rules.yaml\n@@ -1 +1,2 @@\n+a rule\n",
        "periods": ["2026-09", "2026-10"],
        "movement": [MOVE],
        "by_month": [{**MOVE, "period": "2026-10"}],
        "by_service": [{**MOVE, "service": "Compute"}],
        "by_pool": [{**MOVE, "pool": "clusters", "amount": "2.5"}],
        "left_out": 7,
    }
    dispute = doc.Dispute.model_validate(
        {
            "id": "3" * 32,
            "team": "data",
            "scope": "where=service:Compute",
            "reason": "not ours",
            "suggested": None,
            "query": "where=service:Compute&where=team:data&period=2026-09-01..2026-09-30",
            "totals": [{"currency": "USD", "effective_cost": "12.5"}],
            "actor": "local",
            "created_at": AT,
            "request": DONE,
            "state": "published",
        }
    )
    offer = doc.Offer(
        id="4" * 32, team="data", scope="where=service:Compute", note="moves", actor="local", created_at=AT,
        until=date(2027, 1, 1),
    )  # fmt: skip
    return {
        "/rules/requests": doc.RuleRequests(requests=[open_, done], waiting=1, next="0~x~y"),
        f"/rules/requests/{OPEN}": doc.RequestDetail.model_validate(detail),
        "/rules/disputes": doc.Disputes(disputes=[dispute]),
        "/rules/offers": doc.Offers(offers=[offer]),
    }


def show(page: Page) -> None:
    """The pages of this browser read these."""
    told = {path: found.model_dump(mode="json") for path, found in asked().items()}

    def answer(route: Route) -> None:
        path = route.request.url.split("/api/v1")[1].split("?")[0]
        route.fulfill(status=200, content_type="application/json", body=json.dumps(told[path]))

    for path in told:
        page.route(f"**/api/v1{path}", answer)
        page.route(f"**/api/v1{path}?*", answer)
