"""An answer, or its bill lines, as a file: CSV, XLSX or Parquet, with the totals that the JSON has.

Cells are rendered here and nowhere else. Text that a spreadsheet would run as a formula is defused in CSV; XLSX marks
cells as text and Parquet is typed, so both hold it as it is.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Context
from itertools import chain
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

from polars import CompatLevel
from pydantic import BaseModel
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from api.protocols import Help, ProblemError
from api.questions import Content, Question, Rows, content_of
from warehouse.metrics import CostQuery

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


class Described(Rows, Protocol):
    def document(self) -> dict[str, Any]: ...


def write_file(question: Question, path: Path, *, raw: bool) -> tuple[str, dict[str, str]]:
    """Ask for the whole answer and write it; the extension of `path` decides the form. Name and headers of the file."""
    with question.whole() as content:
        write(content, path, rows_max=question.use.settings.export_rows_max, raw=raw)
        return file_name("costs", question.query, content.about) + path.suffix, facts(content.about)


def write_lines(question: Question, path: Path, *, raw: bool, shares: bool = False) -> tuple[str, dict[str, str]]:
    """As `write_file`, for every line of the question; with `shares`, for its rows of shared cost too."""
    with question.whole_lines(shares=shares) as content:
        write(content, path, rows_max=question.use.settings.export_rows_max, raw=raw)
        query = replace(question.query, by=(), normalise="none")
        return file_name("lines", query, content.about) + path.suffix, facts(content.about)


def write_rows(found: Described, path: Path, *, rows_max: int, raw: bool) -> dict[str, str]:
    """Write what is in memory and has the shape of an answer. Returns headers about it."""
    about = {name: value for name, value in found.document().items() if name != "rows"}
    write(content_of("Costs", found, about), path, rows_max=rows_max, raw=raw)
    return facts(about)


def write(content: Content, path: Path, *, rows_max: int, raw: bool) -> None:
    """Write the file, or refuse what it cannot hold before a byte of it is there."""
    if path.suffix == ".xlsx":
        rows_max = min(rows_max, XLSX_ROWS_MAX - len(content.about["totals"]))
    if content.row_count > rows_max:
        raise ProblemError(
            "caller",
            "too_large",
            f"The answer has {content.row_count} rows; a {path.suffix[1:]} file holds {rows_max}.",
            Help(next_step="Narrow the period, group by less, or ask for Parquet."),
        )
    if path.suffix == ".csv":
        _write_csv(content, path, raw=raw)
    elif path.suffix == ".xlsx":
        _write_xlsx(content, path)
    else:
        _write_parquet(content, path)


def file_name(kind: str, query: CostQuery, about: Document) -> str:
    """What the file holds, as every file system takes it: costs_checkout_by-service_2026-10_effective_eur_v4."""
    only = [item.values[0].text for item in query.where if not item.exclude and len(item.values) == 1]
    start, end = about["period"]["start"], about["period"]["end"]
    days = f"{start}_to_{date.fromisoformat(end) - timedelta(days=1)}" if start else ""
    currencies = {row["currency"] for row in about["totals"] if row["currency"]}
    parts = [
        kind,
        *(_slug(text) for text in only[:2]),
        f"by-{'-'.join(_slug(name) for name in query.by)}" if query.by else "",
        query.period if re.fullmatch("[0-9]{4}-[0-9]{2}", query.period) else days,
        _slug(query.measures[0].removesuffix("_cost")) + ("-per-day" if query.normalise == "day" else ""),
        currencies.pop().lower() if len(currencies) == 1 else "",
        f"v{about['rules_version']}",
    ]
    return "_".join(part for part in parts if part)


def _slug(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]


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


def _write_csv(content: Content, path: Path, *, raw: bool) -> None:
    guard = str if raw else defused
    columns = content.about["columns"]
    with path.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\r\n")
        writer.writerow([guard(heading(column)) for column in columns])
        for frame in content.frames:
            writer.writerows(_csv_rows(content.texts(frame), columns, guard))


def heading(column: Document) -> str:
    """The name of a column in a file, where nothing beside it says that its sums are divided by days."""
    return f"{column['name']}_per_day" if column.get("per") == "day" else str(column["name"])


def _csv_rows(
    rows: Iterable[Document], columns: Sequence[Document], guard: Callable[[str], str]
) -> Iterator[list[str]]:
    cells = [(column["name"], _is_amount(column)) for column in columns]
    for row in rows:
        yield [
            "" if (value := row[name]) is None else str(value) if amount else guard(str(value))
            for name, amount in cells
        ]


def table_text(row: type[BaseModel], rows: Iterable[BaseModel]) -> str:
    """Documents of one flat kind as CSV, a column for each field; null is an empty cell."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(row.model_fields)
    for one in rows:
        writer.writerow(["" if value is None else defused(str(value)) for _, value in one])
    return out.getvalue()


# --- Parquet ------------------------------------------------------------------------------------


def _write_parquet(content: Content, path: Path) -> None:
    import pyarrow.parquet as pq

    headings = {column["name"]: heading(column) for column in content.about["columns"]}
    about = {b"outlay": json.dumps(content.about).encode()}
    with ExitStack() as open_files:
        out = None
        for frame in content.frames:
            table = frame.rename(headings).to_arrow(compat_level=CompatLevel.oldest())
            if out is None:
                schema = table.schema.with_metadata(about)
                out = open_files.enter_context(pq.ParquetWriter(path, schema, compression="zstd"))
            out.write_table(table)


# --- XLSX ---------------------------------------------------------------------------------------


def _write_xlsx(content: Content, path: Path) -> None:
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
        lines = chain.from_iterable(content.texts(frame) for frame in content.frames)
        for line, row in enumerate(lines, start=1):
            rows.write(line, row)
        for line, row in enumerate(_total_rows(content.about), start=content.row_count + 1):
            rows.write(line, row, bold)
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


def _cut(text: str) -> str:
    return text if len(text) <= XLSX_TEXT_MAX else text[: XLSX_TEXT_MAX - len(CUT_MARK)] + CUT_MARK


def _is_amount(column: Document) -> bool:
    return bool(column["kind"] == "measure")
