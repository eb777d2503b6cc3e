"""Loads beside loads and readers beside both: every answer is of one generation or another, never of two."""

from __future__ import annotations

import csv
import sys
import threading
import time
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, Quiet, open_store, order, stored, take, totals
from test_import_damage import COSTS, ROW

from outlay.child import ChildLimits, Worker
from outlay.pipeline import import_files
from warehouse.metrics import Access, answer, parse
from warehouse.store import Store

SECONDS, SECONDS_MAX = 3, 60
"""At least so long, and until everybody has done enough."""
ENOUGH = 3
READERS = 8
MONTHS = ("2026-08", "2026-09")


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = open_store(tmp_path / "data")
    yield opened
    opened.close()


def bill(path: Path, amount: str, rows: int = 300) -> Path:
    """Both months at `rows` times the amount each."""
    with path.open("w", newline="") as target:
        table = csv.DictWriter(target, [*ROW, "SubAccountId"])
        table.writeheader()
        for number in range(rows):
            for month in MONTHS:
                after = f"2026-{int(month[5:]) + 1:02}-01T00:00:00Z"
                times = {
                    "BillingPeriodStart": f"{month}-01T00:00:00Z",
                    "BillingPeriodEnd": after,
                    "ChargePeriodStart": f"{month}-02T00:00:00Z",
                    "ChargePeriodEnd": f"{month}-03T00:00:00Z",
                }
                table.writerow({**ROW, **times, **dict.fromkeys(COSTS, amount), "SubAccountId": f"s{number % 9}"})
    return path


def test_readers_during_loads_see_one_generation(store: Store, tmp_path: Path) -> None:
    """Two sources alternate between two bills each, both months in one transaction; readers ask for the whole."""
    bills = {
        source: [bill(tmp_path / f"{source}-{amount}.csv", amount) for amount in amounts]
        for source, amounts in {"left": ("1", "1.1"), "right": ("10", "11")}.items()
    }
    legal = {Decimal(a) * 600 + Decimal(b) * 600 for a in ("1", "1.1") for b in ("10", "11")}
    faults: list[object] = []
    reads = [0] * READERS
    loads = dict.fromkeys(bills, 0)
    with Worker(ChildLimits()) as left, Worker(ChildLimits()) as right:
        workers = {"left": left, "right": right}
        for source, files in bills.items():
            take(store, workers[source], files[0], source=source)
        begun = time.monotonic()

        def going() -> bool:
            past = time.monotonic() - begun
            return past < SECONDS or (past < SECONDS_MAX and not faults and min(*loads.values(), *reads) < ENOUGH)

        def load(source: str) -> None:
            turn = 0
            while going():
                turn += 1
                path = bills[source][turn % 2]
                done = import_files(store, order(path, source=source), Quiet(), NOW, workers[source].run)
                loads[source] += sum(one.state == "live" for one in done.loads)

        def read(place: int) -> None:
            text = (
                "measures=billed_cost&by=source&grain=month&period=all"
                if place % 2
                else "measures=billed_cost&period=all"
            )
            while going():
                found = answer(parse(text), Access("test"), store, NOW).document()
                whole = Decimal(found["totals"][0]["billed_cost"])
                parts = sum(Decimal(row["billed_cost"]) for row in found["rows"])
                if whole not in legal or parts != whole:
                    faults.append(found)
                reads[place] += 1

        def guarded(work: object, *arguments: object) -> None:
            try:
                work(*arguments)  # type: ignore[operator]
            except Exception as error:
                faults.append(error)

        threads = [threading.Thread(target=guarded, args=(load, source)) for source in bills]
        threads += [threading.Thread(target=guarded, args=(read, place)) for place in range(READERS)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not faults
    assert min(*loads.values(), *reads) >= ENOUGH, (loads, reads)


def test_two_loads_of_one_source_at_once_leave_one_of_them(store: Store, tmp_path: Path) -> None:
    files = [bill(tmp_path / f"{amount}.csv", amount) for amount in ("1", "1.1")]
    faults: list[BaseException] = []
    with Worker(ChildLimits()) as one, Worker(ChildLimits()) as two:
        start = threading.Barrier(2)

        def load(path: Path, worker: Worker) -> None:
            start.wait()
            try:
                take(store, worker, path)
            except BaseException as error:
                faults.append(error)

        threads = [threading.Thread(target=load, args=pair) for pair in zip(files, (one, two), strict=True)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    assert not faults
    assert totals(stored(store, "bill"))[0] in (Decimal(600), Decimal(660))
    live = store.state.live()
    assert len(live) == 2 and len({load.batch for load in live.values()}) == 1
