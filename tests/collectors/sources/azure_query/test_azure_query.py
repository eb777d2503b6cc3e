"""Cost Management's query through the unmodified SDK into a real store; asserted on totals."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Response

from api.protocols import JobCancelledError
from collectors.sources import SourceError, azure_query
from collectors.sources.azure_access import Access
from collectors.sources.contract import Window
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, granted, holds
from tests.emulators.arm import Charge, LoopbackHttp, Management, Token, refusal
from tests.emulators.loopback import cut, html, on, running
from tests.outlay.sync.syncing import NOW

SCOPE = "/subscriptions/0b1f0c3a-0001-4000-8000-00000000000a"
OTHER = "0b1f0c3a-0002-4000-8000-00000000000b"
WINDOW = Window(date(2026, 9, 1), date(2026, 12, 1), NOW)
MONTHS = ("2026-11", "2026-10", "2026-09")


def charges() -> list[Charge]:
    found = []
    for number, period in enumerate(MONTHS):
        found += [
            Charge(f"{period}-03", "1.5", "1.5"),
            Charge(f"{period}-04", f"{number}.000000000000000012345", "4.25", subscription=OTHER),
            Charge(f"{period}-04", "", "0.75", charge_type="UnusedReservation"),
            Charge(f"{period}-01", "100", "", service="Reservations", charge_type="Purchase"),
            Charge(f"{period}-05", "-3", "-3", service="Refunds", charge_type="Refund"),
        ]
    return found


@pytest.fixture
def arm() -> Iterator[Management]:
    with running(Management(charges=charges())) as service:
        yield service


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def token() -> Token:
    return Token()


@pytest.fixture
def query(tmp_path: Path, arm: Management, slept: Slept, token: Token) -> Iterator[Collector]:
    access = Access(token, {"per_call_policies": [LoopbackHttp()]}, slept.retry)
    settings = {"scopes": [SCOPE], "endpoint": arm.address}
    yield from collecting(tmp_path / "data", azure_query, access, settings)


def test_first_then_nothing_then_a_restated_month(query: Collector, arm: Management) -> None:
    assert query.states() == dict.fromkeys(MONTHS, "live")
    tail = Decimal("0.000000000000000012")  # of the 21 digits, 18 are kept
    assert query.totals == {period: Decimal("98.5") + number + tail for number, period in enumerate(MONTHS)}
    assert query.sums("effective_cost") == 3 * Decimal("3.5")

    arm.calls.clear()
    assert query.sync().state == "unchanged"
    assert arm.calls == ["query", "query"]

    arm.charges = [replace(one, actual="2.5") if one.day == "2026-10-03" else one for one in arm.charges]
    assert query.states() == {"2026-11": "unchanged", "2026-10": "live", "2026-09": "unchanged"}
    assert query.totals["2026-10"] == Decimal("100.5") + tail


def test_the_service_groups_by_two_dimensions_and_is_asked_for_two(query: Collector, arm: Management) -> None:
    query.sync()
    assert {len(body["dataset"]["grouping"]) for body in arm.bodies} == {2}
    assert {body["type"] for body in arm.bodies} == {"ActualCost", "AmortizedCost"}


def test_lines_say_what_they_are(query: Collector) -> None:
    query.sync()
    with query.desk.store.read() as snapshot:
        rows = snapshot.frame(
            "select d.charge_category, d.sub_account, l.billed_cost, l.effective_cost, d.service_category, "
            "d.billing_account from lines l join dims d using (dim) where period = '2026-11' order by 1, 2, 3, 4",
            {},
        ).rows()
    mine = SCOPE.rpartition("/")[2]
    assert [(row[0], row[1], f"{row[2]:.2f}", f"{row[3]:.2f}") for row in rows] == [
        ("Purchase", mine, "-3.00", "-3.00"),
        ("Purchase", mine, "100.00", "0.00"),
        ("Usage", mine, "0.00", "0.75"),
        ("Usage", mine, "1.50", "1.50"),
        ("Usage", OTHER, "0.00", "4.25"),
    ]
    assert {row[5] for row in rows} == {mine}
    assert "Compute" in {row[4] for row in rows}


def test_pages_are_asked_for_with_the_same_question(query: Collector, arm: Management) -> None:
    arm.charges = [Charge(f"2026-11-{day:02}", "0.1", "0.1", service=f"s{n}") for day in range(1, 11) for n in range(5)]
    arm.page_size = 15
    query.sync()
    assert query.totals == {"2026-11": Decimal(5)}
    daily = [body for body in arm.bodies if body["dataset"]["granularity"] == "Daily"]
    assert len(daily) == 8
    assert all(daily.count(body) == 4 for body in daily)


def test_a_repeated_page_and_a_foreign_one_are_refused(query: Collector, arm: Management, token: Token) -> None:
    arm.charges = [Charge(f"2026-11-{day:02}", "1", "1", service=f"s{day}") for day in range(1, 10)]
    arm.page_size, arm.repeats = 3, True
    with pytest.raises(SourceError, match="answered already"):
        query.sync()
    arm.repeats, arm.elsewhere = False, "http://192.0.2.1"
    with pytest.raises(SourceError, match="another address"):
        query.sync()
    assert query.totals == {}


def test_a_clipped_range_is_noticed(query: Collector, arm: Management) -> None:
    whole = arm._rows

    def clipped(body: dict) -> tuple:
        columns, rows = whole(body)
        return columns, rows[:-1] if body["dataset"]["granularity"] == "Daily" else rows

    arm._rows = clipped  # type: ignore[method-assign]
    with pytest.raises(SourceError, match="cut short"):
        query.sync()
    assert query.totals == {}


def test_of_all_wait_headers_the_longest_wins(query: Collector, arm: Management, slept: Slept) -> None:
    waits = {
        "Retry-After": "2",
        "x-ms-ratelimit-microsoft.costmanagement-qpu-retry-after": "11",
        "x-ms-ratelimit-microsoft.costmanagement-entity-retry-after": "37",
        "x-ms-ratelimit-microsoft.costmanagement-tenant-retry-after": "5",
    }
    arm.faults += [on("query", lambda: refusal(429, "TooManyRequests", **waits))]
    query.sync()
    assert 37 <= slept.whole < 38
    assert len(query.totals) == 3


def test_an_expired_token_and_a_missing_role_say_who_acts(query: Collector, arm: Management, token: Token) -> None:
    arm.token = "rotated"
    with pytest.raises(SourceError, match="expired") as caught:
        query.sync()
    assert caught.value.failure == "configuration"
    token.token = "rotated"
    arm.faults += [on("query", lambda: refusal(403, "RBACAccessDenied"))]
    with pytest.raises(SourceError, match="permission is missing") as caught:
        query.sync()
    assert caught.value.missing == f"Microsoft.CostManagement/query/action (role Cost Management Reader) on {SCOPE}"
    assert "Cost Management Reader" in caught.value.line
    query.sync()
    assert len(query.totals) == 3


def test_a_vanished_month_stays_and_nothing_at_all_is_no_success(query: Collector, arm: Management) -> None:
    query.sync()
    before = query.totals
    arm.charges = [one for one in arm.charges if not one.day.startswith("2026-10")]
    assert query.states()["2026-10"] == "missing"
    arm.charges = []
    with pytest.raises(SourceError, match="lists nothing"):
        query.sync()
    assert query.totals == before


def test_a_web_page_and_a_cut_body(query: Collector, arm: Management) -> None:
    arm.faults += [on("query", html)]
    with pytest.raises(SourceError) as caught:
        query.sync()
    assert caught.value.failure == "data"
    arm.faults += [on("query", lambda: cut(b'{"properties":', 500))]
    query.sync()
    assert len(query.totals) == 3


def test_a_slow_answer_can_be_cancelled(query: Collector, arm: Management) -> None:
    part = next(iter(query.module.parts(query.settings, WINDOW, query.meter())))
    ended = threading.Event()

    def slowly() -> Response:
        ended.wait(20)
        return html()

    def stop(_step: object) -> None:
        raise JobCancelledError

    arm.faults += [on("query", slowly)]
    begun = time.monotonic()
    with pytest.raises(JobCancelledError):
        query.module.fetch(query.settings, part, query.desk.folder, query.meter(), stop)
    assert time.monotonic() - begun < 5
    ended.set()


def test_the_cap_of_pages_stops_before_the_call(query: Collector, arm: Management) -> None:
    query.given["pages_per_run"] = 3
    with pytest.raises(SourceError) as caught:
        query.sync()
    assert caught.value.failure == "budget"
    assert len(arm.calls) == 3


def test_the_connection_test_names_exports_and_refusals(query: Collector, arm: Management) -> None:
    found = {one.name: one for one in query.module.check(query.settings, WINDOW, query.meter())}
    assert {name: one.state for name, one in found.items()} == {
        "identity": "ok", "read": "ok", "months": "ok", "list": "ok", "invoices": "warn", "names": "warn",
    }  # fmt: skip
    assert not found["invoices"].required and not found["names"].required
    assert "daily (ActualCost)" in found["list"].message
    arm.faults += [on("exports", lambda: refusal(403, "AuthorizationFailed"))]
    warned = {one.name: one for one in query.module.check(query.settings, WINDOW, query.meter())}
    assert (warned["list"].state, warned["list"].required) == ("warn", False)


@pytest.mark.parametrize(
    "scopes", [[], ["subscriptions/no"], [SCOPE, f"{SCOPE}/resourceGroups/a"], ["/providers/Other/billingAccounts/1"]]
)
def test_scopes_are_checked(scopes: list[str]) -> None:
    with pytest.raises(ValidationError):
        azure_query.Settings(scopes=tuple(scopes))


@pytest.mark.parametrize(
    ("scope", "account", "kind"),
    [
        ("/providers/Microsoft.Billing/billingAccounts/77", "77", "Billing Account"),
        ("/providers/Microsoft.Billing/billingAccounts/77:8_2019/billingProfiles/AB-C", "AB-C", "Billing Profile"),
        ("/providers/Microsoft.Management/managementGroups/all", "all", "Management Group"),
        (f"{SCOPE}/resourceGroups/web", SCOPE.rpartition("/")[2], "Subscription"),
    ],
)
def test_the_account_comes_from_the_scope(scope: str, account: str, kind: str) -> None:
    settings = azure_query.Settings(scopes=(scope,))
    assert azure_query._account(settings, settings.scopes[0]) == {"account": account, "account_type": kind}


def test_the_texts_grant_what_is_called_and_no_more(query: Collector, arm: Management) -> None:
    query.sync()
    list(query.module.check(query.settings, WINDOW, query.meter()))
    needs = {"query": "Microsoft.CostManagement/query/action", "exports": "Microsoft.CostManagement/exports/read"}
    assert {needs[call] for call in arm.calls} == granted(azure_query)


def test_no_secret_is_written_anywhere(query: Collector, arm: Management, token: Token, tmp_path: Path, caplog) -> None:
    token.token = arm.token = CANARY
    query.sync()
    for fault in (lambda: refusal(403, "AuthorizationFailed"), html, lambda: refusal(400, "BadRequest")):
        arm.faults += [on("query", fault)]
        with pytest.raises(SourceError) as caught:
            query.sync()
        assert CANARY not in f"{caught.value!r} {caught.value} {caught.value.__cause__} {caught.value.next_step}"
    assert CANARY not in caplog.text
    assert holds(tmp_path / "data", CANARY) == []
