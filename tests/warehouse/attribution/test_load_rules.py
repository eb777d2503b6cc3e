"""Documents that are wrong: every fault at once, each with its place, what was expected and the nearest known name."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from warehouse.attribution import RulesError, load_rules

ORG = """\
version: 1
teams:
  - {key: checkout, cost_centre: 0047}
  - {key: search, parent: checkout, valid_to: 2026-01-01}
"""


def faults_of(rules: str = "", org: str = ORG):
    with pytest.raises(RulesError) as caught:
        load_rules(org, rules)
    return caught.value.faults


def team_rule(body: str) -> str:
    return f"dimensions:\n  team:\n    rules:\n      - {{id: a, {body}}}\n"


def condition(text: str) -> str:
    return team_rule(f"value: checkout, when: {text}")


def test_empty_documents_are_no_rules():
    rules = load_rules("", "")
    assert rules.teams == ()
    assert all(not dimension.rules for dimension in rules.dimensions)


def test_scalars_are_the_text_that_was_written():
    rules = load_rules(ORG + "  - {key: no, name: 1_000}\n", team_rule("value: no"))
    assert [(team.key, team.name, team.cost_centre) for team in rules.teams][::2] == [
        ("checkout", "checkout", "0047"),
        ("no", "1_000", None),
    ]


def test_all_faults_of_both_documents_come_at_once_with_their_places():
    org = "teams:\n  - {key: a, parnt: b}\n  - {key: b, parent: c}\n"
    rules = """\
dimensions:
  team:
    rules:
      - id: one
        when: {column: servce, equals: x}
        value: d
      - id: one
        when: {column: service, regex: "(?=x)"}
        from: tag.team
        value: a
"""
    found = [(fault.file, fault.line, fault.column, fault.nearest) for fault in faults_of(rules, org)]
    assert found == [
        ("org.yaml", 2, 14, ("parent",)),
        ("org.yaml", 3, 22, ()),
        ("rules.yaml", 5, 24, ("service",)),
        ("rules.yaml", 6, 16, ()),
        ("rules.yaml", 7, 9, ()),
        ("rules.yaml", 7, 13, ()),
        ("rules.yaml", 8, 40, ()),
    ]


def test_a_fault_reads_as_one_sentence():
    (fault,) = faults_of(team_rule("value: chekout"))
    assert str(fault) == 'rules.yaml:4:24: unknown team "chekout"; expected checkout, search; nearest known: checkout'


WRONG_RULES = {
    "unknown column": (condition("{column: sku, equals: x}"), 'unknown column "sku"'),
    "focus name": (condition("{column: ServiceName, equals: x}"), 'unknown column "ServiceName"'),
    "two comparisons": (condition("{column: service, equals: x, prefix: y}"), "equals and prefix together"),
    "no comparison": (condition("{column: service}"), "something is missing"),
    "empty list": (condition("{column: service, equals: []}"), "a list of 0"),
    "blank literal": (condition("{column: service, equals: ' '}"), '" " here'),
    "nothing": (condition("{column: service, equals: }"), "nothing here"),
    "empty group": (condition("{all: []}"), "a list under all"),
    "groups side by side": (condition("{all: [{column: service, equals: a}], any: []}"), "all and any side by side"),
    "misspelt group": (condition("{al: []}"), 'unknown name "al"'),
    "text as condition": (condition("service"), '"service" as a condition'),
    "missing as text": (condition("{column: service, missing: maybe}"), '"maybe" here'),
    "tag without key": (condition("{column: tag., equals: x}"), '"tag." without a key'),
    "look-around": (condition("{column: service, regex: '(?<!a)b'}"), "look-around"),
    "backreference": (condition("{column: service, regex: '(a)\\1'}"), "backreferences"),
    "unclosed": (condition("{column: service, regex: '(a'}"), "unclosed group"),
    "huge repetition": (condition("{column: service, regex: '(a{1,90}){90}'}"), "multiply to 8100"),
    "huge class": (condition(r"{column: service, regex: '(\w\w\w\w\w\w\w\w\w\w\w\w){200}'}"), "size limit"),
    "long regex": (condition("{column: service, regex: " + "a" * 501 + "}"), "501 characters"),
    "unknown team": (team_rule("value: nobody"), 'unknown team "nobody"'),
    "unknown default": ("dimensions: {team: {default: nobody}}", 'unknown team "nobody"'),
    "team of other days": (team_rule("value: search, valid_from: 2026-01-01"), 'team "search" on no day of the rule'),
    "no answer": (team_rule("note: x"), "something is missing"),
    "two answers": (team_rule("value: checkout, from: tag.team"), "value and from together"),
    "bad id": ("dimensions: {team: {rules: [{id: 'a b', value: checkout}]}}", '"a b" here'),
    "no id": ("dimensions: {team: {rules: [{value: checkout}]}}", '"id" is missing'),
    "bad day": (team_rule("value: checkout, valid_from: 2026-02-30"), '"2026-02-30" here'),
    "no days": (team_rule("value: checkout, valid_from: 2026-02-01, valid_to: 2026-02-01"), "a window from"),
    "unknown elsewhere": ("dimensions: {environment: {rules: [{id: a, value: x, unknown: next}]}}", '"unknown" here'),
    "id twice": (
        "dimensions: {team: {rules: [{id: a, value: checkout}]}, application: {rules: [{id: a, value: x}]}}",
        'the rule id "a" a second time',
    ),
    "cost centre": ("dimensions: {cost_centre: {}}", 'a dimension called "cost_centre"'),
    "name of a column": ("dimensions: {region: {}}", 'a dimension called "region"'),
    "name of a measure": ("dimensions: {effective_cost: {}}", 'a dimension called "effective_cost"'),
    "odd dimension": ("dimensions: {Business Unit: {}}", '"Business Unit" here'),
    "unknown dimension": (condition("{column: divison, equals: x}"), 'unknown column "divison"'),
    "no sources": (team_rule("from: []"), "a list of 0"),
    "unknown source": (team_rule("from: [tag.team, serivce]"), 'unknown column "serivce"'),
    "account tag without key": (team_rule("from: account_tag."), '"account_tag." without a key'),
    "no such table": (team_rule("lookup: {table: t.csv, key: service, value: team}"), 'unknown table "t.csv"'),
    "no such path": (team_rule("lookup: {table: ../t.csv, key: service, value: team}"), '"../t.csv" here'),
    "unknown layer": (team_rule("value: checkout, layer: override"), 'unknown word "override"'),
    "override of two": (
        "dimensions: {team: {overrides: [{id: a, resource: r, sub_account: s, value: checkout}]}}",
        "resource and sub_account together",
    ),
    "override to nobody": (
        "dimensions: {team: {overrides: [{id: a, resource: r, value: nobody}]}}",
        'unknown team "nobody"',
    ),
    "reads itself": ("dimensions: {application: {rules: [{id: a, from: application}]}}", '"application" reads "app'),
    "a circle": (
        "dimensions: {one: {rules: [{id: a, from: two}]}, two: {rules: [{id: b, from: three}]}, "
        "three: {rules: [{id: c, when: {column: one, missing: true}, value: x}]}}",
        "in a circle",
    ),
    "negative limit": ("assertions: [{unallocated_percent_below: -1}]", '"-1" here'),
    "no day": ("effective_from: october", '"october" here'),
    "nothing asserted": ("assertions: [{dimension: team}]", "something is missing"),
    "asserted of what": ("assertions: [{dimension: tem, unallocated_percent_below: 1}]", 'unknown dimension "tem"'),
    "change of whom": ("assertions: [{change_percent_below: 5}]", "change_percent_below without a value"),
    "alias window": (
        "tag_keys: {team: {aliases: [{key: a, valid_from: 2026-02-01, valid_to: 2026-01-01}]}}",
        "a window from",
    ),
    "alias column": ("tag_keys: {team: {aliases: squad}}\n" + team_rule("from: tag.Squad"), "under another name"),
    "alias twice": ("tag_keys: {team: {aliases: squad}, group: {aliases: Squad}}", 'is read as "team" already'),
    "value twice": ("tag_keys: {env: {values: {a: [x], b: [X]}}}", 'would be "a" and "b"'),
    "unknown fold": ("tag_keys: {env: {fold: [caps]}}", 'unknown word "caps"'),
    "name twice": ("version: 1\nversion: 1", '"version" a second time'),
    "other version": ("version: 2", 'unknown word "2"'),
    "a list": ("- a", "a list here"),
    "not yaml": ("a: [", "not YAML"),
    "tab": ("a:\n\t- b", "not YAML"),
    "control character": ("a: \x07", "a character YAML does not allow"),
    "half a character": ("a: \ud800", "half a character"),
    "anchor": ("version: &v 1", 'the anchor "&v"'),
    "alias": ("version: *v", 'the alias "*v"'),
    "yaml tag": ("version: !!python/object:os.system 1", "the YAML tag"),
    "two documents": ("version: 1\n---\nversion: 1", "a second document"),
    "deep": ("a: " + "[" * 60 + "]" * 60, "nested deeper than 40"),
    "deep condition": (condition("{not: " * 50 + "{column: service, equals: a}" + "}" * 50), "nested deeper than 40"),
    "large": ("# " + "x" * 1_048_576, "larger than 1048576 bytes"),
    "bomb": ("a: &a [x, x]\nb: &b [*a, *a]\nc: [*b, *b]", 'the anchor "&a"'),
    "heavy regexes": (
        condition("{column: service, regex: ['a\\d{200}', '(" + "\\d" * 25 + "){200}']}"),
        "more than 5000 character classes",
    ),
    "many regexes": (
        condition("{column: service, regex: [" + ", ".join(f"a{number}" for number in range(1001)) + "]}"),
        "more than 1000 regular expressions",
    ),
}


@pytest.mark.parametrize("name", WRONG_RULES)
def test_a_wrong_rules_document_is_refused(name):
    text, problem = WRONG_RULES[name]
    faults = faults_of(text)
    assert problem in faults[0].problem
    assert faults[0].expected
    assert len(faults) <= 2


LOOKUP = team_rule("lookup: {table: t.csv, key: service, value: team}")
WRONG_TABLES = {
    "empty": ("", "no usable header", 1),
    "one column": ("service\nA\n", "no usable header", 1),
    "a name twice": ("service,service\nA,checkout\n", "no usable header", 1),
    "another header": ("servce,team\nA,checkout\n", 'unknown column of t.csv "service"', 4),
    "short row": ("service,team\nA\n", "a row of 1 cells", 2),
    "open quote": ('service,team\n"A,checkout\n', "not CSV", 1),
    "no key": ("service,team\n ,checkout\n", "a row without a key", 2),
    "key twice": ('service,team\n"A\nB",checkout\n\n"A\nB",search\n', "a second time", 5),
    "unknown team": ("service,team\nA,chekout\n", 'unknown team "chekout"', 2),
    "long cell": ("service,team\n" + "A" * 5000 + ",checkout\n", "too long", 2),
    "large": ("service,team\n" + "A" * (2 << 20), "larger than", 1),
    "long": ("service,team\n" + "".join(f"{n},\n" for n in range(100_001)), "100001 rows", 1),
}


@pytest.mark.parametrize("name", WRONG_TABLES)
def test_a_wrong_table_is_refused_with_its_line(name):
    text, problem, line = WRONG_TABLES[name]
    with pytest.raises(RulesError) as caught:
        load_rules(ORG, LOOKUP, {"t.csv": text})
    (fault,) = caught.value.faults
    assert problem in fault.problem
    assert (fault.file, fault.line) == ("rules.yaml" if name == "another header" else "t.csv", line)


def test_keys_of_a_table_are_spelled_as_the_values_they_are_compared_with():
    text = "tag_keys: {app: {}}\n" + team_rule(
        "lookup: {table: t.csv, key: name, value: team, from: [tag.app, service]}"
    )
    rules = load_rules(ORG, text, {"t.csv": "\ufeffname,team\nMail App,checkout\n"})
    assert rules.dimensions[0].rules[0].lookup.answers() == {"mail-app": "checkout", "Mail App": "checkout"}
    with pytest.raises(RulesError) as caught:
        load_rules(ORG, text, {"t.csv": "name,team\nMail App,checkout\nmail_app,search\n"})
    assert str(caught.value).startswith('t.csv:3:1: the key "mail_app" a second time')


WRONG_ORGS = {
    "unknown parent": ("teams: [{key: a, parent: b}]", 'unknown team "b"'),
    "own parent": ("teams: [{key: a, parent: a}]", '"a" above itself'),
    "cycle": ("teams: [{key: a, parent: b}, {key: b, parent: c}, {key: c, parent: a}]", '"c" above itself'),
    "same days": ("teams: [{key: a}, {key: a, valid_from: 2026-01-01}]", "a second time for the same days"),
    "alike keys": ("teams: [{key: check-out}, {key: Checkout}]", 'the teams "check-out" and "Checkout"'),
    "alike alias": ("teams: [{key: a}, {key: b, aliases: [A]}]", 'the teams "a" and "b"'),
    "escaped key": ("teams: [{key: 'a:b'}]", '"a:b" here'),
    "minus first": ("teams: [{key: -a}]", '"-a" here'),
    "nameless alias": ("teams: [{key: a, aliases: [_-]}]", "names nothing"),
    "no key": ("teams: [{name: a}]", '"key" is missing'),
}


@pytest.mark.parametrize("name", WRONG_ORGS)
def test_a_wrong_org_document_is_refused(name):
    text, problem = WRONG_ORGS[name]
    (fault,) = faults_of("", text)
    assert problem in fault.problem
    assert fault.file == "org.yaml"


def test_an_org_document_that_cannot_be_read_does_not_make_every_team_unknown():
    (fault,) = faults_of(team_rule("value: checkout"), "teams: [")
    assert fault.file == "org.yaml"


def test_faults_are_limited_and_the_rest_is_counted():
    faults = faults_of("tag_keys:\n" + "".join(f"  k{number}: 1\n" for number in range(300)))
    assert len(faults) == 201
    assert faults[-1].problem == "100 more faults are not listed"


def test_too_many_rules_are_refused():
    rules = "".join(f"      - {{id: r{number}, value: checkout}}\n" for number in range(5001))
    (fault,) = faults_of("dimensions:\n  team:\n    rules:\n" + rules)
    assert "5001" in fault.problem


def test_the_published_schema_is_what_the_fields_say():
    from warehouse.attribution import schema

    assert Path(schema.FILE).read_text(encoding="utf-8") == schema.text()


def test_the_schema_accepts_what_the_loader_accepts_and_refuses_what_it_refuses():
    import jsonschema
    import yaml

    from warehouse.attribution.schema import FILE

    class Loader(yaml.SafeLoader):
        """As an editor reads YAML: days stay text."""

    Loader.yaml_implicit_resolvers = {
        first: [pair for pair in pairs if pair[0] != "tag:yaml.org,2002:timestamp"]
        for first, pairs in yaml.SafeLoader.yaml_implicit_resolvers.items()
    }
    validator = jsonschema.Draft202012Validator(json.loads(FILE.read_text(encoding="utf-8")))
    good = [
        ORG,
        condition("{all: [{column: tag.x, missing: true}, {not: {column: service, equals: [a, 1]}}]}"),
        "tag_keys: {env: {aliases: [e, {key: f, valid_to: 2026-01-01}], fold: [case], values: {production: prod}}}",
        "dimensions: {unit_of_work: {precedence: tag, overrides: [{id: a, resource: [b], value: c}], "
        "rules: [{id: d, from: [team, account_tag.x]}, {id: e, lookup: {table: t.csv, key: k, value: v}}]}}",
        "assertions: [{unallocated_percent_below: 5.5, currency: EUR}]",
    ]
    for text in good:
        assert list(validator.iter_errors(yaml.load(text, Loader))) == []
    names = ["unknown column", "two comparisons", "no comparison", "empty list", "misspelt group", "no answer"]
    names += ["two answers", "bad id", "no id", "unknown fold", "cost centre", "other version", "a list"]
    names += ["name of a column", "odd dimension", "no sources", "no such path", "unknown layer", "override of two"]
    names += ["negative limit", "nothing asserted"]
    for name in names:
        assert list(validator.iter_errors(yaml.load(WRONG_RULES[name][0], Loader))), name
