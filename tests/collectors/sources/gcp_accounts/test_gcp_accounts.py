"""Billing accounts, projects, budgets and list prices through the unmodified SDK into the inventory of a real store."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from google.oauth2.credentials import Credentials
from pydantic import ValidationError
from typer.testing import CliRunner

from collectors.sources import SourceError, gcp_accounts
from collectors.sources.contract import Window
from collectors.sources.gcp_access import Access
from outlay.cli import app
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, holds
from tests.emulators.bigquery import refusal
from tests.emulators.gcp_billing import Billing, account, budget, linked, project, sku
from tests.emulators.loopback import html, on, running
from tests.outlay.sync.syncing import Desk

MAIN, OTHER = "012345-6789AB-CDEF01", "AAAAAA-BBBBBB-CCCCCC"
ENGINE = "6F81-5844-456A"
SKUS = f"/v1/services/{ENGINE}/skus"


@pytest.fixture
def billing() -> Iterator[Billing]:
    lists = {
        "/v1/billingAccounts": [account(MAIN, "Main"), account(OTHER, "Other")],
        f"/v1/billingAccounts/{MAIN}/projects": [linked(MAIN, "shop-prod"), linked(MAIN, "shop-test")],
        f"/v1/billingAccounts/{OTHER}/projects": [linked(OTHER, "lab")],
        "/v1/projects": [project("shop-prod", "Shop", team="shop"), project("elsewhere", "Elsewhere")],
        SKUS: [sku("AAAA-0001", (0, 31_611_000)), sku("AAAA-0002", (12, 0))],
    }
    with running(Billing(lists=lists, token=CANARY)) as service:
        yield service


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def given(billing: Billing) -> dict[str, object]:
    return {"endpoint": billing.address, "projects_endpoint": billing.address,
            "budgets_endpoint": billing.address}  # fmt: skip


@pytest.fixture
def names(tmp_path: Path, slept: Slept, given: dict[str, object]) -> Iterator[Collector]:
    yield from collecting(tmp_path / "data", gcp_accounts, Access(Credentials(CANARY), slept.retry), given)


def known(names: Collector) -> dict[str, dict[str, Any]]:
    frame = names.desk.store.inventory.accounts(names.desk.now.date())
    return {row["account"]: row for row in frame.iter_rows(named=True)}


def checks(names: Collector) -> dict[str, Any]:
    window = Window(date(2026, 11, 1), date(2026, 12, 1), names.desk.now)
    return {one.name: one for one in names.module.check(names.settings, window, names.meter())}


def test_accounts_and_projects_with_their_names(names: Collector, billing: Billing) -> None:
    assert names.states() == {"": "live"}
    found = known(names)
    assert {key: row["name"] for key, row in found.items()} == {
        MAIN: "Main", OTHER: "Other", "shop-prod": "Shop", "shop-test": None, "lab": None,
    }  # fmt: skip
    assert found["shop-prod"]["tags"] == [{"key": "team", "value": "shop"}]
    assert found["shop-prod"]["path"] == ["folder 77"]
    assert (found["lab"]["tags"], found["lab"]["path"]) == (None, None)

    billing.calls.clear()
    assert names.sync().state == "unchanged"
    assert sorted(billing.calls) == ["accounts", "linked", "linked"]  # budgets once a day

    names.desk.now += timedelta(days=1)
    billing.lists[f"/v1/billingAccounts/{OTHER}/projects"] = []
    names.sync()
    assert "lab" not in known(names)
    assert "lab" in names.desk.store.inventory.accounts()["account"].to_list()


def test_list_prices_are_facts_with_their_time(
    tmp_path: Path, billing: Billing, given: dict[str, object], slept: Slept
) -> None:
    access = Access(Credentials(CANARY), slept.retry)
    for names in collecting(tmp_path / "data", gcp_accounts, access, {**given, "catalogue": [ENGINE]}):
        names.sync()
        names.desk.now += timedelta(days=1)
        billing.lists[SKUS][0] = sku("AAAA-0001", (0, 40_000_000), "2026-11-20T00:00:00Z")
        names.sync()
        found = [(one["sku"], one["tiers"], one["effective_from"][:10], one["until"] is None)
                 for one in names.desk.store.inventory.prices()]  # fmt: skip
        assert found == [
            ("AAAA-0001", [["0", "0.031611"]], "2026-11-01", False),
            ("AAAA-0001", [["0", "0.04"]], "2026-11-20", True),
            ("AAAA-0002", [["0", "12"]], "2026-11-01", True),
        ]
        billing.lists[SKUS] = []
        names.desk.now += timedelta(days=1)
        with pytest.raises(SourceError) as caught:
            names.sync()
        assert caught.value.failure == "data"
        assert len(names.desk.store.inventory.prices()) == 3


def test_budgets_are_facts_with_their_time(names: Collector, billing: Billing) -> None:
    place = f"/v1/billingAccounts/{MAIN}/budgets"
    since = {"startDate": {"year": 2026, "month": 9, "day": 1}}
    billing.lists[place] = [
        budget(MAIN, "b-1", "Shop", "1000", projects=["projects/42"], labels={"team": ["shop"]}),
        budget(MAIN, "b-2", "As before", None),
        {**budget(MAIN, "b-3", "Since autumn", "70000"), "budgetFilter": {"customPeriod": since}},
    ]
    billing.page_size = 2
    assert names.sync().state == "done"
    assert billing.calls.count("budgets") == 3  # two pages, and an account that has none
    first, second, third = names.desk.store.inventory.budgets()
    assert {name: first[name] for name in ("budget", "name", "account", "amount", "currency", "period", "scope")} == {
        "budget": "b-1", "name": "Shop", "account": MAIN, "amount": "1000", "currency": "EUR", "period": "month",
        "scope": {"projects": ["42"], "labels": {"team": ["shop"]}, "credits": "include_all_credits"},
    }  # fmt: skip
    assert first["thresholds"] == [["0.5", "current_spend"], ["0.9", "forecasted_spend"]]
    assert (second["amount"], second["currency"]) == (None, None)
    assert third["period"] == ["2026-09-01", None]

    names.desk.now += timedelta(days=1)
    billing.lists[place][0] = budget(MAIN, "b-1", "Shop", "1200", projects=["projects/42"], labels={"team": ["shop"]})
    names.sync()
    found = [(one["amount"], one["until"] is None) for one in names.desk.store.inventory.budgets()][:2]
    assert found == [("1000", False), ("1200", True)]
    assert checks(names)["budgets"].message == "3 budgets can be read."

    names.desk.close()
    given = CliRunner().invoke(app, ["sources", "budgets", "--format", "json", "--data", str(names.desk.folder)])
    listed = json.loads(given.stdout)["budgets"]
    assert [(one["budget"], one["amount"], one["currency"], one["period"]) for one in listed] == [
        ("b-1", "1200", "EUR", "month"), ("b-2", None, None, "month"), ("b-3", "70000", "EUR", None),
    ]  # fmt: skip
    assert (listed[2]["starts_on"], listed[2]["ends_on"]) == ("2026-09-01", None)
    assert listed[0]["scope"] == first["scope"]
    assert listed[0]["thresholds"][1] == {"share": "0.9", "basis": "forecasted_spend"}
    shown = CliRunner().invoke(app, ["sources", "budgets", "--data", str(names.desk.folder)], env={"COLUMNS": "300"})
    assert "1200 EUR" in shown.stdout and "2026-09-01 to open end" in shown.stdout
    assert "projects: 42; labels: team=shop" in shown.stdout and "as the period before" in shown.stdout
    names.desk = Desk(names.desk.folder)


def test_budgets_are_optional(names: Collector, billing: Billing) -> None:
    billing.denied = {"budgets"}
    done = names.sync()
    assert (done.state, "billing.budgets.list" in (done.months[0].message or "")) == ("done", True)
    assert (checks(names)["budgets"].state, checks(names)["budgets"].required) == ("warn", False)
    assert names.desk.store.inventory.budgets() == []


def test_pages_are_read_to_the_end_and_a_repeated_one_is_noticed(names: Collector, billing: Billing) -> None:
    billing.lists[f"/v1/billingAccounts/{MAIN}/projects"] = [linked(MAIN, f"project-{n}") for n in range(7)]
    billing.page_size = 2
    names.sync()
    assert len(known(names)) == 2 + 7 + 1
    billing.repeats = True
    with pytest.raises(SourceError) as caught:
        names.sync()
    assert caught.value.failure == "data"
    assert len(known(names)) == 10


def test_throttling_is_waited_for(names: Collector, billing: Billing, slept: Slept) -> None:
    billing.faults += [on("/v1/billingAccounts", lambda: refusal(429, "rateLimitExceeded", **{"Retry-After": "3"}))] * 2
    names.sync()
    assert slept.whole >= 6


def test_names_of_projects_are_optional_and_the_rest_is_not(names: Collector, billing: Billing) -> None:
    billing.denied = {"projects"}
    done = names.sync()
    assert "resourcemanager.projects.get" in (done.months[0].message or "")
    assert known(names)["shop-prod"]["name"] is None
    assert (checks(names)["names"].state, checks(names)["names"].required) == ("warn", False)
    billing.denied = {"linked"}
    found = checks(names)
    assert (found["read"].state, found["read"].missing) == ("fail", "billing.resourceAssociations.list")
    with pytest.raises(SourceError):
        names.sync()


def test_an_account_that_cannot_be_seen_says_so(tmp_path: Path, given: dict[str, object], slept: Slept) -> None:
    wanted = {**given, "accounts": ["BBBBBB-BBBBBB-BBBBBB"]}
    for names in collecting(tmp_path / "data", gcp_accounts, Access(Credentials(CANARY), slept.retry), wanted):
        with pytest.raises(SourceError) as caught:
            names.sync()
        assert caught.value.failure == "configuration"


@pytest.mark.parametrize("wrong", [{"accounts": ["billingAccounts/1"]}, {"catalogue": ["Compute Engine"]}])
def test_ids_are_checked(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        gcp_accounts.Settings(**wrong)


def test_the_texts_grant_what_is_called_and_no_more(names: Collector, billing: Billing) -> None:
    names.sync()
    checks(names)
    needs = {"accounts": "billing.accounts.list", "linked": "billing.resourceAssociations.list",
             "projects": "resourcemanager.projects.get", "budgets": "billing.budgets.list"}  # fmt: skip
    assert {needs[call] for call in billing.calls} == {
        action for text in gcp_accounts.PERMISSIONS for action in text.actions
    }


def test_an_expired_token_and_a_web_page_say_who_acts_and_no_secret_is_written(
    names: Collector, billing: Billing, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names.sync()
    billing.faults = [on("/v1/billingAccounts", html)]
    with pytest.raises(SourceError) as caught:
        names.sync()
    assert caught.value.failure == "data"
    billing.token = "another"
    with pytest.raises(SourceError) as caught:
        names.sync()
    assert caught.value.failure == "configuration"
    assert CANARY not in f"{caught.value!r} {caught.value.next_step} {caught.value.__cause__} {caplog.text}"
    assert holds(tmp_path / "data", CANARY) == []
