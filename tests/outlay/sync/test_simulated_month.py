"""A month in the life of three sources: bills restate, servers are restarted, lose power and compete for the folder.

Every evening every total must be what the providers then say; at the end, what was known each evening is still known.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from google.auth.credentials import CredentialsWithRegionalAccessBoundary
from structlog.testing import capture_logs

from collectors import retrying
from outlay import collecting, pipeline
from outlay.child import ChildTask
from tests.collectors.sources.clouds import cloud
from tests.emulators.blob import BlobService
from tests.emulators.loopback import running
from tests.outlay.sync.providers import (
    ExportInTables,
    ExportsInBucket,
    ExportsInContainer,
    Said,
    SignedIn,
    before,
)
from tests.outlay.sync.servers import Server, Watch
from tests.outlay.sync.syncing import here
from warehouse.focus import total
from warehouse.metrics import Access, answer, parse
from warehouse.store import InUseError
from warehouse.store.collecting import RUNS_KEPT, Configured, Run
from warehouse.store.state import instant

START = datetime(2026, 11, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)
OPENING, EVENING = 1, 23
OUTAGE = range(18 * 24 + 5, 18 * 24 + 16)
"""Hours in which no server runs; by the evening all is right again."""
CLOSED, CHANGED, WEEK = "2026-07", datetime(2026, 11, 20, 15, tzinfo=UTC), timedelta(days=7)
"""A month that closed long ago, and when its provider changes it all the same."""
GAP = timedelta(hours=6) * 1.1 + 2 * HOUR
"""Most time between two runs of a source that is looked at every other hour."""


class World:
    """The clock, the providers, and the one server that has the folder."""

    def __init__(self, folder: Path, providers: list[Any]) -> None:
        self.now = START
        self.providers = providers
        self.folder, self.secrets = folder / "data", folder
        self.chance = random.Random(20261101)
        self.server = self.opened()
        self.evenings: dict[str, Said] = {}
        self.cuts = 0
        for provider in providers:
            for months in (4, 2, 1):
                provider.older(before(START.date(), months), START)
            source = Configured(provider.KIND, provider.KIND, provider.settings(self.secrets), provider.KIND, 5)
            self.server.collecting.state.put(source, START)

    def opened(self) -> Server:
        return Server(self.folder, lambda: self.now)

    def says(self) -> Said:
        return {key: amount for provider in self.providers for key, amount in provider.says().items()}

    def hour(self, number: int) -> None:
        self.now = START + number * HOUR
        for provider in self.providers:
            provider.at(self.now)
        if number in OUTAGE:
            if number == OUTAGE.start:
                self.server.stop()
            return
        if number == OUTAGE.stop:
            self.server = self.opened()
        if self.now.hour == OPENING:
            self._competes()
        if self.now.day % 3 == 0 and self.now.hour == 8:
            self.server.cut_after(self.chance.randrange(60))
        if number % 2 and self.now.hour != EVENING:
            return
        self.server.tick()
        if self.server.dead:
            self.cuts += 1
            self.restarted()
            self.server.tick()
        if self.now.hour == EVENING:
            self.checked()

    def _competes(self) -> None:
        """A second server does not get the folder; it takes over when the first one goes."""
        with pytest.raises(InUseError):
            self.opened()
        if self.now.day % 4 == 0:
            self.restarted()

    def _expected(self, found: Said) -> Said:
        """What the providers say; a change of a closed month is seen within a week, and until then is as it was."""
        said = self.says()
        yesterday = self.evenings.get(f"{self.now - 24 * HOUR:%Y-%m-%d}", said)
        for key, amount in said.items():
            if key[2] == CLOSED and amount != found.get(key):
                assert self.now < CHANGED + WEEK + GAP
                said[key] = yesterday[key]
        return said

    def restarted(self) -> None:
        self.server.stop()
        self.server = self.opened()

    def checked(self) -> None:
        found = self.server.totals()
        assert found == self._expected(found), self.now
        self.evenings[f"{self.now:%Y-%m-%d}"] = found
        with self.server.store.read() as snapshot:
            lived = snapshot.frame("select source, period, count(distinct generation) as n from lines group by all")
            numbers = snapshot.frame("select source, period, generation from generations").rows()
        assert set(lived["n"]) == {1}
        live = self.server.store.state.live()
        assert {(s, p): n for s, p, n in numbers} == {key: load.generation for key, load in live.items()}


@pytest.fixture
def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "k")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "s")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    monkeypatch.setattr(pipeline, "run_child", read_here)
    # Looks up by itself where a service account may be used, at an address that no test reaches.
    monkeypatch.setattr(CredentialsWithRegionalAccessBoundary, "_maybe_start_regional_access_boundary_refresh", nothing)
    with ExitStack() as stack:
        stack.enter_context(capture_logs())  # drawing the traces of power cuts would take longer than the month
        providers = [
            ExportsInBucket(stack.enter_context(cloud())),
            ExportsInContainer(stack.enter_context(running(BlobService()))),
            ExportInTables(stack.enter_context(running(SignedIn()))),
        ]
        made = World(tmp_path, providers)
        made.watch = Watch()
        monkeypatch.setattr(collecting, "sync", made.watch.sync)
        yield made
        made.server.stop()


def nothing(*_: Any) -> None: ...


def read_here(task: ChildTask, limits: Any, on_progress: Any) -> Any:
    return here(task, on_progress)


def lived(world: World, days: int) -> None:
    for number in range(days * 24):
        world.hour(number)
    assert world.watch.overlaps == []
    assert world.cuts >= days // 3 - 1
    assert list(world.evenings) == [f"{START + timedelta(days=n):%Y-%m-%d}" for n in range(days)]
    for provider in world.providers:
        no_gap(world.server.collecting.state.runs(provider.KIND, RUNS_KEPT), days)
    remembered(world)


def no_gap(runs: list[Run], days: int) -> None:
    """A source ran all the time: never longer apart than its pace, the outage aside; and never failed."""
    assert {run.state for run in runs} <= {"done", "unchanged", "interrupted"}
    fine = sorted(run.started_at for run in runs if run.state in ("done", "unchanged"))
    moments = [datetime.fromisoformat(text) for text in fine]
    outage = START + OUTAGE.start * HOUR, START + OUTAGE.stop * HOUR
    for one, following in pairwise(moments):
        if not one <= outage[1] <= following:
            assert following - one <= GAP
    assert {f"{moment:%d}" for moment in moments} == {f"{day:02}" for day in range(1, days + 1)}
    caught_up = [moment for moment in moments if outage[1] <= moment < outage[1] + 2 * HOUR]
    assert days < OUTAGE.stop / 24 or len(caught_up) == 1


def remembered(world: World) -> None:
    """What was known on an evening is what was said then."""
    for day, said in world.evenings.items():
        query = parse(f"measures=billed_cost&period=all&known_on={day}&incomplete=include")
        found = answer(query, Access("tests"), world.server.store, world.now)
        assert total(found.rows["billed_cost"]) == total(said.values()), day  # of euros and dollars: only compared


def test_a_week(world: World) -> None:
    lived(world, 7)


@pytest.mark.long
def test_a_month(world: World) -> None:
    lived(world, 30)
    drift = [row for row in world.server.store.state.history() if row["cause"] == "drift"]
    assert [(row["source"], row["period"]) for row in drift] == [("aws-exports", "2026-07")]
    assert instant(START) < drift[0]["known_to"]
