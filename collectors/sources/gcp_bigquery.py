"""Google Cloud's billing export in BigQuery: standard, detailed and FOCUS tables, by invoice month.

The tables only grow: late rows and corrections of earlier invoice months come in later load partitions. The change
token of a month is therefore made of all its partitions (newest row, count, sum), and a month that any of them touched
is read again as a whole: the fees of commitments and the usage they cover arrive in different partitions, and mean
something only together.
"""

from __future__ import annotations

import gzip
import hashlib
import json
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from pydantic import field_validator

from collectors.formats import focus, gcp_billing
from collectors.meter import Meter, Price
from collectors.sources import gcp_projects, terraform
from collectors.sources.bigquery_tables import SCANNED, Parameters, Table, Tables, as_json
from collectors.sources.contract import Check, Fetching, Grade, OnProgress, Part, Permission, Window
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import CLOUD, SCOPES, Access, Calls, Identity, credential

NAME = "gcp-bigquery"
LABEL = "Google Cloud billing export in BigQuery"
GRADE: Grade = "full"
NORMAL_LAG_HOURS = 36
INTERVAL_HOURS = 6

FILE_ROWS: Final = 250_000
"""Of one landed file: a detailed month has millions."""
SCAN_UNIT_COST: Final = Decimal("6.25") / 2**40  # USD a byte, on demand
TABLE: Final = re.compile(r"[a-z][a-z0-9.:-]{4,60}[a-z0-9]\.[A-Za-z0-9_]{1,1024}\.[A-Za-z0-9_]{1,1024}")
_FOCUS: Final = "_focus_"
_MONTH: Final = "IFNULL(invoice.month, FORMAT_TIMESTAMP('%Y%m', usage_start_time, 'America/Los_Angeles'))"
# A billing period begins at midnight somewhere on earth; fourteen hours later it is in its own month everywhere.
_FOCUS_MONTH: Final = "FORMAT_TIMESTAMP('%Y%m', TIMESTAMP_ADD(CAST(BillingPeriodStart AS TIMESTAMP), INTERVAL 14 HOUR))"

PERMISSIONS = (
    Permission(
        "identity",
        "A service account that reads costs",
        "sh",
        "gcloud iam service-accounts create cost-reader --project ${project}",
        required=False,
    ),
    Permission(
        "query",
        "Run queries, which bill to this project",
        "sh",
        "gcloud projects add-iam-policy-binding ${project} --member "
        "serviceAccount:cost-reader@${project}.iam.gserviceaccount.com --role roles/bigquery.jobUser",
        actions=("bigquery.jobs.create",),
    ),
    Permission(
        "read",
        "Read the data set of the export and no other",
        "sh",
        "bq query --use_legacy_sql=false 'GRANT `roles/bigquery.dataViewer` "
        "ON SCHEMA `${EXPORT_PROJECT}.${EXPORT_DATASET}` "
        'TO "serviceAccount:cost-reader@${project}.iam.gserviceaccount.com"\'',
        actions=("bigquery.tables.get", "bigquery.tables.getData"),
    ),
    gcp_projects.PERMISSION,
    terraform.gcp_data_set(),
)


class Settings(Identity):
    """Which tables are read, and which project pays for the questions."""

    project: str
    """Project that the queries run in and bill to."""
    tables: tuple[str, ...]
    """Tables of the export, project.dataset.table: of each billing account one, detailed, standard or FOCUS."""
    location: str | None = None
    """Location of the data set where it cannot be told from the tables."""
    scan_bytes_max: int = 50 << 30
    """Most bytes that one run may scan. Each query is asked for its size first and bounded by this."""
    endpoint: str | None = None
    """Address of BigQuery where it is not the public one."""
    projects_endpoint: str | None = None
    """Address of the resource manager where it is not the public one; only the connection test asks it."""

    @field_validator("tables")
    @classmethod
    def _apart(cls, tables: tuple[str, ...]) -> tuple[str, ...]:
        if not tables or (wrong := [name for name in tables if not TABLE.fullmatch(name)]):
            raise ValueError(f"expected project.dataset.table, not {', '.join(wrong) if tables else 'nothing'}")
        accounts = [re.split(r"_(?:v1|focus)_", name)[-1] for name in tables]
        if len(set(accounts)) < len(accounts):
            raise ValueError("two tables of one billing account hold the same cost: give one of them")
        return tables


def prices(settings: Settings) -> Sequence[Price]:
    return (Price(SCANNED, SCAN_UNIT_COST, run_max=settings.scan_bytes_max), Price("call"))


def check(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Check]:
    tables = _tables(settings, meter, access)
    for name in settings.tables:
        step = "list"
        try:
            table = tables.table(name)
            yield _identity(tables, name)
            yield Check("list", "ok", f"{name} can be looked at.")
            step = "format"
            columns = [path for field in table.fields for path in _paths(field)]
            if (focus if _FOCUS in name else gcp_billing).recognise(columns) is None:
                yield Check("format", "fail", f"{name} has not the columns of a billing export.")
                continue
            yield Check("format", "ok", f"{len(columns)} columns of {'FOCUS' if _FOCUS in name else 'the export'}.")
            step = "read"
            months = dict(_months(tables, table, settings, window))
            yield Check("read", "ok", f"{name} can be read.")
            found = f"{len(months)} months, {min(months)} to {max(months)}." if months else "no row of these months."
            yield Check("months", "ok" if months else "fail", f"{name}: {found}")
            if newest := max((one["newest"] or "" for rows in months.values() for one in rows), default=""):
                yield Check("newest day", "ok", f"The newest row was written at {newest[:16]} UTC.")
        except SourceError as error:
            unknown = error.failure == "configuration" and error.missing is None and step == "list"
            name_of = "identity" if unknown else step
            yield Check(name_of, "fail", str(error), missing=error.missing, line=error.line)
    if step == "read":
        yield from _beside(settings, Calls(meter, access))


def _beside(settings: Settings, calls: Calls) -> Iterator[Check]:
    """There is no service that lists invoices; names of projects are another service's."""
    text = "Invoices come from the bill itself, by invoice month; no service lists them."
    yield Check("invoices", "ok", text, required=False)
    if settings.endpoint and not settings.projects_endpoint:
        text = "Names of projects come from the bill itself; the resource manager is asked at projects_endpoint only."
        yield Check("names", "ok", text, required=False)
        return
    try:
        signed = calls.access.credential or credential(settings, SCOPES)
    except SourceError as error:
        yield Check("names", "warn", error.message, required=False, line=error.next_step)
        return
    yield gcp_projects.names_check(calls, signed, settings.projects_endpoint)


_MORE: Final = ("bigquery.tables.updateData", "bigquery.tables.delete")


def _identity(tables: Tables, name: str) -> Check:
    if more := tables.allowed(name, _MORE):
        text = f"The identity can do more than needed: it has {' and '.join(sorted(more))} on {name}."
        return Check("identity", "warn", text, line="roles/bigquery.dataViewer on the data set is enough.")
    return Check("identity", "ok", "The identity is accepted.")


def _paths(field: Any, prefix: str = "") -> Iterable[str]:
    own = f"{prefix}{field.name}"
    if field.fields and field.mode != "REPEATED":
        return [path for one in field.fields for path in _paths(one, f"{own}.")]
    return [own]


def parts(settings: Settings, window: Window, meter: Meter, *, access: Access = CLOUD) -> Iterator[Part]:
    tables = _tables(settings, meter, access)
    found = [
        _part(name, period, rows)
        for name in settings.tables
        for period, rows in _months(tables, tables.table(name), settings, window)
    ]
    yield from sorted(found, key=lambda part: (part.period, part.key), reverse=True)


def _part(name: str, period: str, partitions: list[dict[str, Any]]) -> Part:
    newest = [one["newest"] for one in partitions if one["newest"]]
    payload = {
        "table": name,
        "rows": sum(one["rows"] for one in partitions),
        "first_day": min(one["day"] for one in partitions),
        "last_day": max(one["day"] for one in partitions),
        "newest": max(newest) if newest else None,
    }
    token = hashlib.sha256(json.dumps(partitions, sort_keys=True).encode()).hexdigest()
    return Part(period, name, token, payload=payload, format_name=focus.NAME if _FOCUS in name else gcp_billing.NAME)


def _months(
    tables: Tables, table: Table, settings: Settings, window: Window
) -> Iterator[tuple[str, list[dict[str, Any]]]]:
    """Each month of the window with its load partitions, each with newest row, count and sum."""
    where = f"{_month_of(table)} >= @first AND {_month_of(table)} < @end"
    given: dict[str, tuple[str, Any]] = {
        "first": ("STRING", f"{window.start:%Y%m}"),
        "end": ("STRING", f"{window.end:%Y%m}"),
    }
    if table.by_load_day:  # no row of an invoice month is written before that month begins
        where = f"_PARTITIONTIME >= @since AND {where}"
        given["since"] = ("TIMESTAMP", f"{window.start:%Y-%m-%d}T00:00:00Z")
    written = _written(table)
    newest = f"FORMAT_TIMESTAMP('%Y-%m-%dT%H:%M:%E6SZ', MAX({written}))" if written else "CAST(NULL AS STRING)"
    # A sum of binary floats depends on their order; of decimals it does not.
    cost = f"CAST(SUM(CAST({'BilledCost' if _FOCUS in table.name else 'cost'} AS BIGNUMERIC)) AS STRING)"
    sql = (
        f"SELECT {_month_of(table)} AS month, {_day_of(table)} AS day, {newest} AS newest, COUNT(*) AS row_count, "
        f"{cost} AS cost FROM `{table.name}` WHERE {where} GROUP BY month, day ORDER BY month, day"
    )
    months: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for page in tables.rows(table.name, sql, given, settings.scan_bytes_max):
        for month, day, last, rows, total in page:
            one = {"day": day, "newest": last, "rows": int(rows), "cost": total}
            months[f"{month[:4]}-{month[4:]}"].append(one)
    yield from months.items()


def fetch(
    settings: Settings, part: Part, folder: Path, meter: Meter, on_progress: OnProgress, *, access: Access = CLOUD
) -> list[Path]:
    tables = _tables(settings, meter, access, on_progress)
    told = part.payload
    table = tables.table(told["table"])
    sql, given = _question(table, part)
    files: list[Path] = []
    pending: list[str] = []
    size = rows = 0
    for page in tables.rows(table.name, sql, given, settings.scan_bytes_max):
        pending += [line for (line,) in page]
        rows, size = rows + len(page), size + sum(len(line) for (line,) in page)
        if len(pending) >= FILE_ROWS:
            files.append(_write(folder, len(files), pending))
        on_progress(Fetching(size, int(size / rows * told["rows"]) if rows else None, len(files), None))
    if pending:
        files.append(_write(folder, len(files), pending))
    if not files:
        raise SourceError("data", f"{table.name} holds no row of {part.period} any more.")
    if rows != told["rows"]:
        raise SourceError(
            "transient", f"{part.period} had {told['rows']:,} rows when it was listed and {rows:,} when it was read."
        )
    return files


def _question(table: Table, part: Part) -> tuple[str, Parameters]:
    """The rows that the token counted, and no later ones."""
    told = part.payload
    where = [f"{_month_of(table)} = @month"]
    given: dict[str, tuple[str, Any]] = {"month": ("STRING", part.period.replace("-", ""))}
    if table.by_load_day:
        where.append("DATE(_PARTITIONTIME) BETWEEN @first_day AND @last_day")
        given |= {name: ("DATE", date.fromisoformat(told[name])) for name in ("first_day", "last_day")}
    if told["newest"]:
        where.append(f"{_written(table)} <= @newest")
        given["newest"] = ("TIMESTAMP", told["newest"])
    return f"SELECT {as_json(table.fields)} AS line FROM `{table.name}` WHERE {' AND '.join(where)}", given


def _write(folder: Path, number: int, lines: list[str]) -> Path:
    path = folder / f"rows-{number:04}.jsonl.gz"
    with path.open("wb") as raw, gzip.GzipFile("", "wb", 6, raw, mtime=0) as packed:
        for line in lines:
            packed.write(f"{line}\n".encode())
    lines.clear()
    return path


def _month_of(table: Table) -> str:
    return _FOCUS_MONTH if _FOCUS in table.name else _MONTH


def _written(table: Table) -> str | None:
    """The column that says when a row was written."""
    return next((name for name in ("export_time", "x_ExportTime") if table.has(name)), None)


def _day_of(table: Table) -> str:
    day = "_PARTITIONTIME" if table.by_load_day else _written(table)
    return f"CAST(DATE({day}) AS STRING)" if day else "'0001-01-01'"


def _tables(settings: Settings, meter: Meter, access: Access, on_progress: OnProgress | None = None) -> Tables:
    tables = Tables(settings, settings.project, meter, access, on_progress)
    tables.location, tables.endpoint = settings.location, settings.endpoint
    return tables
