"""What rules do beside each other: which decide nothing, and which would answer where another one already does."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

import polars as pl

from warehouse.attribution.match import CODE
from warehouse.attribution.model import Rule

State = Literal["used", "overlapping", "shadowed", "dead", "never", "unused"]
OTHERS_MAX: Final = 5
"""Rules named beside one that they answer before; more is a list, not a reason."""


@dataclass(frozen=True, slots=True)
class Standing:
    """One rule among the others.

    `never`: its condition holds nowhere. `dead`: its days hold no cost. `shadowed`: another rule answers wherever it
    would. `overlapping`: it answers somewhere, and elsewhere another one does before it. `unused`: it decides nothing,
    and was not looked at further.
    """

    dimension: str
    rule: str
    line: int
    state: State
    dims: int
    """Combinations of what a bill says that its condition holds for."""
    others: tuple[str, ...] = ()
    """The rules that answer instead, those with the most combinations first."""


def deciding(whys: Iterable[str]) -> set[tuple[str, str]]:
    """(dimension, rule) of every rule that answers somewhere; `whys` are distinct ones."""
    found = set()
    for text in whys:
        for dimension, why in json.loads(text or "{}").items():
            if why["rule"] is not None and why["layer"] != "unallocated":
                found.add((dimension, why["rule"]))
    return found


def standings(
    asked: Sequence[tuple[str, Rule]],
    matched: Sequence[pl.Series],
    owners: pl.DataFrame,
    days: tuple[date, date],
) -> list[Standing]:
    """`matched` are the dims of each rule, `owners` the answers for all of them; `days` are the first and last."""
    others = _others(asked, matched, owners.filter(pl.col("valid_from") <= days[1], pl.col("valid_to") > days[0]))
    found = []
    for place, ((dimension, rule), dims) in enumerate(zip(asked, matched, strict=True)):
        own, rest = others.get(place, (False, ()))
        state: State = "used"
        if dims.is_empty():
            state = "never"
        elif not own and not (rule.valid_from <= days[1] and days[0] < rule.valid_to):
            state = "dead"
        elif not own:
            state = "shadowed"
        elif rest:
            state = "overlapping"
        found.append(Standing(dimension, rule.id, rule.line, state, len(dims), rest[:OTHERS_MAX]))
    return found


def _others(
    asked: Sequence[tuple[str, Rule]], matched: Sequence[pl.Series], owners: pl.DataFrame
) -> dict[int, tuple[bool, tuple[str, ...]]]:
    """Place of a rule -> whether it answers anywhere, and which others answer where it would."""
    pairs = [pl.DataFrame({"place": pl.Series([place], dtype=CODE).new_from_index(0, len(dims)), "dim": dims})
             for place, dims in enumerate(matched)]  # fmt: skip
    if not pairs:
        return {}
    counted = pl.concat(pairs).join(owners.select("dim", "why"), on="dim").group_by("place", "why").len()
    sizes: dict[int, dict[str, int]] = {}
    for place, why, count in counted.iter_rows():
        told = json.loads(why).get(asked[place][0]) or {}
        # What a rule read and no team is called does not end the search: the next rule is asked.
        name = told.get("rule") if told.get("layer") != "unallocated" else None
        if name is not None:
            here = sizes.setdefault(place, {})
            here[name] = here.get(name, 0) + count
    result = {}
    for place, counts in sizes.items():
        own = asked[place][1].id
        rest = sorted((name for name in counts if name != own), key=lambda name: (-counts[name], name))
        result[place] = (own in counts, tuple(rest))
    return result
