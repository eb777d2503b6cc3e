"""Random small estates for the attribution laws: teams, rules, dims and tags that often nearly agree."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

import polars as pl
import yaml
from hypothesis import strategies as st

from warehouse.attribution import READABLE, load_rules
from warehouse.attribution.facts import ACCOUNTS

DAYS = [date(2025, 1, 1), date(2026, 1, 1), date(2026, 3, 15), date(2026, 7, 1), date(2027, 1, 1)]
WORDS = ["checkout", "Check Out", "check_out", "CHECK-OUT", "search", "data", "Data Platform", "prod", "PRD", "dev"]
ODD = ["", " ", "\u3000", "-", "x\ny", 'q"u: o', "ünï", "İstanbul", "a.b*c?", "100%", "null", "0047", "a" * 150]
TEXTS = st.sampled_from(WORDS + ODD)
LITERALS = st.sampled_from([text for text in WORDS + ODD if text.strip()] + ["c", "ch", "out", "t", "-", "p"])
RAW_KEYS = ["team", "Team", "TEAM ", "user:Team", "squad", "env", "Env", "other", "o:d\nd\"'"]
COLUMNS = ["provider", "service", "sub_account", "resource_name", "tag.team", "tag.env", "tag.other", "tag.o:d\nd\"'"]
COLUMNS += ["account_tag.team", "account_tag.other"]
ORDER = ["division", "environment", "team", "application", "product"]
"""Each may read those before it, so that there is no circle."""
LAYERS = ["tag", "inherited", "catalogue", "rule", "name"]
TABLE = "written,team,free\ncheckout,checkout,one\nCheck Out 2,data,two\nsearch,search,\nprod,data,three\ndev,,four\n"
REGEXES = ["^ch", "out$", "[a-d]+[-_ ]", "(?:prod|dev)", "^.$", "(?i)CHECK", "x\\ny", "a{2,3}b?"]
GLOBS = ["*", "?*", "check*", "*out", "*e*k*", "c?eck*", "a.b*", "prod"]
OPERATORS = ["equals", "prefix", "suffix", "contains"]


@dataclass
class Estate:
    org: dict
    rules: dict
    dims: list[dict]
    tag_sets: dict[int, dict[str, str]]
    accounts: list[dict] = field(default_factory=list)
    files: dict[str, str] = field(default_factory=lambda: {"table.csv": TABLE})

    def loaded(self):
        return load_rules(as_yaml(self.org), as_yaml(self.rules), self.files)

    def accounts_frame(self):
        return pl.DataFrame(self.accounts, schema=ACCOUNTS)

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
def checks(draw, columns=COLUMNS):
    column = draw(st.sampled_from(columns))
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


def conditions(columns):
    return st.recursive(checks(columns), grouped, max_leaves=6)


CONDITIONS = conditions(COLUMNS)
TEAM_KEYS = st.sampled_from(["checkout", "search", "data"])


@st.composite
def rule(draw, rule_id: str, dimension: str):
    columns = COLUMNS + ORDER[: ORDER.index(dimension)]
    entry = {"id": rule_id, **draw(windows())}
    if draw(st.booleans()):
        entry["when"] = draw(conditions(columns))
    kind = draw(st.sampled_from(["value", "value", "value", "from", "from", "lookup"]))
    sources = st.sampled_from(columns) | st.lists(st.sampled_from(columns), min_size=1, max_size=3, unique=True)
    if kind == "value":
        # "data" is there on every day, so a rule with it is valid in every window.
        entry["value"] = "data" if entry.keys() & {"valid_from", "valid_to"} else draw(TEAM_KEYS)
    elif kind == "from":
        entry["from"] = draw(sources)
    else:
        free = "team" if dimension == "team" else draw(st.sampled_from(["team", "free"]))
        entry["lookup"] = {"table": "table.csv", "key": "written", "value": free, "from": draw(sources)}
    if kind != "value" and dimension == "team" and draw(st.booleans()):
        entry["unknown"] = draw(st.sampled_from(["next", "unallocated"]))
    if draw(st.integers(0, 7)) == 0:
        entry["layer"] = draw(st.sampled_from(LAYERS))
    return entry


@st.composite
def override(draw, rule_id: str):
    column = draw(st.sampled_from(["resource", "sub_account", "billing_account"]))
    texts = st.sampled_from(WORDS)
    entry = {"id": rule_id, column: draw(texts | st.lists(texts, min_size=1, max_size=3)), **draw(windows())}
    return entry | {"value": "data" if len(entry) > 2 else draw(TEAM_KEYS)}


@st.composite
def aliases(draw, keys):
    return [key if draw(st.booleans()) else {"key": key, **draw(windows())} for key in keys]


@st.composite
def sections(draw, name: str):
    count = draw(st.integers(0, 5 if name == "team" else 2))
    section = {"rules": [draw(rule(f"{name}-{number}", name)) for number in range(count)]}
    if draw(st.integers(0, 3)) == 0:
        section["overrides"] = [draw(override(f"{name}-over"))]
    if draw(st.integers(0, 3)) == 0:
        section["precedence"] = draw(st.lists(st.sampled_from(LAYERS), min_size=1, unique=True))
    if draw(st.integers(0, 3)) == 0:
        section["default"] = draw(TEAM_KEYS)
    return section


@st.composite
def rule_books(draw):
    tag_keys = {}
    if draw(st.booleans()):
        named = draw(st.sampled_from([[], ["user:Team", "squad"], ["squad", "user:Team"]]))
        tag_keys["team"] = {"aliases": draw(aliases(named))}
    if draw(st.booleans()):
        tag_keys["env"] = {"values": draw(st.sampled_from([{}, {"Production": ["prod", "prd"], "dev": "data"}]))}
    for entry in tag_keys.values():
        if draw(st.booleans()):
            entry["fold"] = draw(st.lists(st.sampled_from(["case", "blanks", "separators"]), unique=True))
    names = draw(st.permutations(ORDER))
    dimensions = {name: draw(sections(name)) for name in names}
    return {"version": 1, "tag_keys": tag_keys, "dimensions": dimensions}


HOLDERS = ["checkout", "Check Out", "data", "checkout/search", "prod/dev"]


@st.composite
def account_tags(draw):
    """Each key of each account at most once, or twice with days apart."""
    found = []
    for account in draw(st.lists(st.sampled_from(HOLDERS), unique=True, max_size=3)):
        for key in draw(st.lists(st.sampled_from(["team", "Team", "squad", "other"]), unique=True, max_size=2)):
            cut = draw(st.sampled_from([None, *DAYS]))
            whole = {"account": account, "key": key}
            if cut is None:
                found.append({**whole, "value": draw(TEXTS)})
            else:
                found.append({**whole, "value": draw(TEXTS), "valid_to": cut})
                found.append({**whole, "value": draw(TEXTS), "valid_from": cut})
    return found


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
        dim["resource"] = draw(st.none() | st.sampled_from(WORDS))
        dim["billing_account"] = draw(st.sampled_from([None, *HOLDERS]))
        dim["resource_group"] = draw(st.sampled_from([None, "search", "dev"]))
        dims.append(dim)
    return Estate(draw(orgs()), draw(rule_books()), dims, tag_sets, draw(account_tags()))
