"""One driver for each kind of source: three months at a service of this machine, and a canary for its secret."""

from __future__ import annotations

import contextlib
import itertools
import os
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from azure.core.credentials import AccessToken
from google.oauth2.credentials import Credentials
from werkzeug.wrappers import Request, Response

from collectors.sources import azure_drop, azure_exports, azure_names, azure_query, gcp_accounts, gcp_bigquery, gcp_drop
from collectors.sources.azure_access import Access as AzureAccess
from collectors.sources.gcp_access import Access as GoogleAccess
from outlay.sync_order import Synced
from tests.collectors.sources.azure_exports.deliveries import actual, amortized
from tests.collectors.sources.azure_exports.deliveries import deliver as deliver_azure
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import cloud, refused
from tests.collectors.sources.gcp_bigquery.tables import SCHEMA, STANDARD, row
from tests.collectors.sources.reaching import CANARY, Collector, Slept
from tests.emulators import arm, bigquery, blob, gcp_billing, gcs
from tests.emulators.invoicing import Invoicing
from tests.emulators.loopback import Loopback, running
from tests.outlay.sync.syncing import Desk
from tests.outlay.sync.test_aws_names_sync import estate
from tests.outlay.sync.test_cost_explorer_sync import Explorer

MONTHS = ("2026-11", "2026-10", "2026-09")
Costs = tuple[frozenset[str], int]
"""(downloads, lists_max) of a driver."""
Breaks = Callable[[Request], Response | None]


@dataclass
class Driver:
    """A source with all its months at the service, not yet synced."""

    desk: Desk
    sync: Callable[..., Synced]
    calls: Callable[[], Mapping[str, int]]  # since the last `forget`, by kind
    forget: Callable[[], None]
    break_with: Callable[[Callable[[], Response] | None], None]  # every call from now on; None: none any more
    downloads: frozenset[str]  # kinds of calls that bring data
    lists_max: int  # calls that an unchanged source may cost: one for each month, and what finds them
    revoke: Callable[[int, bool], None] | None  # the credential is good for so many more calls; None: there is none
    renew: Callable[[], None] = lambda: None  # another one, where the settings say it is; or at once (True above)

    def known(self) -> Any:
        """Totals, and facts."""
        accounts = self.desk.store.inventory.accounts().drop("valid_from", "valid_to").to_dicts()
        return self.desk.totals(), accounts, self.desk.store.inventory.invoices().to_dicts()


def aws(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    monkeypatch.setenv("CANARY_ID", "canaryid")
    monkeypatch.setenv("CANARY_SECRET", CANARY)
    with cloud() as made, contextlib.closing(Desk(folder / "data")) as desk:
        own: list[Any] = []
        keys = {"access_key_id": "env:CANARY_ID", "secret_access_key": "env:CANARY_SECRET", "endpoint_url": made.url}
        given: dict[str, Any] = {"bucket": "bills", "prefix": "exports"}
        if kind == "files-drop":
            made.s3().create_bucket(Bucket="bills")
            for period in MONTHS:
                made.s3().put_object(Bucket="bills", Key=f"exports/{period}/bill.csv", Body=bill(period, ["1.5"]))
            given["settle_seconds"] = -(10**9)
        elif kind == "aws-exports":
            made.s3().create_bucket(Bucket="bills")
            for period in MONTHS:
                deliver(made.s3(), "bills", "exports/focus", period, {"a.csv.gz": bill(period, ["1.5"])})
        elif kind == "aws-names":
            estate(made)
            invoicing = Invoicing()
            for period in MONTHS:
                invoicing.add(period, f"INV-{period}", "3.25")
            own, given = [invoicing], {}
        else:
            own, given = [Explorer()], {}
        made.faults = list(own)
        source = desk.configure(kind, {**keys, **given})

        def break_with(answer: Callable[[], Response] | None) -> None:
            made.faults = [lambda _request, _kind: answer()] if answer else list(own)

        keys_used = itertools.count(2)

        def renew() -> None:
            monkeypatch.setenv("CANARY_ID", f"canaryid{next(keys_used)}")

        def revoke(calls: int, at_once: bool) -> None:
            old, left = os.environ["CANARY_ID"], itertools.count(calls, -1)
            codes = itertools.cycle(("ExpiredToken", "InvalidClientTokenId"))  # expired, and taken away

            def gate(request: Request, kind: str) -> Response | None:
                over = next(left) <= 0 and f"Credential={old}/" in request.headers.get("Authorization", "")
                if over and at_once and os.environ["CANARY_ID"] == old:
                    renew()
                return refused(next(codes), 403)(request, kind) if over else None

            made.faults = [gate, *own]

        downloads = frozenset({"GetObject", "GetCostAndUsage", "ListTagsForResource", "ListParents"})
        yield Driver(desk, partial(desk.sync, source), lambda: made.calls, made.forget, break_with, downloads, 5,
                     revoke, renew)  # fmt: skip


def folder_drop(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    for period in MONTHS:
        (folder / "drop" / period).mkdir(parents=True)
        (folder / "drop" / period / "bill.csv").write_bytes(bill(period, ["1.5"]))
    with contextlib.closing(Desk(folder / "data")) as desk:
        source = desk.configure(kind, {"folder": str(folder / "drop"), "settle_seconds": -(10**9)})

        def break_with(answer: Callable[[], Response] | None) -> None:
            there, away = folder / "drop", folder / "away"
            (there.rename(away) if answer else away.rename(there)) if answer or away.exists() else None

        def spent() -> Mapping[str, int]:
            return {name: units - before.get(name, 0) for name, units in _spent(desk).items()}

        before: dict[str, int] = {}

        def forget() -> None:
            before.update(_spent(desk))

        yield Driver(desk, partial(desk.sync, source), spent, forget, break_with, frozenset({"object"}), 1, None)


def _spent(desk: Desk) -> dict[str, int]:
    return {one.name: one.units for one in desk.collecting.spent("bills", "2026-11-01")}


@dataclass
class Key:
    """What a service takes for a credential, and how the source is given another."""

    word: str  # the service's attribute
    give: Callable[[str], None]
    number: int = 0

    def next(self) -> str:
        return f"{CANARY}{self.number or ''}"


def loopback(
    folder: Path, service: Loopback, module: Any, access: Any, given: dict[str, Any], costs: Costs, key: Key
) -> Iterator[Driver]:
    made = Collector(folder / "data", module, access, given)

    def break_with(answer: Callable[[], Response] | None) -> None:
        service.faults = [lambda _request: answer()] * 60 if answer else []

    def calls() -> Mapping[str, int]:
        return {name: service.calls.count(name) for name in service.calls}

    def revoke(calls: int, at_once: bool) -> None:
        left = itertools.count(calls, -1)
        key.number += 1

        def gate(_request: Request) -> None:
            if next(left) == 0:
                setattr(service, key.word, key.next())
                if at_once:
                    key.give(key.next())

        service.faults = [gate]

    with contextlib.closing(made.desk):
        yield Driver(made.desk, made.sync, calls, service.calls.clear, break_with, *costs,
                     revoke, lambda: key.give(getattr(service, key.word)))  # fmt: skip


def blobs(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    with running(blob.BlobService(signature=CANARY)) as service:
        assert isinstance(service, blob.BlobService)
        monkeypatch.setenv("CANARY_SAS", f"sv=2026-01-01&sp=rl&sig={CANARY}")
        given = {"account": blob.ACCOUNT, "container": blob.CONTAINER, "prefix": "costs", "sas": "env:CANARY_SAS",
                 "endpoint": service.endpoint}  # fmt: skip
        for period in MONTHS:
            if kind == "azure-drop":
                service.put(f"costs/{period}/bill.csv", bill(period, ["1.5"]))
            else:
                deliver_azure(service, period, "ActualCost", [actual(period, ["1.5"], bought="100")])
                deliver_azure(service, period, "AmortizedCost", [amortized(period, ["1.5"], used="3.125")])
        module = azure_drop if kind == "azure-drop" else azure_exports
        key = Key("signature", lambda word: monkeypatch.setenv("CANARY_SAS", f"sv=2026-01-01&sp=rl&sig={word}"))
        access = AzureAccess(retry=Slept().retry)
        yield from loopback(folder, service, module, access, given, (frozenset({"get"}), 1), key)


class Canary(arm.Token):
    word = CANARY

    def get_token(self, *scopes: str, **options: object) -> AccessToken:
        return AccessToken(self.word, 4_000_000_000)


def query(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    charges = [arm.Charge(f"{period}-03", "1.5", "1.5") for period in MONTHS]
    with running(arm.Management(charges=charges, token=CANARY)) as service:
        token = Canary()
        access = AzureAccess(token, {"per_call_policies": [arm.LoopbackHttp()]}, Slept().retry)
        given = {"scopes": ["/subscriptions/0b1f0c3a-0001-4000-8000-00000000000a"], "endpoint": service.address}
        key = Key("token", lambda word: setattr(token, "word", word))
        yield from loopback(folder, service, azure_query, access, given, (frozenset(), 3), key)


def containers(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    number = "0b1f0c3a-0001-4000-8000-00000000000a"
    made = [arm.subscription(number, "Shop", "Root", "Retail", team="shop")]
    made += [arm.group(number, name, team=name) for name in ("web", "batch")]
    with running(arm.Management(containers=made, token=CANARY, page_size=1)) as service:
        token = Canary()
        access = AzureAccess(token, {"per_call_policies": [arm.LoopbackHttp()]}, Slept().retry)
        key = Key("token", lambda word: setattr(token, "word", word))
        yield from loopback(folder, service, azure_names, access, {"endpoint": service.address}, (frozenset(), 1), key)


def google() -> tuple[GoogleAccess, Key]:
    """A token that nothing renews but the test."""
    token = Credentials(CANARY)
    return GoogleAccess(token, Slept().retry), Key("token", lambda word: setattr(token, "token", word))


def tables(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    rows = [row(period, f"{period}-06", "1.5") for period in MONTHS]
    with running(bigquery.Warehouse(tables={STANDARD: rows}, schemas={STANDARD: SCHEMA}, token=CANARY)) as service:
        access, key = google()
        given = {"project": "shop-prod", "tables": [STANDARD], "endpoint": service.address}
        # Looking at the table, the size of the question, the question, and its answer; whatever the months.
        yield from loopback(folder, service, gcp_bigquery, access, given, (frozenset(), 4), key)


def accounts(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    number = "012345-6789AB-CDEF01"
    lists = {
        "/v1/billingAccounts": [gcp_billing.account(number, "Main")],
        f"/v1/billingAccounts/{number}/projects": [gcp_billing.linked(number, "shop")],
        "/v1/projects": [gcp_billing.project("shop", "Shop")],
    }
    with running(gcp_billing.Billing(lists=lists, token=CANARY)) as service:
        access, key = google()
        given = {"endpoint": service.address, "projects_endpoint": service.address,
                 "budgets_endpoint": service.address}  # fmt: skip
        costs = frozenset({"projects", "skus"}), 2
        yield from loopback(folder, service, gcp_accounts, access, given, costs, key)


def objects(kind: str, folder: Path, monkeypatch: Any) -> Iterator[Driver]:
    with running(gcs.Storage(token=CANARY)) as service:
        assert isinstance(service, gcs.Storage)
        for period in MONTHS:
            service.put(f"drop/{period}/bill.csv", bill(period, ["1.5"]))
        given = {"bucket": gcs.BUCKET, "prefix": "drop", "endpoint": service.address}
        access, key = google()
        yield from loopback(folder, service, gcp_drop, access, given, (frozenset({"get"}), 1), key)


DRIVERS: Mapping[str, Callable[[str, Path, Any], Iterator[Driver]]] = {
    "aws-cost-explorer": aws,
    "aws-exports": aws,
    "aws-names": aws,
    "azure-drop": blobs,
    "azure-exports": blobs,
    "azure-names": containers,
    "azure-query": query,
    "files-drop": folder_drop,
    "gcp-accounts": accounts,
    "gcp-bigquery": tables,
    "gcp-drop": objects,
}
BUCKET_DROP = "files-drop in a bucket"
REVOKED: Mapping[str, Callable[[str, Path, Any], Iterator[Driver]]] = {
    **{kind: made for kind, made in DRIVERS.items() if kind != "files-drop"},
    BUCKET_DROP: lambda _kind, folder, monkeypatch: aws("files-drop", folder, monkeypatch),
}
"""All that sign in: whoever reads a folder of this machine does not."""
