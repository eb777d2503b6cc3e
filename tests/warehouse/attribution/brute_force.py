"""Attribution for one dim on one day, straight from the documents as dictionaries: slow and obviously right.

Nothing here is shared with the product: no parser, no folding, no windows. Patterns are read by Python's `re`, so the
strategies keep to what it and Rust read alike.
"""

from __future__ import annotations

import csv
import re
from datetime import date

SPACES = "\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u2028\u2029\u202f\u205f\u3000"
BLANKS = "\t\n\x0b\x0c\r \x85\xa0\u1680" + SPACES
ALL_FOLDS = ["case", "blanks", "separators"]


def as_list(value):
    return value if isinstance(value, list) else [value]


def is_missing(text):
    return text is None or text.strip(BLANKS) == ""


def squash(text):
    return "".join(char for char in text.lower() if char not in BLANKS + "_-")


def runs(text, chars, replacement):
    """Every run of `chars` becomes one `replacement`."""
    result = ""
    inside = False
    for char in text:
        if char not in chars:
            result += char
        elif not inside:
            result += replacement
        inside = char in chars
    return result


def fold(text, steps):
    if "case" in steps:
        text = text.lower()
    if "blanks" in steps:
        text = runs(text.strip(BLANKS), BLANKS, " ")
    if "separators" in steps:
        text = runs(text, BLANKS + "_-", "-")
    return text


def normal_value(text, entry):
    steps = entry.get("fold", ALL_FOLDS)
    for use, others in entry.get("values", {}).items():
        if fold(text, steps) in [fold(spelling, steps) for spelling in [use, *as_list(others)]]:
            return use
    return fold(text, steps)


def normal_tags(raw, rules, day):
    """The tags of one set as rules read them on a day."""
    keys = rules.get("tag_keys", {})
    result = {}
    candidates = {}
    for raw_key, value in raw.items():
        for canonical, entry in keys.items():
            aliases = [one if isinstance(one, dict) else {"key": one} for one in as_list(entry.get("aliases", []))]
            names = [canonical, *(one["key"] for one in aliases if inside(one, day))]
            if squash(raw_key) in [squash(name) for name in names]:
                place = [squash(name) for name in names].index(squash(raw_key))
                exact = raw_key in names
                normal = normal_value(value, entry)
                order = (is_missing(normal), place, not exact, raw_key)
                candidates.setdefault(canonical, []).append((order, normal))
                break
        else:
            result[raw_key] = value
    for canonical, found in candidates.items():
        result[canonical] = min(found)[1]
    return result


def inherited_tags(dim, accounts, rules, day):
    """Of the resource group, else of the sub account, else of the billing account."""
    sub, group = dim["sub_account"], dim["resource_group"]
    holders = [dim["billing_account"], sub, f"{sub}/{group}" if sub is not None and group is not None else None]
    found = {}
    for holder in holders:
        raw = {one["key"]: one["value"] for one in accounts if one["account"] == holder and inside(one, day)}
        tags = normal_tags(raw, rules, day)
        found |= {key: value for key, value in tags.items() if not is_missing(value)}
    return found


class Line:
    """What is known of one dim on one day, its decided dimensions included."""

    def __init__(self, dim, tags, inherited, decided):
        self.dim, self.tags, self.inherited, self.decided = dim, tags, inherited, decided

    def read(self, column):
        if column.startswith("tag."):
            text = self.tags.get(column[4:])
        elif column.startswith("account_tag."):
            text = self.inherited.get(column[12:])
        else:
            text = self.dim[column] if column in self.dim else self.decided(column)
        return None if is_missing(text) else text


def glob_matches(pattern, text):
    if not pattern:
        return not text
    if pattern[0] == "*":
        return any(glob_matches(pattern[1:], text[start:]) for start in range(len(text) + 1))
    return bool(text) and pattern[0] in ("?", text[0]) and glob_matches(pattern[1:], text[1:])


def compare(operator, literal, text):
    return {
        "equals": lambda: text == literal,
        "prefix": lambda: text.startswith(literal),
        "suffix": lambda: text.endswith(literal),
        "contains": lambda: literal in text,
        "glob": lambda: glob_matches(literal, text),
        "regex": lambda: re.search(literal, text) is not None,
    }[operator]()


def key_of(column):
    return column.removeprefix("account_tag.").removeprefix("tag.") if "tag." in column else None


def holds(condition, line, rules):
    if "all" in condition:
        return all(holds(part, line, rules) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, line, rules) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], line, rules)
    column = condition["column"]
    (operator,) = set(condition) - {"column"}
    text = line.read(column)
    if operator == "missing":
        return (text is None) == condition["missing"]
    if text is None:
        return False
    entry = rules.get("tag_keys", {}).get(key_of(column))
    for literal in as_list(condition[operator]):
        if entry is not None and operator == "equals":
            literal = normal_value(literal, entry)
        elif entry is not None and operator != "regex":
            literal = fold(literal, entry.get("fold", ALL_FOLDS))
        if compare(operator, literal, text):
            return True
    return False


def inside(entry, day):
    start, end = entry.get("valid_from", date.min), entry.get("valid_to", date.max)
    return start <= day < end


def team_on(org, key, day):
    return next((team for team in org["teams"] if team["key"] == key and inside(team, day)), None)


def team_called(org, text):
    for team in org["teams"]:
        if squash(text) in [squash(name) for name in [team["key"], *as_list(team.get("aliases", []))]]:
            return team["key"]
    return None


def why(rule, layer, reason):
    return {"rule": rule, "layer": layer, "reason": reason}


ORDER = ["override", "tag", "inherited", "catalogue", "rule", "name", "default"]


def layer_of(rule, source, line):
    """By what is read; a rule of several columns stands where its first one does."""
    if "layer" in rule:
        return rule["layer"]
    if source is None or "lookup" in rule:
        return "rule"
    if source.startswith("tag."):
        return "tag"
    if source.startswith("account_tag."):
        return "inherited"
    return "name" if source in line.dim else "rule"


def sources_of(rule):
    if "lookup" in rule:
        return as_list(rule["lookup"].get("from", rule["lookup"]["key"]))
    return as_list(rule["from"]) if "from" in rule else []


def looked_up(rule, source, text, rules, files):
    """The answer of the first row whose key is the text, spelled as the column's values are."""
    wanted = rule["lookup"]
    entry = rules.get("tag_keys", {})
    for row in csv.DictReader(files[wanted["table"]].splitlines()):
        key = row[wanted["key"]]
        spelled = [normal_value(key, entry[key_of(one)]) if key_of(one) in entry else key for one in sources_of(rule)]
        if text in spelled:
            return row[wanted["value"]].strip() or None
    return None


def answer(rule, name, line, world, day):
    """(value, reason, layer) of a rule whose condition holds; None when it says nothing."""
    source = next((one for one in sources_of(rule) if line.read(one) is not None), None)
    text = rule["value"] if "value" in rule else None if source is None else line.read(source)
    if text is not None and "lookup" in rule:
        text = looked_up(rule, source, text, world.rules, world.files)
    if text is None:
        return None
    layer = layer_of(rule, source, line)
    if name != "team":
        return text, None, layer
    key = text if "value" in rule else team_called(world.org, text)
    if key is None:
        return None, "unknown_team:" + (text if len(text) <= 100 else text[:99] + "…"), layer
    if team_on(world.org, key, day) is None:
        return None, "team_not_valid:" + key, layer
    return key, None, layer


def as_rule(override):
    """An override is a rule on one column that comes before all others."""
    (column,) = set(override) & {"resource", "resource_group", "sub_account", "billing_account", "commitment"}
    rest = {name: value for name, value in override.items() if name != column}
    return {**rest, "when": {"column": column, "equals": override[column]}, "layer": "override"}


def asked(section, line):
    """Rules in the order they are asked."""
    rules = section.get("rules", [])
    if "precedence" in section:
        wanted = as_list(section["precedence"])
        order = wanted + [layer for layer in ORDER if layer not in wanted]
        first = [next(iter(sources_of(rule)), None) for rule in rules]
        places = [order.index(layer_of(rule, source, line)) for rule, source in zip(rules, first, strict=True)]
        rules = [rule for place in range(len(order)) for rule, here in zip(rules, places, strict=True) if here == place]
    return [as_rule(override) for override in section.get("overrides", [])] + rules


def decide(name, line, world, day):
    """(value, why) of one dimension."""
    section = world.rules.get("dimensions", {}).get(name, {})
    failed = None
    for rule in asked(section, line):
        if not inside(rule, day) or ("when" in rule and not holds(rule["when"], line, world.rules)):
            continue
        found = answer(rule, name, line, world, day)
        if found is None:
            continue
        value, reason, layer = found
        if value is not None:
            return value, why(rule["id"], layer, None)
        if rule.get("unknown") == "unallocated":
            return None, why(rule["id"], "unallocated", reason)
        failed = failed or (rule["id"], reason)
    default = section.get("default")
    if default is not None:
        if name != "team" or team_on(world.org, default, day):
            return default, why(None, "default", failed[1] if failed else None)
        failed = failed or (None, "team_not_valid:" + default)
    rule_id, reason = failed or (None, "no_rule")
    return None, why(rule_id, "unallocated", reason)


def owner(dim, world, day):
    """team, application, environment, cost_centre, extra, why. `world` is an estates.Estate."""
    raw_tags = world.tag_sets.get(dim["tag_set"], {})
    tags = normal_tags(raw_tags, world.rules, day)
    found = {}

    def decided(name):
        if name not in found:
            found[name] = decide(name, line, world, day)
        return found[name][0]

    line = Line(dim, tags, inherited_tags(dim, world.accounts, world.rules, day), decided)
    always = ["team", "application", "environment"]
    names = always + [name for name in world.rules.get("dimensions", {}) if name not in always]
    for name in names:
        decided(name)
    result = {name: found[name][0] for name in always}
    team = team_on(world.org, result["team"], day) if result["team"] is not None else None
    result["cost_centre"] = team.get("cost_centre") if team else None
    result["extra"] = {name: found[name][0] for name in names if name not in always}
    result["why"] = {name: found[name][1] for name in names}
    return result
