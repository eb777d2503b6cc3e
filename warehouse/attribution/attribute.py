"""Whose every dim is, on which days, and why. Pure: dims, tags and rules in, owners out.

Stops on the way: `facts` (what the rules read, as codes), `decide` (rules of one dimension on distinct combinations),
`windows` (claims to days), and here the join of the dimensions and back to the dims.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import reduce
from operator import and_
from typing import Final

import polars as pl

from warehouse.attribution.decide import decide
from warehouse.attribution.facts import Facts, read_facts
from warehouse.attribution.index import constant
from warehouse.attribution.match import CODE
from warehouse.attribution.model import DAY_MAX, DAY_MIN, Dimension, Rules
from warehouse.attribution.windows import Calendar, Span, overlay, spans

OWNERS: Final[dict[str, pl.DataType]] = {
    "valid_from": pl.Date(),
    "valid_to": pl.Date(),
    "team": pl.String(),
    "application": pl.String(),
    "environment": pl.String(),
    "cost_centre": pl.String(),
    "why": pl.String(),
}


def attribute(dims: pl.DataFrame, tag_sets: pl.DataFrame, rules: Rules) -> pl.DataFrame:
    """Owners: dim and the columns of OWNERS, sorted by dim and day. Each dim has exactly one owner on every day.

    `dims` as the store's table; `tag_sets` has tag_set, key, value, raw. Windows are half-open and never null. A null
    team is unallocated; `why` is a JSON object of dimension -> {rule, layer, reason}, where layer is `rule`, `tag`,
    `name`, `default` or `unallocated`, and the reason says why there is no better answer.
    """
    facts = read_facts(dims, tag_sets, rules)
    answers: dict[str, list[tuple[Span, ...]]] = {}
    lines = {}
    for dimension in rules.dimensions:
        lines[dimension.name], answers[dimension.name] = _answers(dimension, facts, rules)
    table = dims.select("dim").with_columns(**lines)
    names = list(lines)
    distinct = table.select(names).unique(maintain_order=True).with_row_index("owner")
    owners = _owners(distinct, answers)
    keyed = table.join(distinct, on=names, how="left").select("dim", "owner")
    return keyed.join(owners, on="owner", how="inner").drop("owner").sort("dim", "valid_from")


def _answers(dimension: Dimension, facts: Facts, rules: Rules) -> tuple[pl.Series, list[tuple[Span, ...]]]:
    """For each dim the position of its answer, and the answers."""
    teams = rules.teams if dimension.name == "team" else None
    calendar = Calendar(teams)
    answers = [spans((), dimension.default, calendar)]
    columns = list(dimension.columns)
    height = facts.codes.height
    nothing = constant(0, height, CODE)
    if not dimension.rules or not height:
        return nothing, answers
    if columns:
        codes = facts.codes.select(columns)
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
    """owner and the columns of OWNERS: every distinct combination of answers, laid over each other."""
    lasting = {name: pl.Series([len(found) == 1 for found in answers[name]], dtype=pl.Boolean) for name in answers}
    every_day = reduce(and_, [lasting[name][distinct[name]] for name in answers])
    parts = [_lasting(distinct.filter(every_day), answers)]
    rows: list[tuple[object, ...]] = []
    for owner, *places in distinct.filter(~every_day).select("owner", *answers).iter_rows():
        chosen = {name: answers[name][place] for name, place in zip(answers, places, strict=True)}
        rows += [(owner, *window) for window in _windows(chosen)]
    parts.append(pl.DataFrame(rows, schema={"owner": CODE, **OWNERS}, orient="row"))
    return pl.concat(parts)


def _lasting(distinct: pl.DataFrame, answers: Mapping[str, list[tuple[Span, ...]]]) -> pl.DataFrame:
    """The combinations that hold on every day, which are nearly all: the same as `_windows`, at once."""
    table = distinct.with_columns(valid_from=pl.lit(DAY_MIN), valid_to=pl.lit(DAY_MAX))
    for name, found in answers.items():
        first = pl.DataFrame(
            [(span[0].value, str(span[0].why), span[0].cost_centre) for span in found],
            schema={"value": pl.String, "why": pl.String, "cost_centre": pl.String},
            orient="row",
        )[table[name]]
        table = table.with_columns(first["value"].alias(name), first["why"].alias(f"why_{name}"))
        if name == "team":
            table = table.with_columns(first["cost_centre"])
    pieces = [pl.format(f'"{name}":{{}}', f"why_{name}") for name in answers]
    why = pl.concat_str(pl.lit("{"), pl.concat_str(pieces, separator=","), pl.lit("}"))
    return table.with_columns(why=why).select("owner", *OWNERS)


def _windows(chosen: Mapping[str, tuple[Span, ...]]) -> list[tuple[date | str | None, ...]]:
    windows: list[tuple[date | str | None, ...]] = []
    for start, end, spans_here in overlay(chosen):
        why = ",".join(f'"{name}":{span.why}' for name, span in spans_here.items())
        values = [spans_here[name].value for name in ("team", "application", "environment")]
        windows.append((start, end, *values, spans_here["team"].cost_centre, f"{{{why}}}"))
    return windows
