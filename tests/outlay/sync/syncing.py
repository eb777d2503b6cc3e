"""A real store to sync into, and totals out of it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from outlay.child import ChildTask, _result, _written
from outlay.child_work import Work
from outlay.ruling import RulesInForce
from outlay.sync import Sync, sync
from outlay.sync_order import Synced, SyncOrder
from warehouse.store import Store
from warehouse.store.collecting import Collecting, Configured

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)


class Quiet:
    """Progress that nobody watches; `stop` makes it cancel."""

    def __init__(self) -> None:
        self.messages: list[str] = []
        self.checks = 0
        self.stop: Callable[[], bool] = lambda: False

    def stage(self, stage: str, message: str | None = None) -> None:
        if message:
            self.messages.append(message)

    def source(self, source: str) -> None: ...

    def rows(self, done: int, total: int | None = None) -> None: ...

    def size(self, done_bytes: int, total_bytes: int | None = None) -> None: ...

    def objects(self, done: int, total: int | None = None) -> None: ...

    def partial(self, result: Any) -> None: ...

    def check(self) -> None:
        from api.protocols import JobCancelledError

        self.checks += 1
        if self.stop():
            raise JobCancelledError


def here(task: ChildTask, on_progress: Any) -> Any:
    """Reads in this process what the child would read: the same code, without the start of an interpreter."""
    return _result(Work(_written(task), task.out.parent / f"work-{task.out.name}", lambda step: None).run())


@dataclass
class Desk:
    """Where a test syncs from."""

    folder: Path
    now: datetime = NOW
    run: Any = here
    """Reads bundles."""
    store: Store = field(init=False)

    def __post_init__(self) -> None:
        self.store = Store(self.folder, RulesInForce, now=self.now)
        self.collecting = Collecting(self.store.state)

    def configure(self, kind: str, settings: dict[str, Any], name: str = "bills", months: int = 3) -> Configured:
        source = Configured(name, kind, settings, name, months)
        self.collecting.put(source, self.now)
        return source

    def sync(self, source: Configured, *, progress: Any = None, run: Any = None, **order: Any) -> Synced:
        asked = SyncOrder(order.pop("actor", "tests"), **order)
        return sync(Sync(self.store, source, asked, progress or Quiet(), lambda: self.now, run or self.run))

    def totals(self, source: str = "bills") -> dict[str, Decimal]:
        """Period -> billed cost."""
        with self.store.read() as snapshot:
            rows = snapshot.frame(
                "select period, sum(billed_cost) as cost from lines where source = $source group by 1",
                {"source": source},
            )
        return {period: Decimal(cost) for period, cost in rows.iter_rows()}

    def states(self, done: Synced) -> dict[str, str]:
        return {month.period: month.state for month in done.months}

    def close(self) -> None:
        self.store.close()
