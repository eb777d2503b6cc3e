"""The child: same answer each time, nothing it was not given, and a clear word when it is stopped."""

from __future__ import annotations

import csv
import json
import os
import random
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from collectors.formats import FormatError
from outlay import child_lines
from outlay.child import (
    ChildError,
    ChildLimits,
    ChildResult,
    ChildStoppedError,
    ChildTask,
    Progress,
    TaskFile,
    Worker,
    _environment,
    run_child,
)
from outlay.child_lines import PeriodTotals, row_hashes
from outlay.child_work import Work, _reconcile
from warehouse.focus import SCHEMA

ROW = {
    "BilledCost": "0.1",
    "EffectiveCost": "0.2",
    "ListCost": "0.3",
    "ContractedCost": "0.3",
    "BillingAccountId": "acct",
    "BillingCurrency": "USD",
    "BillingPeriodStart": "2024-09-01T00:00:00Z",
    "BillingPeriodEnd": "2024-10-01T00:00:00Z",
    "ChargePeriodStart": "2024-09-03T00:00:00Z",
    "ChargePeriodEnd": "2024-09-04T00:00:00Z",
    "ChargeCategory": "Usage",
    "ServiceName": "Queue",
    "ServiceCategory": "Integration",
    "ProviderName": "Acme",
}


def rows(count: int) -> list[dict[str, str]]:
    return [
        ROW
        | {"BilledCost": f"0.{i:09d}", "ResourceId": f"r{i % 97}", "ChargePeriodStart": f"2024-09-{i % 27 + 1:02d}"}
        | ({"BillingPeriodStart": "2024-08-01", "BillingPeriodEnd": "2024-09-01"} if i % 10 == 0 else {})
        | {"ChargePeriodEnd": "2024-10-01"}
        for i in range(count)
    ]


def task(
    folder: Path, content: Sequence[Mapping[str, str]] | bytes, name: str = "bill.csv", out: str = "out"
) -> ChildTask:
    path = folder / f"raw-{out}"
    if isinstance(content, bytes):
        path.write_bytes(content)
    else:
        with path.open("w", newline="", encoding="utf-8") as file:
            table = csv.DictWriter(file, list(content[0]))
            table.writeheader()
            table.writerows(content)
    (folder / out).mkdir()
    return ChildTask((TaskFile(path, name, f"{len(out):064x}"),), folder / out, format_name="focus")


def contents(result: ChildResult) -> dict[str, str]:
    return {period.period: period.content for period in result.periods}


def test_counts_and_sums_each_period(tmp_path: Path) -> None:
    seen: list[Progress] = []
    result = run_child(task(tmp_path, rows(1_000)), ChildLimits(), seen.append)
    assert (result.received, result.mapped, result.skipped, result.generated) == (1_000, 1_000, {}, {})
    assert [(one.period, one.rows, one.kinds) for one in result.periods] == [
        ("2024-08", 100, {"mapped": 100}),
        ("2024-09", 900, {"mapped": 900}),
    ]
    september = result.periods[1]
    stored = pl.read_parquet(september.path)
    assert stored.schema == pl.Schema(SCHEMA)
    assert stored["ChargePeriodStart"].is_sorted()
    assert september.sums["BilledCost"] == {"USD": stored["BilledCost"].sum()}
    assert september.sums["EffectiveCost"] == {"USD": Decimal("180")}
    assert september.period_start == datetime(2024, 9, 1, tzinfo=UTC)
    assert september.last_charge == datetime(2024, 9, 27, tzinfo=UTC)
    assert {one.stage for one in seen} == {"normalise", "verify"}
    assert seen[-1].rows_done == seen[-1].rows_total == 1_000


def test_blank_lines_are_received_and_skipped(tmp_path: Path) -> None:
    content = (",".join(ROW) + "\n" + ",".join(ROW.values()) + "\n\n\n").encode()
    result = run_child(task(tmp_path, content), ChildLimits())
    assert (result.received, result.mapped, result.skipped) == (3, 1, {"blank line": 2})


def test_content_depends_on_rows_and_not_on_order_or_file(tmp_path: Path) -> None:
    content = rows(500)
    shuffled = random.Random(7).sample(content, len(content))
    changed = [*content[:-1], content[-1] | {"ResourceId": "other"}]
    doubled = [*content, content[1], content[1]]
    with Worker(ChildLimits()) as worker:
        first, again, other, twice = (
            contents(worker.run(task(tmp_path, one, out=f"out-{i}")))
            for i, one in enumerate((content, shuffled, changed, doubled))
        )
    assert first == again
    assert first["2024-09"] != other["2024-09"]
    assert first["2024-08"] == other["2024-08"]
    assert len({one["2024-09"] for one in (first, other, twice)}) == 3


def test_row_hashes_are_the_same_for_ever() -> None:
    null = pl.DataFrame({name: pl.Series([None, None], dtype=dtype) for name, dtype in SCHEMA.items()})
    lines = null.with_columns(
        pl.Series("BilledCost", [Decimal("1.5"), Decimal("1.5")], dtype=SCHEMA["BilledCost"]),
        pl.Series("ServiceName", ["Queue", None]),
        pl.Series("ChargePeriodStart", [datetime(2024, 9, 1, tzinfo=UTC)] * 2, dtype=SCHEMA["ChargePeriodStart"]),
        pl.Series("x_SourceRow", [1, 2], dtype=pl.Int64),
    )
    hashes = row_hashes(lines)
    # A column without values, and where a row came from, change nothing.
    assert row_hashes(lines.drop("Tags").with_columns(pl.lit(None, pl.String).alias("Tags")).tail(1)) == hashes[1:]
    assert [f"{one:032x}" for one in hashes] == ["4475f07361836e7916f36222fdc268fb", "6c721f66b870cdd8217faccaa337241b"]


def test_large_bundles_go_through_disk_to_the_same_lines(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    results = []
    for pending, slice_rows in ((10**6, 10**6), (300, 50)):
        monkeypatch.setattr(child_lines, "_PENDING_ROWS", pending)
        monkeypatch.setattr(child_lines, "_SLICE_ROWS", slice_rows)
        monkeypatch.setattr(child_lines, "_BLOCK_ROWS", 20)
        monkeypatch.setattr(child_lines, "_BATCH_ROWS", 128)
        name = f"out-{pending}"
        made = task(tmp_path, rows(2_000), out=name)
        plain = {
            "files": [{"path": str(made.files[0].path), "name": "bill.csv", "digest": "0" * 64, "facts": None}],
            "out": str(made.out),
            "format_name": "focus",
            "settings": {},
            "manifest": None,
        }
        found = Work(plain, tmp_path / f"scratch-{pending}", lambda step: None).run()
        results.append((found, [pl.read_parquet(period["path"]) for period in found["periods"]]))
    (first, in_memory), (second, through_disk) = results
    assert [one["content"] for one in first["periods"]] == [one["content"] for one in second["periods"]]
    assert all(a.equals(b) for a, b in zip(in_memory, through_disk, strict=True))


def test_refusals_carry_every_fault_and_the_next_step(tmp_path: Path) -> None:
    bad = [ROW | {"BilledCost": "$1"}, ROW | {"EffectiveCost": "1,5"}]
    with Worker(ChildLimits()) as worker:
        with pytest.raises(ChildError) as caught:
            worker.run(task(tmp_path, bad, name="march.csv"))
        error = caught.value
        assert "march.csv, row 1, column BilledCost" in str(error)
        assert [(one["file"], one["row"], one["column"]) for one in error.faults] == [
            ("march.csv", 1, "BilledCost"),
            ("march.csv", 2, "EffectiveCost"),
        ]
        assert error.next_step
        with pytest.raises(ChildError, match=r"march\.csv: row 1, column BillingCurrency.*ISO 4217"):
            worker.run(task(tmp_path, [ROW | {"BillingCurrency": "XQX"}], name="march.csv", out="two"))
        assert worker.run(task(tmp_path, [ROW], out="three")).mapped == 1


def test_an_unknown_format_says_what_was_expected_and_found(tmp_path: Path) -> None:
    strange = replace(task(tmp_path, b"Datum,BilledCost\n1,2\n"), format_name=None)
    with pytest.raises(ChildError, match=r"no known format: as focus, the nearest, it lacks EffectiveCost") as caught:
        run_child(strange, ChildLimits())
    assert "found: Datum, BilledCost" in " ".join(fault["message"] for fault in caught.value.faults)


def test_a_difference_to_the_invoice_names_account_period_and_both_sums(
    tmp_path: Path,
) -> None:
    control = pl.LazyFrame(
        {"BillingAccountId": ["acct"], "BillingCurrency": ["USD"], "period": ["2024-09"]}
    ).with_columns(pl.Series("BilledCost", [Decimal("2.5")], dtype=SCHEMA["BilledCost"]))
    totals = PeriodTotals(billed={("acct", "USD"): Decimal("2.4")})
    with pytest.raises(FormatError, match=r"acct, billing period 2024-09: the source bills 2\.5\d* USD, .*2\.4 USD"):
        _reconcile(control, {"2024-09": totals})


def test_a_wall_limit_stops_the_child(tmp_path: Path) -> None:
    with pytest.raises(ChildStoppedError, match="longer than 0"):
        run_child(task(tmp_path, rows(10)), ChildLimits(wall_seconds=0))


def test_a_memory_limit_stops_the_child_and_says_so(tmp_path: Path) -> None:
    with pytest.raises(ChildError, match=r"64 MiB of memory|could not be read|made the reader stop"):
        run_child(task(tmp_path, rows(30_000)), ChildLimits(memory_bytes=64 << 20))


def test_an_exception_of_the_listener_stops_the_child(tmp_path: Path) -> None:
    class CancelledError(Exception):
        pass

    def cancel(_: Progress) -> None:
        raise CancelledError

    worker = Worker(ChildLimits())
    with worker, pytest.raises(CancelledError):
        worker.run(task(tmp_path, rows(10)), cancel)
    assert worker._process is None


def confined(code: str) -> str:
    """Run `code` in a process that gave up what a child gives up."""
    setup = f"import sys; sys.path[:] = {sys.path!r}; from outlay.child_sandbox import confine, allow_cpu; "
    done = subprocess.run(
        [sys.executable, "-I", "-c", f"{setup}how = confine(2 << 30); {code}"],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    return done.stdout + done.stderr


def test_a_child_has_no_network() -> None:
    said = confined(
        "import socket; print(how)\n"
        "try: socket.create_connection(('192.0.2.1', 80), timeout=2); print('CONNECTED')\n"
        "except OSError as error: print('refused', error)"
    )
    assert "refused" in said
    assert "CONNECTED" not in said


def test_the_filter_of_system_calls_refuses_sockets() -> None:
    said = confined(
        "from outlay import child_sandbox as box; import socket; print(box._refuse_sockets())\n"
        "try: socket.socket(); print('OPEN')\n"
        "except PermissionError: print('closed')"
    )
    assert "closed" in said or "False" in said


def test_processor_time_ends_the_child() -> None:
    assert "end" not in confined("allow_cpu(1)\nwhile sum(range(10**6)): pass\nprint('end')")


def test_a_child_sees_nothing_of_our_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "secret")
    assert "secret" not in json.dumps(_environment(str(tmp_path)))
    with Worker(ChildLimits()) as worker:
        worker.run(task(tmp_path, [ROW]))
        assert worker._process is not None
        seen = Path(f"/proc/{worker._process.pid}/environ").read_bytes()
        assert b"secret" not in seen
        assert os.readlink(f"/proc/{worker._process.pid}/cwd") == worker._folder.name
        assert worker.network in ("namespace", "seccomp", "python")
