"""Sources that fail on order: each with a provider that changes, and what may be wrong with it for a whole run."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Collection, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from google.oauth2.credentials import Credentials
from werkzeug.wrappers import Request, Response

from collectors.sources import azure_names, azure_query, gcp_accounts, gcp_drop
from collectors.sources.azure_access import Access
from collectors.sources.gcp_access import Access as GoogleAccess
from tests.collectors.sources.azure_exports.deliveries import actual, amortized
from tests.collectors.sources.azure_exports.deliveries import deliver as deliver_blobs
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import Cloud, cloud, refused
from tests.collectors.sources.gcp_bigquery.tables import STANDARD, row
from tests.collectors.sources.reaching import reached
from tests.emulators import arm, bigquery, blob, gcp_billing, gcs
from tests.emulators.arm import Charge, LoopbackHttp, Management, Token
from tests.emulators.blob import BlobService
from tests.emulators.invoicing import Invoicing
from tests.emulators.loopback import running
from tests.outlay.sync.providers import ExportInTables, ExportsInContainer, SignedIn
from tests.outlay.sync.seams import Seams
from tests.outlay.sync.syncing import NOW, Desk
from tests.outlay.sync.test_aws_names_sync import estate
from tests.outlay.sync.test_collected_sources import drop
from tests.outlay.sync.test_cost_explorer_sync import DAY, Explorer

MONTH = "2026-11"
Trouble = Callable[[bool], None]
"""Begins with True and is over with False."""


def billed(desk: Desk) -> Decimal:
    return sum(desk.totals().values(), Decimal(0))


@dataclass
class Case:
    """A source, and a provider that `change`s; it answers what `known` of the store then is."""

    settings: dict[str, Any]
    change: Callable[[int], Decimal]
    module: Any = None
    known: Callable[[Desk], Decimal] = billed
    troubles: Mapping[str, Trouble] = field(default_factory=dict)


def repeating(service: Any) -> Trouble:
    """Pages of one entry, and from the second on the token of the page itself."""
    usual = service.page_size

    def trouble(begins: bool) -> None:
        service.page_size, service.repeats = (1, True) if begins else (usual, False)

    return trouble


def said(body: str, kind: str, content_type: str) -> Callable[[Request, str], Response | None]:
    """Every call of a kind is answered alike, whatever page it asks for."""
    return lambda _request, asked: Response(body, content_type=content_type) if asked == kind else None


def first(aws: Cloud, fault: Any) -> Trouble:
    """A fault before all others."""

    def trouble(begins: bool) -> None:
        aws.faults[:0] = [fault]
        if not begins:
            aws.faults[:] = [one for one in aws.faults if one is not fault]

    return trouble


def buckets(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    aws = stack.enter_context(cloud())
    aws.s3().create_bucket(Bucket="bills")
    closed = [False]  # what a test delivers does not count

    def change(number: int) -> Decimal:
        closed[0] = True
        body = {"a.csv.gz": bill(MONTH, ["1", f"{number}"]), "b.csv.gz": bill(MONTH, ["2"])}
        deliver(aws.s3(), "bills", "exports/focus", MONTH, body, f"r{number}")
        closed[0] = False
        return Decimal(3 + number)

    guarded(aws, seams, lambda _request, _kind: None, closed)
    listing = "<ListBucketResult><IsTruncated>true</IsTruncated><NextContinuationToken>t</NextContinuationToken>"
    again = said(f"{listing}</ListBucketResult>", "ListObjects", "application/xml")
    key = f"exports/focus/data/BILLING_PERIOD={MONTH}/b.csv.gz"
    late: list[bytes] = []

    def manifest_first(begins: bool) -> None:
        closed[0] = True
        if begins:
            late.append(aws.s3().get_object(Bucket="bills", Key=key)["Body"].read())
            aws.s3().delete_object(Bucket="bills", Key=key)
        else:
            aws.s3().put_object(Bucket="bills", Key=key, Body=late.pop())
        closed[0] = False

    troubles = {"repeated token": first(aws, again), "manifest before its files": manifest_first}
    settings = {"bucket": "bills", "prefix": "exports", "endpoint_url": aws.url}
    return Case(settings, change, troubles=troubles)


def guarded(aws: Cloud, seams: Seams, own: Any, closed: list[bool] | None = None) -> None:
    """Stand before the emulator, and before what is answered in its place."""
    seams.skewed = (403, "RequestTimeTooSkewed")

    def usual(request: Request, kind: str) -> Response:
        return own(request, kind) or Response.from_app(aws.moto, request.environ)

    def fault(request: Request, kind: str) -> Response | None:
        if closed and closed[0]:
            return None
        return seams.answered(_aws(request, kind), lambda: usual(request, kind))

    aws.faults = [fault, own]


def _aws(request: Request, kind: str) -> Callable[..., Response]:
    return lambda status, code: refused(code, status)(request, kind)


def explorer(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    aws = stack.enter_context(cloud())
    answers = Explorer()
    guarded(aws, seams, answers)

    def change(number: int) -> Decimal:
        answers.more = (("222222222222", "Whatever", "Usage", f"{number}", f"{number}"),)
        return (DAY + number) * 19

    def again(request: Request, kind: str) -> Response | None:
        if kind != "GetCostAndUsage":
            return None
        page = {**answers.answer({**json.loads(request.get_data()), "NextPageToken": 0}), "NextPageToken": "0"}
        return Response(json.dumps(page), content_type="application/x-amz-json-1.1")

    settings = {"endpoint_url": aws.url, "pages_max_run": 1_000, "pages_max_day": 10_000}
    return Case(settings, change, troubles={"repeated token": first(aws, again)})


def accounts_and_invoices(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    aws = stack.enter_context(cloud())
    estate(aws)
    invoicing = Invoicing()
    guarded(aws, seams, invoicing)

    def change(number: int) -> Decimal:
        invoicing.invoices.clear()
        invoicing.add(MONTH, "INV-1", f"{number}.5")
        return Decimal(f"{number}.5")

    def known(desk: Desk) -> Decimal:
        return sum(desk.store.inventory.invoices()["total"].to_list(), Decimal(0))

    again = said('{"InvoiceSummaries": [], "NextToken": "t"}', "ListInvoiceSummaries", "application/x-amz-json-1.0")
    return Case({"endpoint_url": aws.url}, change, None, known, {"repeated token": first(aws, again)})


def containers(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(BlobService()))
    seams.guard(service, blob.refusal)

    def change(number: int) -> Decimal:
        service.remove("/20261101-")
        run = f"{number:08}-0000-4000-8000-000000000001"
        deliver_blobs(service, MONTH, "ActualCost", [actual(MONTH, ["1", f"{number}"], bought="100")], run=run)
        deliver_blobs(service, MONTH, "AmortizedCost", [amortized(MONTH, ["1", f"{number}"], used="3")], run=run)
        return Decimal(101 + number)

    kept = dict(service.blobs)

    def manifest_first(begins: bool) -> None:
        nonlocal kept
        if begins:
            kept = dict(service.blobs)
            service.remove("part_")
        else:
            service.blobs = kept

    troubles = {"repeated token": repeating(service), "manifest before its files": manifest_first}
    return Case(ExportsInContainer(service).settings(folder), change, troubles=troubles)


def dropped(service: Any, prefix: str) -> Callable[[int], Decimal]:
    def change(number: int) -> Decimal:
        for name, amount in (("a", "1"), ("b", "2"), ("c", f"{number}")):
            service.put(f"{prefix}/{MONTH}/{name}.csv", bill(MONTH, [amount]))
        return Decimal(3 + number)

    return change


def blobs_dropped(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(BlobService()))
    seams.guard(service, blob.refusal)
    settings = ExportsInContainer(service).settings(folder)
    return Case(settings, dropped(service, "costs"), troubles={"repeated token": repeating(service)})


def objects_dropped(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(gcs.Storage()))
    seams.guard(service, bigquery.refusal)
    settings = {"bucket": gcs.BUCKET, "prefix": "drop", "endpoint": service.address}
    module = reached(gcp_drop, GoogleAccess(Credentials(service.token)))
    return Case(settings, dropped(service, "drop"), module, troubles={"repeated token": repeating(service)})


def billing_accounts(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    numbers = [f"012345-6789AB-CDEF0{one}" for one in range(3)]
    lists: dict[str, Any] = {"/v1/projects": [gcp_billing.project("shop", "Shop")]}
    lists |= {f"/v1/billingAccounts/{one}/projects": [gcp_billing.linked(one, f"shop-{one[-1]}")] for one in numbers}
    service = stack.enter_context(running(gcp_billing.Billing(lists=lists)))
    seams.guard(service, bigquery.refusal)

    def change(number: int) -> Decimal:
        service.lists["/v1/billingAccounts"] = [gcp_billing.account(one, f"{number}") for one in numbers]
        return Decimal(3 * number)

    settings = {"endpoint": service.address, "projects_endpoint": service.address,
                "budgets_endpoint": service.address}  # fmt: skip
    module = reached(gcp_accounts, GoogleAccess(Credentials(service.token)))
    return Case(settings, change, module, named(numbers), {"repeated token": repeating(service)})


def named(accounts: Collection[str]) -> Callable[[Desk], Decimal]:
    """The names of these accounts are amounts, and add up."""

    def known(desk: Desk) -> Decimal:
        rows = desk.store.inventory.accounts(desk.now.date()).iter_rows(named=True)
        return sum((Decimal(row["name"]) for row in rows if row["account"] in accounts), Decimal(0))

    return known


def tables(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(SignedIn()))
    export = ExportInTables(service)
    settings = export.settings(folder)
    seams.guard(service, bigquery.refusal)

    def change(number: int) -> Decimal:
        made = row(MONTH, f"{MONTH}-12", "1.5")
        service.tables[STANDARD].append(replace(made, written=f"{MONTH}-12T12:00:00.{number:06}Z"))
        return Decimal("1.5") * len(service.tables[STANDARD])

    return Case(settings, change, troubles={"repeated token": repeating(service)})


def management(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(Management()))
    seams.guard(service, arm.refusal)

    def change(number: int) -> Decimal:
        service.charges = [Charge(f"{MONTH}-03", "1.5", "1.5"), Charge(f"{MONTH}-04", f"{number}", f"{number}")]
        service.charges.append(Charge(f"{MONTH}-05", "2", "2"))
        return Decimal("3.5") + number

    seams.skewed = (401, "InvalidAuthenticationToken")
    access = Access(Token(), {"per_call_policies": [LoopbackHttp()]})
    troubles = {"repeated token": repeating(service)}
    scope = "/subscriptions/0b1f0c3a-0001-4000-8000-00000000000a"
    return Case(
        {"scopes": [scope], "endpoint": service.address}, change, reached(azure_query, access), troubles=troubles
    )


def subscriptions(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    numbers = [f"0b1f0c3a-000{one}-4000-8000-00000000000a" for one in range(3)]
    service = stack.enter_context(running(Management(page_size=2)))
    seams.guard(service, arm.refusal)

    def change(number: int) -> Decimal:
        service.containers = [arm.subscription(one, f"{number}", "Root", "Retail") for one in numbers]
        service.containers += [arm.group(one, "Web", team=f"{number}") for one in numbers]
        return Decimal(3 * number)

    seams.skewed = (401, "InvalidAuthenticationToken")
    module = reached(azure_names, Access(Token(), {"per_call_policies": [LoopbackHttp()]}))
    return Case({"endpoint": service.address}, change, module, named(numbers), {"repeated token": repeating(service)})


def folders(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    def change(number: int) -> Decimal:
        path = drop(folder / "drop", MONTH, "1", f"{number}")
        os.utime(path, (NOW.timestamp() - 10_000_000 + number,) * 2)
        return Decimal(1 + number)

    def written_tomorrow(begins: bool) -> None:
        """By a machine whose clock is ahead."""
        path = next((folder / "drop").rglob("*.csv"))
        moved = 10_000_000 + 86_400
        os.utime(path, (path.stat().st_mtime + (moved if begins else -moved),) * 2)

    return Case({"folder": str(folder / "drop")}, change, troubles={"clock skew": written_tomorrow})


CASES = {
    "aws-exports": buckets,
    "aws-cost-explorer": explorer,
    "aws-names": accounts_and_invoices,
    "azure-drop": blobs_dropped,
    "azure-exports": containers,
    "azure-names": subscriptions,
    "azure-query": management,
    "files-drop": folders,
    "gcp-accounts": billing_accounts,
    "gcp-bigquery": tables,
    "gcp-drop": objects_dropped,
}
