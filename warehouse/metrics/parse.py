"""Text to `CostQuery`: every bad word is found at once, with its place in the text and the nearest known word."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Any, Final

from warehouse.focus.money import CURRENCIES
from warehouse.metrics import period_words
from warehouse.metrics.catalogue import CATALOGUE, RULED, TAG_PREFIX, Catalogue, nearest, ruled_in
from warehouse.metrics.query import (
    BASES,
    COMPARES,
    FIELDS,
    GRAINS,
    INCOMPLETE,
    NONE_MARK,
    NORMALISES,
    OTHER_MARK,
    CostQuery,
    Fault,
    Filter,
    Match,
    QueryError,
    Sort,
)  # fmt: skip

TEXT_MAX: Final = 32_768
NAMES_MAX: Final = 24
FILTERS_MAX: Final = 64
VALUES_MAX: Final = 1_000
TOP_MAX: Final = 1_000
LIMIT_MAX: Final = 100_000
ESCAPABLE: Final = ":,-~(\\"
COMPARED: Final = ("previous_", "change_", "change_percent_")


@dataclass(frozen=True, slots=True)
class Word:
    """A piece of decoded text, and where in the text as given each of its characters stood."""

    text: str
    at: tuple[int, ...]  # one longer than the text: the last is where the word ends

    def cut(self, start: int, end: int | None = None) -> Word:
        end = len(self.text) if end is None else end
        return Word(self.text[start:end], self.at[start : end + 1])


def parse(text: str, catalogue: Catalogue = CATALOGUE) -> CostQuery:
    """The query that `text` (a query string, without the question mark) stands for. Raises QueryError."""
    reader = _Reader(catalogue)
    if len(text) > TEXT_MAX:
        raise QueryError(Fault("", None, TEXT_MAX, f"The query is longer than {TEXT_MAX} characters.", "Ask for less."))
    query = reader.read(text)
    if not reader.faults:
        reader.check_together(query)
    if reader.faults:
        raise QueryError(*sorted(reader.faults, key=lambda fault: fault.position))
    return query


def valid(query: CostQuery, catalogue: Catalogue = CATALOGUE) -> CostQuery:
    """The query itself when it can be asked, whoever built it. Raises QueryError.

    Which dimensions rules have named is not known here: `resolved` asks the store.
    """
    other = (*catalogue.measure_names, *_UNITS, "currency")
    names = map(ruled_in, named_in(query))
    ruled = tuple(name for name in names if RULED.fullmatch(name) and name not in other)
    return parse(str(query), replace(catalogue, ruled=ruled))


def named_in(query: CostQuery) -> tuple[str, ...]:
    """The dimensions that a query names, each once."""
    return tuple(dict.fromkeys((*query.by, *(item.dimension for item in query.where))))


@dataclass(slots=True)
class _Reader:
    catalogue: Catalogue
    faults: list[Fault] = field(default_factory=list)
    places: dict[str, Word] = field(default_factory=dict)  # field -> its value

    def read(self, text: str) -> CostQuery:
        values: dict[str, Any] = {}
        filters: list[Filter] = []
        for name, value in self._fields(text):
            if name.text not in FIELDS:
                self._fault(name, None, f"There is no field {name.text!r}.", _one_of(FIELDS), FIELDS)
            elif value is None:
                self._fault(name, name.text, f"{name.text} has no value.", f"Write {name.text}=... or leave it out.")
            elif name.text == "where":
                filters += self._filter(value)
            elif name.text in values or name.text in self.places:
                self._fault(name, name.text, f"{name.text} is given twice.", "Give it once.")
            else:
                self.places[name.text] = value
                found = _READERS[name.text](self, name.text, value)
                if found is not None:
                    values[name.text] = found
        if len(filters) > FILTERS_MAX:
            self.faults.append(Fault("", "where", 0, f"More than {FILTERS_MAX} filters.", "Ask with fewer."))
        return CostQuery(where=tuple(filters), **values)

    def check_together(self, query: CostQuery) -> None:
        """Words that are right alone and wrong together."""
        measures = [measure for name in query.measures if (measure := self.catalogue.measure(name))]
        if "share" in query.measures and not any(measure.unit == "currency" for measure in measures):
            self._wrong("measures", "share", "share needs a cost measure beside it.", "Add effective_cost.")
        if query.top is not None and not any(measure.additive for measure in measures):
            self._wrong("top", str(query.top), "top ranks by a sum.", "Add effective_cost to the measures.")
        if query.basis == "billing" and query.grain in ("day", "week"):
            self._wrong("grain", query.grain, "Billing periods are months.", "Use grain=month.", ("month",))
        columns = sort_columns(query, self.catalogue)
        for item in query.sort:
            if item.column not in columns:
                near = nearest(item.column, columns)
                self._wrong("sort", item.column, f"The answer has no column {item.column!r}.", _one_of(columns), near)

    def _fields(self, text: str) -> Iterable[tuple[Word, Word | None]]:
        start = 0
        for part in text.split("&"):
            if part:
                name, equals, value = part.partition("=")
                after = start + len(name) + 1
                yield self._decoded(name, start), self._decoded(value, after) if equals and value else None
            start += len(part) + 1

    def _decoded(self, raw: str, start: int) -> Word:
        """Percent-encoded UTF-8 read, `+` read as a space."""
        letters: list[str] = []
        at: list[int] = []
        for match in re.finditer(r"(?:%[0-9A-Fa-f]{2})+|[^%]|%", raw):
            piece, place = match.group(), start + match.start()
            if len(piece) == 1:
                bad = piece == "%" or "\ud800" <= piece <= "\udfff"
                decoded = " " if piece == "+" else piece
            else:
                data = bytes.fromhex(piece.replace("%", ""))
                decoded, bad = data.decode("utf-8", "replace"), not _is_utf8(data)
            if bad:
                word = Word(piece, (place, place + len(piece)))
                self._fault(word, None, f"{piece!r} is not percent-encoded UTF-8.", "Write a percent sign as %25.")
            for letter in decoded:
                letters.append(letter)
                at.append(place)
                place += 1 if len(piece) == 1 else 3 * len(letter.encode("utf-8"))
        return Word("".join(letters), (*at, start + len(raw)))

    def _filter(self, value: Word) -> list[Filter]:
        exclude = value.text.startswith("-")
        name, rest = _split_once(value.cut(1) if exclude else value, ":")
        dimension = self._dimension("where", name)
        if rest is None:
            self._fault(name, "where", f"{name.text!r} has no value.", "Write where=NAME:VALUE,VALUE.")
        if dimension is None or rest is None:
            return []
        matches = [self._match(word) for word in _split(rest, ",")]
        if len(matches) > VALUES_MAX:
            self._fault(rest, "where", f"More than {VALUES_MAX} values.", "Ask with fewer.")
        return [Filter(dimension, tuple(match for match in matches if match), exclude)]

    def _match(self, word: Word) -> Match | None:
        if word.text == NONE_MARK:
            return Match("none")
        if word.text == OTHER_MARK:
            step = f"Exclude the groups shown instead; a value of that name is written \\{OTHER_MARK}."
            self._fault(word, "where", f"{OTHER_MARK} is the rest of a top list, not a value.", step)
            return None
        contains = word.text.startswith("~")
        return Match("contains" if contains else "is", self._plain("where", word.cut(1) if contains else word))

    def _dimension(self, field_name: str, word: Word) -> str | None:
        name = self._plain(field_name, word)
        if self.catalogue.knows(name):
            return name
        known = self.catalogue.dimension_names
        step = f"{_one_of(known)} Or {TAG_PREFIX}KEY."
        if name in ("currency", *_UNITS):
            step = "It is always a column of its own." + (" Filter with currency=." if name == "currency" else "")
        self._fault(word, field_name, f"There is no dimension {name!r}.", step, known)
        return None

    def _dimensions(self, field_name: str, value: Word) -> tuple[str, ...]:
        return self._distinct(field_name, [(word, self._dimension(field_name, word)) for word in _split(value, ",")])

    def _measures(self, field_name: str, value: Word) -> tuple[str, ...]:
        names: list[tuple[Word, str | None]] = []
        for word in _split(value, ","):
            known = self.catalogue.measure(word.text)
            if known is None:
                message = f"There is no measure {word.text!r}."
                self._fault(
                    word, field_name, message, _one_of(self.catalogue.measure_names), self.catalogue.measure_names
                )
            names.append((word, known.name if known else None))
        return self._distinct(field_name, names)

    def _distinct(self, field_name: str, names: list[tuple[Word, str | None]]) -> tuple[str, ...]:
        seen: list[str] = []
        for word, name in names[:NAMES_MAX]:
            if name in seen:
                self._fault(word, field_name, f"{name!r} is named twice.", "Name it once.")
            elif name is not None:
                seen.append(name)
        if len(names) > NAMES_MAX:
            self._fault(names[NAMES_MAX][0], field_name, f"More than {NAMES_MAX} names.", "Ask for fewer.")
        return tuple(seen)

    def _sorts(self, field_name: str, value: Word) -> tuple[Sort, ...]:
        found = []
        for word in _split(value, ","):
            descending = word.text.startswith("-")
            found.append(Sort(self._plain(field_name, word.cut(1) if descending else word), descending))
        return tuple(found)

    def _currencies(self, field_name: str, value: Word) -> tuple[str, ...]:
        words = value.text.split(",")
        start, found = 0, []
        for text in words:
            word = value.cut(start, start + len(text))
            start += len(text) + 1
            if text not in CURRENCIES:
                near = (text.upper(),) if text.upper() in CURRENCIES else ()
                step = "Use ISO 4217 codes such as EUR."
                self.faults.append(Fault(text, field_name, word.at[0], f"There is no currency {text!r}.", step, near))
            found.append(text)
        return tuple(found)

    def _choice(self, known: tuple[str, ...]) -> Callable[[str, Word], str | None]:
        def read(field_name: str, value: Word) -> str | None:
            if value.text in known:
                return value.text
            self._fault(value, field_name, f"{field_name} cannot be {value.text!r}.", _one_of(known), known)
            return None

        return read

    def _period(self, field_name: str, value: Word) -> str | None:
        problem = period_words.problem(value.text)
        if problem is None:
            return value.text
        self._fault(value, field_name, problem, period_words.NEXT_STEP, period_words.EXAMPLES)
        return None

    def _compare(self, field_name: str, value: Word) -> str | None:
        if ".." in value.text and period_words.problem(value.text) is None:
            return value.text
        return self._choice(COMPARES)(field_name, value)

    def _day(self, field_name: str, value: Word) -> str | None:
        if period_words.day(value.text):
            return value.text
        self._fault(value, field_name, f"{value.text!r} is not a day.", "Write a day as 2026-11-04.")
        return None

    def _number(self, field_name: str, value: Word) -> int | None:
        most = TOP_MAX if field_name == "top" else LIMIT_MAX
        if re.fullmatch(r"[1-9][0-9]{0,8}", value.text) and int(value.text) <= most:
            return int(value.text)
        self._fault(value, field_name, f"{field_name} cannot be {value.text!r}.", f"Write a number from 1 to {most}.")
        return None

    def _cursor(self, field_name: str, value: Word) -> str | None:
        if re.fullmatch(r"[1-9][0-9]{0,8}\.[0-9a-f]{16}", value.text):
            return value.text
        self._fault(
            value, field_name, "The cursor is not one of ours.", "Use `next` of the page before as it was sent."
        )
        return None

    def _plain(self, field_name: str, word: Word) -> str:
        """The word without its backslashes."""
        for match in re.finditer(r"\\(.?)", word.text, re.DOTALL):
            if match.group(1) not in ESCAPABLE or not match.group(1):
                bad = word.cut(match.start(), match.end())
                step = f"A backslash stands before one of {' '.join(ESCAPABLE)}; a backslash itself is written twice."
                self._fault(bad, field_name, f"{bad.text!r} is no escape.", step)
        return re.sub(r"\\(.)", r"\1", word.text, flags=re.DOTALL)

    def _fault(self, word: Word, field_name: str | None, message: str, step: str, known: tuple[str, ...] = ()) -> None:
        self.faults.append(Fault(word.text, field_name, word.at[0], message, step, nearest(word.text, known)))

    def _wrong(self, field_name: str, word: str, message: str, step: str, near: tuple[str, ...] = ()) -> None:
        place = self.places.get(field_name)
        offset = place.text.find(word) if place else -1
        position = place.at[offset] if place and offset >= 0 else 0
        self.faults.append(Fault(word, field_name, position, message, step, near))


def sort_columns(query: CostQuery, catalogue: Catalogue = CATALOGUE) -> tuple[str, ...]:
    """The columns an answer to `query` can be sorted by."""
    numbers = [name for name in query.measures if name != "share"]
    compared = [prefix + name for name in numbers for prefix in COMPARED] if query.compare != "none" else []
    bucket = () if query.grain == "none" else (query.grain,)
    units = unit_columns(query, catalogue)
    return (*bucket, *query.by, "currency", *units, *query.measures, *compared)


def unit_columns(query: CostQuery, catalogue: Catalogue = CATALOGUE) -> tuple[str, ...]:
    """The unit dimensions that come along with the quantities asked for."""
    measures = (catalogue.measure(name) for name in query.measures)
    return tuple(dict.fromkeys(item.unit_column for item in measures if item and item.unit_column))


def _split(word: Word, separator: str) -> list[Word]:
    """Cut at each separator that has no backslash before it."""
    cuts = [match.start() for match in re.finditer(r"\\.|" + re.escape(separator), word.text, re.DOTALL)
            if match.group() == separator]  # fmt: skip
    starts = [0, *(cut + 1 for cut in cuts)]
    return [word.cut(start, end) for start, end in zip(starts, [*cuts, len(word.text)], strict=True)]


def _split_once(word: Word, separator: str) -> tuple[Word, Word | None]:
    first = _split(word, separator)[0]
    end = len(first.text)
    return first, word.cut(end + 1) if end < len(word.text) else None


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _one_of(words: Iterable[str]) -> str:
    return f"Use one of {', '.join(words)}."


_UNITS: Final = ("consumed_unit", "pricing_unit")
_READERS: Final[dict[str, Callable[[_Reader, str, Word], Any]]] = {
    "measures": _Reader._measures,
    "by": _Reader._dimensions,
    "period": _Reader._period,
    "grain": lambda reader, name, value: reader._choice(GRAINS)(name, value),
    "basis": lambda reader, name, value: reader._choice(BASES)(name, value),
    "compare": _Reader._compare,
    "normalise": lambda reader, name, value: reader._choice(NORMALISES)(name, value),
    "top": _Reader._number,
    "sort": _Reader._sorts,
    "currency": _Reader._currencies,
    "known_on": _Reader._day,
    "incomplete": lambda reader, name, value: reader._choice(INCOMPLETE)(name, value),
    "limit": _Reader._number,
    "cursor": _Reader._cursor,
}
