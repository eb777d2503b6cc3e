"""Bills made by other people's generators: FOCUS files by seed, native reports where the tool for them is installed."""

from __future__ import annotations

import csv
import gzip
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parent))
import plain_sums
from spine import NOW, answered, open_store, stored, take, totals

from outlay.child import ChildLimits, Worker
from warehouse.store import Store

MONTH = ("2026-09-01", "2026-09-02")


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(ChildLimits()) as one:
        yield one


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    opened = open_store(tmp_path_factory.mktemp("generated") / "data")
    yield opened
    opened.close()


@pytest.mark.parametrize("seed", [1, 23])
@pytest.mark.parametrize("version", ["1.2", "1.3"])
@pytest.mark.parametrize("provider", ["aws", "azure", "gcp"])
def test_focus_files_by_seed(
    provider: str, version: str, seed: int, store: Store, worker: Worker, tmp_path: Path
) -> None:
    tool = Path(sys.executable).with_name("focus-toolkit")
    wanted = ["--provider", provider, "--focus-version", version, "--rows", "400", "--seed", str(seed)]
    subprocess.run([tool, "generate", *wanted, "--out", tmp_path], check=True, capture_output=True)
    (path,) = [file for file in tmp_path.rglob("*.csv") if "BilledCost" in file.open().readline()]
    source = f"{provider}-{version}-{seed}"
    assert take(store, worker, path, source=source).state == "live"
    expected, *_ = plain_sums.sums(plain_sums.focus(path))
    assert stored(store, source) == answered(store, source) == expected


@pytest.fixture(scope="module")
def nise() -> str:
    found = os.environ.get("OUTLAY_NISE") or shutil.which("nise")
    if not found:
        pytest.skip("the report generator is absent: no nise on PATH or in OUTLAY_NISE")
    return found


def made(nise: str, kind: str, folder: Path) -> Path:
    """Two days of reports in a folder laid out as the provider delivers them."""
    target = folder / "bucket"
    target.mkdir(parents=True)
    options = {
        "aws": ["--aws-s3-bucket-name", target, "--aws-s3-report-name", "bill", "--aws-s3-report-prefix", "x"],
        "azure": ["--azure-container-name", target, "--azure-report-name", "bill", "--azure-report-prefix", "x"],
        "gcp": ["--gcp-bucket-name", target, "--gcp-report-prefix", "bill"],
    }
    command = [nise, "report", kind, "-s", MONTH[0], "-e", MONTH[1], *options[kind]]
    subprocess.run(command, cwd=folder, check=True, capture_output=True, timeout=120)
    return target


def billed(kind: str, folder: Path) -> Decimal:
    """The bill straight from the report files, at 18 places each."""
    column = {"aws": "lineItem/UnblendedCost", "azure": "costInBillingCurrency", "gcp": "cost"}[kind]
    amounts = []
    for path in sorted(file for file in folder.rglob("*.csv*") if file.is_file()):
        content = path.read_bytes()
        text = (gzip.decompress(content) if path.suffix == ".gz" else content).decode()
        for row in csv.DictReader(text.splitlines()):
            folded = {name.casefold(): value for name, value in row.items()}
            amounts.append((("whole",), Decimal(folded[column.casefold()]), Decimal(0)))
    sums, *_ = plain_sums.sums(amounts)
    return sums["whole",][0]


@pytest.mark.parametrize("kind", ["aws", "azure", "gcp"])
def test_report_folders_load_and_a_second_run_replaces_the_first(
    kind: str, nise: str, store: Store, worker: Worker, tmp_path: Path
) -> None:
    first, second = (made(nise, kind, tmp_path / run) for run in ("first", "second"))
    source = f"nise-{kind}"
    for folder in (first, second):
        done = take(store, worker, folder, source=source)
        if done.state == "held":  # a second run is random, and may be much smaller
            store.decide(done.loads[0].id, accept=True, actor="test", now=NOW)
        assert totals(stored(store, source))[0] == billed(kind, folder)
        assert take(store, worker, folder, source=source).state == "unchanged"
    live = [load for (name, _), load in store.state.live().items() if name == source]
    assert sum(load.facts["rows"] for load in live) == sum(1 for _ in lines_of(store, source))


def lines_of(store: Store, source: str) -> list[object]:
    with store.read() as snapshot:
        return snapshot.frame("select line_no from lines where source = $source", {"source": source}).rows()
