"""Azure Cost Management's query: daily totals by subscription, service and charge type, where there is no export.

Two questions of the same shape, actual and amortized cost. The query groups by at most two dimensions, so each charge
type is asked for by itself; which there are, and the change token of a month, tell two monthly totals of all months.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from pathlib import Path
from typing import Final

from pydantic import field_validator

from collectors.formats.azure_query import ACTUAL, AMORTIZED
from collectors.formats.azure_query import NAME as FORMAT
from collectors.meter import Meter, Price
from collectors.sources import terraform
from collectors.sources.azure_access import CLOUD, Access, Identity
from collectors.sources.azure_costs import ROLE, Costs, Question
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError

NAME = "azure-query"
LABEL = "Azure Cost Management query"
GRADE: Grade = "summary"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 24

MONTHS_MAX: Final = 12  # of one question
NEAR: Final = (Decimal("0.01"), Decimal("0.001"))
"""Absolute and relative difference of two answers that are still one: sums are of floats, and an open month grows."""
_GUID: Final = r"[0-9A-Fa-f-]{36}"
_BILLING: Final = (
    r"/providers/Microsoft\.Billing/billingAccounts/[^/\s]+"
    r"(?:/(?:billingProfiles|departments|enrollmentAccounts|customers|invoiceSections)/[^/\s]+){0,2}"
)
SCOPE: Final = re.compile(
    rf"/subscriptions/{_GUID}(?:/resourceGroups/[^/\s]+)?|{_BILLING}"
    r"|/providers/Microsoft\.Management/managementGroups/[^/\s]+",
    re.IGNORECASE,
)
_SEGMENTS: Final = {
    "subscriptions": "Subscription",
    "resourcegroups": "Resource Group",
    "managementgroups": "Management Group",
    "billingaccounts": "Billing Account",
    "billingprofiles": "Billing Profile",
}

EXPORTS_READ: Final = "Microsoft.CostManagement/exports/read"
PERMISSIONS = (
    Permission(
        "read",
        "Read costs of a subscription, resource group or management group",
        "sh",
        f'az role assignment create --assignee ${{client}} --role "{ROLE}" --scope "${{scopes}}"',
        actions=("Microsoft.CostManagement/query/action", EXPORTS_READ),
    ),
    Permission(
        "billing",
        "Read costs of a billing account instead",
        "text",
        "Enterprise agreement: role EnrollmentReader (24f8edb6-1668-4659-b5e2-40bb5f3a7d7e) on the enrolment.\n"
        "Customer agreement: role Billing account reader, or Billing profile reader, on the scope.",
        required=False,
    ),
    terraform.azure_role(ROLE, "${scopes}", "Microsoft.CostManagement/query/action", EXPORTS_READ),
)


class Settings(Identity):
    """Which scopes are asked for, and by whom."""

    scopes: tuple[str, ...]
    """Subscriptions, resource groups, management groups or billing accounts, as resource paths."""
    billing_account: str | None = None
    """Id of the billing account that the lines belong to, as exports write it; else the scope's own id."""
    pages_per_run: int = 1_000
    """Most pages that one run may ask for."""
    endpoint: str = "https://management.azure.com"
    """Address of the management service of another cloud."""

    @field_validator("scopes")
    @classmethod
    def _apart(cls, scopes: tuple[str, ...]) -> tuple[str, ...]:
        own = [f"/{scope.strip('/')}" for scope in scopes]
        if wrong := [scope for scope in own if not SCOPE.fullmatch(scope)]:
            raise ValueError(f"no scope of costs: {', '.join(wrong)}")
        folded = sorted(f"{scope.casefold()}/" for scope in own)
        if not own or any(two.startswith(one) for one, two in pairwise(folded)):
            raise ValueError("give at least one scope, and none that lies within another: it would count twice")
        return tuple(own)


def prices(settings: Settings) -> Sequence[Price]:
    return (Price("page", run_max=settings.pages_per_run), Price("list"))


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    costs = Costs(settings, settings.endpoint, meter, access)
    for scope in settings.scopes:
        try:
            months = _monthly(costs, scope, Window(_previous(window.end), window.end, window.now))
            yield Check("identity", "ok", "A token was given and accepted.")
            yield Check("read", "ok", f"Costs of {scope} can be read.")
            found = ", ".join(sorted(months)) or "no cost in this month"
            yield Check("months", "ok" if months else "warn", f"{scope}: {found}.", required=False)
        except SourceError as error:
            name = "read" if error.missing else "identity"
            yield Check(name, "fail", str(error), missing=error.missing, line=error.line)
            continue
        try:
            exports = costs.exports(scope)
            text = "; ".join(exports) or "none. An export brings resources and prices; a query brings daily totals"
            yield Check("list", "ok", f"Exports of {scope}: {text}.", required=False)
        except SourceError as error:
            yield Check("list", "warn", str(error), required=False, missing=error.missing, line=error.line)
    yield from _BESIDE


_EXPORT: Final = "Collect an export of the scope."
_BESIDE: Final = (
    Check("invoices", "warn", "Invoices come from the bill itself; a query does not know them.", False, line=_EXPORT),
    Check("names", "warn", "A query answers ids of subscriptions.", False,
          line="Collect an export of the scope, or add a source of kind azure-names."),
)  # fmt: skip


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    costs = Costs(settings, settings.endpoint, meter, access)
    found = [
        _part(scope, period, totals)
        for scope in settings.scopes
        for period, totals in _monthly(costs, scope, window).items()
        if window.holds(period)
    ]
    yield from sorted(found, key=lambda part: (part.period, part.key), reverse=True)


def _part(scope: str, period: str, rows: Sequence[tuple[str, ...]]) -> Part:
    totals: dict[str, dict[str, dict[str, str]]] = {}
    for kind, charge_type, _, currency, cost in rows:
        by_currency = totals.setdefault(kind, {}).setdefault(charge_type, {})
        by_currency[currency] = str(Decimal(by_currency.get(currency, "0")) + Decimal(cost))
    token = hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()
    return Part(period, scope.casefold(), token, payload={"scope": scope, "totals": totals}, format_name=FORMAT)


def _monthly(costs: Costs, scope: str, window: Window) -> dict[str, list[tuple[str, ...]]]:
    """Month -> (type, charge type, service, currency, cost), both types, all months in few questions."""
    found: dict[str, list[tuple[str, ...]]] = defaultdict(list)
    months = sorted(window.months)
    for start in range(0, len(months), MONTHS_MAX):
        first, last = months[start], months[start : start + MONTHS_MAX][-1]
        for kind in (ACTUAL, AMORTIZED):
            question = Question(kind, "Monthly", _first(first), _last(last), ("ChargeType", "ServiceName"))
            for row in costs.rows(scope, question):
                words = (row["ChargeType"] or "", row["ServiceName"] or "", row["Currency"], row["Cost"])
                found[str(row["BillingMonth"])[:7]].append((kind, *words))
    return found


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    costs = Costs(settings, settings.endpoint, meter, access, on_progress)
    scope, first, last = part.payload["scope"], _first(part.period), _last(part.period)
    about = {"scope": scope, **_account(settings, scope)}
    data, size, done = [], 0, 0
    every = [(kind, one, sums) for kind, by in part.payload["totals"].items() for one, sums in by.items()]
    for kind in (ACTUAL, AMORTIZED):
        lines: list[str] = []
        for charge_type, told in ((one, sums) for own, one, sums in every if own == kind):
            question = Question(kind, "Daily", first, last, ("SubscriptionId", "ServiceName"), charge_type)
            rows = list(costs.rows(scope, question))
            _compare(part.period, charge_type, rows, told)
            lines += [_line({"type": kind, "charge_type": charge_type, **about}, row) for row in rows]
            done += 1
            on_progress(Fetching(size + sum(map(len, lines)), None, done, len(every)))
        if lines:
            path = folder / f"{kind}.jsonl"
            path.write_text("".join(lines), encoding="utf-8")
            size += path.stat().st_size
            data.append(path)
    if not data:
        raise SourceError("data", f"There is no cost of {part.period} any more.")
    return data


def _compare(period: str, charge_type: str, rows: Sequence[Mapping[str, str]], told: Mapping[str, str]) -> None:
    """The days must make the month: a range that was clipped, or a page that is missing, shows here."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for row in rows:
        sums[row["Currency"]] += Decimal(row["Cost"])
    for currency in sums.keys() | told.keys():
        month = Decimal(told.get(currency, "0"))
        if abs(sums[currency] - month) > NEAR[0] + NEAR[1] * abs(month):
            raise SourceError(
                "transient",
                f"{period}, {charge_type}: the days come to {sums[currency]} {currency}, the month to {month}. "
                "It changes at this moment, or the answer was cut short.",
            )


def _line(query: Mapping[str, str], row: Mapping[str, str]) -> str:
    """One row beside its question, numbers as the service wrote them."""
    own = ",".join(f"{json.dumps(name)}:{_value(name, value)}" for name, value in row.items())
    return f'{{"query":{json.dumps(query)},"row":{{{own}}}}}\n'


def _value(name: str, value: str | None) -> str:
    if name != "Cost" or value is None:
        return json.dumps(value, ensure_ascii=False)
    try:
        Decimal(value)
    except InvalidOperation:
        raise SourceError("data", "A cost that is no number was answered.") from None
    return value


def _account(settings: Settings, scope: str) -> dict[str, str]:
    """Whose bill it is, as far as the scope tells."""
    if settings.billing_account:
        return {"account": settings.billing_account, "account_type": "Billing Account"}
    segments = scope.strip("/").split("/")
    pairs = list(zip(segments[::2], segments[1::2], strict=True))
    known = [(kind.casefold(), name) for kind, name in pairs if kind.casefold() in _SEGMENTS]
    kind, name = next((one for one in known if one[0] == "subscriptions"), known[-1])
    return {"account": name, "account_type": _SEGMENTS[kind]}


def _first(period: str) -> date:
    return date(int(period[:4]), int(period[5:]), 1)


def _last(period: str) -> date:
    return (_first(period) + timedelta(days=31)).replace(day=1) - timedelta(days=1)


def _previous(end: date) -> date:
    return (end - timedelta(days=1)).replace(day=1)
