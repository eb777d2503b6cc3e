"""Each use of the network and of the disk by each collector fails once: old totals or new ones, never anything else.

What was live stays, the failure says its kind and who must act, and the next run brings what is new.
"""

from __future__ import annotations

import json
import os
import random
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import CredentialsWithRegionalAccessBoundary
from structlog.testing import capture_logs
from werkzeug.wrappers import Request, Response

from collectors import retrying
from collectors.sources import SourceError, azure_query
from collectors.sources.azure_access import Access
from outlay.sync import Sync, sync
from outlay.sync_order import Synced, SyncOrder
from tests.collectors.sources.azure_exports.deliveries import actual, amortized
from tests.collectors.sources.azure_exports.deliveries import deliver as deliver_blobs
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import cloud, refused
from tests.collectors.sources.gcp_bigquery.tables import STANDARD, row
from tests.collectors.sources.reaching import reached
from tests.emulators import arm, bigquery, blob
from tests.emulators.arm import Charge, LoopbackHttp, Management, Token
from tests.emulators.blob import BlobService
from tests.emulators.loopback import running
from tests.outlay.sync.providers import ExportInTables, ExportsInContainer, SignedIn
from tests.outlay.sync.seams import Seams, watched
from tests.outlay.sync.syncing import NOW, Desk, Quiet
from tests.outlay.sync.test_collected_sources import drop
from tests.outlay.sync.test_cost_explorer_sync import DAY, Explorer

NETWORK = ("throttled", "forbidden", "html", "cut")
KINDS = frozenset({"transient", "budget", "configuration", "data", "storage"})
"""Of failures that are not ours: a "bug" is not among them."""
MONTH = "2026-11"
DAILY = ("aws-cost-explorer", "azure-query")
"""They are asked once a day, unless they are asked in full."""
SAMPLE = 4


@dataclass
class Case:
    """A source, and a provider that `change`s; it answers what the month then costs."""

    settings: dict[str, Any]
    change: Callable[[int], Decimal]
    module: Any = None


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

    aws.faults = [lambda request, kind: None if closed[0] else seams.answered(_aws(request, kind))]
    return Case({"bucket": "bills", "prefix": "exports", "endpoint_url": aws.url}, change)


def _aws(request: Request, kind: str) -> Callable[..., Response]:
    return lambda status, code: refused(code, status)(request, kind)


def explorer(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    aws = stack.enter_context(cloud())
    answers = Explorer()
    aws.faults = [lambda request, kind: seams.answered(_aws(request, kind)), answers]

    def change(number: int) -> Decimal:
        answers.more = (("222222222222", "Whatever", "Usage", f"{number}", f"{number}"),)
        return (DAY + number) * 19

    return Case({"endpoint_url": aws.url, "pages_max_day": 10_000}, change)


def containers(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(BlobService()))
    seams.guard(service, blob.refusal)

    def change(number: int) -> Decimal:
        service.remove("/20261101-")
        run = f"{number:08}-0000-4000-8000-000000000001"
        deliver_blobs(service, MONTH, "ActualCost", [actual(MONTH, ["1", f"{number}"], bought="100")], run=run)
        deliver_blobs(service, MONTH, "AmortizedCost", [amortized(MONTH, ["1", f"{number}"], used="3")], run=run)
        return Decimal(101 + number)

    return Case(ExportsInContainer(service).settings(folder), change)


def tables(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(SignedIn()))
    export = ExportInTables(service)
    settings = export.settings(folder)
    seams.guard(service, bigquery.refusal)

    def change(number: int) -> Decimal:
        made = row(MONTH, f"{MONTH}-12", "1.5")
        service.tables[STANDARD].append(replace(made, written=f"{MONTH}-12T12:00:00.{number:06}Z"))
        return Decimal("1.5") * len(service.tables[STANDARD])

    return Case(settings, change)


def management(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    service = stack.enter_context(running(Management()))
    seams.guard(service, arm.refusal)

    def change(number: int) -> Decimal:
        service.charges = [Charge(f"{MONTH}-03", "1.5", "1.5"), Charge(f"{MONTH}-04", f"{number}", f"{number}")]
        return Decimal("1.5") + number

    access = Access(Token(), {"per_call_policies": [LoopbackHttp()]})
    scope = "/subscriptions/0b1f0c3a-0001-4000-8000-00000000000a"
    return Case({"scopes": [scope], "endpoint": service.address}, change, reached(azure_query, access))


def folders(stack: ExitStack, seams: Seams, folder: Path) -> Case:
    def change(number: int) -> Decimal:
        path = drop(folder / "drop", MONTH, "1", f"{number}")
        os.utime(path, (NOW.timestamp() - 10_000_000 + number,) * 2)
        return Decimal(1 + number)

    return Case({"folder": str(folder / "drop")}, change)


CASES = {
    "aws-exports": buckets,
    "aws-cost-explorer": explorer,
    "azure-exports": containers,
    "azure-query": management,
    "gcp-bigquery": tables,
    "files-drop": folders,
}


class Bench:
    """One source before a store, changed and synced over and over."""

    def __init__(self, kind: str, folder: Path, stack: ExitStack, patch: pytest.MonkeyPatch) -> None:
        self.seams, self.patch = Seams(), patch
        self.case = CASES[kind](stack, self.seams, folder)
        self.desk = Desk(folder / "data")
        self.source = self.desk.configure(kind, self.case.settings, months=1)
        self.number = 0
        self.expected = self.case.change(0)
        self.run()

    def run(self) -> Synced:
        order = SyncOrder("tests", full=self.source.kind in DAILY)
        running = Sync(self.desk.store, self.source, order, Quiet(), lambda: self.desk.now, self.seams.here)
        if self.case.module is not None:
            running.module = self.case.module
        return sync(running)

    def changed(self) -> Decimal:
        """Something is new at the provider, and the old total is told."""
        before = self.expected
        self.number += 1
        self.expected = self.case.change(self.number)
        return before

    @property
    def total(self) -> Decimal:
        return sum(self.desk.totals().values(), Decimal(0))

    def uses(self) -> list[str]:
        """What an undisturbed run touches, in order."""
        self.changed()
        self.seams.begin(None)
        with watched(self.seams, self.desk.store, self.patch):
            self.run()
        assert self.total == self.expected
        return list(self.seams.uses)

    def fails(self, at: int, network: str) -> str | None:
        """The n-th use fails. Answers which one that was; None when there was none so late."""
        before = self.changed()
        self.seams.begin(at, network)
        with watched(self.seams, self.desk.store, self.patch):
            try:
                done: Synced | None = self.run()
            except SourceError as error:
                done = None
                assert error.failure in KINDS, (self.seams.failed, error)
                assert error.message.strip()
        told = (at, network, self.seams.failed)
        if done is None:
            assert self.total in (before, self.expected), told
        else:  # it was sat out, or nothing was touched so late
            assert self.total == self.expected, told
            assert {month.state for month in done.months} <= {"live", "unchanged"}, told
        self.seams.begin(None)
        again = self.run()
        assert self.total == self.expected, told
        assert again.state in ("done", "unchanged"), told
        return self.seams.failed or told[2]


@pytest.fixture
def patch(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    monkeypatch.setattr(
        CredentialsWithRegionalAccessBoundary, "_maybe_start_regional_access_boundary_refresh", lambda *_: None
    )
    return monkeypatch


@pytest.fixture
def bench(request: pytest.FixtureRequest, tmp_path: Path, patch: pytest.MonkeyPatch) -> Iterator[Bench]:
    with ExitStack() as stack:
        stack.enter_context(capture_logs())
        made = Bench(request.param, tmp_path, stack, patch)
        yield made
        made.desk.close()


def reopened(bench: Bench) -> None:
    """What failed on the way does not come back with the next start."""
    bench.desk.close()
    bench.desk.store = Desk(bench.desk.folder, bench.desk.now).store
    assert bench.total == bench.expected
    states = {load.state for load in bench.desk.store.state.loads()}
    assert "landed" not in states


@pytest.mark.parametrize("bench", CASES, indirect=True)
def test_some_uses_fail(bench: Bench) -> None:
    uses = bench.uses()
    assert {"state commit", "warehouse commit", "fsync", "rename", "child"} <= set(uses)
    chance = random.Random(json.dumps([bench.source.kind, 4]))
    network = chance.choice([at for at, name in enumerate(uses, 1) if name == "network"] or [1])
    commit = 1 + uses.index("warehouse commit")
    for at in sorted({network, commit, *chance.sample(range(1, len(uses) + 1), SAMPLE)}):
        bench.fails(at, chance.choice(NETWORK))
    reopened(bench)


@pytest.mark.long
@pytest.mark.parametrize("bench", CASES, indirect=True)
def test_every_use_fails(bench: Bench) -> None:
    """n = 1 and on, until a run has no n-th use; each use of the network in every way."""
    at, failed = 0, ""
    while failed is not None:
        at += 1
        ways = NETWORK if failed == "network" or at == 1 else NETWORK[:1]
        for way in ways:
            failed = bench.fails(at, way)
    assert at > 10
    reopened(bench)
