"""Twenty people asking while a month loads wait at most twice as long as when nothing loads (p95)."""

from __future__ import annotations

import random
import threading
import time
from collections.abc import Callable

from api.protocols import ImportOrder
from benchmarks.measure import Row, percentile
from benchmarks.questions import EVERYTHING, OVERVIEW, question
from benchmarks.site import NOW, NoProgress, Site, open_store
from outlay.pipeline import import_files
from warehouse.metrics import AnswerCache
from warehouse.store import Store

LIMIT = 2.0
PEOPLE = 20
THINK_SECONDS = (0.5, 1.5)
IDLE_SECONDS = 8.0


def measure(site: Site) -> list[Row]:
    store = open_store(site.estate())
    bill, _, _ = site.kept["month"]
    try:
        idle = _people(store, lambda: time.sleep(IDLE_SECONDS))
        order = ImportOrder((bill,), "another cloud", None, "benchmark")
        loading = _people(store, lambda: import_files(store, order, NoProgress(), NOW))
        store.remove_sources(["another cloud"])
    finally:
        store.close()
    quiet, busy = percentile(idle, 0.95), percentile(loading, 0.95)
    note = f"idle {quiet * 1000:.0f} ms of {len(idle)}, loading {busy * 1000:.0f} ms of {len(loading)} questions"
    return [Row(f"{PEOPLE} people while a month loads, p95", busy / quiet, LIMIT, "x wall", "idle", note=note)]


def _people(store: Store, meanwhile: Callable[[], object]) -> list[float]:
    """Seconds of each question asked while `meanwhile` runs."""
    waits: list[float] = []
    done = threading.Event()
    cache = AnswerCache()

    def person(number: int) -> None:
        chance = random.Random(number)
        while not done.wait(chance.uniform(*THINK_SECONDS)):
            asked = question(chance.choice(OVERVIEW))
            before = time.perf_counter()
            cache.answer(asked, EVERYTHING, store, NOW)
            waits.append(time.perf_counter() - before)

    threads = [threading.Thread(target=person, args=(number,)) for number in range(PEOPLE)]
    for thread in threads:
        thread.start()
    try:
        meanwhile()
    finally:
        done.set()
        for thread in threads:
            thread.join()
    return waits
