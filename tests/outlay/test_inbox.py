"""The inbox through the real API: nothing without an owner is missing, and a draft takes only what it names."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from outlay.actions import Actions
from outlay.jobs import JobRunner
from tests.outlay.spine import open_store
from tests.outlay.test_entities import BILL, ROW, ended

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = """\
# ours
dimensions:
  team:
    rules:
      - id: tagged  # by component
        from: tag.component
"""
CHARGES = [
    *(("3", day, "42", "search") for day in range(1, 6)),
    ("100", 7, "42", ""),
    ("-4.5", 8, "42", ""),
    ("20", 9, "7", "Serach"),
    ("0.000000000000000001", 10, "9", "nobody"),
]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(tmp_path_factory.mktemp("data"))
    jobs = JobRunner(lambda: NOW)
    settings = ApiSettings(scratch=tmp_path_factory.mktemp("scratch"), now=lambda: NOW, version="0")
    client = TestClient(create_app(store, jobs, Actions(store, lambda: NOW), settings), base_url="http://localhost")
    text = BILL + "".join(
        ROW.format(cost=cost, day=f"2026-10-{day:02}", next=f"2026-10-{day + 1:02}", account=account, component=name)
        for cost, day, account, name in CHARGES
    )
    assert ended(client, client.post("/api/v1/upload?name=b.csv&source=a", content=text.encode()))["state"] == "done"
    rules = {"org": "teams: [{key: search}, {key: checkout}]", "rules": RULES}
    assert ended(client, client.put("/api/v1/rules", json=rules))["state"] == "done"
    yield client
    jobs.close()
    store.close()


def groups(client: TestClient) -> dict[tuple[str, ...], Any]:
    found = client.get("/api/v1/unallocated").json()
    assert (found["month"], found["more"]) == ("2026-10", 0)
    return {tuple(part["value"] for part in group["signature"]): group for group in found["groups"]}


def test_its_total_is_the_answer_s_and_nothing_is_missing(client: TestClient) -> None:
    found = client.get("/api/v1/unallocated").json()
    answer = client.get("/api/v1/costs?where=team:(none)&period=2026-10").json()
    assert found["totals"] == [
        {"currency": row["currency"], "effective_cost": row["effective_cost"]} for row in answer["totals"]
    ]
    cost = [Decimal(money["effective_cost"]) for group in found["groups"] for money in group["cost"]]
    assert sum(cost) == Decimal(found["totals"][0]["effective_cost"])


def test_groups_and_who_probably_owns_them(client: TestClient) -> None:
    found = groups(client)
    assert set(found) == {("42", "Compute"), ("Serach",), ("nobody",)}
    account = found["42", "Compute"]
    assert (account["lines"], account["cost"][0]["effective_cost"]) == (2, "95.5")
    misspelt = found["Serach",]
    assert (misspelt["suggestions"][0]["team"], misspelt["suggestions"][0]["evidence"][0]["kind"]) == (
        "search",
        "spelling",
    )
    assert account["suggestions"][0]["evidence"][0] == {"kind": "account", "text": "42", "dims": 1, "percent": "100"}
    for group in found.values():
        query = "&".join(["period=2026-10", "where=team:(none)", *group["where"]])
        answer = client.get(f"/api/v1/costs?{query}").json()
        assert answer["totals"][0]["effective_cost"] == group["cost"][0]["effective_cost"]


def test_a_draft_owns_the_group_and_keeps_the_comments(client: TestClient) -> None:
    signature = groups(client)["Serach",]["signature"]
    draft = client.post("/api/v1/unallocated/draft", json={"signature": signature, "team": "search"}).json()
    assert "# ours" in draft["rules"] and "# by component" in draft["rules"]
    preview = client.post("/api/v1/rules/check", json=draft).json()
    moved = {effect["team"]: effect["change"] for effect in preview["effects"] if effect["change"] != "0"}
    assert moved == {None: "-20", "search": "20"}


def test_a_team_must_be_one(client: TestClient) -> None:
    refused = client.post(
        "/api/v1/unallocated/draft", json={"signature": [{"column": "service", "value": "x"}], "team": "sales"}
    )
    assert (refused.status_code, refused.json()["field"]) == (400, "team")
