"""The one kind of question: `CostQuery`, and its text, which is also the query string of a link.

    measures=billed_cost&by=service&where=provider:acme,north&where=-team:(none)&period=2026-09

`parse` in `warehouse.metrics.parse` reads the text; `str(query)` writes it in one canonical form: fields in the order
of FIELDS, defaults left out. The grammar is in docs/queries.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final, Literal
from urllib.parse import quote

Grain = Literal["none", "day", "week", "month"]
Basis = Literal["charge", "billing"]
MatchKind = Literal["is", "contains", "none"]

GRAINS: Final = ("none", "day", "week", "month")
BASES: Final = ("charge", "billing")
COMPARES: Final = ("none", "previous", "year")
INCOMPLETE: Final = ("exclude", "include")
NORMALISES: Final = ("none", "day")
NONE_MARK: Final = "(none)"
OTHER_MARK: Final = "(other)"
DEFAULT_MEASURES: Final = ("effective_cost",)
DEFAULT_PERIOD: Final = "last_30_days"
UNQUOTED: Final = "-._~:,/@()*!"
"""Characters beside ASCII letters and digits that the canonical text does not percent-encode."""


@dataclass(frozen=True, slots=True)
class Match:
    """One alternative of a filter: equals `text`, contains it, or the value is missing. Case matters."""

    kind: MatchKind
    text: str = ""

    def __str__(self) -> str:
        if self.kind == "none":
            return NONE_MARK
        escaped = re.sub(r"([\\,])", r"\\\1", self.text)
        if self.kind == "contains":
            return "~" + escaped
        return "\\" + escaped if escaped[:1] in ("~", "(") else escaped


@dataclass(frozen=True, slots=True)
class Filter:
    """Lines whose dimension matches any of `values`; with `exclude`, all the others, missing values included."""

    dimension: str
    values: tuple[Match, ...]
    exclude: bool = False

    def __str__(self) -> str:
        return ("-" if self.exclude else "") + escape_name(self.dimension) + ":" + ",".join(map(str, self.values))


@dataclass(frozen=True, slots=True)
class Sort:
    """A column of the answer; missing values and the rest of a top list come last either way."""

    column: str
    descending: bool = False

    def __str__(self) -> str:
        return ("-" if self.descending else "") + escape_name(self.column)


@dataclass(frozen=True, slots=True)
class CostQuery:
    """A question about cost. Words stay words here; `period_words.resolve` makes days of them."""

    measures: tuple[str, ...] = DEFAULT_MEASURES
    by: tuple[str, ...] = ()
    where: tuple[Filter, ...] = ()
    period: str = DEFAULT_PERIOD
    grain: Grain = "none"
    basis: Basis = "charge"
    compare: str = "none"  # none, previous, year, or a range of days a..b
    normalise: Literal["none", "day"] = "none"  # "day": sums divided by the days they are of
    top: int | None = None  # this many groups for each currency; the rest folds into one
    sort: tuple[Sort, ...] = ()
    currency: tuple[str, ...] = ()  # answer only these
    known_on: str | None = None  # a day: what was known at its end
    incomplete: Literal["exclude", "include"] = "exclude"  # may a question hold days past the data-complete one?
    limit: int | None = None  # rows on a page
    cursor: str | None = None  # where the page begins, as the page before said

    def __str__(self) -> str:
        fields = (
            ("measures", ",".join(map(escape_name, self.measures)), ",".join(DEFAULT_MEASURES)),
            ("by", ",".join(map(escape_name, self.by)), ""),
            *(("where", str(item), None) for item in self.where),
            ("period", self.period, DEFAULT_PERIOD),
            ("grain", self.grain, "none"),
            ("basis", self.basis, "charge"),
            ("compare", self.compare, "none"),
            ("normalise", self.normalise, "none"),
            ("top", _text(self.top), ""),
            ("sort", ",".join(map(str, self.sort)), ""),
            ("currency", ",".join(self.currency), ""),
            ("known_on", self.known_on or "", ""),
            ("incomplete", self.incomplete, "exclude"),
            ("limit", _text(self.limit), ""),
            ("cursor", self.cursor or "", ""),
        )
        return "&".join(f"{name}={quote(value, safe=UNQUOTED)}" for name, value, usual in fields if value != usual)


FIELDS: Final = (
    "measures", "by", "where", "period", "grain", "basis", "compare", "normalise", "top", "sort", "currency",
    "known_on", "incomplete", "limit", "cursor",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fault:
    """One bad word: where it stands in the text (characters from 0), the nearest known word, and what to do."""

    word: str
    field: str | None
    position: int
    message: str
    next_step: str
    nearest: tuple[str, ...] = ()


class QueryError(Exception):
    """A question that cannot be asked, with every fault of it at once."""

    kind = "caller"

    def __init__(self, *faults: Fault, slug: str = "query") -> None:
        self.faults = faults
        self.slug = slug
        self.message = "; ".join(fault.message for fault in faults)
        self.field = faults[0].field
        self.nearest = faults[0].nearest
        self.next_step = faults[0].next_step
        super().__init__(self.message)


def escape_name(name: str) -> str:
    """A name as the grammar writes it: backslash before `:`, `,`, backslash, and a leading minus."""
    escaped = re.sub(r"([\\:,])", r"\\\1", name)
    return "\\" + escaped if escaped.startswith("-") else escaped


def _text(number: int | None) -> str:
    return "" if number is None else str(number)
