"""Requests, offers and disputes through the real API, over a real store, with a clock that tests turn."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from starlette.testclient import TestClient

from api import ApiSettings, create_app
from api import documents as doc
from outlay.actions import Actions
from outlay.jobs import JobRunner
from tests.outlay.spine import Quiet, open_store
from tests.outlay.test_entities import BILL, ROW, ended
from warehouse.attribution.consent import PLATFORM
from warehouse.store.requests import Dispute, GivenAnswer, Requests, offers

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
ORG = "teams: [{key: shop}, {key: checkout, parent: shop}, {key: search}, {key: data}]\n"
RULES = """\
# ours
dimensions:
  team:
    rules:
      # by component
      - id: tagged
        from: tag.component
"""
CLAIM = """\
      - id: claim
        when: {column: sub_account, equals: "%s"}
        value: %s
"""
CHARGES = (("3", 5, "42", "search"), ("7", 6, "43", "search"), ("100", 7, "44", ""), ("20", 8, "45", "checkout"))


def first(*claims: tuple[str, str]) -> str:
    """The rules, and before them some that give an account to a team each."""
    before, after = RULES.split("      # by component\n")
    made = "".join((CLAIM % one).replace("claim", f"claim-{place}" if place else "claim")
                   for place, one in enumerate(claims))  # fmt: skip
    return before + made + "      # by component\n" + after


class World:
    """The API, and the clock behind it."""

    def __init__(self, folder: Any) -> None:
        self.now = NOW
        self.store, self.jobs = open_store(folder / "data"), JobRunner(lambda: self.now)
        settings = ApiSettings(scratch=folder / "scratch", now=lambda: self.now, version="0")
        self.actions = Actions(self.store, lambda: self.now)
        app = create_app(self.store, self.jobs, self.actions, settings)
        self.client = TestClient(app, base_url="http://localhost")

    def reset(self) -> None:
        self.now = NOW
        for one in self.get("/rules/offers")["offers"]:
            self.take_back(one)
        self.publish_rules(RULES)

    def publish_rules(self, rules: str, files: Any = None) -> None:
        texts = {"org": ORG, "rules": rules, "files": files or {}}
        done = ended(self.client, self.client.put("/api/v1/rules", json=texts))
        assert done["state"] in ("done", "unchanged"), done

    def get(self, path: str) -> Any:
        found = self.client.get(f"/api/v1{path}")
        assert found.status_code == 200, found.text
        return found.json()

    def post(self, path: str, status: int = 200, **body: Any) -> Any:
        found = self.client.post(f"/api/v1{path}", json=body)
        assert found.status_code == status, found.text
        return found.json()

    def submit(self, team: str, rules: str, **more: Any) -> Any:
        base = self.get("/rules")["version"]
        return self.post("/rules/requests", 201, team=team, org=ORG, rules=rules, base=base, **more)

    def claim(self, team: str, account: str) -> Any:
        return self.submit(team, first((account, team)))

    def answer(self, request: Any, team: str | None, accepted: bool, status: int = 200) -> Any:
        reason = "so it is"
        return self.post(f"/rules/requests/{request['id']}/answer", status, team=team, accepted=accepted, reason=reason)

    def publish(self, request: Any, team: str | None) -> Any:
        return ended(
            self.client, self.client.post(f"/api/v1/rules/requests/{request['id']}/publish", json={"team": team})
        )

    def take_back(self, offer: Any, team: str = "", status: int = 204) -> None:
        found = self.client.delete(f"/api/v1/rules/offers/{offer['id']}" + (f"?team={team}" if team else ""))
        assert found.status_code == status, found.text

    def cost(self, team: str) -> str:
        rows = self.get(f"/costs?where=team:{team}&period=2026-10")["totals"]
        return rows[0]["effective_cost"] if rows else "0"


@pytest.fixture(scope="module")
def opened(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    world = World(tmp_path_factory.mktemp("requests"))
    text = BILL + "".join(
        ROW.format(cost=cost, day=f"2026-10-{day:02}", next=f"2026-10-{day + 1:02}", account=account, component=name)
        for cost, day, account, name in CHARGES
    )
    done = world.client.post("/api/v1/upload?name=b.csv&source=a", content=text.encode())
    assert ended(world.client, done)["state"] == "done"
    yield world
    world.jobs.close()
    world.store.close()


@pytest.fixture
def world(opened: World) -> World:
    opened.reset()
    return opened


def test_what_nobody_owns_is_claimed_at_once(world: World) -> None:
    request = world.claim("data", "44")
    assert (request["state"], request["asked"], request["waits_for"]) == ("accepted", [], ["data"])
    assert world.publish(request, "data")["state"] == "done"
    assert world.cost("data") == "100"
    found = world.get(f"/rules/requests/{request['id']}")
    assert (found["state"], found["version"]) == ("published", world.get("/rules")["version"])
    assert "+      - id: claim" in found["diff"]


def test_what_another_team_has_is_asked_for(world: World) -> None:
    request = world.claim("data", "42")
    assert [(one["team"], one["needs"]) for one in request["asked"]] == [("search", ["takes"])]
    assert [(one["was"], one["becomes"], one["amount"]) for one in request["largest"]] == [("search", "data", "3")]
    assert "movement" not in request, "only its own page has all of it"
    detail = world.get(f"/rules/requests/{request['id']}")
    assert [(one["service"], one["amount"]) for one in detail["by_service"]] == [("Compute", "3")]
    assert [(one["amount"], one["lines"], one["of"]) for one in detail["by_resource"]] == [("3", 1, 1)]
    texts = {name: detail["texts"][name] for name in ("org", "rules", "files")}
    for table, own in (("movement", ["3"]), ("by-service", ["3", "Compute"]), ("by-month", ["3", "2026-10"])):
        asked = world.client.get(f"/api/v1/rules/requests/{request['id']}/{table}.csv")
        posted = world.client.post(f"/api/v1/rules/preview/{table}.csv", json=texts)
        assert asked.text == posted.text, "the draft in the address of the request, and posted"
        (row,) = csv.DictReader(posted.text.splitlines())
        assert (row["was"], row["becomes"], row["lines"]) == ("search", "data", "1")
        assert set(own) <= set(row.values())
    wrong = world.client.post("/api/v1/rules/preview/movement.csv", json={**texts, "rules": "dimensions: 1"})
    assert (wrong.status_code, wrong.json()["type"]) == (400, "urn:outlay:problem:rules"), "no empty file"
    assert world.publish(request, "data")["state"] == "failed", "search has not answered"
    world.answer(request, "data", accepted=True, status=409)
    world.answer(request, None, accepted=True, status=409)
    assert request["id"] in [one["id"] for one in world.get("/rules/requests?team=search")["requests"]]
    assert world.answer(request, "search", accepted=True)["state"] == "accepted"
    assert world.cost("data") == "0"
    assert world.publish(request, "data")["state"] == "done"
    assert (world.cost("data"), world.cost("search")) == ("3", "7")


def test_the_parent_answers_for_those_below_it_and_takes_without_asking(world: World) -> None:
    request = world.claim("data", "45")
    assert world.answer(request, "shop", accepted=True)["state"] == "accepted"
    assert world.claim("shop", "45")["asked"] == []


def test_a_parent_answers_for_all_below_it_though_one_answers_meanwhile(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    before, after = RULES.split("      # by component\n")
    org = ORG.replace("{key: search}", "{key: search, parent: shop}")
    done = ended(world.client, world.client.put("/api/v1/rules", json={"org": org, "rules": RULES}))
    assert done["state"] == "done"
    rules = before + CLAIM % ("42", "data") + (CLAIM % ("45", "data")).replace("claim", "more") + after
    base = world.get("/rules")["version"]
    request = world.post("/rules/requests", 201, team="data", org=org, rules=rules, base=base)
    assert [one["team"] for one in request["asked"]] == ["checkout", "search"]
    world.answer(request, "checkout", accepted=True)
    with monkeypatch.context() as patched:
        patched.setattr(Requests, "answers", lambda _kept, _ids: {})  # as it was read before that answer came
        world.answer(request, "shop", accepted=True)
        world.answer(request, "shop", accepted=True, status=409)
    assert world.get(f"/rules/requests/{request['id']}")["state"] == "accepted"


def test_refused_and_unanswered_requests_are_the_platform_s(world: World) -> None:
    refused, forgotten = world.claim("data", "42"), world.claim("data", "43")
    world.post(f"/rules/requests/{refused['id']}/answer", 400, team="search", accepted=False)
    assert world.answer(refused, "search", accepted=False)["state"] == "escalated"
    assert world.answer(refused, None, accepted=False)["state"] == "refused"
    world.now += timedelta(days=14)
    (waiting,) = [one for one in world.get("/rules/requests")["requests"] if one["id"] == forgotten["id"]]
    assert (waiting["state"], waiting["waits_for"]) == ("escalated", ["search", None][::-1])
    assert world.answer(forgotten, None, accepted=True)["state"] == "accepted"
    assert world.publish(forgotten, None)["state"] == "done"
    assert world.cost("data") == "7"


def test_offered_cost_is_claimed_without_asking(world: World) -> None:
    offer = {"team": "search", "scope": "where=sub_account:42&where=team:search", "until": "2026-11-30"}
    world.post("/rules/offers", 400, **{**offer, "scope": "where=pool:x"})
    world.post("/rules/offers", 400, **{**offer, "until": "2026-11-20"})
    world.post("/rules/offers", 422, **{**offer, "note": "two\x1b[0m"})
    made = world.post("/rules/offers", 201, **offer, note="moves to data")
    assert (made["until"], made["actor"]) == ("2026-11-30", "local")
    request = world.claim("data", "42")
    assert request["state"] == "accepted"
    assert world.claim("data", "43")["state"] == "open", "that account is not offered"
    world.take_back(made, "data", 403)
    world.now = datetime(2026, 11, 30, tzinfo=UTC)
    assert world.get("/rules/offers")["offers"] == [], "it is over"
    assert world.claim("data", "42")["state"] == "open"
    failed = world.publish(request, "data")
    assert failed["error"]["detail"] == "By now it would take what nobody consented to."
    world.now = NOW
    world.take_back(made, "search")
    world.take_back(made, "search", 404)
    kept = sa.select(offers.c.taken_back_by, offers.c.taken_back_at).where(offers.c.id == made["id"])
    with world.store.state.engine.begin() as connection:
        assert connection.execute(kept).one() == ("local", "2026-11-20T09:00:00.000000Z")


def test_an_offer_up_to_an_amount_is_claimed_no_further(world: World) -> None:
    offer = {"team": "search", "scope": "where=service:Compute", "until": "2026-11-30", "up_to": "7", "currency": "EUR"}
    world.post("/rules/offers", 400, **{**offer, "currency": None})
    world.post("/rules/offers", 422, **{**offer, "up_to": "7e3"})
    made = world.post("/rules/offers", 201, **offer)
    assert (made["up_to"], made["currency"]) == ("7", "EUR")
    assert world.claim("data", "43")["state"] == "accepted", "7 is no more than 7"
    request = world.claim("data", "42")
    both = {"team": "data", "org": ORG, "rules": first(("42", "data"), ("43", "data")), "base": request["base"]}
    refused = world.post("/rules/requests", 409, **both)
    (answer,) = world.get("/costs?where=team:search&where=sub_account:42,43&period=2026-10")["totals"]
    told = f"search offers up to 7 EUR a month; what is claimed of it cost {answer['effective_cost']} EUR in 2026-10."
    assert refused["detail"] == told and "10 EUR in" in told
    assert world.submit("search", both["rules"])["asked"], "its own cost it gives away as it likes"
    world.take_back(made, "search")
    made = world.post("/rules/offers", 201, **{**offer, "up_to": "2.99"})
    failed = world.publish(request, "data")
    assert failed["error"]["detail"] == "By now it would take what nobody consented to."
    world.post("/rules/offers", 201, **{**offer, "scope": "where=sub_account:42", "up_to": None, "currency": None})
    assert world.claim("data", "42")["state"] == "accepted", "another offer has no limit"
    world.take_back(made, "search")
    world.post("/rules/offers", 201, **{**offer, "scope": "where=sub_account:43", "currency": "USD"})
    assert world.claim("data", "43")["state"] == "open", "nothing in EUR is offered"


def test_a_rule_that_frees_nothing_yet_is_not_hidden_behind_one_whose_cost_pools_pass_on(world: World) -> None:
    free = '      - {id: free-%s, when: {column: sub_account, equals: "%s"}, value: (none)}\n'
    before, after = RULES.split("      # by component\n")
    pool = "{id: p, unallocated: true, when: {column: sub_account, equals: '42'}, split: even, to: [search]}"

    def asked(*accounts: str) -> dict[str | None, list[str]]:
        rules = before + "".join(free % (one, one) for one in accounts) + after
        request = world.submit("search", rules, files={"pools.yaml": f"pools: [{pool}]\n"})
        return {one["team"]: one["needs"] for one in world.get(f"/rules/requests/{request['id']}")["asked"]}

    assert asked("42") == {}, "search has it again at once"
    assert asked("42", "99") == {None: ["rule"]}, "nobody has seen 99 yet"


def test_what_is_being_published_cannot_be_withdrawn_meanwhile(world: World) -> None:
    request = world.claim("data", "44")
    consents, said = world.actions.consents, []
    publish = consents._publish

    def meanwhile(*order: Any) -> Any:
        said.append(world.post(f"/rules/requests/{request['id']}/withdraw", 409, team="data")["detail"])
        said.append(world.publish(request, "data")["error"]["detail"])
        return publish(*order)

    consents._publish = meanwhile
    try:
        consents.publish(request["id"], doc.Acting(team="data"), "local", Quiet())
    finally:
        consents._publish = publish
    assert said == ["The request is being published."] * 2
    assert world.get(f"/rules/requests/{request['id']}")["state"] == "published"


def test_rules_that_changed_meanwhile_are_kept_and_looked_at_again(world: World) -> None:
    request = world.claim("data", "44")
    world.publish_rules(RULES + CLAIM.replace("claim", "other") % ("43", "shop"))
    assert world.publish(request, "data")["state"] == "done"
    text = world.get("/rules")["rules"]
    assert "id: other" in text
    assert "id: claim" in text

    world.reset()
    request = world.claim("data", "44")
    world.publish_rules(
        RULES.replace("      # by", (CLAIM.replace("claim", "first") % ("44", "search")) + "      # by")
    )
    failed = world.publish(request, "data")
    assert failed["state"] == "done", "theirs comes first: nothing of it is taken"
    assert (world.cost("search"), world.cost("data")) == ("110", "0")

    world.reset()
    request = world.claim("data", "44")
    world.publish_rules(RULES + CLAIM.replace("claim", "last") % ("44", "search"))
    failed = world.publish(request, "data")
    assert (failed["state"], failed["error"]["detail"]) == ("failed", "By now it would take what nobody consented to.")
    assert world.cost("search") == "110"
    assert world.get(f"/rules/requests/{request['id']}")["state"] == "escalated"


def full(*_of: object) -> None:
    raise OSError("full")


def test_withdrawn_replaced_and_not_of_others(world: World) -> None:
    request = world.claim("data", "42")
    world.post(f"/rules/requests/{request['id']}/withdraw", 403, team="search")
    assert world.post(f"/rules/requests/{request['id']}/withdraw", team="data")["state"] == "withdrawn"
    world.answer(request, "search", accepted=True, status=409)
    first = world.claim("data", "42")
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(Requests, "add", full)
        draft = {"team": "data", "org": ORG, "rules": RULES, "base": first["base"], "replaces": first["id"]}
        world.post("/rules/requests", 500, **draft)
    assert world.get(f"/rules/requests/{first['id']}")["state"] == "open", "nothing is in its place"
    world.submit("data", RULES, replaces=first["id"])
    assert world.get(f"/rules/requests/{first['id']}")["state"] == "superseded"
    found = world.submit("data", RULES.replace("tag.component", "sub_account_name"))
    assert {one["team"]: one["needs"] for one in found["asked"]}[None] == ["rule", "unallocates"], (
        "nobody owns that rule"
    )


def test_a_dispute_becomes_a_draft_that_the_other_team_answers(world: World) -> None:
    order = {"team": "search", "scope": "where=service:Compute", "reason": "not ours since May", "suggested": "data"}
    dispute = world.post("/rules/disputes", 201, **order, period="2026-10")
    assert dispute["totals"] == [{"currency": "EUR", "effective_cost": "10"}]
    assert world.get(f"/costs?{dispute['query']}")["totals"][0]["effective_cost"] == "10"
    request = world.get(f"/rules/requests/{dispute['request']}")
    assert [(one["was"], one["becomes"], one["amount"]) for one in request["movement"]] == [("search", "data", "10")]
    assert request["waits_for"] == ["data"], "others have Compute too, and lose nothing"
    assert [one["id"] for one in world.get("/rules/disputes?team=data")["disputes"]] == [dispute["id"]]
    world.answer(request, "data", accepted=True)
    assert world.publish(request, "search")["state"] == "done"
    assert (world.cost("search"), world.cost("data"), world.cost("checkout")) == ("0", "10", "20")
    assert world.get("/rules/disputes")["disputes"][0]["state"] == "published"


def test_a_dispute_without_another_owner_is_the_platform_s(world: World) -> None:
    order = {"team": "search", "reason": "whose is it?", "period": "2026-10"}
    dispute = world.post("/rules/disputes", 201, **order, scope="where=sub_account:42")
    request = world.get(f"/rules/requests/{dispute['request']}")
    assert (request["waits_for"], request["movement"][0]["becomes"]) == ([None], None)
    world.answer(request, None, accepted=True)
    assert world.publish(request, None)["state"] == "done"
    assert (world.cost("search"), world.cost("(none)")) == ("7", "103")
    shared = world.post("/rules/disputes", 201, **order, scope="where=allocation:shared&where=pool:x")
    found = world.get(f"/rules/requests/{shared['request']}")
    assert (found["waits_for"], found["diff"], found["asked"][0]["needs"]) == ([None], "", ["dispute"])
    world.post("/rules/disputes", 400, **order, scope="where=team:search")
    world.post("/rules/disputes", 400, **{**order, "suggested": "nobody"}, scope="where=sub_account:42")


def test_lists_come_in_pages_those_first_that_wait(world: World) -> None:
    kept = Requests(world.store.state)
    old = kept.one(world.claim("data", "42")["id"])
    assert old is not None
    made = [replace(old, id=f"{number:032}", created_at=f"2020-01-0{number}T00:00:00.000000Z",
                    closed="withdrawn" if number in (2, 4) else None) for number in range(1, 6)]  # fmt: skip
    for one in made:
        kept.add(one)
    kept.answer(GivenAnswer(made[4].id, PLATFORM, accepted=False, reason="no", actor="x", at=made[4].created_at))
    kept.dispute(
        Dispute("a" * 32, "shop", "where=service:x", "no", "checkout", "", [], "x", "2020-01-02T00:00:00Z", made[0].id)
    )
    kept.dispute(
        Dispute("b" * 32, "shop", "where=service:x", "no", "checkout", "", [], "x", "2020-01-02T00:00:00Z", made[4].id)
    )

    def pages(path: str, name: str) -> list[Any]:
        found, cursor = [], ""
        while cursor is not None:
            page = world.get(f"{path}&limit=1{cursor and f'&cursor={quote(cursor)}'}")
            assert len(page[name]) <= 1
            found, cursor = [*found, *page[name]], page["next"]
        return found

    listed = [(one["id"], one["state"]) for one in pages("/rules/requests?team=search", "requests")]
    ids = [one for one, _ in listed]
    assert len(ids) == len(set(ids))
    states = [state in ("withdrawn", "refused", "published", "superseded") for _, state in listed]
    assert states == sorted(states), "those that wait stand first"
    mine = [(one, state) for one, state in listed if one in {known.id for known in made}]
    assert mine == [(made[2].id, "open"), (made[0].id, "open"), (made[4].id, "refused"),
                    (made[3].id, "withdrawn"), (made[1].id, "withdrawn")]  # fmt: skip
    first_page = world.get("/rules/requests?team=search&limit=1")
    assert first_page["waiting"] == sum("search" in one["waits_for"] for one in pages("/rules/requests?", "requests"))
    disputed = [(one["id"][0], one["state"]) for one in pages("/rules/disputes?team=checkout", "disputes")]
    assert disputed == [("a", "open"), ("b", "refused")], "however old its request"
    assert world.client.get("/api/v1/rules/requests?cursor=x").status_code == 422


def asked(request: Any) -> dict[str | None, list[str]]:
    return {one["team"]: one["needs"] for one in request["asked"]}


def test_shares_of_pools_ask_whose_total_rises(world: World) -> None:
    """Data's 20 are for all by usage: 7 of search, 3 of checkout."""
    theirs = (("45", "data"), ("42", "checkout"))
    pool = "pools: [{id: clusters, teams: [data], split: proportional}]\n"
    world.publish_rules(first(*theirs))
    request = world.submit("data", first(*theirs), files={"pools.yaml": pool})
    assert asked(request) == {"checkout": ["gives"], "search": ["gives"]}
    detail = world.get(f"/rules/requests/{request['id']}")
    assert {(one["becomes"], one["amount"], one["shared"]) for one in detail["movement"]} == {
        ("search", "14", "14"), ("checkout", "6", "6")
    }  # fmt: skip
    assert {one["pool"] for one in detail["by_pool"]} == {"clusters"}
    for team in ("checkout", "search"):
        world.answer(request, team, accepted=True)
    assert world.publish(request, "data")["state"] == "done"

    def ask(team: str, rules: str, pools: str = pool) -> Any:
        return asked(world.submit(team, rules, files={"pools.yaml": pools}))

    assert ask("data", first(*theirs), f"# again\n{pool}") == {}, "it says the same"
    assert ask("checkout", first(*theirs, ("44", "checkout"))) == {}, "it weighs more and search less"
    nobody = first(*theirs).replace("value: checkout", "value: (none)")
    assert ask("checkout", nobody) == {None: ["rule", "unallocates"], "search": ["gives"]}, (
        "search would have all of it"
    )
    spared = pool.replace("split", "without: [search], split")
    assert ask("checkout", first(*theirs), spared) == {"data": ["pool"], "search": ["takes"]}
    assert ask("data", first(*theirs), "pools: []\n") == {"checkout": ["takes"], "search": ["takes"]}
    dearer = pool + "adjustments: [{id: margin, percent: 5, against: data}]\n"
    assert ask("data", first(*theirs), dearer) == {
        None: ["documents", "unallocates"], "checkout": ["gives"], "search": ["gives"]
    }  # fmt: skip


def test_acts_are_counted(world: World) -> None:
    def november() -> Any:
        return next(one for one in world.get("/attribution/toil")["months"] if one["month"] == "2026-11")

    before = november()
    request = world.claim("data", "42")
    world.answer(request, "search", accepted=True)
    after = november()
    assert (after["request"], after["answer"]) == (before["request"] + 1, before["answer"] + 1)
    assert after["by_teams"] == before["by_teams"] + 2
    before, after_others = RULES.split("      # by component\n")
    for account, state in (("44", "done"), ("42", "failed")):
        texts = {"org": ORG, "rules": before + CLAIM % (account, "data") + "      # by component\n" + after_others}
        put = world.client.put("/api/v1/rules?on_behalf=data", json=texts)
        assert ended(world.client, put)["state"] == state, account
    last = november()
    assert (last["publish"], last["request"]) == (after["publish"] + 1, after["request"] + 1), "what waits is asked for"
    assert last["by_teams"] == after["by_teams"] + 2


def test_the_cost_of_a_team_that_ended_is_in_the_inbox_for_who_is_above_it(world: World) -> None:
    org = ORG.replace("{key: checkout, parent: shop}", "{key: checkout, parent: shop, valid_to: 2026-10-08}")
    rules = RULES + CLAIM % ("45", "checkout")
    assert ended(world.client, world.client.put("/api/v1/rules", json={"org": org, "rules": rules}))["state"] == "done"
    assert world.get("/rules/ended-teams")["teams"] == [
        {"team": "checkout", "name": "checkout", "ended": "2026-10-08", "heir": "shop",
         "rules": [{"dimension": "team", "rule": "claim", "line": 8}]}
    ]  # fmt: skip
    shop = "apiVersion: backstage.io/v1alpha1\nkind: Component\nmetadata: {name: till, annotations: " \
        "{infrawallet.io/account: '45'}}\nspec: {owner: checkout}\n"  # fmt: skip
    brought = world.client.post("/api/v1/entities/import", json={"files": [{"name": "till.yaml", "text": shop}]})
    assert ended(world.client, brought)["state"] == "done"
    named = world.get("/rules/ended-teams")["teams"][0]["rules"]
    assert [one["line"] for one in named] == [8, None], "a rule of a catalogue stands in no text"
    found = world.get("/unallocated?month=2026-10")["groups"]
    (group,) = [one for one in found if one["cost"][0]["effective_cost"] == "20"]
    assert group["suggestions"][0]["team"] == "shop"
    assert group["suggestions"][0]["evidence"][0]["text"] == "checkout ended, below shop"
    line = world.get("/lines?where=sub_account:45&period=2026-10")["rows"][0]["id"]
    (why,) = [one for one in world.get(f"/lines/{line}")["why"] if one["dimension"] == "team"]
    assert why["reason"] == "team_not_valid:checkout"
