"""Where benchmarks work: bills and stores, each made once in a run, at the size of the tier."""

from __future__ import annotations

import dataclasses
import json
import shutil
import tempfile
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any

import polars as pl

from api.protocols import ImportOrder
from benchmarks.estate import Estate
from benchmarks.measure import Sample, alone, timed
from benchmarks.rules import org_text, rules_text
from outlay.pipeline import import_files
from outlay.ruling import RulesInForce
from warehouse.focus import COST_COLUMNS
from warehouse.store import Store

MONTHS = 13
RULES = 500


@dataclass(frozen=True, slots=True)
class Tier:
    name: str
    month_lines: int
    """Of the one month that is loaded alone."""
    estate_lines: int
    """Of each of the months behind dashboards."""
    short_runs: int
    load_runs: int
    rebuild_lines: int | None = None
    """Of each month of the estate that is rebuilt; null: the estate of the dashboards."""


SMALL = Tier("small", 200_000, 60_000, short_runs=7, load_runs=3)
LARGE = Tier("large", 10_000_000, 770_000, short_runs=7, load_runs=1, rebuild_lines=3_850_000)


class NoProgress:
    """A job that nobody watches."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_arguments: None


@dataclass(slots=True)
class Site:
    tier: Tier
    folder: Path = field(default_factory=lambda: Path(tempfile.mkdtemp(prefix="outlay-bench-")))
    kept: dict[str, Any] = field(default_factory=dict)
    """What one promise found and another compares with."""
    stays: bool = False
    """Whether the folder, and what was measured while its stores were loaded, is there for the next run."""

    def __enter__(self) -> Site:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if not self.stays:
            shutil.rmtree(self.folder, ignore_errors=True)

    def focus_month(self, lines: int, amounts: str = "decimal", number: int = 0) -> Path:
        path = self.folder / f"focus-{lines}-{amounts}-{number}.parquet"
        return path if path.exists() else Estate(lines).focus_parquet(path, number, amounts)

    def cur_month(self, lines: int) -> Path:
        path = self.folder / f"cur-{lines}.csv.gz"
        return path if path.exists() else Estate(lines).cur_csv(path)

    def data(self, name: str) -> Path:
        """An empty data folder."""
        path = self.folder / f"data-{name}"
        shutil.rmtree(path, ignore_errors=True)
        return path

    def estate(self) -> Path:
        """The data folder with the months behind dashboards, loaded through the ordinary path."""
        return self._loaded("estate", self.tier.estate_lines)

    def month(self) -> tuple[Path, list[Sample]]:
        """The data folder with one large month alone, and what loading it cost."""
        if "month" in self.kept:
            return self.folder / "data-month", self.kept["month"][1]
        return self._loaded("lone", self.tier.month_lines, months=1), self.kept["lone"]

    def rebuild_estate(self) -> Path:
        lines = self.tier.rebuild_lines
        return self._loaded("rebuild", lines) if lines else self.estate()

    def _loaded(self, name: str, lines: int, months: int = MONTHS) -> Path:
        path = self.folder / f"data-{name}"
        if name in self.kept:
            return path
        loaded = Loaded.of(self.folder / f"{name}.json")
        if not loaded.samples:
            shutil.rmtree(path, ignore_errors=True)
        else:
            without_pools(path)
        for number in range(len(loaded.samples), months):
            bill = self.focus_month(lines, number=number)
            loaded.samples.append(alone(load, path, bill))
            loaded.sums[f"{Estate(lines).month(number):%Y-%m}"] = sums_of(bill)
            bill.unlink()
            loaded.write(self.folder / f"{name}.json")
        self.kept[name] = loaded.samples
        self.kept[f"{name} sums"] = loaded.sums
        return path


Sums = tuple[Any, ...]


@dataclass(slots=True)
class Loaded:
    """What was measured while the months of a store were loaded, and what their bills say they cost."""

    samples: list[Sample] = field(default_factory=list)
    sums: dict[str, Sums] = field(default_factory=dict)

    @staticmethod
    def of(path: Path) -> Loaded:
        """Nothing when no such store was kept."""
        if not path.exists():
            return Loaded()
        found = json.loads(path.read_text(encoding="utf-8"))
        sums = {period: tuple(map(Decimal, costs)) for period, costs in found["sums"].items()}
        return Loaded([Sample(**one) for one in found["samples"]], sums)

    def write(self, path: Path) -> None:
        document = {
            "samples": [{**dataclasses.asdict(one), "value": None} for one in self.samples],
            "sums": {period: list(map(str, costs)) for period, costs in self.sums.items()},
        }
        path.write_text(json.dumps(document), encoding="utf-8")


def now_of(estate: Estate) -> datetime:
    """A day in the last month, so that "month to date" has something to show."""
    last = estate.month(MONTHS - 1)
    return datetime(last.year, last.month, 25, 12, tzinfo=UTC)


NOW = now_of(Estate(1))


def open_store(data: Path) -> Store:
    return Store(data, RulesInForce, now=NOW)


def ruled_store(data: Path, rules: int = RULES) -> Store:
    """A store with so many rules in force."""
    store = open_store(data)
    if store.state.documents() is None:
        store.publish(org_text(), rules_text(rules), author="benchmark", now=NOW)
    return store


def without_pools(data: Path) -> None:
    """Leave a store that was kept with the rules that it was loaded with."""
    store = open_store(data)
    try:
        if (store.state.documents() or {}).get("files"):
            store.publish(org_text(), rules_text(RULES), author="benchmark", now=NOW)
    finally:
        store.close()


def load(data: Path, bill: Path) -> Sample:
    """The whole journey of one file, with 500 rules in force."""
    store = ruled_store(data)
    try:
        order = ImportOrder((bill,), "cloud", None, "benchmark")
        sample = timed(lambda: import_files(store, order, NoProgress(), NOW).state)
        assert sample.value == "live", sample.value
        return sample
    finally:
        store.close()


def sums_of(bill: Path) -> Sums:
    """Of the four costs, straight from a FOCUS file with decimals."""
    costs = (pl.col(name).cast(pl.Decimal(38, 18)).sum() for name in COST_COLUMNS)
    return pl.scan_parquet(bill).select(costs).collect().row(0)


def differences(store: Store, expected: dict[str, Sums]) -> int:
    """How many sums of stored tables differ, in the last digit or more, from those of the bills by period."""
    sums = "sum(billed_cost), sum(effective_cost), sum(list_cost), sum(contracted_cost)"
    wrong = 0
    with store.read() as reader:
        for period, filed in expected.items():
            for table in ("lines", "daily", "monthly_dims"):
                found = reader.frame(f"select {sums} from {table} where period = $period", {"period": period})
                wrong += sum(one != other for one, other in zip(found.row(0), filed, strict=True))
    return wrong
