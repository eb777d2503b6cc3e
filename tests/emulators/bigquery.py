"""The REST calls of BigQuery that collecting makes: tables.get, jobs with dry run and cap, results in pages.

It does not read SQL. It knows the two questions of the collector by their shape, answers them over its rows by the
parameters that came with them, and checks that they name columns that the table has.
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from werkzeug.wrappers import Request, Response

from tests.emulators.loopback import Loopback

ROW_BYTES = 1_000


@dataclass(frozen=True)
class Stored:
    """A row as it lies in a table: when it was loaded, its invoice month, its own cost, all its facts."""

    day: str  # load partition
    month: str  # "202609"
    written: str  # export time
    cost: str
    facts: Mapping[str, Any]


@dataclass
class Warehouse(Loopback):
    tables: dict[str, list[Stored]] = field(default_factory=dict)
    schemas: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    token: str = "good"  # the one in force
    page_size: int = 10_000
    repeats: bool = False
    lost: int = 0  # rows that a result leaves out
    jobs: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, tuple[list[str], list[Sequence[Any]]]] = field(default_factory=dict)

    def name(self, request: Request) -> str:
        if request.method == "POST":
            return "dry" if request.get_json()["configuration"].get("dryRun") else "job"
        return "table" if "/tables/" in request.path else "page"

    def answer(self, request: Request) -> Response:
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return refusal(401, "authError")
        if match := re.fullmatch(r"/bigquery/v2/projects/([^/]+)/datasets/([^/]+)/tables/([^/]+)", request.path):
            return self._table(".".join(match.groups()))
        if request.path.endswith("/jobs") and request.method == "POST":
            return self._insert(request.get_json())
        job = request.path.rpartition("/")[2]
        if "/jobs/" in request.path and job in self.jobs:
            return _json(self.jobs[job])
        return self._results(job, request) if job in self.results else refusal(404, "notFound")

    def _table(self, name: str) -> Response:
        if name not in self.tables:
            return refusal(404, "notFound")
        project, dataset, table = name.split(".")
        facts: dict[str, Any] = {
            "tableReference": {"projectId": project, "datasetId": dataset, "tableId": table},
            "schema": {"fields": self.schemas[name]},
        }
        if "_focus_" not in name:
            facts["timePartitioning"] = {"type": "DAY"}
        return _json(facts)

    def _insert(self, body: dict[str, Any]) -> Response:
        query = body["configuration"]["query"]
        given = {one["name"]: one["parameterValue"]["value"] for one in query["queryParameters"]}
        name = re.search(r"FROM `([^`]+)` WHERE", query["query"])[1]
        if name not in self.tables:
            return refusal(404, "notFound")
        known = set(re.findall(r'"name": "(\w+)"', json.dumps(self.schemas[name])))
        named = set(re.findall(r"`(\w+)`", query["query"]))
        assert named <= known, f"there is no column {named - known}"
        rows = [row for row in self.tables[name] if self._within(row, given)]
        size = ROW_BYTES * len(rows)
        if not body["configuration"].get("dryRun") and size > int(query["maximumBytesBilled"]):
            return refusal(400, "bytesBilledLimitExceeded")
        job = body["jobReference"]["jobId"]
        self.jobs[job] = {
            **body,
            "status": {"state": "DONE"},
            "statistics": {"totalBytesProcessed": str(size), "query": {"totalBytesProcessed": str(size)}},
        }
        self.results[job] = _lines(rows) if "TO_JSON_STRING" in query["query"] else _partitions(rows)
        return _json(self.jobs[job])

    def _within(self, row: Stored, given: Mapping[str, str]) -> bool:
        if "month" in given:
            days = (given.get("first_day", row.day), given.get("last_day", row.day))
            return row.month == given["month"] and days[0] <= row.day <= days[1] and row.written <= given["newest"]
        return given["first"] <= row.month < given["end"] and given.get("since", "")[:10] <= row.day

    def _results(self, job: str, request: Request) -> Response:
        names, rows = self.results[job]
        size = min(int(request.args.get("maxResults", self.page_size)), self.page_size)
        start = int(request.args.get("pageToken") or request.args.get("startIndex") or 0)
        shown = rows[: len(rows) - self.lost][start : start + size]
        facts: dict[str, Any] = {
            "jobReference": self.jobs[job]["jobReference"],
            "jobComplete": True,
            "schema": {"fields": [{"name": name, "type": "STRING", "mode": "NULLABLE"} for name in names]},
            "totalRows": str(len(rows)),
            "rows": [{"f": [{"v": value} for value in row]} for row in shown],
        }
        if size and start + size < len(rows) - self.lost:
            facts["pageToken"] = str(start if self.repeats and start else start + size)
        return _json(facts)


def _lines(rows: Sequence[Stored]) -> tuple[list[str], list[Sequence[Any]]]:
    return ["line"], [(json.dumps(row.facts),) for row in rows]


def _partitions(rows: Sequence[Stored]) -> tuple[list[str], list[Sequence[Any]]]:
    groups: dict[tuple[str, str], list[Stored]] = defaultdict(list)
    for row in rows:
        groups[row.month, row.day].append(row)
    found = [
        (*key, max(row.written for row in own), str(len(own)), str(sum(Decimal(row.cost) for row in own)))
        for key, own in sorted(groups.items())
    ]
    return ["month", "day", "newest", "row_count", "cost"], found


def _json(facts: Any) -> Response:
    return Response(json.dumps(facts), content_type="application/json")


def refusal(status: int, reason: str, message: str = "no", **headers: str) -> Response:
    body = {"error": {"code": status, "message": message, "errors": [{"reason": reason, "message": message}]}}
    return Response(json.dumps(body), status=status, content_type="application/json", headers=headers)
