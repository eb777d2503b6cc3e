"""Accounts, units, tags and invoices: from an organisation of the emulator into the inventory and the answers."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import boto3
import pytest

from collectors import retrying
from collectors.sources import SourceError, sources
from outlay.collecting import Collectors
from tests.collectors.sources.bills import bill, deliver
from tests.collectors.sources.clouds import Cloud, cloud, refused
from tests.emulators.invoicing import Invoicing
from tests.outlay.sync.syncing import Desk, Quiet
from tests.outlay.sync.test_cost_explorer_sync import Explorer
from warehouse.metrics import Access, parse
from warehouse.metrics.answer import answer

PAYER = "123456789012"


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cloud]:
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIACANARYCANARY0000")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "canary-secret-of-the-key")
    monkeypatch.setattr(retrying.Retry, "_wait", lambda self, tries, asked: 0.0)
    with cloud() as made:
        yield made


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    made = Desk(tmp_path / "data")
    yield made
    made.close()


@pytest.fixture
def invoicing(aws: Cloud) -> Invoicing:
    made = Invoicing()
    aws.faults.append(made)
    return made


def organizations(aws: Cloud) -> Any:
    keys = {"aws_access_key_id": "k", "aws_secret_access_key": "s"}
    return boto3.client("organizations", endpoint_url=aws.url, region_name="us-east-1", **keys)


def estate(aws: Cloud, accounts: int = 3) -> list[str]:
    """Accounts "Account 0".. : the first below Workloads / Shop, tagged; the others below the root."""
    org = organizations(aws)
    org.create_organization(FeatureSet="ALL")
    root = org.list_roots()["Roots"][0]["Id"]
    outer = org.create_organizational_unit(ParentId=root, Name="Workloads")["OrganizationalUnit"]["Id"]
    inner = org.create_organizational_unit(ParentId=outer, Name="Shop")["OrganizationalUnit"]["Id"]
    ids = [
        org.create_account(AccountName=f"Account {n}", Email=f"person{n}@example.com")["CreateAccountStatus"][
            "AccountId"
        ]
        for n in range(accounts)
    ]
    org.move_account(AccountId=ids[0], SourceParentId=root, DestinationParentId=inner)
    org.tag_resource(ResourceId=ids[0], Tags=[{"Key": "team", "Value": "shop"}])
    return ids


def tag_units(aws: Cloud, account: str) -> None:
    """Tags on both units above an account; the lower one says another team."""
    org, child = organizations(aws), account
    for tags in ({"team": "inner", "stage": "live"}, {"team": "outer", "cost-centre": "44"}):
        child = org.list_parents(ChildId=child)["Parents"][0]["Id"]
        org.tag_resource(ResourceId=child, Tags=[{"Key": key, "Value": value} for key, value in tags.items()])


def test_an_account_has_the_tags_of_the_units_above_it(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    ids = estate(aws)
    tag_units(aws, ids[0])
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    desk.sync(source)
    held = {account: {tag["key"]: tag["value"] for tag in row["tags"]} for account, row in known(desk).items()}
    assert held[ids[0]] == {"team": "shop", "stage": "live", "cost-centre": "44"}
    assert held[ids[1]] == {}
    organizations(aws).untag_resource(ResourceId=ids[0], TagKeys=["team"])
    desk.now += timedelta(days=1)
    desk.sync(source)
    assert {tag["key"]: tag["value"] for tag in known(desk)[ids[0]]["tags"]}["team"] == "inner"


def known(desk: Desk) -> dict[str, dict[str, Any]]:
    return {row["account"]: row for row in desk.store.inventory.accounts(desk.now.date()).iter_rows(named=True)}


def test_names_units_and_tags_and_then_what_changed(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    ids = estate(aws)
    invoicing.add("2026-10", "INV-1", "1234.56", PaymentCurrencyAmount={"TotalAmount": "1100.5", "CurrencyCode": "EUR"})
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    first = desk.sync(source)
    assert desk.states(first) == {"2026-10": "live", "": "live"}
    found = known(desk)
    assert (found[ids[0]]["name"], found[ids[0]]["path"]) == ("Account 0", ["Workloads", "Shop"])
    assert found[ids[0]]["tags"] == [{"key": "team", "value": "shop"}]
    assert (found[ids[1]]["path"], found[ids[1]]["tags"]) == ([], [])
    assert b"example.com" not in (desk.folder / "state.sqlite").read_bytes()
    totals = {(one["invoice"], one["currency"]): one["total"] for one in desk.store.inventory.invoices().to_dicts()}
    assert totals == {("INV-1", "USD"): Decimal("1234.56"), ("INV-1", "EUR"): Decimal("1100.5")}
    shown = Collectors(desk.store, lambda: desk.now)
    documents = {one.account: one for one in shown.accounts()}
    assert (documents[ids[0]].tags, documents[ids[0]].path) == ({"team": "shop"}, ["Workloads", "Shop"])
    assert [(one.invoice, one.currency, one.total, one.period) for one in shown.invoices()] == [
        ("INV-1", "EUR", "1100.5", "2026-10"),
        ("INV-1", "USD", "1234.56", "2026-10"),
    ]

    aws.forget()
    assert desk.sync(source).state == "unchanged"
    lists = {"GetCallerIdentity": 1, "ListInvoiceSummaries": 3, "ListAccounts": 1}
    assert dict(aws.calls) == lists

    before = desk.now
    desk.now += timedelta(days=1)
    organizations(aws).tag_resource(ResourceId=ids[0], Tags=[{"Key": "team", "Value": "checkout"}])
    invoicing.invoices["2026-10"][0]["BaseCurrencyAmount"]["TotalAmount"] = "1200"
    assert desk.states(desk.sync(source)) == {"2026-10": "live", "": "live"}
    assert known(desk)[ids[0]]["tags"] == [{"key": "team", "value": "checkout"}]
    dated = desk.store.inventory.accounts()
    rows = [row for row in dated.iter_rows(named=True) if row["account"] == ids[0]]
    assert [(row["valid_from"], row["valid_to"]) for row in rows] == [(None, desk.now), (desk.now, None)]
    then = desk.store.inventory.accounts(before.date())
    assert then.filter(then["account"] == ids[0])["tags"].to_list() == [[{"key": "team", "value": "shop"}]]
    assert desk.store.inventory.accounts(date(2020, 1, 1)).height == then.height
    totals = {(one["invoice"], one["currency"]): one["total"] for one in desk.store.inventory.invoices().to_dicts()}
    assert totals[("INV-1", "USD")] == Decimal(1200)


def test_many_pages(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    estate(aws, 45)
    invoicing.page_size = 2
    for number in range(7):
        invoicing.add("2026-10", f"INV-{number}", "0.1")
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    desk.sync(source)
    assert aws.calls["ListAccounts"] >= 3
    assert len(known(desk)) == 46  # and the payer
    assert desk.store.inventory.invoices()["total"].sum() == Decimal("0.7")


def test_a_bill_without_names_gets_them_and_one_with_names_keeps_its_own(
    aws: Cloud, desk: Desk, invoicing: Invoicing
) -> None:
    ids = estate(aws)
    aws.s3().create_bucket(Bucket="bills")
    deliver(aws.s3(), "bills", "x/focus", "2026-11", {"a.csv.gz": bill("2026-11", ["5"], "0001", ids[0])})
    desk.sync(desk.configure("aws-exports", {"bucket": "bills", "prefix": "x", "endpoint_url": aws.url}))

    def labels(by: str) -> list[Any]:
        query = parse(f"measures=billed_cost&period=2026-11&by={by}&incomplete=include")
        return answer(query, Access("tests"), desk.store, desk.now).rows[f"{by}_label"].to_list()

    assert labels("sub_account") == [None]
    desk.sync(desk.configure("aws-names", {"endpoint_url": aws.url}, name="names"))
    assert labels("sub_account") == ["Account 0"]
    assert labels("billing_account") == ["Account"]


def test_what_may_not_be_read_is_said_and_the_rest_is_kept(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    ids = estate(aws)
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    denied = ("ListTagsForResource", "ListInvoiceSummaries", "DescribeOrganizationalUnit")
    aws.faults[:0] = [refused("AccessDeniedException", 400, kind=kind) for kind in denied]
    done = desk.sync(source)
    said = done.months[0].message or ""
    for action in ("organizations:ListTagsForResource", "invoicing:ListInvoiceSummaries",
                   "organizations:DescribeOrganizationalUnit"):  # fmt: skip
        assert action in said
    assert aws.calls["ListTagsForResource"] == 1
    row = known(desk)[ids[0]]
    assert (row["name"], row["path"], row["tags"]) == ("Account 0", None, None)
    checks = {one.name: one for one in Collectors(desk.store, lambda: desk.now).check("bills", Quiet()).checks}
    assert {name: one.state for name, one in checks.items()} == {
        "identity": "ok", "list": "ok", "invoices": "warn", "names": "warn",
    }  # fmt: skip
    assert json.loads(checks["invoices"].line or "")["Action"] == "invoicing:ListInvoiceSummaries"
    assert not checks["names"].required

    aws.faults = [refused("AccessDeniedException", 400, kind="ListAccounts"), invoicing]
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert (caught.value.failure, caught.value.missing) == ("configuration", "organizations:ListAccounts on *")
    assert known(desk)[ids[0]]["name"] == "Account 0"


@pytest.mark.parametrize("kind", ["aws-exports", "aws-cost-explorer"])
def test_the_test_of_a_bill_says_what_its_role_may_know_beside(
    kind: str, aws: Cloud, desk: Desk, invoicing: Invoicing
) -> None:
    estate(aws)
    invoicing.add("2026-10", "INV-1", "7.25")
    given: dict[str, Any] = {"endpoint_url": aws.url}
    if kind == "aws-exports":
        aws.s3().create_bucket(Bucket="bills")
        deliver(aws.s3(), "bills", "exports/focus", "2026-11", {"a.csv.gz": bill("2026-11", ["1"])})
        given |= {"bucket": "bills", "prefix": "exports"}
    else:
        aws.faults.append(Explorer())
    desk.configure(kind, given)
    tested = Collectors(desk.store, lambda: desk.now).check("bills", Quiet())
    beside = {one.name: one for one in tested.checks if one.name in ("invoices", "names")}
    assert {name: (one.state, one.required) for name, one in beside.items()} == dict.fromkeys(beside, ("ok", False))
    assert beside["invoices"].message == "1 invoices of 2026-10: 7.25 USD."
    assert beside["names"].message == "4 accounts, with units and tags."

    aws.faults[:0] = [
        refused("AccessDeniedException", 400, kind=one) for one in ("ListInvoiceSummaries", "ListAccounts")
    ]
    tested = Collectors(desk.store, lambda: desk.now).check("bills", Quiet())
    refusals = {one.name: (one.state, one.missing) for one in tested.checks if one.name in ("invoices", "names")}
    assert refusals == {
        "invoices": ("warn", "invoicing:ListInvoiceSummaries on *"),
        "names": ("warn", "organizations:ListAccounts on *"),
    }
    assert tested.ok
    texts = [one for one in sources()[kind].PERMISSIONS if not one.required]
    granted = {action for one in texts for action in one.actions}
    assert {(missing or "").partition(" ")[0] for _, missing in refusals.values()} <= granted


def test_a_cut_listing_and_a_strange_total_change_nothing(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    estate(aws, 2)
    invoicing.add("2026-10", "INV-1", "10")
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    desk.sync(source)
    before = known(desk)
    invoicing.invoices["2026-10"][0]["BaseCurrencyAmount"]["TotalAmount"] = "ten"
    with pytest.raises(SourceError) as caught:
        desk.sync(source)
    assert caught.value.failure == "data"
    assert desk.store.inventory.invoices()["total"].to_list() == [Decimal(10)]
    aws.faults = [refused("TooManyRequestsException", 429, times=2, kind="ListAccounts"), invoicing]
    invoicing.invoices["2026-10"][0]["BaseCurrencyAmount"]["TotalAmount"] = "11"
    desk.sync(source)
    assert known(desk) == before
    assert desk.store.inventory.invoices()["total"].to_list() == [Decimal(11)]


def test_a_vanished_account_is_over_and_erasing_forgets_all(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    ids = estate(aws)
    source = desk.configure("aws-names", {"endpoint_url": aws.url})
    desk.sync(source)
    desk.now += timedelta(days=1)
    organizations(aws).remove_account_from_organization(AccountId=ids[2])
    desk.sync(source)
    assert ids[2] not in known(desk)
    assert datetime(2026, 11, 21, 9, tzinfo=UTC) in desk.store.inventory.accounts()["valid_to"].to_list()
    desk.store.inventory.forget("bills")
    assert desk.store.inventory.accounts().is_empty()


def test_the_texts_grant_what_is_called(aws: Cloud, desk: Desk, invoicing: Invoicing) -> None:
    estate(aws)
    invoicing.add("2026-10", "INV-1", "1")
    source = desk.configure("aws-names", {"endpoint_url": aws.url, "role_arn": f"arn:aws:iam::{PAYER}:role/reader"})
    aws.forget()
    Collectors(desk.store, lambda: desk.now).check("bills", Quiet())
    desk.sync(source)
    services = {"ListInvoiceSummaries": "invoicing", "AssumeRole": "sts"}
    called = {f"{services.get(kind, 'organizations')}:{kind}" for kind in aws.calls} - {
        "organizations:GetCallerIdentity"
    }
    assert called == {action for text in sources()["aws-names"].PERMISSIONS for action in text.actions}
