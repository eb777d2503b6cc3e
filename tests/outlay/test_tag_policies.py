"""Tag policies over HTTP on a real store: published with the rules, refused with every fault, answered as files."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from outlay.rule_files import TAGS
from tests.outlay.test_pools_api import Server
from tests.outlay.test_pools_in_store import ORG, RULES
from tests.warehouse.store.made import NOW, bill, put
from warehouse.focus import total

TAG_KEYS = "tag_keys: {team: {}, env: {}}\n"
TEXT = """
# who must be tagged
policies:
  - id: everything
    keys: {team: {lookup: {table: teams.csv, column: team}}, env: {values: [Prod]}}
  - id: compute
    when: {column: team, equals: checkout}
    keys: {team: {regex: "^[=]"}}
    valid_from: 2026-09-10
"""
TABLES = {"teams.csv": "team,people\nCore,4\n"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    found = Server(tmp_path_factory.mktemp("data"))
    put(found.store, bill(120))
    found.store.publish(ORG, TAG_KEYS + RULES, author="test", now=NOW)
    done = found.job("PUT", "/tags/policies", {"text": TEXT, "tables": TABLES})
    assert (done["state"], done["result"]["version"]) == ("done", 2)
    yield found
    found.close()


def test_policies_are_published_with_the_rules(server: Server) -> None:
    found = server.ask("GET", "/tags/policies").json()
    assert (found["text"], found["version"]) == (TEXT, 2)
    first, second = found["policies"]
    assert [(one["key"], one["values"]) for one in first["keys"]] == [("team", ["core"]), ("env", ["prod"])]
    assert (first["when"], first["query"]) == (None, "")
    assert first["keys"][1]["query"] == "where=-tag.env:prod,(none)"
    assert (second["when"], second["query"]) == ('team equals "checkout"', "where=team:checkout")
    assert second["keys"][0]["query"] is None
    assert (second["valid_from"], second["valid_to"]) == ("2026-09-10", None)
    assert set(server.store.state.documents()["files"]) == {TAGS, "teams.csv"}
    assert server.ask("GET", "/rules/versions/2/diff").json()["text"].count("+policies:") == 1


def test_wrong_policies_change_nothing_and_tell_every_fault(server: Server) -> None:
    wrong = {
        "text": "policies:\n  - {id: a, keys: {team: {regex: '('}}}\n  - {id: a, when: {column: nothing, equals: x}}\n"
    }
    faults = server.ask("POST", "/tags/policies/check", wrong).json()["faults"]
    assert [(one["file"], one["line"]) for one in faults] == [(TAGS, 2), (TAGS, 3), (TAGS, 3), (TAGS, 3)]
    assert server.ask("POST", "/tags/policies/check", {"text": TEXT}).json() == {"valid": True, "faults": []}
    failed = server.job("PUT", "/tags/policies", wrong)
    assert failed["state"] == "failed" and len(failed["error"]["faults"]) == 4
    assert server.ask("GET", "/tags/policies").json()["version"] == 2
    named = {"text": "", "tables": {"../org.yaml": ""}}
    assert server.ask("POST", "/tags/policies/check", named).status_code == 422


def test_compliance_adds_up_to_the_question(server: Server) -> None:
    asked = "measures=billed_cost&period=2026-09"
    found = server.ask("GET", f"/tags/compliance?{asked}").json()
    whole = server.ask("GET", f"/costs?{asked}").json()["totals"]
    assert found["whole"] == {row["currency"]: row["billed_cost"] for row in whole}
    teams = {row["team"] for row in found["rows"]}
    assert {"checkout", "search", "platform", None} >= teams > {"checkout"}
    for code, amount in found["whole"].items():
        rows = [row for row in found["rows"] if row["policy"] == "everything" and row["currency"] == code]
        for key in (None, "team", "env"):
            mine = [row for row in rows if row["key"] == key]
            parts = [Decimal(row[name]) for row in mine for name in ("compliant", "missing", "not_allowed")]
            assert total(parts) == total(Decimal(row["judged"]) for row in mine) == Decimal(amount)
    scoped = [row for row in found["totals"] if row["policy"] == "compute" and row["key"] is None]
    days = "period=2026-09-10..2026-09-30&where=team:checkout&where=allocation:direct&measures=billed_cost"
    answer = {row["currency"]: row["billed_cost"] for row in server.ask("GET", f"/costs?{days}").json()["totals"]}
    assert {row["currency"]: row["judged"] for row in scoped} == answer


def test_one_policy_in_time_and_as_files(server: Server, tmp_path: Path) -> None:
    asked = "measures=billed_cost&period=2026-09&grain=month&policy=everything"
    found = server.ask("GET", f"/tags/compliance?{asked}").json()
    assert {row["bucket"] for row in found["rows"]} == {"2026-09-01"}
    assert [one["id"] for one in found["policies"]] == ["everything"]
    answer = server.ask("GET", f"/tags/compliance.csv?{asked}&raw=1")
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert [row["judged"] for row in rows] == [row["judged"] for row in found["rows"]]
    assert "compliance_by-team_2026-09_billed" in answer.headers["content-disposition"]
    (tmp_path / "x.parquet").write_bytes(server.ask("GET", f"/tags/compliance.parquet?{asked}").content)
    assert pl.read_parquet(tmp_path / "x.parquet")["missing"].to_list() == [Decimal(row["missing"]) for row in rows]
    assert server.ask("GET", f"/tags/compliance.xlsx?{asked}").status_code == 200
    unknown = server.ask("GET", "/tags/compliance?policy=nothing").json()
    assert (unknown["type"].split(":")[-1], unknown["next_step"]) == ("not_found", "Use one of everything, compute.")
