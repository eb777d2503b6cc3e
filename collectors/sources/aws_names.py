"""Names, units and tags of an organisation's accounts, and the invoices that were issued: facts beside the bill."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any, Final, NamedTuple, TypeVar

from collectors.meter import Meter, Price
from collectors.retrying import Retry
from collectors.sources import contract as it
from collectors.sources import terraform
from collectors.sources.aws_session import AwsIdentity, ask, client, partition, retry
from collectors.sources.contract import Check, Fact, Facts, Fetching, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError

NAME = "aws-names"
LABEL = "AWS account names and invoices"
GRADE: it.Grade = "facts"
NORMAL_LAG_HOURS = 24
INTERVAL_HOURS = 24

PAGES_MAX: Final = 1_000
CHECKED_MAX: Final = 20
DEPTH_MAX: Final = 20
"""Of units within units; five are allowed today."""
_HOME: Final = {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
_NAMES: Final = (
    "organizations:ListAccounts",
    "organizations:ListParents",
    "organizations:DescribeOrganizationalUnit",
    "organizations:ListTagsForResource",
)
_NAMES_POLICY: Final = """{"Version":"2012-10-17","Statement":[{"Sid":"Names","Effect":"Allow","Action":[
 "organizations:ListAccounts","organizations:ListParents","organizations:DescribeOrganizationalUnit","organizations:ListTagsForResource"],"Resource":"*"}]}"""
_INVOICES_POLICY: Final = """{"Version":"2012-10-17","Statement":[\
{"Sid":"Invoices","Effect":"Allow","Action":"invoicing:ListInvoiceSummaries","Resource":"*"}]}"""
_TRUST: Final = """{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":{"AWS":"${SERVICE_ROLE_ARN}"},\
"Action":"sts:AssumeRole","Condition":{"StringEquals":{"sts:ExternalId":"${external_id}"}}}]}"""
PERMISSIONS = (
    Permission("names", "Policy of the role in the management account, or one that is delegated", "json", _NAMES_POLICY,
               actions=_NAMES),
    Permission("invoices", "Add this statement to compare with invoices", "json", _INVOICES_POLICY, required=False,
               actions=("invoicing:ListInvoiceSummaries",)),
    Permission("trust", "Trust policy of that role", "json", _TRUST, actions=("sts:AssumeRole",)),
    terraform.aws_actions(*_NAMES, "invoicing:ListInvoiceSummaries"),
)  # fmt: skip
OPTIONAL: Final = tuple(replace(one, required=False) for one in PERMISSIONS[:2])
"""For the sources of bills, whose role may read names and invoices beside."""
PRICE: Final = Price("call")


class Settings(AwsIdentity):
    """The role of the bill's source will do, with the statements shown here added."""

    names: bool = True
    """Whether accounts, units and tags are read."""
    invoices: bool = True
    """Whether invoices are read."""
    invoice_account: str | None = None
    """Account whose invoices are listed, where it is not that of the identity."""


def prices(settings: Settings) -> Sequence[Price]:
    """Nothing here has a price; calls are counted."""
    return (PRICE,)


@dataclass(slots=True)
class _Calls:
    identity: AwsIdentity
    meter: Meter
    again: Retry
    _clients: dict[str, Any] = field(default_factory=dict)

    def client(self, service: str) -> Any:
        if service not in self._clients:
            home = None if service == "sts" else _HOME.get(partition(self.identity.role_arn))
            self._clients[service] = client(self.identity, service, home)
        return self._clients[service]

    def one(self, service: str, operation: str, **given: Any) -> Mapping[str, Any]:
        method = getattr(self.client(service), _SNAKE[operation])

        def call() -> Mapping[str, Any]:
            self.meter.charge("call")
            answer: Mapping[str, Any] = method(**given)
            return answer

        return ask(call, None if service == "sts" else f"{service}:{operation} on *", again=self.again)

    def all(self, service: str, operation: str, field_name: str, **given: Any) -> list[Any]:
        """All pages. An empty page in the middle is no end, and a token that comes back is no answer."""
        found: list[Any] = []
        seen: set[str] = set()
        more: dict[str, str] = {}
        for _ in range(PAGES_MAX):
            page = self.one(service, operation, **given, **more)
            found += page.get(field_name, ())
            token = page.get("NextToken")
            if not token:
                return found
            if token in seen:
                raise SourceError("transient", f"{operation} came back to a page it had answered already.")
            seen.add(token)
            more = {"NextToken": token}
        raise SourceError("data", f"{operation} has more than {PAGES_MAX:,} pages.")

    def accounts(self) -> list[Any]:
        found = self.all("organizations", "ListAccounts", "Accounts", MaxResults=20)
        return sorted((_plain(one) for one in found), key=lambda one: str(one["Id"]))

    def invoices(self, account: str, period: str) -> list[Any]:
        month = {"Year": int(period[:4]), "Month": int(period[5:])}
        found = self.all(
            "invoicing", "ListInvoiceSummaries", "InvoiceSummaries",
            Selector={"ResourceType": "ACCOUNT_ID", "Value": account}, Filter={"BillingPeriod": month},
        )  # fmt: skip
        return sorted((_plain(one) for one in found), key=lambda one: json.dumps(one, sort_keys=True))


_SNAKE: Final = {
    "GetCallerIdentity": "get_caller_identity",
    "ListAccounts": "list_accounts",
    "ListParents": "list_parents",
    "DescribeOrganizationalUnit": "describe_organizational_unit",
    "ListTagsForResource": "list_tags_for_resource",
    "ListInvoiceSummaries": "list_invoice_summaries",
}


def _plain(answer: Mapping[str, Any]) -> dict[str, Any]:
    """As JSON has it. Addresses of people are left out: nobody needs them here."""
    made: dict[str, Any] = json.loads(json.dumps(answer, default=lambda one: one.isoformat(), sort_keys=True))
    made.pop("Email", None)
    return made


def parts(settings: Settings, window: Window, meter: Meter) -> Iterator[Part]:
    """A list call a month for invoices, and the list of accounts; units and tags are looked at once a day."""
    calls = _Calls(settings, meter, retry(meter.on_wait))
    notes: list[str] = []
    if settings.invoices:
        try:
            yield from _invoices(calls, settings, window)
        except SourceError as error:
            if not (settings.names and error.missing):
                raise
            notes.append(error.message)
    if settings.names:
        accounts = calls.accounts()
        token = _digest([accounts, notes, f"{window.now:%Y-%m-%d}"])
        yield Part("", "accounts", token, objects=len(accounts), payload={"accounts": accounts, "notes": notes})


def _invoices(calls: _Calls, settings: Settings, window: Window) -> Iterator[Part]:
    account = settings.invoice_account or str(calls.one("sts", "GetCallerIdentity")["Account"])
    for period in window.months:
        found = calls.invoices(account, period)
        if found:
            yield Part(period, "invoices", _digest(found), objects=len(found), payload={"invoices": found})


def _digest(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()


def fetch(settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress) -> list[Path]:
    """Invoices came whole with their listing. Of accounts the units above them and the tags are asked for now."""
    path = folder / f"{part.key}.json"
    if part.key == "invoices":
        path.write_text(json.dumps({"invoices": part.payload["invoices"]}), encoding="utf-8")
        return [path]
    far = [Fetching(0, None, 0, len(part.payload["accounts"]))]
    calls = _Calls(settings, meter, retry(lambda: on_progress(far[0])))
    tree = _Tree(calls, list(part.payload["notes"]))
    accounts = []
    for number, account in enumerate(part.payload["accounts"], 1):
        units = tree.above_of(account["Id"])
        names = None if units is None else [unit.name for unit in units]
        accounts.append({**account, "Path": names, "Tags": tree.tags(account["Id"], units or ())})
        far[0] = Fetching(0, None, number, len(part.payload["accounts"]))
        on_progress(far[0])
    path.write_text(json.dumps({"accounts": accounts, "notes": tree.notes}), encoding="utf-8")
    return [path]


T = TypeVar("T")


class _Unit(NamedTuple):
    id: str
    name: str


@dataclass(slots=True)
class _Tree:
    """What lies above accounts. A permission that is missing leaves null, is noted once, and not asked for again."""

    calls: _Calls
    notes: list[str]
    units: dict[str, list[_Unit]] = field(default_factory=dict)  # id of a unit -> those from the top down to it
    tagged: dict[str, list[Any]] = field(default_factory=dict)  # id of a unit -> its tags
    refused: set[str] = field(default_factory=set)

    def above_of(self, account: str) -> list[_Unit] | None:
        return self._optional("path", partial(self.above, account))

    def tags(self, account: str, units: Sequence[_Unit]) -> list[Any] | None:
        """Its own; a key that it lacks is that of the nearest unit above that has it."""
        return self._optional("tags", partial(self._inherited, account, units))

    def _inherited(self, account: str, units: Sequence[_Unit]) -> list[Any]:
        own = self._tags_of(account)
        for unit in units:
            if unit.id not in self.tagged:
                self.tagged[unit.id] = self._tags_of(unit.id)
        every = [tag for unit in units for tag in self.tagged[unit.id]] + own
        return list({tag["Key"]: tag for tag in every}.values())

    def _tags_of(self, resource: str) -> list[Any]:
        return self.calls.all("organizations", "ListTagsForResource", "Tags", ResourceId=resource)

    def _optional(self, what: str, work: Callable[[], list[T]]) -> list[T] | None:
        if what in self.refused:
            return None
        try:
            return work()
        except SourceError as error:
            if error.missing is None:
                raise
            self.refused.add(what)
            self.notes.append(error.message)
            return None

    def above(self, child: str, depth: int = 0) -> list[_Unit]:
        """The units above, from the top down, without the root that all have."""
        parents = self.calls.all("organizations", "ListParents", "Parents", ChildId=child)
        if not parents or parents[0]["Type"] == "ROOT":
            return []
        unit = parents[0]["Id"]
        if depth >= DEPTH_MAX:
            raise SourceError("data", f"There are more than {DEPTH_MAX} units above {child}.")
        if unit not in self.units:
            about = self.calls.one("organizations", "DescribeOrganizationalUnit", OrganizationalUnitId=unit)
            named = _Unit(unit, str(about["OrganizationalUnit"]["Name"]))
            self.units[unit] = [*self.above(unit, depth + 1), named]
        return self.units[unit]


def facts(files: Sequence[Path]) -> Facts:
    """Accounts and invoices of landed files."""
    found: list[Fact] = []
    notes: list[str] = []
    for path in files:
        landed = json.loads(path.read_text("utf-8"))
        found += [_account(one) for one in landed.get("accounts", ())]
        found += [fact for one in landed.get("invoices", ()) for fact in _invoice(one)]
        notes += landed.get("notes", ())
    return Facts(tuple(found), tuple(notes))


def _account(one: Mapping[str, Any]) -> Fact:
    tags = None if one["Tags"] is None else {str(tag["Key"]): str(tag["Value"]) for tag in one["Tags"]}
    values = {
        "name": one.get("Name"),
        "path": one["Path"],
        "tags": tags,
        "status": one.get("State") or one.get("Status"),
    }
    return Fact("account", str(one["Id"]), values)


def _invoice(one: Mapping[str, Any]) -> Iterator[Fact]:
    """In the currency that lines are billed in, and in that of payment where it is another one."""
    entity = one.get("Entity") or {}
    issuer = str(entity.get("InvoicingEntity") or entity.get("BillingEntity") or "")
    known = (one.get("BaseCurrencyAmount"), one.get("PaymentCurrencyAmount"))
    by_currency = {amount["CurrencyCode"]: amount for amount in known if amount and amount.get("CurrencyCode")}
    for currency, amount in sorted(by_currency.items()):
        values = {
            "issuer": issuer,
            "invoice": str(one.get("InvoiceId") or ""),
            "account": one.get("AccountId"),
            "document": one.get("InvoiceType"),
            "currency": currency,
            "total": _amount(amount.get("TotalAmount")),
            "before_tax": _amount(amount.get("TotalAmountBeforeTax")),
            "issued_on": _day(one.get("IssuedDate")),
            "due_on": _day(one.get("DueDate")),
        }
        yield Fact("invoice", " ".join((issuer, values["invoice"] or "", values["document"] or "", currency)), values)


def _amount(text: str | None) -> str | None:
    """Decimal text as it came, or a SourceError for what is none."""
    if text is None or re.fullmatch(r"-?\d{1,20}(\.\d{1,18})?", text):
        return text
    raise SourceError("data", "The total of an invoice is no amount.")


def _day(text: str | None) -> str | None:
    return f"{datetime.fromisoformat(text).date():%Y-%m-%d}" if text else None


def check(settings: Settings, window: Window, meter: Meter) -> Iterator[Check]:
    """Identity, list, names, invoices."""
    calls = _Calls(settings, meter, retry(meter.on_wait))
    try:
        arn = calls.one("sts", "GetCallerIdentity")["Arn"]
    except SourceError as error:
        yield failed("identity", error)
        return
    root = str(arn).endswith(":root")
    line = "Use a role that only reads names and invoices." if root else None
    yield Check("identity", "warn" if root else "ok", f"Signed in as {arn}.", line=line)
    if settings.names:
        try:
            yield Check("list", "ok", f"{len(calls.accounts()):,} accounts are listed.")
        except SourceError as error:
            yield failed("list", error)
            return
    yield from optional_checks(settings, window, meter, names=settings.names, invoices=settings.invoices)


def optional_checks(
    identity: AwsIdentity, window: Window, meter: Meter, *, names: bool = True, invoices: bool = True
) -> Iterator[Check]:
    """Whether an identity may read invoices and names; what it may not is a warning with the line to add."""
    calls = _Calls(identity, meter, retry(meter.on_wait))
    if invoices:
        yield _tried("invoices", lambda: _invoices_seen(calls, identity, window))
    if names:
        yield _tried("names", lambda: _names_seen(calls))


def _tried(name: str, work: Callable[[], str]) -> Check:
    try:
        return Check(name, "ok", work(), required=False)
    except SourceError as error:
        line = error.line or error.next_step
        return Check(name, "warn", error.message, required=False, missing=error.missing, line=line)


def _invoices_seen(calls: _Calls, identity: AwsIdentity, window: Window) -> str:
    given = getattr(identity, "invoice_account", None)
    account = given or str(calls.one("sts", "GetCallerIdentity")["Account"])
    last = (window.months[1:] or window.months)[0]
    found = [fact.values for one in calls.invoices(account, last) for fact in _invoice(one)]
    amounts = ", ".join(f"{one['total']} {one['currency']}" for one in found[:5])
    return f"{len(found)} invoices of {last}{': ' if amounts else ''}{amounts}."


def _names_seen(calls: _Calls) -> str:
    """Looks at accounts until one lies in a unit, for only that needs all permissions."""
    accounts, tree = calls.accounts(), _Tree(calls, [])
    for account in accounts[:CHECKED_MAX]:
        calls.all("organizations", "ListTagsForResource", "Tags", ResourceId=account["Id"])
        if tree.above(account["Id"]):
            break
    return f"{len(accounts):,} accounts, with units and tags."


def failed(name: str, error: SourceError) -> Check:
    """A failure as a line of a connection test."""
    return Check(name, "fail", error.message, missing=error.missing, line=error.line or error.next_step)
