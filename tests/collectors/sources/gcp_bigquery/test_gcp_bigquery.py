"""Billing exports in BigQuery through the unmodified SDK into a real store; asserted on totals."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from google.cloud.bigquery import SchemaField
from google.oauth2.credentials import Credentials
from pydantic import ValidationError

from collectors.sources import SourceError, gcp_bigquery
from collectors.sources.bigquery_tables import as_json
from collectors.sources.contract import Check, Window
from collectors.sources.gcp_access import Access
from tests.collectors.sources.gcp_bigquery.tables import (
    DETAILED,
    FOCUS,
    FOCUS_SCHEMA,
    SCHEMA,
    STANDARD,
    focus_row,
    row,
)
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, granted, holds
from tests.emulators.bigquery import ROW_BYTES, Warehouse, refusal
from tests.emulators.gcp_billing import Billing, project
from tests.emulators.loopback import cut, html, on, running

MONTHS = ("2026-11", "2026-10", "2026-09")


@pytest.fixture
def bigquery() -> Iterator[Warehouse]:
    rows = [row(period, f"{period}-06", f"{number}.5", "-0.25") for number, period in enumerate(MONTHS)]
    rows += [row(period, f"{period}-07", "0.1") for period in MONTHS]
    service = Warehouse(
        tables={STANDARD: rows, FOCUS: [focus_row("2026-10", "2026-10-06", "4.000000001")]},
        schemas={STANDARD: SCHEMA, FOCUS: FOCUS_SCHEMA},
        token=CANARY,
    )
    with running(service):
        yield service


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def given(bigquery: Warehouse) -> dict[str, object]:
    return {"project": "shop-prod", "tables": [STANDARD], "endpoint": bigquery.address}


@pytest.fixture
def export(tmp_path: Path, slept: Slept, given: dict[str, object]) -> Iterator[Collector]:
    access = Access(Credentials(CANARY), slept.retry)
    yield from collecting(tmp_path / "data", gcp_bigquery, access, given)


def test_first_then_nothing_then_a_late_row_of_an_earlier_invoice_month(export: Collector, bigquery: Warehouse) -> None:
    assert export.states() == dict.fromkeys(MONTHS, "live")
    assert export.totals == {"2026-11": Decimal("0.35"), "2026-10": Decimal("1.35"), "2026-09": Decimal("2.35")}

    bigquery.calls.clear()
    done = export.sync()
    assert done.state == "unchanged"
    assert bigquery.calls.count("job") == 1
    assert done.spent["scanned_bytes"] == 6 * ROW_BYTES

    late = row("2026-10", "2026-11-18", "7", used="2026-09-30T23:00:00Z")
    bigquery.tables[STANDARD].append(late)
    assert export.states() == {"2026-11": "unchanged", "2026-10": "live", "2026-09": "unchanged"}
    assert export.totals["2026-10"] == Decimal("8.35")


def test_a_correction_is_a_row_more(export: Collector, bigquery: Warehouse) -> None:
    export.sync()
    for cost in ("-2.5", "2.25"):
        bigquery.tables[STANDARD].append(row("2026-09", "2026-11-18", cost, cost_type="adjustment"))
    done = export.sync()
    assert {month.period: (month.state, month.cause) for month in done.months}["2026-09"] == ("live", "new data")
    assert export.totals["2026-09"] == Decimal("2.10")


def test_amounts_are_texts_all_the_way(export: Collector, bigquery: Warehouse) -> None:
    bigquery.tables[STANDARD] = [
        row("2026-11", "2026-11-06", "0.1234567890123456", "-5.2e-09"),
        row("2026-11", "2026-11-06", "1e-07"),
    ]
    export.sync()
    assert export.totals == {"2026-11": Decimal("0.1234567890123456") - Decimal("0.0000000052") + Decimal("0.0000001")}


def test_every_number_of_the_schema_is_asked_for_as_text() -> None:
    fields = [SchemaField.from_api_repr(one) for one in SCHEMA]
    sql = as_json(fields)
    assert "CAST(`cost` AS STRING) AS `cost`" in sql
    assert "STRUCT(CAST(`usage`.`amount` AS STRING) AS `amount`" in sql
    assert "ARRAY(SELECT AS STRUCT item0.`name` AS `name`" in sql
    assert "CAST(item0.`amount` AS STRING) AS `amount` FROM UNNEST(`credits`) AS item0) AS `credits`" in sql
    with pytest.raises(SourceError):
        as_json([SchemaField("a` FROM x --", "STRING")])


def test_a_focus_table(export: Collector, bigquery: Warehouse, given: dict[str, object]) -> None:
    given["tables"] = [STANDARD, FOCUS]
    export.sync()
    assert export.totals["2026-10"] == Decimal("5.350000001")


def test_pages_are_read_to_the_end_and_failed_ones_again(export: Collector, bigquery: Warehouse, slept: Slept) -> None:
    bigquery.tables[STANDARD] = [row("2026-11", "2026-11-06", "0.01") for _ in range(50)]
    bigquery.page_size = 12
    busy = {"Retry-After": "21"}
    bigquery.faults += [
        on("pageToken=12", lambda: refusal(503, "backendError", **busy)),
        on("pageToken=24", lambda: cut(b'{"rows": [', 900)),
    ]
    export.sync()
    assert export.totals == {"2026-11": Decimal("0.50")}
    assert bigquery.calls.count("job") == 2  # one to list, one to fetch: a page is not paid for twice
    assert slept.whole >= 21


def test_a_repeated_page_and_a_short_answer_are_noticed(export: Collector, bigquery: Warehouse) -> None:
    bigquery.tables[STANDARD] = [row("2026-11", "2026-11-06", "0.01") for _ in range(50)]
    bigquery.page_size, bigquery.repeats = 12, True
    with pytest.raises(SourceError, match="answered already"):
        export.sync()
    bigquery.page_size, bigquery.repeats, bigquery.lost = 10_000, False, 1
    with pytest.raises(SourceError, match="rows were answered"):
        export.sync()
    assert export.totals == {}


def test_the_cap_stops_before_the_query(export: Collector, bigquery: Warehouse, given: dict[str, object]) -> None:
    given["scan_bytes_max"] = 6 * ROW_BYTES + 1
    with pytest.raises(SourceError) as caught:
        export.sync()
    assert (caught.value.failure, caught.value.kind) == ("budget", "operator")
    assert bigquery.calls.count("job") == 1
    bounds = [job["configuration"]["query"].get("maximumBytesBilled") for job in bigquery.jobs.values()]
    assert set(bounds) == {None, str(given["scan_bytes_max"])}  # none on dry runs


def test_throttling_is_waited_for(export: Collector, bigquery: Warehouse, slept: Slept) -> None:
    bigquery.faults += [on("/jobs", lambda: refusal(403, "rateLimitExceeded", **{"Retry-After": "30"}))]
    bigquery.faults += [on("/jobs", lambda: refusal(429, "rateLimitExceeded", **{"retry-after-ms": "9000"}))]
    export.sync()
    assert slept.whole >= 39
    assert len(export.totals) == 3


def test_a_missing_permission_is_named_as_the_service_names_it(export: Collector, bigquery: Warehouse) -> None:
    text = "Access Denied: Project shop-prod: User does not have bigquery.jobs.create permission in project shop-prod."
    bigquery.faults += [on("/jobs", lambda: refusal(403, "accessDenied", text))]
    with pytest.raises(SourceError) as caught:
        export.sync()
    assert (caught.value.failure, caught.value.missing) == ("configuration", "bigquery.jobs.create")
    bigquery.faults += [on("/tables/", lambda: refusal(403, "accessDenied"))]
    with pytest.raises(SourceError) as caught:
        export.sync()
    assert caught.value.missing == f"bigquery.tables.get on {STANDARD}"
    assert "roles/bigquery.dataViewer" in caught.value.line


def test_an_expired_token_says_so(export: Collector, bigquery: Warehouse) -> None:
    bigquery.token = "rotated"
    with pytest.raises(SourceError, match="wrong, expired or revoked") as caught:
        export.sync()
    assert caught.value.failure == "configuration"


def test_credentials_are_read_anew(tmp_path: Path, bigquery: Warehouse, given: dict[str, object], slept: Slept) -> None:
    key = tmp_path / "key.json"
    key.write_text("no json")
    given["credentials"] = f"file:{key}"
    for made in collecting(tmp_path / "data", gcp_bigquery, Access(retry=slept.retry), given):
        with pytest.raises(SourceError, match="not the JSON of a credential"):
            made.sync()
        key.write_text('{"type": "service_account", "private_key": "nonsense"}')
        with pytest.raises(SourceError, match="no usable identity"):
            made.sync()


def test_a_vanished_month_stays_and_nothing_at_all_is_no_success(export: Collector, bigquery: Warehouse) -> None:
    export.sync()
    before = export.totals
    rows = bigquery.tables[STANDARD]
    bigquery.tables[STANDARD] = [one for one in rows if one.month != "202610"]
    assert export.states()["2026-10"] == "missing"
    bigquery.tables[STANDARD] = []
    with pytest.raises(SourceError, match="lists nothing"):
        export.sync()
    del bigquery.tables[STANDARD]
    with pytest.raises(SourceError) as caught:
        export.sync()
    assert caught.value.failure == "configuration"
    assert export.totals == before


def test_a_table_that_changes_between_listing_and_reading(export: Collector, bigquery: Warehouse) -> None:
    window = Window(date(2026, 11, 1), date(2026, 12, 1), export.desk.now)
    part = next(iter(export.module.parts(export.settings, window, export.meter())))
    bigquery.tables[STANDARD].append(row("2026-11", "2026-11-07", "9"))
    folder = export.desk.folder / "fetched"
    folder.mkdir()
    with pytest.raises(SourceError, match="had 2 rows when it was listed and 3 when it was read"):
        export.module.fetch(export.settings, part, folder, export.meter(), lambda step: None)


def test_a_web_page_with_status_200_is_no_data(export: Collector, bigquery: Warehouse) -> None:
    for where in ("/tables/", "/jobs", "/queries/"):
        bigquery.faults += [on(where, html)]
        with pytest.raises(SourceError) as caught:
            export.sync()
        assert caught.value.failure == "data", where
    assert export.totals == {}


def test_the_connection_test(export: Collector, bigquery: Warehouse) -> None:
    window = Window(date(2026, 9, 1), date(2026, 12, 1), export.desk.now)
    found = {one.name: one for one in export.module.check(export.settings, window, export.meter())}
    assert {one.state for one in found.values()} == {"ok"}
    assert list(found) == ["identity", "list", "format", "read", "months", "newest day", "invoices", "names"]
    bigquery.schemas[STANDARD] = SCHEMA[:3]
    states = {one.name: one.state for one in export.module.check(export.settings, window, export.meter())}
    assert states["format"] == "fail"


def test_the_connection_test_asks_for_names_of_projects(export: Collector, given: dict[str, object]) -> None:
    window = Window(date(2026, 9, 1), date(2026, 12, 1), export.desk.now)

    def names() -> Check:
        return list(export.module.check(export.settings, window, export.meter()))[-1]

    lists = {"/v1/projects": [project("shop", "Shop"), project("web", "Web"), project("lab", "Lab")]}
    with running(Billing(lists=lists, token=CANARY, page_size=1)) as manager:
        given["projects_endpoint"] = manager.address
        assert names() == Check("names", "ok", "3 projects have names.", required=False)
        manager.denied.add("projects")
        refused = names()
        assert (refused.state, refused.required) == ("warn", False)
        assert refused.missing == "resourcemanager.projects.get"
        assert "roles/browser" in (refused.line or "")
        manager.denied.clear()
        manager.lists.clear()
        assert names().missing == "resourcemanager.projects.get"


@pytest.mark.parametrize("tables", [[], ["billing.table"], ["p.d.t`x"], [STANDARD, DETAILED]])
def test_tables_are_checked(tables: list[str]) -> None:
    with pytest.raises(ValidationError):
        gcp_bigquery.Settings(project="shop-prod", tables=tuple(tables))


def test_the_texts_grant_what_is_called_and_no_more(export: Collector, bigquery: Warehouse) -> None:
    export.sync()
    needs = {
        "table": {"bigquery.tables.get"},
        "job": {"bigquery.jobs.create", "bigquery.tables.getData"},
        "dry": {"bigquery.jobs.create"},
        "page": set(),  # of one's own job
    }
    assert set().union(*(needs[call] for call in bigquery.calls)) == granted(gcp_bigquery)


def test_no_secret_is_written_anywhere(export: Collector, bigquery: Warehouse, tmp_path: Path, caplog) -> None:
    export.sync()
    for fault in (lambda: refusal(403, "accessDenied"), html, lambda: refusal(400, "invalidQuery")):
        bigquery.faults += [on("/jobs", fault)]
        with pytest.raises(SourceError) as caught:
            export.sync()
        assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.next_step}"
    assert CANARY not in caplog.text
    assert holds(tmp_path / "data", CANARY) == []
