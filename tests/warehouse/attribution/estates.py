"""Random small estates for the attribution laws: teams, rules, dims and tags that often nearly agree."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import polars as pl
import yaml
from hypothesis import strategies as st

from warehouse.attribution import READABLE, load_rules

DAYS = [date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 15), date(2026, 7, 1), date(2027, 1, 1)]
WORDS = ["checkout", "Check Out", "check_out", "CHECK-OUT", "search", "data", "Data Platform", "prod", "PRD", "dev"]
ODD = ["", " ", "\u3000", "-", "x\ny", 'q"u: o', "ünï", "İstanbul", "a.b*c?", "100%", "null", "0047", "a" * 150]
TEXTS = st.sampled_from(WORDS + ODD)
LITERALS = st.sampled_from([text for text in WORDS + ODD if text.strip()] + ["c", "ch", "out", "t", "-", "p"])
RAW_KEYS = ["team", "Team", "TEAM ", "user:Team", "squad", "env", "Env", "other", "o:d\nd\"'"]
COLUMNS = ["provider", "service", "sub_account", "resource_name", "tag.team", "tag.env", "tag.other", "tag.o:d\nd\"'"]
REGEXES = ["^ch", "out$", "[a-d]+[-_ ]", "(?:prod|dev)", "^.$", "(?i)CHECK", "x\\ny", "a{2,3}b?"]
GLOBS = ["*", "?*", "check*", "*out", "*e*k*", "c?eck*", "a.b*", "prod"]
OPERATORS = ["equals", "prefix", "suffix", "contains"]


@dataclass
class Estate:
    org: dict
    rules: dict
    dims: list[dict]
    tag_sets: dict[int, dict[str, str]]

    def loaded(self):
        return load_rules(as_yaml(self.org), as_yaml(self.rules))

    def dims_frame(self):
        schema = {"dim": pl.Int32, **dict.fromkeys(READABLE, pl.String), "tag_set": pl.Int32}
        return pl.DataFrame(self.dims, schema=schema)

    def tags_frame(self):
        rows = [(number, key, value) for number, tags in self.tag_sets.items() for key, value in tags.items()]
        return pl.DataFrame(rows, schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String}, orient="row")


class Dumper(yaml.SafeDumper):
    def ignore_aliases(self, data):
        return True


def as_yaml(document: dict) -> str:
    return yaml.dump(document, Dumper=Dumper, sort_keys=False, allow_unicode=True)


@st.composite
def windows(draw):
    start, end = draw(st.sampled_from(DAYS[:-1])), draw(st.sampled_from(DAYS[1:]))
    return draw(
        st.sampled_from(
            [{}, {}, {"valid_from": start}, {"valid_to": end}]
            + ([{"valid_from": start, "valid_to": end}] if start < end else [])
        )
    )


@st.composite
def orgs(draw):
    teams = [
        {"key": "checkout", "cost_centre": "0047", **draw(windows())},
        {"key": "data", "aliases": ["Data Platform", "İstanbul", "x\ny"], "parent": "checkout"},
    ]
    cut = draw(st.sampled_from([None, *DAYS[1:-1]]))
    if cut is None:
        teams.append({"key": "search", **draw(windows())})
    else:
        teams.append({"key": "search", "valid_to": cut, "cost_centre": "1"})
        teams.append({"key": "search", "valid_from": cut, "cost_centre": draw(st.sampled_from(["1", "2"]))})
    return {"version": 1, "teams": draw(st.permutations(teams))}


@st.composite
def checks(draw):
    column = draw(st.sampled_from(COLUMNS))
    kind = draw(st.sampled_from([*OPERATORS, "equals", "missing", "glob", "regex"]))
    if kind == "missing":
        return {"column": column, "missing": draw(st.booleans())}
    texts = {"glob": st.sampled_from(GLOBS), "regex": st.sampled_from(REGEXES)}.get(kind, LITERALS)
    return {"column": column, kind: draw(texts | st.lists(texts, min_size=1, max_size=3))}


def grouped(inner):
    some = st.lists(inner, min_size=1, max_size=3)
    return st.one_of(
        st.builds(lambda parts: {"all": parts}, some),
        st.builds(lambda parts: {"any": parts}, some),
        st.builds(lambda part: {"not": part}, inner),
    )


CONDITIONS = st.recursive(checks(), grouped, max_leaves=6)


@st.composite
def rule(draw, rule_id: str, dimension: str):
    entry = {"id": rule_id, **draw(windows())}
    if draw(st.booleans()):
        entry["when"] = draw(CONDITIONS)
    if draw(st.integers(0, 2)) == 0:
        entry["from"] = draw(st.sampled_from(COLUMNS))
        if dimension == "team" and draw(st.booleans()):
            entry["unknown"] = draw(st.sampled_from(["next", "unallocated"]))
    else:
        # "data" is there on every day, so a rule with it is valid in every window.
        entry["value"] = "data" if entry.keys() & {"valid_from", "valid_to"} else draw(TEAM_KEYS)
    return entry


TEAM_KEYS = st.sampled_from(["checkout", "search", "data"])


@st.composite
def rule_books(draw):
    tag_keys = {}
    if draw(st.booleans()):
        tag_keys["team"] = {"aliases": draw(st.sampled_from([[], ["user:Team", "squad"], ["squad", "user:Team"]]))}
    if draw(st.booleans()):
        tag_keys["env"] = {"values": draw(st.sampled_from([{}, {"Production": ["prod", "prd"], "dev": "data"}]))}
    for entry in tag_keys.values():
        if draw(st.booleans()):
            entry["fold"] = draw(st.lists(st.sampled_from(["case", "blanks", "separators"]), unique=True))
    dimensions = {}
    for name in ("team", "application", "environment"):
        count = draw(st.integers(0, 5 if name == "team" else 2))
        section = {"rules": [draw(rule(f"{name}-{number}", name)) for number in range(count)]}
        if draw(st.integers(0, 3)) == 0:
            section["default"] = draw(TEAM_KEYS)
        dimensions[name] = section
    return {"version": 1, "tag_keys": tag_keys, "dimensions": dimensions}


@st.composite
def estates(draw):
    tags = st.dictionaries(st.sampled_from(RAW_KEYS), TEXTS, max_size=5)
    tag_sets = dict(enumerate(draw(st.lists(tags, min_size=1, max_size=5)), start=1))
    count = draw(st.integers(0, 8))
    dims = []
    for number in range(count):
        dim = dict.fromkeys(READABLE) | {"dim": number * 3 + 1}
        for column in ("provider", "service", "sub_account", "resource_name"):
            dim[column] = draw(st.none() | TEXTS)
        dim["tag_set"] = draw(st.sampled_from([None, *tag_sets, 99]))
        dims.append(dim)
    return Estate(draw(orgs()), draw(rule_books()), dims, tag_sets)
