"""Exports in Blob Storage, through the unmodified SDK into a real store; asserted on totals."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Response

from collectors.sources import SourceError, azure_exports
from collectors.sources.azure_access import Access, credential
from collectors.sources.azure_blobs import need_of
from collectors.sources.contract import Window
from tests.collectors.sources.azure_exports.deliveries import (
    actual,
    amortized,
    as_csv,
    deliver,
    folder,
    row,
)
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, granted, holds
from tests.emulators.blob import ACCOUNT, CONTAINER, BlobService, refusal
from tests.emulators.loopback import cut, html, on, running

MONTHS = ("2026-11", "2026-10", "2026-09")
RUNS = ("11111111-0000-4000-8000-000000000001", "22222222-0000-4000-8000-000000000002")


@pytest.fixture
def blobs() -> Iterator[BlobService]:
    with running(BlobService(signature=CANARY)) as service:
        yield service


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def exports(tmp_path: Path, blobs: BlobService, slept: Slept) -> Iterator[Collector]:
    sas = tmp_path / "sas"
    sas.write_text(f"?sv=2026-01-01&sp=rl&sig={CANARY}")
    settings = {
        "account": ACCOUNT, "container": CONTAINER, "prefix": "costs", "sas": f"file:{sas}", "endpoint": blobs.endpoint,
    }  # fmt: skip
    yield from collecting(tmp_path / "data", azure_exports, Access(retry=slept.retry), settings)


def three_months(blobs: BlobService) -> None:
    for number, period in enumerate(MONTHS):
        deliver(blobs, period, "ActualCost", [actual(period, ["1.5", f"{number}.25"], bought="100")])
        deliver(blobs, period, "AmortizedCost", [amortized(period, ["1.5", f"{number}.25"], used="3.125")])


def test_first_then_nothing_then_a_restated_month(exports: Collector, blobs: BlobService) -> None:
    three_months(blobs)
    assert exports.states() == dict.fromkeys(MONTHS, "live")
    assert exports.totals == {"2026-11": Decimal("101.75"), "2026-10": Decimal("102.75"), "2026-09": Decimal("103.75")}
    assert exports.sums("effective_cost") == Decimal("1.75") + Decimal("2.75") + Decimal("3.75") + 3 * Decimal("3.125")

    blobs.calls.clear()
    planned = exports.sync(dry_run=True, full=True)
    assert {(month.state, month.objects) for month in planned.months} == {("planned", 2)}
    assert planned.months[0].size_bytes > 500
    blobs.calls.clear()
    done = exports.sync()
    assert (done.state, blobs.calls, dict(done.spent)) == ("unchanged", ["list"], {"list": 1})

    deliver(blobs, "2026-10", "ActualCost", [actual("2026-10", ["7"], bought="100")], run=RUNS[1], submitted="07")
    deliver(blobs, "2026-10", "AmortizedCost", [amortized("2026-10", ["7"], "3.125")], run=RUNS[1], submitted="07")
    assert exports.states() == {"2026-11": "unchanged", "2026-10": "live", "2026-09": "unchanged"}
    assert exports.totals["2026-10"] == Decimal(107)


def test_the_run_submitted_last_wins_whatever_its_name_and_age_in_storage(
    exports: Collector, blobs: BlobService
) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["9"])], run=RUNS[0], submitted="20")
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["4"])], run=RUNS[1], submitted="19")
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(9)}


@pytest.mark.parametrize("form", ["csv", "csv.gz", "parquet"])
def test_every_file_form_in_partitions(exports: Collector, blobs: BlobService, form: str) -> None:
    parts = [actual("2026-11", ["1.1"]), actual("2026-11", ["2.2"]), actual("2026-11", ["0.0000001"])]
    deliver(blobs, "2026-11", "ActualCost", parts, form=form)
    exports.sync()
    assert exports.totals == {"2026-11": Decimal("3.3000001")}


def test_exports_without_manifest_are_read_by_their_newest_file(exports: Collector, blobs: BlobService) -> None:
    at = folder("2026-11", "old", "").rstrip("/")
    blobs.put(f"{at}/old_{RUNS[1]}.csv", as_csv(actual("2026-11", ["1"])))
    blobs.put(f"{at}/old_{RUNS[0]}.csv", as_csv(actual("2026-11", ["2"])))
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(2)}


def test_a_vanished_month_stays_and_nothing_at_all_is_no_success(exports: Collector, blobs: BlobService) -> None:
    three_months(blobs)
    exports.sync()
    before = exports.totals
    blobs.remove("20261001")
    assert exports.states()["2026-10"] == "missing"
    blobs.blobs.clear()
    with pytest.raises(SourceError, match="lists nothing, although it did before"):
        exports.sync()
    assert exports.totals == before


def test_a_manifest_before_its_files_is_tried_again(exports: Collector, blobs: BlobService) -> None:
    at = deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"]), actual("2026-11", ["2"])])
    late = blobs.blobs.pop(f"{at}/part_1_0001.csv")
    with pytest.raises(SourceError) as caught:
        exports.sync()
    assert caught.value.failure == "transient"
    assert exports.totals == {}
    blobs.blobs[f"{at}/part_1_0001.csv"] = late
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(3)}


def test_files_before_their_manifest_are_no_month_yet(exports: Collector, blobs: BlobService) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    blobs.put(f"{folder('2026-11', 'actualcost', RUNS[1])}/part_0_0001.csv", as_csv(actual("2026-11", ["5"])))
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(1)}


def test_two_exports_of_one_kind_below_one_prefix_are_refused(exports: Collector, blobs: BlobService) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])], export="daily")
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])], export="monthly")
    with pytest.raises(SourceError, match=r"two exports, daily .* and monthly") as caught:
        exports.sync()
    assert caught.value.failure == "data"
    assert exports.totals == {}


def test_no_row_yet_is_no_success(exports: Collector, blobs: BlobService) -> None:
    deliver(blobs, "2026-11", "ActualCost", [[]])
    with pytest.raises(SourceError, match="no row yet"):
        exports.sync()


def test_pages_are_read_to_the_end_and_a_repeated_one_is_noticed(exports: Collector, blobs: BlobService) -> None:
    three_months(blobs)
    blobs.page_size = 2
    exports.sync()
    assert blobs.calls.count("list") == 6
    assert len(exports.totals) == 3
    blobs.repeats = True
    with pytest.raises(SourceError, match="came back to a page"):
        exports.sync()


def test_the_longest_wait_wins(exports: Collector, blobs: BlobService, slept: Slept) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    busy = {"Retry-After": "3", "x-ms-retry-after-ms": "41000", "retry-after-ms": "7000"}
    blobs.faults += [on("comp=list", lambda: refusal(503, "ServerBusy", **busy)),
                     on("part_0", lambda: refusal(429, "TooManyRequests", **{"Retry-After": "5"}))]  # fmt: skip
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(1)}
    assert 46 <= slept.whole < 50


def test_a_cut_body_is_read_again(exports: Collector, blobs: BlobService) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    blobs.faults += [on("part_0", lambda: cut(b"BillingAcc", 900, ETag='"1"', **{"Content-Range": "bytes 0-899/900"}))]
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(1)}
    assert blobs.calls.count("get") == 3


@pytest.mark.parametrize("where", ["comp=list", "manifest.json", "part_0"])
def test_a_web_page_with_status_200_is_no_data(exports: Collector, blobs: BlobService, where: str) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    blobs.faults += [on(where, html)]
    with pytest.raises(SourceError) as caught:
        exports.sync()
    assert caught.value.failure == "data"
    assert exports.totals == {}


def test_damaged_bytes_are_noticed(exports: Collector, blobs: BlobService) -> None:
    at = deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1.5"])])
    body, _ = blobs.blobs[f"{at}/part_0_0001.csv"]
    stated = blobs.facts(f"{at}/part_0_0001.csv")["Content-MD5"]
    wrong = {"Content-Range": f"bytes 0-{len(body) - 1}/{len(body)}", "x-ms-blob-content-md5": stated, "ETag": '"1"'}
    blobs.faults += [on("part_0", lambda: Response(body.replace(b"1.5", b"9.5"), 206, wrong))]
    with pytest.raises(SourceError, match="size or checksum differ"):
        exports.sync()


@pytest.mark.parametrize(
    ("given", "kind"),
    [
        ({}, "DefaultAzureCredential"),
        ({"client": "managed"}, "DefaultAzureCredential"),
        ({"tenant": "t", "client": "c", "client_secret": "env:AZURE_SECRET"}, "ClientSecretCredential"),
        ({"tenant": "t", "client": "c", "federated_token_file": "token"}, "WorkloadIdentityCredential"),
    ],
)
def test_the_identity_is_the_one_that_was_set(
    given: dict[str, str], kind: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AZURE_SECRET", CANARY)
    settings = azure_exports.Settings(account=ACCOUNT, container=CONTAINER, **given)
    assert type(credential(settings)).__name__ == kind
    assert CANARY not in f"{settings!r} {settings.model_dump_json()}"


@pytest.mark.parametrize(
    "given",
    [
        {"client_secret": "env:AZURE_SECRET"},
        {"client_secret": "the secret itself", "tenant": "t", "client": "c"},
        {"sas": "env:A", "account_key": "env:B"},
    ],
)
def test_identities_are_checked(given: dict[str, str]) -> None:
    with pytest.raises(ValidationError) as caught:
        azure_exports.Settings(account=ACCOUNT, container=CONTAINER, **given)
    assert "the secret itself" not in str(caught.value)


def test_a_rotated_signature_counts_at_once_and_an_expired_one_says_so(
    exports: Collector, blobs: BlobService, tmp_path: Path
) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    blobs.signature = "bmV3"
    with pytest.raises(SourceError) as caught:
        exports.sync()
    assert (caught.value.failure, caught.value.kind) == ("configuration", "operator")
    assert "expired" in str(caught.value)
    (tmp_path / "sas").write_text("sv=2026-01-01&sig=bmV3")
    exports.sync()
    assert exports.totals == {"2026-11": Decimal(1)}


def test_a_refused_object_names_the_permission(exports: Collector, blobs: BlobService) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    blobs.faults += [on("manifest.json", lambda: refusal(403, "AuthorizationPermissionMismatch"))]
    with pytest.raises(SourceError) as caught:
        exports.sync()
    where = f"container {CONTAINER} of {ACCOUNT}"
    assert caught.value.missing == f"a valid shared access signature with read and list on {where}"
    assert caught.value.line.startswith("az storage container generate-sas")
    own = azure_exports.Settings(account=ACCOUNT, container=CONTAINER, client="77")
    assert need_of(own, "reading").missing == f"Storage Blob Data Reader on {where}"
    assert need_of(own, "reading").line.startswith("az role assignment create --assignee 77 ")


def test_a_manifest_that_points_outside_of_the_prefix_is_refused(exports: Collector, blobs: BlobService) -> None:
    at = deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    body, _ = blobs.blobs[f"{at}/manifest.json"]
    blobs.put(f"{at}/manifest.json", body.replace(f"{at}/part".encode(), b"costs/../other/part"))
    with pytest.raises(SourceError, match="outside of the folder"):
        exports.sync()


def test_an_account_key_reads_too_and_is_warned_of(
    tmp_path: Path, blobs: BlobService, slept: Slept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ACCOUNT_KEY", "QUNDT1VOVEtFWUNBTkFSWQ==")
    deliver(blobs, "2026-11", "ActualCost", [[row("2026-11", "4")]])
    settings = {
        "account": ACCOUNT,
        "container": CONTAINER,
        "account_key": "env:ACCOUNT_KEY",
        "endpoint": blobs.endpoint,
    }
    for made in collecting(tmp_path / "data", azure_exports, Access(retry=slept.retry), settings):
        made.sync()
        assert made.totals == {"2026-11": Decimal(4)}
        window = Window(
            made.desk.now.date().replace(day=1), made.desk.now.date().replace(month=12, day=1), made.desk.now
        )
        found = {one.name: one for one in made.module.check(made.settings, window, made.meter())}
        assert found["identity"].state == "warn"
        assert found["format"].state == "warn"
        assert found["months"].state == found["list"].state == found["read"].state == "ok"
        assert "come from the bill itself" in found["invoices"].message
        assert "come from the bill itself" in found["names"].message


def test_the_texts_grant_what_is_called_and_no_more(exports: Collector, blobs: BlobService) -> None:
    three_months(blobs)
    exports.sync()
    reads = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    needs = {"list": reads, "get": reads}
    assert {needs[call] for call in blobs.calls} == granted(azure_exports)


def test_no_secret_is_written_anywhere(exports: Collector, blobs: BlobService, tmp_path: Path, caplog) -> None:
    deliver(blobs, "2026-11", "ActualCost", [actual("2026-11", ["1"])])
    exports.sync()

    def breaks() -> Response:
        return cut(b"x", 9)

    for fault in (lambda: refusal(403, "AuthorizationFailure"), html, breaks):
        blobs.calls.clear()
        blobs.faults += [on("comp=list", fault)] * 5
        with pytest.raises(SourceError) as caught:
            exports.sync()
        blobs.faults.clear()
        assert blobs.calls.count("list") == (5 if fault is breaks else 1)
        assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.next_step}"
    assert CANARY not in caplog.text
    assert holds(tmp_path / "data", CANARY) == []
