"""Where a load spends its processor time: its own code, run in one process, with a clock at the steps."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.site import NOW, NoProgress, ruled_store
from collectors.formats import formats
from outlay import child, child_lines, child_work
from outlay.child import ChildResult, ChildTask
from outlay.pipeline import ImportOrder, import_files
from warehouse.store import swap
from warehouse.store.landing import Landing
from warehouse.store.store import Store

READ, MAP, HASH, WRITE = (
    "read and type",
    "map to FOCUS lines and conform",
    "count and hash rows",
    "write canonical file",
)


def measured_steps(data: Path, bill: Path) -> dict[str, float]:
    """Step -> CPU seconds of one load. Steps within steps are taken out of the outer one."""
    clock = _Clock()
    store = ruled_store(data)
    try:
        with clock.watching(store):
            import_files(store, ImportOrder((bill,), "cloud", None, "benchmark"), NoProgress(), NOW, _here)
    finally:
        store.close()
    return clock.spent


def _here(task: ChildTask, _report: object) -> ChildResult:
    """The child's work in this process."""
    scratch = task.out.parent / uuid.uuid4().hex
    return child._result(child_work.Work(child._written(task), scratch, lambda _step: None).run())


class _Clock:
    def __init__(self) -> None:
        self.spent: dict[str, float] = {}
        self._inner = [0.0]

    @contextmanager
    def watching(self, store: Store) -> Iterator[None]:
        watched: list[tuple[Any, str, str]] = [
            (Landing, "receive", "keep the file as received"),
            (child_work, "open_file", READ),
            (child_work, "load", READ),
            (child_work, "conform", MAP),
            (child_lines.Lines, "take", MAP),
            (child_lines.Lines, "_batch", HASH),
            (child_lines.Lines, "write", WRITE),
            (child_work, "_reconcile", "reconcile with the source's sums"),
            (swap, "_insert_part", "lines, dims and items"),
            (swap, "put_tags", "tags"),
            (swap, "own_dims", "owners"),
            (swap, "roll_up", "rollups"),
            (swap, "_check", "check sums"),
            (type(store), "load", "land and commit"),
        ]
        watched += [(module, "normalise", MAP) for module in formats().values()]
        with ExitStack() as stack:
            for owner, name, label in watched:
                stack.enter_context(patch.object(owner, name, self._timed(getattr(owner, name), label)))
            yield

    def _timed(self, work: Callable[..., Any], label: str) -> Callable[..., Any]:
        def run(*arguments: Any, **named: Any) -> Any:
            before = time.process_time()
            self._inner.append(0.0)
            try:
                return work(*arguments, **named)
            finally:
                whole = time.process_time() - before
                self.spent[label] = self.spent.get(label, 0.0) + whole - self._inner.pop()
                self._inner[-1] += whole

        return run
