"""Lookup tables: CSV files beside the rules, published and versioned with them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from warehouse.attribution.conditions import Reader
from warehouse.attribution.document import Fault, Faults, Mark
from warehouse.attribution.fold import blank, squash
from warehouse.attribution.kinds import Record
from warehouse.attribution.model import Lookup, Team

BYTES_MAX: Final = 2 << 20
"""Of one table: twenty bytes a row at ROWS_MAX."""
ROWS_MAX: Final = 100_000
COLUMNS_MAX: Final = 50
TABLES_MAX: Final = 20
KEY_CHARS_MAX: Final = 4_096
VALUE_CHARS_MAX: Final = 200


@dataclass(frozen=True, slots=True)
class _Table:
    header: tuple[str, ...]
    rows: tuple[tuple[int, list[str]], ...]
    """The line each begins in, and its cells."""


class Tables:
    """Each file is read once, when a rule names it; faults are told with the file and the line."""

    def __init__(self, files: Mapping[str, str], teams: tuple[Team, ...] | None) -> None:
        self._files = files
        self._faults: dict[str, Faults] = {}
        self._read: dict[str, _Table | None] = {}
        self._words = None
        if teams is not None:
            names = [name for team in teams for name in (team.key, *team.aliases)]
            self._words = dict(zip(squash(names), names, strict=True))

    def faults(self) -> list[Fault]:
        return [fault for name in sorted(self._faults) for fault in self._faults[name].listed()]

    def lookup(self, record: Record, sources: tuple[str, ...], reader: Reader, *, teams: bool) -> Lookup | None:
        """The pairs of one rule's lookup; None after a fault. With `teams`, each answer must be a team."""
        name = record.get("table")
        table = self._opened(record, reader.faults)
        if table is None:
            return None
        places = []
        for field in ("key", "value"):
            column = record.get(field)
            if column is not None and column not in table.header:
                reader.faults.unknown(record.at(field), f"column of {name}", column, table.header)
            elif column is not None:
                places.append(table.header.index(column))
        if len(places) < 2:
            return None
        return Lookup(name, self._pairs(name, table, (places[0], places[1]), _Keys(sources, reader), teams=teams))

    def column(self, record: Record, faults: Faults) -> list[str]:
        """The values in one column of a table, each as it is written; none after a fault."""
        table, column = self._opened(record, faults), record.get("column")
        if table is None or column is None:
            return []
        if column not in table.header:
            faults.unknown(record.at("column"), f"column of {record.get('table')}", column, table.header)
            return []
        place = table.header.index(column)
        return [row[place].strip() for _, row in table.rows if not blank(row[place])]

    def _opened(self, record: Record, faults: Faults) -> _Table | None:
        """The table that a lookup names; None after a fault."""
        name = record.get("table")
        if name is None:
            return None
        if name not in self._files:
            faults.unknown(record.at("table"), "table", name, self._files)
            return None
        if name not in self._read:
            if len(self._read) >= TABLES_MAX:
                faults.add(record.at("table"), f"more than {TABLES_MAX} tables", "fewer, with more columns each")
                return None
            self._read[name] = self._table(name)
        return self._read[name]

    def _pairs(
        self, name: str, table: _Table, places: tuple[int, int], keys: _Keys, *, teams: bool
    ) -> tuple[tuple[str, str], ...]:
        faults = self._faults.setdefault(name, Faults(name))
        lines: dict[str, int] = {}
        pairs: dict[str, str] = {}
        written = [row[places[0]] for _, row in table.rows]
        for (line, row), spelled in zip(table.rows, keys.spelled(written), strict=True):
            key, value = row[places[0]], row[places[1]].strip()
            if blank(key):
                faults.add(Mark(line, 1), "a row without a key", f"a value in {table.header[places[0]]}")
                continue
            earlier = next((lines[one] for one in spelled if one in lines and lines[one] != line), None)
            if earlier is not None:
                faults.add(Mark(line, 1), f'the key "{key[:60]}" a second time', f"each key once (line {earlier})")
                continue
            if teams and value and self._words is not None and squash([value])[0] not in self._words:
                faults.unknown(Mark(line, 1), "team", value, self._words.values())
            lines |= dict.fromkeys(spelled, line)
            if value:
                pairs |= dict.fromkeys(spelled, value)
        return tuple(pairs.items())

    def _table(self, name: str) -> _Table | None:
        text, faults = self._files[name], self._faults.setdefault(name, Faults(name))
        if len(text.encode("utf-8", "surrogatepass")) > BYTES_MAX:
            faults.add(Mark(1, 1), f"the table is larger than {BYTES_MAX} bytes", "a smaller table")
            return None
        try:
            rows = list(_rows(text.removeprefix("\ufeff")))
        except csv.Error as error:
            faults.add(Mark(1, 1), f"not CSV: {error}", "comma-separated values with a header")
            return None
        header = tuple(cell.strip() for cell in rows[0][1]) if rows else ()
        if not 2 <= len(header) <= COLUMNS_MAX or len(set(header)) < len(header) or "" in header:
            faults.add(Mark(1, 1), "no usable header", f"2 to {COLUMNS_MAX} names, each once, in the first line")
            return None
        if len(rows) > ROWS_MAX + 1:
            faults.add(Mark(1, 1), f"{len(rows) - 1} rows", f"at most {ROWS_MAX}")
            return None
        for line, row in rows[1:]:
            if len(row) != len(header):
                faults.add(Mark(line, 1), f"a row of {len(row)} cells", f"{len(header)}, as in the header")
            elif any(len(cell) > KEY_CHARS_MAX for cell in row):
                faults.add(Mark(line, 1), "a cell that is too long", f"at most {KEY_CHARS_MAX} characters")
        return None if faults.found else _Table(header, tuple(rows[1:]))


@dataclass(frozen=True, slots=True)
class _Keys:
    """How keys of a table are spelled where they are compared: as the values of each column that is read."""

    sources: tuple[str, ...]
    reader: Reader

    def spelled(self, keys: list[str]) -> list[list[str]]:
        ways = [self.reader.columns.folded(source, keys) for source in self.sources] or [keys]
        return [list(dict.fromkeys(way[place] for way in ways)) for place in range(len(keys))]


def _rows(text: str) -> Iterator[tuple[int, list[str]]]:
    """Rows that are not empty, with the line each begins in."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    for row in reader:
        if row:
            yield line, row
        line = reader.line_num + 1
