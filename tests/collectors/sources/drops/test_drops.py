"""Files that others drop, in every place that they can be dropped at, into a real store; asserted on totals."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials

from collectors.sources import SourceError, azure_drop, gcp_drop
from collectors.sources.azure_access import Access as AzureAccess
from collectors.sources.contract import Window
from collectors.sources.gcp_access import Access as GoogleAccess
from tests.collectors.sources.bills import bill
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, granted, holds
from tests.emulators import blob, gcs
from tests.emulators.bigquery import refusal as google_refusal
from tests.emulators.loopback import Loopback, cut, html, on, running

MONTHS = ("2026-11", "2026-10", "2026-09")
CUT = {"ETag": '"1"', "Content-Range": "bytes 0-899/900"}
TOTALS = {"2026-11": Decimal("1.5"), "2026-10": Decimal("2.5"), "2026-09": Decimal("3.5")}


@dataclass
class Place:
    """A collector beside the store that files are dropped in."""

    collector: Collector
    service: Any  # has put, remove, page_size, repeats
    refused: Callable[[int, str], Any]
    expire: Callable[[], None]


def blobs(tmp_path: Path, slept: Slept) -> Iterator[Place]:
    with running(blob.BlobService(signature=CANARY)) as service:
        sas = tmp_path / "sas"
        sas.write_text(f"sv=2026-01-01&sp=rl&sig={CANARY}")
        given = {"account": blob.ACCOUNT, "container": blob.CONTAINER, "prefix": "drop", "sas": f"file:{sas}",
                 "endpoint": service.endpoint}  # fmt: skip
        for made in collecting(tmp_path / "data", azure_drop, AzureAccess(retry=slept.retry), given):
            yield Place(made, service, blob.refusal, lambda: setattr(service, "signature", "another"))


def objects(tmp_path: Path, slept: Slept) -> Iterator[Place]:
    with running(gcs.Storage(token=CANARY)) as service:
        given = {"bucket": gcs.BUCKET, "prefix": "drop", "endpoint": service.address}
        access = GoogleAccess(Credentials(CANARY), slept.retry)
        for made in collecting(tmp_path / "data", gcp_drop, access, given):
            yield Place(made, service, google_refusal, lambda: setattr(service, "token", "another"))


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture(params=[blobs, objects], ids=["azure-drop", "gcp-drop"])
def place(request: pytest.FixtureRequest, tmp_path: Path, slept: Slept) -> Iterator[Place]:
    for made in request.param(tmp_path, slept):
        for number, period in enumerate(MONTHS, 1):
            made.service.put(f"drop/{period}/bill.csv", bill(period, [f"{number}.5"]))
        yield made


def calls(service: Loopback, kind: str) -> int:
    return service.calls.count(kind)


def test_first_then_nothing_then_a_restated_month(place: Place) -> None:
    assert set(place.collector.states().values()) == {"live"}
    assert place.collector.totals == TOTALS
    place.service.calls.clear()
    assert place.collector.sync().state == "unchanged"
    assert place.service.calls == ["list"]
    place.service.put("drop/2026-10/bill.csv", bill("2026-10", ["20"]))
    assert place.collector.states() == {"2026-11": "unchanged", "2026-10": "live", "2026-09": "unchanged"}
    assert place.collector.totals == {**TOTALS, "2026-10": Decimal(20)}
    assert calls(place.service, "get") == 1


def test_a_vanished_month_stays_and_nothing_at_all_is_no_success(place: Place) -> None:
    place.collector.sync()
    place.service.remove("2026-10")
    assert place.collector.states()["2026-10"] == "missing"
    place.service.remove("drop")
    with pytest.raises(SourceError) as caught:
        place.collector.sync()
    assert caught.value.failure == "data"
    assert place.collector.totals == TOTALS


def test_pages_are_read_to_the_end_and_a_repeated_one_is_noticed(place: Place) -> None:
    for number in range(4):
        place.service.put(f"drop/2026-11/more-{number}.csv", bill("2026-11", ["1"]))
    place.service.page_size = 2
    place.collector.sync()
    assert calls(place.service, "list") == 4
    assert place.collector.totals["2026-11"] == Decimal("5.5")
    place.service.repeats = True
    with pytest.raises(SourceError) as caught:
        place.collector.sync()
    assert caught.value.failure == "data"


def test_throttling_is_waited_for_and_a_cut_body_is_read_again(place: Place, slept: Slept) -> None:
    busy = {"Retry-After": "4"}
    place.service.faults += [on("2026-11", lambda: place.refused(503, "ServerBusy", **busy))]
    place.service.faults += [on("2026-09/bill", lambda: cut(b"x", 900, **CUT))]
    place.collector.sync()
    assert place.collector.totals == TOTALS
    assert slept.whole >= 4


def test_a_file_that_is_replaced_while_it_is_fetched_is_read_with_the_next_run(place: Place) -> None:
    made = place.collector
    window = Window(made.desk.now.date().replace(day=1), made.desk.now.date().replace(month=12, day=1), made.desk.now)
    part = next(iter(made.module.parts(made.settings, window, made.meter())))
    place.service.put("drop/2026-11/bill.csv", bill("2026-11", ["99"]))
    with pytest.raises(SourceError) as caught:
        made.module.fetch(made.settings, part, made.desk.folder / "x", made.meter(), lambda _step: None)
    assert caught.value.failure == "transient"
    made.sync()
    assert made.totals["2026-11"] == Decimal(99)


def test_an_expired_credential_and_a_refused_object_say_who_acts(place: Place) -> None:
    place.collector.sync()
    place.service.put("drop/2026-11/bill.csv", bill("2026-11", ["7"]))
    place.service.faults += [on("2026-11/bill", lambda: place.refused(403, "forbidden"))]
    with pytest.raises(SourceError) as caught:
        place.collector.sync()
    assert (caught.value.failure, bool(caught.value.missing), bool(caught.value.line)) == ("configuration", True, True)
    place.expire()
    with pytest.raises(SourceError) as caught:
        place.collector.sync()
    assert caught.value.failure == "configuration"
    assert place.collector.totals == TOTALS


def test_the_connection_test(place: Place) -> None:
    made = place.collector
    window = Window(made.desk.now.date().replace(month=9, day=1), made.desk.now.date().replace(month=12, day=1),
                    made.desk.now)  # fmt: skip
    found = {one.name: one for one in made.module.check(made.settings, window, made.meter())}
    assert {name: one.state for name, one in found.items()} == dict.fromkeys(
        ("list", "read", "months", "newest day"), "ok"
    )
    place.service.faults += [on("bill.csv", lambda: place.refused(403, "forbidden"))]
    failed = [one for one in made.module.check(made.settings, window, made.meter()) if one.state == "fail"]
    assert [one.name for one in failed] == ["read"]
    assert failed[0].missing


def test_the_texts_grant_what_is_called_and_no_more(place: Place) -> None:
    place.collector.sync()
    reads = "Microsoft.Storage/storageAccounts/blobServices/containers/blobs/read"
    needs = {
        "azure-drop": {"list": reads, "get": reads},
        "gcp-drop": {"list": "storage.objects.list", "get": "storage.objects.get"},
    }[place.collector.module.NAME]
    assert {needs[call] for call in place.service.calls} == granted(place.collector.module)


def test_no_secret_is_written_anywhere(place: Place, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    place.collector.sync()
    for fault in (lambda: place.refused(403, "forbidden"), html):
        place.service.faults = [on("drop", fault)]
        with pytest.raises(SourceError) as caught:
            place.collector.sync()
        place.service.faults.clear()
        assert CANARY not in f"{caught.value!r} {caught.value.next_step} {caught.value.__cause__} {caught.value.line}"
    assert CANARY not in caplog.text
    assert holds(tmp_path / "data", CANARY) == []
