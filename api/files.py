"""An answer as a file: CSV, XLSX or Parquet, with the totals that its JSON has.

Cells are rendered here and nowhere else. Text that a spreadsheet would run as a formula is defused in CSV; XLSX marks
cells as text and Parquet is typed, so both hold it as it is.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from decimal import Context, Decimal
from pathlib import Path
from typing import Any
from urllib.parse import quote

from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from api.protocols import Help, ProblemError
from api.questions import Question

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
XLSX_ROWS_MAX = 1_048_575  # of a sheet, less the header
XLSX_TEXT_MAX = 32_767
XLSX_DIGITS_MAX = 15  # what a spreadsheet's number holds exactly
CUT_MARK = "… [cut]"
RUNS_IN_SPREADSHEETS = re.compile("[ \u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]*[=+\\-@\t\r\n\x00＝＋－＠]")
Document = Mapping[str, Any]


def write_file(question: Question, path: Path, *, raw: bool) -> dict[str, str]:
    """Ask for the whole answer and write it; the extension of `path` decides the form. Returns headers about it."""
    whole = replace(question, query=replace(question.query, limit=None, cursor=None))
    answer = whole.answer()
    document: Document = answer.document()
    limit = question.use.settings.export_rows_max
    if path.suffix == ".xlsx":
        limit = min(limit, XLSX_ROWS_MAX - len(document["totals"]))
    if len(document["rows"]) > limit:
        raise ProblemError(
            "caller",
            "too_large",
            f"The answer has {len(document['rows'])} rows; a {path.suffix[1:]} file holds {limit}.",
            Help(next_step="Narrow the period, group by less, or ask for Parquet."),
        )
    if path.suffix == ".csv":
        _write_csv(document, path, raw=raw)
    elif path.suffix == ".xlsx":
        _write_xlsx(document, path)
    else:
        about = {name: value for name, value in document.items() if name != "rows"}
        answer.rows.write_parquet(path, metadata={"outlay": json.dumps(about)})
    return facts(document)


def facts(document: Document) -> dict[str, str]:
    """What the file answers, as headers: a CSV file has no other place for it."""
    return {
        "Outlay-Query": quote(document["query"], safe="-._~:,/@()*!&=%"),
        "Outlay-Generations": str(document["generations"]),
        "Outlay-Rules-Version": str(document["rules_version"]),
    }


def file_response(path: Path, name: str, headers: Mapping[str, str] | None = None) -> FileResponse:
    """Send a scratch file under a name of ours, then delete it."""
    return FileResponse(
        path,
        headers={**(headers or {}), "Cache-Control": "no-store"},
        media_type=MEDIA_TYPES.get(path.suffix, "application/octet-stream"),
        filename=name,
        background=BackgroundTask(path.unlink, missing_ok=True),
    )


# --- CSV ----------------------------------------------------------------------------------------


def defused(text: str) -> str:
    """Text that no spreadsheet takes for a formula."""
    return "'" + text if RUNS_IN_SPREADSHEETS.match(text) else text


def _write_csv(document: Document, path: Path, *, raw: bool) -> None:
    guard = str if raw else defused
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([guard(column["name"]) for column in document["columns"]])
        writer.writerows(_csv_rows(document, guard))


def _csv_rows(document: Document, guard: Callable[[str], str]) -> Iterator[list[str]]:
    cells = [(column["name"], _is_amount(column)) for column in document["columns"]]
    for row in document["rows"]:
        yield [
            "" if (value := row[name]) is None else str(value) if amount else guard(str(value))
            for name, amount in cells
        ]


# --- XLSX ---------------------------------------------------------------------------------------


def _write_xlsx(document: Document, path: Path) -> None:
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
        sheet = book.add_worksheet("Costs")
        columns = document["columns"]
        exact = [column["name"] for column in columns if _is_amount(column) and _is_long(document, column["name"])]
        names = [column["name"] for column in columns]
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, len(names) + len(exact) - 1, 18)
        for place, name in enumerate([*names, *(f"{name} (exact)" for name in exact)]):
            sheet.write_string(0, place, _cut(name), bold)
        rows = _Sheet(sheet, columns, exact)
        for line, row in enumerate(document["rows"], start=1):
            rows.write(line, row)
        for line, row in enumerate(_total_rows(document), start=len(document["rows"]) + 1):
            rows.write(line, row, bold)
        _about(book.add_worksheet("About"), document, bold)


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
            if _is_amount(column):
                self.sheet.write_number(line, place, Context(prec=XLSX_DIGITS_MAX).create_decimal(value), style)
            else:
                self.sheet.write_string(line, place, _cut(str(value)), style)
        for place, name in enumerate(self.exact, start=len(self.columns)):
            if row.get(name) is not None:
                self.sheet.write_string(line, place, str(row[name]), style)


def _total_rows(document: Document) -> Iterator[dict[str, Any]]:
    """The totals, marked as such in the first column that they leave free."""
    for totals in document["totals"]:
        free = [column["name"] for column in document["columns"] if totals.get(column["name"]) is None]
        free = [name for name in free if not any(c["name"] == name and _is_amount(c) for c in document["columns"])]
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


def _is_long(document: Document, name: str) -> bool:
    values = (row.get(name) for row in (*document["rows"], *document["totals"]))
    return any(value and len(Decimal(value).normalize().as_tuple().digits) > XLSX_DIGITS_MAX for value in values)


def _cut(text: str) -> str:
    return text if len(text) <= XLSX_TEXT_MAX else text[: XLSX_TEXT_MAX - len(CUT_MARK)] + CUT_MARK


def _is_amount(column: Document) -> bool:
    return bool(column["kind"] == "measure")
