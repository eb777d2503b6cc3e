"""The list of a campaign, or of one of its owners, in the shape of an answer: what a file is written from."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

import polars as pl

from api.documents import campaigns as doc
from warehouse.focus import MONEY, plain, total
from warehouse.metrics import CostQuery
from warehouse.metrics.freshness import DAY
from warehouse.metrics.shape import Column, texts

_TEXTS: Final = {
    "team": "Team",
    "resource": "Resource",
    "provider": "Provider",
    "sub_account": "Account",
    "region": "Region",
    "service": "Service",
    "fault": "What is wrong",
    "value": "Value at the start",
    "suggested": "Suggested value",
    "evidence": "Why",
    "now": "Now",
    "command": "Command to read and run",
    "why_not": "Why there is no command",
    "currency": "Currency",
}
_OF_RESOURCES: Final = [name for name in _TEXTS if name != "currency"]
COLUMNS: Final = (
    *(Column(name, label, "dimension") for name, label in _TEXTS.items()),
    Column("cost", "Cost of the days", "measure", "currency"),
)


@dataclass(frozen=True, slots=True)
class ResourceTable:
    """One row for each resource and currency."""

    campaign: doc.Campaign
    listed: Sequence[doc.CampaignResource]
    rules_version: int
    generations: str

    @property
    def columns(self) -> Sequence[Column]:
        return COLUMNS

    @property
    def rows(self) -> pl.DataFrame:
        found = [
            {**{name: getattr(one, name) for name in _OF_RESOURCES}, "currency": currency, "cost": Decimal(amount)}
            for one in self.listed
            for currency, amount in one.cost.items()
        ]
        return pl.DataFrame(found, schema=dict.fromkeys(_TEXTS, pl.String) | {"cost": MONEY})

    def document(self) -> dict[str, Any]:
        sums: dict[str, list[Decimal]] = {}
        for one in self.listed:
            for currency, amount in one.cost.items():
                sums.setdefault(currency, []).append(Decimal(amount))
        campaign, rows = self.campaign, self.rows
        days = f"{campaign.start}..{campaign.end - DAY}"
        return {
            "query": str(CostQuery(by=("resource",), period=days)),
            "period": {"start": campaign.start.isoformat(), "end": campaign.end.isoformat()},
            "basis": "charge",
            "columns": [column.document() for column in COLUMNS],
            "rows": texts(rows, COLUMNS),
            "totals": [{"currency": name, "cost": plain(total(amounts))} for name, amounts in sorted(sums.items())],
            "row_count": len(rows),
            "data_to": {},
            "known_on": None,
            "generations": self.generations,
            "rules_version": self.rules_version,
            "warnings": [],
        }
