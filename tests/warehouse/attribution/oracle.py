"""Attribution for one dim on one day, straight from the two documents as dictionaries: slow and obviously right.

Nothing here is shared with the product: no parser, no folding, no windows. Patterns are read by Python's `re`, so the
strategies keep to what it and Rust read alike.
"""

from __future__ import annotations

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


def normal_tags(raw, rules):
    """The tags of one set as rules read them."""
    keys = rules.get("tag_keys", {})
    result = {}
    candidates = {}
    for raw_key, value in raw.items():
        for canonical, entry in keys.items():
            names = [canonical, *as_list(entry.get("aliases", []))]
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


def read(column, dim, tags):
    text = tags.get(column[4:]) if column.startswith("tag.") else dim[column]
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


def holds(condition, dim, tags, rules):
    if "all" in condition:
        return all(holds(part, dim, tags, rules) for part in condition["all"])
    if "any" in condition:
        return any(holds(part, dim, tags, rules) for part in condition["any"])
    if "not" in condition:
        return not holds(condition["not"], dim, tags, rules)
    column = condition["column"]
    (operator,) = set(condition) - {"column"}
    text = read(column, dim, tags)
    if operator == "missing":
        return (text is None) == condition["missing"]
    if text is None:
        return False
    entry = rules.get("tag_keys", {}).get(column[4:]) if column.startswith("tag.") else None
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


def layer_of(rule):
    if "value" in rule:
        return "rule"
    return "tag" if rule["from"].startswith("tag.") else "name"


def answer(rule, name, dim, tags, org, day):
    """(value, reason) of a rule whose condition holds; None when it says nothing."""
    text = rule["value"] if "value" in rule else read(rule["from"], dim, tags)
    if text is None:
        return None
    if name != "team":
        return text, None
    key = text if "value" in rule else team_called(org, text)
    if key is None:
        return None, "unknown_team:" + (text if len(text) <= 100 else text[:99] + "…")
    if team_on(org, key, day) is None:
        return None, "team_not_valid:" + key
    return key, None


def decide(name, dim, tags, org, rules, day):
    """(value, why) of one dimension."""
    section = rules.get("dimensions", {}).get(name, {})
    failed = None
    for rule in section.get("rules", []):
        if not inside(rule, day) or ("when" in rule and not holds(rule["when"], dim, tags, rules)):
            continue
        found = answer(rule, name, dim, tags, org, day)
        if found is None:
            continue
        value, reason = found
        if value is not None:
            return value, why(rule["id"], layer_of(rule), None)
        if rule.get("unknown") == "unallocated":
            return None, why(rule["id"], "unallocated", reason)
        failed = failed or (rule["id"], reason)
    default = section.get("default")
    if default is not None:
        if name != "team" or team_on(org, default, day):
            return default, why(None, "default", failed[1] if failed else None)
        failed = failed or (None, "team_not_valid:" + default)
    rule_id, reason = failed or (None, "no_rule")
    return None, why(rule_id, "unallocated", reason)


def owner(dim, raw_tags, org, rules, day):
    """team, application, environment, cost_centre, why."""
    tags = normal_tags(raw_tags, rules)
    found = {name: decide(name, dim, tags, org, rules, day) for name in ("team", "application", "environment")}
    result = {name: value for name, (value, _) in found.items()}
    team = team_on(org, result["team"], day) if result["team"] is not None else None
    result["cost_centre"] = team.get("cost_centre") if team else None
    result["why"] = {name: told for name, (_, told) in found.items()}
    return result
