"""The spine in one process: a real store, real children, files in, answers out."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from api.protocols import ImportOrder
from outlay.actions import Actions
from outlay.child import Worker
from outlay.pipeline import Imported, import_files
from outlay.ruling import RulesInForce
from warehouse.metrics import Access, answer, parse
from warehouse.store import Store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BY = ("provider", "service", "billing_account", "sub_account", "currency")
Sums = dict[tuple[str | None, ...], tuple[Decimal, Decimal]]


class Quiet:
    """Progress that nobody watches."""

    def stage(self, *_: Any) -> None: ...

    def source(self, *_: Any) -> None: ...

    def rows(self, *_: Any) -> None: ...

    def size(self, *_: Any) -> None: ...

    def objects(self, *_: Any) -> None: ...

    def check(self) -> None: ...


def open_store(folder: Path) -> Store:
    return Store(folder, RulesInForce, now=NOW)


def order(*paths: Path, source: str, format_name: str | None = None) -> ImportOrder:
    return ImportOrder(tuple(paths), source, format_name, "test")


def take(store: Store, worker: Worker, *paths: Path, source: str = "bill") -> Imported:
    """Import through the pipeline; raises what reading raises."""
    return import_files(store, order(*paths, source=source), Quiet(), NOW, worker.run)


def refusal(store: Store, *paths: Path, source: str = "bill") -> str:
    """Import as the API does, in a child of its own; the sentence of the refusal, what is wrong and what to do."""
    found = Actions(store, lambda: NOW).import_paths(order(*paths, source=source), Quiet())
    assert found.state == "quarantined", found
    problem = found.files[0].error
    assert problem is not None and problem.next_step
    return f"{problem.detail} {problem.next_step}"


def stored(store: Store, source: str) -> Sums:
    """Billed and effective cost as the lines of a source hold it."""
    with store.read() as snapshot:
        rows = snapshot.frame(
            """select provider, service, billing_account, sub_account, currency, sum(billed_cost), sum(effective_cost)
            from lines join dims using (dim) where source = $source group by all""",
            {"source": source},
        ).rows()
    return {tuple(row[:5]): (row[5], row[6]) for row in rows}


def answered(store: Store, source: str) -> Sums:
    """The same as the answer to a question."""
    text = f"measures=billed_cost,effective_cost&by={','.join(BY[:4])}&where=source:{source}&period=all"
    found = answer(parse(text), Access("test"), store, NOW).document()
    assert found["next"] is None
    return {
        tuple(row[name] for name in BY): (Decimal(row["billed_cost"]), Decimal(row["effective_cost"]))
        for row in found["rows"]
    }


def totals(sums: Mapping[Any, Sequence[Decimal]]) -> tuple[Decimal, Decimal]:
    return sum((one[0] for one in sums.values()), Decimal(0)), sum((one[1] for one in sums.values()), Decimal(0))


def contents(store: Store) -> tuple[list[Any], ...]:
    """Everything a reader may see: lines with what describes them, rollups, generations, owners."""
    with store.read() as snapshot:
        lines = snapshot.frame(
            """select l.* exclude (dim, item), d.* exclude (dim, digest, salted, tag_set), i.* exclude (item, digest,
                salted), t.raw::varchar as tags
            from lines l join dims d using (dim) join items i using (item) join tag_sets t using (tag_set)
            order by source, period, line_no"""
        ).rows()
        rest = [
            snapshot.frame(f"select * from {table} order by all").rows()
            for table in ("daily", "generations", "owner_values")
        ]
    live = sorted((key, load.id) for key, load in store.state.live().items())
    return lines, *rest, live
