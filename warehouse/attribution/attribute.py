"""Whose every dim is, on which days, and why. Pure: dims, tags and rules in, owners out.

Stops on the way: `facts` (what the rules read, as codes), `decide` (rules of one dimension on distinct combinations),
`windows` (claims to days), and here the join of the dimensions and back to the dims.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from warehouse.attribution.decide import decide
from warehouse.attribution.facts import Facts, read_facts, refine
from warehouse.attribution.index import constant
from warehouse.attribution.match import CODE
from warehouse.attribution.model import DIMENSIONS, Dimension, Rules
from warehouse.attribution.windows import Calendar, Span, overlay, spans

OWNERS: Final[dict[str, pl.DataType]] = {
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "team": pl.String(),
    "application": pl.String(),
    "environment": pl.String(),
    "cost_centre": pl.String(),
    "extra": pl.String(),
    "why": pl.String(),
}


def attribute(
    dims: pl.DataFrame, tag_sets: pl.DataFrame, rules: Rules, accounts: pl.DataFrame | None = None
) -> pl.DataFrame:
    """Owners: dim and the columns of OWNERS, sorted by dim and day. Each dim has exactly one owner on every day.

    `dims` as the store's table; `tag_sets` has tag_set, key, value, raw; `accounts` as facts.ACCOUNTS. Windows are
    half-open and never null. A null team is unallocated. `extra` is a JSON object of the other dimensions. `why` is a
    JSON object of dimension -> {rule, layer, reason}, where layer is one of LAYERS or `unallocated`, and the reason
    says why there is no better answer.
    """
    facts = read_facts(dims, tag_sets, rules, accounts)
    found: dict[str, list[tuple[Span, ...]]] = {}
    read_by_others = {column for dimension in rules.dimensions for column in dimension.columns}
    for dimension in rules.ordered:
        name = dimension.name
        line, found[name] = _answers(dimension, facts, rules)
        facts.rows = facts.rows.with_columns(line.alias(f"={name}"))
        if name in read_by_others:
            facts.rows = refine(facts.rows, _days(found[name], f"={name}"), f"={name}")
            facts.put(name, facts.rows["=value"])
            facts.rows = facts.rows.drop("=value")
    answers = {name: found[name] for name in rules.names}
    table = facts.rows.select("place", "valid_from", "valid_to", *(f"={name}" for name in answers))
    keys = table.columns[1:]
    distinct = table.select(keys).unique(maintain_order=True).with_row_index("owner")
    owners = _owners(distinct, answers)
    keyed = table.join(distinct, on=keys, how="left").select(dims["dim"][table["place"]].alias("dim"), "owner")
    return keyed.join(owners, on="owner", how="inner").drop("owner").sort("dim", "valid_from")


def _days(answers: list[tuple[Span, ...]], name: str) -> pl.DataFrame:
    """What each answer says on which days."""
    rows = [(place, span.start, span.end, span.value) for place, spans_ in enumerate(answers) for span in spans_]
    schema = {name: CODE, "starts": pl.Date, "ends": pl.Date, "=value": pl.String}
    return pl.DataFrame(rows, schema=schema, orient="row")


def _answers(dimension: Dimension, facts: Facts, rules: Rules) -> tuple[pl.Series, list[tuple[Span, ...]]]:
    """For each row the position of its answer, and the answers."""
    teams = rules.teams if dimension.name == "team" else None
    calendar = Calendar(teams)
    answers = [spans((), dimension.default, calendar)]
    columns = list(dimension.columns)
    height = facts.rows.height
    nothing = constant(0, height, CODE)
    if not dimension.rules or not height:
        return nothing, answers
    if columns:
        codes = facts.rows.select(columns)
        combinations = codes.unique(maintain_order=True)
        rows = codes.join(combinations.with_row_index("row"), on=columns, how="left", maintain_order="left")["row"]
    else:
        combinations, rows = pl.DataFrame(height=1), nothing
    claims, claimed = decide(dimension, combinations, facts.values, teams)
    distinct = claimed.select("claim").unique(maintain_order=True).with_row_index("answer", offset=1)
    answers += [spans([claims[place] for place in found], dimension.default, calendar) for found in distinct["claim"]]
    by_row = claimed.join(distinct, on="claim", how="left").select("row", "answer")
    lines = rows.alias("row").to_frame().join(by_row, on="row", how="left", maintain_order="left")
    return lines["answer"].fill_null(0).cast(CODE), answers


def _owners(distinct: pl.DataFrame, answers: Mapping[str, list[tuple[Span, ...]]]) -> pl.DataFrame:
    """owner and the columns of OWNERS: every distinct combination of answers, laid over each other on its days."""
    lasting = {name: pl.Series([len(found) == 1 for found in answers[name]], dtype=pl.Boolean) for name in answers}
    every_day = reduce(and_, [lasting[name][distinct[f"={name}"]] for name in answers])
    parts = [_lasting(distinct.filter(every_day), answers)]
    rows: list[tuple[object, ...]] = []
    for owner, start, end, *places in distinct.filter(~every_day).iter_rows():
        chosen = {name: answers[name][place] for name, place in zip(answers, places, strict=True)}
        for since, until, rest in _windows(chosen):
            if since < end and start < until:
                rows.append((owner, max(since, start), min(until, end), *rest))
    parts.append(pl.DataFrame(rows, schema={"owner": CODE, **OWNERS}, orient="row"))
    return pl.concat(parts)


def _lasting(distinct: pl.DataFrame, answers: Mapping[str, list[tuple[Span, ...]]]) -> pl.DataFrame:
    """The combinations of answers that hold on every day, which are nearly all: the same as `_windows`, at once."""
    table = distinct
    for name, found in answers.items():
        first = pl.DataFrame(
            [(span[0].value, str(span[0].why), span[0].cost_centre, json.dumps(span[0].value)) for span in found],
            schema={"value": pl.String, "why": pl.String, "cost_centre": pl.String, "json": pl.String},
            orient="row",
        )[table[f"={name}"]]
        table = table.with_columns(
            first["value"].alias(name), first["why"].alias(f"why {name}"), first["json"].alias(f"json {name}")
        )
        if name == "team":
            table = table.with_columns(first["cost_centre"])
    extra = [name for name in answers if name not in DIMENSIONS]
    return table.with_columns(extra=_object("json", extra), why=_object("why", list(answers))).select("owner", *OWNERS)


def _object(kind: str, names: list[str]) -> pl.Expr:
    """A JSON object of columns that hold JSON."""
    if not names:
        return pl.lit("{}")
    pieces = [pl.format(f'"{name}":{{}}', f"{kind} {name}") for name in names]
    return pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=","), pl.lit("}"))


def _windows(chosen: Mapping[str, tuple[Span, ...]]) -> Iterator[tuple[date, date, list[str | None]]]:
    for start, end, spans_here in overlay(chosen):
        why = ",".join(f'"{name}":{span.why}' for name, span in spans_here.items())
        extra = ",".join(f'"{name}":{json.dumps(span.value)}' for name, span in spans_here.items()
                         if name not in DIMENSIONS)  # fmt: skip
        values = [spans_here[name].value for name in DIMENSIONS]
        yield start, end, [*values, spans_here["team"].cost_centre, f"{{{extra}}}", f"{{{why}}}"]
