"""Damaged and doubtful files: what was there stays untouched, and the refusal says where, why and what to do."""

from __future__ import annotations

import csv
import gzip
import io
import json
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

sys.path.insert(0, str(Path(__file__).parent))
from spine import NOW, contents, open_store, order, stored, take, totals

from collectors.formats import FormatError
from outlay.child import ChildError, ChildLimits, Worker
from outlay.documents import load_detail
from outlay.refusal import refused
from warehouse.focus import version_columns
from warehouse.store import Store

ROW = {
    "BilledCost": "1.25",
    "EffectiveCost": "1.25",
    "ListCost": "1.5",
    "ContractedCost": "1.25",
    "BillingAccountId": "0042",
    "BillingCurrency": "EUR",
    "BillingPeriodStart": "2026-09-01T00:00:00Z",
    "BillingPeriodEnd": "2026-10-01T00:00:00Z",
    "ChargePeriodStart": "2026-09-02T00:00:00Z",
    "ChargePeriodEnd": "2026-09-03T00:00:00Z",
    "ChargeCategory": "Usage",
    "ServiceName": "Object Store",
    "ServiceCategory": "Storage",
    "ProviderName": "North Cloud",
    "PublisherName": "North Cloud",
    "InvoiceIssuerName": "North Cloud",
    "Tags": '{"team": "web"}',
}
COSTS = [name for name in ROW if name.endswith("Cost")]


def month(rows: int = 60) -> list[dict[str, str]]:
    return [
        {**ROW, **dict.fromkeys(COSTS, f"{number}.{number:09}"), "SubAccountId": f"team-{number % 7}"}
        for number in range(1, rows + 1)
    ]


def text(rows: list[dict[str, str]], delimiter: str = ",") -> bytes:
    written = io.StringIO()
    table = csv.DictWriter(written, list(rows[0]), delimiter=delimiter, lineterminator="\n")
    table.writeheader()
    table.writerows(rows)
    return written.getvalue().encode()


@pytest.fixture(scope="module")
def worker() -> Iterator[Worker]:
    with Worker(ChildLimits()) as one:
        yield one


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, worker: Worker) -> Iterator[Store]:
    """A store with September in it, from a file of 60 rows."""
    folder = tmp_path_factory.mktemp("damage")
    good = folder / "good.csv"
    good.write_bytes(text(month()))
    opened = open_store(folder / "data")
    take(opened, worker, good)
    yield opened
    opened.close()


@pytest.fixture
def refusal(store: Store, worker: Worker) -> Callable[..., str]:
    """Import over what is live and be refused: the sentence and the next step, after proof that nothing changed."""

    def tried(path: Path) -> str:
        before = contents(store)
        with pytest.raises((ChildError, FormatError)) as error:
            take(store, worker, path)
        found = refused(store, order(path, source="bill"), error.value, NOW)
        assert contents(store) == before
        assert found.state == "quarantined"
        problem = found.files[0].error
        assert problem is not None and problem.next_step
        (kept,) = [one for one in store.state.loads() if one.id in found.warnings[0]]
        shown = load_detail(kept, None)
        assert (shown.error, shown.action) == (problem, problem.next_step)
        return f"{problem.detail} {problem.next_step}"

    return tried


GOOD = text(month())
DAMAGED: dict[str, tuple[bytes, tuple[str, ...]]] = {
    "header-only.csv": (
        GOOD.splitlines(keepends=True)[0],
        ("header-only.csv", "there is a header and not one row", "Export a period that has charges"),
    ),
    "empty.csv": (b"", ("empty.csv", "the file is empty", "Export it again")),
    "cut.csv.gz": (gzip.compress(GOOD)[:-40], ("cut.csv.gz", "cut", "again")),
    "cut-mid-row.csv": (GOOD[:-30], ("cut-mid-row.csv", "row 60", "cells where the header has", "Export it again")),
    "semicolons.csv": (
        text(month(), ";"),
        ("semicolons.csv", "wrong delimiter: found ';', expected ','", "Export with commas"),
    ),
    "tabs.csv": (text(month(), "\t"), ("tabs.csv", "wrong delimiter: found tab", "Export with commas")),
    "words.csv": (
        text([*month(3), {**month(1)[0], "BilledCost": "about five"}]),
        ("words.csv", "row 4", "column BilledCost", "'about five' is not an amount", "write plain digits"),
    ),
    "currency.csv": (
        text([*month(2), {**month(1)[0], "BillingCurrency": "ABC"}]),
        ("currency.csv", "row 3", "column BillingCurrency", "ISO 4217", "ABC", "import it again"),
    ),
    "backwards.csv": (
        text([{**month(1)[0], "BillingPeriodEnd": "2026-08-01T00:00:00Z"}]),
        ("backwards.csv", "row 1", "column BillingPeriodEnd", "must lie after BillingPeriodStart"),
    ),
    "letter.csv": (b"Dear customer,please find\nyour,bill\n", ("letter.csv", "is of no known format", "Export")),
}


@pytest.mark.parametrize("name", DAMAGED)
def test_damage_changes_nothing_and_says_what_to_do(name: str, tmp_path: Path, refusal: Callable[..., str]) -> None:
    content, words = DAMAGED[name]
    path = tmp_path / name
    path.write_bytes(content)
    said = refusal(path)
    for word in words:
        assert word in said, said


def test_many_bad_values_are_all_counted(tmp_path: Path, refusal: Callable[..., str]) -> None:
    rows = month(20)
    for number in (3, 7, 11):
        rows[number]["EffectiveCost"] = "n/a"
    path = tmp_path / "bill.csv"
    path.write_bytes(text(rows))
    said = refusal(path)
    assert "row 4, column EffectiveCost" in said and "EffectiveCost: 3" in said


def aws_month(folder: Path, listed: int, present: int) -> Path:
    """A report folder whose manifest lists more files than there are."""
    period = folder / "report" / "20260901-20261001"
    period.mkdir(parents=True)
    names = [f"report/20260901-20261001/report-{number}.csv.gz" for number in range(1, listed + 1)]
    manifest = {
        "assemblyId": "a-1",
        "account": "000000000042",
        "reportName": "report",
        "compression": "GZIP",
        "contentType": "text/csv",
        "billingPeriod": {"start": "20260901T000000.000Z", "end": "20261001T000000.000Z"},
        "bucket": "bills",
        "reportKeys": names,
        "columns": [],
    }
    (period / "report-Manifest.json").write_text(json.dumps(manifest))
    for name in names[:present]:
        (folder / name).write_bytes(gzip.compress(b"identity/LineItemId\n1\n"))
    return folder


def test_a_month_that_misses_a_listed_file(tmp_path: Path, refusal: Callable[..., str]) -> None:
    said = refusal(aws_month(tmp_path, 3, 2))
    assert "report-3.csv.gz" in said
    assert "missing" in said or "lists" in said


def parquet(path: Path, *, checksums: bool, compression: str) -> bytes:
    columns = [column.name for column in version_columns("1.2") if column.name in month(1)[0]]
    table = pa.table({name: [row[name] for row in month()] for name in columns})
    pq.write_table(
        table, path, compression=compression, write_page_checksum=checksums, use_dictionary=False, row_group_size=20
    )
    return path.read_bytes()


@pytest.mark.parametrize("position", range(16))
def test_a_parquet_file_with_one_flipped_byte(
    position: int, tmp_path: Path, store: Store, worker: Worker, refusal: Callable[..., str]
) -> None:
    """With page checksums every flip is refused or touches nothing that is read."""
    path = tmp_path / "bill.parquet"
    content = bytearray(parquet(path, checksums=True, compression="zstd"))
    chance = random.Random(position)
    # Half of the flips hit the footer, where they change names, types and places.
    footer = int.from_bytes(content[-8:-4], "little") + 8
    place = chance.randrange(len(content) - footer) if position % 2 else len(content) - 1 - chance.randrange(footer)
    content[place] ^= 1 << chance.randrange(8)
    path.write_bytes(content)
    before = stored(store, "bill")
    try:
        done = take(store, worker, path)
    except (ChildError, FormatError) as error:
        assert str(error) and stored(store, "bill") == before
        return
    assert done.state in ("live", "unchanged")
    assert totals(stored(store, "bill")) == totals(before), f"byte {place} of {len(content)} changed the bill unseen"


def test_without_checksums_an_intact_delivery_heals_what_no_one_could_see(
    tmp_path: Path, store: Store, worker: Worker
) -> None:
    """A digit that became another digit is a bill like any other; the intact file is new content and replaces it."""
    intact, flipped = tmp_path / "intact.parquet", tmp_path / "flipped.parquet"
    content = parquet(intact, checksums=False, compression="none")
    take(store, worker, intact)
    before = stored(store, "bill")
    assert content.count(b"17.000000017") >= 1
    flipped.write_bytes(content.replace(b"17.000000017", b"19.000000017"))
    assert take(store, worker, flipped).state == "live"
    assert totals(stored(store, "bill")) != totals(before)
    assert take(store, worker, intact).state == "live"
    assert stored(store, "bill") == before
