"""What the documents say, checked: teams, tag keys, and the ordered rules of each dimension.

Absent: positions in the text beyond a rule's line, and anything computed from cost data.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from graphlib import TopologicalSorter
from typing import Final

from warehouse.focus import COLUMNS

DAY_MIN: Final = date(1, 1, 1)
DAY_MAX: Final = date(9999, 12, 31)
"""Open ends of a window. Windows are half-open: `valid_from` is in, `valid_to` is out."""

DIMENSIONS: Final = ("team", "application", "environment")
"""What is decided always, beside the dimensions that the rules name. The cost centre is not decided: it is the team's
on the day of the charge."""

READABLE: Final[Mapping[str, str]] = {column.column: column.name for column in COLUMNS if column.table == "dims"}
"""What a condition may read beside `tag.KEY`: name here to name in FOCUS."""

TAG: Final = "tag."
ACCOUNT_TAG: Final = "account_tag."
"""What the account, project, resource group or organisational unit is tagged with, as far as a collector knows it."""
NOBODY: Final = "(none)"
"""In `team`, the answer that the cost is no team's; no key of a team has brackets."""
LAYERS: Final = ("override", "tag", "inherited", "catalogue", "rule", "name", "default")
"""The kinds of evidence, the strongest first. An override always comes first and a default last."""
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
class Called:
    """What people call a value of a dimension, on some days."""

    dimension: str
    value: str
    name: str
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX


@dataclass(frozen=True, slots=True)
class Alias:
    """Another raw key, on charges of the days it is read."""

    key: str
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX

    def holds(self, day: date) -> bool:
        return self.valid_from <= day < self.valid_to


@dataclass(frozen=True, slots=True)
class TagKey:
    """Which raw keys are read as `tag.<key>`, and how their values are folded."""

    key: str
    aliases: tuple[Alias, ...] = ()
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
class Lookup:
    """A table beside the rules: what was read, as a key, to the answer."""

    table: str
    pairs: tuple[tuple[str, str], ...]

    def answers(self) -> dict[str, str]:
        return dict(self.pairs)


@dataclass(frozen=True, slots=True)
class Rule:
    """Exactly one of `value` and `sources` is set."""

    id: str
    when: Condition = ALWAYS
    value: str | None = None
    sources: tuple[str, ...] = ()
    """Columns, of which the first with a value answers; a rule says nothing where all are missing."""
    lookup: Lookup | None = None
    """Turns what was read into the answer; a rule says nothing about what the table does not have."""
    stops: bool = False
    """Where the answer is no team of that day: leave the cost unallocated instead of asking the next rule."""
    note: str | None = None
    valid_from: date = DAY_MIN
    valid_to: date = DAY_MAX
    line: int = 0
    """In the rules document, from 1."""
    stated: str | None = None
    """The layer that the document says it belongs to."""

    def layer(self, source: str | None = None) -> str:
        """The kind of evidence: where the value was read from, or `rule` when someone wrote it."""
        source = source or next(iter(self.sources), None)
        if self.stated or source is None or self.lookup:
            return self.stated or "rule"
        kinds = {TAG: "tag", ACCOUNT_TAG: "inherited"}
        return kinds.get(prefix_of(source)) or ("name" if source in READABLE else "rule")

    @property
    def windowed(self) -> bool:
        return self.valid_from > DAY_MIN or self.valid_to < DAY_MAX

    @property
    def written(self) -> bool:
        """Whether it stands in the rules document; those of the catalogue are made, and nobody can mend them there."""
        return self.line > 0

    @property
    def columns(self) -> frozenset[str]:
        """Everything it reads."""
        return frozenset({check.column for check in checks(self.when)} | set(self.sources))


@dataclass(frozen=True, slots=True)
class Dimension:
    name: str
    rules: tuple[Rule, ...] = ()
    """In the order they are asked: overrides, then by precedence where one is declared, else as written."""
    default: str | None = None
    precedence: tuple[str, ...] = ()
    """The layers that were named, in that order."""

    @property
    def columns(self) -> tuple[str, ...]:
        """Everything its rules read, sorted."""
        return tuple(sorted({column for rule in self.rules for column in rule.columns}))


@dataclass(frozen=True, slots=True)
class Assertion:
    """What must hold of a draft before it is published."""

    measure: str
    """One of grammar.ASSERTED."""
    limit: Decimal
    dimension: str = "team"
    value: str | None = None
    currency: str | None = None
    line: int = 0

    def __str__(self) -> str:
        about = "".join(f", {word}" for word in (self.value, self.currency) if word)
        return f"{self.dimension}{about}: {self.measure.replace('_', ' ')} {self.limit}"


@dataclass(frozen=True, slots=True)
class Rules:
    """The documents together: what `attribute` needs beside the data."""

    teams: tuple[Team, ...] = ()
    tag_keys: tuple[TagKey, ...] = ()
    dimensions: tuple[Dimension, ...] = field(default_factory=lambda: tuple(Dimension(name) for name in DIMENSIONS))
    """DIMENSIONS in that order, then those that the rules name."""
    assertions: tuple[Assertion, ...] = ()
    effective_from: date = DAY_MIN
    """Charges of earlier days keep what the version before decided."""
    called: tuple[Called, ...] = ()
    """Entities of the catalogue that people call otherwise than tags and answers do; teams have their names."""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(dimension.name for dimension in self.dimensions)

    @property
    def extra(self) -> tuple[str, ...]:
        """The dimensions beside DIMENSIONS."""
        return self.names[len(DIMENSIONS) :]

    @property
    def ordered(self) -> tuple[Dimension, ...]:
        """Each after those that it reads. The loader has refused cycles."""
        by_name = {dimension.name: dimension for dimension in self.dimensions}
        reads = {name: [column for column in by_name[name].columns if column in by_name] for name in by_name}
        return tuple(by_name[name] for name in TopologicalSorter(reads).static_order())

    @property
    def columns(self) -> tuple[str, ...]:
        """What is read of a charge: columns and tags, other dimensions aside."""
        read = {column for dimension in self.dimensions for column in dimension.columns}
        return tuple(sorted(read - set(self.names)))


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


def prefix_of(column: str) -> str:
    """`tag.` or `account_tag.` where the column is one of them, else nothing."""
    return next((prefix for prefix in (TAG, ACCOUNT_TAG) if column.startswith(prefix)), "")
