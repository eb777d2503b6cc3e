"""What the two documents say, checked: teams, tag keys, and the ordered rules of each dimension.

Absent: positions in the text beyond a rule's line, and anything computed from cost data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Final

from warehouse.focus import COLUMNS

DAY_MIN: Final = date(1, 1, 1)
DAY_MAX: Final = date(9999, 12, 31)
"""Open ends of a window. Windows are half-open: `valid_from` is in, `valid_to` is out."""

DIMENSIONS: Final = ("team", "application", "environment")
"""What rules decide. The cost centre is not decided: it is the team's on the day of the charge."""

READABLE: Final[Mapping[str, str]] = {column.column: column.name for column in COLUMNS if column.table == "dims"}
"""What a condition may read beside `tag.KEY`: name here to name in FOCUS."""

TAG: Final = "tag."
FOLDS: Final = ("case", "blanks", "separators")
OPERATORS: Final = ("equals", "prefix", "suffix", "contains", "glob", "regex", "missing")


@dataclass(frozen=True, slots=True)
class Team:
    """One stretch of a team's life. A key may have several, one after the other: a reorganisation keeps history."""

    key: str
    name: str
    parent: str | None = None
    cost_centre: str | None = None
    aliases: tuple[str, ...] = ()
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX


@dataclass(frozen=True, slots=True)
class TagKey:
    """Which raw keys are read as `tag.<key>`, and how their values are folded."""

    key: str
    aliases: tuple[str, ...] = ()
    """In order of preference; the key itself comes before them."""
    fold: tuple[str, ...] = FOLDS
    values: tuple[tuple[str, tuple[str, ...]], ...] = ()
    """Value to use -> other spellings of it, which are folded before they are compared."""


@dataclass(frozen=True, slots=True)
class Check:
    """One column compared with any of `operands`. A missing value passes `missing` only."""

    column: str
    operator: str
    operands: tuple[str, ...] = ()
    missing: bool = True
    """Which way `missing` asks."""

    def __str__(self) -> str:
        if self.operator == "missing":
            return f"{self.column} is {'' if self.missing else 'not '}missing"
        shown = [f'"{shorten(operand)}"' for operand in self.operands[:5]]
        more = [f"{len(self.operands) - 5} more"] if len(self.operands) > 5 else []
        return f"{self.column} {self.operator} {' or '.join(shown + more)}"


@dataclass(frozen=True, slots=True)
class All:
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " and ".join(f"({part})" if isinstance(part, AnyOf) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class AnyOf:
    parts: tuple[Condition, ...]

    def __str__(self) -> str:
        return " or ".join(f"({part})" if isinstance(part, All) else str(part) for part in self.parts)


@dataclass(frozen=True, slots=True)
class Not:
    part: Condition

    def __str__(self) -> str:
        return f"not ({self.part})"


Condition = Check | All | AnyOf | Not
ALWAYS: Final = All(())
"""The condition of a rule without `when`."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Exactly one of `value` and `source` is set."""

    id: str
    when: Condition = ALWAYS
    value: str | None = None
    source: str | None = None
    """The column whose value is the answer; a rule says nothing where it is missing."""
    stops: bool = False
    """Where the answer is no team of that day: leave the cost unallocated instead of asking the next rule."""
    note: str | None = None
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX
    line: int = 0
    """In the rules document, from 1."""

    @property
    def layer(self) -> str:
        """The kind of evidence: `tag` or `name` when the value was read from the bill, `rule` when someone wrote it."""
        if self.source is None:
            return "rule"
        return "tag" if self.source.startswith(TAG) else "name"

    @property
    def windowed(self) -> bool:
        return self.valid_from > DAY_MIN or self.valid_to < DAY_MAX


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    rules: tuple[Rule, ...] = ()
    default: str | None = None

    @property
    def columns(self) -> tuple[str, ...]:
        """Everything its rules read, sorted."""
        read = {check.column for rule in self.rules for check in checks(rule.when)}
        return tuple(sorted(read | {rule.source for rule in self.rules if rule.source is not None}))


@dataclass(frozen=True, slots=True)
class Rules:
    """Both documents together: what `attribute` needs beside the data."""

    teams: tuple[Team, ...] = ()
    tag_keys: tuple[TagKey, ...] = ()
    dimensions: tuple[Dimension, ...] = field(default_factory=lambda: tuple(Dimension(name) for name in DIMENSIONS))
    """One for each of DIMENSIONS, in that order."""

    @property
    def columns(self) -> tuple[str, ...]:
        return tuple(sorted({column for dimension in self.dimensions for column in dimension.columns}))


def checks(condition: Condition) -> Iterator[Check]:
    """Every single comparison in it, left to right."""
    if isinstance(condition, Check):
        yield condition
    elif isinstance(condition, Not):
        yield from checks(condition.part)
    else:
        for part in condition.parts:
            yield from checks(part)


def shorten(text: str, limit: int = 100) -> str:
    """Text for a sentence or a reason: whole, or its beginning and an ellipsis."""
    return text if len(text) <= limit else text[: limit - 1] + "…"
