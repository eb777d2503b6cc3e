"""Billing accounts of Google Cloud, the projects linked to them, budgets there, and list prices of the catalogue.

Prices are kept as facts with the time from which the provider says they hold. No list cost of a line is made of them.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from pydantic import field_validator

from collectors.meter import Meter, Price
from collectors.sources import gcp_budgets, gcp_projects
from collectors.sources.contract import Check, Fact, Facts, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import CLOUD, SCOPES, Access, Calls, Identity, Need, credential, money

NAME = "gcp-accounts"
LABEL = "Google Cloud billing accounts, projects, budgets and list prices"
GRADE: Grade = "facts"
NORMAL_LAG_HOURS = 24
INTERVAL_HOURS = 24

CALL_SECONDS: Final = 60
PAGE_SKUS: Final = 5_000
_ACCOUNT: Final = re.compile(r"[0-9A-F]{6}-[0-9A-F]{6}-[0-9A-F]{6}")
_SERVICE: Final = re.compile(r"[0-9A-F]{4}-[0-9A-F]{4}-[0-9A-F]{4}")

PERMISSIONS = (
    Permission(
        "accounts",
        "Look at one billing account and the projects linked to it",
        "sh",
        "gcloud billing accounts add-iam-policy-binding BILLING_ACCOUNT --member serviceAccount:SERVICE_ACCOUNT "
        "--role roles/billing.viewer",
        actions=("billing.accounts.list", "billing.resourceAssociations.list"),
    ),
    gcp_projects.PERMISSION,
    gcp_budgets.PERMISSION,
)


class Settings(Identity):
    """Which billing accounts are looked at, and whose catalogue prices are kept."""

    accounts: tuple[str, ...] = ()
    """Ids of billing accounts; all that the identity may see when none is named."""
    catalogue: tuple[str, ...] = ()
    """Ids of services whose list prices are kept, such as 6F81-5844-456A; none unless named."""
    currency: str = "USD"
    """Currency of list prices."""
    endpoint: str | None = None
    """Address of the billing and catalogue service where it is not the public one."""
    projects_endpoint: str | None = None
    """Address of the resource manager where it is not the public one."""
    budgets_endpoint: str | None = None
    """Address of the budget service where it is not the public one."""

    @field_validator("accounts", "catalogue")
    @classmethod
    def _known(cls, given: tuple[str, ...], info: Any) -> tuple[str, ...]:
        shape = _ACCOUNT if info.field_name == "accounts" else _SERVICE
        if wrong := [one for one in given if not shape.fullmatch(one)]:
            raise ValueError(f"not an id: {', '.join(wrong)}")
        return given


def prices(settings: Settings) -> Sequence[Price]:
    """Nothing here has a price; calls are counted."""
    return (Price("call"),)


@dataclass(slots=True)
class _Calls(Calls):
    """All services."""

    settings: Settings
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, name: str) -> Any:
        from google.cloud import billing_v1

        if name == "budgets":
            self._clients.setdefault(name, gcp_budgets.client(self.credential, self.settings.budgets_endpoint))
        elif name not in self._clients:
            kind = {"billing": billing_v1.CloudBillingClient, "catalogue": billing_v1.CloudCatalogClient}[name]
            options = {"api_endpoint": self.settings.endpoint} if self.settings.endpoint else None
            self._clients[name] = kind(transport="rest", credentials=self.credential, client_options=options)
        return self._clients[name]

    @property
    def credential(self) -> Any:
        return self.access.credential or credential(self.settings, SCOPES)

    def accounts(self) -> list[dict[str, Any]]:
        """Billing accounts that are wanted; one that is named and not listed is a fault of the settings."""

        def ask(token: str) -> Any:
            asked = {"page_token": token}
            return self.client("billing").list_billing_accounts(asked, retry=None, timeout=CALL_SECONDS)

        found = [
            _plain(one) for page in self.pages(ask, _need("billing.accounts.list")) for one in page.billing_accounts
        ]
        wanted = set(self.settings.accounts)
        chosen = [one for one in found if not wanted or _last(one["name"]) in wanted]
        if missing := wanted - {_last(one["name"]) for one in chosen}:
            need = _need("billing.accounts.list")
            text = f"{', '.join(sorted(missing))} is not among the billing accounts that this identity may see."
            raise SourceError("configuration", text, next_step=f"Grant {need.missing}.", line=need.line)
        return sorted(chosen, key=lambda one: str(one["name"]))

    def projects(self, account: str) -> list[dict[str, Any]]:
        def ask(token: str) -> Any:
            asked = {"name": account, "page_token": token}
            return self.client("billing").list_project_billing_info(asked, retry=None, timeout=CALL_SECONDS)

        need = _need("billing.resourceAssociations.list", _last(account))
        found = [_plain(one) for page in self.pages(ask, need) for one in page.project_billing_info]
        return sorted(found, key=lambda one: str(one.get("projectId")))

    def skus(self, service: str) -> Iterator[dict[str, Any]]:
        def ask(token: str) -> Any:
            asked = {
                "parent": f"services/{service}",
                "currency_code": self.settings.currency,
                "page_size": PAGE_SKUS,
                "page_token": token,
            }
            return self.client("catalogue").list_skus(asked, retry=None, timeout=CALL_SECONDS)

        for page in self.pages(ask, Need(f"reading prices of {service}", "the Cloud Billing API", _ENABLE)):
            yield from map(_plain, page.skus)


_ENABLE: Final = "gcloud services enable cloudbilling.googleapis.com"


def _need(permission: str, account: str = "BILLING_ACCOUNT") -> Need:
    line = PERMISSIONS[0].template.replace("BILLING_ACCOUNT", account)
    return Need("listing billing accounts and projects", permission, line)


def _plain(message: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(type(message).to_json(message, always_print_fields_with_no_presence=False))
    return made


def _last(name: Any) -> str:
    return str(name).rpartition("/")[2]


def _digest(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    """One part of all accounts, which a list call tells; budgets, prices and names of projects once a day."""
    calls, today = _Calls(meter, access, settings), f"{window.now:%Y-%m-%d}"
    accounts = calls.accounts()
    linked = {one["name"]: calls.projects(one["name"]) for one in accounts}
    payload = {"accounts": accounts, "projects": linked}
    yield Part("", "accounts", _digest([payload, today]), payload=payload)
    names = [one["name"] for one in accounts]
    yield Part("", "budgets", _digest([names, today]), payload={"budgets of": names})
    for service in settings.catalogue:
        yield Part("", f"prices {service}", _digest([today, settings.currency]), payload={"service": service})


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    """What the catalogue says as it says it; accounts with what the resource manager knows of their projects."""
    heard = replace(access, retry=replace(access.retry, on_wait=lambda _left: on_progress(Fetching(0))))
    calls = _Calls(meter, heard, settings)
    path = folder / "facts.json"
    if "service" in part.payload:
        skus = []
        for sku in calls.skus(part.payload["service"]):
            skus.append(sku)
            if len(skus) % PAGE_SKUS == 0:
                on_progress(Fetching(0, None, len(skus)))
        if not skus:
            raise SourceError("data", f"The catalogue has no prices of {part.payload['service']}.")
        landed: dict[str, Any] = {"skus": skus}
    elif "budgets of" in part.payload:
        landed = _budgets(calls, part.payload["budgets of"])
    else:
        described, notes = {}, []
        try:
            described = gcp_projects.described(calls, calls.credential, settings.projects_endpoint)
        except SourceError as error:
            if error.missing is None:
                raise
            notes.append(error.message)
        landed = {**part.payload, "described": described, "notes": notes}
    path.write_text(json.dumps(landed), encoding="utf-8")
    return [path]


def _budgets(calls: _Calls, accounts: Sequence[str]) -> dict[str, Any]:
    """Of all accounts, or what is missing to read them."""
    try:
        service = calls.client("budgets")
        return {"budgets": [one for name in accounts for one in gcp_budgets.listed(calls, service, name)]}
    except SourceError as error:
        if error.missing is None:
            raise
        return {"notes": [error.message]}


def facts(files: Sequence[Path]) -> Facts:
    """Billing accounts and projects as accounts, budgets, SKUs as prices."""
    found: list[Fact] = []
    notes: list[str] = []
    for path in files:
        landed = json.loads(path.read_text("utf-8"))
        notes += landed.get("notes", ())
        found += [_price(sku) for sku in landed.get("skus", ())]
        found += [gcp_budgets.fact(one) for one in landed.get("budgets", ())]
        found += [_account(one) for one in landed.get("accounts", ())]
        for linked in landed.get("projects", {}).values():
            found += [_project(one["projectId"], landed["described"]) for one in linked if one.get("projectId")]
    return Facts(tuple(found), tuple(notes))


def _account(one: Mapping[str, Any]) -> Fact:
    status = "open" if one.get("open") else "closed"
    return Fact(
        "account", _last(one["name"]), {"name": one.get("displayName"), "path": [], "tags": None, "status": status}
    )


def _project(project: str, described: Mapping[str, Any]) -> Fact:
    about = described.get(project, {})
    parent = about.get("parent") or {}
    path = [f"{parent['type']} {parent['id']}"] if parent.get("id") else None
    labels = about.get("labels", {}) if about else None
    return Fact("account", project, {"name": about.get("name"), "path": path, "tags": labels,
                                     "status": about.get("lifecycleState")})  # fmt: skip


def _price(sku: Mapping[str, Any]) -> Fact:
    """The price that holds now, exactly: units and billionths."""
    newest = max(sku.get("pricingInfo", [{}]), key=lambda one: str(one.get("effectiveTime", "")))
    how = newest.get("pricingExpression", {})
    rates = how.get("tieredRates", ())
    values: dict[str, Any] = {
        "service": (sku.get("category") or {}).get("serviceDisplayName"),
        "description": sku.get("description"),
        "regions": sorted(sku.get("serviceRegions", ())),
        "unit": how.get("usageUnit"),
        "currency": next((rate["unitPrice"]["currencyCode"] for rate in rates if "unitPrice" in rate), None),
        "effective_from": newest.get("effectiveTime"),
        "tiers": [[str(rate.get("startUsageAmount", 0)), money(rate.get("unitPrice", {}))] for rate in rates],
    }
    return Fact("price", str(sku["skuId"]), values)


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    """Identity and list together, for a call tells both; read; format for the catalogue; names; budgets."""
    calls = _Calls(meter, access, settings)
    step = "identity"
    try:
        accounts = calls.accounts()
        yield Check("identity", "ok", "The identity is accepted.")
        step = "list"
        if not accounts:
            yield Check("list", "fail", "No billing account can be seen.", line=_need("").line)
            return
        yield Check("list", "ok", f"{len(accounts)} billing accounts are listed.")
        step = "read"
        linked = [project for one in accounts for project in calls.projects(one["name"])]
        yield Check("read", "ok", f"{len(linked)} projects are linked.")
        for service in settings.catalogue[:1]:
            step = "format"
            first = next(calls.skus(service), None)
            text = f"{service} has list prices." if first else f"{service} has no list prices."
            yield Check("format", "ok" if first else "warn", text, required=False)
    except SourceError as error:
        yield Check(step, "fail", error.message, missing=error.missing, line=error.line or error.next_step)
        return
    ids = [one["projectId"] for one in linked]
    yield gcp_projects.names_check(calls, calls.credential, settings.projects_endpoint, ids)
    yield gcp_budgets.check(calls, calls.client("budgets"), accounts[0]["name"])
