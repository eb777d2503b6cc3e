"""Why a dim is whose it is on one day, from the rules again: the rule that answered, and those that nearly did."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Final

import polars as pl

from warehouse.attribution.decide import team_words
from warehouse.attribution.fold import blank, squash
from warehouse.attribution.match import matching
from warehouse.attribution.model import (
    ACCOUNT_TAG,
    DAY_MAX,
    DAY_MIN,
    TAG,
    AnyOf,
    Check,
    Condition,
    Dimension,
    Not,
    Rule,
    Rules,
    checks,
    prefix_of,
    shorten,
)
from warehouse.attribution.tags import normal_tags
from warehouse.attribution.windows import Calendar, Claim, spans, unknown

NEAR_MAX: Final = 10
"""Near misses told per dimension, in the order of the rules: more is a list, not an explanation."""


@dataclass(frozen=True, slots=True)
class NearMiss:
    """A rule that one thing kept from answering."""

    rule: str
    line: int
    failed: str
    """What was asked: a comparison, the days of the rule, or a team of that name."""
    found: str | None
    """What was there instead; None: nothing."""
    note: str | None


@dataclass(frozen=True, slots=True)
class Answer:
    """One dimension: the value with the rule, layer and reason that `why` has, and the rule's own words."""

    dimension: str
    value: str | None
    rule: str | None
    layer: str
    reason: str | None
    line: int | None
    condition: str | None
    note: str | None
    near: tuple[NearMiss, ...]


@dataclass(frozen=True, slots=True)
class Explanation:
    day: date
    answers: tuple[Answer, ...]
    """In the order of the dimensions."""
    cost_centre: str | None
    tags: Mapping[str, str]
    """As the rules read them."""


@dataclass(frozen=True, slots=True)
class Charge:
    """A row of dims, its raw tags, the charge day, and the tags that it inherits."""

    dim_row: Mapping[str, str | int | None]
    tags: Mapping[str, str]
    day: date
    account_tags: Mapping[str, str] = field(default_factory=dict)


def explain(
    dim_row: Mapping[str, str | int | None],
    tags: Mapping[str, str],
    rules: Rules,
    *,
    day: date,
    account_tags: Mapping[str, str] | None = None,
) -> Explanation:
    """`dim_row` is a row of dims, `tags` its raw tags and `account_tags` those it inherits; `day` is the charge day."""
    (found,) = explain_each([Charge(dim_row, tags, day, account_tags or {})], rules)
    return found


def explain_each(charges: Sequence[Charge], rules: Rules, dimension: str | None = None) -> list[Explanation]:
    """Of several charges at the price of few: each comparison is made once. With `dimension`, its answer alone."""
    normal = _normal([(one.tags, one.day) for one in charges], rules)
    inherited = _normal([(one.account_tags, one.day) for one in charges], rules)
    texts = [_texts(*one, rules) for one in zip(charges, normal, inherited, strict=True)]
    answers: list[dict[str, Answer]] = [{} for _ in charges]
    centres: list[str | None] = [None for _ in charges]
    for asked in _needed(rules, dimension):
        truths = _truths({check for rule in asked.rules for check in checks(rule.when)}, texts)
        for place, charge in enumerate(charges):
            answer, centre = _answer(asked, Read(texts[place], truths[place], charge.day), rules)
            answers[place][asked.name] = answer
            texts[place][asked.name] = None if answer.value is None or blank(answer.value) else answer.value
            centres[place] = centre if asked.name == "team" else centres[place]
    told = [dimension] if dimension else rules.names
    return [
        Explanation(charge.day, tuple(answers[place][name] for name in told), centres[place], normal[place])
        for place, charge in enumerate(charges)
    ]


def _needed(rules: Rules, dimension: str | None) -> list[Dimension]:
    """In the order in which they are decided: all, or one with those that its rules read."""
    if dimension is None:
        return list(rules.ordered)
    wanted, found = {dimension}, []
    for one in reversed(rules.ordered):
        if one.name in wanted:
            wanted |= set(one.columns)
            found.append(one)
    return found[::-1]


def _texts(
    charge: Charge, normal: Mapping[str, str], inherited: Mapping[str, str], rules: Rules
) -> dict[str, str | None]:
    held = {TAG: normal, ACCOUNT_TAG: inherited}
    texts: dict[str, str | None] = {}
    for column in rules.columns:
        prefix = prefix_of(column)
        text = held[prefix].get(column.removeprefix(prefix)) if prefix else charge.dim_row.get(column)
        texts[column] = None if text is None or blank(str(text)) else str(text)
    return texts


def _normal(held: Sequence[tuple[Mapping[str, str], date]], rules: Rules) -> list[dict[str, str]]:
    """Tags as the rules read them, each set on its day."""
    found: list[dict[str, str]] = [{} for _ in held]
    for day in {day for _, day in held}:
        rows = [(place, *tag) for place, (tags, when) in enumerate(held) if when == day for tag in tags.items()]
        frame = pl.DataFrame(rows, schema={"tag_set": pl.Int32, "key": pl.String, "value": pl.String}, orient="row")
        for place, key, value in normal_tags(frame, rules, day).select("tag_set", "key", "value").iter_rows():
            found[place][key] = value
    return found


@dataclass(frozen=True, slots=True)
class Read:
    """What the rules read of a charge, which comparisons hold of it, and its day."""

    texts: Mapping[str, str | None]
    truths: Mapping[Check, bool]
    day: date


def _answer(dimension: Dimension, read: Read, rules: Rules) -> tuple[Answer, str | None]:
    texts, truths, day = read.texts, read.truths, read.day
    teams = rules.teams if dimension.name == "team" else None
    calendar = Calendar(teams)
    words = None if teams is None else team_words(teams)
    claims: list[Claim] = []
    near: list[NearMiss] = []
    for rule in dimension.rules:
        if _distance(rule.when, True, truths) > 0:
            near += _nearly(rule, truths, texts, day)
            continue
        claim = _claim(rule, texts, words)
        if claim is None:
            continue
        claims.append(claim)
        if not rule.valid_from <= day < rule.valid_to:
            near.append(NearMiss(rule.id, rule.line, _days(rule), day.isoformat(), rule.note))
            continue
        miss = _not_a_team(claim, calendar, day)
        if miss is None or rule.stops:
            break
        near.append(miss)
    line = spans(claims, dimension.default, calendar)
    span = next(span for span in line if span.start <= day < span.end)
    told = next((claim.rule for claim in claims if claim.rule.id == span.why.rule), None)
    answer = Answer(
        dimension=dimension.name,
        value=span.value,
        rule=span.why.rule,
        layer=span.why.layer,
        reason=span.why.reason,
        line=told.line if told else None,
        condition=said(told) if told else None,
        note=told.note if told else None,
        near=tuple(near[:NEAR_MAX]),
    )
    return answer, span.cost_centre


def said(rule: Rule) -> str:
    """The rule in words: its condition and its answer."""
    answer = f'"{shorten(rule.value)}"' if rule.value is not None else f"the value of {' or '.join(rule.sources)}"
    if rule.lookup is not None:
        answer = f"what {rule.lookup.table} has for {answer}"
    condition = str(rule.when)
    return f"{answer} when {condition}" if condition else answer


def _claim(rule: Rule, texts: Mapping[str, str | None], words: Mapping[str, str] | None) -> Claim | None:
    if not rule.sources:
        return Claim(rule, rule.value)
    source, text = next(((source, texts[source]) for source in rule.sources if texts[source] is not None), ("", None))
    if text is not None and rule.lookup is not None:
        text = rule.lookup.answers().get(text)
    if text is None:
        return None
    if words is None:
        return Claim(rule, text, layer=rule.layer(source))
    team = words.get(squash([text])[0])
    return Claim(rule, team, None if team is not None else unknown(text), rule.layer(source))


def _truths(asked: set[Check], texts: Sequence[Mapping[str, str | None]]) -> list[dict[Check, bool]]:
    """By the code that decides: each column's values, beside the missing one."""
    truths: list[dict[Check, bool]] = [{} for _ in texts]
    for column in sorted({check.column for check in asked}):
        known = [None, *sorted({text for one in texts if (text := one[column]) is not None})]
        codes = {text: code for code, text in enumerate(known)}
        values = pl.Series("value", known, dtype=pl.String)
        matched = matching([check for check in asked if check.column == column], values)
        found = {check: set(holding) for check, holding in matched.items()}
        for one, truth in zip(texts, truths, strict=True):
            code = codes[one[column]]
            truth |= {check: code in holding for check, holding in found.items()}
    return truths


def _distance(condition: Condition, wanted: bool, truths: Mapping[Check, bool]) -> int:
    """How many comparisons would have to turn out otherwise for the condition to be `wanted`."""
    if isinstance(condition, Check):
        return int(truths[condition] != wanted)
    if isinstance(condition, Not):
        return _distance(condition.part, not wanted, truths)
    parts = [_distance(part, wanted, truths) for part in condition.parts]
    each = isinstance(condition, AnyOf) != wanted
    return sum(parts) if each else min(parts, default=1)


def _blocking(condition: Condition, wanted: bool, truths: Mapping[Check, bool]) -> Check:
    """The first comparison that alone would have to turn out otherwise, where the distance is one."""
    if isinstance(condition, Check):
        return condition
    if isinstance(condition, Not):
        return _blocking(condition.part, not wanted, truths)
    part = next(part for part in condition.parts if _distance(part, wanted, truths) == 1)
    return _blocking(part, wanted, truths)


def _nearly(rule: Rule, truths: Mapping[Check, bool], texts: Mapping[str, str | None], day: date) -> list[NearMiss]:
    """Only rules of several comparisons: where there is one, every rule that fails has failed by one."""
    inside = rule.valid_from <= day < rule.valid_to
    if not inside or len(list(checks(rule.when))) < 2 or _distance(rule.when, True, truths) != 1:
        return []
    check = _blocking(rule.when, True, truths)
    asked = str(check) if not truths[check] else f"not ({check})"
    found = texts[check.column]
    return [NearMiss(rule.id, rule.line, asked, None if found is None else shorten(found), rule.note)]


def _days(rule: Rule) -> str:
    starts = f"from {rule.valid_from}" if rule.valid_from > DAY_MIN else ""
    ends = f"before {rule.valid_to}" if rule.valid_to < DAY_MAX else ""
    return "a day " + " and ".join(part for part in (starts, ends) if part)


def _not_a_team(claim: Claim, calendar: Calendar, day: date) -> NearMiss | None:
    """What a rule answered whose condition holds, when that is no team of the day."""
    rule = claim.rule
    if claim.value is None:
        return NearMiss(rule.id, rule.line, "a known team", (claim.reason or "").partition(":")[2], rule.note)
    if not calendar.valid(claim.value, day):
        return NearMiss(rule.id, rule.line, f"a team that exists on {day}", claim.value, rule.note)
    return None
