"""Sources under test that reach services of this machine, and real stores that they fill."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

from collectors.meter import Meter
from collectors.retrying import Retry
from outlay.sync import Sync, sync
from outlay.sync_order import Synced, SyncOrder
from tests.outlay.sync.syncing import Desk, Quiet
from warehouse.store.collecting import Configured

CANARY = "cAnArY7f3d9e1b5a2c8d4f6e0b9a7c5d3e1f"


class Slept:
    """A retry that waits for nobody and writes down for how long it would have waited."""

    def __init__(self) -> None:
        self.seconds: list[float] = []
        self.retry = Retry(sleep=self.seconds.append)

    @property
    def whole(self) -> float:
        return sum(self.seconds)


def reached(module: ModuleType, access: Any) -> Any:
    """The source, with every call going where `access` says."""
    calls = {name: partial(getattr(module, name), access=access) for name in ("check", "parts", "fetch")}
    return SimpleNamespace(**{**vars(module), **calls})


class Collector:
    """A source under test beside the store it fills."""

    def __init__(self, folder: Path, module: ModuleType, access: Any, settings: dict[str, Any]) -> None:
        self.desk = Desk(folder)
        self.module = reached(module, access)
        self.given = settings
        self.source: Configured = self.desk.configure(module.NAME, settings)

    @property
    def settings(self) -> Any:
        return self.module.Settings.model_validate(self.given)

    def sync(self, **order: Any) -> Synced:
        desk, asked = self.desk, SyncOrder("tests", **order)
        running = Sync(desk.store, self.source, asked, Quiet(), lambda: desk.now, desk.run)
        running.module = self.module
        running.meter = Meter(self.module.prices(self.settings))
        return sync(running)

    def states(self, **order: Any) -> dict[str, str]:
        return self.desk.states(self.sync(**order))

    @property
    def totals(self) -> dict[str, Any]:
        return self.desk.totals()

    def sums(self, measure: str) -> Any:
        """One cost measure over everything."""
        with self.desk.store.read() as snapshot:
            return snapshot.frame(f"select sum({measure}) as cost from lines", {}).item()

    def meter(self) -> Meter:
        return Meter(self.module.prices(self.settings))


def collecting(folder: Path, module: ModuleType, access: Any, settings: dict[str, Any]) -> Iterator[Collector]:
    made = Collector(folder, module, access, settings)
    try:
        yield made
    finally:
        made.desk.close()


def granted(module: ModuleType) -> set[str]:
    """What the texts that are required grant."""
    return {action for text in module.PERMISSIONS if text.required for action in text.actions}


def holds(folder: Path, word: str) -> list[str]:
    """Files below `folder` that hold the word."""
    return [path.name for path in folder.rglob("*") if path.is_file() and word.encode() in path.read_bytes()]
