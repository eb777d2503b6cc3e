"""Rules from a terminal and in a pull request: previews with an exit code, versions, tables beside the rules."""

from __future__ import annotations

import json
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))
from test_cli import bill, run

RULES = """\
dimensions:
  team:
    rules:
      - {id: tagged, from: tag.team}
  division:
    rules:
      - {id: by-team, lookup: {table: divisions.csv, key: team, value: division}}
"""
ORG = "teams: [{key: red, name: <b>Crew</b> | one}, {key: blue}]\n"
CATALOGUE = """\
teams:
  - {key: crew, parent: red}
entities:
  - {ref: component:default/shop, name: shop, owner: crew}
"""
DIVISIONS = "team,division\nred,Retail\nblue,Research\n"


def test_a_draft_is_previewed_published_compared_and_taken_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    run("import", bill(tmp_path / "bill.csv"), "--source", "vendor", "--data", data)
    org, rules, table = tmp_path / "org.yaml", tmp_path / "rules.yaml", tmp_path / "divisions.csv"
    org.write_text(ORG)
    rules.write_text(RULES)
    table.write_text(DIVISIONS)

    preview = run("rules", "preview", org, rules, "--data", data)
    assert preview.exit_code == 0, preview.output
    assert "Unallocated" in preview.stdout and "<b>Crew</b> | one (red)" in preview.stdout
    commented = run("rules", "preview", org, rules, "--format", "markdown", "--data", data).stdout
    assert "| \\<b\\>Crew\\</b\\> \\| one \\(red\\) |" in commented
    shown = json.loads(run("rules", "preview", org, rules, "--format", "json", "--data", data).stdout)
    assert {move["becomes"] for move in shown["movement"]} == {"red", "blue"}
    assert json.loads(run("rules", "show", "--format", "json", "--data", data).stdout)["version"] == 0

    assert "version 1 is in force" in run("rules", "apply", org, rules, "--data", data).stdout
    rows = json.loads(run("query", "by=division&period=all", "--data", data, "--format", "json").stdout)["rows"]
    assert {row["division"] for row in rows} == {"Retail", "Research"}
    by_team = run("query", "by=team&period=all", "--data", data).stdout
    assert "Team name" in by_team and "<b>Crew</b> | one" in by_team
    assert "name" not in run("query", "by=application&period=all", "--data", data).stdout
    assert "<b>Crew</b> | one (red)" in run("lines", "--data", data).stdout

    catalogue = tmp_path / "catalogue.yaml"
    catalogue.write_text(CATALOGUE)
    assert run("rules", "check", catalogue, "--data", data).exit_code == 0
    catalogue.write_text(CATALOGUE.replace("component:default/shop", "shop"))
    wrong = run("rules", "check", catalogue, "--data", data)
    assert (wrong.exit_code, "catalogue.yaml:4:11" in wrong.output) == (1, True), wrong.output
    assert run("rules", "show", "catalogue", "--data", data).stdout == ""

    table.write_text(DIVISIONS.replace("Retail", "Shops"))
    rules.write_text("assertions: [{moved_percent_below: 1, dimension: division}]\n" + RULES)
    failed = run("rules", "preview", rules, "--dimension", "division", "--format", "markdown", "--data", data)
    assert failed.exit_code == 1
    assert "- **fails**: division: moved percent below 1" in failed.stdout
    assert "| Retail | Shops |" in failed.stdout

    assert "version 2 is in force" in run("rules", "apply", rules, "--data", data).stdout
    diff = run("rules", "diff", "2", "--data", data).stdout
    assert "Changed: by-team of division" in diff
    assert "+red,Shops" in diff
    assert "version 3 is in force" in run("rules", "rollback", "1", "--data", data).stdout
    assert run("rules", "diff", "3", "--against", "1", "--data", data).stdout == ""
    versions = json.loads(run("rules", "versions", "--format", "json", "--data", data).stdout)
    assert [(one["version"], one["in_force"]) for one in versions] == [(3, True), (2, False), (1, False)]
    assert "in force" in run("rules", "versions", "--data", data).stdout

    rules.write_text(RULES.replace("      - {id: tagged", "      - {id: all-of-it, value: red}\n      - {id: tagged"))
    made = run("requests", "submit", rules, "--team", "red", "--note", "all of it", "--data", data)
    assert "is open, waiting for blue" in made.stdout, made.output
    request = made.stdout.split()[1]
    shown = run("requests", "show", request, "--data", data).stdout
    assert "blue has not answered: takes" in shown
    assert "+      - {id: all-of-it, value: red}" in shown
    assert run("requests", "publish", request, "--team", "red", "--data", data).exit_code == 1
    refused = run("requests", "refuse", request, "--team", "blue", "--reason", "no", "--data", data)
    assert "is escalated, waiting for the platform" in refused.stdout
    assert "is accepted" in run("requests", "accept", request, "--data", data).stdout
    assert "version 4 is in force" in run("requests", "publish", request, "--team", "red", "--data", data).stdout
    assert "published" in run("requests", "list", "--team", "blue", "--data", data).stdout
    offer = ("requests", "offer", "where=service:none", "--team", "red", "--until", "2999-12-31")
    offered = run(*offer, "--data", data).stdout.split()[1]
    assert "where=service:none" in run("requests", "offers", "--data", data).stdout
    assert run("requests", "take-back", offered, "--team", "blue", "--data", data).exit_code == 1
    assert run("requests", "take-back", offered, "--team", "red", "--data", data).exit_code == 0
    rules.write_text(RULES)
    waits = run("rules", "apply", rules, "--on-behalf", "red", "--data", data)
    assert (waits.exit_code, "It waits for blue" in waits.output) == (1, True), waits.output
    raised = run("disputes", "open", "where=service:none", "--team", "red", "--reason", "no", "--data", data)
    assert raised.exit_code == 0, raised.output
    assert "where=service:none" in run("disputes", "list", "--format", "json", "--data", data).stdout


def test_a_wrong_draft_ends_with_one_and_names_the_place(tmp_path: Path) -> None:
    data, org, rules = tmp_path / "data", tmp_path / "org.yaml", tmp_path / "rules.yaml"
    org.write_text(ORG)
    rules.write_text(RULES)
    (tmp_path / "divisions.csv").write_text("team,division\nred,Retail\nred,Shops\n")
    wrong = run("rules", "preview", org, rules, "--data", data)
    assert wrong.exit_code == 1
    assert "divisions.csv" in wrong.output and "a second time" in wrong.output
    rules.write_text("dimensions:\n  team:\n    rules:\n      - {id: a, from: team}\n")
    circle = run("rules", "preview", org, rules, "--format", "json", "--data", data)
    assert circle.exit_code == 1
    assert json.loads(circle.stdout)["faults"][0]["line"] == 4
