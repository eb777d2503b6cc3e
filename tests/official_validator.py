"""`make validate-official`: a demo month as FOCUS 1.2 under the official validator, where Python 3.12 is at hand.

The validator needs Python 3.12 and old numpy, so it gets a virtual environment of its own, made on the spot. It exits
with 0 whatever it finds; its XML report is read. Failures that no correct data can avoid are in official_waivers.csv.
"""

from __future__ import annotations

import csv
import shutil
import subprocess
import sys
import tempfile
import xml.etree.ElementTree as ElementTree
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import Any

from api.protocols import FocusOrder, ImportOrder
from outlay.actions import Actions
from outlay.child import ChildLimits, Worker
from outlay.demo import bills
from outlay.pipeline import import_files
from outlay.ruling import RulesInForce
from warehouse.store import Store

PACKAGES = ("focus-validator==2.2.1", "pyarrow<22")
RULES = "1.2.0.1"
INTERPRETERS = ("python3.12", "python3.13", "python3")
MONTH = date(2026, 10, 1)
WAIVERS = Path(__file__).with_name("official_waivers.csv")
WANTED = "import sys; sys.exit(not ((3, 12) <= sys.version_info < (3, 14)))"


class Quiet:
    """Progress that nobody watches."""

    def __getattr__(self, _name: str) -> Any:
        return lambda *_: None


def interpreter() -> str | None:
    """A Python that the validator runs on; one that a version manager only promises does not count."""
    for name in INTERPRETERS:
        found = shutil.which(name)
        if found and subprocess.run([found, "-c", WANTED], capture_output=True, check=False).returncode == 0:
            return found
    return None


def install(python: str, folder: Path) -> Path:
    """The validator in an environment of its own; answers that environment's Python."""
    subprocess.run([python, "-m", "venv", folder], check=True)
    own = folder / "bin" / "python"
    subprocess.run([own, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", *PACKAGES], check=True)
    return own


def export(folder: Path) -> Path:
    """A month of every demo source as FOCUS 1.2 Parquet: from CSV the validator guesses types, and wrongly."""
    now = datetime.combine(bills.SEED_DAY, time(9), UTC)
    store = Store(folder / "data", RulesInForce, now=now)
    try:
        with Worker(ChildLimits()) as worker:
            for source in bills.SOURCES:
                written = folder / source.name
                written.mkdir()
                if bills.write_month(written, source.name, MONTH, bills.SEED_DAY):
                    order = ImportOrder((written,), source.name, None, "validate-official")
                    import_files(store, order, Quiet(), now, worker.run)
        out = folder / "focus.parquet"
        Actions(store, lambda: now).export_focus(FocusOrder("1.2", "all", "parquet"), out)
        return out
    finally:
        store.close()


def failures(python: Path, data: Path, report: Path) -> tuple[list[str], int, int]:
    """Rules that fail, and how many there are and were skipped."""
    where = "import focus_validator, pathlib; print(pathlib.Path(focus_validator.__file__).parents[1])"
    # It opens its rules by a path relative to where it is installed.
    home = subprocess.run([python, "-c", where], capture_output=True, text=True, check=True).stdout.strip()
    command = [python.with_name("focus-validator"), "--data-file", data, "--validate-version", RULES]
    command += ["--block-download", "--focus-dataset", "CostAndUsage", "--applicability-criteria", "ALL"]
    command += ["--output-type", "unittest", "--output-destination", report]
    done = subprocess.run(command, cwd=home, capture_output=True, text=True, check=False)
    if not report.exists():
        raise SystemExit(f"The validator wrote no report:\n{done.stdout[-2000:]}{done.stderr[-2000:]}")
    cases = list(ElementTree.parse(report).getroot().iter("testcase"))
    failed = [str(case.get("name")).split(" ")[0] for case in cases if case.find("failure") is not None]
    return failed, len(cases), sum(case.find("skipped") is not None for case in cases)


def waivers() -> dict[str, str]:
    with WAIVERS.open(encoding="utf-8", newline="") as table:
        return {row["rule"]: row["reason"] for row in csv.DictReader(table)}


def main() -> int:
    python = interpreter()
    if python is None:
        print("Not run: the official FOCUS validator needs Python 3.12 or 3.13, and none is on PATH.")
        return 0
    with tempfile.TemporaryDirectory(prefix="outlay-validate-") as scratch:
        folder = Path(scratch)
        own = install(python, folder / "venv")
        failed, rules, skipped = failures(own, export(folder), folder / "report.xml")
    waived = waivers()
    faults = [rule for rule in failed if rule not in waived]
    print(f"FOCUS {RULES}: {rules} rules, {skipped} skipped, {len(failed) - len(faults)} waived, {len(faults)} failed.")
    for rule in faults:
        print(f"  {rule}")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
