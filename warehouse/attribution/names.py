"""What people call the values of dimensions: teams by org.yaml, applications and systems by the catalogue, day by day.

A name is made fit to stand in a table, a sentence and a file: one line, without marks that turn the text around it. The
value stands beside it where two share a name, or where it reads like what is shown for cost of nobody.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from datetime import date
from typing import Final

import polars as pl

from warehouse.attribution.model import Called, Rules

NAMES: Final = {"value": pl.String, "name": pl.String}
TAKEN: Final = ("unallocated", "untagged", "none", "other", "empty text")
"""What pages say where there is no value."""
_MARKS: Final = re.compile(
    "[\x00-\x1f\x7f-\x9f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb]+"
)
"""Neither letters nor signs: breaks of lines, and what turns the direction of text. Joiners stay: emoji have them."""


class EntityNames:
    """The names of one version of the documents. Of a day in a gap the name before holds, else the first one."""

    def __init__(self, rules: Rules) -> None:
        self._called: dict[str, dict[str, list[Called]]] = defaultdict(lambda: defaultdict(list))
        teams = (Called("team", team.key, team.name, team.valid_from, team.valid_to) for team in rules.teams)
        for one in sorted((*teams, *rules.called), key=lambda one: one.valid_from):
            self._called[one.dimension][one.value].append(one)
        self._turns = {name: _turns(values) for name, values in self._called.items()}
        self._found: dict[tuple[str, int], pl.DataFrame] = {}

    @property
    def dimensions(self) -> tuple[str, ...]:
        """Those of which some value has a name."""
        return tuple(sorted(self._called))

    def of(self, dimension: str, day: date) -> pl.DataFrame:
        """Value and name, of values that are called otherwise than they are; each once."""
        if dimension not in self._called:
            return pl.DataFrame(schema=NAMES)
        turn = bisect_right(self._turns[dimension], day)
        if (dimension, turn) not in self._found:
            pairs = list(_shown(self._called[dimension], day).items())
            self._found[dimension, turn] = pl.DataFrame(pairs, schema=NAMES, orient="row")
        return self._found[dimension, turn]


def readable(name: str) -> str:
    """One line of text, with blanks inside only; nothing where it has no letter or sign."""
    return " ".join(_MARKS.sub(" ", name).split())


def _turns(values: Mapping[str, Iterable[Called]]) -> list[date]:
    return sorted({day for held in values.values() for one in held for day in (one.valid_from, one.valid_to)})


def _shown(values: Mapping[str, list[Called]], day: date) -> dict[str, str]:
    names = {value: _name(stretches, day) or value for value, stretches in values.items()}
    heard = Counter(name.casefold() for name in names.values())
    return {value: name for value, name in _apart(names, heard) if name != value}


def _apart(names: Mapping[str, str], heard: Mapping[str, int]) -> Iterator[tuple[str, str]]:
    for value, name in names.items():
        plain = name.casefold()
        shared = heard[plain] > 1 or plain in TAKEN
        yield value, f"{name} ({value})" if shared and name != value else name


def _name(stretches: list[Called], day: date) -> str:
    """Several that hold on the day are entities of one name: where they are called differently, nobody is meant."""
    past = [one for one in stretches if one.valid_from <= day] or stretches[:1]
    latest = [one for one in past if one.valid_from == past[-1].valid_from]
    now = [one for one in past if one.valid_from <= day < one.valid_to] or latest
    names = {readable(one.name) for one in now}
    return names.pop() if len(names) == 1 else ""
