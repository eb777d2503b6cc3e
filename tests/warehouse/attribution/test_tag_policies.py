"""Tag policies: what is refused, with its place; what is judged, by hand; and hostile values."""

from __future__ import annotations

import jsonschema
import polars as pl
import pytest
import yaml

from warehouse.attribution import RulesError, load_rules
from warehouse.attribution.policies import TagPolicy, judge, load_policies
from warehouse.attribution.policies.schema import FILE, schema
from warehouse.attribution.policies.schema import text as schema_text

ONE = "policies:\n  - {id: a, keys: {team: {}}"
KEYS = load_rules("", "tag_keys: {env: {aliases: [stage], values: {prod: [production]}}}").tag_keys


def faults(text: str) -> list[str]:
    with pytest.raises(RulesError) as found:
        load_policies(text, KEYS, files={"t.csv": "name,who\nx,y\n"})
    return [str(fault) for fault in found.value.faults]


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("policies:\n  - {id: a}\n", 'tags.yaml:2:5: "keys" is missing'),
        ("policies:\n  - {id: a, keys: {}}\n", "tags.yaml:2:19: a policy without keys"),
        (ONE + "}\n  - {id: a, keys: {team: {}}}\n", 'tags.yaml:3:10: the policy id "a" a second time'),
        (ONE + ", when: {column: resource_name, equals: x}}\n", '"resource_name" in a tag policy'),
        (ONE + ", when: {column: account_tag.team, equals: x}}\n", '"account_tag.team" in a tag policy'),
        (ONE + ", when: {column: servce, equals: x}}\n", 'unknown column "servce"'),
        (ONE + ", valid_from: 2026-02-01, valid_to: 2026-02-01}\n", "a window from 2026-02-01 to 2026-02-01"),
        ("policies:\n  - {id: a, keys: {stage: {}}}\n", '"tag.stage", which is read under another name'),
        ("policies:\n  - {id: a, keys: {team: {regex: '(a'}}}\n", "a regular expression that is refused"),
        ("policies:\n  - {id: a, keys: {team: {regex: '(a{90}){90}'}}}\n", "multiply to 8100"),
        ("policies:\n  - {id: a, keys: {team: {lookup: {table: u.csv, column: x}}}}\n", 'unknown table "u.csv"'),
        ("policies:\n  - {id: a, keys: {team: {lookup: {table: t.csv, column: x}}}}\n", 'unknown column of t.csv "x"'),
        ("policies:\n  - {id: a, keys: {team: {value: x}}}\n", 'unknown name "value"'),
        ("policies: [{id: a, keys: {" + ", ".join(f"k{n}: {{}}" for n in range(21)) + "}}]", "21 entries"),
    ],
)
def test_refused_with_place_and_reason(text: str, wanted: str) -> None:
    assert any(wanted in fault for fault in faults(text)), faults(text)


def test_every_fault_is_told_at_once() -> None:
    text = ONE + ", when: {column: servce, equals: x}}\n  - {id: a, keys: {env: {regex: ')'}}, valid_from: soon}\n"
    assert [fault.split(":")[1] for fault in faults(text)] == ["2", "3", "3", "3"]


def judged(policy: TagPolicy, **columns: list[str | None]) -> dict[str, list[str | None]]:
    found = judge(policy, pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.String)))
    return {key: found[key].to_list() for key in found.columns}


def test_judged_by_hand() -> None:
    text = """
policies:
  - id: live
    when: {any: [{column: environment, equals: prod}, {column: tag.env, missing: true}]}
    keys:
      env: {values: [Production, dev]}
      owner: {lookup: {table: owners.csv, column: owner}, regex: "^group-"}
"""
    (policy,) = load_policies(text, KEYS, files={"owners.csv": "owner,n\n=1+1,1\nann,2\n"})
    found = judged(
        policy,
        **{
            "environment": ["prod", "prod", "dev", None, "prod", "prod"],
            "tag.env": ["prod", "test", "dev", " ", "dev", "prod"],
            "tag.owner": ["ann", "=1+1", "ann", None, "group-x", "bob"],
        },
    )
    assert found["env"] == ["compliant", "not_allowed", None, "missing", "compliant", "compliant"]
    assert found["owner"] == ["compliant", "compliant", None, "missing", "compliant", "not_allowed"]
    assert found[""] == ["compliant", "not_allowed", None, "missing", "compliant", "not_allowed"]


def test_a_list_that_is_empty_allows_nothing_and_no_rows_are_no_fault() -> None:
    text = "policies: [{id: a, keys: {team: {lookup: {table: t.csv, column: who}}}}]"
    (policy,) = load_policies(text, files={"t.csv": "name,who\nx,\n"})
    assert judged(policy, **{"tag.team": ["x", None]})["team"] == ["not_allowed", "missing"]
    assert judged(policy, **{"tag.team": []}) == {"team": [], "": []}


def test_the_published_schema_is_that_of_the_loader() -> None:
    assert FILE.read_text(encoding="utf-8") == schema_text()
    validator = jsonschema.Draft202012Validator(schema())
    good = (
        "policies: [{id: a, when: {column: team, equals: x}, keys: {t: {values: [1, x]}, u: {}}, valid_to: 2026-01-01}]"
    )
    assert load_policies(good)
    assert list(validator.iter_errors(yaml.load(good, yaml.BaseLoader))) == []
    assert list(validator.iter_errors(yaml.load(good.replace("keys", "kees"), yaml.BaseLoader)))
