"""The command line, with and without a running server: the same documents, the same exit codes."""

from __future__ import annotations

import json
import os
import re
import signal
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest
from typer.testing import CliRunner, Result

from outlay.cli import app
from outlay.client import ApiError, connect
from outlay.config import Config
from outlay.sockets import is_served, reachable

BILL = """BillingAccountId,BillingAccountName,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargePeriodStart,\
ChargePeriodEnd,ChargeCategory,ChargeClass,ChargeDescription,ChargeFrequency,BilledCost,EffectiveCost,ListCost,\
ContractedCost,ServiceName,ServiceCategory,ProviderName,PublisherName,InvoiceIssuerName,ResourceId,SubAccountId,Tags,\
ConsumedQuantity,ConsumedUnit,PricingQuantity,PricingUnit,PricingCategory
"""
ROW = (
    "acct,Account,{currency},2026-09-01T00:00:00Z,2026-10-01T00:00:00Z,2026-09-{day:02}T00:00:00Z,"
    "2026-09-{next:02}T00:00:00Z,Usage,,d,Usage-Based,{cost},{cost},{cost},{cost},{service},Compute,Vendor,Vendor,Vendor,"
    'res-{day},sub,"{{""team"":""{team}""}}",1,Hours,1,Hours,Standard\n'
)
SERVICES = ("Engine", "=1+1", "\x1b[31mRed", "Ütility")
QUERY = "measures=billed_cost,effective_cost&by=service&period=all"


def bill(path: Path, days: int = 8) -> Path:
    rows = [
        ROW.format(
            day=day, next=day + 1, currency="EUR" if day % 4 else "USD", cost=f"{day}.000000000000000001",
            service=SERVICES[day % 4], team="red" if day % 2 else "blue",
        )
        for day in range(1, days + 1)
    ]  # fmt: skip
    path.write_text(BILL + "".join(rows), encoding="utf-8")
    return path


def run(*words: object) -> Result:
    return CliRunner().invoke(app, [str(word) for word in words])


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with one imported bill."""
    folder = tmp_path_factory.mktemp("cli")
    result = run("import", bill(folder / "bill.csv"), "--source", "vendor", "--data", folder / "data")
    assert result.exit_code == 0, result.output
    assert "8 in = 8 mapped + 0 folded + 0 skipped + 0 rejected; 8 out" in result.stdout
    assert "Total: billed 24.00, effective 24.00 EUR" in result.stdout
    assert "Total: billed 12.00, effective 12.00 USD" in result.stdout
    return folder / "data"


@pytest.fixture
def server(data: Path) -> Iterator[str]:
    """A real server in its own process; answers its address."""
    command = [sys.executable, "-m", "outlay.cli", "serve", "--port", "0", "--data", str(data)]
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
    assert process.stdout
    address = re.search(r"http://\S+", process.stdout.readline())
    assert address, process.communicate()
    try:
        yield address.group()
    finally:
        process.send_signal(signal.SIGTERM)
        _, errors = process.communicate(timeout=30)
        assert process.returncode == 0, errors
        assert not (data / "outlay.sock").exists()


def test_help_is_quick_and_names_every_verb() -> None:
    start = time.process_time()
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "outlay.cli", "--help"], capture_output=True, text=True, check=True
    )
    assert time.process_time() - start < 5
    verbs = ("demo", "serve", "import", "query", "lines", "sources", "loads", "rules", "explain", "export", "rebuild",
             "check", "version")  # fmt: skip
    for verb in verbs:
        assert re.search(rf"^  {verb}\s", done.stdout, re.MULTILINE), verb
    for heavy in ("polars", "duckdb", "fastapi", "httpx2", "pydantic", "sqlalchemy", "uvicorn", "rich"):
        assert not re.search(rf"\|\s+{heavy}$", done.stderr, re.MULTILINE), f"--help imports {heavy}"


@pytest.mark.parametrize("words", [["version"], ["--version"]])
def test_version(words: list[str]) -> None:
    result = run(*words)
    assert result.exit_code == 0
    assert re.fullmatch(r"outlay \d+\.\d+\.\d+\S*\n", result.stdout)


def test_data_stands_before_or_after_the_verb(data: Path) -> None:
    results = [
        run("--data", data, "sources", "--format", "json"),
        run("sources", "--data", data, "--format", "json"),
        run("--data", data.parent / "elsewhere", "sources", "--format", "json", "--data", data),
        run("loads", "--data", data, "--format", "json"),
        run("--data", data, "loads", "--format", "json"),
    ]
    assert [result.exit_code for result in results] == [0] * 5
    assert results[0].stdout == results[1].stdout == results[2].stdout
    assert results[3].stdout == results[4].stdout
    assert not (data.parent / "elsewhere").exists()


WHY = "measures=billed_cost&by=service&period=2026-09-15..2026-09-28&compare=2026-09-01..2026-09-14"


def everything(data: Path) -> dict[str, tuple[int, bytes]]:
    """What every reading verb prints."""
    line = json.loads(run("lines", "period=all", "--data", data, "--format", "json").stdout)["rows"][0]["id"]
    commands = {
        "json": ("query", QUERY, "--format", "json"),
        "csv": ("query", QUERY, "--format", "csv"),
        "raw": ("query", QUERY, "--format", "csv-raw"),
        "table": ("query", QUERY),
        "lines": ("lines", "period=all&where=service:=1%2B1"),
        "explain": ("explain", "--line", line),
        "explain json": ("explain", "--line", line, "--format", "json"),
        "why": ("explain", WHY, "--floor", "0"),
        "why text": ("explain", WHY, "--format", "text"),
        "why json": ("explain", WHY, "--format", "json", "--movers", "3"),
        "why csv": ("explain", WHY, "--format", "csv"),
        "sources": ("sources",),
        "loads": ("loads",),
        "rules": ("rules", "show"),
        "propose": ("rules", "propose"),
        "bad": ("query", "by=servic"),
    }
    return {name: (done.exit_code, done.stdout_bytes) for name, words in commands.items()
            if (done := run(*words, "--data", data))}  # fmt: skip


def test_a_running_server_changes_nothing(data: Path, request: pytest.FixtureRequest) -> None:
    import urllib.request

    alone = everything(data)
    address = request.getfixturevalue("server")
    assert is_served(data / "outlay.sock")
    assert stat.S_IMODE(os.stat(data / "outlay.sock").st_mode) == 0o600
    with urllib.request.urlopen(f"{address}/api/v1/costs?{QUERY}") as response:
        assert response.read() == alone["json"][1]
    together = everything(data)
    for name, before in alone.items():
        assert together[name] == before, name
    assert {name: code for name, (code, _) in alone.items() if code} == {"bad": 2}


def test_the_table_is_safe_for_terminals(data: Path) -> None:
    for words in (
        ("query", QUERY),
        ("lines", "period=all"),
        ("explain", WHY, "--floor", "0"),
        ("sources",),
        ("loads",),
    ):
        result = run(*words, "--data", data)
        assert result.exit_code == 0, result.output
        assert "\x1b" not in result.stdout
    assert "�[31mRed" in run("query", QUERY, "--data", data).stdout


def test_files_hold_the_same_totals(data: Path, tmp_path: Path) -> None:
    answer = json.loads(run("query", QUERY, "--data", data, "--format", "json").stdout)
    out = tmp_path / "answer.parquet"
    assert run("query", QUERY, "--data", data, "--format", "parquet", "--out", out).exit_code == 0
    sums = pl.read_parquet(out).group_by("currency").agg(pl.col("billed_cost").sum()).sort("currency")
    totals = {row["currency"]: row["billed_cost"] for row in answer["totals"]}
    assert {code: f"{amount:f}".rstrip("0").rstrip(".") for code, amount in sums.iter_rows()} == totals
    assert totals == {"EUR": "24.000000000000000006", "USD": "12.000000000000000002"}
    csv = run("query", QUERY, "--data", data, "--format", "csv").stdout_bytes.decode()
    assert "\r\n'=1+1," in csv
    assert list(tmp_path.iterdir()) == [out]


def test_the_same_file_again_is_unchanged(data: Path) -> None:
    result = run("import", data.parent / "bill.csv", "--source", "vendor", "--data", data)
    assert result.exit_code == 0
    assert "Unchanged" in result.stdout


def test_a_file_that_is_refused_leaves_things_as_they_were(data: Path, tmp_path: Path) -> None:
    before = run("query", QUERY, "--data", data, "--format", "json").stdout
    broken = tmp_path / "broken.csv"
    broken.write_text((data.parent / "bill.csv").read_text().replace(",3.000000000000000001,", ",three,", 1))
    result = run("import", broken, "--source", "vendor", "--data", data)
    assert result.exit_code == 3
    assert "three" in result.stderr
    assert run("query", QUERY, "--data", data, "--format", "json").stdout == before


def test_a_load_that_shrinks_is_held_until_somebody_decides(tmp_path: Path) -> None:
    data = tmp_path / "data"
    assert run("import", bill(tmp_path / "whole.csv"), "--source", "vendor", "--data", data).exit_code == 0
    held = run("import", bill(tmp_path / "part.csv", days=2), "--source", "vendor", "--data", data)
    assert held.exit_code == 3, held.output
    load = re.search(r"outlay loads accept (\w+)", held.stdout)
    assert load
    loads = run("loads", "--data", data, "--format", "json")
    assert {item["state"] for item in json.loads(loads.stdout)["loads"]} == {"live", "held"}
    assert run("loads", "accept", "nobody", "--data", data).exit_code == 1
    accepted = run("loads", "accept", load.group(1), "--data", data)
    assert accepted.exit_code == 0, accepted.output
    totals = json.loads(run("query", QUERY, "--data", data, "--format", "json").stdout)["totals"]
    assert [total["billed_cost"] for total in totals] == ["3.000000000000000002"]
    assert run("loads", "reject", load.group(1), "--data", data).exit_code == 1


def test_rules_from_proposal_to_files(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("import", bill(tmp_path / "bill.csv"), "--source", "vendor", "--data", data)
    assert "red" in run("rules", "propose", "--data", data).stdout
    assert "version 1 is in force" in run("rules", "propose", "--apply", "--data", data).stdout
    teams = json.loads(run("query", "by=team&period=all", "--data", data, "--format", "json").stdout)["rows"]
    assert {row["team"] for row in teams} == {"red", "blue"}
    org, rules = tmp_path / "org.yaml", tmp_path / "rules.yaml"
    org.write_bytes(run("rules", "show", "org", "--data", data).stdout_bytes)
    rules.write_bytes(run("rules", "show", "--data", data).stdout_bytes)
    assert "Unchanged" in run("rules", "apply", org, rules, "--data", data).stdout
    rules.write_text("rulse: []\n")
    for verb in ("check", "apply"):
        wrong = run("rules", verb, rules, "--data", data)
        assert wrong.exit_code == (1 if verb == "check" else 2), wrong.output
        assert "rulse" in wrong.stderr
    after = json.loads(run("rules", "show", "--format", "json", "--data", data).stdout)
    assert after["version"] == 1


def test_focus_is_exported_whole(data: Path, tmp_path: Path) -> None:
    for name, version in (("a.csv", "1.2"), ("a.parquet", "1.4")):
        out = tmp_path / name
        done = run("export", "focus", "--version", version, "--period", "all", "--out", out, "--data", data)
        assert done.exit_code == 0, done.output
        frame = pl.read_csv(out) if name.endswith("csv") else pl.read_parquet(out)
        assert frame.height == 8
        assert {"BilledCost", "ServiceName"} <= set(frame.columns)


def test_rebuild_gives_the_same_answer(data: Path) -> None:
    before = json.loads(run("query", QUERY, "--data", data, "--format", "json").stdout)
    assert run("rebuild", "--data", data).exit_code == 0
    after = json.loads(run("query", QUERY, "--data", data, "--format", "json").stdout)
    assert (after["rows"], after["totals"]) == (before["rows"], before["totals"])
    assert run("check", "--data", data).exit_code == 0


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (["query"], 2),
        (["query", "colour=red"], 2),
        (["query", "by=service", "--format", "pdf"], 2),
        (["nothing"], 2),
        (["import", "/gone.csv", "--source", "a"], 2),
        (["export", "focus", "--period", "all"], 2),
        (["export", "focus", "--period", "soon", "--out", "x.csv"], 2),
        (["serve", "--host", "0.0.0.0", "--port", "0"], 2),
        (["explain", "--line", "vendor:2026-09:1:999"], 1),
        (["explain"], 2),
        (["explain", "period=2026-09"], 2),
        (["loads", "accept", "gone"], 1),
    ],
)
def test_exit_codes_of_what_cannot_be_done(
    data: Path, words: list[str], code: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    result = run(*words, "--data", data)
    assert result.exit_code == code, result.output
    assert result.stderr
    assert "Traceback" not in result.output
    assert not list(tmp_path.iterdir())


def test_a_folder_that_is_not_there_is_not_made_by_asking(tmp_path: Path) -> None:
    result = run("query", QUERY, "--data", tmp_path / "typo")
    assert result.exit_code == 1
    assert "typo" in result.stderr
    assert not (tmp_path / "typo").exists()


def test_a_folder_in_use_by_somebody_silent_needs_the_server(data: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from warehouse.store.owner import Owner

    monkeypatch.setattr("outlay.client.WAIT_SECONDS", 0.2)
    owner = Owner(data, "2026-01-01T00:00:00+00:00")
    try:
        result = run("sources", "--data", data)
    finally:
        owner.release()
    assert result.exit_code == 4
    assert str(os.getpid()) in result.stderr


def test_settings_that_are_wrong_are_told_with_their_lines(data: Path, tmp_path: Path) -> None:
    config = tmp_path / "outlay.yaml"
    config.write_text("server:\n  prot: 1\nlog: loud\n")
    result = run("--config", config, "sources", "--data", data)
    assert result.exit_code == 2
    assert ":2:" in result.stderr
    assert ":3:" in result.stderr
    assert str(config) in result.stderr


def test_two_commands_at_once_share_one_server(data: Path) -> None:
    """The second finds the first one's socket, and the first stays until the second is done."""
    config = Config(data=data)
    first_in, second_in, order = threading.Event(), threading.Event(), []

    def second() -> None:
        first_in.wait(20)
        with connect(config) as client:
            client.get("/status")
            second_in.set()
            time.sleep(0.5)
            client.get("/status")
            order.append("second")

    thread = threading.Thread(target=second)
    thread.start()
    with connect(config) as client:
        client.get("/status")
        first_in.set()
        assert second_in.wait(20)
    order.append("first")
    thread.join(20)
    assert order == ["second", "first"]
    assert not is_served(config.socket)


def test_a_socket_left_behind_is_replaced(data: Path) -> None:
    import socket

    path = data / "outlay.sock"
    with socket.socket(socket.AF_UNIX) as left, reachable(path) as name:
        left.bind(name)
    assert path.exists()
    assert not is_served(path)
    assert run("sources", "--data", data).exit_code == 0


def test_a_deep_folder_is_reachable(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * 100) / "data"
    assert run("rules", "check", bill_rules(tmp_path), "--data", deep).exit_code == 0


def bill_rules(folder: Path) -> Path:
    path = folder / "rules.yaml"
    path.write_text("{}\n")
    return path


def test_a_lost_server_is_said_so(tmp_path: Path) -> None:
    from outlay.client import Client, _http

    with _http(tmp_path / "gone.sock") as http, pytest.raises(ApiError, match="connection"):
        Client(http).get("/status")
