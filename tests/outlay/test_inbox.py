"""The inbox through the real API: nothing without an owner is missing, and an order takes only what it names."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import pytest
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from api.inbox_protocols import InboxWanted
from outlay.actions import Actions
from outlay.jobs import JobRunner
from tests.outlay.spine import open_store
from tests.outlay.test_entities import BILL, ROW, ended
from warehouse.store import Store
from warehouse.store.questions import Questions

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
RULES = """\
# ours
dimensions:
  team:
    rules:
      - id: tagged  # by component
        from: tag.component
assertions:
  - unallocated_percent_below: 7.5
"""
CHARGES = [
    *(("3", day, "42", "search") for day in range(1, 6)),
    ("100", 7, "42", ""),
    ("-4.5", 8, "42", ""),
    ("20", 9, "7", "Serach"),
    ("0.000000000000000001", 10, "9", "nobody"),
]


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    store = open_store(tmp_path_factory.mktemp("data"))
    jobs = JobRunner(lambda: NOW)
    settings = ApiSettings(scratch=tmp_path_factory.mktemp("scratch"), now=lambda: NOW, version="0")
    client = TestClient(create_app(store, jobs, Actions(store, lambda: NOW), settings), base_url="http://localhost")
    text = BILL + "".join(
        ROW.format(cost=cost, day=f"2026-10-{day:02}", next=f"2026-10-{day + 1:02}", account=account, component=name)
        for cost, day, account, name in CHARGES
    )
    assert ended(client, client.post("/api/v1/upload?name=b.csv&source=a", content=text.encode()))["state"] == "done"
    yield client
    jobs.close()
    store.close()


@pytest.fixture
def client(served: TestClient) -> TestClient:
    """With the rules of this page in force."""
    rules = {"org": "teams: [{key: search}, {key: checkout}]", "rules": RULES, "files": {}}
    assert ended(served, served.put("/api/v1/rules", json=rules))["error"] is None
    return served


def groups(client: TestClient, query: str = "") -> dict[tuple[str, ...], Any]:
    found = client.get(f"/api/v1/unallocated?{query}").json()
    assert (found["month"], found["more"]) == ("2026-10", 0)
    return {tuple(part["value"] for part in group["signature"]): group for group in found["groups"]}


def publish(client: TestClient, **order: Any) -> dict[str, Any]:
    """Draft an order, and publish what the draft says."""
    wanted = {name: value for name, value in order.items() if name != "on_behalf"}
    draft = client.post("/api/v1/unallocated/draft", json=wanted).json()
    job = ended(client, client.post("/api/v1/unallocated/publish", json={**order, "base": draft["base"]}))
    assert job["state"] == "done", job
    assert client.get("/api/v1/rules").json()["rules"] == draft["rules"]
    return draft


def acts(client: TestClient) -> dict[str, int]:
    """Acts by hand of this month."""
    return client.get("/api/v1/attribution/toil").json()["months"][-1]


def owned(client: TestClient, query: str) -> dict[str | None, str]:
    rows = client.get(f"/api/v1/costs?period=2026-10&{query}").json()["rows"]
    return {row.get("team"): row["effective_cost"] for row in rows}


def test_its_total_is_the_answer_s_and_nothing_is_missing(client: TestClient) -> None:
    found = client.get("/api/v1/unallocated").json()
    answer = client.get("/api/v1/costs?where=team:(none)&period=2026-10").json()
    assert found["query"] == answer["query"]
    assert found["totals"] == [
        {"currency": row["currency"], "effective_cost": row["effective_cost"]} for row in answer["totals"]
    ]
    cost = [Decimal(money["effective_cost"]) for group in found["groups"] for money in group["cost"]]
    assert sum(cost) == Decimal(found["totals"][0]["effective_cost"])
    by_owner = [Decimal(money["effective_cost"]) for one in found["owners"] for money in one["cost"]]
    assert sum(by_owner) == sum(cost)
    rows = list(csv.DictReader(io.StringIO(client.get("/api/v1/unallocated.csv").text)))
    assert sum(Decimal(row["effective_cost"]) for row in rows) == sum(cost)
    assert client.get("/api/v1/unallocated.xlsx").content[:2] == b"PK"
    assert client.get("/api/v1/unallocated.parquet").content[:4] == b"PAR1"


def test_all_of_it_is_of_one_view(client: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    """A bill that is loaded meanwhile is in all of its answers, or in none."""
    app: Any = client.app
    read, views = Store.read, []
    monkeypatch.setattr(Store, "read", lambda store: views.append(store) or read(store))
    found = app.state.services.actions.inbox.unallocated(InboxWanted())
    assert (len(views), len(found.groups)) == (1, 3)


def test_the_share_is_held_against_the_limit_that_the_rules_assert(client: TestClient) -> None:
    (share,) = client.get("/api/v1/unallocated").json()["shares"]
    # 115.5 and a last digit of 130.5 and that digit
    assert (share["percent"], share["limit"], share["over"]) == ("88.5", "7.5", True)
    assert [month["month"] for month in share["trend"]][::12] == ["2025-10", "2026-10"]
    assert {month["percent"] for month in share["trend"][:-1]} == {None}


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
    assert set(groups(client, f"group={account['id']}")) == {("42", "Compute")}
    assert next(iter(groups(client, "sort=lines"))) == ("42", "Compute")


def test_assigning_owns_the_groups_and_keeps_the_comments(client: TestClient) -> None:
    found = groups(client)
    before = acts(client)
    signatures = [found["Serach",]["signature"], found["42", "Compute"]["signature"]]
    draft = publish(client, act="assign", groups=signatures, team="checkout")
    assert "# ours" in draft["rules"] and "# by component" in draft["rules"]
    assert "+        value: checkout" in draft["diff"] and "\n-" not in draft["diff"].replace("\n---", "")
    assert owned(client, "by=team") == {"search": "15", "checkout": "115.5", None: "0.000000000000000001"}
    assert set(groups(client)) == {("nobody",)}
    after = acts(client)
    assert (after["assign"], after["publish"]) == (before["assign"] + 1, before["publish"])


def test_a_team_claims_for_itself_what_is_nobodys(client: TestClient) -> None:
    signature = groups(client)["Serach",]["signature"]
    before = acts(client)["by_teams"]
    publish(client, act="assign", groups=[signature], team="search", on_behalf="search")
    assert ("Serach",) not in groups(client)
    assert acts(client)["by_teams"] == before + 1, "one act, of the team"
    (request,) = client.get("/api/v1/rules/requests?team=search").json()["requests"]
    assert (request["state"], request["team"]) == ("published", "search")


def test_splitting_leaves_the_list_and_money_where_the_pool_says(client: TestClient) -> None:
    signature = groups(client)["42", "Compute"]["signature"]
    split = {"method": "fixed", "percent": {"search": "75", "checkout": "25"}}
    publish(client, act="split", groups=[signature], split=split)
    assert owned(client, "by=team") == {"search": "86.625", "checkout": "23.875", None: "20.000000000000000001"}
    left = client.get("/api/v1/unallocated").json()
    assert {group["signature"][0]["value"] for group in left["groups"]} == {"Serach", "nobody"}
    assert left["totals"] == [{"currency": "EUR", "effective_cost": "20.000000000000000001"}]


def test_what_is_excluded_stays_in_the_totals_and_leaves_the_share(client: TestClient) -> None:
    before = owned(client, "by=team")
    signature = groups(client)["42", "Compute"]["signature"]
    publish(client, act="exclude", groups=[signature], reason="until the lab closes", valid_to="2026-12-01")
    assert owned(client, "by=team") == before
    left = client.get("/api/v1/unallocated").json()
    assert left["excluded"] == [{"currency": "EUR", "effective_cost": "95.5"}]
    assert left["totals"] == [{"currency": "EUR", "effective_cost": "20.000000000000000001"}]
    assert left["shares"][0]["percent"] == "15.3"
    (out,) = groups(client, "kind=excluded").values()
    assert (out["reason"], out["cost"][0]["effective_cost"]) == ("until the lab closes", "95.5")


def test_doubtful_cost_has_an_owner_on_weak_evidence(client: TestClient) -> None:
    rules = RULES.replace("team:\n", "team:\n    default: checkout\n")
    texts = {"org": "teams: [{key: search}, {key: checkout}]", "rules": rules}
    assert ended(client, client.put("/api/v1/rules", json=texts))["state"] == "done"
    found = client.get("/api/v1/unallocated?kind=doubtful").json()
    assert {group["owner"] for group in found["groups"]} == {"checkout"}
    assert {group["reason"] for group in found["groups"]} == {"by default: no rule knows it"}
    answer = client.get("/api/v1/costs?period=2026-10&where=layer:default&by=rule").json()
    assert found["totals"][0]["effective_cost"] == answer["totals"][0]["effective_cost"] == "115.500000000000000001"
    assert client.get("/api/v1/unallocated").json()["groups"] == []


def named(client: TestClient, team_rules: str) -> None:
    """Put in force: `team` with these lines before its rules."""
    texts = {
        "org": "teams: [{key: search}, {key: checkout}]",
        "rules": RULES.replace("team:\n", f"team:\n{team_rules}"),
    }
    assert ended(client, client.put("/api/v1/rules", json=texts))["error"] is None


def moves(client: TestClient, **order: Any) -> dict[tuple[str | None, str | None], str]:
    """What the draft of an order would move, from whom to whom."""
    draft = client.post("/api/v1/unallocated/draft", json=order).json()
    found = client.post("/api/v1/rules/preview", json={name: draft[name] for name in ("org", "rules", "files")}).json()
    assert found["valid"], found
    lost = [(one["was"], one["becomes"]) for one in found["newly_unallocated"]]
    assert lost == ([("checkout", None)] if order["act"] == "exclude" else [])
    return {(one["was"], one["becomes"]): one["amount"] for one in found["movement"]}


def test_doubtful_cost_is_split_and_excluded_as_what_nobody_owns(client: TestClient) -> None:
    named(client, "    default: checkout\n")
    asked = "/api/v1/unallocated?kind=doubtful"
    found = {group["signature"][0]["value"]: group for group in client.get(asked).json()["groups"]}
    assert set(found) == {"42", "7", "9"}
    about: dict[str, Any] = {"kind": "doubtful", "groups": [found["42"]["signature"]]}
    before = acts(client)
    split = {"method": "fixed", "percent": {"search": "80", "checkout": "20"}}
    parts = {("checkout", None): "95.5", (None, "search"): "76.4", (None, "checkout"): "19.1"}
    assert moves(client, **about, act="split", split=split) == parts
    publish(client, **about, act="split", split=split)
    assert owned(client, "by=team") == {"search": "91.4", "checkout": "39.100000000000000001", None: "0"}, "15 by tags"
    left = client.get(asked).json()
    assert {group["signature"][0]["value"] for group in left["groups"]} == {"7", "9"}
    assert left["totals"][0]["effective_cost"] == "20.000000000000000001"
    assert client.get("/api/v1/unallocated").json()["groups"] == []

    about["groups"] = [found["7"]["signature"]]
    publish(client, **about, act="exclude", reason="sold")
    (out,) = groups(client, "kind=excluded").values()
    assert (out["reason"], out["cost"][0]["effective_cost"], out["owner"]) == ("sold", "20", None)
    assert owned(client, "by=team")[None] == "20"
    client.post("/api/v1/unallocated/ask", json={"groups": [out["signature"]], "team": "search", "kind": "excluded"})
    publish(client, act="include", kind="excluded", groups=[out["signature"]])
    asked_of = client.get(f"/api/v1/questions?group={out['id']}").json()["questions"]
    assert [one["state"] for one in asked_of if one["kind"] == "excluded"] == ["open"], "nobody has said whose it is"
    assert groups(client, "kind=excluded") == {}
    assert set(groups(client, "kind=doubtful")) == {("7", "Compute"), ("9", "Compute")}
    again = client.post("/api/v1/unallocated/draft", json={"act": "include", "groups": [out["signature"]]})
    assert (again.status_code, again.json()["detail"]) == (409, "No rule of the document excludes this cost.")
    after = acts(client)
    assert [after[act] - before[act] for act in ("split", "exclude", "include")] == [1, 1, 1]
    gone = client.post(
        "/api/v1/unallocated/draft", json={**about, "act": "exclude", "reason": "x", "kind": "contradicted"}
    )
    assert (gone.status_code, gone.json()["field"]) == (409, "groups")


def test_what_a_team_splits_of_another_waits_for_that_team_alone(client: TestClient) -> None:
    named(client, "    default: checkout\n")
    group = groups(client, "kind=doubtful")["42", "Compute"]
    base = client.get("/api/v1/rules").json()["version"]
    order = {"act": "split", "kind": "doubtful", "groups": [group["signature"]], "on_behalf": "search", "base": base,
             "split": {"method": "even", "to": ["search", "checkout"]}}  # fmt: skip
    job = ended(client, client.post("/api/v1/unallocated/publish", json=order))
    assert (job["state"], job["error"]["detail"]) == ("failed", "It waits for checkout.")
    order |= {"act": "exclude", "reason": "x"}
    job = ended(client, client.post("/api/v1/unallocated/publish", json=order))
    assert job["error"]["detail"] == "It waits for the platform, checkout."


NAMED = "{id: accounts, from: sub_account}"
STRICT = "{id: strict, from: tag.component, unknown: unallocated}"


@pytest.mark.parametrize(
    ("precedence", "first", "kind", "group", "was"),
    [
        ("", NAMED, "doubtful", ("7", "Compute"), "checkout"),
        ("[tag, rule, name]", NAMED, "doubtful", ("7", "Compute"), "checkout"),
        ("", STRICT, "unallocated", ("Serach",), None),
        ("[tag]", STRICT, "unallocated", ("Serach",), None),
    ],
)
def test_a_rule_is_put_where_it_decides(
    client: TestClient, precedence: str, first: str, kind: str, group: tuple[str, ...], was: str | None
) -> None:
    order = f"    precedence: {precedence}\n" if precedence else ""
    rules = f"dimensions:\n  team:\n{order}    rules:\n      - {first}\n      - {{id: tagged, from: tag.component}}\n"
    texts = {"org": "teams: [{key: search}, {key: checkout, aliases: ['7']}]", "rules": rules}
    assert ended(client, client.put("/api/v1/rules", json=texts))["error"] is None
    found = groups(client, f"kind={kind}")[group]
    assert moves(client, act="assign", kind=kind, groups=[found["signature"]], team="search") == {(was, "search"): "20"}


def test_an_owner_is_contradicted_by_all_else_and_an_override_settles_it(client: TestClient) -> None:
    fleet = [*(("search", "index", place) for place in range(9)), *(("checkout", "pay", place) for place in range(9))]
    rows = [(team, team, word, f"{word}-{place}") for team, word, place in fleet]
    text = BILL.replace("Tags\n", "ResourceId,ResourceName,Tags\n") + "".join(
        ROW.format(cost="1.5", day="2025-11-11", next="2025-11-12", account=account, component=team)
        .replace("2026-10-01", "2025-11-01").replace("2026-11-01", "2025-12-01")
        .replace(',"{""c', f',id/{name},{name},"{{""app"": ""{word}"", ""c')
        for team, account, word, name in [*rows, ("checkout", "search", "index", "index-99")]
    )  # fmt: skip
    assert ended(client, client.post("/api/v1/upload?name=f.csv&source=f", content=text.encode()))["error"] is None
    asked = "/api/v1/unallocated?kind=contradicted&month=2025-11"
    found = client.get(asked).json()
    (odd,) = found["groups"]
    assert odd["signature"] == [{"column": "resource", "value": "id/index-99"}]
    assert (odd["owner"], odd["reason"], odd["suggestions"][0]["team"]) == ("checkout", "tagged", "search")
    assert {one["kind"] for one in odd["suggestions"][0]["evidence"]} >= {"tag", "name", "account"}
    query = "&".join(["period=2025-11", *odd["where"]])
    (answer,) = client.get(f"/api/v1/costs?{query}").json()["totals"]
    assert found["totals"] == odd["cost"] == found["owners"][0]["cost"] == [answer]
    assert answer["effective_cost"] == "1.5"
    body = {"groups": [odd["signature"]], "team": "search", "kind": "contradicted"}
    path = client.post("/api/v1/unallocated/ask", json=body).json()["path"]
    assert path == f"/attribution?tab=inbox&sel=contradicted;group:{odd['id']};team:search"
    about: dict[str, Any] = {"kind": "contradicted", "groups": [odd["signature"]]}
    even = {"method": "even", "to": ["checkout", "search"]}
    found = [moves(client, **about, act="split", split=even), moves(client, **about, act="exclude", reason="lent")]
    assert found == [{("checkout", None): "1.5", (None, "checkout"): "0.75", (None, "search"): "0.75"},
                     {("checkout", None): "1.5"}]  # fmt: skip
    draft = publish(client, **about, act="assign", team="search")
    assert "overrides:" in draft["rules"] and "resource: id/index-99" in draft["rules"]
    assert client.get(f"/api/v1/costs?by=team&{query}").json()["rows"] == []
    assert client.get(asked).json()["groups"] == []


def test_a_question_names_an_address_of_exactly_the_groups(client: TestClient) -> None:
    group = groups(client)["Serach",]
    before = acts(client)["ask"]
    asked = client.post("/api/v1/unallocated/ask", json={"groups": [group["signature"]], "team": "search"}).json()
    assert asked["path"] == f"/attribution?tab=inbox&sel=group:{group['id']};team:search"
    assert acts(client)["ask"] == before + 1


def test_a_question_is_kept_with_its_answer_and_not_asked_again_after_a_no(
    client: TestClient,
) -> None:
    def ask(team: str, *wanted: Any, **more: Any) -> Any:
        body = {"groups": [one["signature"] for one in wanted], "team": team, **more}
        return client.post("/api/v1/unallocated/ask", json=body)

    def states(team: str) -> dict[str, str]:
        found = client.get(f"/api/v1/questions?team={team}").json()["questions"]
        return {one["group"]: one["state"] for one in found}

    found = groups(client)
    account, nobody = found["42", "Compute"], found["nobody",]
    before = acts(client)
    assert ask("checkout", account, nobody, on_behalf="search").json()["left_out"] == 0
    assert ask("checkout", account).status_code == 200, "once more, kept once"
    listed = client.get("/api/v1/questions?team=checkout").json()["questions"]
    first = client.get("/api/v1/questions?team=checkout&limit=1").json()
    rest = client.get("/api/v1/questions", params={"team": "checkout", "limit": 1, "cursor": first["next"]}).json()
    assert [*first["questions"], *rest["questions"]] == listed
    assert (first["waiting"], rest["waiting"], rest["next"]) == (2, 2, None)
    assert client.get("/api/v1/questions?cursor=nonsense").status_code == 422
    about = client.get(f"/api/v1/questions?group={nobody['id']}").json()
    assert (about["waiting"], [one["group"] for one in about["questions"]]) == (1, [nobody["id"]])
    assert len([*csv.DictReader(io.StringIO(client.get("/api/v1/questions.csv?team=checkout").text))]) == 2
    assert {(one["group"], one["state"], one["asked_at"]) for one in listed} == {
        (one["id"], "open", "2026-11-20T09:00:00Z") for one in (account, nobody)
    }
    (asked,) = [one for one in listed if one["group"] == account["id"]]
    assert (asked["signature"], asked["on_behalf"]) == (account["signature"], "search")
    denial = {"questions": [asked["id"]], "reason": "of the lab"}
    assert client.post("/api/v1/questions/answer", json={**denial, "reason": " "}).status_code in (400, 422)
    (denied,) = client.post("/api/v1/questions/answer", json=denial).json()["questions"]
    assert (denied["state"], denied["reason"]) == ("not_ours", "of the lab")
    assert client.post("/api/v1/questions/answer", json=denial).status_code == 409
    assert ask("checkout", account).json()["detail"] == "checkout has said no: of the lab"
    again = ask("checkout", account, nobody).json()
    assert (again["left_out"], account["id"] in again["path"], nobody["id"] in again["path"]) == (1, False, True)
    assert (acts(client)["ask"], acts(client)["answer"]) == (before["ask"] + 3, before["answer"] + 1)
    assert acts(client)["by_teams"] == before["by_teams"] + 2, "one question of search, one answer of checkout"

    assert ask("search", nobody).status_code == 200
    publish(client, act="assign", groups=[nobody["signature"]], team="checkout", on_behalf="checkout")
    assert states("checkout") == {account["id"]: "not_ours", nobody["id"]: "ours"}
    assert states("search")[nobody["id"]] == "settled"
    assert ask("sales", account).status_code == 400


def test_a_claim_on_doubtful_cost_waits_and_a_refused_one_is_no_answer(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = RULES.replace("team:\n", "team:\n    default: checkout\n")
    texts = {"org": "teams: [{key: search}, {key: checkout}]", "rules": rules}
    assert ended(client, client.put("/api/v1/rules", json=texts))["state"] == "done"
    group = client.get("/api/v1/unallocated?kind=doubtful").json()["groups"][0]
    about = {"groups": [group["signature"]], "team": "search"}
    asked = client.post("/api/v1/unallocated/ask", json={**about, "kind": "doubtful"}).json()
    assert asked["path"] == f"/attribution?tab=inbox&sel=doubtful;group:{group['id']};team:search"
    assert "with a doubtful owner" in asked["text"]
    found = client.get(f"/api/v1/unallocated?kind=doubtful&group={group['id']}").json()["groups"]
    assert [one["id"] for one in found] == [group["id"]], "the address finds it"

    def question() -> dict[str, Any]:
        listed = client.get("/api/v1/questions?team=search").json()["questions"]
        return next(one for one in listed if one["group"] == group["id"])

    app: Any = client.app
    unanswered = Questions(app.state.services.store.state).some([question()["id"]])
    base = client.get("/api/v1/rules").json()["version"]
    order = {**about, "act": "assign", "on_behalf": "search", "base": base}
    job = ended(client, client.post("/api/v1/unallocated/publish", json=order))
    assert (job["state"], job["error"]["detail"]) == ("failed", "It waits for checkout.")
    claimed = question()
    assert (claimed["kind"], claimed["state"], bool(claimed["request"])) == ("doubtful", "claimed", True)
    denial = {"questions": [claimed["id"]], "reason": "no"}
    assert client.post("/api/v1/questions/answer", json=denial).status_code == 409
    with monkeypatch.context() as patched:
        patched.setattr(Questions, "some", lambda _kept, _ids: unanswered)  # as it was read before that claim came
        assert client.post("/api/v1/questions/answer", json=denial).status_code == 409
    assert question()["state"] == "claimed"
    for team in ("checkout", None):
        no = {"team": team, "accepted": False, "reason": "it is ours"}
        assert client.post(f"/api/v1/rules/requests/{claimed['request']}/answer", json=no).status_code == 200
    again = question()
    assert (again["state"], again["request"], again["answered_at"]) == ("open", None, None)
    (denied,) = client.post("/api/v1/questions/answer", json=denial).json()["questions"]
    assert (denied["state"], denied["reason"]) == ("not_ours", "no")


@pytest.mark.parametrize(
    ("order", "field"),
    [
        ({"act": "assign", "team": "sales"}, "team"),
        ({"act": "exclude"}, "reason"),
        ({"act": "split"}, "split"),
        ({"act": "split", "split": {"method": "even", "to": ["sales"]}}, "team"),
        *(({"act": act, "reason": "old", "groups": [[{"column": "team", "value": "search"}]]}, "groups")
          for act in ("exclude", "include")),
    ],
)  # fmt: skip
def test_an_order_must_have_what_its_act_needs(client: TestClient, order: dict[str, Any], field: str) -> None:
    asked = {"groups": [[{"column": "service", "value": "x"}]], **order}
    refused = client.post("/api/v1/unallocated/draft", json=asked)
    assert (refused.status_code, refused.json()["field"]) == (400, field)
    hostile = {**asked, "act": "exclude", "reason": "old", "note": "red\x1b[31m"}
    assert client.post("/api/v1/unallocated/draft", json=hostile).status_code == 422


def test_nothing_is_published_over_a_version_that_nobody_looked_at(client: TestClient) -> None:
    order = {"act": "assign", "groups": [[{"column": "service", "value": "x"}]], "team": "search", "base": 999}
    refused = client.post("/api/v1/unallocated/publish", json=order)
    assert (refused.status_code, refused.json()["field"]) == (409, "base")
