"""An answer as a workbook: typed cells, the totals below the rows, and a sheet that says what was asked.

A sheet holds so many rows and no more: a longer answer becomes several workbooks in one ZIP, the totals in the last.
"""

from __future__ import annotations

import json
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Context
from itertools import chain, islice
from pathlib import Path
from typing import Any

from api.cells import Document, heading, is_amount
from api.questions import Content

ROWS_MAX = 1_048_575  # of a sheet, less the header
TEXT_MAX = 32_767
DIGITS_MAX = 15  # what a spreadsheet's number holds exactly
CUT_MARK = "… [cut]"


def write_workbooks(content: Content, path: Path, name: str) -> str:
    """Write one workbook, or a ZIP of several where the rows are too many for a sheet; the extension of what it is."""
    lines = chain.from_iterable(content.texts(frame) for frame in content.frames)
    parts = -(-(content.row_count + len(content.about["totals"])) // ROWS_MAX)
    if parts <= 1:
        _write(content, lines, path, totals=True)
        return ".xlsx"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_STORED) as folder:  # a workbook is compressed already
        for part in range(1, parts + 1):
            book = path.with_name(f"{path.stem}-{part}.xlsx")
            _write(content, islice(lines, ROWS_MAX), book, totals=part == parts)
            folder.write(book, f"{name}_{part}-of-{parts}.xlsx")
            book.unlink()
    return ".zip"


def _write(content: Content, lines: Iterator[dict[str, Any]], path: Path, *, totals: bool) -> None:
    import xlsxwriter

    options = {
        "constant_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "tmpdir": str(path.parent),
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(content.sheet)
        columns = content.about["columns"]
        exact = [column for column in columns if column["name"] in content.long]
        names = [heading(column) for column in columns]
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) + len(exact) - 1, 18)
        for place, name in enumerate([*names, *(f"{heading(column)} (exact)" for column in exact)]):
            sheet.write_string(0, place, _cut(name), bold)
        rows = _Sheet(sheet, columns, [column["name"] for column in exact])
        line = 0
        for line, row in enumerate(lines, start=1):
            rows.write(line, row)
        for place, row in enumerate(_total_rows(content.about) if totals else (), start=line + 1):
            rows.write(place, row, bold)
        _about(book.add_worksheet("About"), content.about, bold)


@dataclass(frozen=True, slots=True)
class _Sheet:
    """Writes rows of the answer; amounts named in `exact` get a text cell with every digit as well."""

    sheet: Any
    columns: Sequence[Document]
    exact: Sequence[str]

    def write(self, line: int, row: Mapping[str, Any], style: Any = None) -> None:
        for place, column in enumerate(self.columns):
            value = row.get(column["name"])
            if value is None:
                continue
            if is_amount(column):
                self.sheet.write_number(line, place, Context(prec=DIGITS_MAX).create_decimal(value), style)
            else:
                self.sheet.write_string(line, place, _cut(str(value)), style)
        for place, name in enumerate(self.exact, start=len(self.columns)):
            if row.get(name) is not None:
                self.sheet.write_string(line, place, str(row[name]), style)


def _total_rows(document: Document) -> Iterator[dict[str, Any]]:
    """The totals, marked as such in the first column that they leave free."""
    for totals in document["totals"]:
        free = [column["name"] for column in document["columns"] if totals.get(column["name"]) is None]
        free = [name for name in free if not any(c["name"] == name and is_amount(c) for c in document["columns"])]
        yield {**totals, free[0]: "Total"} if free else dict(totals)


def _about(sheet: Any, document: Document, bold: Any) -> None:
    period = document["period"]
    facts = [
        ("query", document["query"]),
        ("period start", period["start"]),
        ("period end (not included)", period["end"]),
        ("basis", document["basis"]),
        *((f"data to, {source}", day) for source, day in document["data_to"].items()),
        ("known on", document["known_on"]),
        ("generations", document["generations"]),
        ("rules version", document["rules_version"]),
        *(("warning", item if isinstance(item, str) else json.dumps(item)) for item in document["warnings"]),
    ]
    sheet.set_column(0, 0, 28)
    sheet.set_column(1, 1, 100)
    for line, (name, value) in enumerate(facts):
        sheet.write_string(line, 0, _cut(str(name)), bold)
        sheet.write_string(line, 1, "" if value is None else _cut(str(value)))


def _cut(text: str) -> str:
    return text if len(text) <= TEXT_MAX else text[: TEXT_MAX - len(CUT_MARK)] + CUT_MARK
