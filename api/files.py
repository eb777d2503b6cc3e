"""An answer, or its bill lines, as a file: CSV, XLSX or Parquet, with the totals that the JSON has.

Cells are rendered here and nowhere else. Text that a spreadsheet would run as a formula is defused in CSV; XLSX marks
cells as text and Parquet is typed, so both hold it as it is.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote

import polars as pl
from polars import CompatLevel
from starlette.background import BackgroundTask
from starlette.responses import FileResponse

from api.cells import Document, heading, is_amount
from api.protocols import Help, ProblemError
from api.questions import Content, Question, Rows, content_of
from api.workbooks import write_workbooks
from api.writing import How, Written
from warehouse.metrics import CostQuery

MEDIA_TYPES = {
    ".csv": "text/csv; charset=utf-8",
    ".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    ".parquet": "application/vnd.apache.parquet",
}
MEDIA_TYPES_OF_PARTS = {**MEDIA_TYPES, ".zip": "application/zip"}  # a long answer is several workbooks
STEP_ROWS = 2_000  # a tenth of a second of a workbook: so soon a cancelled one ends
RUNS_IN_SPREADSHEETS = re.compile("[ \u00a0\u1680\u2000-\u200b\u202f\u205f\u3000\ufeff]*[=+\\-@\t\r\n\x00＝＋－＠]")


class Described(Rows, Protocol):
    def document(self) -> dict[str, Any]: ...


def write_file(question: Question, path: Path, how: How) -> Written:
    """Ask for the whole answer and write it; the extension of `path` decides the form. Name and headers of the file."""
    with question.whole() as content:
        name = file_name("costs", question.query, content.about)
        return write(content, path, name, how), facts(content.about)


def write_lines(question: Question, path: Path, how: How, *, shares: bool = False) -> Written:
    """As `write_file`, for every line of the question; with `shares`, for its rows of shared cost too."""
    with question.whole_lines(shares=shares) as content:
        name = file_name("lines", replace(question.query, by=(), normalise="none"), content.about)
        return write(content, path, name, how), facts(content.about)


def write_rows(found: Described, name: str, path: Path, how: How) -> Written:
    """The same of what is in memory and has the shape of an answer."""
    about = {name: value for name, value in found.document().items() if name != "rows"}
    return write(content_of("Costs", found, about), path, name, how), facts(about)


def write(content: Content, path: Path, name: str, how: How) -> str:
    """Write the file, or refuse what it cannot hold before a byte of it is there. Its name, with its extension."""
    if content.row_count > how.rows_max:
        raise ProblemError(
            "caller",
            "too_large",
            f"The answer has {content.row_count} rows; a {path.suffix[1:]} file holds {how.rows_max}.",
            Help(next_step="Narrow the period, or group by less."),
        )
    content = replace(content, frames=_told(content, how, None if path.suffix == ".parquet" else STEP_ROWS))
    if path.suffix == ".xlsx":
        return name + write_workbooks(content, path, name)
    if path.suffix == ".csv":
        _write_csv(content, path, raw=how.raw)
    else:
        _write_parquet(content, path)
    return name + path.suffix


def _told(content: Content, how: How, step_rows: int | None) -> Iterator[pl.DataFrame]:
    """The frames in steps, each told: becoming text takes longer than being read."""
    done = 0
    for frame in content.frames:
        for part in frame.iter_slices(step_rows) if step_rows and len(frame) > step_rows else (frame,):
            how.told(done, content.row_count)
            yield part
            done += len(part)
    how.told(done, content.row_count)


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
    response = kept_response(path, name, headers)
    response.background = BackgroundTask(path.unlink, missing_ok=True)
    return response


def kept_response(path: Path, name: str, headers: Mapping[str, str] | None = None) -> FileResponse:
    """Send a file under a name of ours, and leave it where it is."""
    return FileResponse(
        path,
        headers={**(headers or {}), "Cache-Control": "no-store"},
        media_type=MEDIA_TYPES_OF_PARTS.get(Path(name).suffix, "application/octet-stream"),
        filename=name,
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


def _csv_rows(
    rows: Iterable[Document], columns: Sequence[Document], guard: Callable[[str], str]
) -> Iterator[list[str]]:
    cells = [(column["name"], is_amount(column)) for column in columns]
    for row in rows:
        yield [
            "" if (value := row[name]) is None else str(value) if amount else guard(str(value))
            for name, amount in cells
        ]


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
