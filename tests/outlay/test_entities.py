"""The organisation's catalogue through the real API: imported, in force, dated, and held against the cost."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from api import documents as doc
from api.protocols import ProblemError, Progress
from outlay.actions import Actions
from outlay.application import PinnedRules
from outlay.config import ConfigError, load_config
from outlay.entities import Entities
from outlay.jobs import JobRunner
from outlay.schedule import due
from tests.outlay.spine import Quiet, open_store

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
BILL = """BilledCost,BillingAccountId,BillingCurrency,BillingPeriodStart,BillingPeriodEnd,ChargeCategory,\
ChargePeriodStart,ChargePeriodEnd,EffectiveCost,ListCost,ContractedCost,ServiceName,ServiceCategory,ProviderName,\
PublisherName,InvoiceIssuerName,SubAccountId,Tags
"""
ROW = (
    "{cost},1,EUR,2026-10-01T00:00:00Z,2026-11-01T00:00:00Z,Usage,{day}T00:00:00Z,{next}T00:00:00Z,{cost},{cost},{cost},"
    'Compute,Compute,Acme,Acme,Acme,{account},"{{""component"": ""{component}""}}"\n'
)
ENTITIES = """
kind: Component
metadata: {name: shop-web}
spec: {owner: checkout, system: shop}
---
kind: Component
metadata: {name: idle, annotations: {infrawallet.io/account: nobody}}
spec: {owner: checkout}
---
kind: Component
metadata: {name: indexer, annotations: {infrawallet.io/account: "4711"}}
spec: {owner: gone}
---
kind: Group
metadata: {name: checkout}
spec: {profile: {displayName: Checkout}}
"""
Take = Callable[..., dict[str, Any]]


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(tmp_path_factory.mktemp("data"))
    jobs = JobRunner(lambda: NOW)
    settings = ApiSettings(scratch=tmp_path_factory.mktemp("scratch"), now=lambda: NOW, version="0")
    client = TestClient(create_app(store, jobs, Actions(store, lambda: NOW), settings), base_url="http://localhost")
    rows = [("10.5", 5, "1", "shop-web"), ("2.25", 6, "4711", ""), ("1", 7, "1", "mail"), ("7", 25, "1", "shop-web")]
    text = BILL + "".join(
        ROW.format(cost=cost, day=f"2026-10-{day:02}", next=f"2026-10-{day + 1:02}", account=account, component=name)
        for cost, day, account, name in rows
    )
    done = client.post("/api/v1/upload?name=bill.csv&source=acme", content=text.encode())
    assert ended(client, done)["state"] == "done"
    yield client
    jobs.close()
    store.close()


def ended(client: TestClient, accepted: Any) -> dict[str, Any]:
    assert accepted.status_code == 202, accepted.text
    client.get(f"/api/v1/jobs/{accepted.json()['job']}/events")
    found: dict[str, Any] = client.get(f"/api/v1/jobs/{accepted.json()['job']}").json()
    return found


@pytest.fixture
def take(client: TestClient) -> Take:
    def send(text: str, **more: Any) -> dict[str, Any]:
        order = {"files": [{"name": "catalog-info.yaml", "text": text}], **more}
        return ended(client, client.post("/api/v1/entities/import", json=order))

    return send


def owners(client: TestClient) -> dict[tuple[str | None, str | None], str]:
    found = client.get("/api/v1/costs?by=application,team&period=2026-10").json()
    return {(row["application"], row["team"]): row["effective_cost"] for row in found["rows"]}


def test_from_import_to_reorganisation(client: TestClient, take: Take) -> None:
    dry = take(ENTITIES, dry_run=True)["result"]
    assert [change["change"] for change in dry["changes"]] == ["added"] * 4 and dry["version"] is None
    assert owners(client) == {(None, None): "20.75"}

    first = take(ENTITIES)["result"]
    assert (first["version"], first["changes"]) == (1, dry["changes"])
    assert owners(client) == {("shop-web", "checkout"): "17.5", ("indexer", None): "2.25", (None, None): "1"}
    assert take(ENTITIES)["result"]["state"] == "unchanged"

    found = client.get("/api/v1/entities?period=2026-10").json()
    assert "entities" in found, found
    cost = {
        one["ref"]: (one["owner_known"], [sum_["effective_cost"] for sum_ in one["cost"]]) for one in found["entities"]
    }
    assert cost == {
        "component:default/shop-web": (True, ["17.5"]),
        "component:default/idle": (True, []),
        "component:default/indexer": (False, ["2.25"]),
    }
    assert [(one["application"], one["cost"][0]["effective_cost"]) for one in found["unknown"]] == [(None, "1")]

    moved = take(
        "[{kind: Component, metadata: {name: shop-web}, spec: {owner: search, system: shop}},"
        " {kind: Group, metadata: {name: search}}]",
        day="2026-10-20",
    )["result"]
    assert {(one["ref"], one["change"]) for one in moved["changes"]} == {
        ("component:default/shop-web", "changed"),
        ("team:search", "added"),
    }
    assert owners(client)["shop-web", "checkout"] == "10.5"
    assert owners(client)["shop-web", "search"] == "7"
    # Nobody wrote the rules that are made of entities, so none of them counts as a rule without use.
    texts = {"org": "teams: []", "rules": "assertions: [{dead_rules_at_most: 0}]"}
    shown = client.post("/api/v1/rules/preview", json=texts).json()
    assert (shown["rules"], shown["passed"]) == ([], True), shown
    assert client.post("/api/v1/rules/check", json=texts).json()["unused"] == []


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("kind: Component", "catalog-info.yaml, entity 1"),
        ("kind: Group\nmetadata: {name: 'a:b'}", "catalogue.yaml"),
    ],
)
def test_a_wrong_file_changes_nothing(client: TestClient, take: Take, text: str, problem: str) -> None:
    before = client.get("/api/v1/rules").json()["version"]
    job = take(text)
    assert job["state"] == "failed"
    assert problem in str(job["error"])
    assert client.get("/api/v1/rules").json()["version"] == before


def test_an_address_is_followed_for_the_command_line_only(client: TestClient) -> None:
    refused = client.post("/api/v1/entities/import", json={"url": "http://127.0.0.1:1/"})
    assert refused.status_code in (403, 400), refused.text
    assert refused.json()["type"].endswith("local_only")


def test_the_configured_catalogue_is_read_when_due_and_says_what_came_of_it(tmp_path: Path) -> None:
    (tmp_path / "outlay.yaml").write_text("catalogue:\n  file: teams.csv\n  complete: true\n  interval_hours: 6\n")
    config = load_config(tmp_path, None, {})
    assert config.catalogue is not None
    store = open_store(tmp_path)
    actions = Actions(store, lambda: NOW)
    assert actions.catalogue.paces() == []
    actions.catalogue.adopt(config.catalogue)
    assert due(actions.catalogue.paces(), NOW) == ["catalogue:"]
    with pytest.raises(ProblemError, match=r"teams\.csv cannot be read"):
        actions.catalogue.bring("schedule", Quiet())
    assert (actions.catalogue.imports().state, due(actions.catalogue.paces(), NOW)) == ("failed", [])
    (issue,) = actions.catalogue.imports().issues
    assert (
        issue.actor == "operator" and "teams.csv cannot be read" in issue.message and "outlay.yaml" in issue.next_step
    )
    (tmp_path / "teams.csv").write_text("kind,name,owner\nteam,search,\ncomponent,indexer,search\n")
    done = actions.catalogue.bring("schedule", Quiet())
    assert [one.ref for one in done.changes] == ["component:default/indexer", "team:search"]
    said = actions.catalogue.imports()
    assert (said.state, said.message, said.version, said.changes) == ("done", None, done.version, 2)
    assert said.issues == []
    assert due(actions.catalogue.paces(), NOW + timedelta(hours=7)) == ["catalogue:"]
    assert {entity.name: entity.owner for entity in actions.entities.known().at(NOW.date())} == {"indexer": "search"}
    store.close()


def test_rules_that_are_published_while_a_catalogue_is_laid_over_them_stay(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    actions = Actions(store, lambda: NOW)

    def publish(texts: doc.RulesTexts, actor: str, progress: Progress, over: int | None = None) -> doc.RulesApplied:
        if not store.state.documents():
            store.publish("teams: [{key: search}]", "{}", author="somebody", now=NOW)
        return actions.publish_rules(texts, actor, progress, over)

    entities = Entities(store, actions.rulebook, publish, lambda: NOW)
    table = doc.CatalogueText(name="a.csv", text="name,owner\nindexer,search\n")
    assert entities.take(doc.CatalogueOrder(files=[table]), "schedule", Quiet()).version == 2
    assert actions.rules().org == "teams: [{key: search}]"
    store.close()


def test_rules_that_are_read_from_files_leave_the_catalogue_to_its_own_place(tmp_path: Path) -> None:
    (tmp_path / "rules.yaml").write_text("dimensions: {team: {rules: [{id: tag, from: tag.team}]}}\n")
    (tmp_path / "teams.csv").write_text("kind,name,owner\nteam,search,\ncomponent,indexer,search\n")
    (tmp_path / "outlay.yaml").write_text("rules: {file: rules.yaml}\ncatalogue: {file: teams.csv}\n")
    config = load_config(tmp_path, None, {})
    store = open_store(tmp_path)
    actions = PinnedRules(store, lambda: NOW, config)
    actions.catalogue.adopt(config.catalogue)
    actions.publish(Quiet())
    assert actions.catalogue.bring("schedule", Quiet()).version == 2
    (tmp_path / "rules.yaml").write_text("dimensions: {team: {rules: [{id: label, from: tag.label}]}}\n")
    actions.publish(Quiet())
    assert [entity.owner for entity in actions.entities.known().entities] == ["search"]
    texts = doc.RulesTexts(org=actions.rules().org, rules="{}", files=actions.rules().files)
    with pytest.raises(ProblemError, match="from files"):
        actions.publish_rules(texts, "somebody", Quiet())
    # A document of entities beside the rules is read with them, and then by nobody else.
    (tmp_path / "catalogue.yaml").write_text("entities: [{ref: component:default/api, name: api, owner: search}]\n")
    actions.publish(Quiet())
    assert [entity.name for entity in actions.entities.known().entities] == ["api"]
    with pytest.raises(ProblemError, match="from files"):
        actions.catalogue.bring("schedule", Quiet())
    store.close()


@pytest.mark.parametrize("text", ["{}", "{url: https://b.example, file: x}", "{file: x, interval_hours: 0}"])
def test_a_catalogue_without_one_place_or_with_odd_hours_is_refused(tmp_path: Path, text: str) -> None:
    (tmp_path / "outlay.yaml").write_text(f"catalogue: {text}\n")
    with pytest.raises(ConfigError):
        load_config(tmp_path, None, {})


def test_the_tree_of_a_day_has_what_all_below_cost(tmp_path: Path) -> None:
    store = open_store(tmp_path)
    actions = Actions(store, lambda: NOW)
    org = (
        "version: 1\nteams:\n  - {key: shop}\n  - {key: checkout, parent: shop, valid_to: 2026-10-06}\n"
        "  - {key: checkout, valid_from: 2026-10-06}\n"
    )
    rules = "version: 1\ndimensions:\n  team:\n    rules:\n      - {id: tag, from: tag.component}\n"
    actions.publish_rules(doc.RulesTexts(org=org, rules=rules, files=None), "ann", Quiet())
    then, now = (actions.org.tree(day, "then", "2026-10", "ann") for day in (date(2026, 10, 5), None))
    assert [(team.key, team.depth, team.teams) for team in then.teams] == [
        ("shop", 0, ["checkout", "shop"]),
        ("checkout", 1, ["checkout"]),
    ]
    assert [(team.key, team.depth) for team in now.teams] == [("checkout", 0), ("shop", 0)]
    assert then.others == [] and then.teams[0].subtree == []
    store.close()


REORGANISED = """version: 1
teams:
  - {key: shop}
  - {key: checkout, parent: shop, valid_to: 2026-10-06}
  - {key: checkout, valid_from: 2026-10-06}
  - {key: mail, valid_to: 2026-11-01}
  - {key: post, valid_from: 2026-11-01, aliases: [mails]}
"""
REORGANISED_RULES = """version: 1
dimensions:
  team:
    rules:
      - {id: mail, when: {column: tag.component, equals: mail}, value: mail, valid_to: 2026-11-01}
      - {id: post, when: {column: tag.component, equals: mail}, value: post, valid_from: 2026-11-01}
      - {id: web, when: {column: tag.component, equals: shop-web}, value: checkout}
"""
PLATFORM = """version: 1
pools:
  - {id: rest, unallocated: true, split: proportional}
"""


def test_a_reorganisation_then_now_and_proposed_share_out_the_same_money(client: TestClient) -> None:
    texts = {"org": REORGANISED, "rules": REORGANISED_RULES, "files": {}}
    assert ended(client, client.put("/api/v1/rules", json=texts))["state"] == "done"
    then = client.get("/api/v1/org").json()
    now = client.get("/api/v1/org?owned=now").json()
    before = client.get("/api/v1/org?owned=now&at=2026-10-05").json()
    draft = {**texts, "org": REORGANISED + "  - {key: web, parent: shop}\n", "rules": REORGANISED_RULES.replace(
        "value: checkout", "value: web")}  # fmt: skip
    proposed = client.post("/api/v1/org/proposed", json=draft).json()
    pooled = client.post("/api/v1/org/proposed", json={**draft, "files": {"pools.yaml": PLATFORM}}).json()

    assert _own(then) == {"checkout": "17.5", "mail": "1", None: "2.25"}
    assert _own(now) == {"checkout": "17.5", "post": "1", None: "2.25"}
    assert _own(before) == {"checkout": "17.5", "mail": "1", None: "2.25"}
    assert {team["key"]: _money(team["subtree"]) for team in before["teams"]}["shop"] == "17.5"
    assert _own(proposed) == {"web": "17.5", "post": "1", None: "2.25"}
    assert {team["key"]: _money(team["subtree"]) for team in proposed["teams"]}["shop"] == "17.5"
    assert None not in _own(pooled) and sum(Decimal(amount) for amount in _own(pooled).values()) == Decimal("20.75")
    for tree in (then, now, before, proposed, pooled):
        assert (tree["period"], _money(tree["totals"])) == (then["period"], "20.75")
        assert _own(tree, "then") == _own(then)

    days = "2026-10-01..2026-10-15"
    sides = [client.get(f"/api/v1/org?owned={side}&period={days}").json() for side in ("then", "now")]
    sides.append(client.post("/api/v1/org/proposed", json={**draft, "period": days}).json())
    assert {(tree["period"], _money(tree["totals"])) for tree in sides} == {(days, _money(sides[0]["totals"]))}
    assert all(_own(tree, "then") == _own(sides[0]) for tree in sides)

    file = client.get("/api/v1/org.csv?owned=now").text.splitlines()
    assert file[0].startswith("team,name,parent") and sorted(line.split(",")[0] for line in file[1:]) == [
        "", "checkout", "mail", "post",
    ]  # fmt: skip
    assert client.post("/api/v1/org/proposed.csv", json=draft).text.count("\r\n") == 7
    told = {**texts, "org": "teams: [{key: a, parent: b}]"}
    assert "org.yaml" in client.post("/api/v1/org/proposed.xlsx", json=told).json()["detail"]
    wrong = client.post("/api/v1/org/proposed", json=told).json()
    assert (wrong["valid"], wrong["faults"][0]["file"], wrong["teams"]) == (False, "org.yaml", [])


def _own(tree: dict[str, Any], side: str = "cost") -> dict[str | None, str]:
    several = [(team["key"], team) for team in tree["teams"]] + [(other["team"], other) for other in tree["others"]]
    return {key: _money(one[side]) for key, one in several if one[side] and Decimal(_money(one[side]))}


def _money(several: list[dict[str, str]]) -> str:
    return next((one["effective_cost"] for one in several), "0")
