"""Budgets that people keep in Google Cloud: amount, period, scope and thresholds. A part of sources, none itself."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

from collectors.sources.contract import Check, Fact, Permission
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import Calls, Need, money

CALL_SECONDS: Final = 60
PERMISSION: Final = Permission(
    "budgets",
    "Budgets of the billing account; its viewer may read them once the service is enabled",
    "sh",
    "gcloud services enable billingbudgets.googleapis.com",
    required=False,
    actions=("billing.budgets.list",),
)


def client(credential: Any, endpoint: str | None) -> Any:
    from google.cloud.billing import budgets_v1

    options = {"api_endpoint": endpoint} if endpoint else None
    return budgets_v1.BudgetServiceClient(transport="rest", credentials=credential, client_options=options)


def listed(calls: Calls, service: Any, account: str) -> list[dict[str, Any]]:
    """Budgets of a billing account ("billingAccounts/ID"), as the service has them; every number as its text."""

    def ask(token: str) -> Any:
        asked = {"parent": account, "page_token": token}
        return service.list_budgets(asked, retry=None, timeout=CALL_SECONDS)

    need = Need(f"reading budgets of {account}", PERMISSION.actions[0], PERMISSION.template)
    return [_plain(one) for page in calls.pages(ask, need) for one in page.budgets]


def _plain(message: Any) -> dict[str, Any]:
    text = type(message).to_json(
        message, always_print_fields_with_no_presence=False, use_integers_for_enums=False, indent=None
    )
    made: dict[str, Any] = json.loads(text, parse_float=str)
    return made


def fact(budget: Mapping[str, Any]) -> Fact:
    """Without an amount of its own a budget is what the period before it cost."""
    parts = str(budget["name"]).split("/")  # billingAccounts/ID/budgets/ID
    amount = (budget.get("amount") or {}).get("specifiedAmount")
    within = budget.get("budgetFilter") or {}
    values = {
        "name": budget.get("displayName"),
        "account": parts[1],
        "amount": money(amount) if amount else None,
        "currency": amount.get("currencyCode") if amount else None,
        "period": _period(within),
        "scope": _scope(within),
        "thresholds": [
            [str(rule.get("thresholdPercent", "0")), str(rule.get("spendBasis", "CURRENT_SPEND")).lower()]
            for rule in budget.get("thresholdRules", ())
        ],
    }
    return Fact("budget", parts[-1], values)


def _period(within: Mapping[str, Any]) -> str | list[str | None]:
    if custom := within.get("customPeriod"):
        return [_day(custom.get(name)) for name in ("startDate", "endDate")]
    return str(within.get("calendarPeriod", "MONTH")).lower()


def _day(given: Mapping[str, int] | None) -> str | None:
    return f"{given['year']}-{given['month']:02}-{given['day']:02}" if given else None


def _scope(within: Mapping[str, Any]) -> dict[str, Any]:
    """Empty: all cost of the billing account. Ids without the words before them; folders keep theirs."""
    found: dict[str, Any] = {
        name: sorted(str(one).rpartition("/")[2] for one in within[name])
        for name in ("projects", "services", "subaccounts")
        if within.get(name)
    }
    if within.get("resourceAncestors"):
        found["ancestors"] = sorted(within["resourceAncestors"])
    if within.get("labels"):
        found["labels"] = dict(sorted(within["labels"].items()))
    if treatment := within.get("creditTypesTreatment"):
        found["credits"] = str(treatment).lower()
    return found


def check(calls: Calls, service: Any, account: str) -> Check:
    """How many budgets can be read; what may not be read is a warning."""
    try:
        count = len(listed(calls, service, account))
    except SourceError as error:
        line = error.line or error.next_step
        return Check("budgets", "warn", error.message, required=False, missing=error.missing, line=line)
    return Check("budgets", "ok", f"{count} budgets can be read.", required=False)
