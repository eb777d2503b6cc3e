"""Each use of the network and of the disk by each collector fails once: old totals or new ones, never anything else.

What was live stays, the failure says its kind and who must act, and the next run brings what is new.
"""

from __future__ import annotations

import json
import random
from collections.abc import Iterator
from contextlib import ExitStack
from decimal import Decimal
from pathlib import Path

import pytest
from google.auth.credentials import CredentialsWithRegionalAccessBoundary
from structlog.testing import capture_logs

from collectors import retrying
from collectors.sources import SourceError, sources
from outlay.sync import Sync, sync
from outlay.sync_order import Synced, SyncOrder
from tests.outlay.sync.failing import CASES
from tests.outlay.sync.seams import Seams, watched
from tests.outlay.sync.syncing import Desk, Quiet

NETWORK = ("throttled", "forbidden", "html", "cut", "clipped", "wrong token", "skewed")
KINDS = frozenset({"transient", "budget", "configuration", "data", "storage"})
"""Of failures that are not ours: a "bug" is not among them."""
DAILY = ("aws-cost-explorer", "azure-query")
"""They are asked once a day, unless they are asked in full."""
SAMPLE = 4


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
        return self.case.known(self.desk)

    @property
    def facts(self) -> bool:
        return sources()[self.source.kind].GRADE == "facts"

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
        if done is None or (self.facts and any(month.message for month in done.months)):
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
    assert {"state commit", "fsync", "rename"} <= set(uses)
    assert bench.facts or {"warehouse commit", "child"} <= set(uses)
    chance = random.Random(json.dumps([bench.source.kind, 4]))
    network = chance.choice([at for at, name in enumerate(uses, 1) if name == "network"] or [1])
    commit = 1 + uses.index("state commit" if bench.facts else "warehouse commit")
    for at in sorted({network, commit, *chance.sample(range(1, len(uses) + 1), SAMPLE)}):
        bench.fails(at, chance.choice(NETWORK))
    reopened(bench)


@pytest.mark.parametrize("bench", CASES, indirect=True)
def test_what_is_wrong_for_a_whole_run_changes_nothing(bench: Bench) -> None:
    for _ in range(2):  # enough for three pages
        bench.changed()
        bench.run()
    troubles = dict(bench.case.troubles)
    assert troubles
    for name, trouble in troubles.items():
        before = bench.changed()
        trouble(True)
        with pytest.raises(SourceError) as caught:
            bench.run()
        assert caught.value.failure in KINDS, name
        assert bench.total == before, name
        trouble(False)
        assert bench.run().state == "done", name
        assert bench.total == bench.expected, name


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
