"""Questions to BigQuery: dry run, cap, pages. Every number leaves it as text. A part of sources, none itself."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from collectors.meter import Meter
from collectors.sources.contract import Fetching, OnProgress
from collectors.sources.failures import SourceError
from collectors.sources.gcp_access import QUERY_SCOPES, Access, Identity, Need, called, credential
from collectors.sources.patience import patiently

PAGE_ROWS: Final = 20_000
QUERY_SECONDS: Final = 60  # of one answer; a longer query is asked for again
NUMBERS: Final = frozenset({"FLOAT", "FLOAT64", "NUMERIC", "BIGNUMERIC"})
RECORDS: Final = frozenset({"RECORD", "STRUCT"})
_NAME: Final = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,299}")
SCANNED: Final = "scanned_bytes"

Parameters = Mapping[str, tuple[str, Any]]
"""Name -> (type, value)."""


@dataclass(frozen=True, slots=True)
class Table:
    """What a table is, as far as questions depend on it."""

    name: str  # project.dataset.table
    fields: tuple[Any, ...]  # SchemaField
    by_load_day: bool  # partitioned by the time of loading

    def has(self, column: str) -> bool:
        return any(field.name == column for field in self.fields)


class Tables:
    """BigQuery, every call metered, tried again, and its failures in our words."""

    def __init__(
        self, identity: Identity, project: str, meter: Meter, access: Access, on_progress: OnProgress | None = None
    ) -> None:
        self._project, self._meter, self._credential = project, meter, access.credential
        heard = replace(access.retry, on_wait=lambda _left: on_progress(Fetching(0))) if on_progress else None
        self._retry = heard or access.retry
        self._identity = identity
        self._made: Any = None
        self.location: str | None = None
        self.endpoint: str | None = None

    @property
    def _client(self) -> Any:
        from google.cloud import bigquery

        if self._made is None:
            own = self._credential or credential(self._identity, QUERY_SCOPES)
            options = {"api_endpoint": self.endpoint} if self.endpoint else None
            self._made = bigquery.Client(self._project, own, location=self.location, client_options=options)
        return self._made

    def table(self, name: str) -> Table:
        """A table's columns. Free."""
        need = self._need(name, "looking at", "bigquery.tables.get")
        found = self._asked(lambda: self._client.get_table(name, retry=None, timeout=QUERY_SECONDS), need)
        partitioning = found.time_partitioning
        return Table(name, tuple(found.schema), partitioning is not None and partitioning.field is None)

    def allowed(self, name: str, permissions: Sequence[str]) -> list[str]:
        """Which of these the identity has on a table; asking changes nothing. None where it cannot be told."""
        try:
            told = self._client.test_iam_permissions(name, list(permissions), retry=None, timeout=QUERY_SECONDS)
        except Exception:  # whoever may not ask is told nothing, and that is no fault of the source
            return []
        return list(told.get("permissions", ()))

    def rows(self, table: str, sql: str, parameters: Parameters, bytes_max: int) -> Iterator[list[tuple[Any, ...]]]:
        """Pages of rows. What it will scan is asked first, paid for at the meter, and bounded in the query itself."""
        need = self._need(table, "asking", "bigquery.tables.getData")
        dry = self._asked(lambda: self._job(sql, parameters, dry_run=True, use_query_cache=False), need)
        self._meter.charge(SCANNED, int(dry.total_bytes_processed or 0))
        job = self._asked(lambda: self._job(sql, parameters, maximum_bytes_billed=bytes_max), need)
        yield from _Pages(self, job, need)

    def again(self, job: Any) -> Any:
        """The same job, as if it had not been asked yet."""
        return self._client.get_job(job.job_id, location=job.location, retry=None, timeout=QUERY_SECONDS)

    def _job(self, sql: str, parameters: Parameters, **config: Any) -> Any:
        from google.cloud import bigquery

        values = [_parameter(name, kind, value) for name, (kind, value) in parameters.items()]
        made = bigquery.QueryJobConfig(query_parameters=values, **config)
        return self._client.query(sql, made, retry=None, job_retry=None, timeout=QUERY_SECONDS)

    def _asked(self, work: Any, need: Need) -> Any:
        def once() -> Any:
            self._meter.charge("call")
            return called(lambda: patiently(work, self._retry.on_wait), need)

        return self._retry.call(once)

    def _need(self, table: str, doing: str, missing: str) -> Need:
        schema = table.rpartition(".")[0]
        grant = f'GRANT `roles/bigquery.dataViewer` ON SCHEMA `{schema}` TO "serviceAccount:SERVICE_ACCOUNT"'
        return Need(f"{doing} {table}", f"{missing} on {table}", f"bq query --use_legacy_sql=false '{grant}'")


class _Pages:
    """The answer of a job, page by page; a page that failed is asked for again without scanning anew."""

    def __init__(self, tables: Tables, job: Any, need: Need) -> None:
        self._tables, self._job, self._need = tables, job, need
        self._pages: Any = None
        self._answer: Any = None
        self._done = 0

    def __iter__(self) -> Iterator[list[tuple[Any, ...]]]:
        seen: set[str] = set()
        while (page := self._tables._asked(self._next, self._need)) is not None:
            self._done += len(page)
            yield page
            token = self._answer.next_page_token
            if token and token in seen:
                raise SourceError("data", "BigQuery came back to a page that it had answered already.")
            seen.add(token)
        if self._answer.total_rows is not None and self._done != self._answer.total_rows:
            told = f"{self._done:,} of {self._answer.total_rows:,} rows"
            raise SourceError("transient", f"While {self._need.doing}: {told} were answered.")

    def _next(self) -> list[tuple[Any, ...]] | None:
        if self._pages is None:
            if self._done:  # a job that has answered once keeps its first page, and answers it whatever is asked
                self._job = self._tables.again(self._job)
            self._answer = self._job.result(
                PAGE_ROWS, retry=None, job_retry=None, timeout=QUERY_SECONDS, start_index=self._done or None
            )
            self._pages = self._answer.pages
        try:
            page = next(self._pages, None)
            return None if page is None else [row.values() for row in page]
        except Exception:
            self._pages = None
            raise


def _parameter(name: str, kind: str, value: Any) -> Any:
    from google.cloud import bigquery

    return bigquery.ScalarQueryParameter(name, kind, value)


def as_json(fields: Sequence[Any]) -> str:
    """SQL that writes a row as one JSON text, every number in it as the text that names it exactly."""
    return f"TO_JSON_STRING(STRUCT({', '.join(_named(field, _quoted(field.name), 0) for field in fields)}))"


def _named(field: Any, path: str, depth: int) -> str:
    return f"{_value(field, path, depth)} AS {_quoted(field.name)}"


def _value(field: Any, path: str, depth: int) -> str:
    repeated = field.mode == "REPEATED"
    item = f"item{depth}"
    if field.field_type in RECORDS:
        own = item if repeated else path
        inner = ", ".join(_named(one, f"{own}.{_quoted(one.name)}", depth + 1) for one in field.fields)
        return f"ARRAY(SELECT AS STRUCT {inner} FROM UNNEST({path}) AS {item})" if repeated else f"STRUCT({inner})"
    if field.field_type in NUMBERS:
        return f"ARRAY(SELECT CAST({item} AS STRING) FROM UNNEST({path}) AS {item})" if repeated else (
            f"CAST({path} AS STRING)"
        )  # fmt: skip
    return path


def _quoted(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise SourceError("data", "The table has a column whose name no export writes.")
    return f"`{name}`"
