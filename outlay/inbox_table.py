"""The inbox as a table: one row for each group and currency, in the shape of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import polars as pl

from api import documents as doc
from warehouse.metrics.shape import TYPES, Column, texts

COLUMNS: Final = (
    Column("id", "Group", "dimension"),
    Column("signature", "In common", "dimension"),
    Column("owner", "Owner", "dimension"),
    Column("reason", "Reason", "dimension"),
    Column("resources", "Resources", "dimension"),
    Column("lines", "Lines", "dimension"),
    Column("likely_owner", "Likely owner", "dimension"),
    Column("certainty", "Certainty, percent", "dimension"),
    Column("evidence", "Evidence", "dimension"),
    Column("currency", "Currency", "dimension"),
    Column("effective_cost", "Effective cost", "measure", "currency"),
)


@dataclass(frozen=True, slots=True)
class InboxTable:
    found: doc.Unallocated

    @property
    def columns(self) -> list[Column]:
        return list(COLUMNS)

    @property
    def rows(self) -> pl.DataFrame:
        found = [_row(group, cost) for group in self.found.groups for cost in group.cost]
        schema = {column.name: pl.String for column in COLUMNS}
        frame = pl.DataFrame(found, schema=schema, orient="row")
        return frame.with_columns(pl.col("effective_cost").str.to_decimal(scale=18).cast(TYPES["currency"]))

    def document(self) -> dict[str, Any]:
        start = f"{self.found.month}-01"
        return {
            "query": self.found.query,
            "period": {"start": start, "end": _next(start)},
            "basis": "charge",
            "data_to": {},
            "known_on": None,
            "generations": "",
            "rules_version": self.found.rules_version,
            "warnings": [],
            "columns": [column.document() for column in COLUMNS],
            "rows": texts(self.rows, self.columns),
            "totals": [one.model_dump() for one in self.found.totals],
        }


def _next(start: str) -> str:
    year, month = int(start[:4]), int(start[5:7])
    return f"{year + month // 12:04}-{month % 12 + 1:02}-01"


def _row(group: doc.UnallocatedGroup, cost: Any) -> dict[str, str | None]:
    first = group.suggestions[0] if group.suggestions else None
    return {
        "id": group.id,
        "signature": "; ".join(f"{part.column}={part.value}" for part in group.signature),
        "owner": group.owner,
        "reason": group.reason,
        "resources": str(group.resources),
        "lines": str(group.lines),
        "likely_owner": first.team if first else None,
        "certainty": first.certainty if first else None,
        "evidence": "; ".join(f"{one.kind}: {one.text} ({one.percent} %)" for one in first.evidence) if first else None,
        "currency": cost.currency,
        "effective_cost": cost.effective_cost,
    }
