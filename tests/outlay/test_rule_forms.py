"""Rules by form through the real API: the text keeps everything that the form did not touch."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from tests.outlay.test_inbox import RULES, client, served

__all__ = ["client", "served"]


def edited(client: TestClient, text: str, **order: Any) -> str:
    answer = client.post("/api/v1/rules/edit", json={"rules": text, "dimension": "team", **order})
    assert answer.status_code == 200, answer.text
    return str(answer.json()["rules"])


def read(client: TestClient, text: str) -> dict[str, Any]:
    found: dict[str, Any] = client.post("/api/v1/rules/read", json={"org": "", "rules": text}).json()
    return found


def test_a_rule_is_added_changed_moved_and_taken_out_of_the_same_text(client: TestClient) -> None:
    condition = {"all": [{"column": "service", "equals": "Compute"}, {"not": {"column": "region", "missing": "true"}}]}
    text = edited(client, RULES, act="add", item={"id": "lab", "when": condition, "value": "checkout"})
    text = edited(client, text, act="move", place=1, to=0)
    text = edited(client, text, act="put", place=0, item={"id": "lab", "when": condition, "value": "search"})
    assert "- id: tagged  # by component\n" in text and text.startswith("# ours\n")
    found = read(client, text)["rules"]
    assert [(one["place"], one["item"]["id"]) for one in found] == [(0, "lab"), (1, "tagged")]
    assert found[0]["item"] == {"id": "lab", "when": condition, "value": "search"}
    assert text.splitlines()[found[0]["entries"]["value"] - 1].strip() == "value: search"
    assert client.post("/api/v1/rules/check", json={"org": "teams: [{key: search}]", "rules": text}).json()["valid"]
    assert edited(client, text, act="remove", place=0) == RULES
    override = {"id": "fixed", "resource": ["r-1"], "value": "search"}
    assert "overrides:" in edited(client, RULES, act="add", list="overrides", item=override)


def test_a_text_that_breaks_rules_can_be_read_and_one_that_is_no_yaml_is_refused(client: TestClient) -> None:
    found = read(client, "dimensions: {team: {rules: [{id: a, valu: x}]}, owner: {}}")
    assert found["rules"][0]["item"] == {"id": "a", "valu": "x"}
    assert found["dimensions"] == ["team", "application", "environment", "owner"]
    assert {"service", "owner"} <= set(found["columns"]) and "glob" in found["comparisons"]
    for text in ("a: [", "a: &x 1\nb: *x", "dimensions: !!python/name:os.system x"):
        refused = client.post("/api/v1/rules/read", json={"org": "", "rules": text})
        assert refused.json()["faults"][0]["line"] is not None, text
    for text, order in (("dimensions: [1]", {"act": "add"}), (RULES, {"act": "put", "place": 5})):
        order = {"rules": text, "dimension": "team", "item": {"id": "a"}, **order}
        assert client.post("/api/v1/rules/edit", json=order).status_code == 400


def test_each_rule_has_its_lines_its_money_and_what_it_does(client: TestClient) -> None:
    rules = RULES.replace(
        "assertions:",
        "      - {id: late, from: tag.component}\n"
        "      - {id: never, when: {column: service, equals: x}, value: search}\n"
        "  application:\n    rules:\n      - {id: named, from: tag.component}\n"
        "  floor:\n    rules:\n      - {id: lab, when: {column: sub_account, equals: '7'}, value: third}\nassertions:",
    )
    texts = {"org": "teams: [{key: search}, {key: checkout}]", "rules": rules}
    client.get(f"/api/v1/jobs/{client.put('/api/v1/rules', json=texts).json()['job']}/events")
    found = client.get("/api/v1/rules/effects").json()
    assert found["month"] == "2026-10"
    by_id = {one["rule"]: one for one in found["rules"] if one["dimension"] == "team"}
    assert (by_id["tagged"]["lines"], by_id["tagged"]["state"]) == (5, "used")
    assert by_id["tagged"]["cost"] == [{"currency": "EUR", "effective_cost": "15"}]
    assert (by_id["late"]["state"], by_id["late"]["others"]) == ("shadowed", ["tagged"])
    assert (by_id["never"]["state"], by_id["never"]["cost"]) == ("never", [])
    others = {one["dimension"]: one for one in found["rules"] if one["dimension"] != "team"}
    assert others["application"]["cost"][0]["effective_cost"] == "35.000000000000000001", "any value is an application"
    assert (others["floor"]["rule"], others["floor"]["cost"][0]["effective_cost"]) == ("lab", "20")
    answer = client.get("/api/v1/costs?by=rule.floor&period=2026-10&sort=rule.floor").json()["rows"]
    assert (answer[0]["rule.floor"], answer[0]["effective_cost"]) == ("lab", "20")
    refused = client.get("/api/v1/costs?by=rule.flor&period=2026-10")
    assert refused.status_code == 400
