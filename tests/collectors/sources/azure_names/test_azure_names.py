"""Azure subscriptions, their groups and those above through the SDK's pipeline into the inventory of a real store."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from pydantic import ValidationError
from werkzeug.wrappers import Response

from api.protocols import JobCancelledError
from collectors.sources import SourceError, azure_names
from collectors.sources.azure_access import Access
from collectors.sources.contract import Window
from tests.collectors.sources.azure_exports.deliveries import actual
from tests.collectors.sources.reaching import CANARY, Collector, Slept, collecting, granted, holds
from tests.emulators.arm import GROUPS, SUBSCRIPTIONS, LoopbackHttp, Management, Token, group, refusal
from tests.emulators.arm import subscription as sub
from tests.emulators.loopback import cut, html, on, running
from tests.outlay.sync.syncing import NOW
from warehouse.metrics import Access as Reader
from warehouse.metrics import answer, parse

SHOP, LAB = "0b1f0c3a-0001-4000-8000-00000000000a", "0b1f0c3a-0002-4000-8000-00000000000b"
OLD = "0b1f0c3a-0003-4000-8000-00000000000c"
WINDOW = Window(date(2026, 11, 1), date(2026, 12, 1), NOW)


@pytest.fixture
def arm() -> Iterator[Management]:
    made = [
        sub(SHOP, "Shop", "Root", "Retail", "Online", team="shop"),
        sub(LAB.upper(), "Lab", "Root"),
        sub(OLD, "Old", "Root", "Retail"),
        group(SHOP, "Web", Team="web"),
        group(SHOP, "batch"),
        group(LAB, "lab"),
        group(OLD, "old", team="gone"),
    ]
    with running(Management(containers=made, token=CANARY)) as service:
        yield service


@pytest.fixture
def token() -> Token:
    return Token(CANARY)


@pytest.fixture
def slept() -> Slept:
    return Slept()


@pytest.fixture
def names(tmp_path: Path, arm: Management, slept: Slept, token: Token) -> Iterator[Collector]:
    access = Access(token, {"per_call_policies": [LoopbackHttp()]}, slept.retry)
    yield from collecting(tmp_path / "data", azure_names, access, {"endpoint": arm.address})


def known(names: Collector) -> dict[str, dict[str, Any]]:
    frame = names.desk.store.inventory.accounts(names.desk.now.date())
    return {row["account"]: row for row in frame.iter_rows(named=True)}


def tomorrow(names: Collector) -> None:
    names.desk.now += timedelta(days=1)


def test_what_is_known_of_subscriptions_and_groups(names: Collector, arm: Management) -> None:
    assert names.states() == {"": "live"}
    found = known(names)
    assert {key: row["name"] for key, row in found.items() if key[0] != "/"} == {
        SHOP: "Shop", LAB: "Lab", OLD: "Old",
        f"{SHOP}/web": "Web", f"{SHOP}/batch": "batch", f"{LAB}/lab": "lab", f"{OLD}/old": "old",
    }  # fmt: skip
    assert found[SHOP]["path"] == ["Retail", "Online"]
    assert found[f"{SHOP}/web"]["path"] == ["Retail", "Online", "Shop"]
    assert found[LAB]["path"] == []
    assert (found[SHOP]["tags"], found[LAB]["tags"]) == ([{"key": "team", "value": "shop"}], [])
    assert found[SHOP]["status"] == "Enabled"
    assert (
        found[f"/subscriptions/{SHOP}/web"]["tags"] == found[f"{SHOP}/web"]["tags"] == [{"key": "Team", "value": "web"}]
    )

    arm.calls.clear()
    assert names.sync().state == "unchanged"
    assert arm.calls == ["resources"]


def test_changes_are_dated_and_what_left_is_over(names: Collector, arm: Management) -> None:
    names.sync()
    arm.containers = [one for one in arm.containers if OLD not in one["id"]]
    next(one for one in arm.containers if one["name"] == "Web")["tags"] = {"Team": "search"}
    tomorrow(names)
    assert names.sync().state == "done"
    assert OLD not in known(names) and f"{OLD}/old" not in known(names)
    every = names.desk.store.inventory.accounts()
    assert OLD in every["account"].to_list()
    web = [row for row in every.iter_rows(named=True) if row["account"] == f"{SHOP}/web"]
    assert [(row["tags"][0]["value"], row["valid_from"]) for row in web] == [("web", None), ("search", names.desk.now)]


def test_pages_throttles_and_a_token_that_comes_back(names: Collector, arm: Management, slept: Slept) -> None:
    arm.page_size = 1
    arm.faults += [on("resources", lambda: refusal(429, "RateLimiting", **{"Retry-After": "7"}))]
    names.sync()
    assert len(known(names)) == 14
    assert arm.calls.count("resources") == 3 + 4 + 1
    assert 7 <= slept.whole < 8
    arm.repeats = True
    tomorrow(names)
    with pytest.raises(SourceError, match="answered already"):
        names.sync()
    assert len(known(names)) == 14


def test_an_answer_that_is_cut_short_changes_nothing(names: Collector, arm: Management) -> None:
    names.sync()
    before, whole = known(names), arm._graph

    def clipped(body: dict) -> Response:
        made = whole(body)
        return Response(
            made.get_data().replace(b'"totalRecords": 3', b'"totalRecords": 4'), content_type="application/json"
        )

    arm._graph = clipped  # type: ignore[method-assign]
    tomorrow(names)
    with pytest.raises(SourceError, match="cut short"):
        names.sync()
    assert known(names) == before


def test_what_a_role_does_not_reach_is_missed_and_not_forgotten(names: Collector, arm: Management) -> None:
    names.sync()
    before = known(names)
    tomorrow(names)
    for kind, word in ((GROUPS, "resourceGroups/read"), (SUBSCRIPTIONS, "subscriptions/read")):
        arm.denied = {kind}
        with pytest.raises(SourceError) as caught:
            names.sync()
        assert caught.value.failure == "configuration"
        assert word in str(caught.value.missing) and "Cost names reader" in str(caught.value.line)
    assert known(names) == before
    arm.denied = {GROUPS}
    names.given["groups"] = False
    names.source = names.desk.configure("azure-names", names.given)
    assert names.sync().state == "done"
    assert {key for key in known(names) if "/" not in key} == {SHOP, LAB, OLD}


def test_what_is_named_is_asked_for(names: Collector, arm: Management) -> None:
    names.given["management_groups"] = ["retail"]
    assert {row["subscriptionId"] for row in azure_names._subscriptions(names.settings, graph(names))} == {SHOP, OLD}
    names.given = {"endpoint": arm.address, "subscriptions": [LAB.upper()]}
    assert [row["name"] for row in azure_names._subscriptions(names.settings, graph(names))] == ["Lab"]
    names.given["subscriptions"] = [SHOP, "0b1f0c3a-0009-4000-8000-00000000000f"]
    with pytest.raises(SourceError, match="0009-4000-8000-00000000000f cannot be seen"):
        azure_names._subscriptions(names.settings, graph(names))


def graph(names: Collector) -> Any:
    return azure_names._graph(names.settings, names.meter(), names.module.parts.keywords["access"])


def test_an_expired_token_a_missing_role_a_web_page_and_a_cut_body(
    names: Collector, arm: Management, token: Token, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    names.sync()
    before = known(names)
    tomorrow(names)
    arm.token = "rotated"
    with pytest.raises(SourceError, match="expired") as caught:
        names.sync()
    assert caught.value.failure == "configuration"
    arm.token = CANARY
    arm.faults += [on("resources", lambda: refusal(403, "AuthorizationFailed"))]
    with pytest.raises(SourceError, match="permission is missing") as caught:
        names.sync()
    assert caught.value.missing == "Microsoft.Resources/subscriptions/read on GROUP"
    arm.faults += [on("resources", html)]
    with pytest.raises(SourceError) as caught:
        names.sync()
    assert caught.value.failure == "data"
    assert known(names) == before
    arm.faults += [on("resources", lambda: cut(b'{"data":', 500))]
    assert names.sync().state == "unchanged"
    assert CANARY not in caplog.text
    assert holds(tmp_path / "data", CANARY) == []


def test_a_slow_answer_can_be_cancelled(names: Collector, arm: Management) -> None:
    ended = threading.Event()

    def slowly() -> Response:
        ended.wait(20)
        return html()

    def stop(_step: object) -> None:
        raise JobCancelledError

    part = next(iter(names.module.parts(names.settings, WINDOW, names.meter())))
    arm.faults += [on("resources", slowly)]
    begun = time.monotonic()
    with pytest.raises(JobCancelledError):
        names.module.fetch(names.settings, part, names.desk.folder, names.meter(), stop)
    assert time.monotonic() - begun < 5
    ended.set()


def test_the_connection_test(names: Collector, arm: Management) -> None:
    def tried() -> dict[str, Any]:
        return {one.name: one for one in names.module.check(names.settings, WINDOW, names.meter())}

    assert {name: one.state for name, one in tried().items()} == dict.fromkeys(
        ("identity", "list", "read", "names"), "ok"
    )
    arm.denied = {GROUPS}
    assert (tried()["read"].state, tried()["read"].missing) == ("fail", f"{azure_names.GROUPS.permission} on GROUP")
    arm.denied = set()
    for one in arm.containers:
        one.pop("above", None)
    assert (tried()["names"].state, tried()["names"].required) == ("warn", False)
    assert "managementGroups/read is missing" in str(names.sync())
    assert known(names)[SHOP]["path"] is None
    arm.token = "rotated"
    assert (tried()["identity"].state, len(tried())) == ("fail", 1)


def test_the_texts_grant_what_is_asked_for_and_no_more(names: Collector, arm: Management) -> None:
    names.sync()
    needs = {SUBSCRIPTIONS: azure_names.SUBSCRIPTIONS, GROUPS: azure_names.GROUPS}
    asked = {needs[kind].permission for kind in needs for body in arm.bodies if f"'{kind}'" in body["query"]}
    assert asked == granted(azure_names)
    assert all(action in azure_names.PERMISSIONS[0].template for action in asked)
    assert "ROLE" not in azure_names.PERMISSIONS[0].template and "SCOPE" not in azure_names.PERMISSIONS[2].template


def test_a_line_without_a_tag_takes_that_of_its_group_else_of_its_subscription(
    names: Collector, tmp_path: Path
) -> None:
    """As bills have them: actual cost from the portal with ids and groups in any case."""
    places = ((SHOP.upper(), "WEB", '"team": "own"'), (SHOP, "WEB", ""), (SHOP, "Batch", ""), (LAB, "lab", ""))
    rows = [
        {**actual("2026-11", [f"{number}"])[0], "SubscriptionId": number_of, "ResourceGroupName": place, "Tags": tags}
        for number, (number_of, place, tags) in enumerate(places, 1)
    ]
    (tmp_path / "drop").mkdir()
    pl.DataFrame(rows).write_csv(tmp_path / "drop" / "actual.csv")
    bills = names.desk.configure(
        "files-drop", {"folder": str(tmp_path / "drop"), "settle_seconds": -(10**9)}, name="costs"
    )
    assert names.desk.sync(bills).state == "done"
    rules = "tag_keys: {team: {}}\ndimensions: {team: {rules: [{id: t, from: [tag.team, account_tag.team]}]}}\n"
    org = "teams: [{key: own}, {key: web}, {key: shop}]\n"
    names.desk.store.publish(org, rules, author="tests", now=names.desk.now)
    assert shares(names) == {("own", "tag"): "1", (None, "unallocated"): "9"}
    names.sync()
    assert shares(names) == {
        ("own", "tag"): "1", ("web", "inherited"): "2", ("shop", "inherited"): "3", (None, "unallocated"): "4",
    }  # fmt: skip


def shares(names: Collector) -> dict[tuple[str | None, str], str]:
    asked = parse("measures=billed_cost&by=team,layer&period=all&incomplete=include")
    rows = answer(asked, Reader("tests"), names.desk.store, names.desk.now).document()["rows"]
    return {(row["team"], row["layer"]): row["billed_cost"] for row in rows}


@pytest.mark.parametrize(
    "given",
    [
        {"subscriptions": ["prod"]},
        {"management_groups": ["a b"]},
        {"subscriptions": [SHOP], "management_groups": ["a"]},
    ],
)
def test_ids_are_checked(given: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        azure_names.Settings.model_validate(given)
